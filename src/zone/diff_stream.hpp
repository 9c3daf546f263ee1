// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "ptrd/image/image.hpp"
#include "ptrd/wire/name.hpp"

namespace ptrd::zone {

/// All RRsets of one name.
struct OwnerSets {
  struct Set {
    uint16_t type;
    std::vector<uint8_t> records;  // in wire form, each with the owner 0xC00C
  };
  wire::Name owner;
  std::vector<Set> sets;  // by type
};

/// The names of a zone one by one, although image::traverse uses callbacks: a thread walks, and pauses if its
/// reader is too far behind.
class OwnerStream {
 public:
  OwnerStream(const image::View& view, const image::Zone& zone);
  OwnerStream(const OwnerStream&) = delete;
  OwnerStream& operator=(const OwnerStream&) = delete;
  ~OwnerStream();

  /// The next name; empty at the end. Rethrows what the walk threw.
  [[nodiscard]] std::optional<OwnerSets> next();

 private:
  using Batch = std::vector<OwnerSets>;
  static constexpr size_t kBatch = 256;
  static constexpr size_t kMaxBatches = 8;

  void walk(const image::View& view, const image::Zone& zone);
  void push(Batch&& batch);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Batch> batches_;
  bool ended_ = false;     // nothing more will come
  bool unwanted_ = false;  // the reader has gone
  std::exception_ptr failure_;
  Batch reading_;
  size_t at_ = 0;
  std::jthread walker_;  // last: it uses all of the above
};

}  // namespace ptrd::zone
