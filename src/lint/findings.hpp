// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "lint/pattern_file.hpp"

namespace ptrd::lint {

/// A kind of finding: a pattern, or a rule of hygiene.hpp.
struct RuleInfo {
  std::string id;  // `role/vpn`, `hygiene/several-ptr`
  Severity severity = Severity::note;
  std::string text;
};

/// The place of a record; the file is an index in Findings.
struct Place {
  uint32_t file = 0;
  uint32_t line = 0;  // from 1; 0: in an image, which has no lines
};

/// A finding about a PTR record.
struct Finding {
  std::string file;
  uint32_t line = 0;
  const RuleInfo* rule = nullptr;
  std::string owner;   // presentation form; empty if unknown
  std::string target;  // likewise
  std::string text;    // why, as a sentence fragment: "names a VPN gateway"

  /// `file:line: severity: owner PTR target: text [rule]`, without what is unknown.
  [[nodiscard]] std::string to_text() const;
};

/// Collects findings. Keeps the first `max_per_rule` of a rule and counts the rest.
class Findings {
 public:
  /// `max_per_rule` 0: keeps all.
  explicit Findings(std::vector<RuleInfo> rules, size_t max_per_rule);
  Findings(const Findings&) = delete;
  Findings& operator=(const Findings&) = delete;

  /// The index of a file; repeating the previous file costs only a comparison.
  uint32_t file(std::string_view name);

  /// `fill` writes owner, target and text of a finding; it is called only for those that are kept.
  template <typename Fill>
  void add(size_t rule, Place place, Fill&& fill) {
    ++severities_[static_cast<size_t>(rules_[rule].severity)];
    if (++counts_[rule] > max_per_rule_ && max_per_rule_ != 0) return;
    Finding finding{.file = files_[place.file], .line = place.line, .rule = &rules_[rule]};
    fill(finding);
    kept_.push_back(std::move(finding));
  }

  /// The kept findings, sorted by file and line.
  [[nodiscard]] const std::vector<Finding>& sorted();
  [[nodiscard]] const std::vector<RuleInfo>& rules() const { return rules_; }
  /// Number of findings of a severity, kept or not.
  [[nodiscard]] uint64_t count(Severity severity) const { return severities_[static_cast<size_t>(severity)]; }
  [[nodiscard]] uint64_t count_of_rule(size_t rule) const { return counts_[rule]; }
  [[nodiscard]] uint64_t total() const;
  [[nodiscard]] uint64_t left_out() const { return total() - kept_.size(); }

 private:
  std::vector<RuleInfo> rules_;
  size_t max_per_rule_;
  std::vector<uint64_t> counts_;
  std::array<uint64_t, 3> severities_{};
  std::vector<std::string> files_;
  std::vector<Finding> kept_;
};

}  // namespace ptrd::lint
