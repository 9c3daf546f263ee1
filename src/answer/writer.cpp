// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "answer/writer.hpp"

#include <algorithm>

#include "ptrd/wire/rdata.hpp"

namespace ptrd::answer {

using wire::Bytes;

namespace {
/// Type, class, TTL: what stands between a record's owner and its data's length.
constexpr size_t kFixed = 8;
constexpr size_t kPointer = 2;
constexpr size_t kMaxPointer = 0x3FFF;
}  // namespace

MessageWriter::MessageWriter(wire::MutableBytes buffer, size_t question_end, size_t end)
    : buffer_(buffer), at_(question_end), end_(std::min(end, buffer.size())) {
  for (size_t at = wire::kHeaderSize; buffer_[at] != 0; at += buffer_[at] + 1U) remember(at);
}

void MessageWriter::remember(size_t offset) {
  if (target_count_ < kMostTargets && offset <= kMaxPointer)
    targets_[target_count_++] = static_cast<uint16_t>(offset);
}

bool MessageWriter::put(Bytes bytes) {
  if (end_ - at_ < bytes.size()) return false;
  std::copy(bytes.begin(), bytes.end(), buffer_.begin() + static_cast<ptrdiff_t>(at_));
  at_ += bytes.size();
  return true;
}

// All that is pointed at was written here or is the question's checked name, so that pointers lead backward
// to labels.
bool MessageWriter::equals_at(size_t offset, Bytes name) const {
  for (;;) {
    while (buffer_[offset] >= 0xC0) offset = wire::load16(&buffer_[offset]) & kMaxPointer;
    const size_t length = buffer_[offset];
    if (length != name[0]) return false;
    if (length == 0) return true;
    const Bytes here = Bytes(buffer_).subspan(offset + 1, length);
    if (!wire::same_ignoring_case(here, name.subspan(1, length))) return false;
    offset += length + 1;
    name = name.subspan(length + 1);
  }
}

size_t MessageWriter::find(Bytes name) const {
  for (size_t i = 0; i < target_count_; ++i) {
    if (equals_at(targets_[i], name)) return targets_[i];
  }
  return 0;
}

bool MessageWriter::put_name(Bytes name, bool compress) {
  const size_t first_new = at_;
  size_t first_known = 0;  // where a name begins that later pointers find elsewhere; 0: none
  while (name[0] != 0) {
    const size_t there = first_known == 0 ? find(name) : 0;
    if (there != 0) first_known = at_;
    if (there != 0 && compress) {
      if (end_ - at_ < kPointer) return false;
      wire::store16(&buffer_[at_], static_cast<uint16_t>(0xC000 | there));
      at_ += kPointer;
      break;
    }
    if (!put(name.first(name[0] + 1U))) return false;
    name = name.subspan(name[0] + 1U);
  }
  if (name[0] == 0 && !put(name.first(1))) return false;
  for (size_t at = first_new; at != first_known && buffer_[at] != 0; at += buffer_[at] + 1U) remember(at);
  return true;
}

// A name that may not be compressed may still be pointed at: who follows a pointer need not know what it
// leads into.
bool MessageWriter::put_rdata(uint16_t type, Bytes rdata) {
  const wire::RdataLayout layout = wire::rdata_layout(type);
  if (!put(rdata.first(layout.before))) return false;
  size_t from = layout.before;
  for (unsigned i = 0; i < layout.names; ++i) {
    const size_t size = wire::plain_name_size(rdata, from);
    if (!put_name(rdata.subspan(from, size), layout.compressible)) return false;
    from += size;
  }
  return put(rdata.subspan(from));
}

bool MessageWriter::put_record(Bytes owner, uint16_t type, Bytes fixed, Bytes rdata) {
  if (!put_name(owner, true) || !put(fixed)) return false;
  const size_t length_at = at_;
  constexpr uint8_t kNoLength[2] = {0, 0};
  if (!put(kNoLength) || !put_rdata(type, rdata)) return false;
  wire::store16(&buffer_[length_at], static_cast<uint16_t>(at_ - length_at - 2));
  return true;
}

bool MessageWriter::add(Bytes owner, uint16_t type, Bytes records, uint16_t& count) {
  const size_t before = at_;
  const size_t targets_before = target_count_;
  uint16_t added = 0;
  while (!records.empty()) {
    const size_t size = wire::load16(&records[kPointer + kFixed]);
    const Bytes rdata = records.subspan(kPointer + kFixed + 2, size);
    if (!put_record(owner, type, records.subspan(kPointer, kFixed), rdata)) {
      at_ = before;
      target_count_ = targets_before;
      return false;
    }
    records = records.subspan(kPointer + kFixed + 2 + size);
    ++added;
  }
  count = static_cast<uint16_t>(count + added);
  return true;
}

uint8_t* MessageWriter::add_stored(size_t owner_at, Bytes record, uint16_t& count) {
  uint8_t* place = &buffer_[at_];
  if (!put(record)) return nullptr;
  wire::store16(place, static_cast<uint16_t>(0xC000 | owner_at));
  ++count;
  return place;
}

bool MessageWriter::add_one(Bytes owner, wire::Type type, uint32_t ttl, Bytes rdata, uint16_t& count) {
  std::array<uint8_t, kFixed> fixed{};
  wire::store16(fixed.data(), static_cast<uint16_t>(type));
  wire::store16(&fixed[2], static_cast<uint16_t>(wire::Class::in));
  wire::store32(&fixed[4], ttl);
  const size_t before = at_;
  const size_t targets_before = target_count_;
  if (!put_record(owner, static_cast<uint16_t>(type), fixed, rdata)) {
    at_ = before;
    target_count_ = targets_before;
    return false;
  }
  ++count;
  return true;
}

}  // namespace ptrd::answer
