# shellcheck shell=bash
# One certificate authority for each cluster, and the certificates and kubeconfigs of its parts.

new_key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1"; }

# certificate NAME SUBJECT [SAN]: client and server certificate in one, short-lived like the cluster.
certificate() {
  local pki=$DIR/pki extensions
  extensions=$'basicConstraints=CA:FALSE\nextendedKeyUsage=clientAuth,serverAuth\nkeyUsage=digitalSignature'
  [ -z "${3:-}" ] || extensions+=$'\nsubjectAltName='"$3"
  new_key "$pki/$1.key"
  openssl req -new -key "$pki/$1.key" -subj "$2" -out "$pki/$1.csr"
  openssl x509 -req -in "$pki/$1.csr" -CA "$DIR/ca.crt" -CAkey "$DIR/ca.key" -set_serial "0x$(openssl rand -hex 8)" -days 30 \
    -extfile <(printf '%s\n' "$extensions") -out "$pki/$1.crt" 2>/dev/null
  rm "$pki/$1.csr"
}

kubeconfig() { # NAME TARGET
  (umask 077 && cat >"$2") <<TXT
apiVersion: v1
kind: Config
current-context: $NAME
clusters: [{name: $NAME, cluster: {server: "$API", certificate-authority-data: $(base64 -w0 <"$DIR/ca.crt")}}]
users: [{name: $1, user: {client-certificate-data: $(base64 -w0 <"$DIR/pki/$1.crt"), client-key-data: $(base64 -w0 <"$DIR/pki/$1.key")}}]
contexts: [{name: $NAME, context: {cluster: $NAME, user: $1}}]
TXT
}

make_certificates() {
  local part
  (
    umask 077
    mkdir -p "$DIR/pki"
    new_key "$DIR/ca.key"
    openssl req -x509 -new -key "$DIR/ca.key" -subj "/CN=sentimark-$NAME" -days 30 -out "$DIR/ca.crt"
    certificate apiserver /CN=kube-apiserver "IP:$NODE_IP,IP:127.0.0.1,IP:10.96.0.1,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local"
    certificate admin /O=system:masters/CN=admin
    certificate kube-controller-manager /CN=system:kube-controller-manager
    certificate kube-scheduler /CN=system:kube-scheduler
    certificate kube-proxy /CN=system:kube-proxy
    each_node node_certificates
    # RSA, as of AKS: Entra takes tokens that are signed by RS256 only.
    openssl genrsa -out "$DIR/pki/service-accounts.key" 2048 2>/dev/null
    openssl rsa -in "$DIR/pki/service-accounts.key" -pubout -out "$DIR/pki/service-accounts.pub" 2>/dev/null
  )
  for part in kube-controller-manager kube-scheduler kube-proxy "${NODES[@]/#/kubelet}"; do kubeconfig "$part" "$DIR/$part.kubeconfig"; done
  kubeconfig admin "$DIR/kubeconfig"
}

node_certificates() { # NODE
  certificate "kubelet-server$1" "/CN=$NODE$1" "IP:$(node_ip "$1"),DNS:$NODE$1"
  certificate "kubelet$1" "/O=system:nodes/CN=system:node:$NODE$1"
}
