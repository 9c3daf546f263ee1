// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <tl/expected.hpp>
#include <vector>

#include "change/apply/zone_changes.hpp"
#include "change/changeset.hpp"
#include "change/journal.hpp"
#include "ptrd/wire/name.hpp"

namespace ptrd::swap {

/// What a request has changed.
using Applied = change::BatchChanged;

/// An image that can be changed while it is in service.
class Changeable {
 public:
  virtual ~Changeable() = default;
  /// Applies the changesets of a request to what the next `publish` will show: all of them or none.
  /// Applied::resolved goes to the journal: with its SOA records made explicit, the result is the same
  /// whenever it is applied again. Error: one line, and nothing has changed.
  [[nodiscard]] virtual tl::expected<Applied, std::string> apply(
      std::span<const change::Changeset> batch) = 0;
  /// Shows what was applied to readers, by one store; returns when they can see it. Cannot fail: the journal
  /// has it already.
  virtual void publish() noexcept = 0;
  /// Takes back what was applied since the last `publish`.
  virtual void discard() noexcept = 0;
  /// Room for more.
  [[nodiscard]] virtual uint64_t spare_bytes() const = 0;
};

/// Changes the image in service, in a thread of its own, with group commit: all requests that wait are
/// applied, written to the journal by one write and one sync, published by one store, and then acknowledged.
/// So what is acknowledged is on disk and in service, and what is in service is on disk.
class Changer {
 public:
  /// One line each; the error says that nothing of the request was kept.
  using Outcome = tl::expected<Applied, std::string>;
  /// Called once, in the changer's thread, or by `stop` for what it leaves undone.
  using Done = std::function<void(const Outcome&)>;
  /// Requests that wait at most, beside those that are being applied.
  static constexpr size_t kMaxWaiting = 1024;

  struct Counts {
    uint64_t requests = 0;  // done
    uint64_t refused = 0;   // by the image: not valid, or for no such state
    uint64_t failed = 0;    // not written to the journal
    uint64_t groups = 0;    // syncs
    uint64_t added = 0;     // records
    uint64_t removed = 0;
    uint64_t journal_bytes = 0;
    uint64_t journal_entries = 0;
    uint64_t spare_bytes = 0;  // of the image, since the latest group
    std::string last_error;    // of the journal; empty: the latest write succeeded
  };

  /// Both must outlive the changer; it alone uses them, unless `pause` is held.
  Changer(Changeable& image, change::Journal& journal);
  Changer(const Changer&) = delete;
  Changer& operator=(const Changer&) = delete;
  ~Changer() { stop(); }
  /// Ends the group in progress. What waits is refused, and all later requests.
  void stop();

  /// Queues a request: encoded changesets, one after another (change::decode_batch). False: too many wait, or
  /// it is stopped, and `done` is not called.
  [[nodiscard]] bool apply(std::string batch, Done done);
  /// While it is held, no group is in progress and the caller alone may use the image and the journal; what
  /// was applied is published. Not in a `done`.
  [[nodiscard]] std::unique_lock<std::mutex> pause() { return std::unique_lock(working_); }
  [[nodiscard]] Counts counts() const;

 private:
  struct Request {
    std::string batch;
    Done done;
  };
  void run();
  void work(std::span<Request> group);
  [[nodiscard]] Outcome apply_one(const Request& request);
  [[nodiscard]] tl::expected<void, std::string> commit(std::span<const std::string> journalled);
  void count(std::span<const Outcome> outcomes, size_t applied,
             const tl::expected<void, std::string>& committed);

  Changeable& image_;
  change::Journal& journal_;
  mutable std::mutex working_;  // held during a group
  mutable std::mutex mutex_;    // of what follows
  std::condition_variable wake_;
  std::vector<Request> waiting_;
  Counts counts_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace ptrd::swap
