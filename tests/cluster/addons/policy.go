package main

import (
	"context"
	"fmt"
	"os/exec"
	"strings"

	v1 "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
)

// runPolicy keeps the rules of this network namespace as the cluster's policies say, and writes "rules N" whenever they changed.
func runPolicy(ctx context.Context, _ []string) error {
	cluster, err := connect()
	if err != nil {
		return err
	}
	factory := informers.NewSharedInformerFactory(cluster, 0)
	pods, namespaces, policies := factory.Core().V1().Pods(), factory.Core().V1().Namespaces(), factory.Networking().V1().NetworkPolicies()
	changed, tell, err := changesOf(pods.Informer(), namespaces.Informer(), policies.Informer())
	if err != nil {
		return err
	}
	factory.Start(ctx.Done())
	factory.WaitForCacheSync(ctx.Done())
	tell()
	before, count := "", 0
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
		}
		state := State{}
		state.pods, _ = pods.Lister().List(labels.Everything())
		state.namespaces, _ = namespaces.Lister().List(labels.Everything())
		state.policies, _ = policies.Lister().List(labels.Everything())
		rules := state.rules()
		if rules == before {
			continue
		}
		if err := load(ctx, rules); err != nil {
			return err
		}
		before, count = rules, count+1
		fmt.Println("rules", count)
	}
}

// load replaces our table as one transaction: at no moment is less forbidden than before and after.
func load(ctx context.Context, rules string) error {
	command := exec.CommandContext(ctx, "nft", "-f", "-")
	command.Stdin = strings.NewReader(rules)
	if said, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("nft: %w: %s\n%s", err, said, rules)
	}
	return nil
}

// State is all that the rules follow from.
type State struct {
	pods       []*v1.Pod
	namespaces []*v1.Namespace
	policies   []*networking.NetworkPolicy
}
