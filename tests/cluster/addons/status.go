package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// serve makes what stands for a gateway, and says in the statuses that it and its routes are taken.
func (c *Cluster) serve(ctx context.Context, gateway *Gateway, served []*HTTPRoute, image string) error {
	name := gateway.Name + "-" + gatewayClass // as Istio names it
	pods := map[string]any{gatewayLabel: gateway.Name}
	owner := []any{map[string]any{"apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway", "name": gateway.Name, "uid": string(gateway.UID)}}
	about := func(annotations any) map[string]any {
		return map[string]any{"name": name, "namespace": gateway.Namespace, "labels": pods, "annotations": annotations, "ownerReferences": owner}
	}
	deployment := map[string]any{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": about(nil), "spec": map[string]any{
		"replicas": 1, "selector": map[string]any{"matchLabels": pods}, "template": map[string]any{"metadata": map[string]any{"labels": pods}, "spec": map[string]any{
			"automountServiceAccountToken": false,
			// Port 443 for a process that is not root: the only way that the restricted standard leaves.
			"securityContext": map[string]any{"runAsNonRoot": true, "runAsUser": 10001, "runAsGroup": 10001, "seccompProfile": map[string]any{"type": "RuntimeDefault"},
				"sysctls": []any{map[string]any{"name": "net.ipv4.ip_unprivileged_port_start", "value": "0"}}},
			"containers": []any{map[string]any{"name": "gateway", "image": image, "imagePullPolicy": "Never",
				"args":           []any{"gateway", fmt.Sprintf("http://gateway-control.app-routing-system.svc.cluster.local.:15012/%s/%s", gateway.Namespace, gateway.Name)},
				"readinessProbe": map[string]any{"httpGet": map[string]any{"path": "/", "port": 8080}, "periodSeconds": 1},
				"securityContext": map[string]any{"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true,
					"capabilities": map[string]any{"drop": []any{"ALL"}}}}},
		}}}}
	service := map[string]any{"apiVersion": "v1", "kind": "Service", "metadata": about(gateway.Spec.Infrastructure.Annotations), "spec": map[string]any{
		"type": "LoadBalancer", "selector": pods, "ports": []any{map[string]any{"name": "https", "port": 443, "protocol": "TCP"}}}}
	if err := c.apply(ctx, "apis/apps/v1", "deployments", "", deployment); err != nil {
		return err
	}
	if err := c.apply(ctx, "api/v1", "services", "", service); err != nil {
		return err
	}
	address := gateway.Spec.Infrastructure.Annotations["service.beta.kubernetes.io/azure-load-balancer-ipv4"]
	listeners, conditions := []any{}, []any{condition("Accepted", gateway.Generation, gateway.CreationTimestamp), condition("Programmed", gateway.Generation, gateway.CreationTimestamp)}
	for _, listener := range gateway.Spec.Listeners {
		listeners = append(listeners, map[string]any{"name": listener.Name, "attachedRoutes": len(served), "supportedKinds": []any{}, "conditions": append(conditions,
			condition("ResolvedRefs", gateway.Generation, gateway.CreationTimestamp))})
	}
	status := map[string]any{"conditions": conditions, "listeners": listeners, "addresses": []any{map[string]any{"type": "IPAddress", "value": address}}}
	if err := c.tell(ctx, "gateways", "Gateway", gateway.ObjectMeta, status); err != nil {
		return err
	}
	for _, route := range served {
		parent := map[string]any{"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": gateway.Name, "namespace": gateway.Namespace}
		state := map[string]any{"parents": []any{map[string]any{"controllerName": controller, "parentRef": parent, "conditions": []any{
			condition("Accepted", route.Generation, route.CreationTimestamp), condition("ResolvedRefs", route.Generation, route.CreationTimestamp)}}}}
		if err := c.tell(ctx, "httproutes", "HTTPRoute", route.ObjectMeta, state); err != nil {
			return err
		}
	}
	return nil
}

func (c *Cluster) tell(ctx context.Context, resource, kind string, of v1.ObjectMeta, status map[string]any) error {
	return c.apply(ctx, "apis/gateway.networking.k8s.io/v1", resource, "status", map[string]any{"apiVersion": "gateway.networking.k8s.io/v1", "kind": kind,
		"metadata": map[string]any{"name": of.Name, "namespace": of.Namespace}, "status": status})
}

// apply: the same again changes nothing, so what it makes us see does not go on for ever.
func (c *Cluster) apply(ctx context.Context, group, resource, sub string, object map[string]any) error {
	text, err := json.Marshal(object)
	if err != nil {
		return err
	}
	about := object["metadata"].(map[string]any)
	path := fmt.Sprintf("/%s/namespaces/%s/%s/%s", group, about["namespace"], resource, about["name"])
	if sub != "" {
		path += "/" + sub
	}
	return c.CoreV1().RESTClient().Patch(types.ApplyPatchType).AbsPath(path).Param("fieldManager", controller).Param("force", "true").Body(text).Do(ctx).Error()
}

func condition(kind string, generation int64, since v1.Time) map[string]any {
	return map[string]any{"type": kind, "status": "True", "reason": kind, "message": "", "observedGeneration": generation, "lastTransitionTime": since.UTC().Format(time.RFC3339)}
}
