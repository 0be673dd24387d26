# shellcheck shell=bash
# The nodes: each a containerd with a private root and socket, and a kubelet. They share the cluster's network namespace, and so
# the bridge of the pods and one kube-proxy; what tells them apart to Kubernetes is real: names, addresses, zones, runtimes.

each_node() { # COMMAND...: with what is added to the node's names as its last word
  local node
  for node in "${NODES[@]}"; do "$@" "$node" || return 1; done
}

# A zone for each node, named as Azure's are.
zone() { if [ -z "$1" ]; then echo westeurope-1; else echo "westeurope$1"; fi; }

node_ip() { if [ -z "$1" ]; then echo "$NODE_IP"; else echo "10.251.$NUMBER.${1#-}"; fi; }

# Every hierarchy that can hold our folder: one on a v2 machine, one for each controller on a v1 or hybrid one.
cgroup_roots() {
  if [ -f /sys/fs/cgroup/cgroup.controllers ]; then
    echo /sys/fs/cgroup
  else
    find /sys/fs/cgroup -mindepth 1 -maxdepth 1 -type d
  fi
}

# One for the cluster, and in it one for each node.
make_cgroups() {
  local root
  for root in $(cgroup_roots); do
    make_cgroup "$root" "$NETNS"
    each_node make_cgroup "$root/$NETNS" node
  done
}

make_cgroup() { # PARENT NAME [NODE]
  local group=$1/$2${3:-}
  mkdir -p "$group"
  if [ -f "$1/cpuset.cpus" ] && [ -f "$group/cpuset.cpus" ]; then
    cat "$1/cpuset.cpus" >"$group/cpuset.cpus"
    cat "$1/cpuset.mems" >"$group/cpuset.mems"
  fi
  if [ -f "$1/cgroup.subtree_control" ] && [ -f /sys/fs/cgroup/cgroup.controllers ]; then
    sed 's/[^ ]*/+&/g' "$1/cgroup.controllers" >"$group/cgroup.subtree_control" 2>/dev/null || true
  fi
}

remove_cgroups() {
  local root
  for root in $(cgroup_roots); do
    [ -d "$root/$NETNS" ] || continue
    # A killed process leaves its group a moment after it is gone from sight.
    for _ in 1 2 3 4 5 6 7 8 9 10; do
      find "$root/$NETNS" -depth -type d -exec rmdir {} + 2>/dev/null || true
      [ -d "$root/$NETNS" ] || break
      sleep 0.1
    done
  done
}

write_network_config() {
  mkdir -p "$DIR/cni" "$DIR/registry-hosts/$HOST_IP:5000"
  cat >"$DIR/registry-hosts/$HOST_IP:5000/hosts.toml" <<TXT
server = "http://$HOST_IP:5000"
[host."http://$HOST_IP:5000"]
  capabilities = ["pull", "resolve"]
TXT
  cat >"$DIR/cni/10-bridge.conflist" <<TXT
{"cniVersion": "0.4.0", "name": "$NETNS", "plugins": [{"type": "bridge", "bridge": "cni0", "isGateway": true, "hairpinMode": true,
  "ipam": {"type": "host-local", "dataDir": "$DIR/cni-data", "ranges": [[{"subnet": "10.244.$NUMBER.0/24"}]], "routes": [{"dst": "0.0.0.0/0"}]}}]}
TXT
  : >"$DIR/resolv.conf"
  cat >"$DIR/kube-proxy.yaml" <<TXT
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: nftables
hostnameOverride: $NODE
clusterCIDR: 10.244.$NUMBER.0/24
clientConnection: {kubeconfig: $DIR/kube-proxy.kubeconfig}
conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
TXT
}

write_node_config() { # NODE
  mkdir -p "$DIR/containerd$1"
  cat >"$DIR/containerd$1.toml" <<TXT
version = 2
root = "$DIR/containerd$1/root"
state = "$DIR/containerd$1/state"
[grpc]
  address = "$DIR/containerd$1.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "sentimark.local/pause:1"
  restrict_oom_score_adj = true
  # The pods' network namespaces live in our folder, not in /var/run/netns, so that they go with its mounts.
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$DIR/cni"
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "$DIR/registry-hosts"
TXT
  cat >"$DIR/kubelet$1.yaml" <<TXT
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: $DIR/ca.crt}}
authorization: {mode: Webhook}
address: $(node_ip "$1")
healthzPort: 0
tlsCertFile: $DIR/pki/kubelet-server$1.crt
tlsPrivateKeyFile: $DIR/pki/kubelet-server$1.key
containerRuntimeEndpoint: unix://$DIR/containerd$1.sock
cgroupDriver: cgroupfs
cgroupRoot: /$NETNS/node$1
failCgroupV1: false
failSwapOn: false
enforceNodeAllocatable: []
clusterDNS: [10.96.0.10]
clusterDomain: cluster.local
imageGCHighThresholdPercent: 100
evictionHard: {memory.available: 50Mi, nodefs.available: 1%, imagefs.available: 1%}
resolvConf: $DIR/resolv.conf
# Kubelets that share a folder of logs take each other's for leftovers and remove them.
podLogsDir: $DIR/pod-logs$1
volumePluginDir: $DIR/volume-plugins
TXT
}

