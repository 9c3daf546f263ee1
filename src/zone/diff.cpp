// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/diff.hpp"

#include <algorithm>
#include <iterator>
#include <optional>

#include "ptrd/image/records.hpp"
#include "ptrd/wire/arpa.hpp"
#include "ptrd/wire/message.hpp"
#include "zone/diff_stream.hpp"
#include "zone/name.hpp"

namespace ptrd::zone {

using wire::Bytes;
using wire::Labels;
using wire::Name;

namespace {

std::weak_ordering compare_labels(Bytes a, Bytes b) {
  return std::lexicographical_compare_three_way(
      a.begin(), a.end(), b.begin(), b.end(),
      [](uint8_t x, uint8_t y) { return std::weak_ordering(wire::lower(x) <=> wire::lower(y)); });
}

/// A label that is not an octet or nibble: sorts after all that are.
constexpr unsigned kNoUnit = 256;

unsigned unit_of(wire::Family family, Bytes label) {
  const auto unit = family == wire::Family::v4 ? wire::octet_of_label(label) : wire::nibble_of_label(label);
  return unit ? *unit : kNoUnit;
}

/// Records of a set one by one.
struct Item {
  uint32_t ttl;
  Bytes rdata;
  bool operator<(const Item& other) const {
    const auto order = std::lexicographical_compare_three_way(rdata.begin(), rdata.end(), other.rdata.begin(),
                                                              other.rdata.end());
    return order != 0 ? order < 0 : ttl < other.ttl;
  }
};
std::vector<Item> items_of(Bytes records) {
  std::vector<Item> items;
  image::each_record(records, [&](uint32_t ttl, Bytes rdata) { items.push_back({ttl, rdata}); });
  std::sort(items.begin(), items.end());
  return items;
}

class Differ {
 public:
  explicit Differ(const std::function<void(const Difference&)>& visit) : visit_(visit) {}

  void zones(const image::View& first, const image::View& second);
  [[nodiscard]] const DiffCounts& counts() const { return counts_; }

 private:
  using Side = Difference::Side;

  void both(OwnerStream& first, OwnerStream& second);
  void only(OwnerStream& stream, Side side) {
    while (const auto owner = stream.next()) only(*owner, side);
  }
  void only(const OwnerSets& owner, Side side) {
    for (const auto& set : owner.sets) side_of(owner, set, side);
  }
  void side_of(const OwnerSets& owner, const OwnerSets::Set& set, Side side) {
    const auto items = items_of(set.records);
    for (const Item& item : items) visit_({*zone_, side, owner.owner, set.type, item.ttl, item.rdata});
    (side == Side::removed ? counts_.removed : counts_.added) += items.size();
  }
  void names(const OwnerSets& first, const OwnerSets& second);
  void sets(const OwnerSets& first, const OwnerSets::Set& a, const OwnerSets& second,
            const OwnerSets::Set& b);

  const std::function<void(const Difference&)>& visit_;
  std::optional<Name> zone_;  // which is compared
  DiffCounts counts_;
};

void Differ::zones(const image::View& first, const image::View& second) {
  auto left_zones = first.zones();
  auto right_zones = second.zones();
  while (!left_zones.empty() || !right_zones.empty()) {
    const auto* a = left_zones.empty() ? nullptr : &left_zones.front();
    const auto* b = right_zones.empty() ? nullptr : &right_zones.front();
    auto order = std::weak_ordering::equivalent;
    if (a == nullptr || b == nullptr) {
      order = a == nullptr ? std::weak_ordering::greater : std::weak_ordering::less;
    } else {
      order = first.apex(*a).canonical_compare(second.apex(*b));
    }
    zone_ = order <= 0 ? first.apex(*a) : second.apex(*b);
    if (order == 0) {
      OwnerStream left(first, *a);
      OwnerStream right(second, *b);
      both(left, right);
    } else if (order < 0) {
      ++counts_.zones_removed;
      OwnerStream left(first, *a);
      only(left, Side::removed);
    } else {
      ++counts_.zones_added;
      OwnerStream right(second, *b);
      only(right, Side::added);
    }
    if (order <= 0) left_zones = left_zones.subspan(1);
    if (order >= 0) right_zones = right_zones.subspan(1);
  }
}

void Differ::both(OwnerStream& first, OwnerStream& second) {
  auto a = first.next();
  auto b = second.next();
  while (a && b) {
    const auto order = compare_owners(a->owner, b->owner);
    if (order == 0) names(*a, *b);
    if (order < 0) only(*a, Side::removed);
    if (order > 0) only(*b, Side::added);
    if (order <= 0) a = first.next();
    if (order >= 0) b = second.next();
  }
  for (; a; a = first.next()) only(*a, Side::removed);
  for (; b; b = second.next()) only(*b, Side::added);
}

void Differ::names(const OwnerSets& first, const OwnerSets& second) {
  auto a = first.sets.begin();
  auto b = second.sets.begin();
  while (a != first.sets.end() || b != second.sets.end()) {
    if (b == second.sets.end() || (a != first.sets.end() && a->type < b->type)) {
      side_of(first, *a++, Side::removed);
    } else if (a == first.sets.end() || b->type < a->type) {
      side_of(second, *b++, Side::added);
    } else {
      sets(first, *a++, second, *b++);
    }
  }
}

void Differ::sets(const OwnerSets& first, const OwnerSets::Set& a, const OwnerSets& second,
                  const OwnerSets::Set& b) {
  if (a.records == b.records) return;  // nearly always
  const auto left = items_of(a.records);
  const auto right = items_of(b.records);
  std::vector<Item> removed;
  std::vector<Item> added;
  std::set_difference(left.begin(), left.end(), right.begin(), right.end(), std::back_inserter(removed));
  std::set_difference(right.begin(), right.end(), left.begin(), left.end(), std::back_inserter(added));
  for (const Item& item : removed) visit_({*zone_, Side::removed, first.owner, a.type, item.ttl, item.rdata});
  for (const Item& item : added) visit_({*zone_, Side::added, second.owner, b.type, item.ttl, item.rdata});
  const size_t pairs = std::min(removed.size(), added.size());
  counts_.changed += pairs;
  counts_.removed += removed.size() - pairs;
  counts_.added += added.size() - pairs;
}

}  // namespace

std::weak_ordering compare_owners(const Name& a, const Name& b) {
  const Labels left(a.bytes());
  const Labels right(b.bytes());
  const size_t common = std::min(left.count, right.count);
  bool in_tree = false;  // all labels so far are the start of an address
  wire::Family tree = wire::Family::v4;
  for (size_t i = 0; i < common; ++i) {
    const Bytes x = left.label(a.bytes(), left.count - 1U - i);
    const Bytes y = right.label(b.bytes(), right.count - 1U - i);
    const unsigned x_unit = in_tree ? unit_of(tree, x) : 0;
    const unsigned y_unit = in_tree ? unit_of(tree, y) : 0;
    if (x_unit != y_unit) return x_unit <=> y_unit;
    if (const auto order = compare_labels(x, y); order != 0) return order;
    if (i == 1) {
      const auto found = reverse_tree(a.bytes());
      in_tree = found.has_value();
      tree = found.value_or(tree);
    } else if (x_unit == kNoUnit || i - 1 == (tree == wire::Family::v4 ? 4U : 32U)) {
      in_tree = false;
    }
  }
  return left.count <=> right.count;
}

DiffCounts diff(const image::View& first, const image::View& second,
                const std::function<void(const Difference&)>& visit) {
  Differ differ(visit);
  differ.zones(first, second);
  return differ.counts();
}

}  // namespace ptrd::zone
