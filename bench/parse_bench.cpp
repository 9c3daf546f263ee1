// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// The parser: query bytes to what is asked. Each program times messages that differ in lengths and digits, as
// a branch predictor learns a single one by heart.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <vector>

#include "lib/images.hpp"
#include "lib/queries.hpp"
#include "lib/records.hpp"
#include "lib/require.hpp"
#include "lib/run.hpp"
#include "ptrd/answer/engine.hpp"
#include "ptrd/wire/arpa.hpp"
#include "ptrd/wire/message.hpp"
#include "unit/packet_builder.hpp"

namespace {

using namespace ptrd;
using wire::QuestionName;
using Path = answer::Query::Path;

constexpr size_t kMessages = 1024;
constexpr size_t kRecords = 1'000'000;
constexpr size_t kStride = 192;

struct Case {
  const char* name;
  QuestionName::Kind kind;
  Path path;
  std::vector<uint8_t> (*message)(size_t record);
};

std::vector<uint8_t> about_other(size_t i) {
  std::string name = bench::target_of_record(wire::Family::v4, i).to_text();
  name.pop_back();
  return test::Query{.id = static_cast<uint16_t>(i), .name = name}.bytes();
}
template <size_t kQuestion>
std::vector<uint8_t> about(size_t i) {
  return bench::query_about(bench::kQuestions[kQuestion], i);
}

constexpr Case kCases[] = {
    {"v4", QuestionName::Kind::v4, Path::fast4, about<0>},
    {"v6", QuestionName::Kind::v6, Path::fast6, about<1>},
    {"other", QuestionName::Kind::other, Path::general, about_other},
    {"v4_edns", QuestionName::Kind::v4, Path::fast4, about<2>},
    {"v6_edns", QuestionName::Kind::v6, Path::fast6, about<3>},
};

/// Messages side by side, with the room behind the last that the parser may look into.
class Messages {
 public:
  explicit Messages(const Case& what) : bytes_(kMessages * kStride + answer::kMinBuffer), sizes_(kMessages) {
    bench::Picker pick(kRecords);
    for (size_t i = 0; i < kMessages; ++i) {
      const size_t record = pick();
      const std::vector<uint8_t> message = what.message(record);
      bench::require(message.size() <= kStride, "a message is too large");
      std::copy(message.begin(), message.end(), bytes_.begin() + static_cast<ptrdiff_t>(i * kStride));
      sizes_[i] = message.size();
      records_.push_back(record);
    }
  }
  [[nodiscard]] wire::Bytes at(size_t i) const {
    return wire::Bytes(bytes_).subspan(i * kStride, answer::kMinBuffer);
  }
  [[nodiscard]] answer::Message message(size_t i) {
    return {&bytes_[i * kStride], answer::kMinBuffer, static_cast<uint32_t>(sizes_[i])};
  }
  [[nodiscard]] size_t size(size_t i) const { return sizes_[i]; }
  [[nodiscard]] size_t record(size_t i) const { return records_[i]; }

 private:
  std::vector<uint8_t> bytes_;
  std::vector<size_t> sizes_;
  std::vector<size_t> records_;
};

void require_right_name(const Case& what, const QuestionName& name, const Messages& messages, size_t i) {
  bench::require(name.kind == what.kind, "a name has the wrong kind");
  const size_t record = messages.record(i);
  if (name.kind == QuestionName::Kind::v4)
    bench::require(name.v4 == bench::address4(record), "an IPv4 address is wrong");
  if (name.kind == QuestionName::Kind::v6)
    bench::require(name.v6 == bench::address6(record), "an IPv6 address is wrong");
  bench::require(name.size == wire::plain_name_size(messages.at(i), wire::kHeaderSize),
                 "a name's size is wrong");
}

void scan(benchmark::State& state, const Case& what) {
  const Messages messages(what);
  for (size_t i = 0; i < kMessages; ++i) {
    require_right_name(what, wire::scan_question_name(messages.at(i), wire::kHeaderSize, messages.size(i)),
                       messages, i);
  }
  for (auto _ : state) {
    for (size_t i = 0; i < kMessages; ++i) {
      benchmark::DoNotOptimize(wire::scan_question_name(messages.at(i), wire::kHeaderSize, messages.size(i)));
    }
  }
  bench::count_items(state, kMessages);
}

void parse(benchmark::State& state, const Case& what) {
  Messages messages(what);
  const answer::Engine engine(
      bench::image_of(what.kind == QuestionName::Kind::v6 ? wire::Family::v6 : wire::Family::v4, 1000));
  answer::Query query;
  for (size_t i = 0; i < kMessages; ++i) {
    const answer::Message message = messages.message(i);
    engine.parse({&message, 1}, answer::Transport::udp, {&query, 1});
    bench::require(query.path == what.path, "a query takes a different path");
    require_right_name(what, query.name, messages, i);
  }
  std::array<answer::Message, answer::kBurst> burst;
  std::array<answer::Query, answer::kBurst> queries;
  for (auto _ : state) {
    for (size_t i = 0; i < kMessages; i += answer::kBurst) {
      for (size_t j = 0; j < answer::kBurst; ++j) burst[j] = messages.message(i + j);
      engine.parse(burst, answer::Transport::udp, queries);
      benchmark::DoNotOptimize(queries);
    }
  }
  bench::count_items(state, kMessages);
}

}  // namespace

int main(int argc, char** argv) {
  for (const Case& what : kCases) {
    benchmark::RegisterBenchmark((std::string("scan_question_name/") + what.name).c_str(),
                                 [&what](benchmark::State& state) { scan(state, what); });
  }
  for (const Case& what : kCases) {
    benchmark::RegisterBenchmark((std::string("parse/") + what.name).c_str(),
                                 [&what](benchmark::State& state) { parse(state, what); });
  }
  return bench::run(argc, argv);
}
