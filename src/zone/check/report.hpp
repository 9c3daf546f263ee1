// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "zone/finding.hpp"

namespace ptrd::zone {

/// What a check can find. Severities and RFCs are in the table of report.cpp.
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
  owner_final_dot,
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
  signatures,
  set_too_large,
  set_large,
  ttl_differs,
  duplicate,
  many_types,
  open_chain,
  not_signed,
  no_key,
  bad_key,
  child_key,
  not_validated,
  signature_wrong,
  signature_key,
  signature_expired,
  signature_early,
  signature_soon,
  signature_ttl,
  signature_algorithm,
  signature_extra,
  signatures_end,
  denial_mixed,
  denial_missing,
  denial_chain,
  denial_types,
  denial_extra,
  nsec3_parameters,
  nsec3_iterations,
  count
};

/// The places of a zone's records, as 32-bit numbers that grow while it is read: the lines of all its files,
/// numbered consecutively. (Ten million records store their line, so not 64 bits and a file name.)
class Places {
 public:
  /// The number of a line. The file name is copied if it differs from that of the previous call.
  uint32_t mark(std::string_view file, uint64_t line) {
    // Line numbers decrease if a file is included twice in a row.
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
  /// The arguments of `mark`.
  [[nodiscard]] Place find(uint32_t place) const;
  /// `file:line`.
  [[nodiscard]] std::string to_text(uint32_t place) const;
  /// The same in a finding at the place `seen_from`: `line 5` if the file is the same.
  [[nodiscard]] std::string to_text(uint32_t place, uint32_t seen_from) const;

 private:
  /// Lines that were read without a change of file.
  struct Stretch {
    uint32_t before;  // the last number of the previous stretch
    std::string file;
  };
  std::vector<Stretch> stretches_;
  uint32_t last_ = 0;
};

/// Collects the findings of one zone. Keeps the first `kMax` of a rule, then only counts.
class Report {
 public:
  static constexpr uint32_t kMax = 100;

  explicit Report(const Places& places) : places_(places) {}

  /// `text` returns the finding's text; it is called only for findings that are kept.
  template <typename Text>
  void add(Rule rule, uint32_t place, Text&& text) {
    if (keeps(rule, place)) put(rule, place, text());
  }
  /// The findings, plus one for each rule with more findings than are kept. Ends the report.
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
  std::vector<Count> counts_;  // by rule, allocated at the first finding: most zones have none
};

}  // namespace ptrd::zone
