// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/check/check.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <tuple>
#include <unordered_map>

#include "ptrd/wire/message.hpp"
#include "ptrd/wire/rdata.hpp"
#include "zone/rdata/form.hpp"

namespace ptrd::zone {

using wire::Bytes;
using wire::Name;
using wire::QuestionName;
using wire::Type;

namespace {

constexpr uint64_t kHashMask = ~PlainPtr<Address4>::kTtlMask;

/// The owners of CNAME records, by hash. A bit set in front of the table answers the ten million lookups that
/// find nothing.
class Aliases {
 public:
  struct Alias {
    const Places* places;
    std::string_view key;
    uint32_t place;
  };

  explicit Aliases(size_t count) : filter_(std::bit_ceil(count * 16 / 64 + 1)) {}

  void add(uint64_t hash, const Alias& alias) {
    table_.emplace(hash & kHashMask, alias);
    filter_[word(hash)] |= bit(hash);
  }
  [[nodiscard]] const Alias* find(uint64_t hash) const {
    if ((filter_[word(hash)] & bit(hash)) == 0) return nullptr;
    const auto it = table_.find(hash & kHashMask);
    return it == table_.end() ? nullptr : &it->second;
  }

 private:
  [[nodiscard]] size_t word(uint64_t hash) const { return (hash >> 32) & (filter_.size() - 1); }
  [[nodiscard]] static uint64_t bit(uint64_t hash) { return 1ULL << (hash >> 26 & 63); }

