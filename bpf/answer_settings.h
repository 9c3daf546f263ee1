/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* Copyright (c) 2026, the ptrd authors */
#ifndef PTRD_BPF_ANSWER_SETTINGS_H
#define PTRD_BPF_ANSWER_SETTINGS_H

/* What user space tells the part of an XDP program that answers. Both sides include this. */

#include <linux/types.h>

/* Longest query and reply, in bytes: with IPv6 addresses and UDP header as much as bpf_csum_diff takes at
 * once. */
#define PTRD_MESSAGE_MAX (512 - 40)

/* The one entry of the map `answer_settings`. */
struct ptrd_answer_settings {
  /* The UDP payload that replies announce in their OPT record, answer::Settings::udp_payload; 0, as a fresh
   * map has it: answer nothing. */
  __u16 udp_payload;
  __u16 reserved[3];
};

/* What became of a frame in the kernel. */
enum ptrd_kernel_answer {
  PTRD_KERNEL_DECLINED, /* not a bit of the frame has changed: a socket's or the kernel's */
  PTRD_KERNEL_ANSWER,   /* the frame is the reply, counted as answer::Kind::answer */
  PTRD_KERNEL_NXDOMAIN, /* the same for answer::Kind::nxdomain */
};

#endif
