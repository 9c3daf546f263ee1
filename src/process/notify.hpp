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

/// Notifications to the service manager that started ptrd (sd_notify(3)); without one every call does
/// nothing. Used by one thread.
class Notifier {
 public:
  /// Takes the watchdog's timeout from the environment. `slot`: its readers have to make progress; it must
  /// outlive this object.
  explicit Notifier(const datapath::EngineSlot& slot);

  /// All services are up, or a reload has finished. `status`: one line, shown by `systemctl status`.
  void ready(const std::string& status) const;
  /// A reload has begun; `ready` ends it.
  void reloading() const;
  /// ptrd is stopping.
  void stopping() const;

  /// The interval at which `beat` must be called: a quarter of the watchdog's timeout. No value without a
  /// watchdog.
  [[nodiscard]] std::optional<std::chrono::microseconds> interval() const { return interval_; }
  /// Sends a keep-alive if this thread and all threads that read the image are alive. Sends nothing if one of
  /// them has ended, or is busy and has passed no quiescent state since the last beat.
  void beat();

 private:
  [[nodiscard]] bool readers_live();

  const datapath::EngineSlot& slot_;
  std::optional<std::chrono::microseconds> interval_;
  size_t most_readers_ = 0;
  std::optional<uint64_t> asked_;  // token for all readers, since the last beat that found them alive
};

}  // namespace ptrd::process
