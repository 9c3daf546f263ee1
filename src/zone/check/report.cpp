// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/check/report.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <utility>

namespace ptrd::zone {
namespace {

struct RuleText {
  Rule rule;
  Severity severity;
  std::string_view summary;  // used in "and 5 more: ..."
};

constexpr auto kError = Severity::error;
constexpr auto kWarning = Severity::warning;

// An error is what cannot be answered rightly: data that no answer can contain, or that contradict each
// other. Everything else is a warning, however odd it looks: the zone is served as it is written.
//
// What BIND, Knot DNS and NSD all load is never an error because of its looks:
// - RNAME and the timers of an SOA are for people and secondaries: no answer depends on them.
// - The targets of NS, MX and PTR are answered as written, even if they are addresses, aliases, without
//   an address, or not host names. Knot DNS and NSD load all of these, BIND most (it refuses a name server
//   without an address in its zone).
// - A delegation without its glue is answered with what there is: another name server may do.
//
// tests/e2e/test_odd_records.py compares with all three, text by text.
constexpr std::array kRules = {
    RuleText{Rule::outside, kError, "an owner outside the zone"},              // RFC 1035 5.2: never answered
    RuleText{Rule::bad_data, kError, "invalid data for a type"},               // RFC 1035 3.3: unreadable
    RuleText{Rule::second_soa, kError, "a second SOA record"},                 // RFC 1035 5.2: which is it?
    RuleText{Rule::soa_mname, kWarning, "MNAME is not a host name"},           // RFC 1035 3.3.13
    RuleText{Rule::soa_rname, kWarning, "RNAME is not a mailbox"},             // RFC 1035 8: for people only
    RuleText{Rule::soa_rname_reverse, kWarning, "RNAME in the reverse tree"},  // registries: score 2
    RuleText{Rule::soa_swapped, kWarning, "MNAME and RNAME swapped"},          // RFC 1035 3.3.13
    RuleText{Rule::soa_expire_refresh, kWarning, "expire below refresh"},  // RFC 1912 2.2: for secondaries
    RuleText{Rule::soa_expire_retry, kWarning, "expire below refresh + retry"},  // RFC 1912 2.2
    RuleText{Rule::soa_range, kWarning, "an SOA timer out of range"},            // RFC 1912 2.2, 2308 5
    RuleText{Rule::no_ns, kError, "no NS record"},                      // RFC 1035 5.2: an apex has NS
    RuleText{Rule::one_ns, kWarning, "only one name server"},           // RFC 1034 4.1
    RuleText{Rule::ns_address, kWarning, "an address as name server"},  // RFC 1035 3.3.11
    RuleText{Rule::ns_host_name, kWarning, "a name server's name that is not a host name"},  // RFC 1123 2.1
    RuleText{Rule::ns_alias, kWarning, "an alias as name server"},                           // RFC 2181 10.3
    RuleText{Rule::ns_no_address, kWarning, "a name server without address"},                // RFC 1912 2.8
    RuleText{Rule::missing_glue, kWarning, "missing glue"},                                  // RFC 1034 4.2.1
    RuleText{Rule::missing_sibling_glue, kWarning, "missing sibling glue"},                  // RFC 9471 3.3
    RuleText{Rule::mx_address, kWarning, "an address as mail exchange"},                     // RFC 1035 3.3.9
    RuleText{Rule::mail_alias, kWarning, "an alias as target of MX or SRV"},  // RFC 2181 10.3, 2782
    RuleText{Rule::mail_no_address, kWarning, "a target of MX or SRV without address"},  // RFC 5321 5.1
    RuleText{Rule::ptr_address, kWarning, "an address as PTR target"},                   // RFC 1035 3.5
    RuleText{Rule::ptr_alias, kWarning, "an alias as PTR target"},                       // RFC 1912 2.4
    RuleText{Rule::ptr_final_dot, kWarning,
             "a PTR target whose final dot seems to be missing"},                     // RFC 1912 2.4
    RuleText{Rule::ptr_reverse, kWarning, "a PTR target in the reverse tree"},        // RFC 1035 3.5
    RuleText{Rule::ptr_host_name, kWarning, "a PTR target that is not a host name"},  // RFC 1123 2.1
    RuleText{Rule::owner_final_dot, kWarning,
             "an owner whose final dot seems to be missing"},                  // RFC 1035 5.1
    RuleText{Rule::octet_label, kWarning, "a label that is not an octet"},     // RFC 1035 3.5
    RuleText{Rule::nibble_label, kWarning, "labels that are not 32 nibbles"},  // RFC 3596 2.5
    RuleText{Rule::cname_beside_data, kError, "a CNAME and other data"},   // RFC 1034 3.6.2: alias or data?
    RuleText{Rule::several_cnames, kError, "several CNAME records"},       // RFC 2181 10.1: which one?
    RuleText{Rule::several_dnames, kError, "several DNAME records"},       // RFC 6672 2.4: which one?
    RuleText{Rule::dname_at_cut, kError, "a DNAME at a zone cut"},         // RFC 6672 2.3: referral or alias?
    RuleText{Rule::below_dname, kError, "data below a DNAME"},             // RFC 6672 2.4: alias or data?
    RuleText{Rule::hidden_by_cut, kWarning, "data hidden by a zone cut"},  // RFC 1034 4.2.1
    RuleText{Rule::ds_place, kWarning, "a DS away from a zone cut"},       // RFC 4035 2.4
    RuleText{Rule::wildcard, kWarning, "an odd wildcard"},                 // RFC 4592 2.1, 4
    RuleText{Rule::meta_type, kError, "a type that has no records"},  // RFC 6895 3.1: cannot be asked for
    RuleText{Rule::signatures, kWarning, "signatures in a zone that is not signed"},  // RFC 4035 2
    RuleText{Rule::set_too_large, kError, "an RRset that no message can hold"},       // RFC 1035 4.2.2
    RuleText{Rule::set_large, kWarning, "an RRset that ptrd's answers cannot hold"},  // RFC 2181 9
    RuleText{Rule::ttl_differs, kWarning, "TTLs that differ in an RRset"},            // RFC 2181 5.2
    RuleText{Rule::duplicate, kWarning, "a duplicate record"},                        // RFC 2181 5
    RuleText{Rule::many_types, kError, "a name with records of too many types"},
    RuleText{Rule::open_chain, kError, "a signed zone whose chain has a gap"},  // RFC 4035 2.3, 5155 7.1
    // Of the check of signatures (src/zone/dnssec): an error is what makes a validating resolver answer
    // SERVFAIL.
    RuleText{Rule::not_signed, kWarning, "a zone without signatures"},
    RuleText{Rule::no_key, kError, "no DNSKEY record"},                            // RFC 4035 2.1
    RuleText{Rule::bad_key, kWarning, "a key that verifies nothing"},              // RFC 4034 2.1
    RuleText{Rule::child_key, kWarning, "a CDS or CDNSKEY record without a key"},  // RFC 7344 4.1
    RuleText{Rule::not_validated, kError, "an RRset without a valid signature"},   // RFC 4035 2.2
    RuleText{Rule::signature_wrong, kError, "a wrong signature"},                  // RFC 4035 5.3
    RuleText{Rule::signature_key, kWarning, "a signature by an unknown key"},      // RFC 4035 5.3.1
    RuleText{Rule::signature_expired, kWarning, "an expired signature"},           // RFC 4034 3.1.5
    RuleText{Rule::signature_early, kWarning, "a signature that is not valid yet"},
    RuleText{Rule::signature_soon, kWarning, "a signature that expires soon"},
    RuleText{Rule::signature_ttl, kWarning, "a signature with another TTL"},                 // RFC 4034 3.1.4
    RuleText{Rule::signature_algorithm, kWarning, "an RRset not signed by all algorithms"},  // RFC 4035 2.2
    RuleText{Rule::signature_extra, kWarning, "a signature of nothing of the zone"},         // RFC 4035 2.2
    RuleText{Rule::signatures_end, Severity::note, "when the first signature expires"},
    RuleText{Rule::denial_mixed, kError, "NSEC beside NSEC3"},  // RFC 5155 10.4: only while it changes
    RuleText{Rule::denial_missing, kError, "a missing NSEC or NSEC3 record"},  // RFC 4035 2.3, RFC 5155 7.1
    RuleText{Rule::denial_chain, kError, "a broken chain of NSEC or NSEC3 records"},
    RuleText{Rule::denial_types, kError, "a wrong bitmap of types"},  // RFC 4034 4.1.2
    RuleText{Rule::denial_extra, kWarning, "an NSEC or NSEC3 record of nothing"},
    RuleText{Rule::nsec3_parameters, kError, "NSEC3 records without their NSEC3PARAM"},  // RFC 5155 4
    RuleText{Rule::nsec3_iterations, kWarning, "NSEC3 iterations above 0"},              // RFC 9276 3.1
};

constexpr bool in_order() {
  for (size_t i = 0; i < kRules.size(); ++i) {
    if (kRules[i].rule != static_cast<Rule>(i)) return false;
  }
  return kRules.size() == static_cast<size_t>(Rule::count);
}
static_assert(in_order(), "a rule is its row's number");

constexpr const RuleText& row(Rule rule) {
  return kRules[static_cast<size_t>(rule)];
}

}  // namespace

Places::Place Places::find(uint32_t place) const {
  const auto after = std::lower_bound(stretches_.begin(), stretches_.end(), place,
                                      [](const Stretch& stretch, uint32_t p) { return stretch.before < p; });
  const Stretch& stretch = *std::prev(after);
  return {stretch.file, place - stretch.before};
}

std::string Places::to_text(uint32_t place) const {
  const auto [file, line] = find(place);
  return fmt::format("{}:{}", file, line);
}

std::string Places::to_text(uint32_t place, uint32_t seen_from) const {
  const auto [file, line] = find(place);
  return file == find(seen_from).file ? fmt::format("line {}", line) : to_text(place);
}

bool Report::keeps(Rule rule, uint32_t place) {
  if (counts_.empty()) counts_.resize(kRules.size());
  Count& count = counts_[static_cast<size_t>(rule)];
  count.last_place = std::max(count.last_place, place);
  return ++count.broken <= kMax;
}

void Report::put(Rule rule, uint32_t place, std::string text) {
  const auto [file, line] = places_.find(place);
  findings_.push_back({std::string(file), line, row(rule).severity, std::move(text)});
}

void Report::move_to(std::vector<Finding>& findings) {
  for (size_t i = 0; i < counts_.size(); ++i) {
    if (counts_[i].broken <= kMax) continue;
    const auto rule = static_cast<Rule>(i);
    put(rule, counts_[i].last_place,
        fmt::format("and {} more up to here: {}", counts_[i].broken - kMax, row(rule).summary));
  }
  findings.insert(findings.end(), std::make_move_iterator(findings_.begin()),
                  std::make_move_iterator(findings_.end()));
  findings_.clear();
  counts_.clear();
}

}  // namespace ptrd::zone
