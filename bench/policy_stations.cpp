// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// What bench/policy runs for its instruction counts: a worker over the same queries under each policy.
//
//   policy_stations [--time] POLICY...       "-": without a policy
//
// Under callgrind each policy and question ends with a dump named POLICY:QUESTION; the first dump is named
// "queries:N". With --time, nanoseconds per query are printed instead, of the best of many rounds in turns.
#include <valgrind/callgrind.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "datapath/worker.hpp"
#include "lib/counted_port.hpp"
#include "lib/images.hpp"
#include "lib/memory_port.hpp"
#include "lib/records.hpp"
#include "lib/require.hpp"
#include "policy/read/reader.hpp"
#include "policy/siphash.hpp"
#include "unit/packet_builder.hpp"

namespace {

using namespace ptrd;
using datapath::kBurst;

constexpr size_t kQueries = kBurst * 100;
constexpr size_t kRecords = 20'000;
constexpr size_t kRounds = 200;
/// The one of bench/policy, as two little-endian words: e5e973e5a6b2a43f48e7dc849e37bfcf.
constexpr policy::SipKey kSecret = {0x3FA4B2A6E573E9E5, 0xCFBF379E84DCE748};

struct Question {
  const char* name;
  wire::Family family;
  bool edns;
  bool cookie;
};
constexpr std::array kQuestions = {
    Question{"v4", wire::Family::v4, false, false},      Question{"v6", wire::Family::v6, false, false},
    Question{"v4_edns", wire::Family::v4, true, false},  Question{"v6_edns", wire::Family::v6, true, false},
    Question{"v4_cookie", wire::Family::v4, true, true}, Question{"v6_cookie", wire::Family::v6, true, true},
};

/// The client of the n-th query: network order, as in its frame.
std::vector<uint8_t> client(const Question& question, size_t n) {
  const auto high = static_cast<uint8_t>(n >> 8);
  const auto low = static_cast<uint8_t>(n);
  if (question.family == wire::Family::v4) return {198, 18, high, low};
  return {0x20, 1, 0, 2, 0, 0, high, low, 0, 0, 0, 0, 0, 0, 0, 1};
}

/// A COOKIE option's data that the server takes (RFC 9018 4).
std::vector<uint8_t> cookie_of(const std::vector<uint8_t>& address, size_t n) {
  std::vector<uint8_t> data(24);
  const std::array<uint64_t, 2> head = {
      n * 0x9E3779B97F4A7C15ULL,
      1 | uint64_t{__builtin_bswap32(static_cast<uint32_t>(std::time(nullptr)))} << 32};
  uint64_t hash = 0;
  if (address.size() == 4) {
    hash = policy::siphash24<3>(
        kSecret, {head[0], head[1], policy::sip_last(wire::load_raw<uint32_t>(address.data()), 20)});
  } else {
    hash = policy::siphash24<5>(kSecret,
                                {head[0], head[1], wire::load_raw<uint64_t>(address.data()),
                                 wire::load_raw<uint64_t>(address.data() + 8), policy::sip_last(0, 32)});
  }
  std::memcpy(data.data(), head.data(), 16);
  std::memcpy(data.data() + 16, &hash, 8);
  return data;
}

std::vector<uint8_t> frame_about(const Question& question, size_t record, size_t n) {
  const std::vector<uint8_t> from = client(question, n);
  std::string name = wire::name_of_key(bench::key_of_record(question.family, record)).to_text();
  name.pop_back();
  test::Query query{.id = static_cast<uint16_t>(record), .name = name};
  if (question.edns) query.edns.emplace();
  if (question.cookie) query.edns->options.emplace_back(10, cookie_of(from, n));
  wire::AddressKey address{.family = question.family, .units = 0, .address = {}};
  address.units = question.family == wire::Family::v4 ? 4 : 32;
  std::copy(from.begin(), from.end(), address.address.begin());
  test::Packet packet;
  if (question.family == wire::Family::v4) {
    packet.ipv4(wire::address_of_key(address), "192.0.2.53");
  } else {
    packet.ipv6(wire::address_of_key(address), "2001:db8:fffe::53");
  }
  return packet.udp(static_cast<uint16_t>(1024 + n), 53).query(query).pad_to(60).build();
}

/// A policy, and a worker that applies it.
struct Run {
  std::string file;
  std::unique_ptr<policy::Policy> policy;

