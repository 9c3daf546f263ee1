// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "zone/finding.hpp"

namespace ptrd::zone {

/// What a check can find. Severities and RFCs stand in the table of check_report.cpp.
enum class Rule : uint8_t {
  outside,
  bad_data,
  second_soa,
  soa_mname,
  soa_rname,
  soa_rname_reverse,
  soa_swapped,
  soa_expire_refresh,
  soa_expire_retry,
  soa_range,
  no_ns,
  one_ns,
  ns_address,
  ns_host_name,
  ns_alias,
  ns_no_address,
  missing_glue,
  missing_sibling_glue,
  mx_address,
  mail_alias,
  mail_no_address,
  ptr_address,
  ptr_alias,
  ptr_final_dot,
  ptr_reverse,
  ptr_host_name,
  octet_label,
  nibble_label,
  cname_beside_data,
  several_cnames,
  several_dnames,
  dname_at_cut,
  below_dname,
  hidden_by_cut,
  ds_place,
  wildcard,
  meta_type,
  ttl_differs,
  duplicate,
  count
};

/// Where the records of a zone stand, as 32-bit numbers that grow while it is read: the lines of all its
/// files, counted through. (Ten million records remember their line, hence not 64 bits and a file's name.)
class Places {
 public:
  /// The number of a line. The file's name is copied when it is another one than in the call before.
  uint32_t mark(std::string_view file, uint64_t line) {
    // Lines go back where a file is included twice in a row.
    if (stretches_.empty() || stretches_.back().before + line < last_ || stretches_.back().file != file) {
      stretches_.push_back({.before = last_, .file = std::string(file)});
    }
    const uint64_t place = stretches_.back().before + line;
    last_ = place < UINT32_MAX ? static_cast<uint32_t>(place) : UINT32_MAX;
    return last_;
  }

  struct Place {
    std::string_view file;
    uint64_t line;
  };
  /// What `mark` was told.
  [[nodiscard]] Place find(uint32_t place) const;
  /// `file:line`.
  [[nodiscard]] std::string to_text(uint32_t place) const;
  /// The same as a finding at the place `seen_from` says it: `line 5` where the file is the same.
  [[nodiscard]] std::string to_text(uint32_t place, uint32_t seen_from) const;

 private:
  /// Lines that were read without a change of file.
  struct Stretch {
    uint32_t before;  // the last number of the stretch before
    std::string file;
  };
  std::vector<Stretch> stretches_;
  uint32_t last_ = 0;
};

/// Gathers the findings of one zone. Of a rule it keeps the first `kMax`, then counts.
class Report {
 public:
  static constexpr uint32_t kMax = 100;

  explicit Report(const Places& places) : places_(places) {}

  /// `text` gives the finding's text; it is called for those that are kept.
  template <typename Text>
  void add(Rule rule, uint32_t place, Text&& text) {
    if (keeps(rule, place)) put(rule, place, text());
  }
  /// The findings, with one more for each rule that was broken more often than is told. Ends the report.
  void move_to(std::vector<Finding>& findings);

 private:
  struct Count {
    uint64_t broken = 0;
    uint32_t last_place = 0;
  };
  [[nodiscard]] bool keeps(Rule rule, uint32_t place);
  void put(Rule rule, uint32_t place, std::string text);

  const Places& places_;
  std::vector<Finding> findings_;
  std::vector<Count> counts_;  // by rule, made at the first finding: most zones have none
};

}  // namespace ptrd::zone
