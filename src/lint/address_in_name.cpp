// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "lint/address_in_name.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <span>

namespace ptrd::lint {

using wire::AddressKey;
using wire::Family;
using wire::Name;

namespace {

constexpr std::string_view kDecimal = "decimal";
constexpr std::string_view kHexadecimal = "hexadecimal";

/// Joined digits do not show where octets end: fewer of them could be an address by chance.
constexpr size_t kMinJoined = 6;
/// Consecutive hexadecimal digits of an IPv6 address that are not a coincidence.
constexpr size_t kMinNibbles = 8;
/// Consecutive groups of an IPv6 address that are not a coincidence.
constexpr size_t kMinGroups = 3;

/// The value of a digit, or 255: a table, since all characters of all names pass through here.
constexpr auto kDigitValues = [] {
  std::array<uint8_t, 256> values{};
  values.fill(255);
  for (uint8_t i = 0; i < 10; ++i) values['0' + i] = i;
  for (uint8_t i = 0; i < 6; ++i) values['a' + i] = values['A' + i] = static_cast<uint8_t>(10 + i);
  return values;
}();

bool is_digit(char c, int base) {
  return kDigitValues[static_cast<uint8_t>(c)] < base;
}

/// The runs of digits in a text, without an allocation: called for every name in an access network.
class Runs {
 public:
  /// A string_view without a constructor: clearing 128 of them first would cost more than the search.
  struct Run {
    const char* begin;
    size_t length;
    [[nodiscard]] size_t size() const { return length; }
    [[nodiscard]] const char* data() const { return begin; }
    operator std::string_view() const { return {begin, length}; }  // NOLINT: it is one
  };

  Runs(std::string_view text, int base) {
    for (size_t i = 0; i < text.size() && count_ < kMax;) {
      size_t end = i;
      while (end < text.size() && is_digit(text[end], base)) ++end;
      if (end > i) runs_[count_++] = {text.data() + i, end - i};
      i = end + 1;
    }
  }
  [[nodiscard]] std::span<const Run> all() const { return {runs_.data(), count_}; }

  /// Values of the runs; -1 for a run longer than `most` digits.
  [[nodiscard]] std::span<const int64_t> values(int base, size_t most) {
    for (size_t i = 0; i < count_; ++i) {
      values_[i] = -1;
      if (runs_[i].size() > most) continue;
      std::from_chars(runs_[i].data(), runs_[i].data() + runs_[i].size(), values_[i], base);
    }
    return {values_.data(), count_};
  }
  [[nodiscard]] size_t longest() const {
    size_t size = 0;
    for (const Run& run : all()) size = std::max(size, run.size());
    return size;
  }

 private:
  static constexpr size_t kMax = 128;  // a name has at most 254 characters
  std::array<Run, kMax> runs_;
  std::array<int64_t, kMax> values_;
  size_t count_ = 0;
};

/// The position of a part of a text.
struct Span {
  size_t from, to;
};

/// The part of `text` from run `first`, `count` runs long.
Span span_of(std::string_view text, const Runs& runs, size_t first, size_t count) {
  const std::string_view last = runs.all()[first + count - 1];
  return {static_cast<size_t>(runs.all()[first].data() - text.data()),
          static_cast<size_t>(last.data() + last.size() - text.data())};
}

/// Index of the first value of `what` in `where`.
std::optional<size_t> find_values(std::span<const int64_t> where, std::span<const int64_t> what) {
  const auto found = std::search(where.begin(), where.end(), what.begin(), what.end());
  if (found == where.end()) return std::nullopt;
  return static_cast<size_t>(found - where.begin());
}

bool same_digit(char a, char b) {
  return wire::lower(static_cast<uint8_t>(a)) == wire::lower(static_cast<uint8_t>(b));
}

/// Index of the first run that contains `what`.
std::optional<size_t> find_text(const Runs& runs, std::string_view what) {
  for (size_t i = 0; i < runs.all().size(); ++i) {
    const std::string_view run = runs.all()[i];
    if (std::search(run.begin(), run.end(), what.begin(), what.end(), same_digit) != run.end()) return i;
  }
  return std::nullopt;
}

/// IPv4: octets, and the texts that they form without separators.
class Octets {
 public:
  Octets(const AddressKey& address, bool reversed) : reversed_(reversed) {
    std::copy_n(address.address.begin(), 4, octets_.begin());
    if (reversed) std::reverse(octets_.begin(), octets_.end());
  }

