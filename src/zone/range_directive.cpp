// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/range_directive.hpp"

#include <fmt/core.h>

#include <charconv>
#include <vector>

#include "zone/master_text.hpp"

namespace ptrd::zone {

namespace op = image::op;
using wire::Family;

namespace {

using Fault = tl::unexpected<DirectiveFault>;

struct Word {
  std::string_view text;
  size_t column;
};

/// The words after the directive, up to a comment.
std::vector<Word> words_of(std::string_view line) {
  std::vector<Word> words;
  for (size_t at = kRangeDirective.size(); at < line.size();) {
    if (line[at] == ';') break;
    if (is_blank(line[at])) {
      ++at;
      continue;
    }
    const size_t end = std::min(line.find_first_of(" \t;", at), line.size());
    words.push_back({line.substr(at, end - at), at + 1});
    at = end;
  }
  return words;
}

tl::expected<image::Prefix, std::string> parse_prefix(std::string_view text) {
  const size_t slash = std::min(text.find('/'), text.size());
  const auto key = wire::key_of_address(text.substr(0, slash));
  const auto bad = tl::unexpected(
      fmt::format("'{}' is not an address prefix such as 192.0.2.0/24 or 2001:db8::/32", printable(text)));
  if (!key || slash == text.size()) return bad;
  unsigned bits = 0;
  const auto [end, error] = std::from_chars(text.data() + slash + 1, text.data() + text.size(), bits);
  if (error != std::errc() || end != text.data() + text.size()) return bad;
  const unsigned max_bits = key->family == Family::v4 ? 32 : 128;
  if (bits > max_bits)
    return tl::unexpected(fmt::format("invalid prefix length {}; at most {}", bits, max_bits));
  const image::RangeEntry whole{key->address, 0, static_cast<uint8_t>(bits), 0, 0};
  const image::Prefix prefix = image::declared_prefix(whole, key->family);
  if (prefix.address != key->address) {
    return tl::unexpected(
        fmt::format("{} has host bits set; did you mean {}?", printable(text), image::to_text(prefix)));
  }
  return prefix;
}

std::optional<uint32_t> parse_ttl(std::string_view text) {
  uint32_t ttl = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), ttl);
  if (error != std::errc() || end != text.data() + text.size() || ttl > INT32_MAX) return std::nullopt;
  return ttl;
}

/// The number of leading steps that write consecutive nibbles.
size_t nibbles_in_order(wire::Bytes program) {
  size_t count = 0;
  while (count < program.size() && program[count] == program[0] + count && program[count] >= op::nibble &&
         program[count] < op::groups)
    ++count;
  return count;
}

/// One step of a program as a placeholder.
std::string step_to_text(uint8_t step) {
  constexpr std::string_view kForms[] = {"", ":02", ":03", ":x", ":02x"};
  if (step == op::groups) return "{ip6-full}";
  if (step == op::shortest) return "{ip6}";
  if (step == op::nibbles) return "{nibbles}";
  if (step >= op::nibble) return fmt::format("{{n{}}}", step - op::nibble);
  return fmt::format("{{{}{}}}", "abcd"[step & 3], kForms[(step - op::decimal) >> 4]);
}

}  // namespace

tl::expected<RangeDirective, DirectiveFault> parse_range_directive(std::string_view line,
                                                                   const wire::Name& origin) {
  const std::vector<Word> words = words_of(line);
  if (words.size() < 2)
    return Fault({line.size() + 1,
                  "a range needs a prefix and a pattern: ;@range 192.0.2.0/24 host-{d}.example. [TTL]"});
  if (words.size() > 3) return Fault({words[3].column, "too many words; a range is PREFIX PATTERN [TTL]"});
  RangeDirective range;
  const auto prefix = parse_prefix(words[0].text);
  if (!prefix) return Fault({words[0].column, prefix.error()});
  range.prefix = *prefix;
  auto pattern = parse_pattern(words[1].text, prefix->family, origin);
  if (!pattern) return Fault({words[1].column + pattern.error().column - 1, pattern.error().text});
  range.pattern = *std::move(pattern);
  if (words.size() == 3) {
    range.ttl = parse_ttl(words[2].text);
    if (!range.ttl) {
      return Fault({words[2].column, fmt::format("'{}' is not a TTL; use 0 to {} seconds",
                                                 printable(words[2].text), INT32_MAX)});
    }
  }
  if (const auto fault = pattern_fault(range.pattern, range.prefix)) return Fault({words[1].column, *fault});
  return range;
}

std::string range_to_text(const image::View& view, const image::Range& range, const image::Prefix& prefix) {
  const auto* program = reinterpret_cast<const uint8_t*>(&range) + offsetof(image::Range, program);
  std::string pattern;
  for (size_t at = 0; at < range.program_size; ++at) {
    const uint8_t step = program[at];
    if (step == op::label) {
      pattern += '.';
    } else if (step <= op::kMaxLiteral) {
      pattern.append(reinterpret_cast<const char*>(program) + at + 1, step);
      at += step;
    } else if (const size_t more = nibbles_in_order({program + at, program + range.program_size}); more > 1) {
      const int first = step - op::nibble;
      pattern += fmt::format("{{n{}-n{}}}", first, first + static_cast<int>(more) - 1);
      at += more - 1;
    } else {
      pattern += step_to_text(step);
    }
  }
  const image::Tail& tail = view.tail(range.tail);
  const auto name = wire::Name::from_wire(
      {reinterpret_cast<const uint8_t*>(&tail) + offsetof(image::Tail, name), tail.size});
  if (!pattern.empty() && tail.size > 1) pattern += '.';
  if (name && (tail.size > 1 || !pattern.empty())) pattern += name->to_text();
  return fmt::format("{} {} {} {}", kRangeDirective, image::to_text(prefix), pattern, wire::load32(tail.ttl));
}

}  // namespace ptrd::zone
