// podsecurity: what Kubernetes' own admission plug-in says of many pods, as JSON lines for judge_pod_security.
// Its own fixtures for every level and minor, and COUNT random pods in every kind that holds one.
// usage: podsecurity FIXTURES COUNT SEED
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	"sigs.k8s.io/yaml"
)

const newest = 39 // two past the newest revision: the plug-in judges them by it

type line struct {
	Object json.RawMessage `json:"object"`
	Level  string          `json:"level"`
	Minor  int             `json:"minor"`
	Says   []string        `json:"says"`
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "podsecurity:", err)
		os.Exit(1)
	}
}

func main() {
	if len(os.Args) != 4 {
		must(fmt.Errorf("usage: podsecurity FIXTURES COUNT SEED"))
	}
	count, err := strconv.Atoi(os.Args[2])
	must(err)
	seed, err := strconv.ParseInt(os.Args[3], 10, 64)
	must(err)
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	must(err)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	encoder := json.NewEncoder(out)
	tell := func(object any, meta *metav1.ObjectMeta, spec *corev1.PodSpec, level api.Level, minor int) {
		bytes, err := json.Marshal(object)
		must(err)
		says := []string{}
		version := api.LevelVersion{Level: level, Version: api.MajorMinorVersion(1, minor)}
		for _, result := range evaluator.EvaluatePod(version, meta, spec) {
			if result.Allowed {
				continue
			}
			text := result.ForbiddenReason
			if result.ForbiddenDetail != "" {
				text += " (" + result.ForbiddenDetail + ")"
			}
			says = append(says, text)
		}
		must(encoder.Encode(line{bytes, string(level), minor, says}))
	}
	fixtures(os.Args[1], tell)
	random := rand.New(rand.NewSource(seed))
	for i := 0; i < count; i++ {
		meta, spec := randomPod(random)
		level := api.LevelRestricted
		if random.Intn(2) == 0 {
			level = api.LevelBaseline
		}
		tell(wrapped(random, meta, spec), meta, spec, level, random.Intn(newest+1))
	}
}

func fixtures(root string, tell func(any, *metav1.ObjectMeta, *corev1.PodSpec, api.Level, int)) {
	files, err := filepath.Glob(filepath.Join(root, "*", "*", "*", "*.yaml"))
	must(err)
	place := regexp.MustCompile(`/(baseline|restricted)/v1\.(\d+)/(pass|fail)/`)
	for _, file := range files {
		found := place.FindStringSubmatch(file)
		text, err := os.ReadFile(file)
		must(err)
		var pod corev1.Pod
		must(yaml.UnmarshalStrict(text, &pod))
		minor, err := strconv.Atoi(found[2])
		must(err)
		tell(&pod, &pod.ObjectMeta, &pod.Spec, api.Level(found[1]), minor)
	}
}

func wrapped(random *rand.Rand, meta *metav1.ObjectMeta, spec *corev1.PodSpec) any {
	template := map[string]any{"metadata": meta, "spec": spec}
	object := func(version, kind string, body any) any {
		return map[string]any{"apiVersion": version, "kind": kind, "metadata": map[string]any{"name": "it"}, "spec": body}
	}
	body := map[string]any{"template": template}
	switch random.Intn(10) {
	case 0:
		return object("apps/v1", "Deployment", body)
	case 1:
		return object("apps/v1", "StatefulSet", body)
	case 2:
		return object("apps/v1", "DaemonSet", body)
	case 3:
		return object("apps/v1", "ReplicaSet", body)
	case 4:
		return object("v1", "ReplicationController", body)
	case 5:
		return object("batch/v1", "Job", body)
	case 6:
		return object("batch/v1", "CronJob", map[string]any{"jobTemplate": map[string]any{"spec": body}})
	case 7:
		return map[string]any{"apiVersion": "v1", "kind": "PodTemplate", "template": template}
	case 8:
		return map[string]any{"apiVersion": "v1", "kind": "List", "items": []any{object("apps/v1", "Deployment", body)}}
	}
	return map[string]any{"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": spec}
}

