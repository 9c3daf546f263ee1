/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* Copyright (c) 2026, the ptrd authors */
#ifndef PTRD_BPF_MAPS_H
#define PTRD_BPF_MAPS_H

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "consts.h"

/* Receive queue -> AF_XDP socket. A socket that is closed removes its own entry, so nothing is redirected to
 * a dead ptrd. */
struct {
  __uint(type, BPF_MAP_TYPE_XSKMAP);
  __uint(max_entries, PTRD_XSKS_MAX);
  __type(key, __u32);
  __type(value, __u32);
} xsks_map SEC(".maps");

#endif
