// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "image/build/tree.hpp"
#include "ptrd/image/range.hpp"
#include "ptrd/wire/arpa.hpp"
#include "ptrd/wire/name.hpp"

namespace ptrd::image {

/// Most bytes of a program.
inline constexpr size_t kMaxProgram = 255;

/// A rule for PTR targets, while an image is built.
struct Rule {
  std::string program;  // see range.hpp
  std::string tail;     // wire form, root included
  uint32_t ttl = 0;
  wire::Family family = wire::Family::v4;
  bool declared = false;
  auto operator<=>(const Rule&) const = default;
};

/// Rules by number, without duplicates.
class Rules {
 public:
  uint32_t intern(const Rule& rule) {
    const auto [it, made] = numbers_.try_emplace(rule, static_cast<uint32_t>(rules_.size()));
    if (made) rules_.push_back(&it->first);
    return it->second;
  }
  [[nodiscard]] const Rule& operator[](uint32_t number) const { return *rules_[number]; }
  [[nodiscard]] size_t size() const { return rules_.size(); }

 private:
  std::map<Rule, uint32_t> numbers_;
  std::vector<const Rule*> rules_;
};

/// An address prefix. Host bits are zero.
struct Prefix {
  wire::Family family = wire::Family::v4;
  RangeAddress address{};
  uint8_t bits = 0;
  auto operator<=>(const Prefix&) const = default;
};

/// A declared range at one name: a prefix that ends between octets or nibbles has several.
struct RangeEntry {
  RangeAddress address;
  uint8_t units;  // octets or nibbles of the name
  uint8_t bits;   // of the prefix that was declared
  ZoneId zone;
  uint32_t rule;
};

/// A declared prefix as a whole.
struct DeclaredPrefix {
  Prefix prefix;
  ZoneId zone;
  uint32_t rule;
};

/// The declared prefix.
[[nodiscard]] Prefix declared_prefix(const RangeEntry& entry, wire::Family family);
/// Whether the names of all its addresses are in the zone.
[[nodiscard]] bool lies_in(const Prefix& prefix, const wire::Name& apex);
/// `192.0.2.0/24`.
[[nodiscard]] std::string to_text(const Prefix& prefix);

}  // namespace ptrd::image
