/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* Copyright (c) 2026, the ptrd authors */
#ifndef PTRD_BPF_CHECKSUM_H
#define PTRD_BPF_CHECKSUM_H

/* One's-complement sums of words in memory order (RFC 1071). */

#include <linux/in.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "answer_maps.h"

static __always_inline __u16 fold(__u64 sum) {
  sum = (sum & 0xffffffff) + (sum >> 32);
  sum = (sum & 0xffffffff) + (sum >> 32);
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  return (__u16)sum;
}

/* Sum of the pseudo-header, the UDP header and a message of `size` bytes in `s`; pads the end of the message
 * with zeros. `size` is at most PTRD_MESSAGE_MAX. */
static __always_inline __u64 sum_datagram(struct ptrd_scratch* s, __u32 size) {
  /* Both IP headers end with the addresses, so one sum runs over them and the datagram. */
  __u32 from = PTRD_AT_UDP - (s->ipv6 ? 32 : 8);
  __u32 end = PTRD_AT_MESSAGE + (__u32)ptrd_place(size);

  *(__u32*)(s->bytes + end) = 0;
  return (__u32)bpf_csum_diff(0, 0, (__be32*)(s->bytes + from), (end - from + 3) & 0x3fc, 0) +
         (__u64)(bpf_htons(IPPROTO_UDP) + bpf_htons((__u16)(size + 8)));
}

#endif
