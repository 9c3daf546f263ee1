/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* Copyright (c) 2026, the ptrd authors */

/*
 * ptrd's own program (ptrd --xdp IFACE). Takes plain DNS queries to this station and the addresses in
 * `addresses`, and leaves everything else to the kernel. A query goes to the AF_XDP socket of its receive
 * queue if there is one; then ptrd checks checksums and the DNS message, as with dns_filter.bpf.c. The
 * program itself answers what it can (answer.h) if there is no socket, or before the socket: see enum
 * ptrd_mode.
 */

#include <linux/bpf.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "answer.h"
#include "consts.h"
#include "maps.h"
#include "own_addresses.h"
#include "parsing.h"
#include "ptrd_maps.h"

/* Whether the program answers at all. User space sets this before it loads the program: if 0, the verifier
 * skips answer.h as dead code, and kernels that refuse answer.h accept the rest. */
const volatile __u32 answers = 1;

static __always_inline int count(__u32 reason, int verdict) {
  __u64* value = bpf_map_lookup_elem(&counters, &reason);

  if (value) ++*value; /* per CPU: no other writer */
  return verdict;
}

/* Returns XDP_TX if the frame now holds the reply, XDP_DROP if there is none, and counts either; -1 if the
 * query is left to others. */
static __always_inline int answer_here(struct xdp_md* ctx) {
  switch (answer_in_kernel(ctx)) {
    case PTRD_KERNEL_ANSWER:
      return count(PTRD_ANSWER, XDP_TX);
    case PTRD_KERNEL_NXDOMAIN:
      return count(PTRD_NXDOMAIN, XDP_TX);
    case PTRD_KERNEL_TRUNCATED:
      return count(PTRD_TRUNCATED, XDP_TX);
    case PTRD_KERNEL_DROP_POLICY:
      return count(PTRD_DROPPED_POLICY, XDP_DROP);
    case PTRD_KERNEL_DROP_LIMITED:
      return count(PTRD_DROPPED_LIMITED, XDP_DROP);
    default:
      return -1;
  }
}

SEC("xdp")
int ptrd_xdp(struct xdp_md* ctx) {
  struct cursor at = {(void*)(long)ctx->data, (void*)(long)ctx->data_end};
  const struct ethhdr* eth = at.pos;
  const int ether_type = parse_ethernet(&at);
  const __u32 only = 0;
  struct ptrd_address to = {};
  struct ptrd_config* settings;
  int protocol, verdict;
  __u32 mode;

  if (ether_type != bpf_htons(ETH_P_IP) && ether_type != bpf_htons(ETH_P_IPV6))
    return count(PTRD_PASSED_LINK, XDP_PASS);
  protocol = parse_ip(&at, ether_type, &to);
  if (protocol < 0) return count(PTRD_PASSED_IP_FORM, XDP_PASS);
  if (protocol != IPPROTO_UDP) return count(PTRD_PASSED_PROTOCOL, XDP_PASS);
  if (parse_udp(&at) != bpf_htons(PTRD_DNS_PORT)) return count(PTRD_PASSED_PORT, XDP_PASS);
  if (!is_ours(eth, &to)) return count(PTRD_PASSED_ADDRESS, XDP_PASS);

  settings = bpf_map_lookup_elem(&config, &only);
  mode = answers && settings ? settings->mode : PTRD_MODE_OFF;
  if (mode == PTRD_MODE_FIRST) {
    verdict = answer_here(ctx);
    if (verdict >= 0) return verdict;
  }
  /* The last argument is returned for a queue without a live socket. */
  if (bpf_redirect_map(&xsks_map, ctx->rx_queue_index, 0) == XDP_REDIRECT)
    return count(PTRD_REDIRECTED, XDP_REDIRECT);
  if (mode == PTRD_MODE_FALLBACK) {
    verdict = answer_here(ctx);
    if (verdict >= 0) return verdict;
  }
  return count(PTRD_PASSED_NO_SOCKET, XDP_PASS);
}

char _license[] SEC("license") = "Dual BSD/GPL";
