// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// What it costs to verify the checksums of what arrives: a worker that does so beside one whose card has done
// it, a burst at a time in turn over the same frames. The port copies each frame in, as net_pcap does. Prints
// the share.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <vector>

#include "datapath/worker.hpp"
#include "lib/images.hpp"
#include "lib/memory_port.hpp"
#include "lib/queries.hpp"
#include "lib/records.hpp"
#include "lib/require.hpp"

namespace {

using namespace ptrd;
using Clock = std::chrono::steady_clock;
using datapath::kBurst;

constexpr size_t kQueries = kBurst * 128;
constexpr size_t kRounds = 2001;

/// Nanoseconds a query for one pass over all frames.
template <typename Worker>
double pass(Worker& worker, bench::MemoryQueue& queue) {
  queue.rewind();
  const auto began = Clock::now();
  for (size_t first = 0; first < kQueries; first += kBurst) worker.poll();
  return std::chrono::duration<double, std::nano>(Clock::now() - began).count() / kQueries;
}

double median(std::vector<double>& values) {
  std::nth_element(values.begin(), values.begin() + kRounds / 2, values.end());
  return values[kRounds / 2];
}

void measure(const bench::Question& question, size_t records) {
  const answer::Engine engine(bench::image_of(question.family, records));
  const datapath::Serving serving{engine};
  datapath::EngineSlot slot(&serving);
  bench::MemoryQueue queue(kQueries);
  bench::Picker pick(records);
  for (size_t i = 0; i < kQueries; ++i) queue.set(i, bench::frame_about(question, pick()));
  datapath::Worker by_us(bench::MemoryPort(queue), slot);
  datapath::Worker tx_offload(bench::MemoryPort(queue, {.ip_checksum = true, .udp_checksum = true}), slot);
  std::vector<double> with(kRounds);
  std::vector<double> without(kRounds);
  for (size_t round = 0; round < kRounds; ++round) {
    with[round] = pass(by_us, queue);
    without[round] = pass(tx_offload, queue);
  }
  const auto right = static_cast<size_t>(question.expected());
  bench::require(by_us.counters().kinds[right].get() == kRounds * kQueries &&
                     tx_offload.counters().kinds[right].get() == kRounds * kQueries,
                 "a query has a different outcome");
  const double all = median(with);
  const double rest = median(without);
  std::printf("%-8s %10zu %11.1f %14.1f %9.1f %%\n", question.name, records, all, rest,
              100 * (all - rest) / all);
}

}  // namespace

int main() {
  std::printf("%-8s %10s %11s %14s %11s\n", "hits", "records", "ns a query", "sums by card", "share");
  for (const size_t records : {size_t{1000}, size_t{1'000'000}}) {
    for (const bench::Question& question : bench::kQuestions) {
      if (!question.gap) measure(question, records);
    }
  }
}
