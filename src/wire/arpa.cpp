// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "ptrd/wire/arpa.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <string_view>

namespace ptrd::wire {

namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

/// Bytes that are letters in the two fixed ends; only those may differ in case.
constexpr uint64_t word_of(const char* text) {
  uint64_t w = 0;
  for (int i = 7; i >= 0; --i) w = w << 8 | static_cast<uint8_t>(text[i]);
  return w;
}
constexpr uint64_t case_bits(uint64_t lowered) {
  uint64_t mask = 0;
  for (int i = 0; i < 8; ++i) {
    const auto c = static_cast<uint8_t>(lowered >> (8 * i));
    if (c >= 'a' && c <= 'z') mask |= 0x20ULL << (8 * i);
  }
  return mask;
}
constexpr uint64_t kInAddrHead = word_of("\7in-addr");   // bytes 0..7 of the end
constexpr uint64_t kInAddrTail = word_of("dr\4arpa\0");  // bytes 6..13
constexpr uint64_t kIp6Head = word_of("\3ip6\4arp");     // bytes 0..7
constexpr uint64_t kIp6Tail = word_of("p6\4arpa\0");     // bytes 2..9
constexpr uint64_t kInAddrHeadCase = case_bits(kInAddrHead);
constexpr uint64_t kInAddrTailCase = case_bits(kInAddrTail);
constexpr uint64_t kIp6HeadCase = case_bits(kIp6Head);
constexpr uint64_t kIp6TailCase = case_bits(kIp6Tail);

bool ends_in_addr_arpa(const uint8_t* p) {
  return (((load_raw<uint64_t>(p) | kInAddrHeadCase) ^ kInAddrHead) |
          ((load_raw<uint64_t>(p + 6) | kInAddrTailCase) ^ kInAddrTail)) == 0;
}
bool ends_ip6_arpa(const uint8_t* p) {
  return (((load_raw<uint64_t>(p) | kIp6HeadCase) ^ kIp6Head) |
          ((load_raw<uint64_t>(p + 2) | kIp6TailCase) ^ kIp6Tail)) == 0;
}

/// Values of decimal labels by their digits' low nibbles and their length: `length << 12 | second << 8 |
/// third << 4 | first`, digits that are not there as 0. Only few of its cache lines are ever used. 0x100: not
/// the canonical form of 0 to 255.
struct OctetTable {
  static constexpr uint16_t kBad = 0x100;
  std::array<uint16_t, 1 << 14> value{};
  constexpr OctetTable() {
    value.fill(kBad);
    for (uint16_t v = 0; v < 256; ++v) {
      const unsigned length = v > 99 ? 3 : v > 9 ? 2 : 1;
      const unsigned digits[3] = {v / 100U, v / 10U % 10, v % 10U};
      unsigned index = length << 12;
      constexpr unsigned kShift[3] = {0, 8, 4};
      for (unsigned i = 0; i < length; ++i) index |= digits[3 - length + i] << kShift[i];
      value[index] = v;
    }
  }
};
constexpr OctetTable kOctets;

/// Bits of a label's digits, by its length, in the word that starts with the length octet.
constexpr uint32_t kDigitBits[4] = {0, 0x0000FF00, 0x00FFFF00, 0xFFFFFF00};

/// One decimal octet label at `p`: its value, its whole size in `advance`, bits in `wrong` when it is not the
/// canonical form of 0 to 255. Without a branch: digit counts of addresses are as good as random, and a
/// mispredicted branch costs more.
inline uint32_t scan_octet(const uint8_t* p, uint32_t& advance, uint32_t& wrong) {
  const auto word = load_raw<uint32_t>(p);
  const uint32_t length = word & 3;
  const uint32_t bits = kDigitBits[length];
  wrong |= (word & 0xFC) | ((word ^ 0x30303000U) & bits & 0xF0F0F000U);
  const uint32_t nibbles = (word & bits & 0x0F0F0F00U) >> 8;
  const uint32_t value = kOctets.value[length << 12 | ((nibbles | nibbles >> 12) & 0xFFF)];
  wrong |= value & OctetTable::kBad;
  advance = length + 1;
  return value & 0xFF;
}

bool scan_v4(const uint8_t* p, size_t room, QuestionName& out) {
  if (room < 4 * 2 + kInAddrSuffixSize) return false;
  uint32_t address = 0;
  uint32_t wrong = 0;
  size_t at = 0;
  for (unsigned i = 0; i < 4; ++i) {
    uint32_t advance = 0;
    address |= scan_octet(p + at, advance, wrong) << (8 * i);
    at += advance;  // 4 at most: 4 * 4 + 14 < kScanSlack
  }
  if (wrong != 0 || at + kInAddrSuffixSize > room || !ends_in_addr_arpa(p + at)) return false;
  out.kind = QuestionName::Kind::v4;
  out.size = static_cast<uint8_t>(at + kInAddrSuffixSize);
  out.v4 = address;
  return true;
}

/// Four `\1 hexdigit` labels in one word to four nibbles (the first label's lowest); `wrong` gets bits when
/// one is not that.
inline uint64_t scan_nibbles(uint64_t word, uint64_t& wrong) {
  constexpr uint64_t kEach = 0x0001000100010001ULL;
  const uint64_t c = (word >> 8) & (kEach * 0xFF);
  const uint64_t low = c | kEach * 0x20;  // lower case; digits already have this bit
  // Per 16-bit lane, bit 15 tells "c >= bound" for c + (0x8000 - bound).
  const auto at_least = [&](uint64_t x, uint64_t bound) { return x + kEach * (0x8000 - bound); };
  const uint64_t digit = at_least(c, '0') & ~at_least(c, '9' + 1);
  const uint64_t letter = at_least(low, 'a') & ~at_least(low, 'f' + 1);
  wrong |= ((word ^ kEach) & (kEach * 0xFF)) | (~(digit | letter) & (kEach << 15));
  const uint64_t is_letter = (letter >> 15) & kEach;
  const uint64_t n = (c & (kEach * 15)) + is_letter * 9;
  return (n | n >> 12 | n >> 24 | n >> 36) & 0xFFFF;
}

bool scan_v6(const uint8_t* p, size_t room, QuestionName& out) {
  if (room < kIp6NameSize || !ends_ip6_arpa(p + 64)) return false;
  uint64_t wrong = 0;
  // The first label is the address's last nibble, so that label i's value goes to bit 4 * i of the 128-bit
  // address.
  for (unsigned half = 0; half < 2; ++half) {
    uint64_t bits = 0;
    for (unsigned i = 0; i < 4; ++i) {
      bits |= scan_nibbles(load_raw<uint64_t>(p + 32 * half + 8 * i), wrong) << (16 * i);
    }
    out.v6[1 - half] = bits;
  }
  if (wrong != 0) return false;
  out.kind = QuestionName::Kind::v6;
  out.size = kIp6NameSize;
  return true;
}

/// Labels of `name` above the fixed end of a tree, in address order (right to left), as units.
template <typename UnitOfLabel, typename Put>
bool gather_units(const Labels& labels, Bytes name, size_t fixed, size_t most, UnitOfLabel unit_of, Put put) {
  if (labels.count < fixed || labels.count - fixed > most) return false;
  for (size_t i = 0; i < labels.count - fixed; ++i) {
    const auto unit = unit_of(labels.label(name, labels.count - fixed - 1 - i));
    if (!unit) return false;
    put(i, *unit);
  }
  return true;
}

const Name& in_addr_arpa() {
  static const Name name = Name::from_text("in-addr.arpa.").value();
  return name;
}
const Name& ip6_arpa() {
  static const Name name = Name::from_text("ip6.arpa.").value();
  return name;
}

}  // namespace

