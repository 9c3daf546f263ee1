// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <tl/expected.hpp>

#include "swap/image_store.hpp"

namespace ptrd::swap {

/// Swaps images in its own thread, so that the caller is not blocked. One swap at a time: a request during
/// another swap is told so. Every outcome is logged.
class Reloader {
 public:
  using Part = ImageStore::Part;
  using Outcome = tl::expected<ImageStore::Swap, Refused>;
  /// Called in the reloader's thread.
  using Done = std::function<void(const Outcome&)>;
  struct History {
    uint64_t done = 0;
    std::array<uint64_t, kRefusals> refused{};  // by reason; busy: nothing was attempted
    std::string last_error;                     // of the latest swap; empty: it succeeded
    bool busy = false;

    /// Swaps that were attempted and failed.
    [[nodiscard]] uint64_t failed() const;
  };

  explicit Reloader(ImageStore& images);
  ~Reloader() { stop(); }
  /// Waits for the current swap, during which the workers must keep polling, and starts no other.
  void stop();

  /// Like ImageStore::reload; false: another swap is in progress, and `done` is not called.
  [[nodiscard]] bool reload(const std::string& path, bool force, Done done = {}, Part part = Part::both);
  /// The same, unforced, as soon as no other swap is in progress. Only the latest such request is kept; it
  /// answers to an earlier one's `done` too, unless it has one.
  void reload_next(const std::string& path, Done done = {}, Part part = Part::both);
  /// Like ImageStore::rollback.
  [[nodiscard]] bool rollback(Done done = {});
  /// Like ImageStore::replace_compacted.
  [[nodiscard]] bool replace_compacted(const std::string& fresh, change::Journal& journal,
                                       const change::Journal::Mark& from, Done done);
  [[nodiscard]] History history() const;

 private:
  struct Request {
    std::function<Outcome()> work;
    Done done;
  };
  [[nodiscard]] bool submit(Request request);
  [[nodiscard]] Request make_reload(const std::string& path, bool force, Part part, Done done);
  /// With `mutex_` held.
  void count(Refusal reason);
  void run();
  static void log(const Outcome& outcome);

  ImageStore& images_;
  mutable std::mutex mutex_;  // of what follows
  std::condition_variable wake_;
  std::optional<Request> now_;   // for the thread to begin
  std::optional<Request> next_;  // once the current swap has ended
  History history_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace ptrd::swap
