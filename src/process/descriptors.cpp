// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "process/descriptors.hpp"

#include <sys/resource.h>

#include <algorithm>

namespace ptrd::process {

namespace {

/// Reserved for the image, UDP sockets, and the files of DPDK and XDP.
constexpr rlim_t kOthers = 256;

}  // namespace

size_t make_room_for_connections(size_t wanted) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
  const rlim_t needed = wanted + kOthers;
  if (limit.rlim_cur < needed) {
    rlimit raised{needed, std::max(limit.rlim_max, needed)};
    if (setrlimit(RLIMIT_NOFILE, &raised) != 0) {
      raised = {std::min(limit.rlim_max, needed), limit.rlim_max};
      (void)setrlimit(RLIMIT_NOFILE, &raised);
    }
    (void)getrlimit(RLIMIT_NOFILE, &limit);
  }
  // At least half of a small limit.
  const rlim_t room = limit.rlim_cur > 2 * kOthers ? limit.rlim_cur - kOthers : limit.rlim_cur / 2;
  return std::min<size_t>(wanted, std::max<rlim_t>(room, 1));
}

}  // namespace ptrd::process
