/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* Copyright (c) 2026, the ptrd authors */
#ifndef PTRD_BPF_POLICY_H
#define PTRD_BPF_POLICY_H

/*
 * The policy, as src/policy/station.cpp applies it: the rules on the client and on the address asked about,
 * and rate limits. It takes the actions answer, drop, rate and count; what has another action, or depends on
 * a rule that is not here (on names, prefixes of more than 64 bits), is declined, so that user space
 * decides. The rates of rules are taken from last, so that what is declined takes from them once.
 */

#include <linux/bpf.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "answer_maps.h"
#include "lookup.h"
#include "policy_lines.h"

/* Intermediate result: no rule has decided. */
#define PTRD_OPEN 0x200

/* Whether a <= b. Without branches: for each the verifier would check all the code after it twice. */
static __always_inline __u32 at_most(__u64 a, __u64 b) {
  /* The borrow of b - a. */
  return 1 - (__u32)(((~b & a) | (~(b ^ a) & (b - a))) >> 63);
}

/* The value of the range that `x` is in. */
static __noinline __u32 find_rule(void* policy, __u32 tree_line, __u64 x) {
  const struct ptrd_prefix_tree* tree = line_at(policy, tree_line);
  const __u32* value;
  __u32 at = 0;
  int i;

  if (!tree) return PTRD_RULE_OTHERS;
  for (i = 0; i < PTRD_TREE_DEPTH; i++) {
    const struct ptrd_tree_keys* line;
    __u64 k;

    if ((__u32)i >= tree->levels) break;
    line = line_at(policy, tree->first[i] + at);
    if (!line) return PTRD_RULE_OTHERS;
    k = at_most(line->key[4], x) * 4;
    PTRD_ONE_REGISTER(k);
    k += at_most(line->key[(k + 2) & 7], x) * 2;
    PTRD_ONE_REGISTER(k);
    k += at_most(line->key[(k + 1) & 7], x);
    at = at * 8 + (__u32)k;
  }
  value = line_at(policy, tree->values + at / 16);
  return value ? value[at & 15] : PTRD_RULE_OTHERS;
}

/* Applies the rule that a tree has for `x`. Returns the outcome, or PTRD_OPEN. */
static __always_inline int apply_rule(void* policy, struct ptrd_scratch* s, __u32 tree, __u32 ipv6, __u64 x,
                                      __u32* hit, __u32* rate) {
  __u32 rule = find_rule(policy, PTRD_POLICY_TREES + 2 * tree + ipv6, x);

  if (rule == 0) return PTRD_OPEN;
  *hit = rule >> PTRD_RULE_SHIFT;
  switch (rule & PTRD_RULE_ACTION) {
    case PTRD_ACTION_ANSWER:
      s->decided = 1;
      s->unlimited = 1;
      return PTRD_OPEN;
    case PTRD_ACTION_DROP:
      return PTRD_KERNEL_DROP_POLICY;
    case PTRD_ACTION_RATE:
      *rate = *hit;
      return PTRD_OPEN;
    case PTRD_ACTION_COUNT:
      return PTRD_OPEN;
    default:
      return PTRD_KERNEL_DECLINED;
  }
}

/* The functions below that are not static are verified once, whatever calls them: if static, there would be
 * more states than the verifier follows. So they take numbers alone: the slot of the policy. */

/* The rules on the client of the datagram in the scratch area. Returns the outcome, or PTRD_OPEN. */
__noinline int admit_client(__u32 slot) {
  void* policy = bpf_map_lookup_elem(&policies, &slot);
  struct ptrd_scratch* s = scratch();
  const struct ptrd_policy* head;
  __u32 flags, ipv6;
  int outcome = PTRD_OPEN;

  if (!policy || !s) return PTRD_KERNEL_DECLINED;
  head = line_at(policy, 0);
  if (!head) return PTRD_KERNEL_DECLINED;
  ipv6 = s->ipv6 != 0;
  flags = head->flags;
  s->policy_flags = flags;
  s->hit_client = 0;
  s->hit_asked = 0;
  s->rate_client = 0;
  s->rate_asked = 0;
  s->decided = 0;
  s->unlimited = 0;
  s->cookie_state = PTRD_COOKIE_NONE;
  if (ipv6)
    s->client = bpf_be64_to_cpu(*(__be64*)(s->bytes + PTRD_AT_UDP - 32));
  else
    s->client = (__u64)bpf_ntohl(*(__be32*)(s->bytes + PTRD_AT_UDP - 8)) << 32;
  if (flags & PTRD_POLICY_HAS_TREE(PTRD_TREE_CLIENTS, ipv6))
    outcome = apply_rule(policy, s, PTRD_TREE_CLIENTS, ipv6, s->client, &s->hit_client, &s->rate_client);
  if (outcome == PTRD_OPEN && flags & PTRD_POLICY_HAS_TREE(PTRD_TREE_UNLIMITED, ipv6)) {
    __u32 found = find_rule(policy, PTRD_POLICY_TREES + 2 * PTRD_TREE_UNLIMITED + ipv6, s->client);

    if (found == PTRD_RULE_OTHERS) return PTRD_KERNEL_DECLINED;
    if (found != 0) s->unlimited = 1;
  }
  return outcome;
}

