// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <fmt/core.h>

#include <algorithm>
#include <string>
#include <utility>

#include "ptrd/wire/rdata.hpp"
#include "zone/check/parts.hpp"

namespace ptrd::zone {

using wire::Bytes;
using wire::Labels;
using wire::Name;
using wire::Type;

namespace {

constexpr const char* kDotHint = "; is the final dot missing?";

/// Checks the targets of one zone.
class Targets {
 public:
  explicit Targets(ZoneData& zone) : zone_(zone), reverse_(reverse_tree(zone.apex.bytes()).has_value()) {}

  void check(const Owner& owner, const Item& item) {
    if (wire::rdata_layout(item.type).names == 0) return;
    const Owner* hider = zone_.hider(owner.key);
    if (hider != nullptr && hider != &owner) return;  // already a finding
    switch (static_cast<Type>(item.type)) {
      case Type::ns:
        return check_ns(owner, item);
      case Type::mx:
        return check_mail(item, Rule::mx_address);
      case Type::srv:
        return check_mail(item, Rule::count);
      case Type::ptr:
        return check_ptr(owner, item);
      default:
        return;
    }
  }
  std::vector<OutsideTarget> outside;

 private:
  [[nodiscard]] Bytes target_of(const Item& item) const {
    return wire::rdata_name(item.type, zone_.data(item));
  }

  /// A finding about the target itself.
  void add(Rule rule, const Item& item, const std::string& fault) {
    zone_.report.add(rule, item.place, [&] {
      return fmt::format("{} target {} {}", wire::type_to_text(item.type), text_of(target_of(item)), fault);
    });
  }
  [[nodiscard]] std::string hint() const { return reverse_ ? kDotHint : ""; }

  /// Whether the target is an alias in this zone; reports it. A target outside is kept for later.
  bool is_alias(const Item& item, const std::string& key) {
    if (!zone_.in_zone(key)) {
      outside.push_back({look_at(target_of(item))->hash, item.place, item.type});
      return true;
    }
    if (const Owner* hider = zone_.hider(key); hider != nullptr) {
      if (zone_.is_cut(*hider)) return false;
      add(alias_rule(item.type), item, "is an alias: it is below the DNAME " + text_of_key(hider->key));
      return true;
    }
    const Owner* answer = zone_.answering(key);
    const Item* cname = answer == nullptr ? nullptr : answer->find(Type::cname);
    if (cname == nullptr) return false;
    add(alias_rule(item.type), item,
        fmt::format("is an alias (CNAME at {})", zone_.places.to_text(cname->place, item.place)));
    return true;
  }

  [[nodiscard]] bool has_address(const std::string& key) const {
    // Wildcards give no glue.
    const Owner* answer = zone_.hider(key) == nullptr ? zone_.answering(key) : zone_.find(key);
    return answer != nullptr && answer->has_address();
  }

  void check_ns(const Owner& owner, const Item& item) {
    const Bytes target = target_of(item);
    if (is_address_literal(target, zone_.apex))
      return add(Rule::ns_address, item, "is an address; a name is expected");
    if (const auto fault = host_name_fault(target))
      return add(Rule::ns_host_name, item, "is not a host name: " + *fault);
    const std::string key = sort_key(target);
    if (is_alias(item, key) || !zone_.whole || has_address(key)) return;
    const Owner* cut = zone_.hider(key);
    if (cut == nullptr)
      return add(Rule::ns_no_address, item, "has no address (A or AAAA) in its zone" + hint());
    const bool sibling = owner.key != zone_.apex_key && cut != &owner;
    add(sibling ? Rule::missing_sibling_glue : Rule::missing_glue, item,
        fmt::format("is below the zone cut {} and has no glue (A or AAAA)", text_of_key(cut->key)));
  }

  void check_mail(const Item& item, Rule literal) {
    const Bytes target = target_of(item);
    if (target[0] == 0) return;  // RFC 7505, RFC 2782: no such service
    if (literal != Rule::count && is_address_literal(target, zone_.apex)) {
      return add(literal, item, "is an address; a name is expected");
    }
    const std::string key = sort_key(target);
    if (is_alias(item, key) || !zone_.whole || has_address(key) || zone_.hider(key) != nullptr) return;
    add(Rule::mail_no_address, item, "has no address (A or AAAA) in its zone" + hint());
  }

  void check_ptr(const Owner& owner, const Item& item) {
    const Name name = name_of_sort_key(owner.key);
    const Bytes target = target_of(item);
    // Services point to services (RFC 6763 4.1), mostly in the forward trees.
    const Labels labels(name.bytes());
    const bool service = std::any_of(labels.offset.begin(), labels.offset.begin() + labels.count,
                                     [&](uint8_t at) { return name.bytes()[at + 1U] == '_'; });
    if (reverse_ && !service) check_plain_target(zone_, target, item.place);
    (void)is_alias(item, sort_key(target));
  }

  ZoneData& zone_;
  bool reverse_;
};

}  // namespace

std::vector<OutsideTarget> check_targets(ZoneData& zone) {
  Targets targets(zone);
  for (const Owner& owner : zone.owners()) {
    for (const Item& item : owner.items) targets.check(owner, item);
  }
  return std::move(targets.outside);
}

void check_plain_target(ZoneData& zone, Bytes target, uint32_t place) {
  const auto add = [&](Rule rule, const auto& fault) {
    zone.report.add(rule, place, [&] { return fmt::format("PTR target {} {}", text_of(target), fault()); });
  };
  if (is_address_literal(target, zone.apex)) {
    return add(Rule::ptr_address, [] { return "is an address; a host name is expected"; });
  }
  if (reverse_tree(target)) {
    if (Name::from_wire(target)->is_below_or_at(zone.apex)) {
      return add(Rule::ptr_final_dot,
                 [] { return "ends with the zone's own name; is the final dot missing?"; });
    }
    return add(Rule::ptr_reverse, [] { return "is in the reverse tree; a host name is expected"; });
  }
  if (const auto fault = host_name_fault(target)) {
    add(Rule::ptr_host_name, [&] { return "is not a host name: " + *fault; });
  }
}

Rule alias_rule(uint16_t type) {
  switch (static_cast<Type>(type)) {
    case Type::ns:
      return Rule::ns_alias;
    case Type::ptr:
      return Rule::ptr_alias;
    default:
      return Rule::mail_alias;
  }
}

}  // namespace ptrd::zone
