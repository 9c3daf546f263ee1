// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "rdns/objects/domain_name.hpp"
#include "rdns/range.hpp"

namespace ptrd::rdns {

/// A single address of either family.
struct HostAddress {
  wire::Family family;
  Address address;
  bool operator==(const HostAddress&) const = default;
};

/// The value of `nserver:`: a host name, optionally followed by its address (glue).
struct NameServer {
  wire::Name host;  // in lower case
  std::optional<HostAddress> glue;
};

/// Parses the value of an `nserver:`. The host: letters, digits and hyphens, at least two labels, the last
/// not all digits (RFC 952, RFC 1123 2.1); the address: a single one, without a length.
[[nodiscard]] tl::expected<NameServer, Fault> name_server(std::string_view value);

/// Why glue is wrong or missing if `domain` is delegated to `server`; empty if it is correct. Glue is
/// required for a host within the domain (RFC 1034 4.2.1), and rejected elsewhere. Within `A-B.z.y.x` are all
/// hosts below that name, and those below `n.z.y.x` for n from A to B.
[[nodiscard]] std::optional<Fault> glue_fault(const ReverseDomain& domain, const NameServer& server);

/// `host` or `host address`, the form of `nserver:`.
[[nodiscard]] std::string to_text(const NameServer& server);

}  // namespace ptrd::rdns