  std::vector<uint64_t> filter_;
  std::unordered_map<uint64_t, Alias> table_;
};

void report_alias(ZoneData& zone, const Aliases::Alias& alias, uint16_t type, uint32_t place) {
  zone.report.add(alias_rule(type), place, [&] {
    return fmt::format("{} target {} is an alias (CNAME at {})", wire::type_to_text(type),
                       text_of_key(alias.key), alias.places->to_text(alias.place));
  });
}

template <typename Address>
void check_plain(ZoneData& zone, const Aliases& aliases, const PlainPtrs<Address>& records) {
  for (size_t i = 0; i < records.size(); ++i) {
    const auto& record = records[i];
    if (const auto* alias = aliases.find(record.hash()))
      report_alias(zone, *alias, code(Type::ptr), record.place);
  }
}

}  // namespace

ZoneCheck::Taken ZoneCheck::take(const Record& record) {
  const uint32_t place = data_.places.mark(record.file, record.line);
  Taken taken;
  if (record.type == code(Type::ptr)) {
    // A copy, since the scan may read past the owner's end; not one for each of 300,000 zones.
    thread_local std::array<uint8_t, wire::kMaxName + wire::kScanSlack> room{};
    std::memcpy(room.data(), record.owner.data(), record.owner.size());
    taken.owner = wire::scan_question_name(room, 0, record.owner.size());
    taken.good = take_plain(taken.owner, record, place);
  }
  if (!taken.good) {
    taken.good = belongs(record, place);
    if (!taken.good) return taken;
    data_.add(record, place);
  }
  if (all_) all_->add(record, all_->places.mark(record.file, record.line));
  ++records_;
  return taken;
}

bool ZoneCheck::belongs(const Record& record, uint32_t place) {
  Bytes end = record.owner;
  while (end.size() > data_.apex.size()) end = end.subspan(end[0] + 1U);
  const auto refuse = [&](Rule rule, auto text) {
    data_.report.add(rule, place, text);
    return false;
  };
  if (!wire::same_ignoring_case(end, data_.apex.bytes())) {
    return refuse(Rule::outside, [&] {
      return fmt::format("owner {} is outside the zone {}; is a final dot missing, or one too many?",
                         text_of(record.owner), data_.apex.to_text());
    });
  }
  if (record.type == code(Type::soa) && record.owner.size() != data_.apex.size()) {
    return refuse(Rule::second_soa, [&] {
      return fmt::format("a second SOA record, at {}; the zone's apex is {}", text_of(record.owner),
                         data_.apex.to_text());
    });
  }
  if (!wire::rdata_is_well_formed(record.type, record.rdata) || !rdata_has_form(record.type, record.rdata)) {
    return refuse(Rule::bad_data, [&] { return "invalid data for type " + wire::type_to_text(record.type); });
  }
  return true;
}

/// Fast path for the usual record, with as few checks as possible. False: it is another kind of record, or it
/// does not belong here.
bool ZoneCheck::take_plain(const QuestionName& owner, const Record& record, uint32_t place) {
  const bool v4 = owner.kind == QuestionName::Kind::v4 && data_.plain4.covers(owner.v4);
  const bool v6 = owner.kind == QuestionName::Kind::v6 && data_.plain6.covers(owner.v6);
  if (!v4 && !v6) return false;
  const auto look = look_at(record.rdata);
  if (!look) return false;
  if (!look->host_name || look->arpa || look->numeric) check_plain_target(data_, record.rdata, place);
  const uint16_t ttl = data_.ttls.number(record.ttl);
  if (v4) {
    data_.plain4.add({owner.v4, place, look->hash, ttl}, record.rdata);
  } else {
    data_.plain6.add({owner.v6, place, look->hash, ttl}, record.rdata);
  }
  return true;
}

void ZoneCheck::finish(bool whole) {
  data_.whole = whole;
  data_.settle();
  check_apex(data_);
  check_sets(data_);
  check_owners(data_);
  check_hidden(data_);
  check_signatures(data_);
  if (!all_) check_chain(data_, nsec3_iterations_);
  outside_ = check_targets(data_);
  if (!reverse_tree(data_.apex.bytes())) {
    for (const Owner& owner : data_.owners()) {
      const Item* cname = owner.find(Type::cname);
      if (cname != nullptr && data_.hider(owner.key) == nullptr) {
        aliases_.push_back({std::string(owner.key), cname->place});
      }
    }
  }
  data_.forget();
}

tl::expected<ZoneCheck*, std::string> SetCheck::open(const Name& apex, uint32_t source) {
  const auto [same, is_new] = apexes_.try_emplace(sort_key(apex.bytes()), source);
  if (!is_new)
    return tl::unexpected<std::string>("duplicate zone " + name_of_sort_key(same->first).to_text());
  return &zones_.emplace_back(apex, source, keep_records_, nsec3_iterations_);
}

uint32_t SetCheck::source_of(const Name& apex) const {
  return apexes_.at(sort_key(apex.bytes()));
}

uint64_t SetCheck::records() const {
  uint64_t records = 0;
  for (const ZoneCheck& zone : zones_) records += zone.records_;
  return records;
}

void SetCheck::visit_whole(const std::function<void(ZoneData&)>& visit) {
  for (ZoneCheck& zone : zones_) {
    if (!zone.all_) continue;
    zone.all_->settle();
    visit(*zone.all_);
    zone.all_->forget();
  }
}

void SetCheck::finish(std::vector<Finding>& findings) {
  size_t count = 0;
  for (const ZoneCheck& zone : zones_) count += zone.aliases_.size();
  Aliases aliases(count);
  for (const ZoneCheck& zone : zones_) {
    for (const ZoneCheck::Alias& alias : zone.aliases_) {
      aliases.add(look_at(name_of_sort_key(alias.key).bytes())->hash,
                  {&zone.data_.places, alias.key, alias.place});
    }
  }
  for (ZoneCheck& zone : zones_) {
    const size_t before = findings.size();
    if (zone.all_) zone.all_->report.move_to(findings);
    if (count > 0) {
      for (const OutsideTarget& target : zone.outside_) {
        if (const auto* alias = aliases.find(target.hash))
          report_alias(zone.data_, *alias, target.type, target.place);
      }
      check_plain(zone.data_, aliases, zone.data_.plain4);
      check_plain(zone.data_, aliases, zone.data_.plain6);
    }
    zone.data_.report.move_to(findings);
    for (size_t i = before; i < findings.size(); ++i) findings[i].source = zone.source_;
  }
}

void sort_findings(std::vector<Finding>& findings) {
  const auto key = [](const Finding& finding) { return std::tie(finding.file, finding.line, finding.text); };
  std::sort(findings.begin(), findings.end(),
            [&](const Finding& a, const Finding& b) { return key(a) < key(b); });
  const auto same = std::unique(findings.begin(), findings.end(),
                                [&](const Finding& a, const Finding& b) { return key(a) == key(b); });
  findings.erase(same, findings.end());
}

}  // namespace ptrd::zone
