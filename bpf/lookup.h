/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* Copyright (c) 2026, the ptrd authors */
#ifndef PTRD_BPF_LOOKUP_H
#define PTRD_BPF_LOOKUP_H

/*
 * Looks up an address in the image, as src/answer/walk4.cpp and walk6.cpp do: down to a leaf, or to the last
 * name that exists, and from there to the zone that denies the name. A cut, a DNAME, a wildcard or a Node for
 * the name itself ends the walk: declined. So does an IPv6 range, whose records user space makes. A damaged
 * image does no harm: a line that does not exist is declined too.
 */

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "answer_maps.h"

static __always_inline void* line_at(void* image, __u32 line) {
  return bpf_map_lookup_elem(image, &line);
}

/* The name does not exist, and the Node at `line` is the last one above it: sets `found` to its zone.
 * `childless`: requires that the Node has no children, since otherwise the name might exist after all. */
static __noinline int deny(void* image, struct ptrd_scratch* s, __u32 line, int childless) {
  const struct ptrd_node* node = line_at(image, line);

  if (!node || node->zone == 0) return PTRD_KERNEL_DECLINED;
  if (node->flags & (PTRD_NODE_CUT | PTRD_NODE_DNAME | PTRD_NODE_WILDCARD)) return PTRD_KERNEL_DECLINED;
  if (childless && (node->children != 0 || node->labelled != 0)) return PTRD_KERNEL_DECLINED;
  s->found = node->zone;
  return PTRD_KERNEL_NXDOMAIN;
}

static __noinline __u32 few_octets_child(void* image, __u32 line, __u32 octet) {
  const struct ptrd_few_octets* few = line_at(image, line);
  int i;

  if (!few) return 0;
#pragma unroll
  for (i = 0; i < PTRD_FEW_OCTETS; i++) {
    if (i < few->count && few->octet[i] == octet) return few->ref[i];
  }
  return few->ref[PTRD_FEW_OCTETS];
}

/* The Ref for an octet in a table; 0: none. */
static __always_inline __u32 octet_child(void* image, __u32 table, __u32 octet) {
  const struct ptrd_refs* refs;

  if (PTRD_REF_KIND(table) == PTRD_REF_FEW_OCTETS)
    return few_octets_child(image, table & PTRD_REF_LINE, octet);
  refs = line_at(image, (table & PTRD_REF_LINE) + octet / 16);
  return refs ? refs->ref[octet & 15] : 0;
}

/* Intermediate result: `found` is the line of a range. */
#define PTRD_FOUND_RANGE 0x100

static __always_inline int lookup4(void* image, struct ptrd_scratch* s, __u32 ref) {
  __u32 address = (__u32)s->key[0];
  int shift;

  for (shift = 24; shift >= 0; shift -= 8) {
    __u32 table = ref;
    __u32 kind = PTRD_REF_KIND(ref);

    if (kind == PTRD_REF_RANGE) break;
    /* An apex without names below it, as in AS112 zones (RFC 7534), is a Node. */
    if (kind == PTRD_REF_NODE && shift < 24) return deny(image, s, ref & PTRD_REF_LINE, 1);
    if (kind != PTRD_REF_OCTETS && kind != PTRD_REF_FEW_OCTETS) return PTRD_KERNEL_DECLINED;
    ref = octet_child(image, table, address >> shift & 0xff);
    if (ref == 0) return deny(image, s, (table & PTRD_REF_LINE) - 1, 0);
  }
  if (PTRD_REF_KIND(ref) == PTRD_REF_RANGE) {
    s->found = ref & PTRD_REF_LINE;
    return PTRD_FOUND_RANGE;
  }
  if (!(ref & PTRD_REF_LEAF)) return PTRD_KERNEL_DECLINED;
  s->found = ref & ~PTRD_REF_LEAF;
  return PTRD_KERNEL_ANSWER;
}

/* Nodes, branches and the leaf on the path to the deepest name. */
#define PTRD_HOPS6 66

/* Whether an address differs from `key` (network order) within the first `depth` nibbles, 31 at most. */
static __always_inline int differs6(const struct ptrd_scratch* s, const __u64* key, __u32 depth) {
  __u64 mask = ~(~0ULL >> (4 * (depth & 15)));
  __u64 high = bpf_be64_to_cpu(key[0]) ^ s->key[0];
  __u64 low = bpf_be64_to_cpu(key[1]) ^ s->key[1];

  return depth < 16 ? (high & mask) != 0 : (high | (low & mask)) != 0;
}

