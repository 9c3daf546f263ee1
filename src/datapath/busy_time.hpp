// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <rte_cycles.h>

#include <cstdint>

#include "datapath/counter.hpp"

namespace ptrd::datapath {

/// The time that a thread has been busy, in ticks of the time stamp counter. The clock is read when work
/// begins and ends, not for every burst; under continuous load every kLap bursts, so that readers need not
/// wait for a pause.
class BusyTime {
 public:
  /// There is work to do.
  void work() {
    if (lap_ == 0 || lap_ == kLap) [[unlikely]]
      begin();
    ++lap_;
  }
  /// There is no work to do.
  void rest() {
    if (lap_ == 0) return;
    total_.add(rte_rdtsc() - since_);
    lap_ = 0;
  }
  /// Ticks up to the last lap; other threads may call it.
  [[nodiscard]] uint64_t ticks() const { return total_.get(); }

 private:
  static constexpr uint32_t kLap = 64;

  void begin() {
    const uint64_t now = rte_rdtsc();
    if (lap_ != 0) total_.add(now - since_);
    since_ = now;
    lap_ = 0;
  }

  Counter total_;
  uint64_t since_ = 0;
  uint32_t lap_ = 0;  // bursts since `since_`; 0: at rest
};

}  // namespace ptrd::datapath
