// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "image/patch/tail_index.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <array>

namespace ptrd::image {

using wire::Bytes;

namespace {

uint64_t hash_of(uint32_t ttl, Bytes name) {
  return XXH3_64bits_withSeed(name.data(), name.size(), ttl);
}

Bytes name_of(const Tail& tail) {
  return {reinterpret_cast<const uint8_t*>(&tail) + offsetof(Tail, name), tail.size};
}

}  // namespace

TailIndex::TailIndex(const View& view) {
  uint32_t lines = 0;
  for (uint32_t number = 0; number < view.header().tail_lines; number += lines) {
    const Tail& tail = view.tail(number);
    lines = static_cast<uint32_t>((offsetof(Tail, name) + tail.size + kLineSize - 1) / kLineSize);
    if (tail.signing_number() == 0) numbers_.emplace(hash_of(wire::load32(tail.ttl), name_of(tail)), number);
  }
}

std::optional<uint32_t> TailIndex::find(const View& view, uint32_t ttl, Bytes name) const {
  const auto [from, to] = numbers_.equal_range(hash_of(ttl, name));
  for (auto it = from; it != to; ++it) {
    if (it->second >= view.header().tail_lines) continue;
    const Tail& tail = view.tail(it->second);
    const Bytes own = name_of(tail);
    if (tail.signing_number() == 0 && wire::load32(tail.ttl) == ttl &&
        std::equal(own.begin(), own.end(), name.begin(), name.end()))
      return it->second;
  }
  return std::nullopt;
}

std::optional<TailIndex::Split> TailIndex::split(Lines& lines, uint32_t ttl, Bytes target) {
  size_t head = 0;
  for (unsigned depth = 0; depth < 2 && target[head] != 0; ++depth) {
    head += target[head] + 1U;
    if (const auto tail = find(lines.view(), ttl, target.subspan(head))) return Split{*tail, head};
  }
  static constexpr uint8_t kRoot[] = {0};
  const size_t all = target.size() - 1;
  if (const auto tail = find(lines.view(), ttl, kRoot)) return Split{*tail, all};
  std::array<uint8_t, offsetof(Tail, name) + 1> bytes{};
  wire::store32(bytes.data(), ttl);
  bytes[offsetof(Tail, size)] = 1;
  const auto number = lines.put_tail(bytes);
  if (!number) return std::nullopt;
  numbers_.emplace(hash_of(ttl, kRoot), *number);
  return Split{*number, all};
}

}  // namespace ptrd::image
