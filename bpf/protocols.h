/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* Copyright (c) 2026, the ptrd authors */
#ifndef PTRD_BPF_PROTOCOLS_H
#define PTRD_BPF_PROTOCOLS_H

/*
 * The constants of IP, UDP and DNS for the kernel program: those of include/ptrd/wire and src/frame that
 * answers need. src/port/xdp/kernel_view.cpp asserts that both agree. Included from C and C++.
 */

/* One 802.1Q tag (IEEE 802.1Q, section 9.6). */
#define PTRD_VLAN_SIZE 4

/* IPv4: flags and fragment offset (RFC 791, 3.1). */
#define PTRD_IPV4_DF 0x4000
#define PTRD_IPV4_FRAGMENT 0x3fff /* more fragments, or the offset of one */

/* TTL and hop limit of replies. */
#define PTRD_HOP_LIMIT 64

#define PTRD_UDP_SIZE 8

/* The DNS header and its flags (RFC 1035, 4.1.1). */
#define PTRD_DNS_HEADER 12
#define PTRD_FLAG_QR 0x8000
#define PTRD_FLAG_OPCODE 0x7800
#define PTRD_FLAG_AA 0x0400
#define PTRD_FLAG_TC 0x0200
#define PTRD_FLAG_RD 0x0100
#define PTRD_RCODE_NXDOMAIN 3

#define PTRD_TYPE_PTR 12
#define PTRD_TYPE_OPT 41
#define PTRD_CLASS_IN 1

/* A query for the root name: header, name, type and class. */
#define PTRD_MESSAGE_MIN (PTRD_DNS_HEADER + 5)

/* A record up to its data: owner pointer, type, class, TTL, data length (RFC 1035, 4.1.3 and 4.1.4). */
#define PTRD_RECORD_FIXED 12
#define PTRD_POINTER 0xc000

/* An OPT record without options; options (RFC 6891, 6.1.2). */
#define PTRD_OPT_SIZE 11
#define PTRD_OPTION_NSID 3          /* RFC 5001 */
#define PTRD_OPTION_COOKIE 10       /* RFC 7873 */
#define PTRD_OPTION_ZONE_VERSION 19 /* RFC 9660 */

/* Sizes in bytes of the suffixes of reverse names, and of a whole name in ip6.arpa. */
#define PTRD_IN_ADDR_SIZE 14
#define PTRD_IP6_LABELS 64
#define PTRD_IP6_SIZE 74

#endif
