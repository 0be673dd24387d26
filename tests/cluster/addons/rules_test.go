package main

import (
	"slices"
	"strings"
	"testing"

	v1 "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

func pod(namespace, name, ip string, labels map[string]string) *v1.Pod {
	return &v1.Pod{ObjectMeta: meta.ObjectMeta{Namespace: namespace, Name: name, Labels: labels}, Status: v1.PodStatus{PodIP: ip, Phase: v1.PodRunning}}
}

// world is two namespaces with a pod each, a second one in the first, and the policies that are given as YAML.
func world(t *testing.T, policies ...string) State {
	t.Helper()
	state := State{
		pods: []*v1.Pod{
			pod("web", "api", "10.0.0.1", map[string]string{"app": "api"}),
			pod("web", "auth", "10.0.0.2", map[string]string{"app": "auth"}),
			pod("data", "tier", "10.0.0.3", map[string]string{"app": "tier"}),
		},
		namespaces: []*v1.Namespace{
			{ObjectMeta: meta.ObjectMeta{Name: "web", Labels: map[string]string{"kubernetes.io/metadata.name": "web"}}},
			{ObjectMeta: meta.ObjectMeta{Name: "data", Labels: map[string]string{"kubernetes.io/metadata.name": "data"}}},
		},
	}
	for _, text := range policies {
		policy := &networking.NetworkPolicy{}
		if err := yaml.UnmarshalStrict([]byte(text), policy); err != nil {
			t.Fatal(err)
		}
		policy.Namespace = "web"
		state.policies = append(state.policies, policy)
	}
	return state
}

const denyAll = `{spec: {podSelector: {}, policyTypes: [Ingress, Egress]}}`

func apiMay(egress string) string {
	return `{spec: {podSelector: {matchLabels: {app: api}}, policyTypes: [Egress], egress: [` + egress + `]}}`
}

// leaving is what the api's pod may do, and whether anybody bounds it.
func leaving(t *testing.T, policies ...string) ([]string, bool) {
	state := world(t, policies...)
	return state.allowed(state.pods[0], networking.PolicyTypeEgress)
}

func TestAllowsOfPolicies(t *testing.T) {
	for name, row := range map[string]struct {
		policies []string
		isolated bool
		rules    []string
	}{
		"nobody bounds whom no policy selects":              {nil, false, nil},
		"a policy without allows lets nothing through":      {[]string{denyAll}, true, nil},
		"allows of several policies add up":                 {[]string{denyAll, apiMay(`{to: [{podSelector: {matchLabels: {app: auth}}}], ports: [{port: 80}]}`)}, true, []string{"ip daddr 10.0.0.2 tcp dport 80 return"}},
		"a peer without a namespace is of the policy's own": {[]string{apiMay(`{to: [{podSelector: {}}]}`)}, true, []string{"ip daddr 10.0.0.1 return", "ip daddr 10.0.0.2 return"}},
		"a namespace alone means all of its pods":           {[]string{apiMay(`{to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: data}}}]}`)}, true, []string{"ip daddr 10.0.0.3 return"}},
		"namespace and pod must both fit":                   {[]string{apiMay(`{to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: data}}, podSelector: {matchLabels: {app: api}}}]}`)}, true, nil},
		"a range may have holes":                            {[]string{apiMay(`{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8, 172.16.0.0/12]}}], ports: [{port: 443, protocol: TCP}]}`)}, true, []string{"ip daddr 0.0.0.0/0 ip daddr != { 10.0.0.0/8, 172.16.0.0/12 } tcp dport 443 return"}},
		"no peers mean all, every port is a rule":           {[]string{apiMay(`{ports: [{port: 53, protocol: UDP}, {port: 53}]}`)}, true, []string{"tcp dport 53 return", "udp dport 53 return"}},
		"a range of ports":                                  {[]string{apiMay(`{ports: [{port: 8000, endPort: 8080}]}`)}, true, []string{"tcp dport 8000-8080 return"}},
		"a protocol without a port":                         {[]string{apiMay(`{ports: [{protocol: UDP}]}`)}, true, []string{"meta l4proto udp return"}},
		"a named port lets nothing through":                 {[]string{apiMay(`{ports: [{port: http}]}`)}, true, []string{"tcp dport 0 return"}},
		"a policy of ingress says nothing of egress":        {[]string{`{spec: {podSelector: {}, policyTypes: [Ingress]}}`}, false, nil},
	} {
		t.Run(name, func(t *testing.T) {
			rules, isolated := leaving(t, row.policies...)
			if isolated != row.isolated || !slices.Equal(rules, row.rules) {
				t.Errorf("isolated %v, rules %q", isolated, rules)
			}
		})
	}
}

func TestTableRefusesWhatNothingAllows(t *testing.T) {
	text := world(t, denyAll, apiMay(`{to: [{podSelector: {matchLabels: {app: auth}}}], ports: [{port: 80}]}`)).rules()
	for _, wanted := range []string{
		"delete table inet " + table,
		"chain egress-10-0-0-1 {\n    ip daddr 10.0.0.2 tcp dport 80 return\n    " + refuse + "\n  }",
		"chain ingress-10-0-0-2 {\n    " + refuse + "\n  }",
		"elements = { 10.0.0.1 : jump egress-10-0-0-1, 10.0.0.2 : jump egress-10-0-0-2 }",
	} {
		if !strings.Contains(text, wanted) {
			t.Errorf("no %q in\n%s", wanted, text)
		}
	}
	if strings.Contains(text, "10-0-0-3") {
		t.Errorf("the other namespace is bounded too:\n%s", text)
	}
	if again := world(t, denyAll, apiMay(`{to: [{podSelector: {matchLabels: {app: auth}}}], ports: [{port: 80}]}`)).rules(); again != text {
		t.Error("the same state gives another text")
	}
}

func TestPodsWithoutAnAddressOfTheirOwnHaveNoRules(t *testing.T) {
	state := world(t, denyAll)
	state.pods[0].Spec.HostNetwork = true
	state.pods[1].Status.Phase = v1.PodSucceeded
	if text := state.rules(); strings.Contains(text, "jump") {
		t.Error(text)
	}
}
