/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* Copyright (c) 2026, the ptrd authors */
#ifndef PTRD_BPF_ANSWER_SETTINGS_H
#define PTRD_BPF_ANSWER_SETTINGS_H

/* The settings that user space passes to the answering part of an XDP program. Both sides include this. */

#include <linux/types.h>

/* Longest query and reply, in bytes: together with the IPv6 addresses and the UDP header, as much as
 * bpf_csum_diff takes at once. */
#define PTRD_MESSAGE_MAX (512 - 40)

/* The one entry of the map `answer_settings`: what the program reads first, in one word, so that user space
 * puts an image and a policy into service by one store. */
struct ptrd_answer_settings {
  /* The UDP payload size that replies announce in their OPT record, answer::Settings::udp_payload; 0, the
   * value in a new map: answer nothing. */
  __u16 udp_payload;
  __u8 slot;       /* of the image in `images` and of the policy in `policies`: 0 or 1 */
  __u8 has_policy; /* 0: the program answers whatever it can */
  __u32 reserved;
};

/* The outcome of a frame in the kernel. */
enum ptrd_kernel_answer {
  PTRD_KERNEL_DECLINED,     /* the frame is unchanged, for a socket or the kernel */
  PTRD_KERNEL_ANSWER,       /* the frame is the reply, counted as answer::Kind::answer */
  PTRD_KERNEL_NXDOMAIN,     /* the same for answer::Kind::nxdomain */
  PTRD_KERNEL_TRUNCATED,    /* the same for answer::Kind::truncated: over a rate limit */
  PTRD_KERNEL_DROP_POLICY,  /* no reply: a rule says so, answer::Kind::drop_policy */
  PTRD_KERNEL_DROP_LIMITED, /* no reply: over a rate limit, answer::Kind::drop_limited */
};

#endif
