# shellcheck shell=bash
# What AKS adds to a cluster and Azure has around it: network policies, Key Vault's CSI driver, gateways, and the stores'
# private endpoints, which are addresses of the node with something that listens.
ADDONS=$CACHE/cluster/addons
PRIVATE=(10.10.80.4 10.10.80.5 10.10.80.6 10.10.80.7 10.10.80.8)
OUTSIDE=203.0.113.4

# The program of the add-ons and the image of it, in a folder of their own: a change of them builds nothing else again, and one
# of their tests not even them.
addons_build() {
  local key folder go
  key=$(cd "$ROOT/tests/cluster" && find addons -name '*.go' ! -name '*_test.go' | LC_ALL=C sort | xargs cat addons/go.mod addons/go.sum cmd/mkimage/*.go | sha256sum | cut -c1-16)
  folder=$CACHE/cluster/addons-$key
  exec 8>"$CACHE/cluster-build.lock"
  flock 8
  if [ ! -f "$folder/complete" ]; then
    # shellcheck disable=SC2034 # go_build reads it
    go=$("$ROOT/scripts/lib/need" go) || return 3
    mkdir -p "$folder"
    step "    the cluster's add-ons" go_build . "" "$folder/addons" tests/cluster/addons || return 1
    "$BIN/mkimage" -o "$folder/addons.tar" -ref sentimark.local/addons:1 -entrypoint /addons -user 10001:10001 "/addons=$folder/addons" || return 1
    touch "$folder/complete"
  fi
  ln -sfn "addons-$key" "$CACHE/cluster/addons"
  flock -u 8
}

start_world() {
  local address places=("${PRIVATE[0]}:5432" "${PRIVATE[1]}:10000" "${PRIVATE[2]}:5671" "${PRIVATE[3]}:443" "${PRIVATE[4]}:443" "$OUTSIDE:443" "$OUTSIDE:80")
  for address in "${PRIVATE[@]}" "$OUTSIDE"; do ip -n "$NETNS" addr replace "$address/32" dev lo; done
  # A refusal is an ICMP message, and no test waits for the next second in which one may be sent.
  nsenter --net="/var/run/netns/$NETNS" sh -c 'echo 0 >/proc/sys/net/ipv4/icmp_ratelimit'
  launch world "$ADDONS/addons" world "${places[@]}"
}

# Outside the cluster's network, where the emulator is: to the kubelet it is a socket.
start_secrets_store() { # STATE FOLDER OF THE EMULATOR
  KUBECONFIG=$DIR/kubeconfig launch_outside secrets-store "$ADDONS/addons" secrets-store --azure "$1" "${NODES[@]/#/$DIR/kubelet}"
}

start_policy() {
  KUBECONFIG=$DIR/kubeconfig launch policy "$ADDONS/addons" policy
}

driver_is_registered() { [ -n "$(kubectl get csinode "$NODE$1" -o 'jsonpath={.spec.drivers[?(@.name=="secrets-store.csi.k8s.io")].name}')" ]; }

addons() { # STATE FOLDER OF THE EMULATOR
  [ "$NODE_KIND" = real ] || die "a fake node has no add-ons"
  addons_build
  import_images "$ADDONS/addons.tar"
  start_world
  kubectl apply -f "$ROOT/tests/cluster/addons.yaml" >/dev/null
  start_policy
  start_secrets_store "$1"
  until_true 60 "the policies' rules" nsenter --net="/var/run/netns/$NETNS" nft list table inet sentimark-policy
  until_true 60 "the CSI driver" each_node driver_is_registered
}
