// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "lint/hygiene.hpp"

#include <algorithm>
#include <tuple>

#include "zone/name.hpp"

namespace ptrd::lint {

using wire::Bytes;
using wire::Labels;
using wire::Name;

namespace {

/// "www.example.net.example.net": the effect of a missing final dot if the origin is not a reverse zone.
bool repeats_its_end(Bytes name, const Labels& labels) {
  for (size_t size = 2; 2 * size < labels.count; ++size) {
    const size_t second = labels.offset[labels.count - size];
    const size_t first = labels.offset[labels.count - 2 * size];
    const size_t bytes = name.size() - 1 - second;
    if (second - first == bytes &&
        wire::same_ignoring_case(name.subspan(first, bytes), name.subspan(second, bytes)))
      return true;
  }
  return false;
}

}  // namespace

std::optional<Hygiene> shape_fault(Bytes target) {
  const Labels labels(target);
  if (labels.count == 1) return Hygiene::single_label;
  if (repeats_its_end(target, labels)) return Hygiene::repeated_end;
  return std::nullopt;
}

std::optional<std::pair<Hygiene, std::string>> image_fault(Bytes target, const Name& apex) {
  if (zone::is_address_literal(target, apex)) return std::pair(Hygiene::address, std::string());
  if (zone::reverse_tree(target)) {
    const bool below = Name::from_wire(target)->is_below_or_at(apex);
    return std::pair(below ? Hygiene::final_dot : Hygiene::reverse, std::string());
  }
  if (auto fault = zone::host_name_fault(target)) {
    return std::pair(Hygiene::host_name, "is not a host name: " + *fault);
  }
  return std::nullopt;
}

std::vector<SeveralPtr::Found> SeveralPtr::finish() {
  const auto address = [](const Seen& seen) { return std::tie(seen.family, seen.address); };
  std::sort(seen_.begin(), seen_.end(), [&](const Seen& a, const Seen& b) {
    return std::tuple_cat(address(a), std::tie(a.place.file, a.place.line)) <
           std::tuple_cat(address(b), std::tie(b.place.file, b.place.line));
  });
  std::vector<Found> found;
  for (size_t i = 1; i < seen_.size(); ++i) {
    const Seen& seen = seen_[i];
    if (address(seen) != address(seen_[i - 1])) continue;
    const auto units = static_cast<uint8_t>(seen.family == wire::Family::v4 ? 4 : 32);
    found.push_back({{.family = seen.family, .units = units, .address = seen.address}, seen.place});
  }
  seen_.clear();
  return found;
}

void GenericMail::take_mail_exchange(Bytes name) {
  if (const auto look = zone::look_at(name)) exchanges_.emplace(look->hash, zone::text_of(name));
}

void GenericMail::take_generic(Bytes target, Place place) {
  if (const auto look = zone::look_at(target)) generic_.emplace_back(look->hash, place);
}

std::vector<std::pair<Place, std::string>> GenericMail::finish() {
  std::vector<std::pair<Place, std::string>> found;
  for (const auto& [hash, place] : generic_) {
    if (const auto exchange = exchanges_.find(hash); exchange != exchanges_.end())
      found.emplace_back(place, exchange->second);
  }
  generic_.clear();
  return found;
}

}  // namespace ptrd::lint
