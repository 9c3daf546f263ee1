// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "ptrd/wire/name.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <vector>

#include "ptrd/wire/message.hpp"

namespace ptrd::wire {
namespace {

Name name(std::string_view text) {
  return Name::from_text(text).value();
}
Bytes bytes_of(std::string_view s) {
  return {reinterpret_cast<const uint8_t*>(s.data()), s.size()};
}

// Text becomes length octets and labels; the final dot is optional.
TEST(Name, FromTextGivesWireForm) {
  EXPECT_EQ(name("www.Example.").bytes().size(), 13U);
  EXPECT_EQ(name("www.example"), name("www.example."));
  EXPECT_EQ(name(".").size(), 1U);
  EXPECT_EQ(name("a\\.b.c").label_count(), 2U);
  EXPECT_EQ(name("\\065b"), name("Ab"));
}

// Names that RFC 1035 forbids are refused with a reason.
TEST(Name, FromTextRefusesBadNames) {
  for (const char* text : {"", "a..b", ".a", "..", "\\", "a\\25", "\\256"}) {
    EXPECT_FALSE(Name::from_text(text)) << text;
  }
  EXPECT_TRUE(Name::from_text(std::string(63, 'a')));
  EXPECT_FALSE(Name::from_text(std::string(64, 'a')));
}

// 255 octets with the root are the most that a name may have.
TEST(Name, LimitOf255Octets) {
  const std::string three =
      std::string(63, 'a') + "." + std::string(63, 'b') + "." + std::string(63, 'c') + ".";
  EXPECT_EQ(name(three + std::string(61, 'd')).size(), kMaxName);
  EXPECT_FALSE(Name::from_text(three + std::string(62, 'd')));
  EXPECT_FALSE(Name::from_text(three + std::string(61, 'd') + ".e"));
  Name longest = name(three + std::string(61, 'd'));
  EXPECT_FALSE(longest.prepend(bytes_of("x")));
}

// Special octets come out escaped and read back as they were.
RC_GTEST_PROP(NameProperty, TextRoundTrip, (const std::vector<std::vector<uint8_t>>& labels)) {
  Name built;
  for (const auto& label : labels) (void)built.prepend(label);
  const auto again = Name::from_text(built.to_text());
  RC_ASSERT(again.has_value());
  RC_ASSERT(
      std::equal(built.bytes().begin(), built.bytes().end(), again->bytes().begin(), again->bytes().end()));
}

// "Below" goes by labels: a suffix of the text that cuts a label in two does not count.
TEST(Name, BelowIsByLabel) {
  EXPECT_TRUE(name("1.3.2.1.in-addr.arpa").is_below_or_at(name("3.2.1.IN-ADDR.ARPA")));
  EXPECT_FALSE(name("13.2.1.in-addr.arpa").is_below_or_at(name("3.2.1.in-addr.arpa")));
  EXPECT_TRUE(name("a").is_below_or_at(Name()));
  EXPECT_TRUE(name("a").is_below_or_at(name("A")));
  EXPECT_FALSE(Name().is_below_or_at(name("a")));
}

// The example list of RFC 4034 6.1, in its order.
TEST(Name, CanonicalOrder) {
  const std::vector<Name> order = {
      name("example."),         name("a.example."),      name("yljkjljk.a.example."),
      name("Z.a.example."),     name("zABC.a.EXAMPLE."), name("z.example."),
      name("\\001.z.example."), name("*.z.example."),    name("\\200.z.example.")};
  for (size_t i = 0; i < order.size(); ++i) {
    for (size_t j = 0; j < order.size(); ++j)
      EXPECT_EQ(order[i].canonical_compare(order[j]), i <=> j) << i << ' ' << j;
  }
}

// Pointers lead backward to labels that were there before; the offset returned is that after the name's own
// bytes.
TEST(ReadName, FollowsPointersBackward) {
  const std::string_view message("\3www\7example\0\4mail\xC0\4\xC0\x0D", 22);
  Name out;
  EXPECT_EQ(read_name(bytes_of(message), 0, out), 13U);
  EXPECT_EQ(read_name(bytes_of(message), 13, out), 20U);
  EXPECT_EQ(out, name("mail.example."));
  EXPECT_EQ(read_name(bytes_of(message), 20, out), 22U);
  EXPECT_EQ(out, name("mail.example."));
}

// Loops, forward pointers, reserved label types and names that run out are malformed.
TEST(ReadName, RefusesWhatCannotEnd) {
  Name out;
  using std::string_view_literals::operator""sv;
  for (const std::string_view message :
       {"\xC0\0"sv, "\xC0\2\0"sv, "\1a\xC0\0"sv, "\x40\0"sv, "\x80\0"sv, "\5ab"sv, "\1a"sv, "\xC0"sv, ""sv}) {
    EXPECT_FALSE(read_name(bytes_of(message), 0, out)) << label_to_text(bytes_of(message));
  }
}

// Pointers are followed in front of each label and of the root, and no further: chains of them cost time
// alone.
TEST(ReadName, FollowsSoManyPointers) {
  std::string message(1, '\0');
  const auto point = [&](size_t target) {
    message += static_cast<char>(0xC0 | target >> 8);
    message += static_cast<char>(target);
    return message.size() - 2;
  };
  size_t last = 0;
  for (unsigned i = 0; i < kMaxPointers; ++i) last = point(last);
  Name out;
  EXPECT_TRUE(read_name(bytes_of(message), last, out));
  last = point(last);
  EXPECT_FALSE(read_name(bytes_of(message), last, out));
}

// A name that is skipped ends at its root or after its first pointer, which must lead backward to after the
// header.
TEST(SkipName, PassesOverPointers) {
  using std::string_view_literals::operator""sv;
  const std::string header(kHeaderSize, '\0');
  const auto skip = [&](std::string_view name) {
    const std::string message = header + std::string(name);
    const auto end = skip_name(bytes_of(message), kHeaderSize);
    return end ? static_cast<int>(*end - kHeaderSize) : -1;
  };
  EXPECT_EQ(skip("\0rest"sv), 1);
  EXPECT_EQ(skip("\1a\0"sv), 3);
  EXPECT_EQ(skip("\1a\xC0\x0C"sv), -1) << "to itself";
  EXPECT_EQ(skip("\1a\xC0\x0B"sv), -1) << "into the header";
  EXPECT_EQ(skip("\1a\xC0"sv), -1);
  EXPECT_EQ(skip("\1a"sv), -1);
  EXPECT_EQ(skip("\5ab"sv), -1);
  EXPECT_EQ(skip("\x41"sv), -1);
  EXPECT_EQ(skip("\x80"sv), -1);
  const std::string message = header + std::string("\xC0\x0C\1a\xC0\x0C", 6);
  EXPECT_EQ(skip_name(bytes_of(message), kHeaderSize + 2), kHeaderSize + 6)
      << "what it leads to is not looked at";
  std::string longest;
  for (int i = 0; i < 127; ++i) longest += "\1a";
  EXPECT_EQ(skip(longest + '\0'), 255);
  EXPECT_EQ(skip("\1a" + longest + '\0'), -1);
}

// Eight octets at a time give what one at a time gives.
RC_GTEST_PROP(SameIgnoringCase, AnyOctets, (std::vector<uint8_t> octets, uint8_t place, uint8_t change)) {
  std::vector<uint8_t> other = octets;
  if (!other.empty()) other[place % other.size()] ^= change;
  const bool same = std::equal(octets.begin(), octets.end(), other.begin(), other.end(),
                               [](uint8_t a, uint8_t b) { return lower(a) == lower(b); });
  RC_ASSERT(same_ignoring_case(octets, other) == same);
  for (uint8_t& octet : other)
    octet = static_cast<uint8_t>(octet >= 'a' && octet <= 'z' ? octet - 0x20 : octet);
  RC_ASSERT(same_ignoring_case(octets, other) == (same || same_ignoring_case(octets, other)));
  RC_ASSERT(!same_ignoring_case(octets, wire::Bytes(octets).first(octets.size() / 2)) || octets.empty());
}

// A name that is too long only through its pointers is refused; one of 255 octets is not.
TEST(ReadName, LimitHoldsAcrossPointers) {
  const std::string label = std::string("\x3F") + std::string(63, 'a');
  std::string message = label + label + label + std::string(1, '\0');  // 193 octets
  const size_t fits = message.size();
  message += std::string("\x3D") + std::string(61, 'b') + std::string("\xC0\0", 2);
  const size_t too_long = message.size();
  message += std::string("\x3E") + std::string(62, 'b') + std::string("\xC0\0", 2);
  Name out;
  EXPECT_TRUE(read_name(bytes_of(message), fits, out));
  EXPECT_EQ(out.size(), kMaxName);
  EXPECT_FALSE(read_name(bytes_of(message), too_long, out));
}

// The size of a plain name counts its root and refuses pointers.
TEST(PlainNameSize, CountsAndRefuses) {
  using std::string_view_literals::operator""sv;
  EXPECT_EQ(plain_name_size(bytes_of("\0"sv), 0), 1U);
  EXPECT_EQ(plain_name_size(bytes_of("\1a\0rest"sv), 0), 3U);
  EXPECT_FALSE(plain_name_size(bytes_of("\1a\xC0\0"sv), 0));
  EXPECT_FALSE(plain_name_size(bytes_of("\1a"sv), 0));
  std::string longest;
  for (int i = 0; i < 127; ++i) longest += "\1a";
  EXPECT_EQ(plain_name_size(bytes_of(longest + std::string(1, '\0')), 0), 255U);
  EXPECT_FALSE(plain_name_size(bytes_of(longest + "\1a" + std::string(1, '\0')), 0));
}

// For any bytes, the walk over their labels stays within them and within the limits of a name.
TEST(Labels, NeverLeaveTheirBytes) {
  using std::string_view_literals::operator""sv;
  EXPECT_EQ(Labels(Bytes()).count, 0);
  EXPECT_EQ(Labels(bytes_of("\0"sv)).count, 0);
  EXPECT_EQ(Labels(bytes_of("\1a\2bc\0"sv)).count, 2);
  EXPECT_EQ(Labels(bytes_of("\1a\2bc"sv)).count, 1) << "without a root the last label is none";
  EXPECT_EQ(Labels(bytes_of("\1a\x40"sv)).count, 1);
  EXPECT_EQ(Labels(bytes_of("\5ab"sv)).count, 0);
  // A copy of exactly that size, so that a read past its end is detected.
  for (size_t size = 0; size < 400; ++size) {
    const std::vector<uint8_t> ones(size, 1);
    const Labels labels{Bytes(ones)};
    EXPECT_EQ(labels.count, size < 3 ? 0 : std::min<size_t>((size - 1) / 2, kMaxLabels)) << size;
    for (size_t i = 0; i < labels.count; ++i) EXPECT_EQ(labels.label(ones, i).size(), 1U);
  }
}

// Empty input is not a name.
TEST(PlainNameSize, OfNothing) {
  EXPECT_FALSE(plain_name_size(Bytes(), 0));
  EXPECT_FALSE(plain_name_size(bytes_of("a"), 7));
  EXPECT_FALSE(is_plain_name(Bytes()));
}

// A cursor past its end gives zeros and says so.
TEST(Cursor, NeverLeavesItsBytes) {
  Cursor c(bytes_of("\1\2\3"));
  EXPECT_EQ(c.u16(), 0x0102);
  EXPECT_EQ(c.u16(), 0);
  EXPECT_FALSE(c.ok());
  EXPECT_EQ(c.left(), 0U);
  EXPECT_EQ(c.u8(), 0);
  EXPECT_TRUE(c.take(1).empty());
}

}  // namespace
}  // namespace ptrd::wire
