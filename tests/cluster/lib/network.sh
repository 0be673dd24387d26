# shellcheck shell=bash
# One network namespace for each cluster, joined to the machine by a veth pair that only this machine can reach.

make_network() {
  ip netns add "$NETNS"
  ip link add "$VETH" type veth peer name uplink netns "$NETNS"
  ip addr add "$HOST_IP/30" dev "$VETH"
  ip link set "$VETH" up
  ip -n "$NETNS" addr add "$NODE_IP/30" dev uplink
  ip -n "$NETNS" link set uplink up
  ip -n "$NETNS" link set lo up
  ip -n "$NETNS" route add default via "$HOST_IP"
  each_node add_node_address
  nsenter --net="/var/run/netns/$NETNS" sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
  # To the world outside a pod is its node, so that answers find their way back: this machine gets no route.
  nsenter --net="/var/run/netns/$NETNS" iptables -t nat -A POSTROUTING -s "10.244.$NUMBER.0/24" -o uplink -j MASQUERADE
}

# The pair has room for one address; the others are of the namespace all the same.
add_node_address() { [ -z "$1" ] || ip -n "$NETNS" addr add "$(node_ip "$1")/32" dev lo; }

remove_network() {
  ip link del "$VETH" 2>/dev/null || true
  ip netns del "$NETNS" 2>/dev/null || true
}
