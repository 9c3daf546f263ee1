// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "ptrd/wire/arpa.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <vector>

#include "ptrd/wire/address_scan.hpp"

namespace ptrd::wire {
namespace {

Name from_text(std::string_view text) {
  return Name::from_text(text).value();
}

/// The question name scanned as in a packet: after a header, followed by type, class and junk.
QuestionName scan(const Name& n) {
  std::vector<uint8_t> buffer(512, 0xA5);
  std::copy(n.bytes().begin(), n.bytes().end(), buffer.begin() + 12);
  return scan_question_name(buffer, 12, 12 + n.size() + 4);
}

// Addresses turn into names and back as RFC 1035 3.5 and RFC 3596 2.5 show.
TEST(Arpa, KnownNames) {
  EXPECT_EQ(name_of_key(*key_of_address("10.2.0.52")).to_text(), "52.0.2.10.in-addr.arpa.");
  EXPECT_EQ(name_of_key(*key_of_address("4321:0:1:2:3:4:567:89ab")).to_text(),
            "b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.0.0.0.0.1.2.3.4.ip6.arpa.");
  EXPECT_EQ(key_of_name(from_text("IN-ADDR.arpa"))->units, 0);
  const auto prefix = key_of_name(from_text("2.0.192.in-addr.arpa"));
  ASSERT_TRUE(prefix);
  EXPECT_EQ(prefix->units, 3);
  EXPECT_EQ(prefix->address[0], 192);
  EXPECT_FALSE(prefix->whole());
}

// Labels that only look like parts of an address are ordinary labels; so are the slips of the seed documents.
TEST(Arpa, NoAliases) {
  for (const char* text : {"005.01.0168.0192.in-addr.arpa", "256.2.0.192.in-addr.arpa",
                           "1e1.2.0.192.in-addr.arpa", "1.1.2.0.192.in-addr.arpa", "_x.2.0.192.in-addr.arpa",
                           "0-63.2.0.192.in-addr.arpa", "*.2.0.192.in-addr.arpa", "00.2.0.192.in-addr.arpa",
                           "1.0.0.127.ipv6.arpa", "10.ip6.arpa", "g.ip6.arpa", "1.2.3.4.in-addr.arpa.example",
                           "4.3.2.1.xin-addr.arpa", "\\0491.1.1.1000.in-addr.arpa"}) {
    EXPECT_FALSE(key_of_name(from_text(text))) << text;
    EXPECT_NE(scan(from_text(text)).kind, QuestionName::Kind::v4) << text;
    EXPECT_NE(scan(from_text(text)).kind, QuestionName::Kind::v6) << text;
  }
  EXPECT_NE(from_text("2.1.0.192.in-addr.arpa"), name_of_key(*key_of_address("196.0.1.2")));
  EXPECT_FALSE(key_of_address("192.0.2"));
  EXPECT_FALSE(key_of_address("192.0.2.1 "));
}

// Every octet text of up to four digits, as the fast scan and as the library see it.
TEST(Arpa, EveryOctetLabel) {
  for (int digits = 1; digits <= 4; ++digits) {
    for (int value = 0, end = digits == 1   ? 10
                              : digits == 2 ? 100
                              : digits == 3 ? 1000
                                            : 10000;
         value < end; ++value) {
      std::string label = std::to_string(value);
      label.insert(0, static_cast<size_t>(digits) - label.size(), '0');
      const bool canonical = value <= 255 && std::to_string(value) == label;
      for (const std::string& text :
           {label + ".2.30.192.in-addr.arpa", "1.2.30." + label + ".in-addr.arpa"}) {
        const QuestionName q = scan(from_text(text));
        ASSERT_EQ(q.kind, canonical ? QuestionName::Kind::v4 : QuestionName::Kind::other) << text;
        ASSERT_EQ(key_of_name(from_text(text)).has_value(), canonical) << text;
        ASSERT_EQ(q.size, from_text(text).size());
      }
    }
  }
}

// Every octet value at every place of a label: only the ones that are digits, whatever the neighbours, make
// an address.
TEST(Arpa, EveryByteInALabel) {
  for (size_t length = 1; length <= 3; ++length) {
    for (size_t place = 0; place < length; ++place) {
      for (int c = 0; c < 256; ++c) {
        std::vector<uint8_t> label(length, '1');
        label[place] = static_cast<uint8_t>(c);
        Name n = from_text("2.0.192.in-addr.arpa");
        ASSERT_TRUE(n.prepend(label));
        const QuestionName q = scan(n);
        const auto key = key_of_name(n);
        ASSERT_EQ(q.kind == QuestionName::Kind::v4, key.has_value()) << n.to_text();
        if (key) {
          ASSERT_EQ(q.v4 & 0xFF, key->address[3]);
        }
      }
    }
  }
}

// Every octet value as a nibble label, at every place of the name.
TEST(Arpa, EveryByteAsNibble) {
  const Name base = name_of_key(*key_of_address("2001:db8::9"));
  for (size_t place = 0; place < 32; ++place) {
    for (int c = 0; c < 256; ++c) {
      std::vector<uint8_t> bytes(base.bytes().begin(), base.bytes().end());
      bytes[2 * place + 1] = static_cast<uint8_t>(c);
      const Name n = Name::from_wire(bytes).value();
      const QuestionName q = scan(n);
      const auto key = key_of_name(n);
      ASSERT_EQ(q.kind == QuestionName::Kind::v6, key.has_value()) << n.to_text();
      if (key) {
        ASSERT_EQ(q.v6[0], load_raw<uint64_t>(key->address.data()) == 0
                               ? 0
                               : __builtin_bswap64(load_raw<uint64_t>(key->address.data())));
        ASSERT_EQ(q.v6[1], __builtin_bswap64(load_raw<uint64_t>(key->address.data() + 8)));
      }
    }
  }
}

/// Flips the case of letters by the bits of `mask`.
Name with_case(const Name& n, uint64_t mask) {
  std::vector<uint8_t> bytes(n.bytes().begin(), n.bytes().end());
  for (size_t i = 0; i < bytes.size(); ++i) {
    const auto low = static_cast<uint8_t>(bytes[i] | 0x20);
    if (low >= 'a' && low <= 'z' && (mask >> (i % 64) & 1) != 0) bytes[i] ^= 0x20;
  }
  return Name::from_wire(bytes).value();
}

// Any address, any case: text to name to key to text gives the address again, and the fast scan sees the same
// key.
RC_GTEST_PROP(ArpaProperty, V4RoundTrip, (uint32_t address, uint64_t mask)) {
  AddressKey key{.family = Family::v4, .units = 4};
  store32(key.address.data(), address);
  const Name n = with_case(name_of_key(key), mask);
  RC_ASSERT(key_of_name(n) == key);
  RC_ASSERT(key_of_address(address_of_key(key)) == key);
  const QuestionName q = scan(n);
  RC_ASSERT(q.kind == QuestionName::Kind::v4);
  RC_ASSERT(q.v4 == address);
  RC_ASSERT(q.size == n.size());
}

RC_GTEST_PROP(ArpaProperty, V6RoundTrip, (uint64_t upper, uint64_t lower_half, uint64_t mask)) {
  AddressKey key{.family = Family::v6, .units = 32};
  store_raw(key.address.data(), __builtin_bswap64(upper));
  store_raw(key.address.data() + 8, __builtin_bswap64(lower_half));
  const Name n = with_case(name_of_key(key), mask);
  RC_ASSERT(key_of_name(n) == key);
  RC_ASSERT(key_of_address(address_of_key(key)) == key);
  const QuestionName q = scan(n);
  RC_ASSERT(q.kind == QuestionName::Kind::v6);
  RC_ASSERT(q.v6[0] == upper && q.v6[1] == lower_half);
  RC_ASSERT(q.size == n.size());
}

#ifdef __SSE4_1__
// The two ways to read an address give the same result for any bytes: random ones, and good names with one
// byte changed.
RC_GTEST_PROP(AddressScanProperty, BothWaysAgree,
              (uint32_t address, uint64_t half, uint8_t place, uint8_t value, bool damage)) {
  AddressKey key{.family = Family::v4, .units = 4};
  store32(key.address.data(), address);
  const auto agree = [&](const Name& n) {
    std::vector<uint8_t> bytes(n.bytes().begin(), n.bytes().end());
    bytes.resize(bytes.size() + kScanSlack);
    if (damage) bytes[place % n.size()] = value;
    uint32_t simd4 = 0;
    uint32_t swar4 = 0;
    // The one looks at the fixed end, too, to find the labels.
    const auto whole = [&](size_t size) { return size > 0 && scan_swar::ends_in_addr_arpa(&bytes[size]); };
    const size_t size = scan_simd::scan_octets(bytes.data(), simd4);
    const size_t swar_size = scan_swar::scan_octets(bytes.data(), swar4);
    RC_ASSERT(whole(size) == whole(swar_size));
    RC_ASSERT(!whole(size) || (size == swar_size && simd4 == swar4));
    std::array<uint64_t, 2> simd6{};
    std::array<uint64_t, 2> swar6{};
    const bool nibbles = scan_simd::scan_nibbles(bytes.data(), simd6);
    RC_ASSERT(nibbles == scan_swar::scan_nibbles(bytes.data(), swar6));
    RC_ASSERT(!nibbles || simd6 == swar6);
    for (size_t at = 0; at < n.size(); ++at)
      RC_ASSERT(scan_simd::ends_in_addr_arpa(&bytes[at]) == scan_swar::ends_in_addr_arpa(&bytes[at]));
  };
  agree(name_of_key(key));
  key = {.family = Family::v6, .units = 32};
  store_raw(key.address.data(), half);
  store_raw(key.address.data() + 8, ~half);
  agree(name_of_key(key));
}
#endif

// A message that ends inside the name is malformed, wherever it ends.
TEST(Arpa, CutShort) {
  for (const char* text : {"4.3.2.1.in-addr.arpa", "www.example"}) {
    const Name n = from_text(text);
    std::vector<uint8_t> buffer(512, 0);
    std::copy(n.bytes().begin(), n.bytes().end(), buffer.begin() + 12);
    for (size_t end = 12; end < 12 + n.size(); ++end) {
      EXPECT_EQ(scan_question_name(buffer, 12, end).kind, QuestionName::Kind::malformed) << end;
    }
  }
}

}  // namespace
}  // namespace ptrd::wire
