# shellcheck shell=bash
# Images into every containerd, the sample into the registry as well, and cluster DNS.

import_images() { # FILE...
  local node
  for node in "${NODES[@]}"; do import_into "$node" "$@" || return 1; done
}

import_into() { # NODE FILE...
  local file
  for file in "${@:2}"; do ctr_of "$1" images import "$file" >/dev/null || return 1; done
}

start_registry() {
  mkdir -p "$DIR/registry"
  cat >"$DIR/registry.yaml" <<TXT
version: 0.1
storage: {filesystem: {rootdirectory: $DIR/registry}}
http: {addr: "$HOST_IP:5000"}
log: {level: warn}
TXT
  # On the machine's end of the pair: to the node it is another host, as a registry is.
  OTEL_TRACES_EXPORTER=none launch_outside registry "$BIN/registry" serve "$DIR/registry.yaml"
  until_true 20 "the registry" curl --noproxy '*' -fsS "http://$HOST_IP:5000/v2/"
}

push_samples() {
  local version
  for version in 1.0.0 1.1.0; do
    ctr images tag --force "sentimark.local/sample:$version" "$HOST_IP:5000/sample:$version" >/dev/null &&
      ctr images push --plain-http "$HOST_IP:5000/sample:$version" >/dev/null &&
      ctr images rm "$HOST_IP:5000/sample:$version" >/dev/null || return 1
  done
}

start_dns() { kubectl apply -f "$ROOT/tests/cluster/coredns.yaml" >/dev/null; }

dns_is_ready() { [ "$(kubectl -n kube-system get deployment coredns -o 'jsonpath={.status.readyReplicas}')" = 1 ]; }
