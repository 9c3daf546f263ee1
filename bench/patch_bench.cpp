// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// Changes of an image in memory, as a journal and publication leave them: PTR records of random addresses,
// one a change with its SOA record, in 10.0.0.0/8 with a million records.
#include <benchmark/benchmark.h>

#include <random>
#include <string>
#include <vector>

#include "image/build/builder.hpp"
#include "image/patch/patcher.hpp"
#include "ptrd/wire/arpa.hpp"
#include "ptrd/wire/message.hpp"

namespace ptrd::image {
namespace {

constexpr uint32_t kFirst = 10U << 24;
constexpr uint32_t kRecords = 1'000'000;

std::string wire_name(const std::string& text) {
  const wire::Name name = wire::Name::from_text(text).value();
  return {reinterpret_cast<const char*>(name.bytes().data()), name.size()};
}
wire::Bytes bytes_of(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}
wire::Name owner_of(uint32_t address) {
  wire::AddressKey key{.family = wire::Family::v4, .units = 4};
  wire::store32(key.address.data(), address);
  return wire::name_of_key(key);
}
std::string target_of(uint32_t number) {
  // As customers' names differ: nothing to fold.
  return wire_name("c" + std::to_string(number * 2654435761U) + ".net-" + std::to_string(number >> 12) +
                   ".example.");
}
std::string soa_of(uint32_t serial) {
  std::string soa = wire_name("ns1.example.") + wire_name("hostmaster.example.") + std::string(20, '\0');
  wire::store32(reinterpret_cast<uint8_t*>(soa.data()) + soa.size() - 20, serial);
  return soa;
}

struct Memory {
  Memory() {
    Builder builder;
    const wire::Name apex = wire::Name::from_text("10.in-addr.arpa.").value();
    const ZoneId zone = builder.add_zone(apex).value();
    builder.add(zone, apex.bytes(), wire::code(wire::Type::soa), 3600, bytes_of(soa_of(1)));
    builder.add(zone, apex.bytes(), wire::code(wire::Type::ns), 3600, bytes_of(wire_name("ns1.example.")));
    for (uint32_t i = 0; i < kRecords; ++i)
      builder.add(zone, owner_of(kFirst + 2 * i).bytes(), wire::code(wire::Type::ptr), 3600,
                  bytes_of(target_of(i)));
    image = builder.build().value();
    const Room room{static_cast<uint32_t>(image.size() / 8), 4096};
    memory.resize(Lines::needed(View(image), room));
    Lines::lay_out(View(image), room, memory);
  }
  std::vector<Line> image;
  std::vector<Line> memory;
};

void BM_Change(benchmark::State& state) {
  static Memory memory;
  Lines lines(memory.memory, static_cast<uint32_t>(memory.image.size()));
  Patcher patcher(lines);
  const wire::Name apex = wire::Name::from_text("10.in-addr.arpa.").value();
  std::mt19937 random(1);
  uint32_t serial = 1;
  const uint64_t before = lines.spare_lines();
  const bool new_names = state.range(0) != 0;
  for (auto _ : state) {
    const uint32_t number = static_cast<uint32_t>(random() % kRecords);
    const wire::Name owner = owner_of(kFirst + 2 * number + (new_names ? 1 : 0));
    const std::string target = target_of(static_cast<uint32_t>(random() % kRecords));
    const std::string soa = soa_of(++serial);
    const RecordChange changes[] = {
        {RecordChange::Op::remove_set, owner.bytes(), wire::code(wire::Type::ptr)},
        {RecordChange::Op::add, owner.bytes(), wire::code(wire::Type::ptr), 3600, bytes_of(target)},
        {RecordChange::Op::add, apex.bytes(), wire::code(wire::Type::soa), 3600, bytes_of(soa)}};
    if (const auto done = patcher.apply(apex, changes); !done)
      return state.SkipWithError(done.error().c_str());
    lines.keep();
    if (lines.changed().size() > 1000) lines.forget_changed();
  }
  state.counters["spare_before"] = static_cast<double>(before);
  state.counters["spare_after"] = static_cast<double>(lines.spare_lines());
}
BENCHMARK(BM_Change)->Name("replace")->Arg(0)->Iterations(1000000);
BENCHMARK(BM_Change)->Name("add")->Arg(1)->Iterations(50000);

}  // namespace
}  // namespace ptrd::image

BENCHMARK_MAIN();
