// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <atomic>
#include <cstdint>

namespace ptrd::zone {

/// How far reading is. The threads that read add to it now and then; anybody may look at any time.
struct Progress {
  std::atomic<uint64_t> records = 0;
  std::atomic<uint64_t> bytes = 0;  // of zone files, included ones too
  std::atomic<uint64_t> total = 0;  // bytes of the zone files; 0: not known
};

}  // namespace ptrd::zone
