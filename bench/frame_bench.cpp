// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// Frame to frame: a burst from the received frames to the finished replies through the worker that the DPDK
// port has too. `port` is the port alone, which copies each frame in: what to take off the others.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "datapath/worker.hpp"
#include "lib/images.hpp"
#include "lib/memory_port.hpp"
#include "lib/queries.hpp"
#include "lib/records.hpp"
#include "lib/require.hpp"
#include "lib/run.hpp"

namespace {

using namespace ptrd;
using datapath::kBurst;

/// Distinct queries at most: what they touch in a large image is more than the last-level cache holds.
constexpr size_t kMaxQueries = 1U << 19;

/// Frames that ask about random records.
class Queries {
 public:
  Queries(const bench::Question& question, size_t records)
      : question_(question), queue_(std::min(kMaxQueries, records / kBurst * kBurst)) {
    bench::Picker pick(records);
    records_.reserve(queue_.count());
    for (size_t i = 0; i < queue_.count(); ++i) {
      records_.push_back(pick());
      queue_.set(i, bench::frame_about(question, records_[i]));
    }
  }
  [[nodiscard]] bench::MemoryQueue& queue() { return queue_; }

  /// Has a worker answer the first ones, up to 4096: every reply must be right.
  template <typename Worker>
  void require_right(Worker& worker) {
    queue_.rewind();
    for (size_t first = 0; first < std::min<size_t>(queue_.count(), 4096); first += kBurst) {
      worker.poll();
      bench::require(queue_.sent().size() == kBurst, "a query got no reply");
      for (size_t i = 0; i < kBurst; ++i) {
        const datapath::Frame& frame = queue_.sent()[i];
        bench::require_right_frame(question_, records_[first + i], {frame.data, frame.size});
      }
    }
  }

 private:
  const bench::Question& question_;
  bench::MemoryQueue queue_;
  std::vector<size_t> records_;
};

/// Google Benchmark calls a function anew until it runs long enough: the frames stay until others are asked
/// for.
Queries& queries_of(const bench::Question& question, size_t records) {
  static std::optional<Queries> queries;
  static std::pair<const bench::Question*, size_t> made_for;
  if (made_for != std::pair(&question, records)) {
    queries.emplace(question, records);
    made_for = {&question, records};
  }
  return *queries;
}

void frame_to_frame(benchmark::State& state, const bench::Question& question, size_t records) {
  const answer::Engine engine(bench::image_of(question.family, records));
  const datapath::Serving serving{engine};
  datapath::EngineSlot slot(&serving);
  Queries& queries = queries_of(question, records);
  datapath::Worker worker(bench::MemoryPort(queries.queue()), slot);
  queries.require_right(worker);
  for (auto _ : state) benchmark::DoNotOptimize(worker.poll());
  bench::count_items(state, kBurst);
  const auto& counters = worker.counters();
  bench::require(counters.kinds[static_cast<size_t>(question.expected())].get() == counters.rx.get(),
                 "a query has a different outcome");
}

void port_alone(benchmark::State& state, const bench::Question& question, size_t records) {
  Queries& queries = queries_of(question, records);
  bench::MemoryPort port(queries.queue());
  std::array<datapath::Frame, kBurst> frames;
  for (auto _ : state) {
    port.receive(frames);
    benchmark::DoNotOptimize(port.send(frames));
    benchmark::ClobberMemory();
  }
  bench::count_items(state, kBurst);
}

}  // namespace

int main(int argc, char** argv) {
  for (const bench::Size& size : bench::kSizes) {
    const size_t records = size.records;
    benchmark::RegisterBenchmark(
        (std::string("port/") + size.name).c_str(),
        [records](benchmark::State& state) { port_alone(state, bench::kQuestions[0], records); });
    for (const bench::Question& question : bench::kQuestions) {
      const std::string name = std::string("frame/") + question.name + "/" + size.name;
      benchmark::RegisterBenchmark(name.c_str(), [&question, records](benchmark::State& state) {
        frame_to_frame(state, question, records);
      });
    }
  }
  return bench::run(argc, argv);
}
