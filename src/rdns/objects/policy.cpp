// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "rdns/objects/policy.hpp"

#include <fmt/core.h>

#include <string_view>

namespace ptrd::rdns {
namespace {

template <typename Number>
Verdict judge_in(const IntervalIndex<Number, Inetnums::Entry>& index, const Range& domain) {
  const std::string_view kind = domain.family == wire::Family::v4 ? "inetnum" : "inet6num";
  const size_t cover = index.covering(static_cast<Number>(domain.first), static_cast<Number>(domain.last));
  if (cover == index.kNone)
    return {false, fmt::format("no {} contains it: the space is not registered", kind)};
  const auto& entry = index.entries()[cover];
  const Range space{domain.family, entry.first, entry.last};
  const std::string where = fmt::format("{} (line {})", to_text(space), entry.value.line);
  switch (entry.value.status) {
    case Status::assigned:
      return {true, "assigned by " + where};
    case Status::sub_allocated:
      return {true, "sub-allocated by " + where};
    case Status::other:
      return {false, fmt::format("the status of {} is neither assigned nor allocated", where)};
    case Status::allocated:
      break;
  }
  // The unit within which something must be registered.
  Range unit = domain;
  if (domain.family == wire::Family::v6) {
    unit = space;
  } else if (domain.last - domain.first < 255) {
    unit.first = domain.first & ~Address{255};
    unit.last = unit.first | 255;
  }
  if (index.intersects_behind(cover, static_cast<Number>(unit.first), static_cast<Number>(unit.last)))
    return {true, fmt::format("allocated by {}, with a more specific {} in {}", where, kind, to_text(unit))};
  return {false,
          fmt::format("allocated by {}, but no more specific {}, an assignment or sub-allocation, is in {}",
                      where, kind, to_text(unit))};
}

}  // namespace

Verdict judge(const Inetnums& inetnums, const Range& domain) {
  return domain.family == wire::Family::v4 ? judge_in(inetnums.v4(), domain)
                                           : judge_in(inetnums.v6(), domain);
}

}  // namespace ptrd::rdns
