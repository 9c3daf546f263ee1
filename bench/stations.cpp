// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// What bench/instructions runs under callgrind: each station over the same queries, then the worker as a
// whole. Each part ends with a dump of its own, named QUESTION/PART; the first is named "queries/N". Outside
// callgrind it only checks the answers. Arguments: the names of the questions to run; none: all.
#include <valgrind/callgrind.h>

#include <array>
#include <cstdio>
#include <set>
#include <string>
#include <vector>

#include "datapath/worker.hpp"
#include "lib/counted_port.hpp"
#include "lib/images.hpp"
#include "lib/memory_port.hpp"
#include "lib/queries.hpp"
#include "lib/records.hpp"
#include "lib/require.hpp"
#include "ptrd/image/nsec3.hpp"

namespace {

using namespace ptrd;
using datapath::kBurst;

constexpr size_t kQueries = kBurst * 100;
constexpr size_t kRecords = 1'000'000;
constexpr size_t kSignedRecords = 20'000;

void dump(const bench::Question& question, const char* part) {
  const std::string name = std::string(question.name) + "/" + part;
  CALLGRIND_DUMP_STATS_AT(name.c_str());
}

/// A burst with everything that the stations leave behind.
struct Passage {
  std::array<std::array<uint8_t, 2048>, kBurst> buffers = {};
  std::array<size_t, kBurst> sizes = {};
  std::array<frame::Layout, kBurst> layouts;
  std::array<frame::Verdict, kBurst> verdicts = {};
  std::array<answer::Message, kBurst> messages;
  std::array<answer::Query, kBurst> queries;
  std::array<answer::Reply, kBurst> replies;
};

template <typename Station>
void count(const bench::Question& question, const char* part, std::vector<Passage>& passages,
           Station station) {
  CALLGRIND_TOGGLE_COLLECT;
  for (Passage& passage : passages) station(passage);
  CALLGRIND_TOGGLE_COLLECT;
  dump(question, part);
}

void count_stations(const answer::Engine& engine, const bench::Question& question,
                    const std::vector<size_t>& records) {
  std::vector<Passage> passages(records.size() / kBurst);
  for (size_t i = 0; i < records.size(); ++i) {
    const std::vector<uint8_t> frame = bench::frame_about(question, records[i]);
    Passage& passage = passages[i / kBurst];
    passage.sizes[i % kBurst] = frame.size();
    std::copy(frame.begin(), frame.end(), passage.buffers[i % kBurst].begin());
  }
  const frame::OwnAddresses& own = bench::own_addresses();
  count(question, "inbound", passages, [&own](Passage& p) {
    for (size_t i = 0; i < kBurst; ++i)
      p.verdicts[i] = frame::inbound({p.buffers[i].data(), p.sizes[i]}, {}, own, p.layouts[i]);
  });
  for (Passage& p : passages) {
    for (size_t i = 0; i < kBurst; ++i) {
      const size_t at = p.layouts[i].payload;
      p.messages[i] = {p.buffers[i].data() + at, static_cast<uint32_t>(p.buffers[i].size() - at),
                       p.layouts[i].payload_size};
    }
  }
  count(question, "parse", passages,
        [&](Passage& p) { engine.parse(p.messages, answer::Transport::udp, p.queries); });
  count(question, "lookup", passages, [&](Passage& p) { engine.walk(p.queries); });
  count(question, "write", passages, [&](Passage& p) { engine.write(p.messages, p.queries, p.replies); });
  count(question, "outbound", passages, [](Passage& p) {
    for (size_t i = 0; i < kBurst; ++i)
      p.sizes[i] = frame::outbound(p.buffers[i], p.layouts[i], p.replies[i].size, {});
  });
  for (size_t i = 0; i < records.size(); ++i) {
    const Passage& p = passages[i / kBurst];
    bench::require_right_frame(question, records[i],
                               wire::Bytes(p.buffers[i % kBurst]).first(p.sizes[i % kBurst]));
  }
}

void count_worker(const answer::Engine& engine, const bench::Question& question,
                  const std::vector<size_t>& records) {
  bench::MemoryQueue queue(records.size());
  for (size_t i = 0; i < records.size(); ++i) queue.set(i, bench::frame_about(question, records[i]));
  const datapath::Serving serving{engine};
  datapath::EngineSlot slot(&serving);
  datapath::Worker worker(bench::CountedPort(queue), slot);
  for (size_t first = 0; first < records.size(); first += kBurst) {
    worker.poll();
    bench::require(queue.sent().size() == kBurst, "a query got no reply");
    for (size_t i = 0; i < kBurst; ++i)
      bench::require_right_frame(question, records[first + i], {queue.sent()[i].data, queue.sent()[i].size});
  }
  dump(question, "worker");
}

/// Nothing but the hashes that a denial by NSEC3 needs: of the closest encloser, the name below it and the
/// wildcard.
void count_hashes(const image::View& view, const bench::Question& question,
                  const std::vector<size_t>& records) {
  const image::Zone& zone = view.zones()[0];
  std::vector<std::array<wire::Name, 3>> names;
  for (const size_t i : records) {
    const wire::Name name = wire::name_of_key(bench::key_of_gap(question.family, i));
    wire::Name wildcard = name.parent();
    bench::require(wildcard.prepend(wire::Bytes(reinterpret_cast<const uint8_t*>("*"), 1)),
                   "too long a name");
    names.push_back({name.parent(), name, wildcard});
  }
  unsigned sum = 0;
  CALLGRIND_TOGGLE_COLLECT;
  for (const auto& three : names)
    for (const wire::Name& name : three) sum += image::nsec3_hash(view, zone, name.bytes())[0];
  CALLGRIND_TOGGLE_COLLECT;
  bench::require(sum > 0, "no hash at all");
  dump(question, "hashes");
}

}  // namespace

int main(int argc, char** argv) {
  const std::set<std::string> only(argv + 1, argv + argc);
  const auto is_wanted = [&](const bench::Question& question) {
    return only.empty() || only.contains(question.name);
  };
  const auto lines = bench::make_image(kRecords, kRecords);
  const answer::Engine engine{image::View(lines)};
  bench::Picker pick(kRecords);
  std::vector<size_t> records(kQueries);
  for (size_t& record : records) record = pick();

  CALLGRIND_START_INSTRUMENTATION;
  const std::string queries = "queries/" + std::to_string(kQueries);
  CALLGRIND_DUMP_STATS_AT(queries.c_str());
  size_t replies = 0;
  for (const bench::Question& question : bench::kQuestions) {
    if (!is_wanted(question)) continue;
    replies += 2 * records.size();
    count_stations(engine, question, records);
    count_worker(engine, question, records);
  }
  for (const bench::Question& question : bench::kSignedQuestions) {
    if (!is_wanted(question)) continue;
    replies += 2 * records.size();
    if (question.denial == image::Denial::none) {
      count_stations(engine, question, records);
      count_worker(engine, question, records);
      continue;
    }
    const auto lines_signed = bench::make_signed_image(question.family, kSignedRecords, question.denial);
    const answer::Engine signed_engine{image::View(lines_signed)};
    std::vector<size_t> some = records;
    for (size_t& record : some) record %= kSignedRecords;
    count_stations(signed_engine, question, some);
    count_worker(signed_engine, question, some);
    if (question.denial == image::Denial::nsec3) count_hashes(signed_engine.image(), question, some);
  }
  CALLGRIND_STOP_INSTRUMENTATION;
  std::printf("%zu replies are right\n", replies);
  return 0;
}
