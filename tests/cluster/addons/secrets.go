package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/container-storage-interface/spec/lib/go/csi"
	"golang.org/x/sys/unix"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	registration "k8s.io/kubelet/pkg/apis/pluginregistration/v1"
)

const driverName = "secrets-store.csi.k8s.io"

// Mount is one volume of one pod.
type Mount struct {
	target, namespace, class, pod string
	token                         string // of the pod's account, for Entra
	content                       string // digest of what is there
}

// Driver mounts what a SecretProviderClass names, one folder in memory for each pod, and looks for rotated secrets from time to time.
type Driver struct {
	csi.UnimplementedIdentityServer
	csi.UnimplementedNodeServer
	registration.UnimplementedRegistrationServer
	cluster *Cluster
	azure   *Azure
	socket  string
	node    string
	mutex   *sync.Mutex
	mounts  map[string]*Mount
}

// runSecretsStore serves each kubelet whose root folder is named, and reads Azure's place from the state folder of the emulator.
func runSecretsStore(ctx context.Context, arguments []string) error {
	flags := flag.NewFlagSet("secrets-store", flag.ContinueOnError)
	state := flags.String("azure", "", "state folder of the emulator")
	every := flags.Duration("rotation", 2*time.Second, "how often rotated secrets are looked for")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	cluster, err := connect()
	if err != nil {
		return err
	}
	azure, err := readAzure(*state)
	if err != nil {
		return err
	}
	failed := make(chan error)
	mutex, mounts := &sync.Mutex{}, map[string]*Mount{}
	for _, root := range flags.Args() {
		driver := &Driver{cluster: cluster, azure: azure, node: filepath.Base(root), mutex: mutex, mounts: mounts,
			socket: filepath.Join(root, "plugins", "secrets-store", "csi.sock")}
		if err := driver.listen(filepath.Join(root, "plugins_registry", driverName+"-reg.sock"), failed); err != nil {
			return err
		}
	}
	watcher := &Driver{cluster: cluster, azure: azure, mutex: mutex, mounts: mounts}
	ticker := time.NewTicker(*every)
	for {
		select {
		case err := <-failed:
			return err
		case <-ctx.Done():
			return nil
		case <-ticker.C:
			watcher.rotate(ctx)
		}
	}
}

func (d *Driver) listen(registry string, failed chan error) error {
	for socket, register := range map[string]func(*grpc.Server){
		d.socket: func(server *grpc.Server) {
			csi.RegisterIdentityServer(server, d)
			csi.RegisterNodeServer(server, d)
		},
		registry: func(server *grpc.Server) { registration.RegisterRegistrationServer(server, d) },
	} {
		if err := os.MkdirAll(filepath.Dir(socket), 0o750); err != nil {
			return err
		}
		_ = os.Remove(socket)
		listener, err := net.Listen("unix", socket)
		if err != nil {
			return err
		}
		server := grpc.NewServer()
		register(server)
		go func() { failed <- server.Serve(listener) }()
	}
	return nil
}

func (d *Driver) GetInfo(context.Context, *registration.InfoRequest) (*registration.PluginInfo, error) {
	return &registration.PluginInfo{Type: registration.CSIPlugin, Name: driverName, Endpoint: d.socket, SupportedVersions: []string{"1.0.0"}}, nil
}

func (d *Driver) NotifyRegistrationStatus(_ context.Context, told *registration.RegistrationStatus) (*registration.RegistrationStatusResponse, error) {
	fmt.Println("registered", told.PluginRegistered, told.Error)
	return &registration.RegistrationStatusResponse{}, nil
}

func (d *Driver) GetPluginInfo(context.Context, *csi.GetPluginInfoRequest) (*csi.GetPluginInfoResponse, error) {
	return &csi.GetPluginInfoResponse{Name: driverName, VendorVersion: "1"}, nil
}

func (d *Driver) GetPluginCapabilities(context.Context, *csi.GetPluginCapabilitiesRequest) (*csi.GetPluginCapabilitiesResponse, error) {
	return &csi.GetPluginCapabilitiesResponse{}, nil
}

func (d *Driver) Probe(context.Context, *csi.ProbeRequest) (*csi.ProbeResponse, error) {
	return &csi.ProbeResponse{}, nil
}

