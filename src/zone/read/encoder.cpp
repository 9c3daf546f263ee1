// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/read/encoder.hpp"

#include <arpa/inet.h>
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <utility>

#include "ptrd/wire/rdata.hpp"
#include "zone/master_text.hpp"
#include "zone/rdata/fields.hpp"
#include "zone/read/services.hpp"

namespace ptrd::zone {
namespace {

using Data = std::vector<uint8_t>;
using Fault = tl::unexpected<std::string>;

constexpr uint16_t kEncoded[] = {3,  4,  7,  8,  9,  11, 19, 20,  22,  23,  26,  27,    31,
                                 32, 40, 55, 56, 57, 58, 66, 258, 260, 261, 262, 32768, 32769};
constexpr size_t kMaxString = 255;   // RFC 1035 3.3
constexpr size_t kMaxRdata = 65535;  // RFC 1035 3.2.1
constexpr size_t kMaxHostTag = 255;  // RFC 8005 5: its length has 8 bits

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char low = static_cast<char>(c | 0x20);
  return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

std::optional<Data> from_hex(std::string_view digits) {
  if (digits.empty() || digits.size() % 2 != 0) return std::nullopt;
  Data out;
  for (size_t i = 0; i < digits.size(); i += 2) {
    const int high = hex_digit(digits[i]);
    const int low = hex_digit(digits[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out.push_back(static_cast<uint8_t>(high << 4 | low));
  }
  return out;
}

/// RFC 4648 4: padded, and without bits that say nothing.
std::optional<Data> from_base64(std::string_view text) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  if (text.empty() || text.size() % 4 != 0) return std::nullopt;
  const size_t digits = text.size() - (text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0);
  Data out;
  uint32_t waiting = 0;
  unsigned bits = 0;
  for (const char c : text.substr(0, digits)) {
    const size_t digit = kDigits.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    waiting = (waiting << 6 | static_cast<uint32_t>(digit)) & 0xFFFF;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out.push_back(static_cast<uint8_t>(waiting >> bits));
  }
  if ((waiting & ((1U << bits) - 1)) != 0) return std::nullopt;
  return out;
}

/// The octets of a character string (RFC 1035 5.1).
std::optional<Data> from_string(const Word& word) {
  std::string_view text = word.text;
  if (word.quoted()) {
    if (!word.closed()) return std::nullopt;
    text = text.substr(1, text.size() - 2);
  }
  Data out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out.push_back(static_cast<uint8_t>(text[i]));
      continue;
    }
    if (++i == text.size()) return std::nullopt;
    if (text[i] < '0' || text[i] > '9') {
      out.push_back(static_cast<uint8_t>(text[i]));
      continue;
    }
    uint8_t octet = 0;
    const char* const end = text.data() + std::min(i + 3, text.size());
    const auto [stop, error] = std::from_chars(text.data() + i, end, octet);
    if (error != std::errc() || stop != text.data() + i + 3) return std::nullopt;
    out.push_back(octet);
    i += 2;
  }
  return out;
}

/// Whether a name ends in a dot that is not escaped.
bool is_absolute(std::string_view name) {
  bool escaped = false;
  bool dot = false;
  for (const char c : name) {
    dot = c == '.' && !escaped;
    escaped = c == '\\' && !escaped;
  }
  return dot;
}

/// Puts together the data of one record. After a fault all calls do nothing.
class Encoder {
 public:
  Encoder(std::span<const Word> words, const wire::Name& origin) : words_(words), origin_(origin) {}

  void put(Field field);
  tl::expected<Data, std::string> result() {
    if (fault_.empty() && !words_.empty()) fail("unexpected data at '{}'", printable(words_.front().text));
    if (fault_.empty() && data_.size() > kMaxRdata) fault_ = "the data have more than 65,535 octets";
    if (!fault_.empty()) return Fault(fault_);
    return std::move(data_);
  }

