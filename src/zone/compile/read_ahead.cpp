// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/compile/read_ahead.hpp"

#include <condition_variable>
#include <deque>
#include <exception>
#include <iterator>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

namespace ptrd::zone {
namespace {

/// Copies of records of one file, in order.
class RecordBatch {
 public:
  explicit RecordBatch(std::string_view file) : file_(file) {}

  /// Whether `record` may be added.
  [[nodiscard]] bool takes(const Record& record) const {
    return records_.size() < kMax && record.file == file_;
  }
  void add(const Record& record) {
    records_.push_back(record);
    bytes_.insert(bytes_.end(), record.owner.begin(), record.owner.end());
    bytes_.insert(bytes_.end(), record.rdata.begin(), record.rdata.end());
  }
  void give(const std::function<void(const Record&)>& sink) {
    const uint8_t* at = bytes_.data();
    for (Record& record : records_) {
      record.owner = {at, record.owner.size()};
      record.rdata = {at + record.owner.size(), record.rdata.size()};
      record.file = file_;
      at += record.owner.size() + record.rdata.size();
      sink(record);
    }
  }

 private:
  static constexpr size_t kMax = 1024;

  std::string file_;
  std::vector<Record> records_;  // sizes of their spans count, until `give`
  std::vector<uint8_t> bytes_;
};

/// From one thread to another; bounded, and in batches so that neither waits for every record.
class BatchQueue {
 public:
  /// False: the consumer has gone.
  bool put(RecordBatch batch) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return batches_.size() < kMax || closed_; });
    if (closed_) return false;
    batches_.push_back(std::move(batch));
    changed_.notify_all();
    return true;
  }
  /// Empty: the queue is closed and drained.
  std::optional<RecordBatch> take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !batches_.empty() || closed_; });
    if (batches_.empty()) return std::nullopt;
    RecordBatch batch = std::move(batches_.front());
    batches_.pop_front();
    changed_.notify_all();
    return batch;
  }
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }

 private:
  static constexpr size_t kMax = 8;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<RecordBatch> batches_;
  bool closed_ = false;
};

/// What a thread reads, and its result.
struct Reading {
  BatchQueue queue;
  std::vector<Finding> findings;
  bool good = false;
  std::exception_ptr failure;  // out of memory

  void run(const std::string& path, const ReadOptions& options) {
    std::optional<RecordBatch> batch;
    bool wanted = true;
    try {
      const auto keep = [&](const Record& record) {
        if (batch && !batch->takes(record)) {
          wanted = wanted && queue.put(*std::move(batch));
          batch.reset();
        }
        if (!wanted) return;
        if (!batch) batch.emplace(record.file);
        batch->add(record);
      };
      good = read_zone_file(path, options, keep, findings);
      if (batch && wanted) (void)queue.put(*std::move(batch));
    } catch (...) {
      failure = std::current_exception();
    }
    queue.close();
  }
};

}  // namespace

bool read_zone_file_ahead(const std::string& path, const ReadOptions& options,
                          const std::function<void(const Record&)>& sink, std::vector<Finding>& findings) {
  Reading reading;
  {
    std::jthread thread([&] { reading.run(path, options); });
    struct Closer {  // the thread must not wait for a sink that has thrown
      BatchQueue& queue;
      ~Closer() { queue.close(); }
    } closer{reading.queue};
    while (auto batch = reading.queue.take()) batch->give(sink);
  }
  if (reading.failure) std::rethrow_exception(reading.failure);
  findings.insert(findings.end(), std::make_move_iterator(reading.findings.begin()),
                  std::make_move_iterator(reading.findings.end()));
  return reading.good;
}

}  // namespace ptrd::zone
