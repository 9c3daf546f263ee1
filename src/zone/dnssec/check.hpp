// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>

#include "ptrd/image/image.hpp"
#include "zone/check/data.hpp"

namespace ptrd::zone {

/// How signatures are checked.
struct DnssecCheck {
  static constexpr uint32_t kDay = 86'400;

  uint32_t time;                       // seconds since 1970, modulo 2^32 (RFC 4034 3.1.5)
  uint32_t expires_within = 3 * kDay;  // seconds: signatures that end sooner are reported
  image::Executor run;                 // verifies signatures, most of the work
};

/// Checks a zone as a validating resolver would see it: that each RRset has a signature by a key of the zone
/// that is valid now, that nothing is signed that must not be, and that its NSEC or NSEC3 chain is closed and
/// true (RFC 4034, 4035 2, 5155 7.1, 9276). `zone` is settled and has all records of the zone as items, no
/// plain PTRs. Findings go to its report.
void check_dnssec(ZoneData& zone, const DnssecCheck& how);

}  // namespace ptrd::zone