 private:
  template <typename... T>
  void fail(fmt::format_string<T...> text, T&&... values) {
    if (fault_.empty()) fault_ = fmt::format(text, std::forward<T>(values)...);
    words_ = {};
  }
  /// The next word; a fault, and empty, if there is none.
  std::string_view take(const char* what) {
    if (words_.empty()) {
      fail("the data end where {} should follow", what);
      return {};
    }
    const auto text = words_.front().text;
    words_ = words_.subspan(1);
    return text;
  }
  void append(wire::Bytes bytes) { data_.insert(data_.end(), bytes.begin(), bytes.end()); }
  void append_number(uint64_t number, size_t octets) {
    while (octets-- > 0) data_.push_back(static_cast<uint8_t>(number >> 8 * octets));
  }

  template <typename T>
  T number(const char* what, std::string_view name = {}, T named = 0);
  void put_name();
  void put_address(int family);
  void put_string();
  void put_type();
  void put_relay();
  void put_host_identity();
  void put_services();
  void put_nsap();
  void put_blob(Field field);

  std::span<const Word> words_;
  const wire::Name& origin_;
  Data data_;
  std::string fault_;
};

/// A decimal number, or `name`, which says `named`.
template <typename T>
T Encoder::number(const char* what, std::string_view name, T named) {
  const auto word = take(what);
  if (!name.empty() && same_word(word, name)) return named;
  T value{};
  const char* const end = word.data() + word.size();
  const auto [stop, error] = std::from_chars(word.data(), end, value);
  if (error != std::errc() || stop != end)
    fail("'{}' is not {} from 0 to {}", printable(word), what, std::numeric_limits<T>::max());
  return value;
}

void Encoder::put_name() {
  const auto word = take("a name");
  if (!fault_.empty()) return;
  const auto name = name_from_word({word}, origin_);
  if (!name) return fail("{}", name.error());
  append(name->bytes());
}

void Encoder::put_address(int family) {
  const std::string word(take("an address"));
  std::array<uint8_t, 16> address{};
  if (::inet_pton(family, word.c_str(), address.data()) != 1 || word.find('\0') != std::string::npos)
    return fail("invalid IPv{} address '{}'", family == AF_INET ? 4 : 6, printable(word));
  append(wire::Bytes(address).first(family == AF_INET ? 4 : 16));
}

void Encoder::put_string() {
  const auto word = take("a character string");
  if (!fault_.empty()) return;
  const auto bytes = from_string({word});
  if (!bytes) return fail("invalid character string '{}'", printable(word));
  if (bytes->size() > kMaxString)
    return fail("character string '{}' is longer than 255 octets", printable(word));
  data_.push_back(static_cast<uint8_t>(bytes->size()));
  append(*bytes);
}

void Encoder::put_type() {
  const auto word = take("a record type");
  const auto type = wire::type_from_text(word);
  if (!type) return fail("'{}' is not a record type", printable(word));
  append_number(*type, 2);
}

void Encoder::put_relay() {
  const auto optional = number<uint8_t>("a discovery bit");
  const auto type = number<uint8_t>("a relay's type");
  if (optional > 1) fail("the discovery bit must be 0 or 1");
  if (type > 3) fail("the relay's type must be 0 to 3; write the data of others as \\# length hex");
  data_.push_back(static_cast<uint8_t>(optional << 7 | type));
  if (type == 1) return put_address(AF_INET);
  if (type == 2) return put_address(AF_INET6);
  if (type == 3) return put_name();
  if (const auto word = take("a relay, '.' for none"); word != ".")
    fail("a relay of type 0 is written as '.', not '{}'", printable(word));
}

void Encoder::put_host_identity() {
  const auto algorithm = number<uint8_t>("an algorithm");
  const auto tag_word = take("a host identity tag");
  const auto key_word = take("a public key");
  const auto tag = from_hex(tag_word);
  const auto key = from_base64(key_word);
  if (!tag || tag->size() > kMaxHostTag) return fail("invalid host identity tag '{}'", printable(tag_word));
  if (!key || key->size() > kMaxRdata) return fail("invalid Base64 public key '{}'", printable(key_word));
  append_number(tag->size(), 1);
  append_number(algorithm, 1);
  append_number(key->size(), 2);
  append(*tag);
  append(*key);
}

void Encoder::put_services() {
  const auto word = take("a protocol");
  const auto protocol = protocol_number(word);
  if (!protocol) return fail("unknown protocol '{}'; write its number", printable(word));
  data_.push_back(*protocol);
  Data bits;
  for (const Word& name : std::exchange(words_, {})) {
    const auto port = port_number(name.text);
    if (!port) return fail("unknown service '{}'; write its port number", printable(name.text));
    bits.resize(std::max<size_t>(bits.size(), *port / 8U + 1));
    bits[*port / 8U] |= static_cast<uint8_t>(0x80U >> *port % 8U);
  }
  append(bits);
}

void Encoder::put_nsap() {
  std::string word(take("an address, 0x and hexadecimal digits"));
  std::erase(word, '.');  // anywhere, for people (RFC 1706 5)
  const bool prefixed = word.starts_with("0x") || word.starts_with("0X");
  const auto bytes = from_hex(prefixed ? std::string_view(word).substr(2) : "");
  if (!bytes) return fail("'{}' is not 0x and pairs of hexadecimal digits", printable(word));
  append(*bytes);
}

/// White space between the digits is allowed (RFC 4034 2.2 and 5.3).
void Encoder::put_blob(Field field) {
  std::string all;
  for (const Word& word : std::exchange(words_, {})) all += word.text;
  const auto bytes = field == Field::hex ? from_hex(all) : from_base64(all);
  if (!bytes)
    return fail("invalid {} '{}'", field == Field::hex ? "hexadecimal digits" : "Base64", printable(all));
  append(*bytes);
}

void Encoder::put(Field field) {
  switch (field) {
    case Field::u8:
      return append_number(number<uint8_t>("a number"), 1);
    case Field::u16:
      return append_number(number<uint16_t>("a number"), 2);
    case Field::scheme:
      return append_number(number<uint8_t>("a scheme, NOTIFY or a number", "NOTIFY", 1), 1);
    case Field::type:
      return put_type();
    case Field::name:
      return put_name();
    case Field::names:
      while (!words_.empty()) put_name();
      return;
    case Field::ipv4:
      return put_address(AF_INET);
    case Field::string:
      return put_string();
    case Field::maybe_string:
      if (!words_.empty()) put_string();
      return;
    case Field::strings:
      do put_string();
      while (!words_.empty());
      return;
    case Field::relay:
      return put_relay();
    case Field::hip:
      return put_host_identity();
    case Field::services:
      return put_services();
    case Field::nsap:
      return put_nsap();
    case Field::hex:
    case Field::base64:
      return put_blob(field);
    default:
      return fail("the data have no form here");  // not in a type of kEncoded
  }
}

}  // namespace