/* The rules on the address asked about. Returns the outcome, or PTRD_OPEN. */
__noinline int admit_question(__u32 slot) {
  void* policy = bpf_map_lookup_elem(&policies, &slot);
  struct ptrd_scratch* s = scratch();
  __u32 flags, ipv6;
  int outcome = PTRD_OPEN;

  if (!policy || !s) return PTRD_KERNEL_DECLINED;
  flags = s->policy_flags;
  ipv6 = s->key_is_v6 != 0;
  if (s->decided) return PTRD_OPEN;
  if (flags & PTRD_POLICY_HAS_TREE(PTRD_TREE_ASKED, ipv6)) {
    __u64 asked = ipv6 ? s->key[0] : s->key[0] << 32;

    outcome = apply_rule(policy, s, PTRD_TREE_ASKED, ipv6, asked, &s->hit_asked, &s->rate_asked);
  }
  if (outcome == PTRD_OPEN && !s->decided && flags & PTRD_POLICY_NAMES) return PTRD_KERNEL_DECLINED;
  return outcome;
}

/* Counts one hit of a rule. */
static __always_inline void count_hit(void* policy, const struct ptrd_policy* head, __u32 rule) {
  __u32 stripe = bpf_get_smp_processor_id() % PTRD_HIT_STRIPES;
  __u64* counts = line_at(policy, head->hits + stripe * head->hit_lines + rule / 8);

  if (counts) __sync_fetch_and_add(&counts[rule & 7], 1);
}

/* Counts the hits of a query that is not left to user space, which would count them again. */
__noinline int count_hits(__u32 slot) {
  void* policy = bpf_map_lookup_elem(&policies, &slot);
  struct ptrd_scratch* s = scratch();
  const struct ptrd_policy* head;

  if (!policy || !s) return 0;
  head = line_at(policy, 0);
  if (!head) return 0;
  if (s->hit_client) count_hit(policy, head, s->hit_client);
  if (s->hit_asked) count_hit(policy, head, s->hit_asked);
  if (s->cookie_state) count_hit(policy, head, head->cookies + s->cookie_state);
  return 0;
}

/* One event of the key with that hash: whether it is allowed, as RateTable::take has it. */
static __noinline int take_one(void* policy, const struct ptrd_policy* head, __u64 hash,
                               const struct ptrd_rate* rate) {
  const __u64 times = (1ULL << PTRD_RATE_TIME_BITS) - 1;
  __u64 now = bpf_ktime_get_ns() / 1000;
  __u64 tag = (hash >> ((head->rate_shift - PTRD_RATE_TAG_BITS) & 63) & 0xffff) ^ rate->tag;
  __u64 place = tag >> (PTRD_RATE_TAG_BITS - 3); /* the entry to look at first */
  volatile __u64* entries;
  __u64 seen;
  int i;

  entries = line_at(policy, head->rates + (__u32)(hash >> (head->rate_shift & 63)));
  if (!entries) return 1;
  PTRD_ONE_REGISTER(place);
  seen = entries[place & 7];
  if (seen >> PTRD_RATE_TIME_BITS != tag) {
    /* The key's own entry, or the one that is the least ahead. Without branches, see at_most. */
    __u64 least = ~0ULL, first = place;

    for (i = 0; i < 8; i++) {
      __u64 entry = entries[(first + i) & 7];
      __u64 other = -(__u64)((entry >> PTRD_RATE_TIME_BITS) != tag);
      __u64 ahead = (entry & times) - now;
      __u64 less;

      ahead &= ~(__u64)((__s64)ahead >> 63); /* in the past: not ahead */
      ahead = (ahead + 1) & other;
      less = -(__u64)(at_most(least, ahead) ^ 1);
      least ^= (least ^ ahead) & less;
      place ^= (place ^ ((first + i) & 7)) & less;
    }
    PTRD_ONE_REGISTER(place);
    seen = entries[place & 7];
  }
  /* Whoever loses this often has a key that is over its limit. */
  for (i = 0; i < 4; i++) {
    __u64 ahead = 0, written, found;

    if (seen >> PTRD_RATE_TIME_BITS == tag && (seen & times) > now) ahead = (seen & times) - now;
    ahead += rate->cost;
    if (ahead > rate->window) return 0;
    written = tag << PTRD_RATE_TIME_BITS | ((now + ahead) & times);
    PTRD_ONE_REGISTER(place);
    if (ahead < rate->window / 2) { /* nowhere near the limit: no need to lock the line */
      entries[place & 7] = written;
      return 1;
    }
    found = __sync_val_compare_and_swap((__u64*)&entries[place & 7], seen, written);
    if (found == seen) return 1;
    seen = found;
  }
  return 0;
}

