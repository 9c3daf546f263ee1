// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "ptrd/wire/arpa.hpp"
#include "ptrd/wire/name.hpp"

// The records of a made-up access provider. Each is a function of its number alone, so that ten million of
// them need no list to be checked against.

namespace ptrd::bench {

/// IPv4 records in a /8, 250 hosts in each /24.
inline constexpr size_t kRecordsIn8 = size_t{65536} * 250;
/// Records that fit: eight /8 from 10.0.0.0 on; 4096 customers in each of 65536 /48.
inline constexpr size_t kMaxRecords = 8 * kRecordsIn8;

/// Address of record `i`, host order. Hosts .251 to .255 and .0 of each /24 stay free.
[[nodiscard]] constexpr uint32_t address4(size_t i) {
  return static_cast<uint32_t>(0x0A000001 + i / 250 * 256 + i % 250);
}
/// Address of record `i`: 2001:db8:PPPP:CCC0::1, one /60 a customer; host order, [0] is the upper half.
[[nodiscard]] constexpr std::array<uint64_t, 2> address6(size_t i) {
  return {0x2001'0DB8'0000'0000 | i >> 12 << 16 | (i & 0xFFF) << 4, 1};
}

[[nodiscard]] wire::AddressKey key_of_record(wire::Family family, size_t i);
/// An address near that of record `i` that no record has.
[[nodiscard]] wire::AddressKey key_of_gap(wire::Family family, size_t i);

/// Target of record `i`: the address in a name under one of 64 regions, or for one in 16 a firm's own name.
[[nodiscard]] wire::Name target_of_record(wire::Family family, size_t i);
[[nodiscard]] uint32_t ttl_of_record(size_t i);

/// Numbers below `limit` from a seeded generator, equally likely as far as anyone can tell.
class Picker {
 public:
  explicit Picker(size_t limit, uint64_t seed = 1) : limit_(limit), state_(seed) {}
  size_t operator()() {
    // splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators)
    uint64_t z = state_ += 0x9E3779B97F4A7C15;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
    z = (z ^ z >> 27) * 0x94D049BB133111EB;
    z ^= z >> 31;
    __extension__ using Wide = unsigned __int128;
    return static_cast<size_t>(Wide{z} * limit_ >> 64);
  }

 private:
  size_t limit_;
  uint64_t state_;
};

}  // namespace ptrd::bench
