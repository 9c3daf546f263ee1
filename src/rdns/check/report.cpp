// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "rdns/check/report.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

namespace ptrd::rdns::check {

namespace {

constexpr auto E = Severity::error;
constexpr auto W = Severity::warning;
constexpr auto N = Severity::notice;

constexpr std::pair<Fault, FaultInfo> kFaults[] = {
    {Fault::no_answer, {"no-answer", E, 20}},
    {Fault::not_for_zone, {"not-for-zone", E, 20}},
    {Fault::no_aa, {"no-aa", E, 20}},
    {Fault::no_udp, {"no-udp", E, 20}},
    {Fault::no_tcp, {"no-tcp", E, 20}},
    {Fault::no_address, {"no-address", E, 20}},
    {Fault::no_route, {"no-route", N, 0}},
    {Fault::address_unknown, {"address-unknown", W, 0}},
    {Fault::missing_glue, {"missing-glue", E, 20}},
    {Fault::glue_differs, {"glue-differs", E, 20}},
    {Fault::few_servers, {"few-servers", E, 20}},
    {Fault::parent_ns_not_in_child, {"parent-ns-not-in-child", E, 20}},
    {Fault::child_ns_not_in_parent, {"child-ns-not-in-parent", E, 20}},
    {Fault::ns_sets_differ, {"ns-sets-differ", E, 20}},
    {Fault::ns_is_alias, {"ns-is-alias", E, 20}},
    {Fault::duplicate_name, {"duplicate-name", E, 20}},
    {Fault::duplicate_address, {"duplicate-address", E, 20}},
    {Fault::bad_name, {"bad-name", E, 20}},
    {Fault::bad_host_name, {"bad-host-name", E, 20}},
    {Fault::one_prefix, {"one-prefix", W, 0}},
    {Fault::recursion, {"recursion", E, 20}},
    {Fault::no_edns, {"no-edns", W, 0}},
    {Fault::bad_checksums, {"bad-checksums", W, 10}},
    {Fault::stray_replies, {"stray-replies", W, 0}},
    {Fault::soa_empty, {"soa-empty", E, 20}},
    {Fault::serials_differ, {"serials-differ", E, 20}},
    {Fault::soa_differs, {"soa-differs", E, 20}},
    {Fault::expire_below_refresh, {"expire-below-refresh", E, 20}},
    {Fault::expire_below_both, {"expire-below-refresh-retry", W, 7}},
    {Fault::expire_range, {"expire-range", W, 4}},
    {Fault::retry_range, {"retry-range", W, 4}},
    {Fault::rname_at, {"rname-at-sign", E, 20}},
    {Fault::rname_no_dot, {"rname-no-dot", E, 20}},
    {Fault::rname_malformed, {"rname-malformed", E, 20}},
    {Fault::rname_reverse, {"rname-in-reverse-tree", W, 2}},
    {Fault::ptr_missing, {"ptr-missing", W, 4}},
    {Fault::ptr_wrong, {"ptr-wrong", W, 4}},
    {Fault::ptr_unknown, {"ptr-unknown", N, 0}},
    {Fault::special_address, {"special-address", E, 20}},
    {Fault::too_many_servers, {"too-many-servers", E, 20}},
    {Fault::too_many_addresses, {"too-many-addresses", E, 20}},
    {Fault::time_is_up, {"time-is-up", E, 20}},
};

constexpr bool in_order() {
  for (size_t i = 0; i < std::size(kFaults); ++i)
    if (static_cast<size_t>(kFaults[i].first) != i) return false;
  return std::size(kFaults) == static_cast<size_t>(Fault::time_is_up) + 1;
}
static_assert(in_order(), "info() finds a fault by its number");

constexpr std::array<std::string_view, 5> kLamenessIds = {"none", "no-answer", "not-for-zone", "no-aa",
                                                          "unknown"};

}  // namespace

std::string_view to_text(Severity severity) {
  return severity == E ? "error" : severity == W ? "warning" : "notice";
}

const FaultInfo& info(Fault fault) {
  return kFaults[static_cast<size_t>(fault)].second;
}

std::string_view to_text(Lameness lameness) {
  static constexpr std::array<std::string_view, 5> kTexts = {"authoritative", "lame: no answer",
                                                             "lame: answers, but not for the zone",
                                                             "lame: answers without AA", "unknown"};
  return kTexts[static_cast<size_t>(lameness)];
}

std::string_view id_of(Lameness lameness) {
  return kLamenessIds[static_cast<size_t>(lameness)];
}

Lameness lameness_of_id(std::string_view id) {
  const auto* at = std::find(kLamenessIds.begin(), kLamenessIds.end(), id);
  return at == kLamenessIds.end() ? Lameness::unknown : static_cast<Lameness>(at - kLamenessIds.begin());
}

unsigned Report::points() const {
  return std::accumulate(findings.begin(), findings.end(), 0U,
                         [](unsigned sum, const Finding& f) { return sum + info(f.fault).points; });
}

bool Report::failed() const {
  return points() >= kFailingPoints || std::any_of(findings.begin(), findings.end(), [](const Finding& f) {
           return info(f.fault).severity == Severity::error;
         });
}

}  // namespace ptrd::rdns::check
