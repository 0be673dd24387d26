# shellcheck shell=bash
# Where a real node is not to be had: the real control plane as an ordinary user's processes on loopback, and nodes whose
# pods are played by kwok. Everything the API server decides is real; no container runs.
KWOK=v0.8.0

# Prints why this machine gives no real node; nothing when it does.
against_a_real_node() {
  [ -z "${SENTIMARK_CLUSTER_FAKE:-}" ] || { echo "SENTIMARK_CLUSTER_FAKE is set"; return; }
  [ "$(id -u)" -eq 0 ] || { echo "not run as root"; return; }
  [ -w /sys/fs/cgroup ] || { echo "cgroups cannot be written here"; return; }
  unshare --net --mount true 2>/dev/null || echo "no network and mount namespaces here"
}

# kwok and the stages that it plays, from its own module, once into the cache.
kwok_build() {
  local folder=$CACHE/cluster/kwok@$KWOK go module file
  exec 8>"$CACHE/cluster-build.lock"
  flock 8
  if [ ! -f "$folder/complete" ]; then
    go=$("$ROOT/scripts/lib/need" go) || return 3
    mkdir -p "$folder"
    step "    kwok" go_install "sigs.k8s.io/kwok/cmd/kwok@$KWOK" kwok "$folder/kwok" || return 1
    module=$("$go" env GOMODCACHE)/sigs.k8s.io/kwok@$KWOK/kustomize/stage
    for file in node/fast/node-initialize node/heartbeat-with-lease/node-heartbeat-with-lease pod/fast/pod-ready pod/fast/pod-complete pod/fast/pod-delete; do
      echo "---" && cat "$module/$file.yaml" || return 1
    done >"$folder/stages.yaml"
    touch "$folder/complete"
  fi
  flock -u 8
}

start_fake_nodes() {
  launch kwok "$CACHE/cluster/kwok@$KWOK/kwok" --kubeconfig "$DIR/kubeconfig" --config "$CACHE/cluster/kwok@$KWOK/stages.yaml" \
    --manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake --node-ip "$NODE_IP" --server-address "$NODE_IP:10247"
  each_node add_fake_node
}

add_fake_node() { # NODE
  kubectl apply -f - <<TXT
{"apiVersion": "v1", "kind": "Node", "metadata": {"name": "$NODE$1", "annotations": {"kwok.x-k8s.io/node": "fake"},
  "labels": {"kubernetes.io/hostname": "$NODE$1", "topology.kubernetes.io/zone": "$(zone "$1")", "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64"}},
 "status": {"capacity": {"cpu": "8", "memory": "32Gi", "pods": "110"}, "allocatable": {"cpu": "8", "memory": "32Gi", "pods": "110"}}}
TXT
}

say_that_it_is_fake() { # REASON
  say "NOTE: cluster $NAME has a FAKE node ($1): the control plane is real, no container runs, pods become ready by themselves."
}