  Run(const answer::Engine& engine, const std::string& path) : file(path), serving{engine}, slot(&serving) {}
  datapath::Serving serving;
  datapath::EngineSlot slot;
};

/// Polls once round the queue.
template <typename Port>
void go_round(datapath::Worker<Port>& worker, bench::MemoryQueue& queue) {
  for (size_t i = 0; i < queue.count(); i += kBurst) {
    worker.poll();
    bench::require(queue.sent().size() == kBurst, "a query got no reply");
  }
}

void count(const std::vector<std::unique_ptr<Run>>& runs, bench::MemoryQueue& queue, const char* question) {
  for (const auto& run : runs) {
    datapath::Worker worker(bench::CountedPort(queue), run->slot);
    go_round(worker, queue);  // fills the tables
    CALLGRIND_START_INSTRUMENTATION;
    go_round(worker, queue);
    const std::string name = run->file + ":" + question;
    CALLGRIND_DUMP_STATS_AT(name.c_str());
    CALLGRIND_STOP_INSTRUMENTATION;
  }
}

void measure(const std::vector<std::unique_ptr<Run>>& runs, bench::MemoryQueue& queue, const char* question) {
  using Clock = std::chrono::steady_clock;
  std::vector<std::unique_ptr<datapath::Worker<bench::MemoryPort>>> workers;
  for (const auto& run : runs)
    workers.push_back(
        std::make_unique<datapath::Worker<bench::MemoryPort>>(bench::MemoryPort(queue), run->slot));
  std::vector<double> best(runs.size(), std::numeric_limits<double>::max());
  for (size_t round = 0; round < kRounds; ++round) {
    for (size_t i = 0; i < runs.size(); ++i) {
      const auto began = Clock::now();
      go_round(*workers[i], queue);
      const std::chrono::duration<double, std::nano> took = Clock::now() - began;
      best[i] = std::min(best[i], took.count() / static_cast<double>(kQueries));
    }
  }
  for (size_t i = 0; i < runs.size(); ++i)
    std::printf("%-10s %-40s %7.1f ns  %5.3f\n", question, runs[i]->file.c_str(), best[i], best[0] / best[i]);
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> files(argv + 1, argv + argc);
  const bool timed = !files.empty() && files.front() == "--time";
  if (timed) files.erase(files.begin());
  bench::require(!files.empty(), "usage: policy_stations [--time] POLICY...");
  const auto lines = bench::make_image(kRecords, kRecords);
  const answer::Engine engine{image::View(lines)};
  std::vector<std::unique_ptr<Run>> runs;
  for (const std::string& file : files) {
    runs.push_back(std::make_unique<Run>(engine, file));
    if (file == "-") continue;
    auto spec = policy::read_policy(file);
    bench::require(spec.has_value(), spec ? "" : spec.error().c_str());
    spec->name_limits.compile = std::chrono::hours(1);  // under callgrind
    // One station for each worker that is made below.
    auto made = policy::Policy::make(*std::move(spec), files.size() * kQuestions.size());
    bench::require(made.has_value(), made ? "" : made.error().c_str());
    runs.back()->policy = *std::move(made);
    runs.back()->serving.policy = runs.back()->policy.get();
  }
  const std::string queries = "queries:" + std::to_string(kQueries);
  CALLGRIND_DUMP_STATS_AT(queries.c_str());
  for (const Question& question : kQuestions) {
    bench::Picker pick(kRecords);
    bench::MemoryQueue queue(kQueries);
    for (size_t n = 0; n < kQueries; ++n) queue.set(n, frame_about(question, pick(), n));
    (timed ? measure : count)(runs, queue, question.name);
  }
  return 0;
}
