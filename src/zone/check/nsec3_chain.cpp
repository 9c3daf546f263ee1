// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <fmt/core.h>

#include <algorithm>
#include <vector>

#include "dnssec/nsec3.hpp"
#include "zone/check/chain.hpp"
#include "zone/name.hpp"
#include "zone/rdata/encoding.hpp"

namespace ptrd::zone {

using dnssec::NameHash;
using dnssec::Nsec3;
using dnssec::Nsec3Parameters;
using wire::Type;

namespace {

/// A record of the chain.
struct Link {
  NameHash hash;  // of its owner's first label
  Nsec3 record;
  const Item* item;
  std::string_view owner;
  bool matched = false;  // a name has this hash
};

class Chain {
 public:
  Chain(const ZoneData& zone, const Nsec3Parameters& parameters, const ChainVisitor& visitor)
      : zone_(zone), parameters_(parameters), visitor_(visitor) {}

  void check(std::span<const AuthorityName> names);

 private:
  void collect();
  void check_order();
  void check_name(const AuthorityName& name, bool needed);
  [[nodiscard]] const Link& covering(const NameHash& hash) const;

  const ZoneData& zone_;
  Nsec3Parameters parameters_;
  const ChainVisitor& visitor_;
  std::vector<Link> links_;  // in the order of hashes
};

void Chain::collect() {
  for (const Owner& owner : zone_.owners()) {
    for (const Item& item : owner.set(code(Type::nsec3))) {
      const wire::Name name = name_of_sort_key(owner.key);
      const auto record = dnssec::read_nsec3(zone_.data(item));
      const auto hash = dnssec::hash_from_label(name.bytes().subspan(1, name.bytes()[0]));
      const auto add = [&](Rule rule, std::string_view what) {
        visitor_.fault(rule, item.place, [&] { return fmt::format("{} NSEC3: {}", name.to_text(), what); });
      };
      if (!record || !hash || parent_key(owner.key) != zone_.apex_key) {
        add(Rule::denial_extra, "its owner is not a hash directly below the apex (RFC 5155 3)");
      } else if (!record->parameters.same_hash(parameters_)) {
        add(Rule::nsec3_parameters, "no NSEC3PARAM record has its algorithm, iterations and salt");
      } else {
        links_.push_back({*hash, *record, &item, owner.key});
      }
    }
  }
  std::ranges::stable_sort(links_, {}, &Link::hash);
}

void Chain::check_order() {
  for (size_t i = 0; i < links_.size(); ++i) {
    const Link& link = links_[i];
    const Link& next = links_[(i + 1) % links_.size()];
    if (std::ranges::equal(link.record.next, next.hash)) continue;
    visitor_.fault(Rule::denial_chain, link.item->place, [&] {
      const bool shown = link.record.next.size() == link.hash.size();
      return fmt::format("{} NSEC3: its next hash is {}, but the zone's is {}", text_of_key(link.owner),
                         shown ? base32hex_text(link.record.next) : "not of 20 octets",
                         base32hex_text(next.hash));
    });
  }
}

/// The record whose range includes a hash that no record has.
const Link& Chain::covering(const NameHash& hash) const {
  const auto after = std::ranges::upper_bound(links_, hash, {}, &Link::hash);
  return after == links_.begin() ? links_.back() : *std::prev(after);
}

void Chain::check_name(const AuthorityName& name, bool needed) {
  const NameHash hash = dnssec::hash_name(name_of_sort_key(name.key).bytes(), parameters_);
  const auto it = std::ranges::lower_bound(links_, hash, {}, &Link::hash);
  if (it != links_.end() && it->hash == hash) {
    it->matched = true;
    if (visitor_.record) visitor_.record(name, it->record.types, it->item->place, "NSEC3");
    return;
  }
  // RFC 5155 6: opt-out leaves out delegations without DS, and empty non-terminals above only such.
  if (!needed && !links_.empty() && (covering(hash).record.parameters.flags & Nsec3Parameters::kOptOut) != 0)
    return;
  visitor_.fault(Rule::denial_missing, name.place, [&] {
    return fmt::format("{}: no NSEC3 record (its hash is {})", text_of_key(name.key), base32hex_text(hash));
  });
}

/// Whether a name must be in the chain even if it opts out.
std::vector<bool> needed_names(std::span<const AuthorityName> names) {
  std::vector<bool> needed(names.size());
  for (size_t i = names.size(); i-- > 0;) {
    const AuthorityName& name = names[i];
    needed[i] = !name.empty() && !name.insecure_cut();
    for (size_t j = i + 1;
         name.empty() && !needed[i] && j < names.size() && names[j].key.starts_with(name.key); ++j) {
      needed[i] = needed[j];
    }
  }
  return needed;
}

void Chain::check(std::span<const AuthorityName> names) {
  collect();
  check_order();
  const std::vector<bool> needed = needed_names(names);
  for (size_t i = 0; i < names.size(); ++i) check_name(names[i], needed[i]);
  for (const Link& link : links_) {
    if (link.matched) continue;
    visitor_.fault(Rule::denial_chain, link.item->place, [&] {
      return fmt::format("{} NSEC3: no name of the zone has this hash", text_of_key(link.owner));
    });
  }
}

}  // namespace

void follow_nsec3_chain(const ZoneData& zone, std::span<const AuthorityName> names,
                        const Nsec3Parameters& parameters, const ChainVisitor& visitor) {
  Chain(zone, parameters, visitor).check(names);
}

}  // namespace ptrd::zone
