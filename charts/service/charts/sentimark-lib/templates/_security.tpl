{{- /* Pod level: what belongs to the pod only. Everything else is said on each container. */ -}}
{{- define "sentimark-lib.podSecurityContext" -}}
{{- $allowed := list "fsGroup" "fsGroupChangePolicy" "supplementalGroups" "sysctls" -}}
{{- range $key, $value := . -}}
{{- if not (has $key $allowed) -}}
{{- include "sentimark-lib.refuse" (list "pod-level-keys" (printf "podSecurityContext.%s" $key) $value "it does not belong to the pod: set it under containerSecurityContext") -}}
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
{{- include "sentimark-lib.refuse" (list "ids-above-10000" (printf "containerSecurityContext.%s" $key) (get $ $key) "low ids collide with those of the node") -}}
{{- end -}}
{{- end -}}
{{- $fixed := dict "runAsNonRoot" true "allowPrivilegeEscalation" false "readOnlyRootFilesystem" true "capabilities" (dict "drop" (list "ALL")) -}}
{{- range $key, $value := $fixed -}}
{{- if ne (toJson (get $ $key)) (toJson $value) -}}
{{- include "sentimark-lib.refuse" (list "locked-container" (printf "containerSecurityContext.%s" $key) (toJson (get $ $key)) (printf "it is %s for every container" (toJson $value))) -}}
{{- end -}}
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
