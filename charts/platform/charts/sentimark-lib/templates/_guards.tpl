{{- /* Rules that need more than one value. Each refuses by rule, so that a message can be looked up and a test can name it. */ -}}

{{- /* The fewest and the most pods of a release, as "floor ceiling". */ -}}
{{- define "sentimark-lib.floor" -}}
{{- if eq .Values.autoscaling.type "none" -}}{{ include "sentimark-lib.replicas" . }}{{- else -}}{{ int .Values.autoscaling.minReplicas }}{{- end -}}
{{- end -}}
{{- define "sentimark-lib.ceiling" -}}
{{- if eq .Values.autoscaling.type "none" -}}{{ include "sentimark-lib.replicas" . }}{{- else -}}{{ int .Values.autoscaling.maxReplicas }}{{- end -}}
{{- end -}}
{{- define "sentimark-lib.replicas" -}}
{{- if hasKey .Values "replicas" -}}{{ int .Values.replicas }}{{- else -}}2{{- end -}}
{{- end -}}

{{- define "sentimark-lib.guard" -}}
{{- $v := .Values -}}
{{- $serves := has $v.kind (list "Deployment" "StatefulSet") -}}
{{- $scaled := ne $v.autoscaling.type "none" -}}
{{- if and $scaled (hasKey $v "replicas") -}}
{{- include "sentimark-lib.refuse" (list "one-owner-of-replicas" "replicas" $v.replicas (printf "autoscaling.type is %s: Helm 4 fails on the conflict and Helm 3 scales back" $v.autoscaling.type)) -}}
{{- end -}}
{{- if and $scaled (not $serves) -}}
{{- include "sentimark-lib.refuse" (list "only-servers-scale" "autoscaling.type" $v.autoscaling.type (printf "a %s has no replicas" $v.kind)) -}}
{{- end -}}
{{- if and $scaled (gt (int $v.autoscaling.minReplicas) (int $v.autoscaling.maxReplicas)) -}}
{{- include "sentimark-lib.refuse" (list "autoscaling-range" "autoscaling.minReplicas" $v.autoscaling.minReplicas (printf "it is above maxReplicas, %v" $v.autoscaling.maxReplicas)) -}}
{{- end -}}
{{- if and (eq $v.autoscaling.type "hpa") (lt (int $v.autoscaling.minReplicas) 1) -}}
{{- include "sentimark-lib.refuse" (list "autoscaling-range" "autoscaling.minReplicas" $v.autoscaling.minReplicas "an HPA cannot go to zero: use type keda") -}}
{{- end -}}
{{- if and (eq $v.autoscaling.type "keda") (not $v.autoscaling.triggers) -}}
{{- include "sentimark-lib.refuse" (list "keda-needs-a-trigger" "autoscaling.triggers" "empty" "KEDA has nothing to scale by") -}}
{{- end -}}
{{- if $serves -}}
{{- $floor := include "sentimark-lib.floor" . | int -}}{{- $ceiling := include "sentimark-lib.ceiling" . | int -}}
{{- if has (toString $v.disruption.maxUnavailable) (list "0" "0%") -}}
{{- include "sentimark-lib.refuse" (list "drains-are-possible" "disruption.maxUnavailable" $v.disruption.maxUnavailable "no node could ever be drained") -}}
{{- end -}}
{{- if and $v.critical (lt $floor 1) -}}
{{- include "sentimark-lib.refuse" (list "critical-never-zero" "critical" $v.critical (printf "the service may fall to %d pods" $floor)) -}}
{{- end -}}
{{- if and $v.spot.enabled $v.critical -}}
{{- include "sentimark-lib.refuse" (list "critical-not-on-spot" "spot.enabled" true "a spot node leaves with 30 seconds of notice") -}}
{{- end -}}
{{- if and $v.spot.enabled (eq $ceiling 1) -}}
{{- include "sentimark-lib.refuse" (list "singleton-not-on-spot" "spot.enabled" true "the one pod would be gone with its node") -}}
{{- end -}}
{{- else -}}
{{- range $key, $on := dict "route.enabled" $v.route.enabled "canary.enabled" $v.canary.enabled "persistence.enabled" $v.persistence.enabled -}}
{{- if $on -}}
{{- include "sentimark-lib.refuse" (list "only-servers-serve" $key true (printf "a %s serves nobody" $v.kind)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if gt (int $v.terminationGracePeriodSeconds) 30 -}}
{{- include "sentimark-lib.refuse" (list "gone-in-30-seconds" "terminationGracePeriodSeconds" $v.terminationGracePeriodSeconds "Azure gives a spot node 30 seconds of notice") -}}
{{- end -}}
{{- if ge (int $v.preStopSeconds) (int $v.terminationGracePeriodSeconds) -}}
{{- include "sentimark-lib.refuse" (list "time-to-drain" "preStopSeconds" $v.preStopSeconds (printf "terminationGracePeriodSeconds is %v: nothing is left to drain in" $v.terminationGracePeriodSeconds)) -}}
{{- end -}}
{{- if $v.canary.enabled -}}
{{- if or (not $v.route.enabled) (ne $v.route.kind "HTTPRoute") -}}
{{- include "sentimark-lib.refuse" (list "canary-needs-weights" "canary.enabled" true "only an HTTPRoute divides the traffic: set route.enabled and route.kind") -}}
{{- end -}}
{{- if ne $v.kind "Deployment" -}}
{{- include "sentimark-lib.refuse" (list "canary-needs-weights" "kind" $v.kind "a canary is a second Deployment") -}}
{{- end -}}
{{- if or (lt (int $v.canary.weight) 0) (gt (int $v.canary.weight) 100) -}}
{{- include "sentimark-lib.refuse" (list "canary-weight" "canary.weight" $v.canary.weight "the two weights add up to 100") -}}
{{- end -}}
{{- end -}}
{{- if and $v.persistence.enabled (ne $v.kind "StatefulSet") -}}
{{- include "sentimark-lib.refuse" (list "volumes-of-statefulsets" "persistence.enabled" true (printf "kind is %s: its pods would share one volume" $v.kind)) -}}
{{- end -}}
{{- if and $v.migration.enabled (ge (int $v.migration.contract) (int $v.migration.expand)) -}}
{{- include "sentimark-lib.refuse" (list "expand-before-contract" "migration.contract" $v.migration.contract (printf "migration.expand is %v: what a step adds may be relied on, and what it replaces taken away, one release later at the earliest" $v.migration.expand)) -}}
{{- end -}}
{{- if and $v.migration.enabled (ge (int $v.migration.lockTimeoutSeconds) (int $v.migration.timeoutSeconds)) -}}
{{- include "sentimark-lib.refuse" (list "lock-before-timeout" "migration.lockTimeoutSeconds" $v.migration.lockTimeoutSeconds (printf "migration.timeoutSeconds is %v: waiting for the lock must end first" $v.migration.timeoutSeconds)) -}}
{{- end -}}
{{- if and $v.testData (eq $v.environment "prod") -}}
{{- include "sentimark-lib.refuse" (list "no-test-data-in-production" "testData" true "made-up records must never meet real ones") -}}
{{- end -}}
{{- if and $v.environment (not $v.network.enabled) -}}
{{- include "sentimark-lib.refuse" (list "network-policy-everywhere" "network.enabled" false "the namespaces deny by default, so without a policy nothing connects") -}}
{{- end -}}
{{- include "sentimark-lib.guardIdentity" . -}}
{{- range $key, $value := omit $v "config" -}}
{{- if contains "${" (toJson $value) -}}
{{- include "sentimark-lib.refuse" (list "placeholders-filled" $key (regexFind "[$][{][^}]*[}]?" (toJson $value)) "the values were not filled from the stack outputs: scripts/fill-values does it") -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- /* The identity must be the one that the stacks federated to this namespace and this service account. */ -}}
{{- define "sentimark-lib.guardIdentity" -}}
{{- $identity := .Values.identity -}}
{{- if and $identity.clientId (not (and $identity.tenantId $identity.namespace $identity.serviceAccount .Values.environment)) -}}
{{- include "sentimark-lib.refuse" (list "identity-is-whole" "identity" (toJson $identity) "clientId needs tenantId, namespace and serviceAccount beside it, and environment set") -}}
{{- end -}}
{{- range $key, $here := dict "environment" .Values.environment "namespace" .Release.Namespace "serviceAccount" (include "sentimark-lib.name" .) -}}
{{- $there := get $identity $key -}}
{{- if and $there (ne $there $here) -}}
{{- include "sentimark-lib.refuse" (list "identity-of-this-release" (printf "identity.%s" $key) $there (printf "this release has %s: the outputs were filled in from elsewhere, and every sign-in would fail" $here)) -}}
{{- end -}}
{{- end -}}
{{- if and (eq .Values.autoscaling.type "keda") (not .Values.autoscaling.clientId) -}}
{{- include "sentimark-lib.refuse" (list "sign-in-needs-an-identity" "autoscaling.clientId" "empty" "KEDA reads how many events wait with an identity of its own") -}}
{{- end -}}
{{- $uses := dict "secrets.objects" .Values.secrets.objects "tls.certificate" .Values.tls.certificate -}}
{{- range $key, $value := $uses -}}
{{- if and $value (not $identity.clientId) -}}
{{- include "sentimark-lib.refuse" (list "sign-in-needs-an-identity" $key (toJson $value) "identity.clientId is empty") -}}
{{- end -}}
{{- end -}}
{{- if and (or .Values.secrets.objects .Values.tls.certificate) (not .Values.secrets.vault) -}}
{{- include "sentimark-lib.refuse" (list "sign-in-needs-an-identity" "secrets.vault" "empty" "secrets are asked for, and no vault is named") -}}
{{- end -}}
{{- end -}}
