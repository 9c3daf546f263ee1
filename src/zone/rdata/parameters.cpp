// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/rdata/parameters.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "zone/rdata/encoding.hpp"

namespace ptrd::zone {

using wire::Bytes;
using wire::Cursor;

namespace {

/// Keys with a name and a form of their own (RFC 9460 14.3.2).
enum Key : uint16_t { mandatory, alpn, no_default_alpn, port, ipv4hint, ech, ipv6hint };
constexpr const char* kNames[] = {"mandatory", "alpn", "no-default-alpn", "port",
                                  "ipv4hint",  "ech",  "ipv6hint"};

std::string key_text(uint16_t key) {
  return key < std::size(kNames) ? kNames[key] : fmt::format("key{}", key);
}

void append_to_list(std::string& list, const std::string& item) {
  if (!list.empty()) list += ',';
  list += item;
}

/// Whether libzscanner reads a protocol name back from a list: it may not with a backslash in it, nor with a
/// comma at the start or one octet before another name. No registered name is like that.
bool is_readable(Bytes name, bool last) {
  return !name.empty() && name.front() != ',' && (name.size() > 1 || last) &&
         std::find(name.begin(), name.end(), '\\') == name.end();
}

/// Protocol names (RFC 9460 7.1.1): a comma in one is escaped, and the list then is as a character string.
bool put_protocols(Bytes value, TextStyle style, std::string& out) {
  Cursor cursor(value);
  std::vector<uint8_t> list;
  while (cursor.left() > 0) {
    const Bytes name = cursor.take(cursor.u8());
    if (!is_readable(name, cursor.left() == 0)) return false;
    if (!list.empty()) list.push_back(',');
    for (const uint8_t c : name) {
      if (c == ',') list.push_back('\\');
      list.push_back(c);
    }
  }
  out += style == TextStyle::dig ? quoted_text(list) : word_text(list);
  return !list.empty();
}

/// Keys that a client must know (RFC 9460 8): in order, and all of them there.
bool put_mandatory(Bytes value, const std::vector<uint16_t>& keys, std::string& out) {
  Cursor cursor(value);
  std::string list;
  int last = mandatory;
  while (cursor.left() > 0) {
    const uint16_t key = cursor.u16();
    if (!cursor.ok() || key <= last || std::find(keys.begin(), keys.end(), key) == keys.end()) return false;
    last = key;
    append_to_list(list, key_text(key));
  }
  out += list;
  return !list.empty();
}

/// Addresses of `size` bytes.
bool put_addresses(Bytes value, size_t size, std::string& out) {
  if (value.empty() || value.size() % size != 0) return false;
  std::string list;
  for (; !value.empty(); value = value.subspan(size)) append_to_list(list, address_text(value.first(size)));
  out += list;
  return true;
}

bool put_value(uint16_t key, Bytes value, const std::vector<uint16_t>& keys, TextStyle style,
               std::string& out) {
  if (key == no_default_alpn) return value.empty();
  if (key > ipv6hint && value.empty()) return true;
  out += '=';
  switch (key) {
    case mandatory:
      return put_mandatory(value, keys, out);
    case alpn:
      return put_protocols(value, style, out);
    case port:
      if (value.size() != 2) return false;
      out += std::to_string(wire::load16(value.data()));
      return true;
    case ipv4hint:
      return put_addresses(value, 4, out);
    case ipv6hint:
      return put_addresses(value, 16, out);
    case ech:
      out += base64_text(value);
      return !value.empty();
    default:
      out += quoted_text(value);
      return true;
  }
}

}  // namespace

bool put_parameters(Bytes data, TextStyle style, std::string& out) {
  std::vector<uint16_t> keys;
  std::vector<Bytes> values;
  for (Cursor cursor(data); cursor.left() > 0;) {
    const uint16_t key = cursor.u16();
    const Bytes value = cursor.take(cursor.u16());
    if (!cursor.ok() || (!keys.empty() && key <= keys.back())) return false;
    keys.push_back(key);
    values.push_back(value);
  }
  for (size_t i = 0; i < keys.size(); ++i) {
    if (i > 0) out += ' ';
    out += key_text(keys[i]);
    if (!put_value(keys[i], values[i], keys, style, out)) return false;
  }
  return true;
}

}  // namespace ptrd::zone
