/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* Copyright (c) 2026, the ptrd authors */
#ifndef PTRD_BPF_ANSWER_H
#define PTRD_BPF_ANSWER_H

/*
 * Answers plain queries in the kernel, from the image in service, with exactly the bytes that ptrd would
 * send: for the PTR records of a whole address in class IN, the single record (a leaf), or NXDOMAIN where no
 * cut, DNAME or wildcard is involved. With DO, those of a signed zone are declined, which need signatures and
 * proofs. So is everything else.
 *
 *   frame_in.h   Ethernet, IP, UDP: lengths and checksums       -> the datagram in the scratch area
 *   question.h   DNS header, question, OPT                      -> the address
 *   policy.h     rules on the client and the question, limits   -> whether there is a reply
 *   cookies.h    DNS Cookies                                    -> the reply's cookie
 *   lookup.h     down the image                                 -> a leaf, a range, or a zone
 *   range.h      the labels that a range's rule makes
 *   reply.h      the record after the question, OPT, header
 *   frame_out.h  the frame turned round
 */

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "answer_maps.h"
#include "answer_settings.h"
#include "cookies.h"
#include "frame_in.h"
#include "frame_out.h"
#include "policy.h"
#include "question.h"
#include "reply.h"

/* Returns the outcome, an enum ptrd_kernel_answer: the caller returns XDP_TX for a reply, XDP_DROP for none.
 * Pointers into the packet are invalid afterwards. One subprogram, as each further call costs about
 * 10 ns; the remaining ones in the headers save the verifier work. */
static __noinline int answer_in_kernel(struct xdp_md* ctx) {
  const __u32 first = 0;
  const struct ptrd_answer_settings* settings = bpf_map_lookup_elem(&answer_settings, &first);
  struct ptrd_scratch* s = bpf_map_lookup_elem(&answer_scratch, &first);
  void* image;
  __u32 slot;
  int kind;

  if (!settings || !s) return PTRD_KERNEL_DECLINED;
  s->now.word = *(const volatile __u64*)settings;
  slot = s->now.part.slot;
  image = bpf_map_lookup_elem(&images, &slot);
  if (!image || s->now.part.udp_payload == 0 || !load_frame(ctx, s)) return PTRD_KERNEL_DECLINED;
  if (s->now.part.has_policy) {
    kind = admit_client(slot);
    if (kind == PTRD_KERNEL_DROP_POLICY) count_hits(slot);
    if (kind != PTRD_OPEN) return kind;
  }
  if (!parse_message(s)) return PTRD_KERNEL_DECLINED;
  if (s->now.part.has_policy) {
    kind = admit_question(slot);
    if (kind == PTRD_KERNEL_DROP_POLICY) count_hits(slot);
    if (kind != PTRD_OPEN) return kind;
    if (s->cookie_at && !check_cookie(slot)) return PTRD_KERNEL_DECLINED;
  }
  kind = write_reply(image, s);
  if (kind == PTRD_KERNEL_DECLINED) return kind;
  if (kind != PTRD_KERNEL_DROP_LIMITED && !write_frame(ctx, s)) return PTRD_KERNEL_DECLINED;
  if (s->now.part.has_policy) count_hits(slot);
  return kind;
}

#endif
