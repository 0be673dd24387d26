{{- /* What every chart of Sentimark needs: names, labels, image, security contexts and containers.
     Each takes a dict, so that it can move to a library chart as it is. */ -}}

{{- define "sentimark-lib.name" -}}
{{- .Release.Name | trunc 53 | trimSuffix "-" -}}
{{- end -}}

{{- define "sentimark-lib.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "sentimark-lib.labels" -}}
{{ include "sentimark-lib.selector" . }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: sentimark
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end -}}

{{- /* image: repository@digest, or repository:tag. */ -}}
{{- define "sentimark-lib.image" -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else if or (not .tag) (eq (toString .tag) "latest") -}}
{{- fail (printf "image %s needs a digest, or a tag other than latest" .repository) -}}
{{- else -}}
{{ .repository }}:{{ .tag }}
{{- end -}}
{{- end -}}

{{- /* Pod level: what belongs to the pod only. Everything else is said on each container. */ -}}
{{- define "sentimark-lib.podSecurityContext" -}}
{{- $allowed := list "fsGroup" "fsGroupChangePolicy" "supplementalGroups" "sysctls" -}}
{{- range $key, $value := . -}}
{{- if not (has $key $allowed) -}}
{{- fail (printf "podSecurityContext.%s does not belong to the pod: set it under containerSecurityContext" $key) -}}
{{- end -}}
{{- end -}}
fsGroup: {{ int64 .fsGroup }}
fsGroupChangePolicy: {{ .fsGroupChangePolicy }}
{{- with .supplementalGroups }}
supplementalGroups: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .sysctls }}
sysctls: {{- toYaml . | nindent 2 }}
{{- end }}
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- /* Container level. The schema says the same; these guards hold where schema validation is switched off. */ -}}
{{- define "sentimark-lib.containerSecurityContext" -}}
{{- range $key := list "runAsUser" "runAsGroup" -}}
{{- if le (int64 (get $ $key)) 10000 -}}
{{- fail (printf "containerSecurityContext.%s must be above 10000" $key) -}}
{{- end -}}
{{- end -}}
{{- if or .allowPrivilegeEscalation (not .runAsNonRoot) (not .readOnlyRootFilesystem) (ne (toJson .capabilities) (toJson (dict "drop" (list "ALL")))) -}}
{{- fail "containerSecurityContext: runAsNonRoot, allowPrivilegeEscalation, readOnlyRootFilesystem and capabilities cannot be loosened" -}}
{{- end -}}
runAsNonRoot: true
runAsUser: {{ int64 .runAsUser }}
runAsGroup: {{ int64 .runAsGroup }}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop:
    - ALL
{{- end -}}

{{- define "sentimark-lib.probe" -}}
httpGet:
  path: {{ .probe.path }}
  port: http
periodSeconds: {{ .probe.periodSeconds }}
failureThreshold: {{ .probe.failureThreshold }}
timeoutSeconds: {{ .probe.timeoutSeconds }}
{{- end -}}

{{- /* The part that all containers share. Takes: container (name, image, command, args, env, resources), security. */ -}}
{{- define "sentimark-lib.container" -}}
{{- $c := .container -}}
name: {{ $c.name }}
image: {{ include "sentimark-lib.image" $c.image | quote }}
imagePullPolicy: {{ $c.image.pullPolicy | default "IfNotPresent" }}
{{- with $c.command }}
command: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $c.args }}
args: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $c.env }}
env:
  {{- range $name, $value := . }}
  - name: {{ $name }}
    value: {{ $value | quote }}
  {{- end }}
{{- end }}
resources: {{- toYaml $c.resources | nindent 2 }}
securityContext: {{- include "sentimark-lib.containerSecurityContext" .security | nindent 2 }}
volumeMounts:
  - name: tmp
    mountPath: /tmp
    subPath: {{ $c.name }}
{{- end -}}
