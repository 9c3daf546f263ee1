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

/// Where a record stands; the file is a number of Findings.
struct Place {
  uint32_t file = 0;
  uint32_t line = 0;  // from 1; 0: in an image, which has none
};

/// One thing that is wrong with a PTR record.
struct Finding {
  std::string file;
  uint32_t line = 0;
  const RuleInfo* rule = nullptr;
  std::string owner;   // presentation form; empty where it is not known
  std::string target;  // likewise
  std::string text;    // why, as a sentence fragment: "names a VPN gateway"

  /// `file:line: severity: owner PTR target: text [rule]`, without what is not known.
  [[nodiscard]] std::string to_text() const;
};

/// Gathers findings. Of a rule it keeps the first `most` and counts the rest.
class Findings {
 public:
  /// `most` 0: keeps all.
  explicit Findings(std::vector<RuleInfo> rules, size_t most);
  Findings(const Findings&) = delete;
  Findings& operator=(const Findings&) = delete;

  /// The number of a file; one that was the last to be asked for costs a comparison.
  uint32_t file(std::string_view name);

  /// `fill` writes owner, target and text of a finding; it is called for those that are kept.
  template <typename Fill>
  void add(size_t rule, Place place, Fill&& fill) {
    ++severities_[static_cast<size_t>(rules_[rule].severity)];
    if (++counts_[rule] > most_ && most_ != 0) return;
    Finding finding{.file = files_[place.file], .line = place.line, .rule = &rules_[rule]};
    fill(finding);
    kept_.push_back(std::move(finding));
  }

  /// The kept findings, sorted by file and line.
  [[nodiscard]] const std::vector<Finding>& sorted();
  [[nodiscard]] const std::vector<RuleInfo>& rules() const { return rules_; }
  /// All of a severity, kept or not.
  [[nodiscard]] uint64_t count(Severity severity) const { return severities_[static_cast<size_t>(severity)]; }
  [[nodiscard]] uint64_t count_of_rule(size_t rule) const { return counts_[rule]; }
  [[nodiscard]] uint64_t total() const;
  [[nodiscard]] uint64_t left_out() const { return total() - kept_.size(); }

 private:
  std::vector<RuleInfo> rules_;
  size_t most_;
  std::vector<uint64_t> counts_;
  std::array<uint64_t, 3> severities_{};
  std::vector<std::string> files_;
  std::vector<Finding> kept_;
};

}  // namespace ptrd::lint
