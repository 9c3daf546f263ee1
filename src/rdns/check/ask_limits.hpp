// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <asio/ip/address.hpp>
#include <chrono>
#include <string>
#include <vector>

#include "rdns/special_purpose.hpp"

namespace ptrd::rdns::check {

/// Limits on queries for one delegation. Its author chooses names and addresses, so resolvers limit both
/// (NXNSAttack, Afek and others 2020). Reaching a limit is reported as a finding.
struct AskLimits {
  unsigned servers = 32;                    // name servers of a zone, and of its parent
  unsigned addresses = 16;                  // of one name server
  unsigned all_addresses = 128;             // of all name servers of a zone
  std::chrono::milliseconds time{300'000};  // for one zone, including its parent
  std::vector<Prefix> allowed;              // special-purpose addresses that may be queried anyway

  /// Null: the address may be queried; otherwise why not.
  [[nodiscard]] const SpecialPurpose* why_not(const asio::ip::address& address) const;
};

/// `127.0.0.1: loopback (RFC 1122 3.2.1.3)`.
[[nodiscard]] std::string describe(const asio::ip::address& address, const SpecialPurpose& special);

}  // namespace ptrd::rdns::check
