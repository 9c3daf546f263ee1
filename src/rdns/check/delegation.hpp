// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <asio/ip/address.hpp>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "ptrd/wire/name.hpp"

namespace ptrd::rdns::check {

/// A name server as the parent, or the registry's object, names it.
struct DelegatedServer {
  wire::Name name;
  std::vector<asio::ip::address> glue;
};

/// A zone and its delegation.
struct Delegation {
  wire::Name zone;
  std::vector<DelegatedServer> servers;
  /// Invalid names: the text, and why.
  std::vector<std::pair<std::string, std::string>> bad_names;
  std::optional<wire::Name> parent;  // apex of the delegating zone; empty: the list was given
  bool parent_is_child = false;      // the parent's servers also serve the zone: their list is the zone's own
};

/// The delegations in a registry's file, in order.
struct DelegationFile {
  std::vector<Delegation> delegations;
  uint64_t findings = 0;  // errors in objects of the file, which `rdns objects` lists
};

/// Reads domain objects (RPSL, also .gz). Skips objects whose domain cannot be read. Error: one line with the
/// path.
[[nodiscard]] tl::expected<DelegationFile, std::string> read_delegations(const std::string& path);

}  // namespace ptrd::rdns::check
