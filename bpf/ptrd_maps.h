/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* Copyright (c) 2026, the ptrd authors */
#ifndef PTRD_BPF_PTRD_MAPS_H
#define PTRD_BPF_PTRD_MAPS_H

/* Maps of ptrd's own program, beside the sockets of maps.h and the addresses of
 * own_addresses.h. User space finds them in the skeleton. */

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "consts.h"

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, struct ptrd_config);
} config SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, PTRD_COUNTERS);
  __type(key, __u32);
  __type(value, __u64);
} counters SEC(".maps");

/* The counts of the programs before this one, for the next ptrd that adopts it; no program reads it. */
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, PTRD_COUNTERS);
  __type(key, __u32);
  __type(value, __u64);
} counters_before SEC(".maps");

#endif
