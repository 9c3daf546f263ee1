// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/compile/loader.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <utility>

#include "ptrd/wire/rdata.hpp"

namespace ptrd::zone {

using wire::Bytes;
using wire::Name;
using wire::Type;

void Loader::take(const Record& record) {
  if (check_ == nullptr && record.type == code(Type::soa)) open(record);
  signed_ = signed_ || record.type == code(Type::dnskey) || record.type == code(Type::rrsig);
  if (check_ != nullptr) {
    add(record);
  } else if (!failed_) {
    waiting_.push_back({record,
                        {record.owner.begin(), record.owner.end()},
                        {record.rdata.begin(), record.rdata.end()},
                        std::string(record.file)});
  }
  if (++unpublished_ == kPublishEach) publish_progress();
}

void Loader::finish(bool whole) {
  hand_over();
  publish_progress();
  if (check_ != nullptr) add_ranges();
  if (check_ != nullptr) {
    check_->finish(whole);
  } else if (!failed_ && whole) {  // otherwise the SOA may be in the part that could not be read
    complain(source_.file, 0, "no SOA record; a zone needs one at its apex");
  }
}

void Loader::publish_progress() {
  shared_.progress.records.fetch_add(std::exchange(unpublished_, 0), std::memory_order_relaxed);
}

void Loader::complain(std::string file, uint64_t line, std::string text) {
  failed_ = true;
  findings_.push_back({std::move(file), line, Severity::error, std::move(text)});
}

void Loader::open(const Record& soa) {
  const auto fail = [&](const std::string& why) { complain(std::string(soa.file), soa.line, why); };
  apex_ = Name::from_wire(soa.owner).value();
  if (const auto fault = apex_fault(source_, apex_)) {
    if (fault->severity == Severity::error) return fail(fault->text);
    findings_.push_back({std::string(soa.file), soa.line, fault->severity, fault->text});
  }
  {
    const std::lock_guard lock(shared_.mutex);
    const auto check = shared_.checks.open(apex_, number_);
    if (!check) {
      if (shared_.builder != nullptr) zone_ = shared_.builder->zone_at(apex_);
      return refuse_duplicate(soa, check.error());
    }
    shared_.soa_lines[number_] = soa.line;
    if (soa.file != source_.file) shared_.soa_files[number_] = soa.file;
    if (shared_.builder != nullptr) {
      const auto zone = shared_.builder->add_zone(apex_);
      if (!zone) return fail(zone.error());
      zone_ = *zone;
    }
    check_ = *check;
  }
  for (Waiting& early : waiting_) {
    early.record.owner = early.owner;
    early.record.rdata = early.rdata;
    early.record.file = early.file;
    add(early.record);
  }
  waiting_.clear();
}

void Loader::refuse_duplicate(const Record& soa, const std::string& why) {
  complain(std::string(soa.file), soa.line, why);
  const uint32_t other = shared_.checks.source_of(apex_);
  if (other < number_) return;
  Finding& finding = findings_.back();
  const auto file = shared_.soa_files.find(other);
  finding.file = file != shared_.soa_files.end() ? file->second : shared_.sources[other].file;
  finding.line = shared_.soa_lines[other];
  finding.source = other;
}

/// Whether a name is that of a whole address. The scan may read past its end, so it is copied.
wire::QuestionName Loader::scan(Bytes owner) {
  std::copy(owner.begin(), owner.end(), scanned_.begin());
  return wire::scan_question_name(scanned_, 0, owner.size());
}

void Loader::add(const Record& record) {
  const ZoneCheck::Taken taken = check_->take(record);
  if (!taken.good || shared_.builder == nullptr) return;
  if (record.type == code(Type::ptr)) {
    if (!plain_.ready()) hand_over();
    if (plain_.add(zone_, taken.owner, record.ttl, record.rdata)) return;
  } else if (image::PlainBatch::is_beside(record.type) && record.owner.size() != apex_.size()) {
    if (!plain_.ready()) hand_over();
    if (plain_.add_beside(zone_, scan(record.owner), record.type, record.ttl, record.rdata)) return;
  }
  batch_.push_back({taken.owner, record.ttl, record.type, static_cast<uint16_t>(record.rdata.size()),
                    static_cast<uint8_t>(record.owner.size())});
  bytes_.insert(bytes_.end(), record.owner.begin(), record.owner.end());
  bytes_.insert(bytes_.end(), record.rdata.begin(), record.rdata.end());
  if (batch_.size() == kBatch) hand_over();
}

/// After the whole zone is read: any record can show that it is signed.
void Loader::add_ranges() {
  std::map<image::Prefix, uint64_t> lines;
  for (const Declared& waiting : ranges_) {
    const image::Prefix& prefix = waiting.declared.range.prefix;
    const auto refuse = [&](std::string text) {
      complain(waiting.file, waiting.declared.line,
               fmt::format("range {} {}", image::to_text(prefix), std::move(text)));
    };
    const auto [it, is_new] = lines.emplace(prefix, waiting.declared.line);
    if (signed_) {
      refuse(
          fmt::format("is in the signed zone {}; synthesised records have no signatures", apex_.to_text()));
    } else if (!image::lies_in(prefix, apex_)) {
      refuse(fmt::format("is not in the zone {}", apex_.to_text()));
    } else if (!is_new) {
      refuse(fmt::format("is a duplicate of the range on line {}", it->second));
    } else if (shared_.builder != nullptr) {
      const std::lock_guard lock(shared_.mutex);
      const auto& [program, tail] = waiting.declared.range.pattern;
      const auto added = shared_.builder->add_range(zone_, prefix, program, tail, waiting.declared.ttl);
      if (!added) refuse("is rejected: " + added.error());
    }
  }
}

void Loader::hand_over() {
  if (shared_.builder == nullptr) return;
  const std::lock_guard lock(shared_.mutex);
  shared_.builder->take(plain_);
  const uint8_t* p = bytes_.data();
  for (const Batched& record : batch_) {
    const Bytes owner(p, record.owner_size);
    const Bytes rdata(p + record.owner_size, record.rdata_size);
    shared_.builder->add(zone_, owner, record.type, record.ttl, rdata, record.scanned);
    p += owner.size() + rdata.size();
  }
  batch_.clear();
  bytes_.clear();
}

}  // namespace ptrd::zone
