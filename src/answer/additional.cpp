// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "answer/additional.hpp"

#include "answer/denial.hpp"
#include "answer/same_name.hpp"
#include "answer/suffix_table.hpp"
#include "ptrd/wire/rdata.hpp"

namespace ptrd::answer {

using image::Position;
using image::Rrset;
using image::View;
using wire::Bytes;
using wire::Type;

namespace {

/// Steps of the budget that a host takes besides the search for it and what is written.
constexpr unsigned kStepsOfHost = 4;
constexpr unsigned kStepsOfTable = 1;  // if it is kept, so as not to be added twice
/// Bytes of an A record whose owner is a pointer.
constexpr size_t kMinAddress = 16;

/// Whether `name` ends in the octets of `top`, regardless of label boundaries.
[[gnu::always_inline]] inline bool ends_in(Bytes name, Bytes top) {
  return name.size() >= top.size() && same_name(name.last(top.size()), top);
}

/// Calls `add` with the one name in each record's data, and the record's number, until it returns false.
template <typename Add>
void each_host(const Rrset& set, Add add) {
  const wire::RdataLayout layout = wire::rdata_layout(set.type);
  size_t number = 0;
  for (Bytes records = View::records(set); !records.empty(); ++number) {
    const size_t size = wire::load16(&records[10]);
    if (!add(records.subspan(12U + layout.before, size - layout.before - layout.after), number)) return;
    records = records.subspan(12 + size);
  }
}

}  // namespace

bool is_at_or_below(Bytes name, Bytes top) {
  if (!ends_in(name, top)) return false;
  const uint8_t* const end = name.data() + name.size() - top.size();
  const uint8_t* label = name.data();
  while (label < end) label += *label + 1U;
  return label == end;
}

/// `found` is where the search for the host ended. Returns false if an RRset did not fit or the search gave
/// up.
bool Additional::add_addresses(const Owner& host, const Found& found, uint32_t zone) {
  if (found.gave_up) return false;
  if (found.zone != zone || found.at.kind != Position::Kind::node) return true;
  uint32_t line = found.at.index;
  if (found.labels_left != 0) {  // RFC 4592 4.5: a wildcard also provides additional data
    if (found.cut != 0 || found.dname != 0) return true;
    line = wildcard_below(view_, line);
    if (line == 0) return true;
  }
  const auto& node = view_.at<image::Node>(line);
  bool whole = true;
  for (const Type type : {Type::a, Type::aaaa}) {
    const Rrset* set = view_.find_rrset(node, static_cast<uint16_t>(type));
    if (set == nullptr) continue;
    // Glue is not the zone's own, so nothing signs it (RFC 4035 2.2).
    const SignedSet records =
        found.cut != 0 ? SignedSet{set->type, View::records(*set), {}} : sets_.of(node, *set);
    if (!sets_.add(host, records, count_)) whole = false;
  }
  return whole;
}

/// Whether more hosts' optional addresses may be looked up, and there is room for them.
bool Additional::has_more() const {
  return host_count_ < kMaxHosts && !budget_.is_spent() && out_.room() >= kMinAddress;
}

/// Whether to look up a host's: they may be in the zone.
bool Additional::wants(Bytes host, uint32_t zone) const {
  return has_more() && ends_in(host, view_.zone_name(view_.at<image::Zone>(zone)));
}

void Additional::add_host(const Owner& host, uint32_t zone) {
  // Several MX or SRV records may name the same host.
  const uint32_t hash = host.name.size() > 1 ? SuffixTable::hash(host.name) : 0;
  size_t slot = hash % kHostSlots;
  for (; host_slots_[slot] != 0; slot = (slot + 1) % kHostSlots) {
    const Host& other = hosts_[host_slots_[slot] - 1U];
    if (other.hash == hash && same_name({other.name, other.size}, host.name)) return;
  }
  hosts_[host_count_++] = {host.name.data(), static_cast<uint32_t>(host.name.size()), hash};
  host_slots_[slot] = static_cast<uint8_t>(host_count_);
  if (!budget_.take(glue_ == 0 ? kStepsOfHost + kStepsOfTable : kStepsOfTable)) return;
  (void)add_addresses(host, search_.find_in_domain(host.name, 0), zone);
}

bool Additional::add_glue(const Rrset& ns, Bytes owner, uint32_t zone, bool rest) {
  bool whole = true;
  each_host(ns, [&](Bytes host, size_t number) {
    if (is_at_or_below(host, owner)) {
      // The rest is mostly below the cut, too, so all of it is charged before any work is done.
      if (glue_++ == 0) whole = budget_.take(kStepsOfHost * (ns.count - number));
      whole = add_addresses(placed(host, number), search_.find_in_domain(host, 0), zone) && whole;
    }
    return whole || (rest && !budget_.is_spent());
  });
  return whole;
}

void Additional::add_beside_glue(const Rrset& ns, Bytes owner, uint32_t zone) {
  if (glue_ == ns.count) return;
  each_host(ns, [&](Bytes host, size_t number) {
    if (wants(host, zone) && (glue_ == 0 || !is_at_or_below(host, owner)))
      add_host(placed(host, number), zone);
    return has_more();
  });
}

void Additional::add_optional(const Rrset& set, uint32_t zone) {
  each_host(set, [&](Bytes host, size_t number) {
    if (wants(host, zone)) add_host(placed(host, number), zone);
    return has_more();
  });
}

}  // namespace ptrd::answer
