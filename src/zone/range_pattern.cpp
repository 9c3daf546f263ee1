// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "ptrd/image/leaf.hpp"
#include "zone/master_text.hpp"
#include "zone/range_directive.hpp"

namespace ptrd::zone {

namespace op = image::op;
using wire::Family;

namespace {

/// A placeholder that compiles to a program. `text` is what `dump` writes.
struct Whole {
  std::string_view text;
  Family family;
  std::string program;
};

std::string octets(const std::array<int, 4>& order, uint8_t step, std::string_view between) {
  std::string program;
  for (const int octet : order) {
    if (!program.empty()) program += between;
    program += static_cast<char>(step + octet);
  }
  return program;
}

const std::array<Whole, 8>& wholes() {
  using namespace std::string_view_literals;
  constexpr std::array<int, 4> kForth = {0, 1, 2, 3};
  constexpr std::array<int, 4> kBack = {3, 2, 1, 0};
  constexpr auto kHyphen = "\1-"sv;
  constexpr auto kDot = "\0"sv;
  const auto one = [](uint8_t step) { return std::string(1, static_cast<char>(step)); };
  static const std::array<Whole, 8> all = {{
      {"ip", Family::v4, octets(kForth, op::decimal, kHyphen)},
      {"ip-dotted", Family::v4, octets(kForth, op::decimal, kDot)},
      {"ip-reversed", Family::v4, octets(kBack, op::decimal, kHyphen)},
      {"ip-padded", Family::v4, octets(kForth, op::decimal3, kHyphen)},
      {"ip-hex", Family::v4, octets(kForth, op::hex2, "")},
      {"ip6", Family::v6, one(op::shortest)},
      {"ip6-full", Family::v6, one(op::groups)},
      {"nibbles", Family::v6, one(op::nibbles)},
  }};
  return all;
}

struct OctetForm {
  std::string_view text;
  uint8_t step;
};
constexpr std::array<OctetForm, 5> kOctetForms = {
    {{"", op::decimal}, {":02", op::decimal2}, {":03", op::decimal3}, {":x", op::hex}, {":02x", op::hex2}}};
constexpr std::string_view kOctetNames = "abcd";

std::optional<unsigned> nibble_number(std::string_view text) {
  unsigned n = 0;
  if (text.size() < 2 || text.front() != 'n') return std::nullopt;
  const auto [end, error] = std::from_chars(text.data() + 1, text.data() + text.size(), n);
  if (error != std::errc() || end != text.data() + text.size() || n > 31) return std::nullopt;
  return n;
}

/// The steps of the placeholder `text`; empty if there is no such placeholder.
std::optional<std::string> placeholder(std::string_view text, Family family) {
  for (const Whole& whole : wholes()) {
    if (whole.text == text && whole.family == family) return whole.program;
  }
  if (family == Family::v4 && !text.empty()) {
    const size_t octet = kOctetNames.find(text.front());
    for (const OctetForm& form : kOctetForms) {
      if (octet != std::string_view::npos && text.substr(1) == form.text)
        return std::string(1, static_cast<char>(form.step + octet));
    }
  }
  if (family == Family::v6) {
    const size_t dash = std::min(text.find('-'), text.size());
    const auto first = nibble_number(text.substr(0, dash));
    const auto last = dash == text.size() ? first : nibble_number(text.substr(dash + 1));
    if (!first || !last) return std::nullopt;
    std::string program;
    const int step = *last < *first ? -1 : 1;
    for (int n = static_cast<int>(*first);; n += step) {
      program += static_cast<char>(op::nibble + n);
      if (n == static_cast<int>(*last)) return program;
    }
  }
  return std::nullopt;
}

std::string known(Family family) {
  return family == Family::v4 ? "{a} {b} {c} {d} (also {a:02} {a:03} {a:x} {a:02x}), {ip} {ip-dotted} "
                                "{ip-reversed} {ip-padded} {ip-hex}"
                              : "{ip6} {ip6-full} {nibbles} {n0} to {n31} {n16-n31}";
}

bool is_host_char(char c) {
  const char lower = static_cast<char>(wire::lower(static_cast<uint8_t>(c)));
  return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/// Labels under construction: a program each, and whether it contains a placeholder.
struct LabelProgram {
  std::string steps;
  std::string literal;  // not in `steps` yet
  bool fixed = true;

  void flush() {
    if (literal.empty()) return;
    steps += static_cast<char>(literal.size());
    steps += literal;
    literal.clear();
  }
  [[nodiscard]] bool empty() const { return steps.empty() && literal.empty(); }
};

using Fault = tl::unexpected<DirectiveFault>;

/// Splits a placeholder's program where it ends a label; only {ip-dotted} does.
void add_steps(std::vector<LabelProgram>& labels, std::string_view program) {
  labels.back().flush();
  for (size_t at = 0; at < program.size(); ++at) {
    const auto step = static_cast<uint8_t>(program[at]);
    if (step == op::label) {
      labels.emplace_back().fixed = false;
      continue;
    }
    const size_t size = step <= op::kMaxLiteral ? 1U + step : 1U;
    labels.back().fixed = false;
    labels.back().steps += program.substr(at, size);
    at += size - 1;
  }
}

/// The labels of `text`; a final empty one when it ends with a dot.
tl::expected<std::vector<LabelProgram>, DirectiveFault> labels_of(std::string_view text, Family family) {
  std::vector<LabelProgram> labels(1);
  for (size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '.') {
      if (labels.back().empty()) return Fault({at + 1, "an empty label"});
      labels.back().flush();
      labels.emplace_back();
    } else if (c == '{') {
      const size_t end = text.find('}', at);
      if (end == std::string_view::npos) return Fault({at + 1, "'{' without '}'"});
      const auto program = placeholder(text.substr(at + 1, end - at - 1), family);
      if (!program) {
        return Fault({at + 1, fmt::format("unknown placeholder '{}'; use one of {}",
                                          printable(text.substr(at, end + 1 - at)), known(family))});
      }
      add_steps(labels, *program);
      at = end;
    } else if (is_host_char(c)) {
      if (labels.back().literal.size() == wire::kMaxLabel)
        return Fault({at + 1, "a label of more than 63 octets"});
      labels.back().literal += c;
    } else {
      return Fault(
          {at + 1, fmt::format("'{}' is not allowed in a host name", printable(text.substr(at, 1)))});
    }
  }
  labels.back().flush();
  return labels;
}

/// Representative addresses: they differ in where the parts of a name start, and where it has hyphens. For
/// IPv4 this depends on the number of digits of each octet. For IPv6 only the shortest form varies: in the
/// number of digits of its first group, and in whether a run of zeros is omitted right after it.
class Witnesses {
 public:
  explicit Witnesses(const image::Prefix& prefix) : prefix_(prefix) {
    prefix.family == Family::v4 ? add_octets(0, prefix.address) : add_groups();
  }
  [[nodiscard]] const std::vector<image::RangeAddress>& all() const& { return all_; }