ctr() { ctr_of "" "$@"; }

ctr_of() { # NODE WORD...
  command ctr --address "$DIR/containerd$1.sock" --namespace k8s.io "${@:2}"
}

start_containerd() { # NODE
  launch "containerd$1" containerd --config "$DIR/containerd$1.toml"
  until_true 30 "containerd" ctr_of "$1" version
}

# A further node begins with the images of the first: the same files by hard links, for nobody writes to them, and databases of
# its own. An import takes as long for each node as for the first.
join_containerd() { # NODE
  local first=$DIR/containerd/root root=$DIR/containerd$1/root file
  [ -n "$1" ] || return 0
  cp -al "$first" "$root" || return 1
  while read -r file; do cp --remove-destination "$first/$file" "$root/$file" || return 1; done < <(cd "$first" && find . -name '*.db')
  start_containerd "$1"
}

start_node() { # NODE
  launch "kubelet$1" "$BIN/kubelet" --config="$DIR/kubelet$1.yaml" --kubeconfig="$DIR/kubelet$1.kubeconfig" --root-dir="$DIR/kubelet$1" \
    --hostname-override="$NODE$1" --node-ip="$(node_ip "$1")" \
    --node-labels="topology.kubernetes.io/region=westeurope,topology.kubernetes.io/zone=$(zone "$1")"
}

start_proxy() { launch kube-proxy "$BIN/kube-proxy" --config="$DIR/kube-proxy.yaml"; }

node_is_ready() { [ "$(kubectl get node "$NODE$1" -o 'jsonpath={.status.conditions[?(@.type=="Ready")].status}')" = True ]; }

# What containerd, its shims and the CNI library keep outside our folder, in places that cannot be chosen.
remove_node_traces() {
  local file id
  for file in "$DIR"/containerd*/state/io.containerd.runtime.v2.task/k8s.io/*/address; do
    [ ! -f "$file" ] || rm -f "$(sed 's,^unix://,,' "$file")"
  done
  for file in $(grep -l -s -F "\"rootfs\":\"$DIR/" /run/containerd/runc/k8s.io/*/state.json); do rm -rf "${file%/state.json}"; done
  find /var/log/containers -type l -lname "$DIR/*" -delete 2>/dev/null || true
  awk -v folder="$DIR/" 'index($2, folder) == 1 {print $2}' /proc/mounts | sort -r | while read -r file; do umount -l "$file" 2>/dev/null || true; done
  for file in /var/lib/cni/results/"$NETNS"-*-eth0; do
    id=${file##*/"$NETNS"-}
    rm -f "$file" "/var/lib/cni/results/cni-loopback-${id%-eth0}-lo"
  done
}

# Earlier versions left pods' network namespaces and CNI results behind. A result names the folder of the cluster that it was
# made for: when that folder is one of ours and gone, the result and the namespace that it names belong to nobody.
sweep_orphans() {
  local file text owner sandbox id
  for file in /var/lib/cni/results/*-eth0 /var/lib/cni/results/cni-loopback-*-lo; do
    [ -f "$file" ] || continue
    text=$(cat "$file" 2>/dev/null) || continue
    sandbox=$(sed -n 's/.*"sandbox":"\([^"]*\)".*/\1/p' <<<"$text")
    owner=$({ sed -n 's/.*"config":"\([A-Za-z0-9+/=]*\)".*/\1/p' <<<"$text" | base64 -d; echo "$sandbox"; } 2>/dev/null |
      grep -o -m 1 "$CLUSTERS/[a-z][a-z0-9]*/" | head -n 1) || true
    if [ -z "$owner" ] || [ -d "$owner" ]; then continue; fi
    id=$(sed -n 's/.*"containerId":"\([0-9a-f]\{64\}\)".*/\1/p' <<<"$text")
    case $sandbox in /var/run/netns/cni-*) ip netns del "${sandbox##*/}" 2>/dev/null || true ;; esac
    rm -f "$file"
    [ -z "$id" ] || rm -f "/var/lib/cni/results/cni-loopback-$id-lo"
  done
}
