/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* Copyright (c) 2026, the ptrd authors */
#ifndef PTRD_BPF_REPLY_H
#define PTRD_BPF_REPLY_H

/* Writes the reply over the query in the scratch area, after its question, as src/answer/hit.hpp and
 * denial.cpp do. Each function returns the offset of the end of its record in the message, or 0 to decline.
 * */

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "answer_maps.h"
#include "cookies.h"
#include "lookup.h"
#include "policy.h"
#include "protocols.h"
#include "question.h"
#include "range.h"

/* Maximum number of lines that PTRD_MESSAGE_MAX bytes span. */
#define PTRD_BLOB_LINES 9

/* Copies the line `from`, starting at its word `first`, to offset `at` of the message. */
static __always_inline void copy_line(struct ptrd_scratch* s, const __u64* from, __u32 first, __u32 at) {
  __u64* to = (__u64*)(s->bytes + PTRD_AT_MESSAGE + ptrd_place(at));
  __u32 word;

#pragma unroll
  for (word = 0; word < 8; word++) {
    if (word >= first) *to++ = from[word];
  }
}

/* Copies `size` bytes of the image from `line` on, in whole lines. */
static __noinline int copy_lines(void* image, struct ptrd_scratch* s, __u32 line, __u32 size, __u32 at) {
  int i;

  for (i = 0; i < PTRD_BLOB_LINES; i++) {
    const __u64* from = line_at(image, line + i);

    if (!from || at > PTRD_MESSAGE_MAX) return 0;
    copy_line(s, from, 0, at);
    if (size <= PTRD_LINE_SIZE) return 1;
    size -= PTRD_LINE_SIZE;
    at += PTRD_LINE_SIZE;
  }
  return 0;
}

/* Copies `size` bytes of the image from `unit`, which is in the line `from`, to offset `at` of the message,
 * in words and up to the end of the last line: up to 63 bytes after them are overwritten. Returns false if
 * there is no such line or no room. */
static __always_inline int copy_blob(void* image, struct ptrd_scratch* s, const void* from, __u32 unit,
                                     __u32 size, __u32 at) {
  __u32 in_line = PTRD_LINE_SIZE - 8 * (unit % 8);

  if (at > PTRD_MESSAGE_MAX) return 0;
  copy_line(s, from, unit % 8, at);
  return size <= in_line || copy_lines(image, s, unit / 8 + 1, size - in_line, at + in_line);
}

/* Completes a PTR record whose target's head ends at `at`: the tail, and the fixed fields before the head.
 * Returns the offset of its end, 0 to decline. */
static __always_inline __u32 finish_record(void* image, struct ptrd_scratch* s, __u32 tail_line, __u32 at) {
  const struct ptrd_tail* tail = line_at(image, tail_line);
  __u32 size, ttl;
  __u8* record;

  if (!tail) return 0;
  if (s->dnssec_ok && (tail->signing[0] | tail->signing[1] | tail->signing[2])) return 0; /* with its RRSIG */
  size = tail->size;
  ttl = tail->ttl;
  if (!copy_blob(image, s, tail, tail_line * 8 + 1, size, at)) return 0;
  at += size;

  record = s->bytes + PTRD_AT_MESSAGE + (s->question_end & 0x7f);
  *(__be32*)record = bpf_htonl((PTRD_POINTER | PTRD_DNS_HEADER) << 16 | PTRD_TYPE_PTR);
  *(__be16*)(record + 4) = bpf_htons(PTRD_CLASS_IN);
  *(__u32*)(record + 6) = ttl;
  *(__be16*)(record + 10) = bpf_htons((__u16)(at - s->question_end - PTRD_RECORD_FIXED));
  return at;
}

/* Writes the PTR record of a leaf: its head, then the tail that it shares with others. */
static __always_inline __u32 write_leaf(void* image, struct ptrd_scratch* s, __u32 tails) {
  __u32 at = s->question_end;
  __u32 unit = s->found;
  const __u8* leaf = line_at(image, unit / 8);
  __u32 tail_and_size, head;

  if (!leaf) return 0;
  tail_and_size = *(const __u32*)(leaf + unit % 8 * 8);
  head = tail_and_size & 0xff;
  /* Blobs are copied from a unit boundary, which is 4 bytes before the head. The lookup has checked that the
   * head of an IPv6 leaf starts in the leaf's own line. */
  if (s->key_is_v6) unit += PTRD_LEAF6_UNITS_BEFORE;
  if (!copy_blob(image, s, leaf, unit, head + 4, at + PTRD_RECORD_FIXED - 4)) return 0;
  return finish_record(image, s, tails + (tail_and_size >> 8), at + PTRD_RECORD_FIXED + head);
}

