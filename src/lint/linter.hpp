// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>
#include <string_view>

#include "lint/allow.hpp"
#include "lint/findings.hpp"
#include "lint/hygiene.hpp"
#include "lint/pattern_set.hpp"
#include "ptrd/image/image.hpp"
#include "zone/reader.hpp"

namespace ptrd::lint {

/// Looks at the targets of PTR records in the reverse trees.
class Linter {
 public:
  /// `set` holds the patterns of `allow` too. `most`: findings to keep of each rule, 0: all.
  Linter(PatternSet set, AllowList allow, size_t most);
  Linter(const Linter&) = delete;
  Linter& operator=(const Linter&) = delete;

  /// A record of zone text, of any type.
  void take(const zone::Record& record);
  /// All records of an image; `file` stands in the findings.
  void take(const image::View& view, std::string_view file);
  /// Ends the set: says what only all records together show.
  void finish();

  [[nodiscard]] Findings& findings() { return findings_; }
  /// PTR targets that were looked at.
  [[nodiscard]] uint64_t names() const { return names_; }
  [[nodiscard]] size_t patterns() const { return set_.patterns().size(); }

 private:
  struct Pointer {
    const wire::Name& owner;
    wire::Bytes target;
    Place place;
    const wire::Name* apex;   // of an image's zone; null: `ptrzone check` looks at the rest
    const image::View* view;  // of that image
  };
  void look_at(const Pointer& pointer);
  void look_at_patterns(const Pointer& pointer, const wire::AddressKey* address);
  void look_at_shape(const Pointer& pointer);
  void add(size_t rule, const Pointer& pointer, std::string_view text);
  void add(Hygiene rule, const Pointer& pointer, std::string_view text = {});
  [[nodiscard]] size_t number_of(Hygiene rule) const {
    return set_.patterns().size() + static_cast<size_t>(rule);
  }

  PatternSet set_;
  AllowList allow_;
  Findings findings_;
  std::vector<bool> allowed_rules_;  // by number of a rule
  SeveralPtr several_;
  GenericMail mail_;
  uint64_t names_ = 0;
};

}  // namespace ptrd::lint
