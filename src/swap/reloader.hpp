// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <tl/expected.hpp>

#include "swap/image_store.hpp"

namespace ptrd::swap {

/// Swaps images in a thread of its own, so that whoever asks can do other things meanwhile. One swap at a
/// time: whoever comes while one is under way is told so. Every outcome is logged.
class Reloader {
 public:
  using Outcome = tl::expected<ImageStore::Swap, Refused>;
  /// Called in the reloader's thread.
  using Done = std::function<void(const Outcome&)>;
  struct History {
    uint64_t done = 0;
    std::array<uint64_t, kRefusals> refused{};  // by reason; busy: nothing was tried
    std::string last_error;                     // of the latest swap; empty: it went well
    bool busy = false;

    /// Swaps that were tried and failed.
    [[nodiscard]] uint64_t failed() const;
  };

  explicit Reloader(ImageStore& images);
  ~Reloader() { stop(); }
  /// Waits for the swap under way, for which the workers must still poll, and begins no other.
  void stop();

  /// As ImageStore::reload; false: another swap is under way, and `done` is not called.
  [[nodiscard]] bool reload(const std::string& path, bool force, Done done = {});
  /// As ImageStore::rollback.
  [[nodiscard]] bool rollback(Done done = {});
  [[nodiscard]] History history() const;

 private:
  using Work = std::function<Outcome()>;
  [[nodiscard]] bool submit(Work work, Done done);
  /// With `mutex_` held.
  void count(Refusal reason);
  void run();

  ImageStore& images_;
  mutable std::mutex mutex_;  // of what follows
  std::condition_variable wake_;
  Work work_;  // empty: none waits
  Done done_;
  History history_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace ptrd::swap
