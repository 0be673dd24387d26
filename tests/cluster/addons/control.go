package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	v1 "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/informers"
)

const (
	gatewayClass = "approuting-istio"
	gatewayLabel = "gateway.networking.k8s.io/gateway-name"
	controller   = "sentimark.dev/test-gateway"
)

var (
	gateways = schema.GroupVersionResource{Group: "gateway.networking.k8s.io", Version: "v1", Resource: "gateways"}
	routes   = schema.GroupVersionResource{Group: "gateway.networking.k8s.io", Version: "v1", Resource: "httproutes"}
)

// Settings are what a gateway's pod needs to know: its certificate, and where which path goes.
type Settings struct {
	Certificate, Key []byte
	Routes           []Route
}

// Route is one path prefix. A backend gets requests by its share of the weights.
type Route struct {
	Host, Prefix string
	Timeout      time.Duration
	Backends     []Backend
}

type Backend struct {
	Address string
	Weight  int
}

// runControl makes a Deployment and a Service for each Gateway of our class, says so in the statuses, and serves
// /NAMESPACE/NAME, the Settings of that gateway, on port 15012.
func runControl(ctx context.Context, arguments []string) error {
	cluster, err := connect()
	if err != nil {
		return err
	}
	untyped := dynamicinformer.NewDynamicSharedInformerFactory(cluster.dynamic, 0)
	typed := informers.NewSharedInformerFactoryWithOptions(cluster, 0)
	found, ways, spaces := untyped.ForResource(gateways), untyped.ForResource(routes), typed.Core().V1().Namespaces()
	changed, tell, err := changesOf(found.Informer(), ways.Informer(), spaces.Informer(), typed.Core().V1().Secrets().Informer(), typed.Core().V1().Services().Informer())
	if err != nil {
		return err
	}
	untyped.Start(ctx.Done())
	typed.Start(ctx.Done())
	untyped.WaitForCacheSync(ctx.Done())
	typed.WaitForCacheSync(ctx.Done())
	var told atomic.Value // map of path to JSON
	told.Store(map[string][]byte{})
	failed := make(chan error)
	go func() {
		failed <- http.ListenAndServe(":15012", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			text, ok := told.Load().(map[string][]byte)[r.URL.Path]
			if !ok {
				http.NotFound(w, r)
				return
			}
			_, _ = w.Write(text)
		}))
	}()
	for {
		select {
		case err := <-failed:
			return err
		case <-ctx.Done():
			return nil
		case <-changed:
		}
		all, _ := found.Lister().List(labels.Everything())
		lines, _ := ways.Lister().List(labels.Everything())
		next := map[string][]byte{}
		for _, each := range all {
			gateway, err := readGateway(each)
			if err != nil || gateway.Spec.GatewayClassName != gatewayClass {
				continue
			}
			settings, served := Settings{}, []*HTTPRoute{}
			for _, line := range lines {
				route, err := readRoute(line)
				space, _ := spaces.Lister().Get(route.Namespace)
				if err == nil && space != nil && gateway.takes(route, space) {
					settings.Routes = append(settings.Routes, route.routes()...)
					served = append(served, route)
				}
			}
			if secret, err := typed.Core().V1().Secrets().Lister().Secrets(gateway.Namespace).Get(gateway.secret()); err == nil {
				settings.Certificate, settings.Key = secret.Data[v1.TLSCertKey], secret.Data[v1.TLSPrivateKeyKey]
			}
			// The longest path wins (HTTPRouteMatch of the Gateway API).
			slices.SortStableFunc(settings.Routes, func(a, b Route) int { return len(b.Prefix) - len(a.Prefix) })
			next["/"+gateway.Namespace+"/"+gateway.Name], _ = json.Marshal(settings)
			if err := cluster.serve(ctx, gateway, served, arguments[0]); err != nil {
				fmt.Println(err)
				time.AfterFunc(time.Second, tell)
			}
		}
		told.Store(next)
	}
}

// Gateway and HTTPRoute: the parts that we read, by the Gateway API v1.
type Gateway struct {
	meta.ObjectMeta `json:"metadata"`
	Spec            struct {
		GatewayClassName string `json:"gatewayClassName"`
		Infrastructure   struct {
			Annotations map[string]string `json:"annotations"`
		} `json:"infrastructure"`
		Listeners []struct {
			Name string `json:"name"`
			TLS  struct {
				CertificateRefs []struct {
					Name string `json:"name"`
				} `json:"certificateRefs"`
			} `json:"tls"`
			AllowedRoutes struct {
				Namespaces struct {
					Selector *meta.LabelSelector `json:"selector"`
				} `json:"namespaces"`
			} `json:"allowedRoutes"`
		} `json:"listeners"`
	} `json:"spec"`
}

type HTTPRoute struct {
	meta.ObjectMeta `json:"metadata"`
	Spec            struct {
		ParentRefs []struct {
			Kind      string `json:"kind"`
			Name      string `json:"name"`
			Namespace string `json:"namespace"`
		} `json:"parentRefs"`
		Hostnames []string `json:"hostnames"`
		Rules     []struct {
			Matches []struct {
				Path struct {
					Value string `json:"value"`
				} `json:"path"`
			} `json:"matches"`
			Timeouts struct {
				Request meta.Duration `json:"request"`
			} `json:"timeouts"`
			BackendRefs []struct {
				Name   string `json:"name"`
				Port   int    `json:"port"`
				Weight int    `json:"weight"`
			} `json:"backendRefs"`
		} `json:"rules"`
	} `json:"spec"`
}

func readGateway(object runtime.Object) (*Gateway, error) {
	gateway := &Gateway{}
	return gateway, runtime.DefaultUnstructuredConverter.FromUnstructured(object.(*unstructured.Unstructured).Object, gateway)
}

func readRoute(object runtime.Object) (*HTTPRoute, error) {
	route := &HTTPRoute{}
	return route, runtime.DefaultUnstructuredConverter.FromUnstructured(object.(*unstructured.Unstructured).Object, route)
}

// The charts make one listener with one certificate.
func (g *Gateway) secret() string {
	for _, listener := range g.Spec.Listeners {
		for _, reference := range listener.TLS.CertificateRefs {
			return reference.Name
		}
	}
	return ""
}

func (g *Gateway) takes(route *HTTPRoute, space *v1.Namespace) bool {
	for _, parent := range route.Spec.ParentRefs {
		if parent.Kind == "Gateway" && parent.Name == g.Name && parent.Namespace == g.Namespace {
			return len(g.Spec.Listeners) == 1 && matches(g.Spec.Listeners[0].AllowedRoutes.Namespaces.Selector, space.Labels)
		}
	}
	return false
}

func (r *HTTPRoute) routes() []Route {
	hosts := r.Spec.Hostnames
	if len(hosts) == 0 {
		hosts = []string{""}
	}
	var found []Route
	for _, rule := range r.Spec.Rules {
		var backends []Backend
		for _, reference := range rule.BackendRefs {
			backends = append(backends, Backend{fmt.Sprintf("%s.%s.svc.cluster.local.:%d", reference.Name, r.Namespace, reference.Port), reference.Weight})
		}
		for _, match := range rule.Matches {
			for _, host := range hosts {
				found = append(found, Route{host, match.Path.Value, rule.Timeouts.Request.Duration, backends})
			}
		}
	}
	return found
}