std::optional<uint8_t> octet_of_label(Bytes label) {
  if (label.empty() || label.size() > 3 || (label[0] == '0' && label.size() > 1)) return std::nullopt;
  unsigned value = 0;
  for (const uint8_t c : label) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  if (value > 255) return std::nullopt;
  return static_cast<uint8_t>(value);
}

std::optional<uint8_t> nibble_of_label(Bytes label) {
  if (label.size() != 1) return std::nullopt;
  const auto digit = static_cast<uint8_t>(label[0] - '0');
  if (digit < 10) return digit;
  const auto letter = static_cast<uint8_t>(lower(label[0]) - 'a');
  if (letter < 6) return static_cast<uint8_t>(letter + 10);
  return std::nullopt;
}

std::optional<AddressKey> key_of_name(const Name& name) {
  const Labels labels(name.bytes());
  AddressKey key;
  if (name.is_below_or_at(in_addr_arpa())) {
    key.family = Family::v4;
    key.units = static_cast<uint8_t>(labels.count - 2);
    if (gather_units(labels, name.bytes(), 2, 4, octet_of_label,
                     [&](size_t i, uint8_t v) { key.address[i] = v; }))
      return key;
  } else if (name.is_below_or_at(ip6_arpa())) {
    key.family = Family::v6;
    key.units = static_cast<uint8_t>(labels.count - 2);
    const auto put = [&](size_t i, uint8_t v) {
      key.address[i / 2] = static_cast<uint8_t>(key.address[i / 2] | (i % 2 == 0 ? v << 4 : v));
    };
    if (gather_units(labels, name.bytes(), 2, 32, nibble_of_label, put)) return key;
  }
  return std::nullopt;
}

Name name_of_key(const AddressKey& key) {
  Name name = key.family == Family::v4 ? in_addr_arpa() : ip6_arpa();
  bool fits = true;  // always: 4 * 4 or 32 * 2 bytes and the end
  for (size_t i = 0; i < key.units; ++i) {
    if (key.family == Family::v4) {
      const std::string label = std::to_string(key.address[i]);
      fits = fits && name.prepend({reinterpret_cast<const uint8_t*>(label.data()), label.size()});
    } else {
      const auto digit = static_cast<uint8_t>(kHexDigits[key.nibble(i)]);
      fits = fits && name.prepend({&digit, 1});
    }
  }
  return name;
}

std::optional<AddressKey> key_of_address(std::string_view text) {
  const std::string copy(text);
  AddressKey key;
  if (inet_pton(AF_INET, copy.c_str(), key.address.data()) == 1) {
    key.family = Family::v4;
    key.units = 4;
    return key;
  }
  if (inet_pton(AF_INET6, copy.c_str(), key.address.data()) == 1) {
    key.family = Family::v6;
    key.units = 32;
    return key;
  }
  return std::nullopt;
}

std::string address_of_key(const AddressKey& key) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(key.family == Family::v4 ? AF_INET : AF_INET6, key.address.data(), text.data(), text.size());
  return text.data();
}

void scan_question_name(Bytes buffer, size_t offset, size_t message_size, QuestionName& out) {
  const size_t room = message_size - offset;
  const uint8_t* p = buffer.data() + offset;
  // Only a name of 74 bytes can be a whole address in ip6.arpa, and then hardly ever one in the other tree;
  // each test is exact.
  if (room >= kIp6NameSize && scan_v6(p, room, out)) return;
  if (scan_v4(p, room, out)) return;
  out.size = static_cast<uint8_t>(plain_name_size(buffer.first(message_size), offset));
  out.kind = out.size == 0 ? QuestionName::Kind::malformed : QuestionName::Kind::other;
}

}  // namespace ptrd::wire
