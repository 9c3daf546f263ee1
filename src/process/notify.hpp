// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "datapath/engine_slot.hpp"

namespace ptrd::process {

/// What ptrd tells the service manager that started it (sd_notify(3)); without one every call does nothing.
/// Used by one thread.
class Notifier {
 public:
  /// Takes the watchdog's time from the environment. `slot`: whose readers have to live; it outlives this.
  explicit Notifier(const datapath::EngineSlot& slot);

  /// All services are up, or a reload is through. `status`: one line, shown by `systemctl status`.
  void ready(const std::string& status) const;
  /// A reload has begun; `ready` ends it.
  void reloading() const;
  /// The end has begun.
  void stopping() const;

  /// How often `beat` has to be called: a quarter of the watchdog's time. Nothing where there is none.
  [[nodiscard]] std::optional<std::chrono::microseconds> interval() const { return interval_; }
  /// Tells the watchdog that ptrd lives: this thread, which calls it, and all that read the image. Says
  /// nothing when one of them has ended, or has passed no quiescent moment since the last beat though it is
  /// at work.
  void beat();

 private:
  [[nodiscard]] bool readers_live();

  const datapath::EngineSlot& slot_;
  std::optional<std::chrono::microseconds> interval_;
  size_t most_readers_ = 0;
  std::optional<uint64_t> asked_;  // all readers since the last beat that found them alive
};

}  // namespace ptrd::process
