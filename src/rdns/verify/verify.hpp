// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "client/resolver.hpp"

namespace ptrd::rdns {

/// The results of "iprev" (RFC 8601 2.7.3).
enum class Iprev : uint8_t {
  pass,       // a name of the address has that address
  fail,       // there are names, but none of them has it
  temperror,  // an answer is missing; try again later
  permerror,  // the address has no PTR record
};
inline constexpr size_t kIprevResults = 4;
[[nodiscard]] std::string_view to_text(Iprev result);

/// The most names to look up per address: the owner of the address decides how many there are (RFC 7208 4.6.4
/// has the same limit of ten).
inline constexpr unsigned kMaxNames = 10;

struct Verification {
  wire::AddressKey address;
  Iprev result = Iprev::temperror;
  std::vector<wire::Name> names;  // targets of the PTR records, all of them
  std::vector<wire::Name> confirmed;
  std::string reason;  // of a result other than pass
};

/// The result for one name of the address.
enum class Forward : uint8_t { matches, differs, nothing, unknown };

/// The result for the names; `forwards` has one entry for each name that was looked up.
void conclude(Verification& verification, const std::vector<Forward>& forwards);

/// PTR, then A or AAAA of each target, both through the resolver.
void verify(client::Resolver& resolver, const wire::AddressKey& address, unsigned max_names,
            std::function<void(const Verification&)> handler);

}  // namespace ptrd::rdns
