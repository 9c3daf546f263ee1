// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// Arbitrary images and arbitrary queries: what `verify` lets pass can be walked, dumped and answered from
// without a step outside, whatever is asked. The input is a number of edits, that many edits (3 bytes of
// place, 1 of value) to a good image, and a query; or, behind a first byte of 0xFF, the lines themselves. The
// checksum is made to fit, as an enemy would.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "fuzz/rich_image.hpp"
#include "ptrd/answer/engine.hpp"
#include "ptrd/image/traverse.hpp"
#include "ptrd/wire/arpa.hpp"

using namespace ptrd;

namespace {

constexpr size_t kEditSize = 4;
constexpr uint8_t kWholeImage = 0xFF;

// Exactly as large as the engine is told, so that the sanitizer sees a step outside.
void ask(const answer::Engine& engine, wire::Bytes query, answer::Transport transport) {
  const size_t room = std::max(query.size(), answer::kMinBuffer);
  const auto first = std::make_unique<uint8_t[]>(room);
  const auto second = std::make_unique<uint8_t[]>(room);
  std::copy(query.begin(), query.end(), first.get());
  std::copy(query.begin(), query.end(), second.get());
  const answer::Reply reply = engine.respond({first.get(), room}, query.size(), transport);
  const answer::Reply general = engine.respond_general({second.get(), room}, query.size(), transport);
  if (reply.kind != general.kind || reply.size != general.size || reply.size > room ||
      !std::equal(first.get(), first.get() + reply.size, second.get()))
    std::abort();
}

void ask(const answer::Engine& engine, const wire::Name& name, uint16_t type) {
  std::array<uint8_t, wire::kHeaderSize + wire::kMaxName + 4> query{};
  query[5] = 1;
  std::copy(name.bytes().begin(), name.bytes().end(), query.begin() + wire::kHeaderSize);
  const size_t end = wire::kHeaderSize + name.size();
  wire::store16(&query[end], type);
  wire::store16(&query[end + 2], 1);
  ask(engine, wire::Bytes(query).first(end + 4), answer::Transport::udp);
}

/// Whole addresses beside one: with each octet or nibble another in turn.
void ask_near(const answer::Engine& engine, wire::AddressKey key) {
  const bool v4 = key.family == wire::Family::v4;
  key.units = v4 ? 4 : 32;
  for (size_t unit = 0; unit < key.units; ++unit) {
    uint8_t& byte = key.address[v4 ? unit : unit / 2];
    const auto other = static_cast<uint8_t>(v4 || unit % 2 == 1 ? 1 : 0x10);
    byte ^= other;
    ask(engine, wire::name_of_key(key), 12);
    byte ^= other;
  }
}

struct Enough {};

void use(std::span<const image::Line> lines, wire::Bytes query) {
  const image::View view(lines);
  const answer::Engine engine(view);
  ask(engine, query, answer::Transport::udp);
  ask(engine, query, answer::Transport::tcp);
  // Names are walked, and some of them asked for: which ones is the input's to say. One rule may stand for
  // all of IPv4.
  size_t number = query.size();
  const size_t most = number + 20'000;
  for (uint32_t i = 0; i < view.header().zone_count; ++i) {
    image::traverse(view, view.at<image::Zone>(view.header().zones + i), [&](const image::OwnedSet& set) {
      if (number == most) throw Enough{};
      if (++number % 8 != 0) return;
      ask(engine, set.owner, set.type);
      wire::Name below = set.owner;
      if (below.prepend(test::bytes_of("7"))) ask(engine, below, 12);
      if (const auto key = wire::key_of_name(set.owner); key && number % 64 == 0) ask_near(engine, *key);
    });
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const auto good = test::rich_image();
  const wire::Bytes input(data, size);
  if (input.empty()) return 0;
  std::unique_ptr<image::Line[]> lines;
  size_t count = good.size();
  wire::Bytes query;
  if (input[0] == kWholeImage) {
    count = (input.size() - 1) / image::kLineSize;
    if (count < image::kHeaderLines) return 0;
    lines = std::make_unique_for_overwrite<image::Line[]>(count);
    std::memcpy(lines.get(), &input[1], count * image::kLineSize);
  } else {
    lines = std::make_unique_for_overwrite<image::Line[]>(count);
    std::memcpy(lines.get(), good.data(), count * image::kLineSize);
    auto* bytes = reinterpret_cast<uint8_t*>(lines.get());
    const size_t edits = std::min<size_t>(input[0], (input.size() - 1) / kEditSize);
    for (size_t i = 0; i < edits; ++i) {
      const auto edit = input.subspan(1 + i * kEditSize, kEditSize);
      const size_t at = size_t{edit[0]} << 16 | size_t{edit[1]} << 8 | edit[2];
      bytes[at % (count * image::kLineSize)] = edit[3];
    }
    query = input.subspan(1 + edits * kEditSize);
  }
  const std::span<image::Line> all(lines.get(), count);
  reinterpret_cast<image::Header*>(all.data())->checksum = image::checksum(all);
  if (!image::verify(all)) return 0;
  try {
    use(all, query);
  } catch (const Enough&) {
  }
  return 0;
}
