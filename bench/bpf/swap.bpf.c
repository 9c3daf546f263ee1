/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* Copyright (c) 2026, the ptrd authors */

/*
 * The least that a program which answers UDP over IPv4 can do: addresses and ports swapped, XDP_TX. bench/xdp
 * measures the answers of ptrd's program beside it. No checksum changes by that.
 */

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/udp.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

SEC("xdp")
int swap(struct xdp_md* ctx) {
  struct ethhdr* eth = (void*)(long)ctx->data;
  struct iphdr* ip = (void*)(eth + 1);
  struct udphdr* udp = (void*)(ip + 1);
  __u8 mac[ETH_ALEN];
  __be32 address;
  __be16 port;

  if ((void*)(udp + 1) > (void*)(long)ctx->data_end) return XDP_PASS;
  if (eth->h_proto != bpf_htons(ETH_P_IP) || ip->ihl != 5 || ip->protocol != IPPROTO_UDP) return XDP_PASS;
  if (udp->dest != bpf_htons(53)) return XDP_PASS;

  __builtin_memcpy(mac, eth->h_dest, ETH_ALEN);
  __builtin_memcpy(eth->h_dest, eth->h_source, ETH_ALEN);
  __builtin_memcpy(eth->h_source, mac, ETH_ALEN);
  address = ip->saddr;
  ip->saddr = ip->daddr;
  ip->daddr = address;
  port = udp->source;
  udp->source = udp->dest;
  udp->dest = port;
  return XDP_TX;
}

char _license[] SEC("license") = "Dual BSD/GPL";
