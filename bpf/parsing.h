/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* Copyright (c) 2026, the ptrd authors */
#ifndef PTRD_BPF_PARSING_H
#define PTRD_BPF_PARSING_H

/*
 * Header parsing for the XDP programs. Each function moves the cursor past one header and returns the next
 * protocol, or -1 if ptrd does not answer the frame: it is truncated, or of a form that the kernel handles
 * better.
 */

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "consts.h"
#include "protocols.h"

/* Not in the kernel's exported headers (IEEE 802.1Q, section 9.6). */
struct vlan_tag {
  __be16 tci;
  __be16 ether_type;
};
_Static_assert(sizeof(struct vlan_tag) == PTRD_VLAN_SIZE, "an 802.1Q tag");

struct cursor {
  void* pos;
  void* end;
};

/* Returns the EtherType after at most one 802.1Q tag, in network order; broadcast and multicast are left to
 * the kernel. */
static __always_inline int parse_ethernet(struct cursor* at) {
  struct ethhdr* eth = at->pos;
  struct vlan_tag* tag;

  if ((void*)(eth + 1) > at->end) return -1;
  if (eth->h_dest[0] & 1) return -1;
  at->pos = eth + 1;
  if (eth->h_proto != bpf_htons(ETH_P_8021Q)) return eth->h_proto;

  tag = at->pos;
  if ((void*)(tag + 1) > at->end) return -1;
  at->pos = tag + 1;
  return tag->ether_type;
}

/* Returns the protocol; options and fragments are left to the kernel. */
static __always_inline int parse_ipv4(struct cursor* at) {
  struct iphdr* ip = at->pos;

  if ((void*)(ip + 1) > at->end) return -1;
  if (ip->version != 4 || ip->ihl != 5) return -1;
  if (ip->frag_off & bpf_htons(PTRD_IPV4_FRAGMENT)) return -1;
  at->pos = ip + 1;
  return ip->protocol;
}

/* Returns the next header; an extension header is not UDP, so the frame is left to the kernel. */
static __always_inline int parse_ipv6(struct cursor* at) {
  struct ipv6hdr* ip = at->pos;

  if ((void*)(ip + 1) > at->end) return -1;
  if (ip->version != 6) return -1;
  at->pos = ip + 1;
  return ip->nexthdr;
}

/* Moves the cursor past the header of either IP version. Returns the same as the two functions above, and
 * sets `to`, which must be zero, to the destination. */
static __always_inline int parse_ip(struct cursor* at, int ether_type, struct ptrd_address* to) {
  int protocol;

  if (ether_type == bpf_htons(ETH_P_IP)) {
    struct iphdr* ip = at->pos;

    protocol = parse_ipv4(at);
    if (protocol < 0) return -1;
    to->word[2] = bpf_htonl(0xffff);
    to->word[3] = ip->daddr;
  } else {
    struct ipv6hdr* ip = at->pos;

    protocol = parse_ipv6(at);
    if (protocol < 0) return -1;
    __builtin_memcpy(to, &ip->daddr, sizeof(*to));
  }
  return protocol;
}

/* Returns the destination port, in network order. */
static __always_inline int parse_udp(struct cursor* at) {
  struct udphdr* udp = at->pos;

  if ((void*)(udp + 1) > at->end) return -1;
  at->pos = udp + 1;
  return udp->dest;
}

#endif
