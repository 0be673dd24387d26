# shellcheck shell=bash
# The control plane: etcd, API server, controllers, scheduler.

start_control_plane() {
  local pki=$DIR/pki network=(--advertise-address="$NODE_IP" --bind-address=0.0.0.0)
  # On loopback the server has no address that a pod could reach: it neither seeks nor publishes one.
  [ "$NODE_KIND" = real ] || network=(--advertise-address="$NODE_IP" --bind-address="$NODE_IP" --endpoint-reconciler-type=none)
  # No fsync: a test cluster's data does not outlive it.
  launch etcd "$BIN/etcd" --data-dir "$DIR/etcd" --unsafe-no-fsync --listen-client-urls "http://$LOCAL_IP:2379" \
    --advertise-client-urls "http://$LOCAL_IP:2379" --listen-peer-urls "http://$LOCAL_IP:2380" \
    --initial-advertise-peer-urls "http://$LOCAL_IP:2380" --initial-cluster "default=http://$LOCAL_IP:2380"
  launch kube-apiserver "$BIN/kube-apiserver" --etcd-servers="http://$LOCAL_IP:2379" --secure-port=6443 \
    "${network[@]}" --cert-dir="$pki" --allow-privileged=true --profiling=false \
    --tls-cert-file="$pki/apiserver.crt" --tls-private-key-file="$pki/apiserver.key" --client-ca-file="$DIR/ca.crt" \
    --service-account-issuer="$API" --service-account-jwks-uri="$API/openid/v1/jwks" --service-account-key-file="$pki/service-accounts.pub" \
    --service-account-signing-key-file="$pki/service-accounts.key" --service-cluster-ip-range=10.96.0.0/16 \
    --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction \
    --kubelet-client-certificate="$pki/admin.crt" --kubelet-client-key="$pki/admin.key" \
    --kubelet-certificate-authority="$DIR/ca.crt" --kubelet-preferred-address-types=InternalIP
  until_true 120 "the API server's readiness" kubectl get --raw /readyz || return 1
  # Only now: before the API server has made its RBAC roles these two end at once.
  launch kube-controller-manager "$BIN/kube-controller-manager" --kubeconfig="$DIR/kube-controller-manager.kubeconfig" \
    --service-account-private-key-file="$pki/service-accounts.key" --root-ca-file="$DIR/ca.crt" --leader-elect=false \
    --use-service-account-credentials=true --cluster-signing-cert-file="$DIR/ca.crt" --cluster-signing-key-file="$DIR/ca.key" \
    --bind-address="$LOCAL_IP"
  launch kube-scheduler "$BIN/kube-scheduler" --kubeconfig="$DIR/kube-scheduler.kubeconfig" --leader-elect=false --bind-address="$LOCAL_IP"
}
