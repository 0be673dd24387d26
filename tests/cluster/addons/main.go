// addons plays what AKS adds to a cluster and what Azure has around it, so that the charts run with their real values:
//
//	addons policy         every NetworkPolicy as rules of nftables
//	addons secrets-store  the CSI driver that mounts secrets of Key Vault
//	addons control        the control plane of the gateways: HTTPRoutes and certificates to whom asks
//	addons gateway        the gateway's own pod: TLS ends here
//	addons world          the private endpoints of the stores, and the internet: something that listens
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
)

// Cluster is the API server in its two forms: kinds that Go knows, and all others.
type Cluster struct {
	kubernetes.Interface
	dynamic dynamic.Interface
}

// connect reads $KUBECONFIG, or takes the account of the pod.
func connect() (*Cluster, error) {
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	if err != nil {
		return nil, err
	}
	config.QPS, config.Burst = 100, 200
	return clients(config)
}

func clients(config *rest.Config) (*Cluster, error) {
	typed, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	untyped, err := dynamic.NewForConfig(config)
	return &Cluster{typed, untyped}, err
}

// changesOf tells of each change in what these know: one word for many at once. The function says it as well.
func changesOf(informers ...cache.SharedIndexInformer) (<-chan struct{}, func(), error) {
	changed := make(chan struct{}, 1)
	tell := func() {
		select {
		case changed <- struct{}{}:
		default: // told already
		}
	}
	handler := cache.ResourceEventHandlerFuncs{AddFunc: func(any) { tell() }, UpdateFunc: func(_, _ any) { tell() }, DeleteFunc: func(any) { tell() }}
	for _, informer := range informers {
		if _, err := informer.AddEventHandler(handler); err != nil {
			return nil, nil, err
		}
	}
	return changed, tell, nil
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	parts := map[string]func(context.Context, []string) error{
		"policy": runPolicy, "secrets-store": runSecretsStore, "control": runControl, "gateway": runGateway, "world": runWorld,
	}
	if len(os.Args) < 2 || parts[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: addons policy|secrets-store|control|gateway|world [ARGUMENT...]")
		os.Exit(2)
	}
	if err := parts[os.Args[1]](ctx, os.Args[2:]); err != nil && ctx.Err() == nil {
		fmt.Fprintln(os.Stderr, "fatal:", err)
		os.Exit(1)
	}
}