bool is_encoded_here(uint16_t type) {
  return std::ranges::binary_search(kEncoded, type);
}

tl::expected<Data, std::string> encode_rdata(uint16_t type, std::span<const Word> words,
                                             const wire::Name& origin) {
  Encoder encoder(words, origin);
  for (const Field field : rdata_fields(type)) encoder.put(field);
  return encoder.result();
}

tl::expected<wire::Name, std::string> name_from_word(const Word& word, const wire::Name& origin) {
  if (word.quoted())
    return Fault(fmt::format("a name is written without quotes, not {}", printable(word.text)));
  if (auto fault = word_fault(word)) return Fault(*std::move(fault));
  if (word.text == "@") return origin;
  const auto invalid = [&](const std::string& why) {
    return Fault(fmt::format("invalid name '{}': {}", printable(word.text), why));
  };
  const auto name = wire::Name::from_text(word.text);
  if (!name) return invalid(name.error());
  if (is_absolute(word.text)) return *name;
  Data whole(name->bytes().begin(), name->bytes().end() - 1);
  whole.insert(whole.end(), origin.bytes().begin(), origin.bytes().end());
  if (whole.size() > wire::kMaxName) return invalid("name longer than 255 octets");
  return wire::Name::from_wire(whole);
}

}  // namespace ptrd::zone
