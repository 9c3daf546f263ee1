/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* Copyright (c) 2026, the ptrd authors */
#ifndef PTRD_BPF_FRAME_OUT_H
#define PTRD_BPF_FRAME_OUT_H

/* Turns the frame in the scratch area around, with the same bytes as src/frame/outbound.cpp, and replaces the
 * query's frame with it. */

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>

#include "checksum.h"
#include "protocols.h"

static __always_inline void swap_ethernet(struct ethhdr* eth) {
  __u16* word = (__u16*)eth;
  int i;

#pragma unroll
  for (i = 0; i < 3; i++) {
    __u16 destination = word[i];

    word[i] = word[i + 3];
    word[i + 3] = destination;
  }
}

static __always_inline void write_ipv4(struct iphdr* ip, __u32 udp_size) {
  __u32* word = (__u32*)ip;
  __be32 source = ip->saddr;
  __u64 sum;

  word[0] = bpf_htonl(0x45U << 24 | (sizeof(*ip) + udp_size));
  word[1] = bpf_htonl(PTRD_IPV4_DF); /* identification 0 (RFC 6864, 4.1) */
  word[2] = bpf_htonl(PTRD_HOP_LIMIT << 24 | IPPROTO_UDP << 16);
  ip->saddr = ip->daddr;
  ip->daddr = source;
  sum = (__u64)word[0] + word[1] + word[2] + word[3] + word[4];
  ip->check = (__u16)~fold(sum);
}

static __always_inline void write_ipv6(struct ipv6hdr* ip, __u32 udp_size) {
  __u32* word = (__u32*)ip;
  int i;

  word[0] = bpf_htonl(6U << 28);
  word[1] = bpf_htonl(udp_size << 16 | IPPROTO_UDP << 8 | PTRD_HOP_LIMIT);
#pragma unroll
  for (i = 2; i < 6; i++) {
    __u32 source = word[i];

    word[i] = word[i + 4];
    word[i + 4] = source;
  }
}

static __always_inline void write_udp(struct ptrd_scratch* s, __u32 size) {
  struct udphdr* udp = (void*)(s->bytes + PTRD_AT_UDP);
  __be16 source = udp->source;
  __u16 sum;

  udp->source = udp->dest;
  udp->dest = source;
  udp->len = bpf_htons((__u16)(sizeof(*udp) + size));
  udp->check = 0;
  sum = (__u16)~fold(sum_datagram(s, size));
  udp->check = sum ? sum : 0xffff; /* 0 would mean "no checksum" (RFC 768) */
}

/* Makes the frame `more` bytes longer, at the front, where drivers leave 256 bytes of headroom; there may be
 * no tailroom at all, as on veth. */
static __always_inline int resize(struct xdp_md* ctx, int more) {
  if (more > 0 && bpf_xdp_adjust_head(ctx, -more) == 0) return 1;
  return bpf_xdp_adjust_tail(ctx, more) == 0;
}

/* Replaces the frame with the reply in `s`. Returns false, and changes nothing, if there is no room for it.
 * */
static __always_inline int write_frame(struct xdp_md* ctx, struct ptrd_scratch* s) {
  __u32 size = s->message_size;
  __u64 start = s->start;
  __u32 udp_size = sizeof(struct udphdr) + size;
  __u32 whole;
  __u8* frame;

  PTRD_ONE_REGISTER(start);
  if (size > PTRD_MESSAGE_MAX || start > PTRD_AT_UDP) return 0;
  frame = s->bytes + start;
  whole = (__u32)(PTRD_AT_MESSAGE - start + ptrd_place(size));
  swap_ethernet((struct ethhdr*)frame);
  if (s->ipv6)
    write_ipv6((struct ipv6hdr*)(s->bytes + PTRD_AT_UDP - sizeof(struct ipv6hdr)), udp_size);
  else
    write_ipv4((struct iphdr*)(s->bytes + PTRD_AT_UDP - sizeof(struct iphdr)), udp_size);
  write_udp(s, size);
  if (!resize(ctx, (int)whole - (int)s->frame_size)) return 0;
  /* Cannot fail: the frame has exactly this size now. */
  return bpf_xdp_store_bytes(ctx, 0, frame, whole) == 0;
}

#endif
