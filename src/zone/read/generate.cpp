// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/read/generate.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>

#include "zone/master_text.hpp"

namespace ptrd::zone {
namespace {

using Fault = tl::unexpected<std::string>;

// BIND uses C ints and formats each number into 128 bytes; wider fields are rejected there and here.
constexpr int64_t kMaxValue = std::numeric_limits<int32_t>::max();
constexpr uint32_t kMaxWidth = 127;

template <typename T>
std::optional<T> take_number(std::string_view& text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return value;
}

bool take_char(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

/// The next word before the data; these words contain no quotes or parentheses. Empty at the end of the line
/// or at a comment.
tl::expected<std::string_view, std::string> take_word(std::string_view& rest) {
  while (!rest.empty() && is_blank(rest.front())) rest.remove_prefix(1);
  size_t size = 0;
  while (size < rest.size() && !is_blank(rest[size]) && rest[size] != ';') {
    if (rest[size] == '"' || rest[size] == '(' || rest[size] == ')') {
      return Fault(fmt::format("'{}' is allowed only in the data", rest[size]));
    }
    size += rest[size] == '\\' && size + 1 < rest.size() ? 2 : 1;
  }
  const std::string_view word = rest.substr(0, size);
  rest.remove_prefix(size);
  return word;
}

/// The data without surrounding blanks and the trailing comment. Data that does not end on the line would
/// swallow the next record.
tl::expected<std::string_view, std::string> trim_data(std::string_view rest) {
  while (!rest.empty() && is_blank(rest.front())) rest.remove_prefix(1);
  bool quoted = false;
  int depth = 0;
  size_t end = 0;
  for (size_t i = 0; i < rest.size(); ++i) {
    const char c = rest[i];
    if (c == ';' && !quoted) break;
    if (c == '\\' && ++i == rest.size()) return Fault("the data ends in a backslash");
    if (c == '"') quoted = !quoted;
    if (c == '(' && !quoted) ++depth;
    if (c == ')' && !quoted && --depth < 0) break;
    if (!is_blank(c)) end = i + 1;
  }
  if (quoted) return Fault("unclosed quote");
  if (depth != 0) return Fault("unbalanced parentheses; the directive must be on one line");
  return rest.substr(0, end);
}

/// BIND reads the data as one token: if it is one quoted string, its content counts (`MX "10 mail$"`), and
/// inner quotes are written `\"`. Several tokens, which BIND rejects, are taken as they are.
std::string unquoted(std::string_view data) {
  std::string content;
  for (size_t i = 1; i < data.size() && data.front() == '"'; ++i) {
    if (data[i] == '"') {
      if (i + 1 == data.size()) return content;
      break;
    }
    if (data[i] == '\\' && data[i + 1] != '"') content += data[i];
    if (data[i] == '\\') ++i;
    content += data[i];
  }
  return std::string(data);
}

}  // namespace

tl::expected<void, std::string> Generator::parse_range(std::string_view range) {
  std::string_view rest = range;
  const auto start = take_number<int32_t>(rest);
  const bool dash = take_char(rest, '-');
  const auto stop = take_number<int32_t>(rest);
  std::optional<int32_t> step = 1;
  if (take_char(rest, '/')) step = take_number<int32_t>(rest);
  if (!start || !dash || !stop || !step || !rest.empty() || *start < 0 || *stop < 0) {
    return Fault(fmt::format("range '{}' is not start-stop[/step] with numbers up to {}", printable(range),
                             kMaxValue));
  }
  if (*stop < *start) return Fault(fmt::format("range '{}' ends before it starts", range));
  if (*step < 1) return Fault(fmt::format("the step of range '{}' must be at least 1", range));
  start_ = static_cast<uint64_t>(*start);
  stop_ = static_cast<uint64_t>(*stop);
  step_ = static_cast<uint64_t>(*step);
  return {};
}

/// Parses and removes `{offset[,width[,base]]}` at the start of `text`.
tl::expected<Generator::Number, std::string> Generator::parse_braces(std::string_view& text) {
  const std::string_view whole = text.substr(0, std::min(text.find('}'), text.size() - 1) + 1);
  const Fault fault(fmt::format("'${}' is not ${{offset[,width[,base]]}} with a base of d, o, x, X, n or N",
                                printable(whole)));
  Number number;
  text.remove_prefix(1);
  if (take_char(text, '+') && text.starts_with('-')) return fault;
  const auto offset = take_number<int32_t>(text);
  if (!offset) return fault;
  number.offset = *offset;
  if (take_char(text, ',')) {
    const auto width = take_number<uint32_t>(text);
    if (!width) return fault;
    if (*width > kMaxWidth) return Fault(fmt::format("'${}' is wider than {}", printable(whole), kMaxWidth));
    number.width = *width;
    if (take_char(text, ',')) {
      constexpr std::string_view kBases = "doxXnN";
      if (text.empty() || kBases.find(text.front()) == std::string_view::npos) return fault;
      number.base = text.front();
      text.remove_prefix(1);
    }
  }
  if (!take_char(text, '}')) return fault;
  return number;
}

tl::expected<void, std::string> Generator::add_template(std::string_view text) {
  int32_t last_offset = 0;
  while (!text.empty()) {
    const char c = text.front();
    text.remove_prefix(1);
    if (c == '\\' && !text.empty()) {
      tail_.append({c, text.front()});
      text.remove_prefix(1);
    } else if (c != '$') {
      tail_ += c;
    } else if (take_char(text, '$')) {
      tail_ += "\\$";  // a literal $; the scanner accepts it in a name only if escaped
    } else {
      Number number;
      if (text.starts_with('{')) {
        auto braces = parse_braces(text);
        if (!braces) return Fault(std::move(braces.error()));
        number = *braces;
        last_offset = number.offset;
      } else if (last_offset != 0) {
        differs_from_bind_ = true;
      }
      if (static_cast<int64_t>(value(count() - 1)) + number.offset > kMaxValue) {
        return Fault(fmt::format("offset {} gives a value above {}", number.offset, kMaxValue));
      }
      pieces_.push_back({std::exchange(tail_, {}), number});
    }
  }
  return {};
}

tl::expected<Generator, std::string> Generator::parse(std::string_view arguments) {
  // Range, owner, then up to two of TTL and class, then the type.
  std::array<std::string_view, 5> words;
  size_t used = 0;
  bool ttl = false;
  bool rclass = false;
  for (bool more = true; more;) {
    const auto word = take_word(arguments);
    if (!word) return Fault(word.error());
    if (word->empty()) return Fault("$GENERATE needs a range, an owner, a type and data");
    words[used++] = *word;
    if (used <= 2) continue;
    if (is_class(*word) && !rclass) {
      if (!is_class_in(*word)) return Fault(fmt::format("class {} is not supported", *word));
      rclass = true;
    } else if (word->front() >= '0' && word->front() <= '9' && !ttl) {
      ttl = true;
    } else {
      more = false;
    }
  }
  auto data = trim_data(arguments);
  if (!data) return Fault(std::move(data.error()));
  const std::string content = unquoted(*data);
  data = trim_data(content);
  if (!data) return Fault(std::move(data.error()));
  if (data->empty()) return Fault("$GENERATE has no data after its type");

  Generator generator;
  auto done = generator.parse_range(words[0]);
  if (done) done = generator.add_template(words[1]);
  for (size_t i = 2; i < used; ++i) (generator.tail_ += ' ') += words[i];
  generator.tail_ += ' ';
  if (done) done = generator.add_template(*data);
  generator.tail_ += '\n';
  if (!done) return Fault(std::move(done.error()));
  return generator;
}

void Generator::append_number(const Number& number, int64_t iterator, std::string& out) {
  // For BIND a value below zero is a C int: signed in decimal, otherwise its 32 bits.
  const auto value = static_cast<int32_t>(iterator + number.offset);
  auto bits = static_cast<uint32_t>(value);
  if (number.base == 'n' || number.base == 'N') {
    const char* digits = number.base == 'n' ? "0123456789abcdef" : "0123456789ABCDEF";
    // The width includes the dots, so an even one ends in a dot and makes the name absolute, as in BIND.
    for (uint32_t i = 0; i == 0 || i < number.width || bits != 0; ++i) {
      if (i % 2 == 1) {
        out += '.';
      } else {
        out += digits[bits & 15];
        bits >>= 4;
      }
    }
    return;
  }
  uint32_t width = number.width;
  if (number.base == 'd' && value < 0) {
    out += '-';
    bits = 0U - bits;
    if (width > 0) --width;
  }
  std::array<char, 16> text;
  const int radix = number.base == 'd' ? 10 : number.base == 'o' ? 8 : 16;
  char* end = std::to_chars(text.data(), text.data() + text.size(), bits, radix).ptr;
  if (number.base == 'X') {
    std::transform(text.data(), end, text.data(),
                   [](char c) { return c >= 'a' ? static_cast<char>(c - 32) : c; });
  }
  const auto size = static_cast<size_t>(end - text.data());
  if (size < width) out.append(width - size, '0');
  out.append(text.data(), size);
}

void Generator::append_line(uint64_t index, std::string& out) const {
  const auto iterator = static_cast<int64_t>(value(index));
  for (const Piece& piece : pieces_) {
    out += piece.before;
    append_number(piece.number, iterator, out);
  }
  out += tail_;
}

}  // namespace ptrd::zone
