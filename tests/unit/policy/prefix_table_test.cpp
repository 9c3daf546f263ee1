// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "policy/prefix_table.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>

#include "ptrd/wire/arpa.hpp"

namespace ptrd::policy {
namespace {

using Address = std::array<uint8_t, 16>;

Prefix prefix(const char* address, uint8_t length) {
  const auto key = wire::key_of_address(address).value();
  return {.address = key.address, .ipv6 = key.family == wire::Family::v6, .length = length};
}
PrefixTable::Value find(const PrefixTable& table, const char* address) {
  return table.find(wire::key_of_address(address)->address.data());
}

/// The obvious way: the first of the longest prefixes that cover `length` bits of the address.
PrefixTable::Value plain_find(const std::vector<PrefixTable::Entry>& entries, const Address& address,
                              unsigned length) {
  const PrefixTable::Entry* best = nullptr;
  for (const PrefixTable::Entry& entry : entries) {
    if (entry.prefix.length > length) continue;
    bool covers = true;
    for (unsigned i = 0; i < entry.prefix.length; ++i)
      covers = covers && ((entry.prefix.address[i / 8] ^ address[i / 8]) >> (7 - i % 8) & 1) == 0;
    if (covers && (best == nullptr || entry.prefix.length > best->prefix.length)) best = &entry;
  }
  return best == nullptr ? 0 : best->value;
}

// The longest prefix counts; of equal ones the first.
TEST(PrefixTable, Longest) {
  const std::vector<PrefixTable::Entry> entries = {
      {prefix("10.0.0.0", 8), 1},    {prefix("10.1.0.0", 16), 2},   {prefix("10.1.2.0", 24), 3},
      {prefix("10.1.2.128", 25), 4}, {prefix("10.1.2.129", 32), 5}, {prefix("10.1.2.0", 24), 6}};
  const PrefixTable table(entries);
  EXPECT_EQ(find(table, "9.255.255.255"), 0U);
  EXPECT_EQ(find(table, "10.255.0.1"), 1U);
  EXPECT_EQ(find(table, "10.1.255.1"), 2U);
  EXPECT_EQ(find(table, "10.1.2.127"), 3U);
  EXPECT_EQ(find(table, "10.1.2.128"), 4U);
  EXPECT_EQ(find(table, "10.1.2.129"), 5U);
  EXPECT_EQ(find(table, "10.1.2.130"), 4U);
  EXPECT_EQ(find(table, "10.1.3.0"), 2U);
}

// Everything, and nothing.
TEST(PrefixTable, Edges) {
  EXPECT_TRUE(PrefixTable().empty());
  EXPECT_EQ(find(PrefixTable(), "192.0.2.1"), 0U);
  const PrefixTable all(std::vector<PrefixTable::Entry>{{prefix("0.0.0.0", 0), 7}});
  EXPECT_EQ(find(all, "0.0.0.0"), 7U);
  EXPECT_EQ(find(all, "255.255.255.255"), 7U);
  const PrefixTable one(std::vector<PrefixTable::Entry>{{prefix("2001:db8::1", 128), 9}});
  EXPECT_EQ(find(one, "2001:db8::1"), 9U);
  EXPECT_EQ(find(one, "2001:db8::"), 0U);
  EXPECT_EQ(find(one, "2001:db8::2"), 0U);
}

// A rule applies to a prefix only if it covers all of it.
TEST(PrefixTable, WholePrefixes) {
  const PrefixTable table(
      std::vector<PrefixTable::Entry>{{prefix("192.0.2.0", 25), 1}, {prefix("192.0.0.0", 16), 2}});
  const Address address = wire::key_of_address("192.0.2.0")->address;
  EXPECT_EQ(table.find(address.data(), 32), 1U);
  EXPECT_EQ(table.find(address.data(), 24), 2U);
  EXPECT_EQ(table.find(address.data(), 8), 0U);
}

/// Prefixes and addresses that have much in common: few values for each octet.
Address random_address(size_t size) {
  const auto octets = *rc::gen::container<std::vector<uint8_t>>(
      size, rc::gen::element<uint8_t>(0, 1, 2, 64, 127, 128, 200, 255));
  Address address{};
  std::copy(octets.begin(), octets.end(), address.begin());
  return address;
}

// Against the obvious way, for one address at a time and for bursts, on both families.
RC_GTEST_PROP(PrefixTable, AgainstAPlainSearch, ()) {
  const bool ipv6 = *rc::gen::arbitrary<bool>();
  const size_t size = ipv6 ? 16 : 4;
  std::vector<PrefixTable::Entry> entries;
  for (int i = *rc::gen::inRange(1, 60); i > 0; --i) {
    Prefix made{.address = random_address(size),
                .ipv6 = ipv6,
                .length = static_cast<uint8_t>(*rc::gen::inRange<size_t>(0, size * 8 + 1))};
    for (size_t bit = made.length; bit < size * 8; ++bit)
      made.address[bit / 8] = static_cast<uint8_t>(made.address[bit / 8] & ~(0x80U >> bit % 8));
    entries.push_back({made, static_cast<PrefixTable::Value>(*rc::gen::inRange(1, 100))});
  }
  const PrefixTable table(entries);
  std::array<Address, PrefixTable::kBurst> asked;
  std::array<PrefixTable::Lookup, PrefixTable::kBurst> lookups;
  for (size_t i = 0; i < asked.size(); ++i) {
    asked[i] = i % 4 == 0 ? entries[i % entries.size()].prefix.address : random_address(size);
    const uint8_t* const address = asked[i].data();
    lookups[i] = {&table, address, table.begin(wire::load16(address)), static_cast<uint8_t>(i)};
  }
  PrefixTable::finish(lookups);
  for (size_t i = 0; i < asked.size(); ++i) {
    const auto expected = plain_find(entries, asked[i], static_cast<unsigned>(size * 8));
    RC_ASSERT(lookups[i].value() == expected);
    RC_ASSERT(table.find(asked[i].data()) == expected);
    const auto length = *rc::gen::inRange(0U, static_cast<unsigned>(size * 8 + 1));
    Address base = asked[i];
    for (size_t bit = length; bit < size * 8; ++bit)
      base[bit / 8] = static_cast<uint8_t>(base[bit / 8] & ~(0x80U >> bit % 8));
    RC_ASSERT(table.find(base.data(), length) == plain_find(entries, base, length));
  }
}

// 100,000 prefixes take a few megabytes: the cost of a lookup is bounded by the levels.
TEST(PrefixTable, Size) {
  std::vector<PrefixTable::Entry> entries;
  for (uint32_t i = 0; i < 100'000; ++i) {
    Prefix made{.address = {}, .ipv6 = false, .length = 24};
    wire::store32(made.address.data(), i * 2654435761U & 0xFFFFFF00U);
    entries.push_back({made, i + 1});
  }
  const PrefixTable table(entries);
  EXPECT_LT(table.bytes(), 12U << 20);
}

}  // namespace
}  // namespace ptrd::policy
