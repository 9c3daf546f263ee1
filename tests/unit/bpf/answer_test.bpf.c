/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* Copyright (c) 2026, the ptrd authors */

/* Only bpf/answer.h; the verdicts tell the test the outcome of a frame. */

#include "answer.h"

#include <bpf/bpf_helpers.h>
#include <linux/bpf.h>

/* No verdicts of XDP: a test run does not look at them. */
#define TRUNCATED 100
#define DROP_LIMITED 101

static __always_inline int verdict(int answer) {
  switch (answer) {
    case PTRD_KERNEL_ANSWER:
      return XDP_TX;
    case PTRD_KERNEL_NXDOMAIN:
      return XDP_REDIRECT;
    case PTRD_KERNEL_TRUNCATED:
      return TRUNCATED;
    case PTRD_KERNEL_DROP_POLICY:
      return XDP_DROP;
    case PTRD_KERNEL_DROP_LIMITED:
      return DROP_LIMITED;
    default:
      return XDP_PASS;
  }
}

SEC("xdp")
int answer_test(struct xdp_md* ctx) {
  return verdict(answer_in_kernel(ctx));
}

/* For measurements: a repeated run gets the frame as the previous one left it, so it must be restored. */

#define KEPT_MAX 512

struct kept_frame {
  __u32 size;
  __u8 bytes[KEPT_MAX];
};

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, struct kept_frame);
} kept SEC(".maps");

static __always_inline int put_back(struct xdp_md* ctx) {
  const __u32 first = 0;
  struct kept_frame* frame = bpf_map_lookup_elem(&kept, &first);

  __u32 size;

  if (!frame) return 0;
  size = frame->size & (KEPT_MAX - 1);
  /* Replies grow in front as long as there is room. */
  if (size < ETH_HLEN || bpf_xdp_adjust_head(ctx, (int)bpf_xdp_get_buff_len(ctx) - (int)size) != 0) return 0;
  return bpf_xdp_store_bytes(ctx, 0, frame->bytes, size) == 0;
}

SEC("xdp")
int put_back_only(struct xdp_md* ctx) {
  return put_back(ctx) ? XDP_PASS : XDP_ABORTED;
}

SEC("xdp")
int put_back_and_answer(struct xdp_md* ctx) {
  return put_back(ctx) ? verdict(answer_in_kernel(ctx)) : XDP_ABORTED;
}

char _license[] SEC("license") = "Dual BSD/GPL";
