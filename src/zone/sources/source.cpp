// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/sources/source.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace ptrd::zone {

using wire::Name;

namespace {

/// The name with '-' for a '/' or '_' in its first label.
Name with_hyphens(const Name& name) {
  Name out = name.parent();
  const wire::Labels labels(name.bytes());
  if (labels.count == 0) return out;
  std::string label(reinterpret_cast<const char*>(labels.label(name.bytes(), 0).data()),
                    labels.label(name.bytes(), 0).size());
  std::replace_if(
      label.begin(), label.end(), [](char c) { return c == '/' || c == '_'; }, '-');
  (void)out.prepend({reinterpret_cast<const uint8_t*>(label.data()), label.size()});  // no longer than before
  return out;
}

/// A file's name cannot contain the slash of `0/25.2.0.192.in-addr.arpa` (RFC 2317 4): octoDNS writes '-',
/// Knot '_'.
bool is_asked_for(const Source& source, const Name& owner) {
  if (owner == source.origin) return true;
  return source.said_by == SaidBy::file_name && with_hyphens(owner) == with_hyphens(source.origin);
}

}  // namespace

std::optional<ApexFault> apex_fault(const Source& source, const Name& soa_owner) {
  const std::string owner = soa_owner.to_text();
  const std::string zone = source.origin.to_text();
  if (source.said_by == SaidBy::nothing) {
    if (soa_owner != source.origin || soa_owner.label_count() != 1) return std::nullopt;
    return ApexFault{Severity::warning,
                     fmt::format("the zone is {}, as only the file's name says; if that is wrong, give "
                                 "APEX=FILE, or the SOA record an owner with a final dot",
                                 owner)};
  }
  if (is_asked_for(source, soa_owner)) return std::nullopt;
  std::string text = fmt::format("the SOA record is for {}, but ", owner);
  const bool dot_is_missing = soa_owner.is_below_or_at(source.origin);
  switch (source.said_by) {
    case SaidBy::file_name:
      text += fmt::format("the zone is {} by the file's name; ", zone);
      if (!dot_is_missing) text += fmt::format("rename the file, or give {}=FILE", owner);
      break;
    case SaidBy::argument:
      text += fmt::format("the zone asked for is {}; ", zone);
      if (!dot_is_missing) text += "correct the record's owner or the APEX of APEX=FILE";
      break;
    default:
      text += fmt::format("the configuration has this file for the zone {}; ", zone);
      if (!dot_is_missing) text += "correct one of them";
  }
  if (dot_is_missing) text += "add the final dot that the owner or an $ORIGIN lacks";
  return ApexFault{Severity::error, std::move(text)};
}

}  // namespace ptrd::zone
