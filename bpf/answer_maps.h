/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* Copyright (c) 2026, the ptrd authors */
#ifndef PTRD_BPF_ANSWER_MAPS_H
#define PTRD_BPF_ANSWER_MAPS_H

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "answer_settings.h"
#include "image.h"
#include "protocols.h"

/* The map type for the slots of `images` and `policies`, of any size: lines that user space fills through
 * mmap. */
struct ptrd_image_map {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(map_flags, BPF_F_MMAPABLE | BPF_F_INNER_MAP);
  __uint(max_entries, 1);
  /* Sizes instead of types, as clang 14 emits no BTF for types that are used only here. */
  __uint(key_size, sizeof(__u32));
  __uint(value_size, PTRD_LINE_SIZE);
};

/* The image in service, in the slot that `answer_settings` names; the other slot is for the next one. An
 * answer looks it up once, so it never mixes two images. Empty: nothing is answered. */
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
  __uint(max_entries, 2);
  __type(key, __u32);
  __array(values, struct ptrd_image_map);
} images SEC(".maps");

/* The policy in service, in the same slot (policy_lines.h). */
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
  __uint(max_entries, 2);
  __type(key, __u32);
  __array(values, struct ptrd_image_map);
} policies SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(map_flags, BPF_F_MMAPABLE);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, struct ptrd_answer_settings);
} answer_settings SEC(".maps");

/* To be used before a bounds check: clang may check one copy of a variable and use another, and the verifier
 * knows the bounds of the first only. */
#define PTRD_ONE_REGISTER(variable) asm volatile("" : "+r"(variable))

/* The frame is placed in the scratch area so that its UDP header and message are always at the same offsets,
 * whatever headers precede them: one case for the verifier and for the code. */
#define PTRD_AT_UDP 64
#define PTRD_AT_MESSAGE (PTRD_AT_UDP + PTRD_UDP_SIZE)

/* The same offset in the message (`at` is at most PTRD_MESSAGE_MAX), in a form whose bounds every verifier
 * can see: Linux 6.1's forgets the result of a comparison if clang keeps the number on the stack. */
#define PTRD_PLACE_MASK 0x1ff
_Static_assert(PTRD_MESSAGE_MAX <= PTRD_PLACE_MASK, "every place has a form of its own");
static __always_inline __u64 ptrd_place(__u64 at) {
  PTRD_ONE_REGISTER(at);
  return at & PTRD_PLACE_MASK;
}

/* Scratch space to parse a query and build its reply; one per CPU, as XDP programs do not nest. */
struct ptrd_scratch {
  /* The frame up to the end of the message, then room for copying whole lines. */
  __u8 bytes[PTRD_AT_MESSAGE + PTRD_MESSAGE_MAX + 512];
  /* The frame. */
  __u32 frame_size;
  __u32 start; /* of the frame, in `bytes` */
  __u32 ipv6;
  __u32 message_size;
  /* The question. */
  __u64 key[2]; /* host order; IPv4: only [0] */
  __u32 key_is_v6;
  __u32 question_end;
  __u32 edns;
  __u32 dnssec_ok;
  __u32 cookie_at;    /* offset in the message of the data of an option COOKIE; 0: there is none */
  __u32 cookie_size;  /* of these data */
  __u32 cookie_bytes; /* of the reply's option COOKIE; 0: it has none */
  /* What the settings were when the frame came. Read again where needed: a copy that the verifier knows to be
   * 0 or not would have it check all the code after it twice. */
  union {
    __u64 word;
    struct ptrd_answer_settings part;
  } now;
  /* The result of the lookup: a leaf's unit, or a Zone's line. */
  __u32 found;
  /* The policy; only set if there is one. */
  __u64 client; /* the first 64 bits of its address, host order; IPv4: the upper half */
  __u32 policy_flags;
  __u32 decided;    /* by a rule: no other one applies */
  __u32 unlimited;  /* no rate limit applies */
  __u32 hit_client; /* the rules that were hit, 0: none */
  __u32 hit_asked;
  __u32 rate_client; /* those of them that have a rate, 0: none */
  __u32 rate_asked;
  __u32 over; /* replies over a limit so far: never reset */
  /* The cookie: what is hashed, of which the first two words and the hash make the reply's. */
  __u64 cookie[5];
  __u64 cookie_hash;
  __u32 cookie_words;
  __u32 cookie_state; /* enum ptrd_cookie */
};

struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, struct ptrd_scratch);
} answer_scratch SEC(".maps");

static __always_inline struct ptrd_scratch* scratch(void) {
  const __u32 only = 0;

  return bpf_map_lookup_elem(&answer_scratch, &only);
}

#endif
