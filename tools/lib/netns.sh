# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
# Two network namespaces with a veth pair between them, so that packets of a demo do not reach the machine's own network.
# shellcheck shell=bash
# Sourced, never run.

readonly server_v4=198.18.0.1 client_v4=198.18.0.2
readonly server_v6=fd00:18::1 client_v6=fd00:18::2
readonly server_if=server0 client_if=client0

# Creates namespaces $1 (server) and $2 (client).
netns_pair_up() {
  local -r server_ns=$1 client_ns=$2
  ip netns add "$server_ns"
  ip netns add "$client_ns"
  # One queue: net_af_xdp expects a veth to have a single one.
  ip -n "$server_ns" link add "$server_if" numrxqueues 1 numtxqueues 1 type veth \
    peer name "$client_if" numrxqueues 1 numtxqueues 1 netns "$client_ns"
  # A veth leaves checksums to hardware that does not exist: AF_XDP would see them incomplete, and ptrd would drop such
  # packets. The same applies to VLAN tags, which would not be in the frame.
  ip netns exec "$client_ns" ethtool -K "$client_if" tx off txvlan off >/dev/null
  ip netns exec "$server_ns" ethtool -K "$server_if" txvlan off >/dev/null
  ip -n "$server_ns" address add "$server_v4/24" dev "$server_if"
  ip -n "$server_ns" address add "$server_v6/64" dev "$server_if" nodad
  ip -n "$client_ns" address add "$client_v4/24" dev "$client_if"
  ip -n "$client_ns" address add "$client_v6/64" dev "$client_if" nodad
  ip -n "$server_ns" link set lo up
  ip -n "$client_ns" link set lo up
  ip -n "$server_ns" link set "$server_if" up
  ip -n "$client_ns" link set "$client_if" up
}

# Removes what netns_pair_up created; the veth pair and a program on it disappear with the namespaces.
netns_pair_down() {
  local name
  for name in "$@"; do
    ip netns delete "$name" 2>/dev/null || true
  done
}
