# shellcheck shell=bash
# The programs and images of the cluster, built once into $CACHE/cluster/<key> and reached through $CACHE/cluster/bin.

cluster_key() {
  (cd "$ROOT/tests/cluster" && cat go.mod go.sum versions.sh lib/build.sh cmd/*/*.go ../../samples/go.mod ../../samples/service/*.go | sha256sum | cut -c1-16)
}

go_install() { # MODULE@VERSION NAME TARGET
  local folder
  folder=$(mktemp -d "$CACHE/gobin.XXXXXX")
  GOBIN=$folder GOFLAGS=-trimpath CGO_ENABLED=0 "$go" install -ldflags '-s -w' "$1" && mv "$folder/$2" "$3"
  local status=$?
  rm -rf "$folder"
  return $status
}

go_build() { # PACKAGE LDFLAGS TARGET [MODULE]
  (cd "$ROOT/${4:-tests/cluster}" && CGO_ENABLED=0 "$go" build -trimpath -ldflags "-s -w $2" -o "$3" "$1")
}

build_images() { # FOLDER
  local bin=$1/bin images=$1/images busybox links=() applet major
  busybox=$(command -v busybox)
  mkdir -p "$images"
  while read -r applet; do links+=("/bin/$applet->busybox"); done < <("$busybox" --list | grep -vx busybox)
  "$bin/mkimage" -o "$images/pause.tar" -ref sentimark.local/pause:1 -entrypoint /pause -user 65535 "/pause=$bin/pause" || return 1
  "$bin/mkimage" -o "$images/coredns.tar" -ref sentimark.local/coredns:1 -entrypoint /coredns "/coredns=$bin/coredns" || return 1
  for version in 1.0.0 1.1.0; do
    go_build ./service "-X main.version=$version" "$images/sample-$version" samples || return 1
    "$bin/mkimage" -o "$images/sample-$version.tar" -ref "sentimark.local/sample:$version" -entrypoint /sample -user 10001:10001 \
      "/sample=$images/sample-$version" && rm "$images/sample-$version" || return 1
  done
  for major in 3 4; do
    "$bin/mkimage" -o "$images/aks-command-helm$major.tar" -ref "sentimark.local/aks-command:helm$major" -entrypoint /bin/sh \
      -env PATH=/usr/local/bin:/bin -env HOME=/tmp "/bin/busybox=$busybox" "${links[@]}" "/usr/local/bin/kubectl=$bin/kube" \
      "/usr/local/bin/helm=$bin/helm$major" "/usr/local/bin/jq=$bin/jq" /tmp/:1777 /etc/ || return 1
  done
}

# cluster_build [programs]: with the word, without the images, which need busybox from a Debian package.
cluster_build() {
  # shellcheck source=tests/cluster/versions.sh
  . "$ROOT/tests/cluster/versions.sh"
  local folder name go key
  key=$(cluster_key)
  folder=$CACHE/cluster/$key
  exec 8>"$CACHE/cluster-build.lock"
  flock 8
  if [ ! -f "$folder/programs" ]; then
    go=$("$ROOT/scripts/lib/need" go) || return 3
    mkdir -p "$folder/bin"
    say "  building the local cluster's programs (once; about 25 minutes on two cores from nothing)"
    step "    Kubernetes and etcd" go_build ./cmd/kube "-X k8s.io/component-base/version.gitVersion=$KUBERNETES \
      -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=35" "$folder/bin/kube" || return 1
    for name in etcd kubectl kubelet kube-apiserver kube-controller-manager kube-scheduler kube-proxy; do
      ln -sfn kube "$folder/bin/$name"
    done
    step "    Helm 3" go_install "$HELM3" helm "$folder/bin/helm3" || return 1
    step "    Helm 4" go_install "$HELM4" helm "$folder/bin/helm4" || return 1
    step "    jq" go_install "$JQ" gojq "$folder/bin/jq" || return 1
    step "    OCI registry" go_install "$REGISTRY_MODULE" registry "$folder/bin/registry" || return 1
    step "    CoreDNS" go_install "$COREDNS" coredns "$folder/bin/coredns" || return 1
    for name in mkimage pause; do step "    $name" go_build "./cmd/$name" "" "$folder/bin/$name" || return 1; done
    touch "$folder/programs"
  fi
  if [ "${1:-}" != programs ] && [ ! -f "$folder/complete" ]; then
    go=$("$ROOT/scripts/lib/need" go) || return 3
    step "Debian packages of the images" "$ROOT/scripts/lib/apt" busybox-static || return 1
    step "    images" build_images "$folder" || return 1
    touch "$folder/complete"
  fi
  ln -sfn "$key/bin" "$CACHE/cluster/bin"
  ln -sfn "$key/images" "$CACHE/cluster/images"
  flock -u 8
}
