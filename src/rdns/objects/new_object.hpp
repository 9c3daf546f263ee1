// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "rdns/boundaries.hpp"
#include "rdns/objects/delegation_signer.hpp"
#include "rdns/objects/name_server.hpp"

namespace ptrd::rdns {

/// Contents of new domain objects.
struct NewObjects {
  Range range;
  std::vector<NameServer> servers;  // an address is used only in the domains that need it as glue
  std::vector<DelegationSigner>
      ds;  // only if the range is one zone: a DS belongs to one name (RFC 4034 5.1.4)
  /// The others, by name, in the order of the template: descr, org, admin-c ... source.
  std::vector<std::pair<std::string, std::string>> before_servers;
  std::vector<std::pair<std::string, std::string>> after_servers;
};

/// The objects for all zones of a range, separated by empty lines. Error: why they cannot be made.
[[nodiscard]] tl::expected<std::string, std::string> object_text(const NewObjects& wanted);

}  // namespace ptrd::rdns
