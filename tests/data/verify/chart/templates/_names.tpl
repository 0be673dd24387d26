{{- define "planted.name" -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "planted.container" -}}
- name: app
  image: {{ printf "%s:%s" .Values.image.repository .Values.image.tag | quote }}
  securityContext:
    privileged: true
  env:
    {{- range $name, $value := .Values.extraEnv }}
    - name: {{ $name }}
      value: {{ $value | quote }}
    {{- end }}
{{- end -}}
