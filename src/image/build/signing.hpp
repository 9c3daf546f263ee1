// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// What an image stores for a signed zone beside the records of its names.
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "image/build/leaf_signings.hpp"
#include "image/build/tree.hpp"
#include "ptrd/image/format.hpp"
#include "ptrd/image/nsec3_hash.hpp"
#include "ptrd/wire/bytes.hpp"
#include "ptrd/wire/name.hpp"

namespace ptrd::image {

/// The NSEC3 records of a zone that share their parameters.
struct Nsec3Chain {
  struct Link {
    Nsec3Hash hash;
    std::vector<TreeSet> sets;  // the NSEC3 record and the RRSIGs over it
  };
  uint16_t iterations = 0;
  std::string salt = {};
  std::vector<Link> links = {};  // in the order of their hashes
};

/// Makes `soonest` (0: none yet) the time when this RRSIG record expires, if that is sooner (RFC 4034 3.1.5).
void take_sooner(uint32_t& soonest, wire::Bytes rrsig);

/// How a zone denies.
struct Signing {
  Denial denial = Denial::none;
  Nsec3Chain chain = {};
  uint32_t expires = 0;  // the soonest end of a signature that was counted (RFC 4034 3.1.5); 0: none

  /// Counts the records of a set, if it is one of signatures.
  void count(const TreeSet& set);
  /// The same of one record at an address.
  void count(const BesideData& record);
};

/// Determines how the zone with this apex denies, and takes its NSEC3 records out of the tree: their owners
/// do not exist (RFC 5155 7.2.8). A zone is signed if it has a DNSKEY and its SOA is signed. Error: one
/// sentence without the zone's name; it is signed, and cannot be answered for rightly. `most_iterations` of
/// NSEC3 are allowed.
[[nodiscard]] tl::expected<Signing, std::string> take_signing(TreeNode& apex, const wire::Name& name,
                                                              uint16_t most_iterations);

}  // namespace ptrd::image