/* Whether the reply of that class is within the limits. */
static __noinline int within_limits(void* policy, struct ptrd_scratch* s, __u32 class) {
  const struct ptrd_policy* head = line_at(policy, 0);
  const struct ptrd_denial_rate* denials;
  __u32 ipv6 = s->ipv6 != 0;
  __u64 hash;
  __u32 i;

  if (!head) return 1;
  /* Who has a valid cookie is no forged sender, but may still walk the tree. */
  if (s->policy_flags & PTRD_POLICY_LIMITS && s->cookie_state != PTRD_COOKIE_VALID) {
    for (i = 0; i < PTRD_LEVELS_MAX; i++) {
      const struct ptrd_rate_level* level = line_at(policy, PTRD_POLICY_LEVELS + PTRD_LEVELS_MAX * ipv6 + i);
      const struct ptrd_rate* rate;
      __u64 x;

      if (!level || level->length == 0) break;
      rate =
          class == PTRD_CLASS_NXDOMAIN ? &level->rate[PTRD_CLASS_NXDOMAIN] : &level->rate[PTRD_CLASS_ANSWER];
      if (rate->cost == 0) continue;
      x = (s->client & ~0ULL << ((64 - level->length) & 63)) ^ (i << 1 | ipv6);
      hash = x * head->client_multiplier + head->client_offset;
      if (!take_one(policy, head, hash, rate)) return 0;
    }
  }
  if (class != PTRD_CLASS_NXDOMAIN || !(s->policy_flags & PTRD_POLICY_DENIAL_RATE)) return 1;
  denials = line_at(policy, PTRD_POLICY_DENIALS);
  if (!denials) return 1;
  {
    __u32 v6 = s->key_is_v6 != 0;
    __u32 client_length = ipv6 ? denials->client_length[1] : denials->client_length[0];
    __u32 asked_length = v6 ? denials->asked_length[1] : denials->asked_length[0];
    __u64 client = (s->client & ~0ULL << ((64 - client_length) & 63)) ^ ipv6;
    __u64 asked = v6 ? s->key[0] : s->key[0] << 32;

    asked = asked_length == 0 ? 0 : asked & ~0ULL << ((64 - asked_length) & 63);
    hash = client * head->client_multiplier + head->client_offset;
    hash += (asked ^ (v6 ? 3 : 2)) * head->asked_multiplier + head->asked_offset;
    return take_one(policy, head, hash, &denials->rate);
  }
}

/* One query of the rule with that number: whether it is within its rate, as Policy::takes has it. */
static __noinline int take_bucket(void* policy, __u32 line) {
  volatile struct ptrd_bucket* bucket = line_at(policy, line);
  __u64 now = bpf_ktime_get_ns();
  __u64 seen;
  int i;

  if (!bucket) return 1;
  seen = bucket->caught_up;
  for (i = 0; i < 4; i++) {
    __u64 ahead = (seen > now ? seen - now : 0) + bucket->cost;
    __u64 found;

    if (ahead > bucket->window) return 0;
    found = __sync_val_compare_and_swap((__u64*)&bucket->caught_up, seen, now + ahead);
    if (found == seen) return 1;
    seen = found;
  }
  return 0;
}

/* The reply's outcome by the rates of rules, and the limits: its kind, PTRD_KERNEL_TRUNCATED or
 * PTRD_KERNEL_DROP_LIMITED. */
__noinline int limit(__u32 slot, int kind) {
  void* policy = bpf_map_lookup_elem(&policies, &slot);
  struct ptrd_scratch* s = scratch();
  const struct ptrd_policy* head;

  if (!policy || !s) return PTRD_KERNEL_DECLINED;
  if (s->rate_client | s->rate_asked) {
    head = line_at(policy, 0);
    if (!head) return PTRD_KERNEL_DECLINED;
    if (s->rate_client && !take_bucket(policy, head->buckets + s->rate_client))
      return PTRD_KERNEL_DROP_LIMITED;
    if (s->rate_asked && !take_bucket(policy, head->buckets + s->rate_asked)) return PTRD_KERNEL_DROP_LIMITED;
  }
  if (s->unlimited || !(s->policy_flags & (PTRD_POLICY_LIMITS | PTRD_POLICY_DENIAL_RATE))) return kind;
  if (within_limits(policy, s, kind == PTRD_KERNEL_NXDOMAIN ? PTRD_CLASS_NXDOMAIN : PTRD_CLASS_ANSWER))
    return kind;
  head = line_at(policy, 0);
  if (!head) return kind;
  if (head->flags & PTRD_POLICY_LOG_ONLY) {
    count_hit(policy, head, 0);
    return kind;
  }
  s->over++;
  if (head->slip != 0 && s->over % head->slip == 0) return PTRD_KERNEL_TRUNCATED;
  return PTRD_KERNEL_DROP_LIMITED;
}

#endif
