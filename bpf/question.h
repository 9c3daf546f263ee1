/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* Copyright (c) 2026, the ptrd authors */
#ifndef PTRD_BPF_QUESTION_H
#define PTRD_BPF_QUESTION_H

/*
 * The message of a plain query: one question in class IN for the PTR records of a whole address, and at most
 * one OPT record at its end. Everything else is declined. Follows src/answer/parse.cpp and src/wire/arpa.cpp.
 */

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "answer_maps.h"
#include "protocols.h"

/* A query with more options is declined. */
#define PTRD_OPTIONS_MAX 8

/* Eight characters as one word in memory order. */
#define PTRD_WORD(a, b, c, d, e, f, g, h)                                                  \
  ((__u64)(a) | (__u64)(b) << 8 | (__u64)(c) << 16 | (__u64)(d) << 24 | (__u64)(e) << 32 | \
   (__u64)(f) << 40 | (__u64)(g) << 48 | (__u64)(h) << 56)
#define PTRD_CASE(c) ((c) >= 'a' && (c) <= 'z' ? 0x20 : 0)
/* Whether the eight bytes at `p` are these (given in lower case), ignoring case (RFC 4343). */
#define PTRD_IS_TEXT(p, a, b, c, d, e, f, g, h)                                                    \
  ((*(__u64*)(p) | PTRD_WORD(PTRD_CASE(a), PTRD_CASE(b), PTRD_CASE(c), PTRD_CASE(d), PTRD_CASE(e), \
                             PTRD_CASE(f), PTRD_CASE(g), PTRD_CASE(h))) ==                         \
   PTRD_WORD(a, b, c, d, e, f, g, h))

/* Scans one decimal octet label: returns its value, sets `length`, and sets bits in `wrong` if it is not the
 * canonical form of 0 to 255 (RFC 1035, 3.5). */
static __always_inline __u32 scan_octet(__u32 word, __u32* length, __u32* wrong) {
  __u32 size = word & 3;
  /* The digits at the upper end of three bytes, zeros before them. */
  __u32 digits = (((word >> 8) ^ 0x303030) << (8 * (3 - size))) & 0xffffff;
  __u32 value = (digits & 0xff) * 100 + (digits >> 8 & 0xff) * 10 + (digits >> 16);
  __u32 least = 0x640a00ff >> (8 * size) & 0xff; /* minimum for that many digits: none, 0, 10, 100 */

  /* Without branches: for each branch the verifier would check all the code after it twice. */
  *wrong |= (word & 0xfc) | (((digits + 0x767676) | digits) & 0x808080);
  *wrong |= (value - least) >> 31 | (255 - value) >> 31;
  *length = size;
  return value;
}

/* Returns the size of the name; 0 if it is not a whole address in in-addr.arpa within `room` bytes. */
static __always_inline __u32 scan_v4(struct ptrd_scratch* s, __u32 room) {
  __u8* name = s->bytes + PTRD_AT_MESSAGE + PTRD_DNS_HEADER;
  __u32 address = 0, wrong = 0, at = 0, length, i;

#pragma unroll
  for (i = 0; i < 4; i++) {
    address |= scan_octet(*(__u32*)(name + at), &length, &wrong) << (8 * i);
    at += length + 1;
  }
  if (wrong != 0 || at + PTRD_IN_ADDR_SIZE > room) return 0;
  name += at;
  if (!PTRD_IS_TEXT(name, 7, 'i', 'n', '-', 'a', 'd', 'd', 'r')) return 0;
  if (!PTRD_IS_TEXT(name + 6, 'd', 'r', 4, 'a', 'r', 'p', 'a', 0)) return 0;
  s->key[0] = address;
  s->key_is_v6 = 0;
  return at + PTRD_IN_ADDR_SIZE;
}

/* Converts four `\1 hexdigit` labels in one word to four nibbles, the first label's lowest. Each takes 16
 * bits, and bit 15 of each is the result of a comparison. */
#define PTRD_EACH 0x0001000100010001ULL
static __always_inline __u64 scan_nibbles(__u64 word, __u64* wrong) {
  __u64 c = (word >> 8) & (PTRD_EACH * 0xff);
  __u64 low = c | PTRD_EACH * 0x20;
  __u64 digit = (c + PTRD_EACH * (0x8000 - '0')) & ~(c + PTRD_EACH * (0x8000 - '9' - 1));
  __u64 letter = (low + PTRD_EACH * (0x8000 - 'a')) & ~(low + PTRD_EACH * (0x8000 - 'f' - 1));
  __u64 n = (c & (PTRD_EACH * 15)) + ((letter >> 15) & PTRD_EACH) * 9;

  *wrong |= ((word ^ PTRD_EACH) & (PTRD_EACH * 0xff)) | (~(digit | letter) & (PTRD_EACH << 15));
  return (n | n >> 12 | n >> 24 | n >> 36) & 0xffff;
}