  [[nodiscard]] std::optional<AddressForm> find(std::string_view text) const {
    Runs decimal(text, 10);
    const auto values = decimal.values(10, 3);
    if (const auto at = find_values(values, octets_))
      return form(true, kDecimal, span_of(text, decimal, *at, 4));
    if (const auto at = find_joined(decimal)) return form(true, kDecimal, span_of(text, decimal, *at, 1));
    Runs hexadecimal(text, 16);
    if (const auto at = find_values(hexadecimal.values(16, 2), octets_)) {
      return form(true, kHexadecimal, span_of(text, hexadecimal, *at, 4));
    }
    if (hexadecimal.longest() >= 8) {
      if (const auto at = find_text(hexadecimal, digits("{:02x}"))) {
        return form(true, kHexadecimal, span_of(text, hexadecimal, *at, 1));
      }
    }
    for (const size_t count : {3U, 2U}) {
      if (const auto at = find_values(values, last(count))) {
        return form(false, kDecimal, span_of(text, decimal, *at, count));
      }
    }
    return std::nullopt;
  }

 private:
  [[nodiscard]] std::optional<size_t> find_joined(const Runs& runs) const {
    if (runs.longest() < kMinJoined) return std::nullopt;
    if (const auto at = find_text(runs, digits("{:03}"))) return at;
    int64_t number = 0;
    for (const int64_t octet : octets_) number = number << 8 | octet;
    const std::string one = fmt::format("{}", number);
    const std::string plain = digits("{}");
    for (size_t i = 0; i < runs.all().size(); ++i) {
      const std::string_view run = runs.all()[i];
      if (run.size() >= kMinJoined && (run == plain || run == one)) return i;
    }
    return std::nullopt;
  }
  [[nodiscard]] std::string digits(const char* format) const {
    std::string text;
    for (const int64_t octet : octets_) text += fmt::format(fmt::runtime(format), octet);
    return text;
  }
  /// The address's last octets, in the order of this one.
  [[nodiscard]] std::span<const int64_t> last(size_t count) const {
    return std::span(octets_).subspan(reversed_ ? 0 : 4 - count, count);
  }
  [[nodiscard]] AddressForm form(bool whole, std::string_view base, Span span) const {
    return {.whole = whole, .reversed = reversed_, .base = base, .from = span.from, .to = span.to};
  }

  std::array<int64_t, 4> octets_{};
  bool reversed_;
};

/// IPv6: groups of 16 bits, and nibbles.
class Groups {
 public:
  Groups(const AddressKey& address, bool reversed) : reversed_(reversed) {
    for (size_t i = 0; i < 32; ++i) nibbles_[i] = "0123456789abcdef"[address.nibble(i)];
    for (size_t i = 0; i < 8; ++i) groups_[i] = address.address[2 * i] << 8 | address.address[2 * i + 1];
    if (!reversed) return;
    std::reverse(nibbles_.begin(), nibbles_.end());
    std::reverse(groups_.begin(), groups_.end());
  }

  [[nodiscard]] std::optional<AddressForm> find(std::string_view text) const {
    Runs runs(text, 16);
    if (const auto at = find_text(runs, nibbles())) return form(true, span_of(text, runs, *at, 1));
    if (const auto at = find_single_digits(runs)) return form(true, span_of(text, runs, *at, 32));
    if (const auto found = find_groups(text, runs)) return found;
    for (size_t i = 0; i < runs.all().size(); ++i) {
      if (holds(runs.all()[i])) return form(false, span_of(text, runs, i, 1));
    }
    return std::nullopt;
  }

 private:
  [[nodiscard]] std::string_view nibbles() const { return {nibbles_.data(), nibbles_.size()}; }

