{{- /* Ends the rendering. Takes a list: rule, key, value, why. The message names the value and the rule. */ -}}
{{- define "sentimark-lib.refuse" -}}
{{- fail (printf "refused: %s = %v: rule %s: %s" (index . 1) (index . 2) (index . 0) (index . 3)) -}}
{{- end -}}
