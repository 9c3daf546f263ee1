/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* Copyright (c) 2026, the ptrd authors */
#ifndef PTRD_BPF_FRAME_OUT_H
#define PTRD_BPF_FRAME_OUT_H

/* The frame turned round and the reply put into it, byte by byte as src/frame/outbound.cpp. */

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>

#include "checksum.h"

#define PTRD_HOP_LIMIT 64
#define PTRD_IPV4_DF 0x4000

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

/* The UDP header in the scratch area; the sum does not mind that the addresses there are the query's. */
static __always_inline void write_udp(struct ptrd_scratch* s, __u32 size) {
  struct udphdr* udp = (void*)(s->bytes + PTRD_AT_UDP);
  __be16 source = udp->source;
  __u16 sum;

  udp->source = udp->dest;
  udp->dest = source;
  udp->len = bpf_htons((__u16)(sizeof(*udp) + size));
  udp->check = 0;
  sum = (__u16)~fold(sum_datagram(s, size));
  udp->check = sum ? sum : 0xffff; /* 0 would say that there is none (RFC 768) */
}

/* Makes the frame the reply that stands in `s`. False, and nothing changed: there is no room behind the
 * frame.
 */
static __always_inline int write_frame(struct xdp_md* ctx, struct ptrd_scratch* s) {
  __u32 size = s->message_size;
  __u32 udp = s->udp;
  __u32 l3 = s->l3;
  __u32 udp_size = sizeof(struct udphdr) + size;
  __u8* data;
  __u8* end;

  if (size > PTRD_MESSAGE_MAX || l3 > ETH_HLEN + 4 || udp > ETH_HLEN + 4 + sizeof(struct ipv6hdr)) return 0;
  write_udp(s, size);
  if (bpf_xdp_adjust_tail(ctx, (int)(udp + udp_size) - (int)s->frame_size) != 0) return 0;
  data = (void*)(long)ctx->data;
  end = (void*)(long)ctx->data_end;

  /* From here on nothing can fail: the headers were there before, and the frame now ends where the reply
   * does. */
  if (data + sizeof(struct ethhdr) > end) return 0;
  swap_ethernet((struct ethhdr*)data);
  if (s->ipv6) {
    struct ipv6hdr* ip = (void*)(data + l3);

    if ((void*)(ip + 1) > (void*)end) return 0;
    write_ipv6(ip, udp_size);
  } else {
    struct iphdr* ip = (void*)(data + l3);

    if ((void*)(ip + 1) > (void*)end) return 0;
    write_ipv4(ip, udp_size);
  }
  return bpf_xdp_store_bytes(ctx, udp, s->bytes + PTRD_AT_UDP, udp_size) == 0;
}

#endif
