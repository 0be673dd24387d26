{{- /* An image. Takes a list: root, image. In an environment its digest is its only name. */ -}}
{{- define "sentimark-lib.image" -}}
{{- $root := index . 0 -}}{{- $image := index . 1 -}}
{{- $repository := $image.repository -}}
{{- if $image.digest -}}
{{ $repository }}@{{ $image.digest }}
{{- else if $root.Values.environment -}}
{{- include "sentimark-lib.refuse" (list "image-by-digest" "image.digest" "empty" (printf "%s has no digest, and a tag can be moved" $repository)) -}}
{{- else if or (not $image.tag) (eq (toString $image.tag) "latest") -}}
{{- include "sentimark-lib.refuse" (list "fixed-image" "image.tag" (default "empty" $image.tag) (printf "%s needs a digest, or a tag other than latest" $repository)) -}}
{{- else -}}
{{ $repository }}:{{ $image.tag }}
{{- end -}}
{{- end -}}

{{- define "sentimark-lib.probe" -}}
httpGet:
  path: {{ .probe.path }}
  port: http
periodSeconds: {{ .probe.periodSeconds }}
failureThreshold: {{ .probe.failureThreshold }}
timeoutSeconds: {{ .probe.timeoutSeconds }}
{{- end -}}

{{- /* Plain settings. Whatever is named like a secret is refused, unless it names a file, a path or a name. */ -}}
{{- define "sentimark-lib.env" -}}
{{- range $name, $value := .env -}}
{{- if and (regexMatch "(?i)(passw|secret|token|api_?key|account_?key|connection_?string|credential|private_?key)" $name) (not (regexMatch "_(FILE|PATH|NAME|SECONDS)$" $name)) -}}
{{- include "sentimark-lib.refuse" (list "no-secret-in-values" (printf "env.%s" $name) "(hidden)" "secrets come from Key Vault as files: list it under secrets.objects") -}}
{{- end }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end -}}
{{- end -}}

{{- /* The part that all containers share. Takes: root; container (name, image, command, args, env, resources); mounts, beside /tmp. */ -}}
{{- define "sentimark-lib.container" -}}
{{- $c := .container -}}
name: {{ $c.name }}
image: {{ include "sentimark-lib.image" (list .root $c.image) | quote }}
imagePullPolicy: {{ $c.image.pullPolicy | default "IfNotPresent" }}
{{- with $c.command }}
command: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $c.args }}
args: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with include "sentimark-lib.env" $c | trim }}
env: {{- . | nindent 2 }}
{{- end }}
resources: {{- toYaml $c.resources | nindent 2 }}
securityContext: {{- include "sentimark-lib.containerSecurityContext" .root.Values.containerSecurityContext | nindent 2 }}
volumeMounts:
  - name: tmp
    mountPath: /tmp
    subPath: {{ $c.name }}
  {{- with .mounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}
