/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* Copyright (c) 2026, the ptrd authors */
#ifndef PTRD_BPF_OWN_ADDRESSES_H
#define PTRD_BPF_OWN_ADDRESSES_H

/* The interface's MAC and the addresses that ptrd answers for. User space finds both maps by their names and
 * fills them; before that nothing is ours. */

#include <linux/bpf.h>
#include <linux/if_ether.h>

#include <bpf/bpf_helpers.h>

#include "consts.h"

/* The addresses that ptrd answers for; if empty, no query is taken. */
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, PTRD_ADDRESSES_MAX);
  __type(key, struct ptrd_address);
  __type(value, __u8);
} addresses SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, struct ptrd_station);
} station SEC(".maps");

/* Whether a frame is for this station and its packet for one of the addresses. */
static __always_inline int is_ours(const struct ethhdr* eth, const struct ptrd_address* to) {
  const __u32 only = 0;
  const struct ptrd_station* own = bpf_map_lookup_elem(&station, &only);
  const __u16* mac = (const __u16*)eth->h_dest;

  if (!own || mac[0] != own->mac[0] || mac[1] != own->mac[1] || mac[2] != own->mac[2]) return 0;
  return bpf_map_lookup_elem(&addresses, to) != 0;
}

#endif
