package main

import (
	"fmt"
	"slices"
	"strings"

	v1 "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
)

const table = "sentimark-policy"

// A refusal is told to the caller, who need not wait: in life most networks say nothing.
const refuse = "reject with icmpx admin-prohibited"

// rules is the whole table. A pod that a policy selects has a chain for each direction that the policies speak of: what they
// allow returns from it, all else ends there. Whoever no policy selects may do anything, as Kubernetes has it.
func (s State) rules() string {
	var chains, leaving, entering []string
	for _, pod := range s.running() {
		for direction, into := range map[networking.PolicyType]*[]string{networking.PolicyTypeEgress: &leaving, networking.PolicyTypeIngress: &entering} {
			allowed, isolated := s.allowed(pod, direction)
			if !isolated {
				continue
			}
			name := strings.ToLower(string(direction)) + "-" + strings.ReplaceAll(pod.Status.PodIP, ".", "-")
			chains = append(chains, fmt.Sprintf("  chain %s {\n    %s\n  }\n", name, strings.Join(append(allowed, refuse), "\n    ")))
			*into = append(*into, pod.Status.PodIP+" : jump "+name)
		}
	}
	slices.Sort(chains)
	var out strings.Builder
	fmt.Fprintf(&out, "table inet %s\ndelete table inet %s\ntable inet %s {\n%s", table, table, table, strings.Join(chains, ""))
	fmt.Fprintf(&out, "%s%s", verdicts("leaving", leaving), verdicts("entering", entering))
	// What is for the node itself passes input; what the kubelet asks of pods passes neither.
	for _, hook := range []string{"forward", "input"} {
		fmt.Fprintf(&out, "  chain %s {\n    type filter hook %s priority filter; policy accept;\n    ct state established,related accept\n"+
			"    ip saddr vmap @leaving\n    ip daddr vmap @entering\n  }\n", hook, hook)
	}
	out.WriteString("}\n")
	return out.String()
}

func verdicts(name string, elements []string) string {
	slices.Sort(elements)
	text := ""
	if len(elements) > 0 {
		text = "    elements = { " + strings.Join(elements, ", ") + " }\n"
	}
	return fmt.Sprintf("  map %s {\n    type ipv4_addr : verdict\n%s  }\n", name, text)
}

// running are the pods that have an address of their own.
func (s State) running() []*v1.Pod {
	var found []*v1.Pod
	for _, pod := range s.pods {
		if pod.Status.PodIP != "" && !pod.Spec.HostNetwork && pod.Status.Phase != v1.PodSucceeded && pod.Status.Phase != v1.PodFailed {
			found = append(found, pod)
		}
	}
	slices.SortFunc(found, func(a, b *v1.Pod) int { return strings.Compare(a.Status.PodIP, b.Status.PodIP) })
	return found
}

// allowed are the rules that let something through, and whether any policy speaks of this direction at all.
func (s State) allowed(pod *v1.Pod, direction networking.PolicyType) (rules []string, isolated bool) {
	for _, policy := range s.policies {
		if policy.Namespace != pod.Namespace || !matches(&policy.Spec.PodSelector, pod.Labels) || !slices.Contains(policy.Spec.PolicyTypes, direction) {
			continue
		}
		isolated = true
		if direction == networking.PolicyTypeIngress {
			for _, rule := range policy.Spec.Ingress {
				rules = append(rules, s.passes("saddr", policy.Namespace, rule.From, rule.Ports)...)
			}
		} else {
			for _, rule := range policy.Spec.Egress {
				rules = append(rules, s.passes("daddr", policy.Namespace, rule.To, rule.Ports)...)
			}
		}
	}
	slices.Sort(rules)
	return slices.Compact(rules), isolated
}

// passes is one rule of a policy: every peer by every port. No peers mean all, no ports mean all.
func (s State) passes(side, namespace string, peers []networking.NetworkPolicyPeer, ports []networking.NetworkPolicyPort) []string {
	where := []string{""}
	if len(peers) > 0 {
		where = nil
		for _, peer := range peers {
			where = append(where, s.addresses(side, namespace, peer)...)
		}
	}
	var rules []string
	for _, at := range where {
		if len(ports) == 0 {
			rules = append(rules, strings.TrimSpace(at+" return"))
		}
		for _, port := range ports {
			rules = append(rules, strings.TrimSpace(at+" "+portOf(port)+" return"))
		}
	}
	return rules
}

func (s State) addresses(side, namespace string, peer networking.NetworkPolicyPeer) []string {
	if block := peer.IPBlock; block != nil {
		text := fmt.Sprintf("ip %s %s", side, block.CIDR)
		if len(block.Except) > 0 {
			text += fmt.Sprintf(" ip %s != { %s }", side, strings.Join(block.Except, ", "))
		}
		return []string{text}
	}
	var found []string
	for _, pod := range s.running() {
		if s.inNamespace(pod.Namespace, namespace, peer.NamespaceSelector) && (peer.PodSelector == nil || matches(peer.PodSelector, pod.Labels)) {
			found = append(found, fmt.Sprintf("ip %s %s", side, pod.Status.PodIP))
		}
	}
	return found
}

// A peer without a namespace selector is of the policy's own namespace.
func (s State) inNamespace(name, own string, selector *meta.LabelSelector) bool {
	if selector == nil {
		return name == own
	}
	return slices.ContainsFunc(s.namespaces, func(each *v1.Namespace) bool { return each.Name == name && matches(selector, each.Labels) })
}

func matches(selector *meta.LabelSelector, of map[string]string) bool {
	found, err := meta.LabelSelectorAsSelector(selector)
	return err == nil && found.Matches(labels.Set(of))
}

// portOf: by number. A named port would need the pods at the other end, and no chart of ours has one: it lets nothing through.
func portOf(port networking.NetworkPolicyPort) string {
	protocol := "tcp"
	if port.Protocol != nil {
		protocol = strings.ToLower(string(*port.Protocol))
	}
	switch {
	case port.Port == nil:
		return "meta l4proto " + protocol
	case port.Port.Type == intstr.String:
		return protocol + " dport 0"
	case port.EndPort != nil:
		return fmt.Sprintf("%s dport %d-%d", protocol, port.Port.IntVal, *port.EndPort)
	}
	return fmt.Sprintf("%s dport %d", protocol, port.Port.IntVal)
}