/* The same for ip6.arpa. */
static __always_inline __u32 scan_v6(struct ptrd_scratch* s, __u32 room) {
  __u8* name = s->bytes + PTRD_AT_MESSAGE + PTRD_DNS_HEADER;
  __u64 wrong = 0, low = 0, high = 0;
  int i;

  if (room < PTRD_IP6_SIZE) return 0;
  if (!PTRD_IS_TEXT(name + PTRD_IP6_LABELS, 3, 'i', 'p', '6', 4, 'a', 'r', 'p')) return 0;
  if (!PTRD_IS_TEXT(name + PTRD_IP6_LABELS + 2, 'p', '6', 4, 'a', 'r', 'p', 'a', 0)) return 0;
#pragma nounroll /* unrolling takes 160 more bytes of stack and saves no time */
  for (i = 0; i < 4; i++) {
    low |= scan_nibbles(*(__u64*)(name + 8 * i), &wrong) << (16 * i);
    high |= scan_nibbles(*(__u64*)(name + 32 + 8 * i), &wrong) << (16 * i);
  }
  if (wrong != 0) return 0;
  s->key[0] = high;
  s->key[1] = low;
  s->key_is_v6 = 1;
  return PTRD_IP6_SIZE;
}

/* Whether the `size` bytes at `at` of the message are options that do not affect the reply: well formed (RFC
 * 6891, 6.1.2), none of them NSID or ZONEVERSION, not too many. Notes the first cookie. */
static __always_inline int options_are_plain(struct ptrd_scratch* s, __u32 at, __u32 size) {
  int i;

  for (i = 0; i < PTRD_OPTIONS_MAX; i++) {
    __u8* option;
    __u32 whole;

    if (size == 0) return 1;
    if (size < 4 || at > PTRD_MESSAGE_MAX) return 0;
    option = s->bytes + PTRD_AT_MESSAGE + at;
    if (*(__be16*)option == bpf_htons(PTRD_OPTION_NSID)) return 0;
    if (*(__be16*)option == bpf_htons(PTRD_OPTION_ZONE_VERSION)) return 0;
    whole = 4 + bpf_ntohs(*(__be16*)(option + 2));
    if (*(__be16*)option == bpf_htons(PTRD_OPTION_COOKIE) && s->cookie_at == 0) {
      s->cookie_at = at + 4;
      s->cookie_size = whole - 4;
    }
    if (whole > size) return 0;
    at += whole;
    size -= whole;
  }
  return size == 0;
}

/* Parses the OPT record that is the rest of the message from `at` on. */
static __always_inline int parse_opt(struct ptrd_scratch* s, __u32 at, __u32 size) {
  __u8* opt;

  if (at > PTRD_MESSAGE_MAX || size < at + PTRD_OPT_SIZE) return 0;
  opt = s->bytes + PTRD_AT_MESSAGE + at;
  size -= at + PTRD_OPT_SIZE;
  if (opt[0] != 0 || *(__be16*)(opt + 1) != bpf_htons(PTRD_TYPE_OPT)) return 0;
  if (opt[6] != 0 || bpf_ntohs(*(__be16*)(opt + 9)) != size) return 0; /* version 0 */
  s->edns = 1;
  s->dnssec_ok = opt[7] >> 7;
  return options_are_plain(s, at + PTRD_OPT_SIZE, size);
}

/* Fills the question's part of `s`; false if the query is not answered here. */
static __always_inline int parse_message(struct ptrd_scratch* s) {
  __u8* message = s->bytes + PTRD_AT_MESSAGE;
  __u32 size = s->message_size;
  __u32 room, name_size, end;
  __u64 counts;

  if (size < PTRD_MESSAGE_MIN || size > PTRD_MESSAGE_MAX) return 0;
  if (*(__be16*)(message + 2) & bpf_htons(PTRD_FLAG_QR | PTRD_FLAG_OPCODE)) return 0;
  counts = bpf_be64_to_cpu(*(__u64*)(message + 4));
  if (counts >> 1 != 1ULL << 47) return 0; /* one question; no records, or one additional */
  room = size - PTRD_DNS_HEADER - 4;
  name_size = scan_v6(s, room);
  if (name_size == 0) name_size = scan_v4(s, room);
  if (name_size == 0) return 0;
  end = PTRD_DNS_HEADER + (name_size & 0x7f);
  if (*(__be32*)(message + end) != bpf_htonl(PTRD_TYPE_PTR << 16 | PTRD_CLASS_IN)) return 0;
  end += 4;
  s->question_end = end;
  s->edns = 0;
  s->dnssec_ok = 0;
  s->cookie_at = 0;
  s->cookie_bytes = 0;
  return !(counts & 1) || parse_opt(s, end, size);
}

#endif
