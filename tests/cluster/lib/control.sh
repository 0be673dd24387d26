# shellcheck shell=bash
# The control plane: etcd, API server, controllers, scheduler.

start_control_plane() {
  local pki=$DIR/pki
  # No fsync: a test cluster's data does not outlive it.
  launch etcd "$BIN/etcd" --data-dir "$DIR/etcd" --unsafe-no-fsync --listen-client-urls http://127.0.0.1:2379 \
    --advertise-client-urls http://127.0.0.1:2379 --listen-peer-urls http://127.0.0.1:2380 \
    --initial-advertise-peer-urls http://127.0.0.1:2380 --initial-cluster default=http://127.0.0.1:2380
  launch kube-apiserver "$BIN/kube-apiserver" --etcd-servers=http://127.0.0.1:2379 --secure-port=6443 \
    --advertise-address="$NODE_IP" --bind-address=0.0.0.0 --cert-dir="$pki" --allow-privileged=true --profiling=false \
    --tls-cert-file="$pki/apiserver.crt" --tls-private-key-file="$pki/apiserver.key" --client-ca-file="$DIR/ca.crt" \
    --service-account-issuer=https://kubernetes.default.svc --service-account-key-file="$pki/service-accounts.pub" \
    --service-account-signing-key-file="$pki/service-accounts.key" --service-cluster-ip-range=10.96.0.0/16 \
    --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction \
    --kubelet-client-certificate="$pki/admin.crt" --kubelet-client-key="$pki/admin.key" \
    --kubelet-certificate-authority="$DIR/ca.crt" --kubelet-preferred-address-types=InternalIP
  until_true 60 "the API server's readiness" kubectl get --raw /readyz || return 1
  # Only now: before the API server has made its RBAC roles these two end at once.
  launch kube-controller-manager "$BIN/kube-controller-manager" --kubeconfig="$DIR/kube-controller-manager.kubeconfig" \
    --service-account-private-key-file="$pki/service-accounts.key" --root-ca-file="$DIR/ca.crt" --leader-elect=false \
    --use-service-account-credentials=true --cluster-signing-cert-file="$DIR/ca.crt" --cluster-signing-key-file="$DIR/ca.key" \
    --bind-address=127.0.0.1
  launch kube-scheduler "$BIN/kube-scheduler" --kubeconfig="$DIR/kube-scheduler.kubeconfig" --leader-elect=false --bind-address=127.0.0.1
}
