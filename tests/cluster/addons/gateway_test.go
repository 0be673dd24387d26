package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	v1 "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

func object[T any](t *testing.T, text string, as func(*unstructured.Unstructured) (T, error)) T {
	t.Helper()
	object := &unstructured.Unstructured{}
	if err := yaml.Unmarshal([]byte(text), &object.Object); err != nil {
		t.Fatal(err)
	}
	found, err := as(object)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestPathsAreMatchedByWholeElements(t *testing.T) {
	for _, row := range []struct {
		path, prefix string
		expected     bool
	}{{"/v1/score", "/v1", true}, {"/v1", "/v1", true}, {"/v1/", "/v1/", true}, {"/v10", "/v1", false}, {"/anything", "/", true}, {"/", "/v1", false}} {
		if under(row.path, row.prefix) != row.expected {
			t.Errorf("%s under %s", row.path, row.prefix)
		}
	}
}

const aRoute = `
metadata: {name: api, namespace: web}
spec:
  parentRefs: [{kind: Gateway, name: sentimark, namespace: web}]
  hostnames: [a.test]
  rules:
    - matches: [{path: {value: /v1}}]
      timeouts: {request: 10s}
      backendRefs: [{name: api, port: 80, weight: 90}, {name: api-canary, port: 80, weight: 10}]
`

func TestARouteIsRead(t *testing.T) {
	route := object(t, aRoute, func(o *unstructured.Unstructured) (*HTTPRoute, error) { return readRoute(o) })
	text, _ := json.Marshal(route.routes())
	expected := `[{"Host":"a.test","Prefix":"/v1","Timeout":10000000000,"Backends":[` +
		`{"Address":"api.web.svc.cluster.local.:80","Weight":90},{"Address":"api-canary.web.svc.cluster.local.:80","Weight":10}]}]`
	if string(text) != expected {
		t.Error(string(text))
	}
}

func TestOnlyNamespacesThatTheListenerAllowsAreServed(t *testing.T) {
	route := object(t, aRoute, func(o *unstructured.Unstructured) (*HTTPRoute, error) { return readRoute(o) })
	text := `
metadata: {name: NAME, namespace: web}
spec:
  gatewayClassName: approuting-istio
  listeners: [{name: https, tls: {certificateRefs: [{name: tls}]}, allowedRoutes: {namespaces: {selector: {matchLabels: {part: ours}}}}}]
`
	ours, strange := map[string]string{"part": "ours"}, map[string]string{}
	for _, row := range []struct {
		gateway  string
		labels   map[string]string
		expected bool
	}{{"sentimark", ours, true}, {"sentimark", strange, false}, {"other", ours, false}} {
		gateway := object(t, strings.Replace(text, "NAME", row.gateway, 1), func(o *unstructured.Unstructured) (*Gateway, error) { return readGateway(o) })
		if gateway.takes(route, &v1.Namespace{ObjectMeta: meta.ObjectMeta{Labels: row.labels}}) != row.expected || gateway.secret() != "tls" {
			t.Errorf("%s for labels %v", row.gateway, row.labels)
		}
	}
}

// front sends to servers that say their name; what a thousand requests for a path got.
func answers(t *testing.T, host, path string, weights map[string]int) map[string]int {
	t.Helper()
	var backends []Backend
	for name, weight := range weights {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte(name)) }))
		t.Cleanup(server.Close)
		backends = append(backends, Backend{strings.TrimPrefix(server.URL, "http://"), weight})
	}
	front := &Front{proxy: &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(&url.URL{Scheme: "http", Host: r.In.Context().Value(backendKey{}).(string)})
	}}}
	front.routes.Store(&[]Route{{Host: "a.test", Prefix: "/v1", Backends: backends}})
	got := map[string]int{}
	for range 1000 {
		answer := httptest.NewRecorder()
		front.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "https://"+host+path, nil))
		got[http.StatusText(answer.Code)+" "+strings.TrimSpace(answer.Body.String())]++
	}
	return got
}

func TestRequestsAreDividedByWeight(t *testing.T) {
	got := answers(t, "a.test", "/v1/score", map[string]int{"stable": 90, "canary": 10, "none": 0})
	// A thousand draws of one in ten are between 30 and 200 but for one run in a million million.
	if got["OK stable"]+got["OK canary"] != 1000 || got["OK canary"] < 30 || got["OK canary"] > 200 {
		t.Error(got)
	}
}

func TestWhatNoRouteNamesIsNotFound(t *testing.T) {
	for _, at := range [][2]string{{"b.test", "/v1"}, {"a.test", "/v2"}} {
		if got := answers(t, at[0], at[1], map[string]int{"stable": 1}); got["Not Found 404 page not found"] != 1000 {
			t.Error(at, got)
		}
	}
}

func TestARouteWithoutWeightIsUnavailable(t *testing.T) {
	if got := answers(t, "a.test", "/v1", map[string]int{"stable": 0}); got["Service Unavailable no backend has a weight"] != 1000 {
		t.Error(got)
	}
}
