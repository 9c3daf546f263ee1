// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "ptrd/wire/arpa.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <string_view>

#include "ptrd/wire/address_scan.hpp"

namespace ptrd::wire {

namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

/// Labels of `name` before the fixed end of a tree, in address order (right to left), as units.
template <typename UnitOfLabel, typename Put>
bool gather_units(const Labels& labels, Bytes name, size_t fixed, size_t max_units, UnitOfLabel unit_of,
                  Put put) {
  if (labels.count < fixed || labels.count - fixed > max_units) return false;
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
  bool fits = true;  // always true: 4 * 4 or 32 * 2 bytes and the end
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
  if (scan_address(buffer.data() + offset, room, out)) return;
  const auto size = plain_name_size(buffer.first(message_size), offset);
  out.size = static_cast<uint8_t>(size.value_or(0));
  out.kind = size ? QuestionName::Kind::other : QuestionName::Kind::malformed;
}

}  // namespace ptrd::wire
