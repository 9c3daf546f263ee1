// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "image_names.hpp"

#include "ptrd/image/records.hpp"
#include "ptrd/image/traverse.hpp"

namespace ptrd::cli {

namespace {

std::vector<wire::Name> targets_in(wire::Bytes records) {
  std::vector<wire::Name> targets;
  image::each_record(records, [&](uint32_t, wire::Bytes rdata) {
    if (const auto name = wire::Name::from_wire(rdata)) targets.push_back(*name);
  });
  return targets;
}

}  // namespace

void ImageNames::for_each(const Visit& visit) {
  image::traverse(view_, {.set = [&](const image::OwnedSet& set) {
                    const auto key = wire::key_of_name(set.owner);
                    if (!key || !key->whole()) return;
                    if (set.type == static_cast<uint16_t>(wire::Type::ptr))
                      visit(*key, targets_in(set.records));
                    if (set.type == static_cast<uint16_t>(wire::Type::cname)) visit(*key, targets_of(*key));
                  }});
}

std::vector<wire::Name> ImageNames::targets_of(const wire::AddressKey& address) {
  std::vector<wire::Name> targets;
  for (const answer::AddressName& name : names_.find(address).names) targets.push_back(name.target);
  return targets;
}

}  // namespace ptrd::cli
