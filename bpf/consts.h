/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* Copyright (c) 2026, the ptrd authors */
#ifndef PTRD_BPF_CONSTS_H
#define PTRD_BPF_CONSTS_H

/* What the XDP programs and user space must agree on. Nothing but constants: both sides include this file. */

/* The port that DNS is asked on (RFC 1035, section 4.2.1). */
#define PTRD_DNS_PORT 53

/* Receive queues that one interface may have a socket on; a queue beyond that stays with the kernel. */
#define PTRD_XSKS_MAX 64

/* DPDK's net_af_xdp looks the map up by this very name in a program given as xdp_prog=. */
#define PTRD_XSKS_MAP_NAME "xsks_map"

#endif
