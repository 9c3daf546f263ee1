// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ptrd/wire/name.hpp"

// The names that zone files have: what BIND's users, Knot, NSD, octoDNS, DNSControl and panels write. The
// tables are in file_names.cpp.
namespace ptrd::zone {

/// What a file's name says about the zone in it.
struct FileName {
  enum class Kind : uint8_t {
    apex,     // `origin`, a name at or below in-addr.arpa or ip6.arpa
    numbers,  // numbers without a tree: `origin` is the zone by convention, if there is one
    domain,   // `origin`, any other name; X.zone may be a file's arbitrary name
    invalid,  // X.zone where X is not a name: `fault`
    other,    // not named like a zone file
  };
  Kind kind = Kind::other;
  wire::Name origin;           // the root: the name says nothing
  bool dot_zone = false;       // X.zone
  bool is_convention = false;  // numbers: `origin` holds, but other orders are in use
  std::string fault;
};

/// What the file's name says. `folder` is the name of the directory that it is in, which may be the part of
/// the zone's name before a slash.
[[nodiscard]] FileName read_file_name(std::string_view name, std::string_view folder);

/// What a file in a directory of zone files is, if its name says that it is not a zone file: a journal, an
/// editor's copy, a server's own file. A noun phrase.
[[nodiscard]] std::optional<std::string_view> other_purpose(std::string_view name);

}  // namespace ptrd::zone