 private:
  void add(const image::RangeAddress& address) {
    if (image::has_prefix(address, prefix_.address.data(), prefix_.bits)) all_.push_back(address);
  }
  /// The smallest and largest octet of each length in decimal and hexadecimal, and the prefix's own.
  void add_octets(size_t octet, image::RangeAddress address) {
    if (octet == 4) return add(address);
    const unsigned fixed =
        prefix_.bits > 8 * octet ? std::min<unsigned>(prefix_.bits - 8 * static_cast<unsigned>(octet), 8) : 0;
    const unsigned first = prefix_.address[octet];
    const unsigned last = first | (0xFFU >> fixed);
    constexpr std::array<unsigned, 10> kTurns = {0, 9, 10, 15, 16, 99, 100, 255, 0, 0};
    std::array<unsigned, 10> values = kTurns;
    values[8] = first;
    values[9] = last;
    std::sort(values.begin(), values.end());
    const auto end = std::unique(values.begin(), values.end());
    for (auto value = values.begin(); value != end; ++value) {
      if (*value < first || *value > last) continue;
      address[octet] = static_cast<uint8_t>(*value);
      add_octets(octet + 1, address);
    }
  }
  void add_groups() {
    constexpr std::array<unsigned, 5> kGroups = {0, 1, 0x10, 0x100, 0xFFFF};
    for (const unsigned first : kGroups) {
      for (const unsigned second : {0U, 0xFFFFU}) {
        for (const unsigned rest : {0U, 0xFFFFU}) add_filled(first, second, rest);
      }
    }
  }
  /// The prefix's bits, followed by the given groups.
  void add_filled(unsigned first, unsigned second, unsigned rest) {
    image::RangeAddress address{};
    for (unsigned group = 0; group < 8; ++group) {
      const unsigned value = group == 0 ? first : group <= 2 ? second : rest;
      address[2 * group] = static_cast<uint8_t>(value >> 8);
      address[2 * group + 1] = static_cast<uint8_t>(value);
    }
    for (unsigned bit = 0; bit < prefix_.bits; ++bit) {
      const auto mask = static_cast<uint8_t>(0x80U >> bit % 8);
      address[bit / 8] = static_cast<uint8_t>((address[bit / 8] & ~mask) | (prefix_.address[bit / 8] & mask));
    }
    add(address);
  }

