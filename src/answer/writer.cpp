// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "answer/writer.hpp"

#include <algorithm>
#include <array>

namespace ptrd::answer {

using wire::Bytes;

namespace {

/// Type, class, TTL: what is between a record's owner and its data's length.
constexpr size_t kFixed = 8;
constexpr size_t kLength = 2;
constexpr size_t kPointer = 2;
constexpr size_t kMaxPointer = 0x3FFF;
/// Type, class, and behind a name the question ends.
constexpr size_t kQuestionRest = 4;

/// Whether two names, the root not among them, can have a common end: the last octets of both are the same
/// but for bit 5.
bool may_end_alike(Bytes a, Bytes b) {
  const size_t last = 4;
  if (a.size() < last || b.size() < last) return true;
  const auto end = [](Bytes name) { return wire::load32(&name[name.size() - last]) | 0x2020'2020U; };
  return end(a) == end(b);
}

}  // namespace

MessageWriter::MessageWriter(wire::MutableBytes buffer, size_t question_end, size_t end)
    : buffer_(buffer),
      question_(Bytes(buffer).subspan(wire::kHeaderSize, question_end - kQuestionRest - wire::kHeaderSize)),
      at_(question_end),
      end_(std::min(end, buffer.size())) {}

[[gnu::always_inline]] inline bool MessageWriter::put(Bytes bytes) {
  if (end_ - at_ < bytes.size()) return false;
  wire::copy_small(buffer_.data() + at_, bytes);
  at_ += bytes.size();
  return true;
}

[[gnu::always_inline]] inline bool MessageWriter::put_pointer(size_t target) {
  if (end_ - at_ < kPointer) return false;
  wire::store16(&buffer_[at_], static_cast<uint16_t>(0xC000 | target));
  at_ += kPointer;
  return true;
}

void MessageWriter::remember_question() {
  Bytes name = question_;
  size_t at = wire::kHeaderSize;
  question_ = {};
  for (unsigned i = 0; i < SuffixTable::kMostLabels && name[0] != 0; ++i) {
    suffixes_.add(SuffixTable::hash(name), name, at);
    at += name[0] + 1U;
    name = name.subspan(name[0] + 1U);
  }
}

// What it costs is bounded by what it writes: each label that is looked up is written, but for the one that
// is found. Few names in a reply end as the question does; without one its labels, 34 for an IPv6 address,
// are left alone.
bool MessageWriter::put_name(Bytes name, bool compress) {
  if (question_.size() > 1 && may_end_alike(question_, name)) remember_question();
  for (unsigned i = 0; i < SuffixTable::kMostLabels && name[0] != 0; ++i) {
    const uint32_t hash = SuffixTable::hash(name);
    const uint16_t there = suffixes_.find(hash, name);
    if (there != 0) return compress ? put_pointer(there) : put(name);
    suffixes_.add(hash, name, at_);
    if (!put(name.first(name[0] + 1U))) return false;
    name = name.subspan(name[0] + 1U);
  }
  return put(name);
}

// A name that may not be compressed may still be pointed at: who follows a pointer need not know what it
// leads into.
bool MessageWriter::put_rdata(const wire::RdataLayout& layout, Bytes rdata) {
  if (layout.names == 0) return put(rdata);
  if (layout.before > 0) {
    if (!put(rdata.first(layout.before))) return false;
    rdata = rdata.subspan(layout.before);
  }
  for (unsigned left = layout.names; left > 0; --left) {
    // The last name ends where the rest begins.
    const size_t size = left == 1 ? rdata.size() - layout.after : *wire::plain_name_size(rdata, 0);
    if (!put_name(rdata.first(size), layout.compressible)) return false;
    rdata = rdata.subspan(size);
  }
  return rdata.empty() || put(rdata);
}

// Written out once; the set's other records point at that.
bool MessageWriter::put_owner(Owner& owner) {
  if (owner.name.size() == 1) return put(owner.name);
  if (owner.at != 0) return put_pointer(owner.at);
  const size_t at = at_;
  if (!put_name(owner.name, true)) return false;
  if (at_ - at == kPointer) {
    owner.at = wire::load16(&buffer_[at]) & kMaxPointer;
  } else if (at <= kMaxPointer) {
    owner.at = at;
  }
  return true;
}

bool MessageWriter::put_record(Owner& owner, const wire::RdataLayout& layout, const uint8_t* fixed,
                               Bytes rdata) {
  if (!put_owner(owner) || end_ - at_ < kFixed + kLength) return false;
  uint8_t* const place = buffer_.data() + at_;
  wire::store_raw(place, wire::load_raw<uint64_t>(fixed));
  at_ += kFixed + kLength;
  const size_t before = at_;
  if (!put_rdata(layout, rdata)) return false;
  wire::store16(place + kFixed, static_cast<uint16_t>(at_ - before));
  return true;
}

bool MessageWriter::add(Owner owner, uint16_t type, Bytes records, uint16_t& count) {
  const wire::RdataLayout layout = wire::rdata_layout(type);
  const size_t before = at_;
  const unsigned suffixes_before = suffixes_.count();
  uint16_t added = 0;
  while (!records.empty()) {
    const size_t size = wire::load16(&records[kPointer + kFixed]);
    const Bytes rdata = records.subspan(kPointer + kFixed + kLength, size);
    if (!put_record(owner, layout, &records[kPointer], rdata)) {
      at_ = before;
      suffixes_.shrink_to(suffixes_before);
      return false;
    }
    records = records.subspan(kPointer + kFixed + kLength + size);
    ++added;
  }
  count = static_cast<uint16_t>(count + added);
  return true;
}

uint8_t* MessageWriter::add_stored(size_t owner_at, Bytes record, uint16_t& count) {
  uint8_t* place = buffer_.data() + at_;
  if (!put(record)) return nullptr;
  wire::store16(place, static_cast<uint16_t>(0xC000 | owner_at));
  ++count;
  return place;
}

bool MessageWriter::add_one(Owner owner, wire::Type type, uint32_t ttl, Bytes rdata, uint16_t& count) {
  std::array<uint8_t, kFixed> fixed{};
  wire::store16(fixed.data(), static_cast<uint16_t>(type));
  wire::store16(&fixed[2], static_cast<uint16_t>(wire::Class::in));
  wire::store32(&fixed[4], ttl);
  const size_t before = at_;
  const unsigned suffixes_before = suffixes_.count();
  if (!put_record(owner, wire::rdata_layout(static_cast<uint16_t>(type)), fixed.data(), rdata)) {
    at_ = before;
    suffixes_.shrink_to(suffixes_before);
    return false;
  }
  ++count;
  return true;
}

}  // namespace ptrd::answer
