// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "image/build/stored_sets.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "ptrd/wire/message.hpp"
#include "ptrd/wire/name.hpp"

namespace ptrd::image {

using wire::Bytes;

void store_records(uint8_t* out, const TreeSet& set) {
  for (size_t i = 0; i < set.rdatas.size(); ++i) {
    const std::string& rdata = set.rdatas[i];
    wire::store16(out, wire::kQuestionPointer);
    wire::store16(out + 2, set.type);
    wire::store16(out + 4, static_cast<uint16_t>(wire::Class::in));
    wire::store32(out + 6, set.ttls.empty() ? set.ttl : set.ttls[i]);
    wire::store16(out + 10, static_cast<uint16_t>(rdata.size()));
    std::memcpy(out + 12, rdata.data(), rdata.size());
    out += 12 + rdata.size();
  }
}

size_t wire_size(const TreeSet& set) {
  size_t size = 0;
  for (const std::string& rdata : set.rdatas) size += 12 + rdata.size();
  return size;
}

size_t stored_size(const std::vector<TreeSet>& sets) {
  size_t size = 0;
  for (const TreeSet& set : sets) size += sizeof(Rrset) + units_for(wire_size(set)) * kUnitSize;
  return size;
}

void store_sets(uint8_t* out, const std::vector<TreeSet>& sets) {
  for (const TreeSet& set : sets) {
    const size_t size = wire_size(set);
    if (set.rdatas.size() > UINT16_MAX) throw std::length_error("a record set of more than 65535 records");
    if (size > UINT32_MAX) throw std::length_error("a record set of more than 4 GiB");
    const Rrset head{set.type, static_cast<uint16_t>(set.rdatas.size()), static_cast<uint32_t>(size)};
    std::memcpy(out, &head, sizeof head);
    store_records(out + sizeof head, set);
    out += sizeof head + units_for(size) * kUnitSize;
  }
}

namespace {

/// Of an SOA's data: serial, refresh, retry, expire, minimum (RFC 1035 3.3.13).
constexpr size_t kNumbers = 20;

/// An SOA's data without the suffix that rname shares with mname, see Zone::soa_pointer.
struct SharedSoa {
  std::string rdata;
  uint16_t pointer = 0;
  uint16_t target = 0;
};

SharedSoa share_rname(const std::string& soa) {
  constexpr size_t kBefore = 12;  // of the record, before its data
  const Bytes rdata = bytes_of(soa);
  const auto mname_size = wire::plain_name_size(rdata, 0);
  const auto rname_size = mname_size ? wire::plain_name_size(rdata, *mname_size) : std::nullopt;
  if (!rname_size) return {.rdata = soa};
  const Bytes mname = rdata.first(*mname_size);
  const Bytes rname = rdata.subspan(*mname_size, *rname_size);
  for (size_t r = 0; rname[r] != 0; r += rname[r] + 1U) {
    for (size_t m = 0; mname[m] != 0; m += mname[m] + 1U) {
      const Bytes end = rname.subspan(r);
      if (!std::equal(end.begin(), end.end(), mname.begin() + static_cast<ptrdiff_t>(m), mname.end()))
        continue;
      SharedSoa shared{.rdata = soa.substr(0, mname.size() + r) + std::string(2, '\0') +
                                soa.substr(mname.size() + rname.size())};
      shared.pointer = static_cast<uint16_t>(kBefore + mname.size() + r);
      shared.target = static_cast<uint16_t>(kBefore + m);
      return shared;
    }
  }
  return {.rdata = soa};
}

}  // namespace

NegativeSoa::NegativeSoa(const std::string& soa, uint32_t ttl) {
  const uint8_t* const numbers = bytes_of(soa).last(kNumbers).data();
  const SharedSoa shared = share_rname(soa);
  set_ = {.type = wire::code(wire::Type::soa),
          .ttl = std::min(ttl, wire::load32(numbers + 16)),
          .rdatas = {shared.rdata}};
  serial_ = wire::load32(numbers);
  pointer_ = shared.pointer;
  target_ = shared.target;
}

void NegativeSoa::describe(Zone& zone) const {
  zone.serial = serial_;
  zone.negative_soa_size = static_cast<uint16_t>(size());
  zone.soa_pointer = pointer_;
  zone.soa_target = target_;
}

}  // namespace ptrd::image
