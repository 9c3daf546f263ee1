/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* Copyright (c) 2026, the ptrd authors */

/* Nothing but bpf/answer.h; the verdicts tell the test what became of a frame. */

#include "answer.h"

#include <bpf/bpf_helpers.h>
#include <linux/bpf.h>

SEC("xdp")
int answer_test(struct xdp_md* ctx) {
  switch (answer_in_kernel(ctx)) {
    case PTRD_KERNEL_ANSWER:
      return XDP_TX;
    case PTRD_KERNEL_NXDOMAIN:
      return XDP_REDIRECT;
    default:
      return XDP_PASS;
  }
}

char _license[] SEC("license") = "Dual BSD/GPL";
