// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace ptrd::rdns {

enum class Severity : uint8_t { warning, error };

/// Possible errors in RPSL text and domain objects. Ids and severities are in the table of finding.cpp.
enum class Rule : uint8_t {
  syntax,
  line_too_long,
  object_too_big,
  control_character,
  no_final_newline,
  attribute_missing,
  attribute_repeated,
  attribute_empty,
  attribute_unknown,
  changed_address,
  domain_length,
  domain_label,
  domain_suffix,
  domain_octets,
  domain_octet,
  domain_dash,
  domain_dash_one,
  domain_nibble,
  dash_operation,
  nserver_host,
  nserver_address,
  nserver_count,
  nserver_duplicate,
  nserver_range,
  nserver_alias,
  glue_missing,
  glue_forbidden,
  glue_shared,
  ds_syntax,
  ds_digest,
  ds_weak,
  ds_duplicate,
  ds_dash,
  hierarchy_duplicate,
  hierarchy_below,
  hierarchy_overlap,
  count
};

/// Fixed properties of a rule.
struct RuleFacts {
  Rule rule;
  std::string_view id;  // in brackets after a finding, and in JSON
  Severity severity;
  bool dns;  // the object cannot be delegated; other rules concern only the registry's database
};
[[nodiscard]] const RuleFacts& facts_of(Rule rule);

/// One finding, printed as `file:line: severity: object: text [id]`.
struct Finding {
  std::string file;
  uint64_t line = 0;   // from 1
  std::string object;  // the value of its `domain:`; empty if there is none
  Rule rule = Rule::syntax;
  std::string text;

  [[nodiscard]] Severity severity() const { return facts_of(rule).severity; }
  [[nodiscard]] std::string to_text() const { return to_text(severity()); }
  /// Overrides the severity of the rule.
  [[nodiscard]] std::string to_text(Severity as) const;
};

/// Receives findings as they are made.
using FindingSink = std::function<void(Finding)>;

/// Text from a file for a terminal and for JSON: octets outside printable ASCII as `\DDD`, truncated to
/// `max` octets.
[[nodiscard]] std::string printable(std::string_view text, size_t max = 200);

}  // namespace ptrd::rdns
