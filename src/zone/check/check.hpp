// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <unordered_map>
#include <vector>

#include "ptrd/wire/name.hpp"
#include "zone/check/data.hpp"
#include "zone/check/parts.hpp"
#include "zone/record.hpp"

namespace ptrd::zone {

/// Checks one zone for what named-checkzone, kzonecheck and nsd-checkzone find, for what a registry's
/// delegation check can see in the zone itself, and for the hygiene of PTR records. Findings and severities
/// are listed in report.cpp.
class ZoneCheck {
 public:
  /// `source` is stated in its findings. `keep_records`, `nsec3_iterations`: see SetCheck.
  explicit ZoneCheck(const wire::Name& apex, uint32_t source = kNoSource, bool keep_records = false,
                     uint16_t nsec3_iterations = 0)
      : data_(apex), source_(source), nsec3_iterations_(nsec3_iterations) {
    if (keep_records) all_.emplace(apex, true);
  }

  /// Result of `take`.
  struct Taken {
    bool good = false;              // otherwise there is a finding: no zone can contain it
    wire::QuestionName owner = {};  // of a PTR record: kind v4 or v6 when it is a whole address
  };
  /// Takes the next record of the zone's text, including the SOA.
  Taken take(const Record& record);
  /// Ends the zone. `whole`: all of its text could be read.
  void finish(bool whole);

 private:
  friend class SetCheck;
  [[nodiscard]] bool belongs(const Record& record, uint32_t place);
  [[nodiscard]] bool take_plain(const wire::QuestionName& owner, const Record& record, uint32_t place);

  /// The owner of a CNAME outside the reverse trees: nothing points to RFC 2317's aliases.
  struct Alias {
    std::string key;
    uint32_t place;
  };

  ZoneData data_;
  std::optional<ZoneData> all_;  // all records as items
  uint32_t source_;
  uint16_t nsec3_iterations_;
  uint64_t records_ = 0;
  std::vector<OutsideTarget> outside_;
  std::vector<Alias> aliases_;
};

/// Checks the zones that are served together.
class SetCheck {
 public:
  /// `keep_records`: for `visit_whole`, which must check the chains of signed zones. Otherwise those that
  /// have no more than `nsec3_iterations` are checked here.
  explicit SetCheck(bool keep_records = false, uint16_t nsec3_iterations = 0)
      : keep_records_(keep_records), nsec3_iterations_(nsec3_iterations) {}

  /// Adds the check of one more zone; it lives as long as the set. Error: a duplicate zone.
  [[nodiscard]] tl::expected<ZoneCheck*, std::string> open(const wire::Name& apex,
                                                           uint32_t source = kNoSource);
  /// The source of a zone that was opened.
  [[nodiscard]] uint32_t source_of(const wire::Name& apex) const;
  /// For checks that need all records of a zone, after each zone has ended: each zone, settled, with its
  /// plain PTRs among the items. What `visit` reports is a finding of that zone.
  void visit_whole(const std::function<void(ZoneData&)>& visit);
  /// Ends the set, after each zone has ended: looks for targets that are aliases in another zone, and returns
  /// all findings, unsorted.
  void finish(std::vector<Finding>& findings);

  [[nodiscard]] size_t zones() const { return zones_.size(); }
  /// Records of all zones, as they occur in the text.
  [[nodiscard]] uint64_t records() const;

 private:
  bool keep_records_;
  uint16_t nsec3_iterations_;
  std::deque<ZoneCheck> zones_;
  std::unordered_map<std::string, uint32_t> apexes_;  // the sources' numbers by sort key
};

/// Sorts by file, line and text, and drops duplicates: zones may share a text.
void sort_findings(std::vector<Finding>& findings);

}  // namespace ptrd::zone