// Rarely set, so that pods with few faults are as common as pods with many.
func rarely(random *rand.Rand) bool { return random.Intn(6) == 0 }

func pick[T any](random *rand.Rand, values ...T) T { return values[random.Intn(len(values))] }

func maybe[T any](random *rand.Rand, values ...T) *T {
	if !rarely(random) {
		return nil
	}
	value := pick(random, values...)
	return &value
}

func randomPod(random *rand.Rand) (*metav1.ObjectMeta, *corev1.PodSpec) {
	meta := &metav1.ObjectMeta{Name: "it", Annotations: map[string]string{}}
	spec := &corev1.PodSpec{HostNetwork: rarely(random), HostPID: rarely(random), HostIPC: rarely(random), HostUsers: maybe(random, true, false, false)}
	if rarely(random) {
		spec.OS = &corev1.PodOS{Name: pick(random, corev1.Windows, corev1.Windows, corev1.Linux)}
	}
	for i := 0; i < 1+random.Intn(3); i++ {
		spec.Containers = append(spec.Containers, randomContainer(random, fmt.Sprintf("c%d", i)))
	}
	for i := 0; i < random.Intn(2); i++ {
		spec.InitContainers = append(spec.InitContainers, randomContainer(random, fmt.Sprintf("i%d", i)))
	}
	if rarely(random) {
		container := randomContainer(random, "e0")
		spec.EphemeralContainers = []corev1.EphemeralContainer{{EphemeralContainerCommon: corev1.EphemeralContainerCommon(container)}}
	}
	if random.Intn(2) == 0 {
		spec.SecurityContext = &corev1.PodSecurityContext{
			RunAsNonRoot: maybe(random, true, true, false), RunAsUser: maybe[int64](random, 0, 1000), SeccompProfile: seccomp(random),
			AppArmorProfile: apparmor(random), SELinuxOptions: selinux(random), WindowsOptions: windows(random)}
		for rarely(random) {
			spec.SecurityContext.Sysctls = append(spec.SecurityContext.Sysctls, corev1.Sysctl{Value: "1", Name: pick(random,
				"kernel.shm_rmid_forced", "net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_rmem",
				"net.ipv4.tcp_notsent_lowat", "net.ipv4.tcp_slow_start_after_idle", "kernel.msgmax", "net.ipv4.ip_local_port_range")})
		}
	}
	for rarely(random) {
		spec.Volumes = append(spec.Volumes, randomVolume(random, len(spec.Volumes)))
	}
	annotate := func(key string, values ...string) {
		if rarely(random) {
			meta.Annotations[key] = pick(random, values...)
		}
	}
	annotate("container.apparmor.security.beta.kubernetes.io/c0", "", "runtime/default", "localhost/mine", "unconfined", "a\"b\\c")
	annotate("container.apparmor.security.beta.kubernetes.io/other", "unconfined")
	annotate("seccomp.security.alpha.kubernetes.io/pod", "runtime/default", "docker/default", "localhost/x", "unconfined", "")
	annotate("container.seccomp.security.alpha.kubernetes.io/c0", "unconfined", "runtime/default")
	annotate("container.seccomp.security.alpha.kubernetes.io/absent", "unconfined")
	return meta, spec
}

