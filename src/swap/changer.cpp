// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "swap/changer.hpp"

#include <pthread.h>

#include <exception>
#include <utility>

#include "process/log.hpp"

namespace ptrd::swap {

namespace {

wire::Bytes bytes_of(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

}  // namespace

Changer::Changer(Changeable& image, change::Journal& journal) : image_(image), journal_(journal) {
  counts_.journal_bytes = journal.bytes();
  counts_.journal_entries = journal.entries();
  counts_.spare_bytes = image.spare_bytes();
  thread_ = std::thread([this] { run(); });
}

void Changer::stop() {
  std::vector<Request> left;
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
    left.swap(waiting_);
  }
  wake_.notify_one();
  for (const Request& request : left)
    request.done(tl::unexpected<std::string>("ptrd is stopping; nothing was changed"));
  if (thread_.joinable()) thread_.join();
}

bool Changer::apply(std::string batch, Done done) {
  {
    const std::lock_guard lock(mutex_);
    if (stop_ || waiting_.size() >= kMaxWaiting) return false;
    waiting_.push_back({std::move(batch), std::move(done)});
  }
  wake_.notify_one();
  return true;
}

Changer::Counts Changer::counts() const {
  // A swap changes the journal and the room between two groups.
  const std::unique_lock idle(working_, std::try_to_lock);
  const std::lock_guard lock(mutex_);
  Counts counts = counts_;
  if (!idle) return counts;
  counts.journal_bytes = journal_.bytes();
  counts.journal_entries = journal_.entries();
  counts.spare_bytes = image_.spare_bytes();
  return counts;
}

void Changer::run() {
  (void)pthread_setname_np(pthread_self(), "change");
  for (std::vector<Request> group;;) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stop_ || !waiting_.empty(); });
      if (stop_) return;
      group.swap(waiting_);
    }
    work(group);
    group.clear();
  }
}

Changer::Outcome Changer::apply_one(const Request& request) {
  const auto batch = change::decode_batch(bytes_of(request.batch));
  if (!batch) return tl::unexpected(batch.error());
  return image_.apply(*batch);
}

tl::expected<void, std::string> Changer::commit(std::span<const std::string> journalled) {
  if (journalled.empty()) return {};
  const std::vector<wire::Bytes> payloads = [&] {
    std::vector<wire::Bytes> all;
    for (const std::string& one : journalled) all.push_back(bytes_of(one));
    return all;
  }();
  auto written = journal_.append(payloads);
  if (written) {
    image_.publish();
  } else {
    image_.discard();
  }
  return written;
}

void Changer::work(std::span<Request> group) {
  std::vector<Outcome> outcomes;
  std::vector<std::string> journalled;
  tl::expected<void, std::string> committed;
  std::unique_lock working(working_);
  try {
    for (const Request& request : group) {
      outcomes.push_back(apply_one(request));
      if (outcomes.back()) journalled.push_back(std::move(outcomes.back()->resolved));
    }
    committed = commit(journalled);
  } catch (const std::exception& error) {  // memory
    image_.discard();
    committed = tl::unexpected(std::string("a change was given up: ") + error.what());
    outcomes.resize(group.size(), tl::unexpected(committed.error()));
  }
  const size_t applied = journalled.size();
  if (!committed) {
    for (Outcome& outcome : outcomes) {
      if (outcome) outcome = tl::unexpected(committed.error());
    }
  }
  count(outcomes, applied, committed);
  working.unlock();
  for (size_t i = 0; i < group.size(); ++i) group[i].done(outcomes[i]);
}

void Changer::count(std::span<const Outcome> outcomes, size_t applied,
                    const tl::expected<void, std::string>& committed) {
  const std::lock_guard lock(mutex_);
  // Once, not for every group while a disk is full.
  if (!committed && committed.error() != counts_.last_error)
    process::log_error("no change is taken: {}", committed.error());
  counts_.journal_bytes = journal_.bytes();
  counts_.journal_entries = journal_.entries();
  counts_.spare_bytes = image_.spare_bytes();
  counts_.last_error = committed ? std::string() : committed.error();
  counts_.refused += outcomes.size() - applied;
  if (!committed) counts_.failed += applied;
  counts_.groups += committed && applied > 0 ? 1 : 0;
  for (const Outcome& outcome : outcomes) {
    if (!outcome) continue;
    ++counts_.requests;
    counts_.added += outcome->added;
    counts_.removed += outcome->removed;
  }
}

}  // namespace ptrd::swap
