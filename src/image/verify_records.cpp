// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "image/verify_records.hpp"

#include "image/fault.hpp"
#include "ptrd/wire/message.hpp"
#include "ptrd/wire/name.hpp"
#include "ptrd/wire/rdata.hpp"

namespace ptrd::image {

using wire::Bytes;

size_t stored_record_size(const uint8_t* p, const uint8_t* end, uint16_t type) {
  if (end - p < 12 || wire::load16(p) != wire::kQuestionPointer || wire::load16(p + 2) != type ||
      wire::load16(p + 4) != static_cast<uint16_t>(wire::Class::in)) {
    return 0;
  }
  const size_t rdata = wire::load16(p + 10);
  if (static_cast<size_t>(end - p) < 12 + rdata || !wire::rdata_is_well_formed(type, {p + 12, rdata}))
    return 0;
  return 12 + rdata;
}

void SeenTypes::add(uint16_t type) {
  soa = soa || type == static_cast<uint16_t>(wire::Type::soa);
  ns = ns || type == static_cast<uint16_t>(wire::Type::ns);
  cname = cname || type == static_cast<uint16_t>(wire::Type::cname);
  dname = dname || type == static_cast<uint16_t>(wire::Type::dname);
}

void check_flags(const Node& node, const SeenTypes& seen, uint32_t line) {
  const auto has = [&](uint8_t flag) { return (node.flags & flag) != 0; };
  const bool apex = has(node_flag::apex);
  expect((node.flags & ~node_flag::all) == 0, "a flag that nobody knows", line);
  expect(!apex || seen.soa, "an apex without SOA", line);
  expect(has(node_flag::cut) == (!apex && seen.ns), "the cut flag", line);
  expect(has(node_flag::cname) == seen.cname, "the CNAME flag", line);
  expect(has(node_flag::dname) == seen.dname, "the DNAME flag", line);
}

void check_negative_soa(const Zone& zone, Bytes soa, uint32_t line) {
  const size_t size = soa.size();
  constexpr auto kSoa = static_cast<uint16_t>(wire::Type::soa);
  if (zone.soa_pointer == 0) {
    expect(stored_record_size(soa.data(), soa.data() + size, kSoa) == size && size != 0, "a zone's SOA",
           line);
    return;
  }
  constexpr size_t kBefore = 12;
  constexpr size_t kBehind = 2 + 20;  // the pointer, and the five numbers
  expect(size > kBefore && wire::load16(soa.data()) == wire::kQuestionPointer &&
             wire::load16(soa.data() + 2) == kSoa && wire::load16(soa.data() + 4) == 1 &&
             wire::load16(soa.data() + 10) == size - kBefore,
         "a zone's SOA", line);
  const size_t mname = wire::plain_name_size(soa, kBefore);
  size_t at = kBefore + mname;
  expect(mname != 0 && zone.soa_pointer + kBehind == size, "a zone's SOA", line);
  while (at < zone.soa_pointer && soa[at] != 0 && soa[at] <= wire::kMaxLabel) at += soa[at] + 1U;
  expect(at == zone.soa_pointer, "a zone's SOA", line);
  size_t target = kBefore;
  while (target < zone.soa_target && soa[target] != 0) target += soa[target] + 1U;
  expect(target == zone.soa_target && at - target <= wire::kMaxName, "a zone's SOA", line);
}

}  // namespace ptrd::image
