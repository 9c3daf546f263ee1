// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/client.hpp"
#include "rdns/check/ask_limits.hpp"
#include "rdns/check/delegation.hpp"
#include "rdns/verify/verify.hpp"

// What was seen of a delegation: facts, for the judges in judge*.cpp to find fault with.

namespace ptrd::rdns::check {

/// One address's reaction to a query for the zone's SOA over one transport.
struct Reaction {
  bool asked = false;
  client::Outcome outcome = client::Outcome::timeout;
  uint16_t rcode = 0;
  bool aa = false;
  bool ra = false;
  bool tc = false;
  bool edns = false;
  std::optional<client::Soa> soa;  // of this very zone

  [[nodiscard]] bool replied() const { return asked && outcome == client::Outcome::reply && !tc; }
  /// An authoritative answer for the zone: what is not lame.
  [[nodiscard]] bool authoritative() const { return replied() && rcode == 0 && aa && soa; }
};

struct AddressObservation {
  asio::ip::address address;
  Reaction udp;  // the better one of with and without EDNS
  Reaction tcp;
  bool only_without_edns = false;
  std::optional<std::vector<wire::Name>> ns;  // the zone's NS set, when that was answered with authority
  std::optional<bool> takes_bad_checksums;    // none: was not tried
  std::optional<Verification> ptr;            // none: there was no resolver
  bool unfinished = false;                    // the zone's time was up before all was known
  client::Strays strays;
};

struct ServerObservation {
  wire::Name name;
  std::vector<asio::ip::address> glue;
  std::optional<client::Lookup> lookup;       // its addresses by the resolver; none: there was no resolver
  std::vector<AddressObservation> addresses;  // that may be asked
  std::vector<asio::ip::address> special;     // that may not: special-purpose ones
  std::vector<asio::ip::address> left_out;    // beyond the bounds
};

struct Observation {
  Delegation delegation;
  std::vector<ServerObservation> servers;  // as many as the delegation's, in its order
  AskLimits limits;                        // servers behind the first so many were not looked at
  bool time_is_up = false;
};

}  // namespace ptrd::rdns::check
