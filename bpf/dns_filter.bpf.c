/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* Copyright (c) 2026, the ptrd authors */

/*
 * Sends plain DNS queries to this station and its addresses to the AF_XDP socket of their receive queue, and
 * everything else to the kernel: forwarded traffic, ARP, neighbour discovery, ICMP, TCP, fragments, IP
 * options, extension headers, double tags, multicast. Neither checksums nor the DNS message are checked here:
 * ptrd does that, and counts what it drops.
 *
 * For DPDK: net_af_xdp0,iface=IFACE,xdp_prog=.../dns_filter.bpf.o. The driver knows only the map of sockets;
 * ptrd fills the others (src/port/xdp/dns_filter.cpp).
 */

#include <linux/bpf.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "consts.h"
#include "maps.h"
#include "own_addresses.h"
#include "parsing.h"

SEC("xdp")
int dns_filter(struct xdp_md* ctx) {
  struct cursor at = {(void*)(long)ctx->data, (void*)(long)ctx->data_end};
  const struct ethhdr* eth = at.pos;
  const int ether_type = parse_ethernet(&at);
  struct ptrd_address to = {};

  if (ether_type != bpf_htons(ETH_P_IP) && ether_type != bpf_htons(ETH_P_IPV6)) return XDP_PASS;
  if (parse_ip(&at, ether_type, &to) != IPPROTO_UDP) return XDP_PASS;
  if (parse_udp(&at) != bpf_htons(PTRD_DNS_PORT) || !is_ours(eth, &to)) return XDP_PASS;

  /* The last argument is the verdict for a queue without a live socket. */
  return (int)bpf_redirect_map(&xsks_map, ctx->rx_queue_index, XDP_PASS);
}

char _license[] SEC("license") = "Dual BSD/GPL";
