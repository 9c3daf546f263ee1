// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lint/allow.hpp"
#include "lint/findings.hpp"
#include "lint/hygiene.hpp"
#include "lint/pattern_set.hpp"
#include "ptrd/image/image.hpp"
#include "zone/read/reader.hpp"

namespace ptrd::lint {

/// Checks the targets of PTR records in the reverse trees.
class Linter {
 public:
  /// `set` also contains the patterns of `allow`. `max_per_rule`: findings to keep per rule, 0: all.
  Linter(PatternSet set, AllowList allow, size_t max_per_rule);
  Linter(const Linter&) = delete;
  Linter& operator=(const Linter&) = delete;

  /// Checks a record of zone text, of any type. Its findings may be delayed until finish().
  void take(const zone::Record& record);
  /// Checks all records of an image; `file` is the name in the findings.
  void take(const image::View& view, std::string_view file);
  /// Ends the set: adds findings that need all records. Until then findings() is incomplete.
  void finish();

  [[nodiscard]] Findings& findings() { return findings_; }
  /// PTR targets that were checked.
  [[nodiscard]] uint64_t names() const { return names_; }
  [[nodiscard]] size_t patterns() const { return set_.patterns().size(); }

 private:
  struct Pointer {
    wire::Bytes owner;
    wire::Bytes target;
    Place place;
    const wire::Name* apex;   // of an image's zone; null: `ptrzone check` checks the rest
    const image::View* view;  // of that image
  };
  /// Names of waiting pointers, concatenated.
  struct Waiting {
    size_t owner_size, target_size, name_size;
    Place place;
    std::optional<wire::AddressKey> address;
  };
  void look_at(const wire::Name& owner, wire::Bytes target, Place place);
  /// Checks all waiting names: patterns are matched against many names at a time.
  void look_at_waiting(const wire::Name* apex = nullptr, const image::View* view = nullptr);
  void add(const Match& match, const Pointer& pointer);
  void look_at_shape(const Pointer& pointer);
  void add(size_t rule, const Pointer& pointer, std::string_view text);
  void add(Hygiene rule, const Pointer& pointer, std::string_view text = {});
  [[nodiscard]] size_t number_of(Hygiene rule) const {
    return set_.patterns().size() + static_cast<size_t>(rule);
  }

  PatternSet set_;
  AllowList allow_;
  Findings findings_;
  std::vector<bool> allowed_rules_;  // by index of a rule
  std::vector<Waiting> waiting_;
  std::vector<uint8_t> waiting_names_;  // for each: owner and target in wire form, target as patterns see it
  SeveralPtr several_;
  GenericMail mail_;
  uint64_t names_ = 0;
};

}  // namespace ptrd::lint
