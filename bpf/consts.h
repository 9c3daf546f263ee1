/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* Copyright (c) 2026, the ptrd authors */
#ifndef PTRD_BPF_CONSTS_H
#define PTRD_BPF_CONSTS_H

/* Shared by the XDP programs and user space: constants and the layout of map keys and values. Both sides
 * include this file. */

#include <linux/types.h>

/* The DNS port (RFC 1035, section 4.2.1). */
#define PTRD_DNS_PORT 53

/* The source ports of ptrload over AF_XDP and DPDK; Linux does not assign any of them to sockets by itself
 * (net.ipv4.ip_local_port_range). */
#define PTRD_LOAD_FIRST_PORT 16384
#define PTRD_LOAD_LAST_PORT 32767

/* Maximum number of receive queues of an interface with a socket; further queues are left to the kernel. ptrd
 * sizes the map of its own program by the interface. */
#define PTRD_XSKS_MAX 64

/* DPDK's net_af_xdp looks up the map by this name in a program given as xdp_prog=. */
#define PTRD_XSKS_MAP_NAME "xsks_map"

/* Maximum number of addresses that an interface answers for. */
#define PTRD_ADDRESSES_MAX 4096

/* An address in network order; IPv4 in its mapped form ::ffff:a.b.c.d (RFC 4291, section 2.5.5.2), so that
 * one map holds both. */
struct ptrd_address {
  __be32 word[4];
};

/* The one value of the map `station`. */
struct ptrd_station {
  __u16 mac[3]; /* byte order as in a frame */
  __u16 unused;
};

/* When the kernel program answers by itself. */
enum ptrd_mode {
  PTRD_MODE_OFF,      /* never */
  PTRD_MODE_FALLBACK, /* where the queue has no live socket */
  PTRD_MODE_FIRST,    /* everything it can; the socket gets the rest */
};

/* The one value of the map `config`. */
struct ptrd_config {
  __u32 mode; /* enum ptrd_mode */
};

/* Keys of the map `counters`: where a frame went. Each frame counts once. */
enum ptrd_counter {
  PTRD_REDIRECTED,       /* to the socket of its queue */
  PTRD_ANSWER,           /* answered by the program itself, as answer::Kind::answer */
  PTRD_NXDOMAIN,         /* the same, as answer::Kind::nxdomain */
  PTRD_TRUNCATED,        /* the same, as answer::Kind::truncated */
  PTRD_DROPPED_POLICY,   /* by a rule of the policy, answer::Kind::drop_policy */
  PTRD_DROPPED_LIMITED,  /* by a rate limit, answer::Kind::drop_limited */
  PTRD_PASSED_LINK,      /* not IP after at most one VLAN tag, or broadcast or multicast: ARP ... */
  PTRD_PASSED_IP_FORM,   /* fragments, options, cut short */
  PTRD_PASSED_PROTOCOL,  /* no UDP directly after the IP header: ICMP, TCP, extension headers */
  PTRD_PASSED_PORT,      /* UDP, but not a DNS query */
  PTRD_PASSED_ADDRESS,   /* a DNS query for a MAC or an address that is not ours */
  PTRD_PASSED_NO_SOCKET, /* ours, but without a socket or an answer */
  PTRD_COUNTERS
};

#endif
