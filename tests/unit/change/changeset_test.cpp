// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "change/changeset.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

namespace ptrd::change {
namespace {

static_assert(std::forward_iterator<Changeset::Iterator>);

wire::Name name(const char* text) {
  return *wire::Name::from_text(text);
}

wire::Bytes bytes_of(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

const wire::Name kApex = name("2.0.192.in-addr.arpa");
const wire::Name kOwner = name("1.2.0.192.IN-ADDR.arpa");
const wire::Name kTarget = name("one.example.net");

Record ptr(Op op = Op::add) {
  return {op, kOwner.bytes(), wire::code(wire::Type::ptr), 60, kTarget.bytes()};
}

/// An encoded changeset with this record alone.
std::string one(const Record& record) {
  Builder builder(kApex);
  builder.put(record);
  return builder.finish();
}

std::string error_of(const std::string& encoded) {
  const auto changeset = Changeset::decode(bytes_of(encoded));
  return changeset ? "none" : changeset.error();
}

// What the builder wrote is what is read, in its order, as often as wanted.
TEST(Changeset, RoundTrip) {
  Builder builder(kApex, 7, SerialRule::dateserial);
  builder.put(ptr(Op::remove_record));
  builder.put({Op::remove_set, kOwner.bytes(), wire::code(wire::Type::txt)});
  builder.put({Op::remove_name, kApex.bytes()});
  builder.put(ptr());
  EXPECT_EQ(builder.size(), 4U);
  const std::string encoded = builder.finish();
  const auto changeset = Changeset::decode(bytes_of(encoded));
  ASSERT_TRUE(changeset) << changeset.error();
  EXPECT_EQ(changeset->apex(), kApex);
  EXPECT_EQ(changeset->from(), 7U);
  EXPECT_EQ(changeset->rule(), SerialRule::dateserial);
  EXPECT_EQ(changeset->size(), 4U);
  for (int i = 0; i < 2; ++i) {
    std::vector<Record> records(changeset->begin(), changeset->end());
    ASSERT_EQ(records.size(), 4U);
    EXPECT_EQ(records[0].op, Op::remove_record);
    EXPECT_EQ(records[0].ttl, 0U);
    EXPECT_TRUE(std::ranges::equal(records[0].rdata, kTarget.bytes()));
    EXPECT_EQ(records[1].op, Op::remove_set);
    EXPECT_TRUE(records[1].is(wire::Type::txt));
    EXPECT_EQ(records[2].op, Op::remove_name);
    EXPECT_TRUE(std::ranges::equal(records[2].owner, kApex.bytes()));
    EXPECT_EQ(records[3].op, Op::add);
    EXPECT_EQ(records[3].ttl, 60U);
    EXPECT_TRUE(std::ranges::equal(records[3].owner, kOwner.bytes()));
    EXPECT_TRUE(std::ranges::equal(records[3].rdata, kTarget.bytes()));
  }
}

// Without records, and without a serial: only the zone's serial moves on.
TEST(Changeset, Empty) {
  const std::string encoded = Builder(kApex).finish();
  const auto changeset = Changeset::decode(bytes_of(encoded));
  ASSERT_TRUE(changeset) << changeset.error();
  EXPECT_FALSE(changeset->from());
  EXPECT_TRUE(changeset->begin() == changeset->end());
}

// Each prefix of a changeset is refused, and so is one with a byte more.
TEST(Changeset, Sizes) {
  const std::string encoded = one(ptr());
  for (size_t size = 0; size < encoded.size(); ++size) EXPECT_NE(error_of(encoded.substr(0, size)), "none");
  EXPECT_EQ(error_of(encoded), "none");
  EXPECT_NE(error_of(encoded + '\0'), "none");
  // A size in the head that leaves out the end of a record, and a number of records that is not theirs.
  for (const size_t at : {7U, 11U}) {
    for (const int by : {-1, 1}) {
      std::string other = encoded;
      other[at] = static_cast<char>(other[at] + by);
      EXPECT_NE(error_of(other), "none") << at << ' ' << by;
    }
  }
}

// Records that no zone can have, or that no UPDATE may bring (RFC 2136 3.4.1), are named with their fault.
TEST(Changeset, Faults) {
  const wire::Name outside = name("1.3.0.192.in-addr.arpa"), above = name("192.in-addr.arpa");
  const std::string nothing, four("\1\2\3\4");
  const auto type = [](wire::Type one) { return wire::code(one); };
  const struct {
    Record record;
    const char* fault;
  } cases[] = {
      {{Op::add, outside.bytes(), type(wire::Type::ptr), 60, kTarget.bytes()}, "not in the zone"},
      {{Op::add, above.bytes(), type(wire::Type::ptr), 60, kTarget.bytes()}, "not in the"},
      {{Op::add, kOwner.bytes(), type(wire::Type::ptr), 0x8000'0000, kTarget.bytes()}, "TTL"},
      {{Op::add, kOwner.bytes(), type(wire::Type::ptr), 60, kTarget.bytes().first(5)}, "its data"},
      {{Op::add, kOwner.bytes(), type(wire::Type::a), 60, kTarget.bytes()}, "its data"},
      {{Op::add, kOwner.bytes(), type(wire::Type::aaaa), 60, bytes_of(four)}, "its data"},
      {{Op::add, kOwner.bytes(), type(wire::Type::soa), 60, kTarget.bytes()}, "below the apex"},
      {{Op::add, kOwner.bytes(), type(wire::Type::any), 60, kTarget.bytes()}, "not a type"},
      {{Op::add, kOwner.bytes(), type(wire::Type::axfr), 60, kTarget.bytes()}, "not a type"},
      {{Op::add, kOwner.bytes(), type(wire::Type::opt), 60, kTarget.bytes()}, "not a type"},
      {{Op::add, kOwner.bytes(), 0, 60, kTarget.bytes()}, "not a type"},
      {{Op::remove_record, kOwner.bytes(), type(wire::Type::any), 0, kTarget.bytes()}, "not a type"},
      {{Op::remove_set, kApex.bytes(), type(wire::Type::soa)}, "cannot be removed"},
      {{Op::remove_set, kOwner.bytes(), type(wire::Type::tsig)}, "not a type"},
  };
  for (const auto& [record, fault] : cases)
    EXPECT_NE(error_of(one(record)).find(fault), std::string::npos) << error_of(one(record));
  EXPECT_EQ(error_of(one(cases[0].record)),
            "2.0.192.in-addr.arpa.: record 1 (1.3.0.192.in-addr.arpa. PTR): its owner is not in the zone");
}

// A name that is compressed is refused wherever it is, so is another class, and a removal with a TTL.
TEST(Changeset, Bytes) {
  const std::string encoded = one(ptr());
  const size_t owner = kHeadSize + kApex.size();
  const size_t fields = owner + kOwner.size();
  const auto with = [&](size_t at, int value) {
    std::string other = encoded;
    other[at] = static_cast<char>(value);
    return error_of(other);
  };
  for (const size_t at : {kHeadSize, owner, fields + 10}) {
    EXPECT_NE(with(at, 0xC0), "none") << at;
    EXPECT_NE(with(at, 0x41), "none") << at;
  }
  EXPECT_NE(with(fields + 3, 3).find("class"), std::string::npos) << with(fields + 3, 3);
  EXPECT_NE(with(fields + 3, 254).find("a removal with a TTL"), std::string::npos);
  for (const size_t at : {0U, 1U, 2U, 3U, 16U, 17U, 18U, 19U}) EXPECT_NE(with(at, 0x55), "none") << at;
}

// Several zones in one request; a fault in one is a fault of all.
TEST(Changeset, Batch) {
  const wire::Name other = name("3.0.192.in-addr.arpa");
  const std::string good = one(ptr());
  const std::string two = good + Builder(other).finish();
  const auto batch = decode_batch(bytes_of(two));
  ASSERT_TRUE(batch) << batch.error();
  ASSERT_EQ(batch->size(), 2U);
  EXPECT_EQ((*batch)[1].apex(), other);
  EXPECT_FALSE(decode_batch({}));
  for (size_t size = 1; size < two.size(); ++size)
    EXPECT_EQ(decode_batch(bytes_of(two.substr(0, size))).has_value(), size == good.size()) << size;
}

}  // namespace
}  // namespace ptrd::change
