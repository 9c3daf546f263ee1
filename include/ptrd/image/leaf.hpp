// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstring>

#include "ptrd/image/image.hpp"
#include "ptrd/wire/message.hpp"

namespace ptrd::image {

/// The largest size of a leaf's record: owner pointer, fixed fields, a target of 255 bytes; and the slack
/// that the copy may overwrite after it.
inline constexpr size_t kMaxLeafRecord = 12 + 255;
inline constexpr size_t kLeafSlack = 15;

/// Copies so many bytes by words: never a call, which a check of the size of `to` (_FORTIFY_SOURCE) may
/// become where the compiler sees that `to` is in an array.
template <size_t kSize>
[[gnu::always_inline]] inline void copy_words(uint8_t* to, const uint8_t* from) {
  __builtin_memcpy(to, from, kSize);
}

/// Copies `size` bytes in steps of 16: reads and writes up to 15 bytes more. Both are safe by construction
/// for leaves and tails (the image ends with an empty line) and for a reply buffer with `kLeafSlack` left.
inline void copy_chunks(uint8_t* to, const uint8_t* from, size_t size) {
  for (size_t i = 0; i < size; i += 16) copy_words<16>(to + i, from + i);
}

/// The same with fewer steps for about a hundred bytes.
inline void copy_many(uint8_t* to, const uint8_t* from, size_t size) {
  constexpr size_t kStep = 48;
  size_t i = 0;
  for (; i + kStep - 16 < size; i += kStep) copy_words<kStep>(to + i, from + i);
  for (; i < size; i += 16) copy_words<16>(to + i, from + i);
}

/// Writes a PTR record at `out` around the head of its target, which is already at `out + kRecordFixed`:
/// before it the owner, a pointer to the question's name, and the fixed fields, after it the tail. Returns
/// the record's size in bytes.
inline constexpr size_t kRecordFixed = 12;
inline size_t finish_record(const View& view, uint32_t tail_number, size_t head_size, uint8_t* out) {
  const Tail& tail = view.tail(tail_number);
  wire::store_raw(out, __builtin_bswap64(uint64_t{wire::kQuestionPointer} << 48 | uint64_t{12} << 32 |
                                         uint64_t{1} << 16));
  std::memcpy(out + 6, tail.ttl, 4);
  wire::store16(out + 10, static_cast<uint16_t>(head_size + tail.size));
  copy_chunks(out + kRecordFixed + head_size, reinterpret_cast<const uint8_t*>(&tail) + offsetof(Tail, name),
              tail.size);
  return kRecordFixed + head_size + tail.size;
}

/// Writes the PTR record of a leaf at `out`, its owner a pointer to the question's name. Returns its size in
/// bytes.
template <typename Leaf>
inline size_t write_leaf_record(const View& view, const Leaf& leaf, uint8_t* out) {
  copy_chunks(out + kRecordFixed, reinterpret_cast<const uint8_t*>(&leaf) + sizeof(Leaf), leaf.head_size());
  return finish_record(view, leaf.tail(), leaf.head_size(), out);
}

}  // namespace ptrd::image