  const image::Prefix& prefix_;
  std::vector<image::RangeAddress> all_;
};

std::optional<std::string> label_fault(wire::Bytes label) {
  if (label.front() == '-') return "a label that starts with a hyphen";
  if (label.back() == '-') return "a label that ends with a hyphen";
  if (label.size() > 3 && label[2] == '-' && label[3] == '-')
    return "a label with hyphens in the third and fourth position (RFC 5891 4.2.3.1)";
  return std::nullopt;
}

}  // namespace

tl::expected<Pattern, DirectiveFault> parse_pattern(std::string_view text, Family family,
                                                    const wire::Name& origin) {
  auto labels = labels_of(text, family);
  if (!labels) return Fault(labels.error());
  Pattern pattern;
  if (labels->back().empty()) {
    labels->pop_back();
  } else {
    pattern.tail = origin;
  }
  if (labels->empty()) return Fault({1, "no target name"});
  const Fault too_long({1, "a name of more than 255 octets"});
  for (; !labels->empty() && labels->back().fixed; labels->pop_back()) {
    const std::string& steps = labels->back().steps;  // one literal
    if (!pattern.tail.prepend({reinterpret_cast<const uint8_t*>(steps.data()) + 1, steps.size() - 1}))
      return too_long;
  }
  for (const LabelProgram& label : *labels) {
    if (!pattern.program.empty()) pattern.program += static_cast<char>(op::label);
    pattern.program += label.steps;
  }
  if (pattern.program.size() > 255) return Fault({1, "the pattern is too long"});
  const wire::Bytes program(reinterpret_cast<const uint8_t*>(pattern.program.data()), pattern.program.size());
  const auto size = image::measure_program(program, family, wire::kMaxName - pattern.tail.size());
  if (size.fault != nullptr) return Fault({1, fmt::format("the pattern can produce {}", size.fault)});
  return pattern;
}

std::optional<std::string> pattern_fault(const Pattern& pattern, const image::Prefix& prefix) {
  const Witnesses witnesses(prefix);
  for (const image::RangeAddress& address : witnesses.all()) {
    std::array<uint8_t, 2 * wire::kMaxName> name{};
    // Literals are copied in words, which may read past the program.
    const std::string program = pattern.program + std::string(16, '\0');
    size_t size = image::run_program(reinterpret_cast<const uint8_t*>(program.data()), pattern.program.size(),
                                     address, name.data());
    std::copy(pattern.tail.bytes().begin(), pattern.tail.bytes().end(),
              name.begin() + static_cast<ptrdiff_t>(size));
    for (size_t at = 0; name[at] != 0; at += name[at] + 1U) {
      if (const auto fault = label_fault({&name[at + 1], name[at]})) {
        const uint8_t units = prefix.family == Family::v4 ? 4 : 32;
        return fmt::format("{} gets '{}', {}", wire::address_of_key({prefix.family, units, address}),
                           wire::label_to_text({&name[at + 1], name[at]}), *fault);
      }
    }
  }
  return std::nullopt;
}

}  // namespace ptrd::zone
