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

// Observations of a delegation: facts, which judge*.cpp evaluate.

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
  std::optional<client::Soa> soa;  // of exactly this zone

  [[nodiscard]] bool replied() const { return asked && outcome == client::Outcome::reply && !tc; }
  /// An authoritative answer for the zone: not lame.
  [[nodiscard]] bool authoritative() const { return replied() && rcode == 0 && aa && soa; }
};

struct AddressObservation {
  asio::ip::address address;
  Reaction udp;  // the better result of with and without EDNS
  Reaction tcp;
  bool only_without_edns = false;
  std::optional<std::vector<wire::Name>> ns;  // the zone's NS set, if it was answered authoritatively
  std::optional<bool> takes_bad_checksums;    // empty: not tested
  std::optional<Verification> ptr;            // empty: there was no resolver
  bool unfinished = false;                    // the zone's time limit was reached before everything was known
  client::Strays strays;
};

struct ServerObservation {
  wire::Name name;
  std::vector<asio::ip::address> glue;
  std::optional<client::Lookup> lookup;       // its addresses from the resolver; empty: there was no resolver
  std::vector<AddressObservation> addresses;  // that may be queried
  std::vector<asio::ip::address> special;     // special-purpose addresses, which may not
  std::vector<asio::ip::address> left_out;    // beyond the limits
};

struct Observation {
  Delegation delegation;
  std::vector<ServerObservation> servers;  // as many as in the delegation, in its order
  AskLimits limits;                        // servers beyond the limit were not checked
  bool time_is_up = false;
};

}  // namespace ptrd::rdns::check
