{{- /* The pod of every workload. Takes: root; instance; container (overrides of the service's own); serving (ports and probes);
     restart (restartPolicy, where not Always). */ -}}
{{- define "service.pod" -}}
{{- $root := .root -}}{{- $v := $root.Values -}}
{{- $selector := include "service.selector" (dict "root" $root "instance" .instance) -}}
metadata:
  labels: {{- include "service.podLabels" . | nindent 4 }}
  {{- with include "service.podAnnotations" $root }}
  annotations: {{- . | nindent 4 }}
  {{- end }}
spec:
  serviceAccountName: {{ include "sentimark-lib.name" $root }}
  automountServiceAccountToken: {{ $v.serviceAccount.automountToken }}
  {{- with .restart }}
  restartPolicy: {{ . }}
  {{- end }}
  terminationGracePeriodSeconds: {{ $v.terminationGracePeriodSeconds }}
  securityContext: {{- include "sentimark-lib.podSecurityContext" $v.podSecurityContext | nindent 4 }}
  {{- with $v.initContainers }}
  initContainers:
    {{- range . }}
    - {{ include "sentimark-lib.container" (dict "root" $root "container" .) | indent 6 | trim }}
    {{- end }}
  {{- end }}
  containers:
    {{- $main := mergeOverwrite (dict "name" "service") (deepCopy (pick $v "image" "command" "args" "env" "resources")) (default dict .container) }}
    - {{ include "sentimark-lib.container" (dict "root" $root "container" $main "mounts" (include "service.mounts" $root | fromYamlArray)) | indent 6 | trim }}
      {{- if .serving }}
      {{- if $v.preStopSeconds }}
      # Endpoints learn of the end a moment later than the pod: until then it goes on answering.
      lifecycle:
        preStop:
          sleep:
            seconds: {{ $v.preStopSeconds }}
      {{- end }}
      ports:
        - name: http
          containerPort: {{ $v.port }}
          protocol: TCP
      startupProbe: {{- include "sentimark-lib.probe" (dict "probe" $v.probes.startup) | nindent 8 }}
      readinessProbe: {{- include "sentimark-lib.probe" (dict "probe" $v.probes.readiness) | nindent 8 }}
      livenessProbe: {{- include "sentimark-lib.probe" (dict "probe" $v.probes.liveness) | nindent 8 }}
      {{- end }}
    {{- if .serving }}
    {{- range $v.sidecars }}
    - {{ include "sentimark-lib.container" (dict "root" $root "container" .) | indent 6 | trim }}
    {{- end }}
    {{- end }}
  volumes: {{- include "service.volumes" $root | nindent 4 }}
  {{- include "sentimark-lib.scheduling" (dict "root" $root "selector" $selector) | nindent 2 }}
{{- end -}}

{{- define "service.selector" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .instance }}
{{- end -}}

{{- /* Without the chart's version: a new version alone restarts nothing. The label, not the account's annotation, switches workload identity on. */ -}}
{{- define "service.podLabels" -}}
{{ include "service.selector" . }}
app.kubernetes.io/part-of: sentimark
{{- if .root.Values.identity.clientId }}
azure.workload.identity/use: "true"
{{- end }}
{{- end -}}

{{- /* A changed setting must reach the pods: its checksum stands on them. */ -}}
{{- define "service.podAnnotations" -}}
{{- with .Values.config.files -}}
checksum/config: {{ toJson . | sha256sum }}
{{ end -}}
{{- if include "service.usesVault" . -}}
checksum/secrets: {{ toJson (pick .Values "secrets" "tls") | sha256sum }}
{{ end -}}
{{- with .Values.podAnnotations -}}
{{ toYaml . }}
{{- end -}}
{{- end -}}

{{- define "service.usesVault" -}}
{{- if or .Values.secrets.objects .Values.tls.certificate -}}true{{- end -}}
{{- end -}}

{{- define "service.configName" -}}
{{- $name := include "sentimark-lib.name" . -}}
{{- if .Values.config.immutable -}}
{{- printf "%s-%s" $name (toJson .Values.config.files | sha256sum | trunc 8) -}}
{{- else -}}
{{- $name -}}
{{- end -}}
{{- end -}}

{{- define "service.mounts" -}}
{{- with .Values.config.files }}
- name: config
  mountPath: {{ $.Values.config.mountPath }}
  readOnly: true
{{- end }}
{{- if include "service.usesVault" . }}
- name: secrets
  mountPath: {{ .Values.secrets.mountPath }}
  readOnly: true
{{- end }}
{{- if .Values.persistence.enabled }}
- name: data
  mountPath: {{ .Values.persistence.mountPath }}
{{- end }}
{{- end -}}

{{- define "service.volumes" -}}
- name: tmp
  emptyDir:
    sizeLimit: {{ .Values.tmp.sizeLimit }}
{{- if .Values.config.files }}
- name: config
  configMap:
    name: {{ include "service.configName" . }}
{{- end }}
{{- if include "service.usesVault" . }}
- name: secrets
  csi:
    driver: secrets-store.csi.k8s.io
    readOnly: true
    volumeAttributes:
      secretProviderClass: {{ include "sentimark-lib.name" . }}
{{- end }}
{{- end -}}
