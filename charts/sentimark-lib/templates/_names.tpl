{{- /* Names and labels. Each takes the root context of the calling chart. */ -}}

{{- define "sentimark-lib.name" -}}
{{- .Release.Name | trunc 53 | trimSuffix "-" -}}
{{- end -}}

{{- define "sentimark-lib.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- /* Of objects. They name the chart's version, so they change with it. */ -}}
{{- define "sentimark-lib.labels" -}}
{{ include "sentimark-lib.selector" . }}
{{ include "sentimark-lib.ownLabels" . }}
{{- end -}}

{{- define "sentimark-lib.ownLabels" -}}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: sentimark
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- with .Values.environment }}
sentimark.dev/environment: {{ . }}
{{- end }}
{{- end -}}

{{- /* A canary and a hook run as an instance of their own, so that no selector of the stable pods finds them. */ -}}
{{- define "sentimark-lib.instances" -}}
- {{ .Release.Name }}
- {{ .Release.Name }}-canary
- {{ .Release.Name }}-hook
{{- end -}}
