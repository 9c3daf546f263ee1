// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "ptrd/frame/checksum.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <memory>

#include "unit/packet_builder.hpp"

namespace ptrd::frame {
namespace {

/// A sum of words in memory order, converted to network order.
uint16_t in_network_order(uint64_t sum) {
  return __builtin_bswap16(fold(sum));
}

/// 0 and 0xFFFF are the same in one's complement.
uint16_t normal(uint16_t sum) {
  return sum == 0xFFFF ? uint16_t{0} : sum;
}

// The example of RFC 1071 3: 0001 f203 f4f5 f6f7 add up to ddf2.
TEST(Checksum, AddsTheExampleOfRfc1071) {
  const test::Octets data = {0x00, 0x01, 0xF2, 0x03, 0xF4, 0xF5, 0xF6, 0xF7};
  EXPECT_EQ(in_network_order(sum_words(data)), 0xDDF2);
  EXPECT_EQ(test::naive_sum(data), 0xDDF2);
}

// A known IPv4 header: its checksum field comes out, and with the field in place it sums to zero.
TEST(Checksum, GivesTheFieldOfAKnownHeader) {
  test::Octets header = {0x45, 0x00, 0x00, 0x73, 0x00, 0x00, 0x40, 0x00, 0x40, 0x11,
                         0x00, 0x00, 0xC0, 0xA8, 0x00, 0x01, 0xC0, 0xA8, 0x00, 0xC7};
  wire::store_raw(&header[10], finish_checksum(sum_words(header)));
  EXPECT_EQ(wire::load16(&header[10]), 0xB861);
  EXPECT_TRUE(sums_to_zero(sum_words(header)));
  header[3] ^= 1;
  EXPECT_FALSE(sums_to_zero(sum_words(header)));
}

// No bytes leave the start value as it is.
TEST(Checksum, OfNothingIsTheStart) {
  EXPECT_EQ(fold(sum_words({}, 0x1234)), 0x1234);
}

// Carries out of 64 bits wrap around: all-ones data of every length up to 300 bytes agree with the naive sum.
TEST(Checksum, CarriesRoundOnAllOnes) {
  const test::Octets ones(300, 0xFF);
  for (size_t size = 0; size <= ones.size(); ++size) {
    const wire::Bytes data = wire::Bytes(ones).first(size);
    EXPECT_EQ(normal(in_network_order(sum_words(data, UINT64_MAX))), normal(test::naive_sum(data))) << size;
  }
}

// A sum is a multiple of 65535 exactly when `sums_to_zero` says so, also at the ends of the range.
TEST(Checksum, KnowsMultiplesOf65535) {
  for (const uint64_t multiple : {uint64_t{0}, uint64_t{0xFFFF}, uint64_t{0xFFFF} * 12345, UINT64_MAX})
    EXPECT_TRUE(sums_to_zero(multiple)) << multiple;
  for (const uint64_t other : {uint64_t{1}, uint64_t{0xFFFE}, uint64_t{0x10000}, UINT64_MAX - 1})
    EXPECT_FALSE(sums_to_zero(other)) << other;
}

// The UDP field is the usual checksum, but 0xFFFF instead of 0, for every 64-bit form of the sum.
TEST(Checksum, NeverGivesAUdpFieldOfZero) {
  for (const uint64_t sum :
       {uint64_t{0xFFFF}, uint64_t{0xFFFF} << 16, uint64_t{0xFFFF'FFFF}, UINT64_MAX, UINT64_MAX - 0xFFFF})
    EXPECT_EQ(finish_udp_checksum(sum), 0xFFFF) << sum;
  for (const uint64_t sum : {uint64_t{1}, uint64_t{0xFFFE}, uint64_t{0x1'0000}, UINT64_MAX - 1})
    EXPECT_EQ(finish_udp_checksum(sum), finish_checksum(sum)) << sum;
}

// Any bytes of 0 to 2000 at any alignment, in a buffer of exactly that size, agree with the naive sum.
RC_GTEST_PROP(Checksum, AgreesWithTheNaiveSum, ()) {
  const auto size = *rc::gen::inRange<size_t>(0, 2001);
  const auto shift = *rc::gen::inRange<size_t>(0, 9);
  const auto start = *rc::gen::arbitrary<uint16_t>();
  const auto data = *rc::gen::container<test::Octets>(size, rc::gen::arbitrary<uint8_t>());
  const auto buffer = std::make_unique<uint8_t[]>(shift + size);
  std::copy(data.begin(), data.end(), buffer.get() + shift);
  const wire::Bytes moved(buffer.get() + shift, size);
  const uint64_t sum = sum_words(moved, __builtin_bswap16(start));
  RC_ASSERT(normal(in_network_order(sum)) == normal(test::naive_sum(data, start)));
}

// Any part of a frame that ends 32 bytes or more from its start is summed as if it were separate.
RC_GTEST_PROP(Checksum, SumsPartsOfAFrame, ()) {
  const auto frame = *rc::gen::container<test::Octets>(200, rc::gen::arbitrary<uint8_t>());
  const auto end = *rc::gen::inRange<size_t>(32, 201);
  const auto from = *rc::gen::inRange<size_t>(0, end);
  const wire::Bytes part = wire::Bytes(frame).subspan(from, end - from);
  RC_ASSERT(normal(in_network_order(sum_within(frame, from, end))) == normal(test::naive_sum(part)));
}

// Folding any 64-bit sum keeps its value modulo 65535, and only 0 folds to 0.
RC_GTEST_PROP(Checksum, FoldKeepsTheRemainder, (uint64_t sum)) {
  RC_ASSERT(fold(sum) % 0xFFFF == sum % 0xFFFF);
  RC_ASSERT((fold(sum) == 0) == (sum == 0));
}

}  // namespace
}  // namespace ptrd::frame
