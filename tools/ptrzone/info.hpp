// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ptrd::tools {

/// The contents of an image, as shown by `ptrzone info`.
struct ImageInfo {
  struct Zone {
    std::string name;
    uint32_t serial = 0;
    uint64_t records = 0;
    std::string_view denial;  // nsec or nsec3; empty: the zone is not signed
    std::string expires;      // the soonest end of a signature, UTC, RFC 3339; empty: the zone is not signed
  };

  uint32_t version = 0;
  uint64_t records = 0;  // in the zones' text
  uint64_t bytes = 0;
  double bytes_per_record = 0;    // 0 if there are none
  uint64_t addresses_served = 0;  // records, and IPv4 addresses in declared ranges
  double bytes_per_address = 0;
  uint32_t templates = 0;
  uint64_t folded_records = 0;  // made by a template
  uint64_t synthesised_addresses = 0;
  uint32_t synthesised_ipv6_prefixes = 0;
  std::array<std::pair<std::string_view, uint64_t>, 7> sections;  // name and count of each
  std::vector<Zone> zones;
};

}  // namespace ptrd::tools
