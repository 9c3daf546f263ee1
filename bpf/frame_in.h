/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* Copyright (c) 2026, the ptrd authors */
#ifndef PTRD_BPF_FRAME_IN_H
#define PTRD_BPF_FRAME_IN_H

/*
 * From the frame to the DNS message: the rules of src/frame/classify.cpp, every length and checksum. A frame
 * that breaks any of them is declined, and its next receiver reports why. So is IPv6 from or to ::/32, which
 * contains the addresses that no host may have.
 */

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>

#include "checksum.h"
#include "consts.h"
#include "protocols.h"

/* Not 0/8, 127/8 or 224/3 (RFC 1122, 3.2.1.3). */
static __always_inline int is_host4(__be32 address) {
  __u32 octet = bpf_ntohl(address) >> 24;

  return octet != 0 && octet != 127 && octet < 224;
}

static __always_inline int is_host6(const struct in6_addr* address) {
  return address->in6_u.u6_addr32[0] != 0 && address->in6_u.u6_addr8[0] != 0xff;
}

/* Checks the UDP header at `udp`, in an IP payload of `room` bytes that lies within the frame. Returns the
 * size of the message, 0 if it is not to be answered. */
static __always_inline __u32 check_udp(const struct udphdr* udp, __u32 room) {
  __u32 size = bpf_ntohs(udp->len);

  if (udp->dest != bpf_htons(PTRD_DNS_PORT) || udp->source == 0 || size > room) return 0;
  if (size < sizeof(*udp) + PTRD_MESSAGE_MIN || size > sizeof(*udp) + PTRD_MESSAGE_MAX) return 0;
  return size - sizeof(*udp);
}

static __always_inline int check_ipv4(struct xdp_md* ctx, struct ptrd_scratch* s, __u32 l3) {
  void* end = (void*)(long)ctx->data_end;
  struct iphdr* ip = (void*)(long)ctx->data + l3;
  struct udphdr* udp = (void*)(ip + 1);
  __u32 total, size;
  __u64 sum = 0;
  int i;

  if ((void*)(udp + 1) > end) return 0;
  if (*(__u8*)ip != 0x45 || ip->protocol != IPPROTO_UDP) return 0;
  if (ip->frag_off & bpf_htons(PTRD_IPV4_FRAGMENT)) return 0;
  if (!is_host4(ip->saddr) || !is_host4(ip->daddr)) return 0;
  total = bpf_ntohs(ip->tot_len);
  if (total < sizeof(*ip) || total > (__u64)(end - (void*)ip)) return 0;
#pragma unroll
  for (i = 0; i < 5; i++) sum += ((__u32*)ip)[i];
  if (fold(sum) != 0xffff) return 0;
  size = check_udp(udp, total - sizeof(*ip));
  if (size == 0) return 0;

  s->start = PTRD_AT_UDP - sizeof(*ip) - l3;
  s->ipv6 = 0;
  s->message_size = size;
  return 1;
}

static __always_inline int check_ipv6(struct xdp_md* ctx, struct ptrd_scratch* s, __u32 l3) {
  void* end = (void*)(long)ctx->data_end;
  struct ipv6hdr* ip = (void*)(long)ctx->data + l3;
  struct udphdr* udp = (void*)(ip + 1);
  __u32 room, size;

  if ((void*)(udp + 1) > end) return 0;
  if (*(__u8*)ip >> 4 != 6 || ip->nexthdr != IPPROTO_UDP) return 0;
  if (!is_host6(&ip->saddr) || !is_host6(&ip->daddr)) return 0;
  room = bpf_ntohs(ip->payload_len);
  if (room > (__u64)(end - (void*)udp)) return 0;
  size = check_udp(udp, room);
  if (size == 0 || udp->check == 0) return 0; /* RFC 8200, 8.1 */

  s->start = PTRD_AT_UDP - sizeof(*ip) - l3;
  s->ipv6 = 1;
  s->message_size = size;
  return 1;
}

/* Fills `s` with the frame's datagram; false if there is none to answer. */
static __always_inline int load_frame(struct xdp_md* ctx, struct ptrd_scratch* s) {
  void* end = (void*)(long)ctx->data_end;
  __u8* frame = (void*)(long)ctx->data;
  __u32 l3 = ETH_HLEN;
  __u32 size;
  __u64 start;
  __be16 type;
  int ok;

  if (frame + ETH_HLEN + PTRD_VLAN_SIZE > (__u8*)end) return 0;
  if ((frame[0] | frame[ETH_ALEN]) & 1) return 0;
  s->frame_size = (__u32)((__u8*)end - frame);
  type = *(__be16*)(frame + 12);
  if (type == bpf_htons(ETH_P_8021Q)) {
    type = *(__be16*)(frame + 16);
    l3 += PTRD_VLAN_SIZE;
  }
  if (type == bpf_htons(ETH_P_IP))
    ok = check_ipv4(ctx, s, l3);
  else
    ok = type == bpf_htons(ETH_P_IPV6) && check_ipv6(ctx, s, l3);
  if (!ok) return 0;

  size = s->message_size;
  start = s->start;
  PTRD_ONE_REGISTER(start);
  if (size == 0 || size > PTRD_MESSAGE_MAX || start > PTRD_AT_UDP) return 0;
  if (bpf_xdp_load_bytes(ctx, 0, s->bytes + start, PTRD_AT_MESSAGE - start + ptrd_place(size)) != 0) return 0;
  if (*(__u16*)(s->bytes + PTRD_AT_UDP + 6) == 0) return 1; /* optional over IPv4 (RFC 768) */
  return fold(sum_datagram(s, size)) == 0xffff;
}

#endif
