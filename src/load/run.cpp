// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "load/run.hpp"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "load/sender.hpp"

namespace ptrd::load {

namespace {

constexpr auto kLook = std::chrono::seconds(1);
/// Each sender can have as many outstanding queries as are due in this many timeouts.
constexpr double kRoom = 2;
constexpr uint64_t kMinRoom = 1 << 16;

void make_senders(Load& load, const Crew& crew) {
  const size_t senders = crew.senders();
  const double share = load.plan.rate / static_cast<double>(senders);
  const auto room = static_cast<uint64_t>(share * load.plan.timeout * kRoom) + kMinRoom;
  for (size_t i = 0; i < senders; ++i) {
    load.outstanding.emplace_back(Numbering(crew.flows(), crew.run(), room), load.queries.size(),
                                  load.queries.size() * i / senders,
                                  static_cast<int64_t>(load.plan.timeout * 1e9), senders > 1);
    load.progress.emplace_back();
  }
}

/// Calls `look` every second during its lifetime.
class ProgressReporter {
 public:
  ProgressReporter(const Load& load, const std::function<void(const Snapshot&)>& look)
      : thread_([this, &load, &look](const std::stop_token& stop) {
          std::unique_lock lock(mutex_);
          while (!changed_.wait_for(lock, stop, kLook, [&] { return stop.stop_requested(); })) look(at(load));
        }) {}

 private:
  static Snapshot at(const Load& load) {
    const int64_t start = load.start.load(std::memory_order_acquire);
    Snapshot snapshot{.seconds = start == 0 ? 0 : static_cast<double>(clock_now() - start) / 1e9};
    for (const Progress& progress : load.progress) {
      snapshot.sent += progress.sent.get();
      snapshot.answered += progress.answered.get();
    }
    return snapshot;
  }

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::jthread thread_;
};

}  // namespace

Outcome run(const Plan& plan, Crew& crew, const QuerySet& queries, const Judge& judge,
            const std::atomic<int>& stop, const std::function<void(const Snapshot&)>& look) {
  Load load{.plan = plan, .queries = queries, .judge = judge, .stop = stop};
  make_senders(load, crew);
  load.unsettled = crew.senders();
  load.absent = crew.senders();
  std::optional<ProgressReporter> reporter;
  if (look) reporter.emplace(load, look);
  Outcome outcome;
  for (const Tally& tally : crew.work(load)) outcome.tally.add(tally);
  outcome.start = static_cast<double>(load.start.load()) / 1e9;
  return outcome;
}

}  // namespace ptrd::load
