// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/rdata/text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "ptrd/wire/name.hpp"
#include "zone/rdata/encoding.hpp"
#include "zone/rdata/fields.hpp"
#include "zone/rdata/location.hpp"
#include "zone/rdata/parameters.hpp"

namespace ptrd::zone {

using wire::Bytes;
using wire::Cursor;

namespace {

Bytes rest_of(Cursor& in) {
  return in.take(in.left());
}

/// Bytes behind an octet that says how many.
Bytes counted(Cursor& in) {
  return in.take(in.u8());
}

/// RFC 4034 3.2. All 32 bits count from 1970, so that the text does not depend on when it is written.
std::string time_text(uint32_t seconds) {
  namespace chrono = std::chrono;
  const chrono::sys_seconds time{chrono::seconds(seconds)};
  const auto day = chrono::floor<chrono::days>(time);
  const chrono::year_month_day date(day);
  const chrono::hh_mm_ss clock(time - day);
  return fmt::format("{:04}{:02}{:02}{:02}{:02}{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

/// EUI48, EUI64 (RFC 7043): octets with hyphens between them.
std::string octets_text(Bytes bytes, TextStyle style) {
  std::string out;
  for (const uint8_t octet : bytes) {
    if (!out.empty()) out += '-';
    out += style == TextStyle::dig ? fmt::format("{:02x}", octet) : fmt::format("{:02X}", octet);
  }
  return out;
}

/// The 64 bits of NID and L64 (RFC 6742 2): four groups with colons between them.
std::string locator_text(Bytes bytes, TextStyle style) {
  std::string out;
  for (; bytes.size() >= 2; bytes = bytes.subspan(2)) {
    if (!out.empty()) out += ':';
    const uint16_t group = wire::load16(bytes.data());
    out += style == TextStyle::dig ? fmt::format("{:x}", group) : fmt::format("{:04X}", group);
  }
  return out;
}

bool put_name(Cursor& in, Bytes rdata, TextStyle style, std::string& out) {
  const auto size = wire::plain_name_size(rdata, in.position());
  if (!size) return false;
  out += name_to_text(in.take(*size), style);
  return true;
}

bool put_strings(Cursor& in, std::string& out) {
  if (in.left() == 0) return false;
  while (in.ok() && in.left() > 0) {
    if (!out.empty()) out += ' ';
    out += quoted_text(counted(in));
  }
  return in.ok();
}

/// RFC 4034 4.1.2. False unless windows are in order and without octets that say nothing: text has no way to
/// tell them.
bool put_types(Cursor& in, std::string& out) {
  for (int last = -1; in.left() > 0;) {
    const uint8_t window = in.u8();
    const Bytes bits = counted(in);
    if (!in.ok() || window <= last || bits.empty() || bits.size() > 32 || bits.back() == 0) return false;
    last = window;
    for (size_t i = 0; i < 8 * bits.size(); ++i) {
      if ((bits[i / 8] & 0x80U >> i % 8) == 0) continue;
      if (!out.empty()) out += ' ';
      out += type_text(static_cast<uint16_t>(window * 256U + i));
    }
  }
  return true;
}

/// RFC 3123 4. Zero octets at the end of an address are left out of the data.
bool put_prefixes(Cursor& in, std::string& out) {
  while (in.left() > 0) {
    const uint16_t family = in.u16();
    const uint8_t length = in.u8();
    const uint8_t head = in.u8();  // negation, and the number of octets
    const Bytes octets = in.take(head & 0x7FU);
    const size_t size = family == 1 ? 4 : family == 2 ? 16 : 0;
    const bool good = in.ok() && octets.size() <= size && length <= 8 * size && size > 0 &&
                      (octets.empty() || octets.back() != 0);
    if (!good) return false;
    std::array<uint8_t, 16> address{};
    std::copy(octets.begin(), octets.end(), address.begin());
    if (!out.empty()) out += ' ';
    out += fmt::format("{}{}:{}/{}", (head & 0x80U) != 0 ? "!" : "", family,
                       address_text(Bytes(address).first(size)), length);
  }
  return true;
}

/// RFC 4025 2.3 to 2.6; algorithm 0 means that there is no key.
bool put_gateway(Cursor& in, Bytes rdata, TextStyle style, std::string& out) {
  const uint8_t type = in.u8();
  const uint8_t algorithm = in.u8();
  if (!in.ok()) return false;
  out += fmt::format("{} {} ", type, algorithm);
  switch (type) {
    case 0:
      out += '.';
      break;
    case 1:
    case 2: {
      const Bytes address = in.take(type == 1 ? 4 : 16);
      if (!in.ok()) return false;
      out += address_text(address);
      break;
    }
    case 3:
      if (!put_name(in, rdata, style, out)) return false;
      break;
    default:
      return false;
  }
  const Bytes key = rest_of(in);
  if (!key.empty()) out += ' ' + base64_text(key);
  return key.empty() == (algorithm == 0);
}

/// RFC 8777 4.2.2 to 4.3: the discovery bit, the type of the relay, and the relay.
bool put_relay(Cursor& in, Bytes rdata, TextStyle style, std::string& out) {
  const uint8_t head = in.u8();
  if (!in.ok()) return false;
  const unsigned type = head & 0x7FU;
  out += fmt::format("{} {} ", head >> 7, type);
  if (type == 3) return put_name(in, rdata, style, out);
  const Bytes address = in.take(type == 1 ? 4 : type == 2 ? 16 : 0);
  out += address.empty() ? "." : address_text(address);
  return in.ok() && type <= 3;
}

/// RFC 8005 5 and 6.
bool put_host_identity(Cursor& in, std::string& out) {
  const uint8_t tag_size = in.u8();
  const uint8_t algorithm = in.u8();
  const uint16_t key_size = in.u16();
  const Bytes tag = in.take(tag_size);
  const Bytes key = in.take(key_size);
  if (!in.ok() || tag.empty() || key.empty()) return false;
  out += fmt::format("{} {} {}", algorithm, hex_text(tag), base64_text(key));
  return true;
}

bool put_names(Cursor& in, Bytes rdata, TextStyle style, std::string& out) {
  while (in.left() > 0) {
    if (!out.empty()) out += ' ';
    if (!put_name(in, rdata, style, out)) return false;
  }
  return true;
}

/// RFC 1035 3.4.2, in numbers. False where the bitmap ends in an octet that says nothing.
bool put_services(Cursor& in, std::string& out) {
  out += std::to_string(in.u8());
  const Bytes bits = rest_of(in);
  constexpr size_t kMaxOctets = 65536 / 8;
  if (!in.ok() || bits.size() > kMaxOctets || (!bits.empty() && bits.back() == 0)) return false;
  for (size_t port = 0; port < 8 * bits.size(); ++port) {
    if ((bits[port / 8] & 0x80U >> port % 8) != 0) out += ' ' + std::to_string(port);
  }
  return true;
}

bool put_nsap(Bytes address, std::string& out) {
  out += "0x";
  for (const uint8_t byte : address) out += fmt::format("{:02x}", byte);
  return !address.empty();
}

/// The text of the field at `in`; false when the data are malformed, or have no text that says them all.
bool put_field(Field field, Cursor& in, Bytes rdata, TextStyle style, std::string& out) {
  switch (field) {
    case Field::u8:
      out += std::to_string(in.u8());
      break;
    case Field::u16:
      out += std::to_string(in.u16());
      break;
    case Field::u32:
      out += std::to_string(in.u32());
      break;
    case Field::time:
      out += time_text(in.u32());
      break;
    case Field::type:
      out += type_text(in.u16());
      break;
    case Field::name:
      return put_name(in, rdata, style, out);
    case Field::ipv4:
    case Field::ipv6: {
      const Bytes address = in.take(field == Field::ipv4 ? 4 : 16);
      if (in.ok()) out += address_text(address);
      break;
    }
    case Field::eui48:
      out += octets_text(in.take(6), style);
      break;
    case Field::eui64:
      out += octets_text(in.take(8), style);
      break;
    case Field::locator64:
      out += locator_text(in.take(8), style);
      break;
    case Field::string:
      out += quoted_text(counted(in));
      break;
    case Field::tag:
      out += word_text(counted(in));
      break;
    case Field::salt: {
      const Bytes salt = counted(in);
      out += salt.empty() ? "-" : hex_text(salt);
      break;
    }
    case Field::hash: {
      const Bytes hash = counted(in);
      if (hash.empty() || hash.size() % 5 != 0) return false;
      out += base32hex_text(hash);
      break;
    }
    case Field::location:
      return put_location(in, style, out);
    case Field::gateway:
      return put_gateway(in, rdata, style, out);
    case Field::relay:
      return put_relay(in, rdata, style, out);
    case Field::hip:
      return put_host_identity(in, out);
    case Field::scheme: {
      const uint8_t scheme = in.u8();
      out += scheme == 1 ? "NOTIFY" : std::to_string(scheme);
      break;
    }
    case Field::maybe_string:
      if (in.left() > 0) out += quoted_text(counted(in));
      break;
    case Field::names:
      return put_names(in, rdata, style, out);
    case Field::services:
      return put_services(in, out);
    case Field::nsap:
      return put_nsap(rest_of(in), out);
    case Field::strings:
      return put_strings(in, out);
    case Field::text:
      out += quoted_text(rest_of(in));
      break;
    case Field::hex:
    case Field::base64: {
      const Bytes rest = rest_of(in);
      if (rest.empty()) return false;
      out += field == Field::hex ? hex_text(rest) : base64_text(rest);
      break;
    }
    case Field::types:
      return put_types(in, out);
    case Field::prefixes:
      return put_prefixes(in, out);
    case Field::parameters:
      return put_parameters(rest_of(in), style, out);
  }
  return in.ok();
}

}  // namespace

std::string generic_rdata_text(Bytes rdata) {
  return fmt::format("\\# {}{}{}", rdata.size(), rdata.empty() ? "" : " ", hex_text(rdata));
}

std::string name_to_text(Bytes name, TextStyle style) {
  return style == TextStyle::dig ? wire::Name::from_wire(name).value_or(wire::Name()).to_text()
                                 : name_text(name);
}

std::string rdata_to_text(uint16_t type, Bytes rdata, TextStyle style) {
  Cursor in(rdata);
  std::string out;
  for (const Field field : rdata_fields(type)) {
    std::string word;  // none where a list is empty
    if (!put_field(field, in, rdata, style, word)) return generic_rdata_text(rdata);
    if (!out.empty() && !word.empty()) out += ' ';
    out += word;
  }
  return out.empty() || in.left() > 0 ? generic_rdata_text(rdata) : out;
}

}  // namespace ptrd::zone