/* Writes the SOA record of a negative answer as it is stored, except for two pointers (RFC 2308, 3). */
static __always_inline __u32 write_soa(void* image, struct ptrd_scratch* s) {
  __u32 at = s->question_end;
  const struct ptrd_zone* zone = line_at(image, s->found);
  __u32 size, owner, pointer, target, unit;
  const void* soa;
  __u8* record;

  if (!zone) return 0;
  if (s->dnssec_ok && zone->denial) return 0; /* user space adds the proof */
  unit = zone->negative_soa;
  size = zone->negative_soa_size;
  owner = at - 4 - zone->name_size; /* the zone's name is a suffix of the question's */
  pointer = zone->soa_pointer;
  target = zone->soa_target;
  soa = line_at(image, unit / 8);
  if (!soa || !copy_blob(image, s, soa, unit, size, at)) return 0;
  record = s->bytes + PTRD_AT_MESSAGE + (at & 0x7f);
  *(__be16*)record = bpf_htons((__u16)(PTRD_POINTER | owner));
  if (pointer != 0) {
    if (pointer > PTRD_MESSAGE_MAX) return 0;
    *(__be16*)(record + ptrd_place(pointer)) = bpf_htons((__u16)(PTRD_POINTER | (at + target)));
  }
  return at + size;
}

/* Writes the PTR record that an IPv4 range makes, as image::write_range_record does. */
static __always_inline __u32 write_range(void* image, struct ptrd_scratch* s, __u32 tails) {
  const struct ptrd_range* range = line_at(image, s->found);
  __u32 end;

  if (!range || range->program_size > PTRD_PROGRAM_IN_LINE) return 0;
  end = run_program(s, range);
  return finish_record(image, s, tails + range->tail, end);
}

/* Writes the reply to the query in `s`. Returns the outcome, and sets `message_size` to the reply's size. */
static __always_inline int write_reply(void* image, struct ptrd_scratch* s) {
  __u8* message = s->bytes + PTRD_AT_MESSAGE;
  __u32 at, flags;
  const struct ptrd_header* header = line_at(image, 0);
  const struct ptrd_header_rest* rest = line_at(image, 1);
  int kind;

  if (!header || !rest) return PTRD_KERNEL_DECLINED;
  kind = s->key_is_v6 ? lookup6(image, s, header->v6) : lookup4(image, s, header->v4);
  if (kind == PTRD_KERNEL_DECLINED) return kind;
  if (kind == PTRD_FOUND_RANGE) {
    at = write_range(image, s, rest->tails);
    kind = PTRD_KERNEL_ANSWER;
  } else {
    at = kind == PTRD_KERNEL_ANSWER ? write_leaf(image, s, rest->tails) : write_soa(image, s);
  }
  if (at == 0 || at > PTRD_MESSAGE_MAX - PTRD_OPT_SIZE) return PTRD_KERNEL_DECLINED;
  if (s->cookie_bytes && at > PTRD_MESSAGE_MAX - PTRD_OPT_SIZE - PTRD_COOKIE_OPTION)
    return PTRD_KERNEL_DECLINED;
  if (s->now.part.has_policy) {
    kind = limit(s->now.part.slot, kind);
    if (kind == PTRD_KERNEL_DECLINED || kind == PTRD_KERNEL_DROP_LIMITED) return kind;
    if (kind == PTRD_KERNEL_TRUNCATED) at = s->question_end;
  }

  if (s->edns) {
    __u8* opt = message + ptrd_place(at);

    opt[0] = 0;
    *(__be16*)(opt + 1) = bpf_htons(PTRD_TYPE_OPT);
    *(__be16*)(opt + 3) = bpf_htons(s->now.part.udp_payload);
    *(__be32*)(opt + 5) = bpf_htonl(s->dnssec_ok << 15);
    *(__be16*)(opt + 9) = bpf_htons((__u16)s->cookie_bytes);
    at += PTRD_OPT_SIZE;
    if (s->cookie_bytes) write_cookie(s, at);
    /* Read again, so that the verifier finds the same state on both ways. */
    at += *(volatile __u32*)&s->cookie_bytes;
  }
  flags = PTRD_FLAG_QR | (bpf_ntohs(*(__be16*)(message + 2)) & PTRD_FLAG_RD);
  flags |= kind == PTRD_KERNEL_TRUNCATED ? PTRD_FLAG_TC : PTRD_FLAG_AA;
  if (kind == PTRD_KERNEL_NXDOMAIN) flags |= PTRD_RCODE_NXDOMAIN;
  *(__be16*)(message + 2) = bpf_htons((__u16)flags);
  *(__be32*)(message + 4) = bpf_htonl(1 << 16 | (kind == PTRD_KERNEL_ANSWER));
  *(__be32*)(message + 8) = bpf_htonl((kind == PTRD_KERNEL_NXDOMAIN) << 16 | s->edns);
  s->message_size = at;
  return kind;
}

#endif
