// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rdns/check/observation.hpp"

namespace ptrd::rdns::check {

enum class Severity : uint8_t { error, warning, notice };
[[nodiscard]] std::string_view to_text(Severity severity);

/// Faults: the registries' score table (AFRINIC's checker; 20 points or more fail), and what RIPE's checker,
/// Zonemaster, calls an error.
enum class Fault : uint8_t {
  no_answer,
  not_for_zone,
  no_aa,
  no_udp,
  no_tcp,
  no_address,
  no_route,
  address_unknown,
  missing_glue,
  glue_differs,
  few_servers,
  parent_ns_not_in_child,
  child_ns_not_in_parent,
  ns_sets_differ,
  ns_is_alias,
  duplicate_name,
  duplicate_address,
  bad_name,
  bad_host_name,
  one_prefix,
  recursion,
  no_edns,
  bad_checksums,
  stray_replies,
  soa_empty,
  serials_differ,
  soa_differs,
  expire_below_refresh,
  expire_below_both,
  expire_range,
  retry_range,
  rname_at,
  rname_no_dot,
  rname_malformed,
  rname_reverse,
  ptr_missing,
  ptr_wrong,
  ptr_unknown,
  // What a limit left out could not be checked, so it fails the zone like a found error.
  special_address,
  too_many_servers,
  too_many_addresses,
  time_is_up,
};

struct FaultInfo {
  std::string_view id;  // machine-readable: "no-answer"
  Severity severity;
  unsigned points;
};
[[nodiscard]] const FaultInfo& info(Fault fault);

struct Finding {
  Fault fault{};
  std::string server;  // name, or name and address; empty: the zone
  std::string text;
};

/// AFRINIC CPM 10.7: the three kinds of lameness.
enum class Lameness : uint8_t { none, no_answer, not_for_zone, not_authoritative, unknown };
/// "no answer", "answers, but not for the zone", "no AA", "not lame", "unknown".
[[nodiscard]] std::string_view to_text(Lameness lameness);
/// "no-answer" and so on, for JSON and state files; the inverse returns unknown for any other text.
[[nodiscard]] std::string_view id_of(Lameness lameness);
[[nodiscard]] Lameness lameness_of_id(std::string_view id);

struct Verdict {
  wire::Name server;
  std::vector<asio::ip::address> addresses;
  Lameness lameness = Lameness::unknown;
};

struct Report {
  wire::Name zone;
  std::vector<Verdict> verdicts;  // by server, in the delegation's order
  std::vector<Finding> findings;

  [[nodiscard]] unsigned points() const;
  /// Any error, or at least 20 points in total.
  [[nodiscard]] bool failed() const;
};

inline constexpr unsigned kFailingPoints = 20;

/// The verdict of one address: the best of its transports. One authoritative answer clears it.
[[nodiscard]] Lameness lameness_of(const AddressObservation& address);

/// All faults in an observation.
[[nodiscard]] Report judge(const Observation& seen);

}  // namespace ptrd::rdns::check
