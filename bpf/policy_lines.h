/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* Copyright (c) 2026, the ptrd authors */
#ifndef PTRD_BPF_POLICY_LINES_H
#define PTRD_BPF_POLICY_LINES_H

/*
 * A policy as the kernel program reads it: an array map of lines of 64 bytes, key = line number, like an
 * image. src/policy/kernel_lines.cpp writes them. Included from C and C++.
 *
 *   0   struct ptrd_policy
 *   1   struct ptrd_denial_rate
 *   2   struct ptrd_prefix_tree, six: rules on clients, clients without limits, rules on addresses asked
 *       about; of IPv4 and IPv6 each
 *   8   struct ptrd_rate_level, six: three of IPv4, three of IPv6
 *   14  struct ptrd_cookies
 *   15  the trees, the rules' hits, the rules' buckets, the rates
 *
 * A tree finds the range that an address is in, among the disjoint ranges that its prefixes make: a static
 * search tree over the ranges' first addresses, with eight keys in a line. Only the first 64 bits of an
 * address count; where a longer prefix could match, the value is PTRD_RULE_OTHERS.
 *
 *   level 0            one line: the first key of each line of level 1
 *   ...
 *   level `levels`-1   all keys, ascending; the first is 0, the unused ones at the end are the largest number
 *   values             one for each of these keys
 */

#include <linux/types.h>

#define PTRD_POLICY_DENIALS 1
#define PTRD_POLICY_TREES 2
#define PTRD_POLICY_LEVELS 8
#define PTRD_POLICY_SECRETS 14
#define PTRD_POLICY_FIXED 15 /* lines before the first of variable number */

/* Trees: twice this, plus 1 for IPv6. */
enum ptrd_policy_tree { PTRD_TREE_CLIENTS, PTRD_TREE_UNLIMITED, PTRD_TREE_ASKED, PTRD_TREES };

/* Flags. The lower bits are the trees that are not empty. */
#define PTRD_POLICY_HAS_TREE(tree, ipv6) (1U << (2 * (tree) + (ipv6)))
#define PTRD_POLICY_LIMITS (1U << 8) /* there are levels */
#define PTRD_POLICY_DENIAL_RATE (1U << 9)
#define PTRD_POLICY_LOG_ONLY (1U << 10) /* what is over a limit is counted, as rule 0, and sent */
#define PTRD_POLICY_COOKIES (1U << 11)
#define PTRD_POLICY_NAMES (1U << 12) /* there are expressions for names of addresses */

struct ptrd_policy {
  __u32 flags;
  __u32 slip;              /* of the replies over a limit, every n-th is sent empty with TC; 0: none */
  __u32 rates;             /* first line of the table of rates, see src/policy/rate_table.hpp */
  __u32 rate_shift;        /* a hash, shifted right by this, is the number of a line in it */
  __u64 client_multiplier; /* hash of 64 bits: x * multiplier + offset */
  __u64 client_offset;
  __u64 asked_multiplier;
  __u64 asked_offset;
  __u32 hits;      /* first line of the counts of hits, eight in a line, by rule */
  __u32 hit_lines; /* lines of a stripe */
  __u32 buckets;   /* first line of struct ptrd_bucket, one for each rule from 0 on; 0: no rule has a rate */
  __u32 cookies;   /* counts of queries with a cookie are those of this "rule" plus enum ptrd_cookie */
};
/* The counts are kept this many times, by CPU; their sum counts. */
#define PTRD_HIT_STRIPES 8

#define PTRD_TREE_DEPTH 10 /* 8^10 ranges */
struct ptrd_prefix_tree {
  __u32 levels;
  __u32 values;                 /* first line of the values */
  __u32 first[PTRD_TREE_DEPTH]; /* first line of each level */
  __u32 reserved[4];
};

struct ptrd_tree_keys {
  __u64 key[8];
};

/* A value: the number of a rule, 0 for none, and its action in the lower four bits. */
#define PTRD_RULE_ACTION 15U
#define PTRD_RULE_SHIFT 4
/* The actions that the program takes itself (enum class Action in src/policy/rule.hpp); a query with another
 * one is left to user space. */
#define PTRD_ACTION_ANSWER 0
#define PTRD_ACTION_DROP 1
#define PTRD_ACTION_RATE 6
#define PTRD_ACTION_COUNT 8
#define PTRD_ACTION_OTHERS 15
/* Which rule it is depends on more than the tree knows. */
#define PTRD_RULE_OTHERS (~0U)

/* The rate of a rule, all queries together, in nanoseconds: a query is due `cost` after the one before. */
struct ptrd_bucket {
  __u64 caught_up; /* CLOCK_MONOTONIC: when the rule will have caught up with its rate */
  __u64 cost;
  __u64 window; /* how far it may be ahead */
  __u64 reserved[5];
};

/* The rate of one class of replies, for RateTable::take. */
struct ptrd_rate {
  __u64 window; /* microseconds */
  __u32 cost;   /* microseconds; 0: no limit */
  __u32 tag;    /* exclusive or with the tag of the client's hash */
};

/* The classes of replies that the program makes. */
enum ptrd_class { PTRD_CLASS_ANSWER, PTRD_CLASS_NXDOMAIN, PTRD_CLASSES };

#define PTRD_LEVELS_MAX 3
struct ptrd_rate_level {
  struct ptrd_rate rate[PTRD_CLASSES];
  __u32 length; /* bits of the client's prefix, 1 to 64; 0: no such level, nor any after it */
  __u32 reserved[7];
};

/* Names that do not exist below one prefix, for one client. */
struct ptrd_denial_rate {
  struct ptrd_rate rate;
  __u8 client_length[2]; /* IPv4, IPv6 */
  __u8 asked_length[2];
  __u8 reserved[44];
};

/* What a query's cookie is worth. */
enum ptrd_cookie { PTRD_COOKIE_NONE, PTRD_COOKIE_VALID, PTRD_COOKIE_NEW, PTRD_COOKIE_BAD, PTRD_COOKIES };

/* DNS Cookies, see src/policy/cookies.hpp. */
struct ptrd_cookies {
  __u64 secret[2][2]; /* keys of SipHash; the first makes cookies, each is accepted */
  __u32 secrets;      /* 1 or 2 */
  __u32 require;      /* who has no valid cookie is left to user space */
  __u64 boot_time;    /* CLOCK_REALTIME minus CLOCK_BOOTTIME, nanoseconds; user space keeps it up to date */
  __u64 reserved[2];
};

/* Of an entry in the table of rates: a tag, and a time in microseconds. */
#define PTRD_RATE_TAG_BITS 16
#define PTRD_RATE_TIME_BITS 48
struct ptrd_rate_line {
  __u64 entry[8];
};

#endif
