// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "map/survey.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include "ptrd/wire/arpa.hpp"
#include "ptrd/wire/message.hpp"

namespace ptrd::map {

using wire::Name;
using wire::Type;

std::optional<Claim> classify(const image::OwnedSet& set, const Name& apex, answer::AddressNames& names) {
  const auto key = wire::key_of_name(set.owner);
  if (!key || key->family != wire::Family::v4) return std::nullopt;
  const Prefix prefix{.address = wire::load32(key->address.data()), .length = key->units * 8U};
  switch (static_cast<Type>(set.type)) {
    case Type::soa:
      return Claim{Kind::empty, prefix};
    case Type::ns:
      if (set.owner == apex) return std::nullopt;
      return Claim{Kind::delegated, prefix};
    case Type::ptr:
      if (!key->whole()) return std::nullopt;
      return Claim{set.by_rule ? Kind::from_template : Kind::unique, prefix};
    case Type::cname: {
      if (!key->whole()) return std::nullopt;
      const auto outcome = names.find(*key).outcome;
      if (outcome == answer::AddressNames::Outcome::none) return std::nullopt;
      return Claim{outcome == answer::AddressNames::Outcome::named ? Kind::unique : Kind::delegated, prefix};
    }
    default:
      return std::nullopt;
  }
}

Survey::Survey(const image::View& view, Prefix area, unsigned detail)
    : area_(area), detail_(detail), cells_(size_t{1} << (detail - area.length)) {
  std::vector<Claim> ground;
  answer::AddressNames names(view);
  for (const image::Zone& zone : view.zones()) {
    const Name apex = view.apex(zone);
    image::Visitor visitor;
    visitor.set = [&](const image::OwnedSet& set) {
      leave_range(set.owner);
      const auto claim = classify(set, apex, names);
      if (!claim) return;
      if (claim->kind == Kind::empty || claim->kind == Kind::delegated) {
        ground.push_back(*claim);
      } else {
        take(*claim);
      }
    };
    visitor.range = [&](const image::OwnedRange& range) {
      if (range.key.family != wire::Family::v4) return;
      const Prefix prefix{.address = wire::load32(range.key.address.data()), .length = range.prefix_size};
      // Addresses of a longer range inside another are already counted.
      if (range_around(prefix) != nullptr) return;
      ranges_.emplace(prefix.address, prefix);
      take({Kind::from_template, prefix});
    };
    image::traverse(view, zone, visitor);
  }
  // The longest prefix decides, and a zone that is served here takes precedence over its delegation.
  std::stable_sort(ground.begin(), ground.end(), [](const Claim& a, const Claim& b) {
    return a.prefix.length != b.prefix.length ? a.prefix.length < b.prefix.length : a.kind > b.kind;
  });
  for (const Claim& claim : ground) take(claim);
}

/// The declared range, as visited, that contains `prefix`; null: none.
const Prefix* Survey::range_around(const Prefix& prefix) const {
  const auto behind = ranges_.upper_bound(prefix.address);
  if (behind == ranges_.begin()) return nullptr;
  const Prefix& range = std::prev(behind)->second;
  return range.contains(prefix) ? &range : nullptr;
}

/// An address with its own records gets nothing from the range around it.
void Survey::leave_range(const Name& owner) {
  const auto key = wire::key_of_name(owner);
  if (ranges_.empty() || !key || key->family != wire::Family::v4 || !key->whole()) return;
  const Prefix address{.address = wire::load32(key->address.data()), .length = 32};
  if (!area_.contains(address) || left_ == address.address || range_around(address) == nullptr) return;
  left_ = address.address;
  --cells_[(address.address - area_.address) >> (32 - detail_)].from_template;
}

void Survey::take(const Claim& claim) {
  const bool whole_area = claim.prefix.contains(area_);
  if (!whole_area && !area_.contains(claim.prefix)) return;
  const Prefix& part = whole_area ? area_ : claim.prefix;
  const size_t first = (part.address - area_.address) >> (32 - detail_);
  const size_t count = part.length > detail_ ? 1 : size_t{1} << (detail_ - part.length);
  const auto addresses = static_cast<uint32_t>(std::min<uint64_t>(part.size(), cell_size()));
  const bool ground = claim.kind == Kind::empty || claim.kind == Kind::delegated;
  if (ground) blocks_.push_back(claim);
  for (size_t i = first; i < first + count; ++i) {
    Cell& cell = cells_[i];
    if (ground) {
      take_ground(claim.kind, cell, addresses);
    } else {
      (claim.kind == Kind::unique ? cell.named : cell.from_template) += addresses;
    }
  }
}

void Survey::take_ground(Kind kind, Cell& cell, uint32_t addresses) const {
  // Larger blocks came before: the addresses inside one change their kind.
  uint32_t& to = kind == Kind::delegated ? cell.delegated : cell.in_zone;
  uint32_t& from = kind == Kind::delegated ? cell.in_zone : cell.delegated;
  const auto size = static_cast<uint32_t>(cell_size());
  if (cell.delegated + cell.in_zone == size) {
    addresses = std::min(addresses, from);
    from -= addresses;
  }
  to += std::min(addresses, size - cell.delegated - cell.in_zone);
}

uint64_t Survey::total(Kind kind) const {
  std::array<uint64_t, static_cast<size_t>(Kind::count)> sums{};
  const auto at = [&](Kind which) -> uint64_t& { return sums[static_cast<size_t>(which)]; };
  for (const Cell& cell : cells_) {
    at(Kind::unique) += cell.named;
    at(Kind::from_template) += cell.from_template;
    at(Kind::delegated) += cell.delegated;
    at(Kind::empty) += cell.empty();
    at(Kind::outside) += cell_size() - cell.delegated - cell.in_zone;
  }
  return at(kind);
}

}  // namespace ptrd::map