  /// Whether the run is a part of the address that does not consist only of zeros.
  [[nodiscard]] bool holds(std::string_view run) const {
    if (run.size() < kMinNibbles || run.find_first_not_of('0') == std::string_view::npos) return false;
    return std::search(nibbles_.begin(), nibbles_.end(), run.begin(), run.end(), same_digit) !=
           nibbles_.end();
  }
  /// Nibbles with separators, as in ip6.arpa.
  [[nodiscard]] std::optional<size_t> find_single_digits(const Runs& runs) const {
    const auto all = runs.all();
    const auto single = [](std::string_view run, char nibble) {
      return run.size() == 1 && same_digit(run[0], nibble);
    };
    const auto found = std::search(all.begin(), all.end(), nibbles_.begin(), nibbles_.end(), single);
    if (found == all.end()) return std::nullopt;
    return static_cast<size_t>(found - all.begin());
  }
  /// Three or more consecutive groups, where zero groups between them may be omitted ("2001-db8--1").
  [[nodiscard]] std::optional<AddressForm> find_groups(std::string_view text, Runs& runs) const {
    const auto values = runs.values(16, 4);
    for (size_t first = 0; first + kMinGroups <= values.size(); ++first) {
      const auto rest = values.subspan(first);
      const size_t head = static_cast<size_t>(
          std::mismatch(rest.begin(), rest.end(), groups_.begin(), groups_.end()).first - rest.begin());
      if (head == 0) continue;
      if (head == 8) return form(true, span_of(text, runs, first, 8));
      for (size_t tail = std::min(rest.size() - head, 8 - head); tail > 0; --tail) {
        if (head + tail >= kMinGroups && shortened(head, rest.subspan(head, tail))) {
          return form(true, span_of(text, runs, first, head + tail));
        }
      }
      if (head >= kMinGroups) return form(false, span_of(text, runs, first, head));
    }
    return std::nullopt;
  }
  /// Whether the address consists of its first `head` groups, zeros, and `tail`.
  [[nodiscard]] bool shortened(size_t head, std::span<const int64_t> tail) const {
    const auto middle = std::span(groups_).subspan(head, 8 - tail.size() - head);
    return std::equal(tail.begin(), tail.end(), groups_.end() - static_cast<ptrdiff_t>(tail.size())) &&
           std::all_of(middle.begin(), middle.end(), [](int64_t group) { return group == 0; });
  }
  [[nodiscard]] AddressForm form(bool whole, Span span) const {
    return {.whole = whole, .reversed = reversed_, .base = kHexadecimal, .from = span.from, .to = span.to};
  }

  std::array<char, 32> nibbles_{};
  std::array<int64_t, 8> groups_{};
  bool reversed_;
};

template <typename Digits>
std::optional<AddressForm> either_order(std::string_view text, const AddressKey& address) {
  const auto forward = Digits(address, false).find(text);
  if (forward && forward->whole) return forward;
  const auto backward = Digits(address, true).find(text);
  return backward && (backward->whole || !forward) ? backward : forward;
}

}  // namespace

std::optional<AddressKey> address_of_owner(const Name& owner) {
  const auto key = wire::key_of_name(owner);
  if (key) return key->whole() ? key : std::nullopt;
  // RFC 2317 4: an additional label between the last octet and the others.
  const wire::Labels labels(owner.bytes());
  if (labels.count != 7) return std::nullopt;
  const auto last = wire::octet_of_label(labels.label(owner.bytes(), 0));
  auto upper = wire::key_of_name(owner.parent().parent());
  if (!last || !upper || upper->family != Family::v4 || upper->units != 3) return std::nullopt;
  upper->address[3] = *last;
  upper->units = 4;
  return upper;
}

std::string AddressForm::to_text() const {
  return fmt::format("{} address in {}{}", whole ? "the whole" : "a part of the", base,
                     reversed ? ", reversed" : "");
}

std::optional<AddressForm> find_address(std::string_view text, const AddressKey& address) {
  return address.family == Family::v4 ? either_order<Octets>(text, address)
                                      : either_order<Groups>(text, address);
}

}  // namespace ptrd::lint
