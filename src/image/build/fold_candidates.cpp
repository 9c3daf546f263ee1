// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "image/build/fold_candidates.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "image/build/writer.hpp"

namespace ptrd::image {

namespace {

/// How a rule writes octets, the same for all.
struct Style {
  uint8_t step;
  unsigned base;
  size_t digits;  // 0: no padding
};
constexpr std::array<Style, 5> kStyles = {{{op::decimal, 10, 0},
                                           {op::decimal3, 10, 3},
                                           {op::decimal2, 10, 2},
                                           {op::hex2, 16, 2},
                                           {op::hex, 16, 0}}};
enum class Scope : uint8_t { everywhere, first_label, last_octet };
constexpr int kLastOctet = 3;

std::optional<unsigned> digit_of(char c, unsigned base) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (base == 16 && c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  return std::nullopt;
}

/// The octet that `text` is in a style; empty if none.
std::optional<unsigned> octet_of(std::string_view text, const Style& style) {
  if (style.digits == 0 && text.size() > 1 && text.front() == '0') return std::nullopt;
  unsigned value = 0;
  for (const char c : text) value = value * style.base + *digit_of(c, style.base);
  // Two digits, or three if the number has three.
  if (style.step == op::decimal2 && (text.size() == 1 || (text.size() == 3 && value < 100)))
    return std::nullopt;
  return value < 256 ? std::optional(value) : std::nullopt;
}

/// One interpretation of a target, built label by label.
class Reading {
 public:
  Reading(uint32_t address, const Style& style, Scope scope, bool descending)
      : style_(style), scope_(scope), descending_(descending), last_(descending ? 4 : -1) {
    for (int i = 0; i < 4; ++i) octets_[static_cast<size_t>(i)] = address >> (24 - 8 * i) & 0xFF;
  }

  /// The program of a label; `varies` tells whether it is more than a fixed text.
  std::string read(std::string_view label, bool first, bool& varies) {
    steps_.clear();
    literal_.clear();
    varies_ = false;
    const bool closed = scope_ == Scope::first_label && !first;
    for (size_t at = 0; at < label.size();) {
      size_t end = at;
      while (!closed && end < label.size() && digit_of(label[end], style_.base)) ++end;
      if (end == at) {
        literal_ += label[at++];
        continue;
      }
      run(label.substr(at, end - at));
      at = end;
    }
    flush();
    varies = varies_;
    return steps_;
  }
  [[nodiscard]] bool has_last_octet() const { return has_last_; }

 private:
  /// Digits: one number, or with a fixed number of digits several concatenated numbers.
  void run(std::string_view digits) {
    const size_t each =
        style_.digits != 0 && digits.size() % style_.digits == 0 ? style_.digits : digits.size();
    std::vector<int> found;
    const int before = last_;
    for (size_t at = 0; at < digits.size(); at += each) {
      const auto value = octet_of(digits.substr(at, each), style_);
      const bool fits =
          value && each <= 3 && (style_.digits == 0 || style_.step == op::decimal2 || each == style_.digits);
      const auto octet = fits ? choose(*value) : std::nullopt;
      if (!octet) {
        last_ = before;
        literal_ += digits;
        return;
      }
      found.push_back(*octet);
    }
    flush();
    for (const int octet : found) {
      steps_ += static_cast<char>(style_.step + octet);
      has_last_ = has_last_ || octet == kLastOctet;
    }
    varies_ = true;
  }

  /// The octet with that value: the next one in the order of the interpretation, or any; empty: none.
  std::optional<int> choose(unsigned value) {
    if (scope_ == Scope::last_octet)
      return octets_[kLastOctet] == value ? std::optional(kLastOctet) : std::nullopt;
    const int step = descending_ ? -1 : 1;
    for (int i = last_ + step; i >= 0 && i < 4; i += step) {
      if (octets_[static_cast<size_t>(i)] == value) return last_ = i;
    }
    for (int i = descending_ ? 3 : 0; i >= 0 && i < 4; i += step) {
      if (octets_[static_cast<size_t>(i)] == value) return last_ = i;
    }
    return std::nullopt;
  }

  void flush() {
    if (literal_.empty()) return;
    steps_ += static_cast<char>(literal_.size());
    steps_ += literal_;
    literal_.clear();
  }

  Style style_;
  Scope scope_;
  bool descending_;
  int last_;
  std::array<unsigned, 4> octets_{};
  std::string steps_;
  std::string literal_;
  bool varies_ = false;
  bool has_last_ = false;
};

bool is_sound(const Rule& rule) {
  return rule.program.size() <= kMaxProgram &&
         measure_program(bytes_of(rule.program), wire::Family::v4, wire::kMaxName - rule.tail.size()).fault ==
             nullptr;
}

/// Adds the rule of one interpretation. False: it does not depend on the last octet.
bool add(std::vector<Rule>& rules, std::string_view target, uint32_t ttl, Reading reading) {
  std::string program;
  size_t program_end = 0;  // the rest is fixed
  size_t tail_at = 0;
  bool first = true;
  for (size_t at = 0; target[at] != 0; first = false) {
    const auto size = static_cast<size_t>(static_cast<uint8_t>(target[at]));
    bool varies = false;
    if (!first) program += static_cast<char>(op::label);
    program += reading.read(target.substr(at + 1, size), first, varies);
    at += 1 + size;
    if (varies) program_end = program.size(), tail_at = at;
  }
  if (!reading.has_last_octet()) return false;
  Rule rule{program.substr(0, program_end), std::string(target.substr(tail_at)), ttl, wire::Family::v4,
            false};
  if (is_sound(rule) && std::find(rules.begin(), rules.end(), rule) == rules.end())
    rules.push_back(std::move(rule));
  return true;
}

}  // namespace

std::vector<Rule> candidate_rules(uint32_t address, wire::Bytes target, uint32_t ttl) {
  const std::string_view text(reinterpret_cast<const char*>(target.data()), target.size());
  std::vector<Rule> rules;
  for (const Style& style : kStyles) {
    if (!add(rules, text, ttl, Reading(address, style, Scope::everywhere, false))) continue;
    add(rules, text, ttl, Reading(address, style, Scope::everywhere, true));
    add(rules, text, ttl, Reading(address, style, Scope::first_label, false));
    add(rules, text, ttl, Reading(address, style, Scope::first_label, true));
    add(rules, text, ttl, Reading(address, style, Scope::last_octet, false));
  }
  rules.push_back({"", std::string(text), ttl, wire::Family::v4, false});
  return rules;
}

}  // namespace ptrd::image
