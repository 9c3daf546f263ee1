/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* Copyright (c) 2026, the ptrd authors */
#ifndef PTRD_BPF_COOKIES_H
#define PTRD_BPF_COOKIES_H

/*
 * DNS Cookies (RFC 7873) with the server cookie of RFC 9018, as src/policy/cookies.cpp judges and makes them.
 * A malformed option, and a query that the policy wants BADCOOKIE for, are left to user space.
 *
 *   client cookie 8 | version 1 | reserved 3 | time 4 | SipHash-2-4 8
 */

#include <linux/bpf.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "answer_maps.h"
#include "lookup.h"
#include "policy_lines.h"
#include "protocols.h"

#define PTRD_CLIENT_COOKIE 8
#define PTRD_BOTH_COOKIES 24 /* of ours; of others 16 to 40 */
#define PTRD_BOTH_COOKIES_MIN 16
#define PTRD_BOTH_COOKIES_MAX 40
#define PTRD_COOKIE_OPTION (4 + PTRD_BOTH_COOKIES)

/* Seconds, RFC 9018 4.3. */
#define PTRD_COOKIE_AGE_MAX 3600
#define PTRD_COOKIE_AHEAD_MAX 300
#define PTRD_COOKIE_RENEW (PTRD_COOKIE_AGE_MAX / 2)

#define PTRD_ROTATE(x, bits) ((x) << (bits) | (x) >> (64 - (bits)))
#define PTRD_SIP_ROUND(v0, v1, v2, v3) \
  do {                                 \
    v0 += v1;                          \
    v2 += v3;                          \
    v1 = PTRD_ROTATE(v1, 13) ^ v0;     \
    v3 = PTRD_ROTATE(v3, 16) ^ v2;     \
    v0 = PTRD_ROTATE(v0, 32);          \
    v2 += v1;                          \
    v0 += v3;                          \
    v1 = PTRD_ROTATE(v1, 17) ^ v2;     \
    v3 = PTRD_ROTATE(v3, 21) ^ v0;     \
    v2 = PTRD_ROTATE(v2, 32);          \
  } while (0)

/* SipHash-2-4 of the words in `s->cookie`, see src/policy/siphash.hpp. */
static __noinline __u64 siphash(const struct ptrd_scratch* s, const __u64* secret) {
  __u64 v0 = secret[0] ^ 0x736f6d6570736575ULL;
  __u64 v1 = secret[1] ^ 0x646f72616e646f6dULL;
  __u64 v2 = secret[0] ^ 0x6c7967656e657261ULL;
  __u64 v3 = secret[1] ^ 0x7465646279746573ULL;
  __u32 i;

#pragma nounroll
  for (i = 0; i < 5; i++) {
    __u64 word = s->cookie[i];

    if (i >= s->cookie_words) break;
    v3 ^= word;
    PTRD_SIP_ROUND(v0, v1, v2, v3);
    PTRD_SIP_ROUND(v0, v1, v2, v3);
    v0 ^= word;
  }
  v2 ^= 0xff;
#pragma nounroll
  for (i = 0; i < 4; i++) PTRD_SIP_ROUND(v0, v1, v2, v3);
  return v0 ^ v1 ^ v2 ^ v3;
}

/* Version 1, reserved 0 and the time, as they are in a message. */
static __always_inline __u64 cookie_head(__u32 now) {
  return 1 | (__u64)bpf_htonl(now) << 32;
}

/* The age in seconds of a server cookie with that head (RFC 1982); out of all limits if its version is
 * another. */
static __always_inline __s32 cookie_age(__u64 head, __u32 now) {
  if ((head & 0xff) != 1) return PTRD_COOKIE_AGE_MAX + 1;
  return (__s32)(now - bpf_ntohl((__u32)(head >> 32)));
}

/* Judges the cookie of the query in the scratch area, and makes the reply's. Returns false if the query is
 * for user space. Not static, see policy.h. */
__noinline int check_cookie(__u32 slot) {
  void* policy = bpf_map_lookup_elem(&policies, &slot);
  struct ptrd_scratch* s = scratch();
  const struct ptrd_cookies* cookies;
  const __u64* given;
  __u32 now, size, state;
  __u64 hash;
  __s32 age;
  int keep = 0;

  if (!policy || !s) return 0;
  if (!(s->policy_flags & PTRD_POLICY_COOKIES)) return 1;
  cookies = line_at(policy, PTRD_POLICY_SECRETS);
  if (!cookies) return 0;
  size = s->cookie_size;
  if (size != PTRD_CLIENT_COOKIE && (size < PTRD_BOTH_COOKIES_MIN || size > PTRD_BOTH_COOKIES_MAX)) return 0;
  now = (__u32)((bpf_ktime_get_boot_ns() + *(const volatile __u64*)&cookies->boot_time) / 1000000000);
  given = (const void*)(s->bytes + PTRD_AT_MESSAGE + ptrd_place(s->cookie_at));
  s->cookie[0] = given[0];
  if (s->ipv6) {
    s->cookie[2] = *(__u64*)(s->bytes + PTRD_AT_UDP - 32);
    s->cookie[3] = *(__u64*)(s->bytes + PTRD_AT_UDP - 24);
    s->cookie[4] = 32ULL << 56; /* the size of what is hashed */
    s->cookie_words = 5;
  } else {
    s->cookie[2] = *(__u32*)(s->bytes + PTRD_AT_UDP - 8) | 20ULL << 56;
    s->cookie_words = 3;
  }
  state = size == PTRD_CLIENT_COOKIE ? PTRD_COOKIE_NEW : PTRD_COOKIE_BAD;
  age = cookie_age(given[1], now);
  hash = 0;
  if (size == PTRD_BOTH_COOKIES && age <= PTRD_COOKIE_AGE_MAX && age >= -PTRD_COOKIE_AHEAD_MAX) {
    s->cookie[1] = given[1];
    hash = siphash(s, cookies->secret[0]);
    if (hash == given[2]) {
      state = PTRD_COOKIE_VALID;
      keep = age <= PTRD_COOKIE_RENEW && age >= 0;
    } else if (cookies->secrets > 1 && siphash(s, cookies->secret[1]) == given[2]) {
      state = PTRD_COOKIE_VALID;
    }
  }
  if (state != PTRD_COOKIE_VALID && cookies->require && !s->unlimited) return 0;
  if (!keep) {
    s->cookie[1] = cookie_head(now);
    hash = siphash(s, cookies->secret[0]);
  }
  s->cookie_hash = hash;
  s->cookie_state = state;
  s->cookie_bytes = PTRD_COOKIE_OPTION;
  return 1;
}

/* Writes the reply's option COOKIE at that offset of the message. */
static __always_inline void write_cookie(struct ptrd_scratch* s, __u32 at) {
  __u8* option = s->bytes + PTRD_AT_MESSAGE + ptrd_place(at);

  *(__be32*)option = bpf_htonl(PTRD_OPTION_COOKIE << 16 | PTRD_BOTH_COOKIES);
  *(__u64*)(option + 4) = s->cookie[0];
  *(__u64*)(option + 12) = s->cookie[1];
  *(__u64*)(option + 20) = s->cookie_hash;
}

#endif
