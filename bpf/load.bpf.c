/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* Copyright (c) 2026, the ptrd authors */

/*
 * The program for ptrload: replies to its source ports go to the AF_XDP socket of their receive queue,
 * everything else to the kernel.
 *
 * For DPDK: net_af_xdp0,iface=IFACE,xdp_prog=.../load.bpf.o
 */

#include <linux/bpf.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "consts.h"
#include "maps.h"
#include "parsing.h"

/* Set before the program is loaded; host order. */
const volatile __u16 server_port = PTRD_DNS_PORT;

SEC("xdp")
int load_filter(struct xdp_md* ctx) {
  struct cursor at = {(void*)(long)ctx->data, (void*)(long)ctx->data_end};
  struct udphdr* udp;
  __u16 port;
  int protocol;

  switch (parse_ethernet(&at)) {
    case bpf_htons(ETH_P_IP):
      protocol = parse_ipv4(&at);
      break;
    case bpf_htons(ETH_P_IPV6):
      protocol = parse_ipv6(&at);
      break;
    default:
      return XDP_PASS;
  }
  udp = at.pos;
  if (protocol != IPPROTO_UDP || parse_udp(&at) < 0) return XDP_PASS;
  port = bpf_ntohs(udp->dest);
  if (udp->source != bpf_htons(server_port) || port < PTRD_LOAD_FIRST_PORT || port > PTRD_LOAD_LAST_PORT)
    return XDP_PASS;
  return (int)bpf_redirect_map(&xsks_map, ctx->rx_queue_index, XDP_PASS);
}

char _license[] SEC("license") = "Dual BSD/GPL";
