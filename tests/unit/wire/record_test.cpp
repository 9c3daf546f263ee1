// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "ptrd/wire/record.hpp"

#include <gtest/gtest.h>

#include <initializer_list>

#include "ptrd/wire/rcode.hpp"

namespace ptrd::wire {
namespace {

/// A reply: PTR of a. in the question, then an SRV of a. with the target b.a., compressed, in its answer.
const std::vector<uint8_t> kMessage = {0,    7,   0x84, 0,  0,  1, 0, 1,   0,    0,  0, 0,
                                       1,    'a', 0,    0,  12, 0, 1,                        //
                                       0xC0, 12,  0,    33, 0,  1, 0, 0,   1,    44, 0, 10,  //
                                       0,    1,   0,    2,  0,  3, 1, 'b', 0xC0, 12};

// Question and record in their order, and the names in its data written out.
TEST(MessageReader, ReadsPartsInOrder) {
  MessageReader reader(kMessage);
  const auto question = reader.question();
  ASSERT_TRUE(question);
  EXPECT_EQ(question->name.to_text(), "a.");
  EXPECT_EQ(question->type, 12);
  EXPECT_EQ(question->rclass, 1);
  const auto record = reader.record();
  ASSERT_TRUE(record);
  EXPECT_EQ(record->owner.to_text(), "a.");
  EXPECT_TRUE(record->is(Type::srv));
  EXPECT_EQ(record->ttl, 300U);
  EXPECT_EQ(record->rdata.size(), 10U);
  EXPECT_EQ(record->end, kMessage.size());
  EXPECT_EQ(reader.plain_rdata(*record), (std::vector<uint8_t>{0, 1, 0, 2, 0, 3, 1, 'b', 1, 'a', 0}));
  EXPECT_FALSE(reader.record());
}

// In a truncated message no incomplete part is read.
TEST(MessageReader, StopsAtTheEnd) {
  for (size_t size = 0; size < kMessage.size(); ++size) {
    const std::vector<uint8_t> cut(kMessage.begin(), kMessage.begin() + static_cast<ptrdiff_t>(size));
    MessageReader reader(cut);
    EXPECT_EQ(reader.question().has_value(), size >= 19) << size;
    EXPECT_FALSE(reader.record()) << size;
    EXPECT_FALSE(reader.question()) << size;
  }
}

// A name in the data must end there, though the message has more.
TEST(MessageReader, NamesStayWithinTheData) {
  for (const uint8_t size : std::initializer_list<uint8_t>{0, 5, 6, 7, 8, 9}) {
    std::vector<uint8_t> message = kMessage;
    message[30] = size;
    MessageReader reader(message);
    ASSERT_TRUE(reader.question());
    const auto record = reader.record();
    ASSERT_TRUE(record) << int{size};
    EXPECT_FALSE(reader.plain_rdata(*record)) << int{size};
  }
}

// Mnemonics of all that are assigned, and the number of all others.
TEST(Rcode, Text) {
  EXPECT_EQ(rcode_to_text(0), "NOERROR");
  EXPECT_EQ(rcode_to_text(9), "NOTAUTH");
  EXPECT_EQ(rcode_to_text(12), "RCODE12");
  EXPECT_EQ(rcode_to_text(16), "BADVERS");
  EXPECT_EQ(rcode_to_text(23), "BADCOOKIE");
  EXPECT_EQ(rcode_to_text(24), "RCODE24");
  EXPECT_EQ(rcode_to_text(4095), "RCODE4095");
  EXPECT_EQ(extended_rcode(0xF, 0x01008000), 0x1F);
}

}  // namespace
}  // namespace ptrd::wire
