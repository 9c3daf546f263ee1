// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/rdata/encoding.hpp"

#include <algorithm>
#include <string_view>

#include "ptrd/wire/arpa.hpp"
#include "ptrd/wire/name.hpp"
#include "ptrd/wire/rdata.hpp"
#include "zone/rdata/fields.hpp"

namespace ptrd::zone {

using wire::Bytes;

namespace {

constexpr bool is_printable(uint8_t c) {
  return c >= ' ' && c <= '~';
}
constexpr bool is_letter(uint8_t c) {
  return wire::lower(c) >= 'a' && wire::lower(c) <= 'z';
}

void append_number(std::string& out, uint8_t c) {
  out += '\\';
  for (const int unit : {100, 10, 1}) out += static_cast<char>('0' + c / unit % 10);
}

/// Groups of kBits bits, the first the highest, as `digits`.
template <unsigned kBits>
std::string in_groups(Bytes bytes, std::string_view digits) {
  std::string out;
  uint32_t waiting = 0;  // the lower `bits` of it are still to be written
  unsigned bits = 0;
  for (const uint8_t byte : bytes) {
    waiting = waiting << 8 | byte;
    for (bits += 8; bits >= kBits; bits -= kBits)
      out += digits[waiting >> (bits - kBits) & ((1U << kBits) - 1)];
  }
  if (bits > 0) out += digits[waiting << (kBits - bits) & ((1U << kBits) - 1)];
  return out;
}

}  // namespace

std::string hex_text(Bytes bytes) {
  return in_groups<4>(bytes, "0123456789ABCDEF");
}

std::string base64_text(Bytes bytes) {
  std::string out = in_groups<6>(bytes, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
  while (out.size() % 4 != 0) out += '=';
  return out;
}

std::string base32hex_text(Bytes bytes) {
  return in_groups<5>(bytes, "0123456789abcdefghijklmnopqrstuv");
}

std::string escaped_text(Bytes bytes) {
  std::string out;
  for (const uint8_t c : bytes) {
    if (!is_printable(c)) {
      append_number(out, c);
      continue;
    }
    if (c == '"' || c == '\\') out += '\\';
    out += static_cast<char>(c);
  }
  return out;
}

std::string quoted_text(Bytes bytes) {
  return '"' + escaped_text(bytes) + '"';
}

std::string word_text(Bytes bytes) {
  const bool quotes = bytes.empty() || std::any_of(bytes.begin(), bytes.end(), [](uint8_t c) {
                        return std::string_view(" ;()").find(static_cast<char>(c)) != std::string_view::npos;
                      });
  return quotes ? quoted_text(bytes) : escaped_text(bytes);
}

std::string address_text(Bytes bytes) {
  wire::AddressKey key;
  key.family = bytes.size() == 4 ? wire::Family::v4 : wire::Family::v6;
  key.units = bytes.size() == 4 ? 4 : 32;
  std::copy_n(bytes.begin(), std::min(bytes.size(), key.address.size()), key.address.begin());
  return wire::address_of_key(key);
}

std::string name_text(Bytes name) {
  const wire::Labels labels(name);
  if (labels.count == 0) return ".";
  std::string out;
  for (size_t i = 0; i < labels.count; ++i) {
    for (const uint8_t c : labels.label(name, i)) {
      // `\#` starts the form of RFC 3597 5, and `\[` a bit string for BIND (RFC 2673, RFC 6891 5).
      if (!is_printable(c) || c == ' ' || c == '#' || c == '[') {
        append_number(out, c);
        continue;
      }
      const bool plain = is_letter(c) || wire::is_digit(c) || c == '-' || c == '_' || c == '*' || c == '/';
      if (!plain) out += '\\';
      out += static_cast<char>(c);
    }
    out += '.';
  }
  return out;
}

std::string type_text(uint16_t type) {
  return rdata_fields(type).empty() ? "TYPE" + std::to_string(type) : wire::type_to_text(type);
}

}  // namespace ptrd::zone
