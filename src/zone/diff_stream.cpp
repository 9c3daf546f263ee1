// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/diff_stream.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "ptrd/image/traverse.hpp"
#include "zone/diff.hpp"

namespace ptrd::zone {

OwnerStream::OwnerStream(const image::View& view, const image::Zone& zone)
    : walker_([this, view, &zone] {
        try {
          walk(view, zone);
        } catch (...) {
          failure_ = std::current_exception();
        }
        const std::lock_guard lock(mutex_);
        ended_ = true;
        changed_.notify_all();
      }) {}

OwnerStream::~OwnerStream() {
  const std::lock_guard lock(mutex_);
  unwanted_ = true;
  changed_.notify_all();
}

void OwnerStream::walk(const image::View& view, const image::Zone& zone) {
  Batch batch;
  const auto end_owner = [](OwnerSets& owner) {
    std::sort(owner.sets.begin(), owner.sets.end(),
              [](const auto& a, const auto& b) { return a.type < b.type; });
  };
  image::traverse(view, zone, [&](const image::OwnedSet& set) {
    if (batch.empty() || batch.back().owner != set.owner) {
      if (!batch.empty()) {
        end_owner(batch.back());
        // A walk in another order would report differences that do not exist.
        if (compare_owners(batch.back().owner, set.owner) > 0)
          throw std::logic_error("names out of order in an image");
        if (batch.size() == kBatch) push(std::exchange(batch, {}));
      }
      batch.push_back({set.owner, {}});
    }
    batch.back().sets.push_back({set.type, {set.records.begin(), set.records.end()}});
  });
  if (batch.empty()) return;
  end_owner(batch.back());
  push(std::move(batch));
}

void OwnerStream::push(Batch&& batch) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return batches_.size() < kMaxBatches || unwanted_; });
  if (unwanted_) return;
  batches_.push_back(std::move(batch));
  changed_.notify_all();
}

std::optional<OwnerSets> OwnerStream::next() {
  if (at_ == reading_.size()) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !batches_.empty() || ended_; });
    if (batches_.empty()) {
      if (failure_) std::rethrow_exception(failure_);
      return std::nullopt;
    }
    reading_ = std::move(batches_.front());
    batches_.pop_front();
    at_ = 0;
    changed_.notify_all();
  }
  return std::move(reading_[at_++]);
}

}  // namespace ptrd::zone
