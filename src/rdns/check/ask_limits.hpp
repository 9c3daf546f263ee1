// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <asio/ip/address.hpp>
#include <chrono>
#include <string>
#include <vector>

#include "rdns/special_purpose.hpp"

namespace ptrd::rdns::check {

/// What is asked at most on behalf of one delegation. Its author chooses names and addresses, so resolvers
/// bound both (NXNSAttack, Afek and others 2020). What a bound leaves out is reported as a finding.
struct AskLimits {
  unsigned servers = 32;                    // name servers of a zone, the parent's likewise
  unsigned addresses = 16;                  // of one name server
  unsigned all_addresses = 128;             // of all name servers of a zone
  std::chrono::milliseconds time{300'000};  // for one zone, its parent included
  std::vector<Prefix> allowed;              // special-purpose addresses that may be asked all the same

  /// Null: the address may be asked; else why not.
  [[nodiscard]] const SpecialPurpose* why_not(const asio::ip::address& address) const;
};

/// `127.0.0.1: loopback (RFC 1122 3.2.1.3)`.
[[nodiscard]] std::string describe(const asio::ip::address& address, const SpecialPurpose& special);

}  // namespace ptrd::rdns::check
