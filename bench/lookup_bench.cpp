// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// The image: address to answer, for random records of images of several sizes, and of ranges; as the worker
// does it, a burst whose lookups go hop by hop side by side, and one after the other, each waiting for its
// own cache misses. --huge: images in huge pages. --largest: 100 million records too.
#include <benchmark/benchmark.h>

#include <array>
#include <string>
#include <vector>

#include "datapath/messages.hpp"
#include "lib/images.hpp"
#include "lib/queries.hpp"
#include "lib/records.hpp"
#include "lib/require.hpp"
#include "lib/run.hpp"
#include "ptrd/answer/engine.hpp"

namespace {

using namespace ptrd;
using datapath::kBurst;
using wire::Family;

const bench::Question& question_of(Family family) {
  return bench::kQuestions[family == Family::v4 ? 0 : 1];
}

/// A burst of parsed queries, whose addresses are dealt anew, and the buffers of their replies.
class Burst {
 public:
  Burst(const answer::Engine& engine, Family family, size_t records)
      : engine_(engine), family_(family), pick_(records) {
    std::vector<uint8_t> message = bench::query_about(question_of(family), 0);
    const size_t size = message.size();
    message.resize(size + answer::kMinBuffer);
    const answer::Message given{message.data(), static_cast<uint32_t>(message.size()),
                                static_cast<uint32_t>(size)};
    engine.parse({&given, 1}, answer::Transport::udp, {&parsed_, 1});
    for (size_t i = 0; i < kBurst; ++i)
      messages_[i] = {buffers_[i].data(), answer::kMinBuffer, static_cast<uint32_t>(size)};
  }

  void deal() {
    for (size_t i = 0; i < kBurst; ++i) {
      records_[i] = pick_();
      queries_[i] = parsed_;
      if (family_ == Family::v4) {
        queries_[i].name.v4 = bench::address4(records_[i]);
      } else {
        queries_[i].name.v6 = bench::address6(records_[i]);
      }
    }
  }
  void answer_side_by_side() {
    engine_.walk(queries_);
    engine_.write(messages_, queries_, replies_);
  }
  void answer_one_by_one() {
    for (size_t i = 0; i < kBurst; ++i) {
      engine_.walk({&queries_[i], 1});
      engine_.write({&messages_[i], 1}, {&queries_[i], 1}, {&replies_[i], 1});
    }
  }
  /// `from_range`: the answers come out of a range.
  void require_right(bool from_range) const {
    for (size_t i = 0; i < kBurst; ++i) {
      bench::require(replies_[i].kind == answer::Kind::answer, "a record is not found");
      // The question was never in these buffers; the target behind the record's fixed fields tells.
      wire::Name target;
      const size_t at = parsed_.question_end + 12U;
      const wire::Name right = from_range ? bench::target_in_range(bench::address4(records_[i]))
                                          : bench::target_of_record(family_, records_[i]);
      bench::require(wire::read_name(buffers_[i], at, target) && target == right,
                     "a record has the wrong target");
    }
  }

 private:
  const answer::Engine& engine_;
  Family family_;
  bench::Picker pick_;
  answer::Query parsed_;
  std::array<size_t, kBurst> records_ = {};
  std::array<answer::Message, kBurst> messages_ = {};
  std::array<answer::Query, kBurst> queries_ = {};
  std::array<answer::Reply, kBurst> replies_ = {};
  std::array<std::array<uint8_t, answer::kMinBuffer>, kBurst> buffers_ = {};
};

template <void (Burst::*kAnswer)()>
void lookup(benchmark::State& state, Family family, size_t records, bool from_range) {
  const image::View& image = from_range ? bench::image_of_ranges(records) : bench::image_of(family, records);
  const answer::Engine engine(image);
  if (!from_range) bench::require_right_engine(engine, question_of(family), records);
  Burst burst(engine, family, records);
  for (int i = 0; i < 100; ++i) {
    burst.deal();
    (burst.*kAnswer)();
    burst.require_right(from_range);
  }
  for (auto _ : state) {
    burst.deal();
    (burst.*kAnswer)();
    benchmark::ClobberMemory();
  }
  bench::count_items(state, kBurst);
  state.counters["bytes_per_record"] =
      static_cast<double>(image.lines().size_bytes()) / static_cast<double>(records);
}

void add(Family family, const bench::Size& size, bool from_range = false) {
  const std::string what =
      std::string(question_of(family).name) + "/" + size.name + (from_range ? "_ranges" : "");
  const auto add_one = [&](const char* how, auto run) {
    benchmark::RegisterBenchmark((how + ("/" + what)).c_str(), run, family, size.records, from_range);
  };
  add_one("lookup_burst", lookup<&Burst::answer_side_by_side>);
  add_one("lookup_single", lookup<&Burst::answer_one_by_one>);
}

}  // namespace

int main(int argc, char** argv) {
  if (bench::take_word(argc, argv, "--huge")) bench::use_huge_pages();
  for (const bench::Size& size : bench::kSizes) {
    for (const Family family : {Family::v4, Family::v6}) add(family, size);
  }
  add(Family::v4, bench::kLargest, true);
  if (bench::take_word(argc, argv, "--largest")) add(Family::v4, bench::kLargest);
  return bench::run(argc, argv);
}
