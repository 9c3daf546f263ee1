// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "rdns/check/ask_limits.hpp"

#include <algorithm>

#include "client/client.hpp"

namespace ptrd::rdns::check {

const SpecialPurpose* AskLimits::why_not(const asio::ip::address& address) const {
  const Range one = range_of_key(client::key_of(address));
  const SpecialPurpose* special = special_purpose(one.family, one.first);
  const bool permitted = std::any_of(allowed.begin(), allowed.end(),
                                     [&](const Prefix& prefix) { return prefix.range().contains(one); });
  return permitted ? nullptr : special;
}

std::string describe(const asio::ip::address& address, const SpecialPurpose& special) {
  return wire::address_of_key(client::key_of(address)) + ": " + std::string(special.what) + " (" +
         std::string(special.rfc) + ")";
}

}  // namespace ptrd::rdns::check