func randomContainer(random *rand.Rand, name string) corev1.Container {
	container := corev1.Container{Name: name, Image: "image"}
	for rarely(random) {
		container.Ports = append(container.Ports, corev1.ContainerPort{ContainerPort: 80, HostPort: pick[int32](random, 0, 80, 8080, 443)})
	}
	container.LivenessProbe, container.ReadinessProbe, container.StartupProbe = probe(random), probe(random), probe(random)
	if rarely(random) {
		container.Lifecycle = &corev1.Lifecycle{PostStart: handler(random), PreStop: handler(random)}
	}
	if random.Intn(4) == 0 {
		return container
	}
	container.SecurityContext = &corev1.SecurityContext{
		Privileged: maybe(random, true, false), AllowPrivilegeEscalation: maybe(random, true, false), RunAsNonRoot: maybe(random, true, false),
		RunAsUser: maybe[int64](random, 0, 1000), ProcMount: maybe(random, corev1.DefaultProcMount, corev1.UnmaskedProcMount, corev1.ProcMountType("other")),
		SeccompProfile: seccomp(random), AppArmorProfile: apparmor(random), SELinuxOptions: selinux(random), WindowsOptions: windows(random)}
	if random.Intn(2) == 0 {
		no := false
		container.SecurityContext.AllowPrivilegeEscalation = &no
	}
	if random.Intn(2) == 0 {
		container.SecurityContext.Capabilities = &corev1.Capabilities{}
		for random.Intn(2) == 0 {
			container.SecurityContext.Capabilities.Drop = append(container.SecurityContext.Capabilities.Drop, pick[corev1.Capability](random, "ALL", "all", "NET_RAW"))
		}
		for rarely(random) {
			container.SecurityContext.Capabilities.Add = append(container.SecurityContext.Capabilities.Add,
				pick[corev1.Capability](random, "NET_BIND_SERVICE", "CHOWN", "NET_RAW", "SYS_ADMIN", "ALL", ""))
		}
	}
	return container
}

func randomVolume(random *rand.Rand, number int) corev1.Volume {
	volume := corev1.Volume{Name: fmt.Sprintf("v%d", number)}
	sources := strings.Fields(`hostPath gcePersistentDisk awsElasticBlockStore gitRepo nfs iscsi glusterfs rbd flexVolume cinder cephfs flocker fc
		azureFile vsphereVolume quobyte azureDisk photonPersistentDisk portworxVolume scaleIO storageos configMap csi downwardAPI emptyDir ephemeral
		image persistentVolumeClaim projected secret`)
	for i := 0; i < 1+random.Intn(2); i++ {
		must(json.Unmarshal([]byte(`{"`+pick(random, sources...)+`":{}}`), &volume))
	}
	if rarely(random) {
		volume.VolumeSource = corev1.VolumeSource{}
	}
	return volume
}

func handler(random *rand.Rand) *corev1.LifecycleHandler {
	probe := probe(random)
	if probe == nil {
		return nil
	}
	return &corev1.LifecycleHandler{HTTPGet: probe.HTTPGet, TCPSocket: probe.TCPSocket}
}

func probe(random *rand.Rand) *corev1.Probe {
	if !rarely(random) {
		return nil
	}
	host := pick(random, "", "127.0.0.1", "example.org")
	if random.Intn(2) == 0 {
		return &corev1.Probe{ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Host: host}}}
	}
	return &corev1.Probe{ProbeHandler: corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Host: host}}}
}

func seccomp(random *rand.Rand) *corev1.SeccompProfile {
	return maybe(random, corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault}, corev1.SeccompProfile{Type: corev1.SeccompProfileTypeLocalhost},
		corev1.SeccompProfile{Type: corev1.SeccompProfileTypeUnconfined}, corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault}, corev1.SeccompProfile{})
}

func apparmor(random *rand.Rand) *corev1.AppArmorProfile {
	return maybe(random, corev1.AppArmorProfile{Type: corev1.AppArmorProfileTypeRuntimeDefault}, corev1.AppArmorProfile{Type: corev1.AppArmorProfileTypeUnconfined},
		corev1.AppArmorProfile{Type: corev1.AppArmorProfileTypeLocalhost}, corev1.AppArmorProfile{})
}

func selinux(random *rand.Rand) *corev1.SELinuxOptions {
	return maybe(random, corev1.SELinuxOptions{}, corev1.SELinuxOptions{Type: "container_t"}, corev1.SELinuxOptions{Type: "container_engine_t"},
		corev1.SELinuxOptions{Type: "spc_t"}, corev1.SELinuxOptions{User: "u"}, corev1.SELinuxOptions{Role: "r", Type: "bad_t", User: "u"}, corev1.SELinuxOptions{Level: "s0"})
}

func windows(random *rand.Rand) *corev1.WindowsSecurityContextOptions {
	yes, no := true, false
	return maybe(random, corev1.WindowsSecurityContextOptions{}, corev1.WindowsSecurityContextOptions{HostProcess: &yes}, corev1.WindowsSecurityContextOptions{HostProcess: &no})
}
