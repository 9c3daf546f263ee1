// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <unordered_map>
#include <vector>

#include "ptrd/wire/name.hpp"
#include "rdns/finding.hpp"
#include "rdns/interval_index.hpp"
#include "rdns/objects/domain_object.hpp"
#include "rdns/objects/hierarchy.hpp"

namespace ptrd::rdns {

/// An SOA record's data (RFC 1035 3.3.13); times in seconds.
struct Soa {
  wire::Name mname;
  wire::Name rname;
  uint32_t serial = 0;
  uint32_t refresh = 0;
  uint32_t retry = 0;
  uint32_t expire = 0;
  uint32_t minimum = 0;
};
/// `mname rname serial refresh retry expire minimum`. Error: what is wrong, and the expected form.
[[nodiscard]] tl::expected<Soa, std::string> soa_of_text(std::string_view text);

struct ParentZoneOptions {
  wire::Name apex;  // at or below in-addr.arpa or ip6.arpa
  Soa soa;
  std::vector<NameServer> servers;  // of the zone itself; with an address if the host is in the zone
  uint32_t ttl = 86400;             // seconds, of all except the CNAME records
};

/// Counts of what the zone was made from.
struct ZoneCounts {
  uint64_t delegations = 0;
  uint64_t records = 0;
  uint64_t left_out = 0;  // below or across another delegation
};

/// The zone of a registry: a delegation for each domain object, with NS, glue, DS, and for a range with a
/// dash a CNAME per address. Compact: about 60 bytes for an object with two name servers, whose names are
/// stored once.
class ParentZone {
 public:
  explicit ParentZone(ParentZoneOptions options) : options_(std::move(options)) {}

  /// False if the domain is not below the apex; then nothing was added.
  bool add(const DomainObject& object, Place place);

  /// Writes the zone as text, in address order, whatever order the objects came in. Of nested or overlapping
  /// objects only the first in address order, least specific first, is delegated (RFC 1034 4.2); the others
  /// are reported to `sink`. Once.
  ZoneCounts write(std::FILE* out, const std::vector<std::string>& files, const FindingSink& sink);

 private:
  struct Entry {
    Place place;
    uint64_t words = 0;  // start of its part of words_
  };
  struct Glue {
    uint32_t host;
    HostAddress address;
  };

  uint32_t number_of(std::string text);
  template <typename Number>
  void write_family(wire::Family family, IntervalIndex<Number, Entry>& index, std::FILE* out,
                    const std::vector<std::string>& files, const FindingSink& sink, ZoneCounts& counts);
  void write_delegation(const Range& range, uint64_t words, std::FILE* out, ZoneCounts& counts);
  void write_apex(std::FILE* out, ZoneCounts& counts);
  void write_glue(std::FILE* out, ZoneCounts& counts);

  ParentZoneOptions options_;
  IntervalIndex<uint32_t, Entry> v4_;
  IntervalIndex<Address, Entry> v6_;
  std::unordered_map<std::string, uint32_t> numbers_;  // of texts_
  std::vector<const std::string*> texts_;              // host names and DS data, each once
  std::vector<uint32_t>
      words_;  // per object: servers (host, glue + 1 or 0), then DS, each list preceded by its count
  std::vector<Glue> glue_;
  std::vector<uint32_t> needed_glue_;  // of what is delegated
};

}  // namespace ptrd::rdns
