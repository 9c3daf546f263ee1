// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "change/apply/zone_changes.hpp"

#include <ctime>
#include <vector>

#include "ptrd/image/records.hpp"
#include "ptrd/wire/message.hpp"

namespace ptrd::change {

namespace {

using image::RecordChange;
using wire::Bytes;
using wire::Type;

/// Of an SOA's data: serial, refresh, retry, expire, minimum (RFC 1035 3.3.13).
constexpr size_t kNumbers = 20;

RecordChange::Op op_of(Op op) {
  switch (op) {
    case Op::add:
      return RecordChange::Op::add;
    case Op::remove_record:
      return RecordChange::Op::remove_record;
    case Op::remove_set:
      return RecordChange::Op::remove_set;
    default:
      return RecordChange::Op::remove_name;
  }
}

/// The zone's SOA record as it is.
struct Soa {
  uint32_t ttl = 0;
  std::vector<uint8_t> rdata = {};
};
Soa soa_of(const image::View& view, const image::Zone& zone) {
  Soa soa;
  const image::Rrset* const set = view.find_rrset(view.at<image::Node>(zone.apex), wire::code(Type::soa));
  image::each_record(image::View::records(*set), [&](uint32_t ttl, Bytes rdata) {
    soa = {.ttl = ttl, .rdata = {rdata.begin(), rdata.end()}};
  });
  return soa;
}

}  // namespace

tl::expected<ZoneChanged, std::string> apply_changeset(const image::View& view, image::Patcher& patcher,
                                                       const Changeset& changes) {
  const wire::Name apex = changes.apex();
  const auto fail = [&](const std::string& why) {
    return tl::unexpected("zone " + apex.to_text() + ": " + why);
  };
  const image::Zone* const zone = view.find_zone(apex);
  if (zone == nullptr) return fail("not in the image");
  const uint32_t serial = zone->serial;
  if (const auto from = changes.from(); from && *from != serial) {
    return fail("its serial is " + std::to_string(serial) + ", the changes are for " + std::to_string(*from));
  }
  std::vector<RecordChange> all;
  all.reserve(changes.size() + 1);
  ZoneChanged done;
  bool has_soa = false;
  for (const Record& record : changes) {
    all.push_back({op_of(record.op), record.owner, record.type, record.ttl, record.rdata});
    if (record.op != Op::add || !record.is(Type::soa)) continue;
    has_soa = true;
    done.serial = wire::load32(record.rdata.last(kNumbers).data());
  }
  Soa soa;
  if (!has_soa) {
    soa = soa_of(view, *zone);
    done.serial = next_serial(serial, changes.rule(), std::time(nullptr));
    wire::store32(&soa.rdata[soa.rdata.size() - kNumbers], done.serial);
    all.push_back({RecordChange::Op::add, apex.bytes(), wire::code(Type::soa), soa.ttl, soa.rdata});
  } else if (!is_after(done.serial, serial)) {
    return fail("the serial would go from " + std::to_string(serial) + " back to " +
                std::to_string(done.serial) + " (RFC 1982)");
  }
  const auto patched = patcher.apply(apex, all);
  if (!patched) return fail(patched.error());
  done.added = patched->added;
  done.removed = patched->removed;
  if (has_soa) {
    done.resolved.assign(reinterpret_cast<const char*>(changes.bytes().data()), changes.bytes().size());
  } else {
    Builder builder(apex, serial);
    for (const Record& record : changes) builder.put(record);
    builder.put({.op = Op::add,
                 .owner = apex.bytes(),
                 .type = wire::code(Type::soa),
                 .ttl = soa.ttl,
                 .rdata = soa.rdata});
    done.resolved = builder.finish();
  }
  return done;
}

tl::expected<BatchChanged, std::string> apply_batch(const image::View& view, image::Patcher& patcher,
                                                    std::span<const Changeset> batch) {
  // What is needed in memory for them, beside workers.
  constexpr uint64_t kMaxRecords = 1'000'000;
  uint64_t records = 0;
  for (const Changeset& changes : batch) records += changes.size();
  if (records > kMaxRecords)
    return tl::unexpected("more than " + std::to_string(kMaxRecords) +
                          " records in one request; send it in parts");
  BatchChanged all;
  for (const Changeset& changes : batch) {
    const auto one = apply_changeset(view, patcher, changes);
    if (!one) return tl::unexpected(one.error());
    all.added += one->added;
    all.removed += one->removed;
    all.zones.push_back({changes.apex(), one->serial});
    all.resolved += one->resolved;
  }
  return all;
}

}  // namespace ptrd::change
