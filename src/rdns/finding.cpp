// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "rdns/finding.hpp"

#include <fmt/core.h>

#include <array>

namespace ptrd::rdns {
namespace {

constexpr auto kError = Severity::error;
constexpr auto kWarning = Severity::warning;

// An error is what a registry's update rejects or what breaks the delegation; a warning works, but is
// unusual.
constexpr std::array kRules = {
    RuleFacts{Rule::syntax, "syntax", kError, false},  // RFC 2622 2
    RuleFacts{Rule::line_too_long, "line-too-long", kError, false},
    RuleFacts{Rule::object_too_big, "object-too-big", kError, false},
    RuleFacts{Rule::control_character, "control-character", kError, false},
    RuleFacts{Rule::no_final_newline, "no-final-newline", kWarning, false},
    RuleFacts{Rule::attribute_missing, "attribute-missing", kError, false},
    RuleFacts{Rule::attribute_repeated, "attribute-repeated", kError, false},
    RuleFacts{Rule::attribute_empty, "attribute-empty", kError, false},
    RuleFacts{Rule::attribute_unknown, "attribute-unknown", kError, false},
    RuleFacts{Rule::changed_address, "changed-address", kWarning, false},
    RuleFacts{Rule::domain_length, "domain-length", kError, true},
    RuleFacts{Rule::domain_label, "domain-label", kError, true},  // RFC 1035 2.3.4
    RuleFacts{Rule::domain_suffix, "domain-suffix", kError, true},
    RuleFacts{Rule::domain_octets, "domain-octets", kError, true},
    RuleFacts{Rule::domain_octet, "domain-octet", kError, true},  // RFC 1035 3.5
    RuleFacts{Rule::domain_dash, "domain-dash", kError, true},
    RuleFacts{Rule::domain_dash_one, "domain-dash-one", kError, false},
    RuleFacts{Rule::domain_nibble, "domain-nibble", kError, true},  // RFC 3596 2.5
    RuleFacts{Rule::dash_operation, "dash-operation", kError, false},
    RuleFacts{Rule::nserver_host, "nserver-host", kError, true},  // RFC 952, 1123 2.1
    RuleFacts{Rule::nserver_address, "nserver-address", kError, true},
    RuleFacts{Rule::nserver_count, "nserver-count", kError, true},  // RFC 1034 4.1
    RuleFacts{Rule::nserver_duplicate, "nserver-duplicate", kError, false},
    RuleFacts{Rule::nserver_range, "nserver-range", kError, true},
    RuleFacts{Rule::nserver_alias, "nserver-alias", kError, true},    // RFC 2181 10.3
    RuleFacts{Rule::glue_missing, "glue-missing", kError, true},      // RFC 1034 4.2.1
    RuleFacts{Rule::glue_forbidden, "glue-forbidden", kError, true},  // RFC 1034 4.2.1
    RuleFacts{Rule::glue_shared, "glue-shared", kWarning, false},     // RFC 2182 3.1
    RuleFacts{Rule::ds_syntax, "ds-syntax", kError, true},            // RFC 4034 5.3
    RuleFacts{Rule::ds_digest, "ds-digest", kError, true},            // RFC 4034 5.1.4, 4509, 5933, 6605
    RuleFacts{Rule::ds_weak, "ds-weak", kWarning, false},             // RFC 8624 3.1, 3.3
    RuleFacts{Rule::ds_duplicate, "ds-duplicate", kWarning, false},
    RuleFacts{Rule::ds_dash, "ds-dash", kError, true},
    RuleFacts{Rule::hierarchy_duplicate, "hierarchy-duplicate", kError, false},
    RuleFacts{Rule::hierarchy_below, "hierarchy-below", kError, false},
    RuleFacts{Rule::hierarchy_overlap, "hierarchy-overlap", kError, false},
};

constexpr bool in_order() {
  for (size_t i = 0; i < kRules.size(); ++i) {
    if (kRules[i].rule != static_cast<Rule>(i)) return false;
  }
  return kRules.size() == static_cast<size_t>(Rule::count);
}
static_assert(in_order(), "a rule is its row's number");

}  // namespace

const RuleFacts& facts_of(Rule rule) {
  return kRules[static_cast<size_t>(rule)];
}

std::string Finding::to_text(Severity as) const {
  return fmt::format("{}:{}: {}: {}{}{} [{}]", file, line, as == Severity::error ? "error" : "warning",
                     object, object.empty() ? "" : ": ", text, facts_of(rule).id);
}

std::string printable(std::string_view text, size_t max) {
  std::string out;
  for (const char c : text.substr(0, max)) {
    if (c >= ' ' && c <= '~') {
      out += c;
    } else {
      out += fmt::format("\\{:03}", static_cast<uint8_t>(c));
    }
  }
  if (text.size() > max) out += "...";
  return out;
}

}  // namespace ptrd::rdns