/* The Ref for the address at a branch of one nibble; 0: none. */
static __always_inline __u32 nibble_child(void* image, const struct ptrd_scratch* s,
                                          const struct ptrd_nibbles* branch, __u32 line) {
  __u32 depth = branch->depth;
  __u32 nibble = s->key[depth < 16 ? 0 : 1] >> (60 - 4 * (depth & 15)) & 15;
  const struct ptrd_refs* refs;
  __u32 before;

  if (!(branch->present >> nibble & 1)) return 0;
  if (branch->count > PTRD_NIBBLES_IN_LINE) {
    refs = line_at(image, line + 1);
    return refs ? refs->ref[nibble] : 0;
  }
  before = branch->present & ((1U << nibble) - 1); /* population count */
  before -= before >> 1 & 0x5555;
  before = (before & 0x3333) + (before >> 2 & 0x3333);
  before = (before + (before >> 4)) & 0x0f0f;
  before = (before + (before >> 8)) & 0xf;
  return before < PTRD_NIBBLES_IN_LINE ? branch->ref[before] : 0;
}

/* The same for a branch of two nibbles, which are one octet. */
static __always_inline __u32 pair_child(void* image, const struct ptrd_scratch* s, __u32 ref) {
  __u32 at = ref & PTRD_REF_OCTET;
  __u32 octet = s->key[at < 8 ? 0 : 1] >> (56 - 8 * (at & 7)) & 0xff;
  const struct ptrd_refs* refs = line_at(image, (ref & PTRD_REF_TABLE) + octet / 16);

  return refs ? refs->ref[octet & 15] : 0;
}

/* At the leaf at `unit`: it is the address's, or the address does not exist. */
static __always_inline int end6(void* image, struct ptrd_scratch* s, __u32 unit, __u32 above) {
  const __u8* line = line_at(image, unit / 8);
  const __u8* key;

  if (!line || unit % 8 > 5) return PTRD_KERNEL_DECLINED; /* the builder keeps a key within a line */
  key = line + unit % 8 * 8 + PTRD_LEAF6_KEY;
  if (((bpf_be64_to_cpu(*(const __u64*)key) ^ s->key[0]) |
       (bpf_be64_to_cpu(*(const __u64*)(key + 8)) ^ s->key[1])) == 0) {
    s->found = unit;
    return PTRD_KERNEL_ANSWER;
  }
  return above == 0 ? PTRD_KERNEL_DECLINED : deny(image, s, above, 0);
}

/* The zone that denies a name is known only if the walk passes a Node below ip6.arpa. */
static __always_inline int lookup6(void* image, struct ptrd_scratch* s, __u32 ref) {
  __u32 above = 0; /* the last Node; 0 if none is known, or if a range may contain the name */
  __u32 units = 0; /* number of nibbles of the name at `ref`, if that is a Node */
  int i;

  for (i = 0; i < PTRD_HOPS6; i++) {
    __u32 kind = PTRD_REF_KIND(ref);
    __u32 line = ref & PTRD_REF_LINE;

    if (ref & PTRD_REF_LEAF) return end6(image, s, ref & ~PTRD_REF_LEAF, above);
    if (kind == PTRD_REF_NODE) {
      const struct ptrd_node* node = line_at(image, line);

      if (!node || units >= 32 || node->flags & (PTRD_NODE_CUT | PTRD_NODE_DNAME))
        return PTRD_KERNEL_DECLINED;
      above = line;
      ref = node->children;
      if (ref == 0) return deny(image, s, above, 1);
    } else if (kind == PTRD_REF_NIBBLES || kind == PTRD_REF_PAIRS) {
      int pairs = kind == PTRD_REF_PAIRS;
      const struct ptrd_nibbles* branch = line_at(image, pairs ? (ref & PTRD_REF_TABLE) - 1 : line);

      if (!branch || branch->depth > 31) return PTRD_KERNEL_DECLINED;
      units = branch->depth + (pairs ? 2 : 1);
      if (branch->range != 0) above = 0; /* all below it is in a range, down to the next Node */
      if (differs6(s, branch->key, branch->depth))
        ref = 0;
      else
        ref = pairs ? pair_child(image, s, ref) : nibble_child(image, s, branch, line);
      if (ref == 0) return above == 0 ? PTRD_KERNEL_DECLINED : deny(image, s, above, 0);
    } else {
      return PTRD_KERNEL_DECLINED;
    }
  }
  return PTRD_KERNEL_DECLINED;
}

#endif
