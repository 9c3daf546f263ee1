// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "ptrd/wire/name.hpp"
#include "zone/finding.hpp"

namespace ptrd::zone {

/// What says which zone a file holds.
enum class SaidBy : uint8_t { nothing, file_name, argument, configuration };

/// One zone to read: its text, and the initial $ORIGIN.
struct Source {
  std::string file;
  wire::Name origin;  // the apex that is asked for, unless nothing says which zone it is
  SaidBy said_by = SaidBy::nothing;
  std::string include_base = {};  // as in ReadOptions
};

/// What is wrong or odd about the owner of a zone's SOA record.
struct ApexFault {
  Severity severity;
  std::string text;
};

/// Judges the owner of a zone's first SOA record, which becomes the zone's apex. An error if another apex was
/// asked for, as BIND, Knot and NSD have it. A warning if the apex is a single label that only the file's
/// name gives: `customer7.zone` is rarely meant as the zone "customer7.".
[[nodiscard]] std::optional<ApexFault> apex_fault(const Source& source, const wire::Name& soa_owner);

}  // namespace ptrd::zone