func (d *Driver) NodeGetCapabilities(context.Context, *csi.NodeGetCapabilitiesRequest) (*csi.NodeGetCapabilitiesResponse, error) {
	return &csi.NodeGetCapabilitiesResponse{}, nil
}

func (d *Driver) NodeGetInfo(context.Context, *csi.NodeGetInfoRequest) (*csi.NodeGetInfoResponse, error) {
	return &csi.NodeGetInfoResponse{NodeId: d.node}, nil
}

// NodePublishVolume is also how the kubelet brings a fresh token of the pod's account.
func (d *Driver) NodePublishVolume(ctx context.Context, request *csi.NodePublishVolumeRequest) (*csi.NodePublishVolumeResponse, error) {
	given := request.GetVolumeContext()
	var tokens map[string]struct {
		Token string `json:"token"`
	}
	if err := json.Unmarshal([]byte(given["csi.storage.k8s.io/serviceAccount.tokens"]), &tokens); err != nil {
		return nil, status.Errorf(codes.InvalidArgument, "the kubelet gave no tokens: %v", err)
	}
	mount := &Mount{target: request.GetTargetPath(), namespace: given["csi.storage.k8s.io/pod.namespace"], pod: given["csi.storage.k8s.io/pod.name"],
		class: given["secretProviderClass"], token: tokens[audience].Token}
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if old := d.mounts[mount.target]; old != nil {
		mount.content = old.content
	} else if err := d.memory(mount.target); err != nil {
		return nil, status.Error(codes.Internal, err.Error())
	}
	if err := d.refresh(ctx, mount); err != nil {
		if d.mounts[mount.target] == nil {
			_ = remove(mount.target)
		}
		return nil, status.Errorf(codes.Internal, "SecretProviderClass %s/%s: %v", mount.namespace, mount.class, err)
	}
	d.mounts[mount.target] = mount
	return &csi.NodePublishVolumeResponse{}, nil
}

// memory: a secret never touches a disk.
func (d *Driver) memory(target string) error {
	if err := os.MkdirAll(target, 0o755); err != nil {
		return err
	}
	return unix.Mount("tmpfs", target, "tmpfs", unix.MS_NODEV|unix.MS_NOSUID|unix.MS_NOEXEC, "size=4m,mode=0755")
}

func remove(target string) error {
	if err := unix.Unmount(target, unix.MNT_DETACH); err != nil && !errors.Is(err, unix.EINVAL) && !errors.Is(err, unix.ENOENT) {
		return err
	}
	return os.RemoveAll(target)
}

func (d *Driver) NodeUnpublishVolume(ctx context.Context, request *csi.NodeUnpublishVolumeRequest) (*csi.NodeUnpublishVolumeResponse, error) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	gone := d.mounts[request.GetTargetPath()]
	delete(d.mounts, request.GetTargetPath())
	if err := remove(request.GetTargetPath()); err != nil {
		return nil, status.Error(codes.Internal, err.Error())
	}
	if gone != nil && !d.used(gone.namespace, gone.class) {
		if err := d.cluster.dropSecrets(ctx, gone.namespace, gone.class); err != nil {
			return nil, status.Error(codes.Internal, err.Error())
		}
	}
	return &csi.NodeUnpublishVolumeResponse{}, nil
}

func (d *Driver) used(namespace, class string) bool {
	for _, each := range d.mounts {
		if each.namespace == namespace && each.class == class {
			return true
		}
	}
	return false
}

// refresh fetches what the class names and, where it differs from what is there, puts it in place of it.
func (d *Driver) refresh(ctx context.Context, mount *Mount) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	class, err := d.cluster.readClass(ctx, mount.namespace, mount.class)
	if err != nil {
		return err
	}
	files, err := d.azure.fetch(ctx, class, mount.token)
	if err != nil {
		return err
	}
	if digest := digestOf(files); digest != mount.content {
		if err := replace(mount.target, files); err != nil {
			return err
		}
		mount.content = digest
	}
	return d.cluster.keepSecrets(ctx, mount.namespace, class, files)
}

// rotate leaves a pod with what it has where a secret cannot be read any more.
func (d *Driver) rotate(ctx context.Context) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	for _, mount := range d.mounts {
		if err := d.refresh(ctx, mount); err != nil {
			fmt.Printf("%s/%s keeps its secrets: %v\n", mount.namespace, mount.pod, err)
		}
	}
}
