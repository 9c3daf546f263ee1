// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// Address to record for random IPv4 addresses, all of which have one: the walk of the image over bursts and
// query by query, beside DPDK's hash table and its DIR-24-8 table, which give a number. All are in ordinary
// pages, or with --huge in huge ones, of which DPDK needs 6 GB. --largest: 100 million records too, but for
// the DIR-24-8 table: its routes alone (rte_rib) would take 25 GB.
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_fib.h>
#include <rte_hash.h>
#include <rte_hash_crc.h>

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "lib/images.hpp"
#include "lib/queries.hpp"
#include "lib/records.hpp"
#include "lib/require.hpp"
#include "lib/run.hpp"
#include "ptrd/answer/engine.hpp"

namespace {

using namespace ptrd;
using answer::kBurst;
using wire::Family;

/// Random records; what they touch in a large table is more than the last-level cache holds.
constexpr size_t kAsked = size_t{1} << 20;

std::vector<size_t> random_records(size_t records) {
  bench::Picker pick(records);
  std::vector<size_t> asked(kAsked);
  std::generate(asked.begin(), asked.end(), pick);
  return asked;
}

/// Each table is built once, and asked for all of them several times.
constexpr int kBursts = 8 * kAsked / kBurst;

/// Bursts one behind the other, round and round; `look(first)` looks up the `kBurst` from `first` on.
template <typename Look>
void run(benchmark::State& state, Look look) {
  size_t first = 0;
  for (auto _ : state) {
    look(first);
    first = (first + kBurst) % kAsked;
  }
  bench::count_items(state, kBurst);
}

void walk(benchmark::State& state, const image::View& image, size_t records, size_t at_once) {
  const answer::Engine engine(image);
  const std::vector<size_t> asked = random_records(records);
  std::vector<uint8_t> message = bench::query_about(bench::kQuestions[0], 0);
  const auto size = static_cast<uint32_t>(message.size());
  message.resize(size + answer::kMinBuffer);
  const answer::Message given{message.data(), static_cast<uint32_t>(message.size()), size};
  answer::Query parsed;
  engine.parse({&given, 1}, answer::Transport::udp, {&parsed, 1});
  std::array<answer::Query, kBurst> queries;
  run(state, [&](size_t first) {
    for (size_t i = 0; i < kBurst; ++i) {
      queries[i] = parsed;
      queries[i].name.v4 = bench::address4(asked[first + i]);
    }
    for (size_t i = 0; i < kBurst; i += at_once) engine.walk(std::span(queries).subspan(i, at_once));
    for (const answer::Query& query : queries)
      bench::require(query.path == answer::Query::Path::fast4, "a record is not found");
  });
}

void hash(benchmark::State& state, size_t records) {
  const rte_hash_parameters parameters = {.name = "lookup",
                                          .entries = static_cast<uint32_t>(records + records / 8),
                                          .key_len = sizeof(uint32_t),
                                          .hash_func = rte_hash_crc,
                                          .socket_id = SOCKET_ID_ANY};
  const std::unique_ptr<rte_hash, decltype(&rte_hash_free)> table(rte_hash_create(&parameters),
                                                                  rte_hash_free);
  if (table == nullptr) return state.SkipWithError(rte_strerror(rte_errno));
  for (size_t i = 0; i < records; ++i) {
    const uint32_t key = bench::address4(i);
    bench::require(rte_hash_add_key(table.get(), &key) >= 0, "the hash table is full");
  }
  std::vector<uint32_t> keys;
  for (const size_t record : random_records(records)) keys.push_back(bench::address4(record));
  std::array<const void*, kBurst> burst;
  std::array<int32_t, kBurst> found;
  run(state, [&](size_t first) {
    for (size_t i = 0; i < kBurst; ++i) burst[i] = &keys[first + i];
    rte_hash_lookup_bulk(table.get(), burst.data(), kBurst, found.data());
    for (const int32_t position : found) bench::require(position >= 0, "an address is not found");
  });
}

void fib(benchmark::State& state, size_t records) {
  constexpr uint64_t kNone = (uint64_t{1} << 31) - 1;
  rte_fib_conf conf = {.type = RTE_FIB_DIR24_8, .default_nh = kNone, .max_routes = static_cast<int>(records)};
  conf.dir24_8 = {.nh_sz = RTE_FIB_DIR24_8_4B, .num_tbl8 = static_cast<uint32_t>(records / 250 + 2)};
  const std::unique_ptr<rte_fib, decltype(&rte_fib_free)> table(
      rte_fib_create("lookup", SOCKET_ID_ANY, &conf), rte_fib_free);
  if (table == nullptr) return state.SkipWithError(rte_strerror(rte_errno));
  for (size_t i = 0; i < records; ++i)
    bench::require(rte_fib_add(table.get(), bench::address4(i), 32, i) == 0, "the table is full");
  const std::vector<size_t> asked = random_records(records);
  std::vector<uint32_t> addresses;
  for (const size_t record : asked) addresses.push_back(bench::address4(record));
  std::array<uint64_t, kBurst> found;
  run(state, [&](size_t first) {
    rte_fib_lookup_bulk(table.get(), &addresses[first], found.data(), kBurst);
    for (size_t i = 0; i < kBurst; ++i)
      bench::require(found[i] == asked[first + i], "an address has the wrong result");
  });
}

void add_walks(const bench::Size& size, const char* kind,
               const std::function<const image::View&(size_t)>& image_of) {
  for (const size_t at_once : {kBurst, size_t{1}}) {
    const std::string name = std::string(at_once == 1 ? "walk_single/" : "walk_burst/") + size.name + kind;
    benchmark::RegisterBenchmark(name.c_str(), [=, records = size.records](benchmark::State& state) {
      walk(state, image_of(records), records, at_once);
    })->Iterations(kBursts);
  }
}

void add(const char* name, const bench::Size& size, void (*run)(benchmark::State&, size_t)) {
  benchmark::RegisterBenchmark((std::string(name) + "/" + size.name).c_str(), run, size.records)
      ->Iterations(kBursts);
}

void start_dpdk(bool huge) {
  std::vector<std::string> words = {"lookup_peers", "--no-pci", "--log-level=error", "--no-telemetry"};
  const auto memory = huge ? std::vector<std::string>{"--in-memory"}
                           : std::vector<std::string>{"--no-huge", "--no-shconf", "-m", "8192"};
  words.insert(words.end(), memory.begin(), memory.end());
  std::vector<char*> eal;
  for (std::string& word : words) eal.push_back(word.data());
  bench::require(rte_eal_init(static_cast<int>(eal.size()), eal.data()) >= 0, "cannot start DPDK");
}

}  // namespace

int main(int argc, char** argv) {
  const bool huge = bench::take_word(argc, argv, "--huge");
  if (huge) bench::use_huge_pages();
  start_dpdk(huge);
  const auto of_records = [](size_t records) -> const image::View& {
    return bench::image_of(Family::v4, records);
  };
  for (const bench::Size& size : bench::kSizes) {
    add_walks(size, "", of_records);
    add("rte_hash_bulk", size, hash);
    add("rte_fib_bulk", size, fib);
  }
  add_walks(bench::kLargest, "_ranges", bench::image_of_ranges);
  if (bench::take_word(argc, argv, "--largest")) {
    add_walks(bench::kLargest, "", of_records);
    add("rte_hash_bulk", bench::kLargest, hash);
  }
  return bench::run(argc, argv);
}
