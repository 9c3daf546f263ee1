/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* Copyright (c) 2026, the ptrd authors */
#ifndef PTRD_BPF_IMAGE_H
#define PTRD_BPF_IMAGE_H

/*
 * The lines of an image as the kernel sees them: the fields of include/ptrd/image/format.hpp that are needed
 * to answer plain queries. src/port/xdp/kernel_view.cpp asserts that both agree. Included from C and C++.
 */

#include <linux/types.h>

/* An image is an array map, key = line number, value = line. */
#define PTRD_LINE_SIZE 64

/* Ref: the upper four bits are the kind of its target, or the topmost bit marks the rest as a leaf's unit. */
#define PTRD_REF_LEAF (1U << 31)
#define PTRD_REF_LINE ((1U << 28) - 1)
#define PTRD_REF_KIND(ref) ((ref) >> 28)
#define PTRD_REF_NODE 1
#define PTRD_REF_OCTETS 2
#define PTRD_REF_FEW_OCTETS 3
#define PTRD_REF_NIBBLES 4
#define PTRD_REF_RANGE 5
#define PTRD_REF_PAIRS 6
/* Kind pairs: the table's line, a multiple of 16, plus the number of the octet in the address. */
#define PTRD_REF_TABLE (PTRD_REF_LINE & ~15U)
#define PTRD_REF_OCTET 15

/* Line 0. */
struct ptrd_header {
  __u8 unused[44];
  __u32 v4;
  __u32 v6;
  __u32 index[3];
};

/* Line 1. */
struct ptrd_header_rest {
  __u32 zones;
  __u32 zone_count;
  __u32 tails;
  __u32 unused[13];
};

#define PTRD_NODE_CUT 2
#define PTRD_NODE_DNAME 4
#define PTRD_NODE_WILDCARD 16

struct ptrd_node {
  __u32 parent;
  __u32 zone;
  __u32 rrsets;
  __u32 children;
  __u32 labelled;
  __u32 upper;
  __u32 reserved;
  __u16 rrset_count;
  __u8 flags;
  __u8 label_size;
  __u8 label[32];
};

#define PTRD_FEW_OCTETS 11

struct ptrd_few_octets {
  __u8 count;
  __u8 octet[PTRD_FEW_OCTETS];
  __u32 reserved;
  __u32 ref[PTRD_FEW_OCTETS + 1]; /* the last one is for all other octets */
};

#define PTRD_NIBBLES_IN_LINE 10

struct ptrd_nibbles {
  __u8 depth;
  __u8 count;
  __u16 present;
  __u32 range;
  __u64 key[2]; /* network order */
  __u32 ref[PTRD_NIBBLES_IN_LINE];
};

/* One line of an octet table or a table of pairs, or the children of a branch with more than ten. */
struct ptrd_refs {
  __u32 ref[16];
};

/* Before a leaf's head: 4 bytes (tail number and head size), and for IPv6 the address. */
#define PTRD_LEAF6_KEY 4
#define PTRD_LEAF6_UNITS_BEFORE 2

#define PTRD_PROGRAM_IN_LINE 40

struct ptrd_range {
  __u32 tail;
  __u8 program_size;
  __u8 flags;
  __u8 prefix_size;
  __u8 reserved;
  __u8 key[16];
  __u8 program[PTRD_PROGRAM_IN_LINE];
};

/* Steps of a program, see include/ptrd/image/range.hpp. */
#define PTRD_STEP_LABEL 0x00
#define PTRD_STEP_DECIMAL 0x40
#define PTRD_STEP_DECIMAL2 0x50
#define PTRD_STEP_DECIMAL3 0x60
#define PTRD_STEP_HEX 0x70
#define PTRD_STEP_HEX2 0x80
#define PTRD_STEP_NIBBLE 0xa0

struct ptrd_tail {
  __u32 ttl; /* network order */
  __u8 size;
  __u8 signing[3]; /* 0: the leaves are not signed */
  __u8 name[56];
};

struct ptrd_zone {
  __u32 apex;
  __u32 serial;
  __u32 negative_soa;
  __u16 negative_soa_size;
  __u8 name_size;
  __u8 label_count;
  __u64 records;
  __u32 name;
  __u16 soa_pointer;
  __u16 soa_target;
  __u32 negative_signatures;
  __u32 nsec3;
  __u32 expires;
  __u8 denial; /* 0: the zone is not signed */
  __u8 reserved[19];
};

#endif
