// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace ptrd::wire {

static_assert(std::endian::native == std::endian::little,
              "the image format and the loads below assume x86-64 or arm64");

using Bytes = std::span<const uint8_t>;
using MutableBytes = std::span<uint8_t>;

/// The same octets as characters.
[[nodiscard]] inline std::string_view as_text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Unaligned loads and stores in host order (a plain move on every machine ptrd runs on).
template <typename T>
[[nodiscard]] inline T load_raw(const uint8_t* p) {
  T v;
  std::memcpy(&v, p, sizeof v);
  return v;
}
template <typename T>
inline void store_raw(uint8_t* p, T v) {
  std::memcpy(p, &v, sizeof v);
}

/// Big-endian (network order, RFC 1035 2.3.2) loads and stores.
[[nodiscard]] inline uint16_t load16(const uint8_t* p) {
  return __builtin_bswap16(load_raw<uint16_t>(p));
}
[[nodiscard]] inline uint32_t load32(const uint8_t* p) {
  return __builtin_bswap32(load_raw<uint32_t>(p));
}
inline void store16(uint8_t* p, uint16_t v) {
  store_raw(p, __builtin_bswap16(v));
}
inline void store32(uint8_t* p, uint32_t v) {
  store_raw(p, __builtin_bswap32(v));
}

/// Copies bytes to `to`, where there is room for them; most are a label or a record, for which a call of
/// memcpy takes longer than the copy. Reads and writes only these bytes.
inline void copy_small(uint8_t* to, Bytes from) {
  const size_t size = from.size();
  const uint8_t* p = from.data();
  if (size > 64) {
    std::memcpy(to, p, size);
  } else if (size >= 8) {
    // The last eight may overlap the previous ones.
    for (size_t i = 0; i + 8 < size; i += 8) store_raw(to + i, load_raw<uint64_t>(p + i));
    store_raw(to + size - 8, load_raw<uint64_t>(p + size - 8));
  } else if (size >= 4) {
    const auto first = load_raw<uint32_t>(p);
    const auto last = load_raw<uint32_t>(p + size - 4);
    store_raw(to, first);
    store_raw(to + size - 4, last);
  } else {
    for (size_t i = 0; i < size; ++i) to[i] = p[i];
  }
}

/// A cursor that stays within its bytes: a read past the end returns 0 and makes `ok()` false from then on.
class Cursor {
 public:
  explicit Cursor(Bytes bytes, size_t position = 0) : bytes_(bytes), position_(position) {
    if (position > bytes.size()) fail();
  }
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] size_t position() const { return position_; }
  [[nodiscard]] size_t left() const { return bytes_.size() - position_; }

  uint8_t u8() { return need(1) ? bytes_[position_++] : uint8_t{0}; }
  uint16_t u16() { return need(2) ? load16(advance(2)) : uint16_t{0}; }
  uint32_t u32() { return need(4) ? load32(advance(4)) : 0U; }
  /// The next `size` bytes; empty if fewer are left.
  Bytes take(size_t size) { return need(size) ? Bytes(advance(size), size) : Bytes(); }

 private:
  bool need(size_t size) {
    if (ok_ && left() >= size) return true;
    fail();
    return false;
  }
  void fail() {
    ok_ = false;
    position_ = bytes_.size();
  }
  const uint8_t* advance(size_t size) {
    const uint8_t* p = bytes_.data() + position_;
    position_ += size;
    return p;
  }

  Bytes bytes_;
  size_t position_;
  bool ok_ = true;
};

/// Appends within a buffer: what does not fit is not written, and makes `ok()` false from then on.
class Writer {
 public:
  /// Starts after the first `position` of `bytes`.
  Writer(MutableBytes bytes, size_t position) : bytes_(bytes), position_(position) {
    if (position > bytes.size()) ok_ = false;
  }
  [[nodiscard]] bool ok() const { return ok_; }
  /// Size of what has been written.
  [[nodiscard]] size_t position() const { return position_; }
  [[nodiscard]] size_t left() const { return ok_ ? bytes_.size() - position_ : 0; }

  void put(Bytes bytes) {
    if (uint8_t* p = advance(bytes.size())) std::memcpy(p, bytes.data(), bytes.size());
  }
  void put8(uint8_t v) {
    if (uint8_t* p = advance(sizeof v)) *p = v;
  }
  void put16(uint16_t v) {
    if (uint8_t* p = advance(sizeof v)) store16(p, v);
  }
  void put32(uint32_t v) {
    if (uint8_t* p = advance(sizeof v)) store32(p, v);
  }

 private:
  /// Null if there is not enough room, and if there is nothing to write.
  uint8_t* advance(size_t size) {
    if (left() < size) ok_ = false;
    if (!ok_ || size == 0) return nullptr;
    uint8_t* p = bytes_.data() + position_;
    position_ += size;
    return p;
  }

  MutableBytes bytes_;
  size_t position_;
  bool ok_ = true;
};

}  // namespace ptrd::wire
