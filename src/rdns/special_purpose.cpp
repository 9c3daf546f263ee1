// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "rdns/special_purpose.hpp"

#include <vector>

namespace ptrd::rdns {

namespace {

struct Row {
  std::string_view prefix;
  std::string_view what;  // empty: ordinary addresses within a row below
  std::string_view rfc;
};

// The more specific of two overlapping rows comes first.
constexpr Row kRows[] = {
    {"0.0.0.0/32", "unspecified", "RFC 1122 3.2.1.3"},
    {"0.0.0.0/8", "this network", "RFC 791 3.2"},
    {"10.0.0.0/8", "private", "RFC 1918"},
    {"100.64.0.0/10", "shared", "RFC 6598"},
    {"127.0.0.0/8", "loopback", "RFC 1122 3.2.1.3"},
    {"169.254.0.0/16", "link-local", "RFC 3927"},
    {"172.16.0.0/12", "private", "RFC 1918"},
    {"192.0.0.0/24", "IETF protocol assignments", "RFC 6890 2.1"},
    {"192.0.2.0/24", "documentation", "RFC 5737"},
    {"192.88.99.0/24", "6to4 relay", "RFC 7526"},
    {"192.168.0.0/16", "private", "RFC 1918"},
    {"198.18.0.0/15", "benchmarking", "RFC 2544"},
    {"198.51.100.0/24", "documentation", "RFC 5737"},
    {"203.0.113.0/24", "documentation", "RFC 5737"},
    {"224.0.0.0/4", "multicast", "RFC 5771"},
    {"255.255.255.255/32", "broadcast", "RFC 919 7"},
    {"240.0.0.0/4", "reserved", "RFC 1112 4"},
    {"::/128", "unspecified", "RFC 4291 2.5.2"},
    {"::1/128", "loopback", "RFC 4291 2.5.3"},
    {"::ffff:0:0/96", "IPv4-mapped", "RFC 4291 2.5.5.2"},
    {"::/96", "IPv4-compatible", "RFC 4291 2.5.5.1"},
    {"64:ff9b::/96", "IPv4-IPv6 translation", "RFC 6052"},
    {"64:ff9b:1::/48", "IPv4-IPv6 translation", "RFC 8215"},
    {"100::/64", "discard-only", "RFC 6666"},
    {"100:0:0:1::/64", "dummy prefix", "RFC 9780"},
    {"2001:4:112::/48", "", "RFC 7535"},  // AS112, which does serve zones
    {"2001::/32", "Teredo", "RFC 4380"},
    {"2001:2::/48", "benchmarking", "RFC 5180"},
    {"2001:10::/28", "ORCHID", "RFC 4843"},
    {"2001:20::/28", "ORCHIDv2", "RFC 7343"},
    {"2001::/23", "IETF protocol assignments", "RFC 2928"},
    {"2001:db8::/32", "documentation", "RFC 3849"},
    {"2002::/16", "6to4", "RFC 3056"},
    {"3fff::/20", "documentation", "RFC 9637"},
    {"5f00::/16", "segment routing", "RFC 9602"},
    {"fc00::/7", "unique local", "RFC 4193"},
    {"fe80::/10", "link-local", "RFC 4291 2.5.6"},
    {"fec0::/10", "site-local", "RFC 3879"},
    {"ff00::/8", "multicast", "RFC 4291 2.7"},
};

std::vector<SpecialPurpose> read_rows() {
  std::vector<SpecialPurpose> rows;
  for (const Row& row : kRows) rows.push_back({prefix_of_text(row.prefix).value(), row.what, row.rfc});
  return rows;
}

}  // namespace

const SpecialPurpose* special_purpose(wire::Family family, Address address) {
  static const std::vector<SpecialPurpose> rows = read_rows();
  const Range one{family, address, address};
  for (const SpecialPurpose& row : rows) {
    if (row.prefix.range().contains(one)) return row.what.empty() ? nullptr : &row;
  }
  return nullptr;
}

}  // namespace ptrd::rdns
