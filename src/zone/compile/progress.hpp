// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <atomic>
#include <cstdint>

namespace ptrd::zone {

/// The progress of reading. The reading threads update it now and then; any thread may read it.
struct Progress {
  std::atomic<uint64_t> records = 0;
  std::atomic<uint64_t> bytes = 0;  // of zone files, including $INCLUDE
  std::atomic<uint64_t> total = 0;  // bytes of the zone files; 0: unknown
};

}  // namespace ptrd::zone
