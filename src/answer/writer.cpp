// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "answer/writer.hpp"

#include <algorithm>
#include <array>

namespace ptrd::answer {

using wire::Bytes;

namespace {

/// Type, class, TTL: the fields between a record's owner and its data length.
constexpr size_t kFixed = 8;
constexpr size_t kLength = 2;
constexpr size_t kPointer = 2;
/// Steps of the budget: octets of records in one step, and of a set that is only copied; look-ups; labels of
/// the question that are passed over.
constexpr size_t kOctetsOfStep = 16;
constexpr size_t kCopiedOctetsOfStep = 64;
constexpr size_t kStepsOfLookUps = 3;
constexpr size_t kLookUpsOfStep = 2;
constexpr size_t kLabelsOfStep = 6;
/// Type and class, which end the question after its name.
constexpr size_t kQuestionRest = 4;

/// Whether two names other than the root can have a common suffix: their last octets are the same except for
/// bit 5.
bool may_end_alike(Bytes a, Bytes b) {
  const size_t last = 4;
  if (a.size() < last || b.size() < last) return true;
  const auto end = [](Bytes name) { return wire::load32(&name[name.size() - last]) | 0x2020'2020U; };
  return end(a) == end(b);
}

}  // namespace

MessageWriter::MessageWriter(wire::MutableBytes buffer, size_t question_end, size_t end, Budget& budget)
    : buffer_(buffer),
      budget_(budget),
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

inline size_t MessageWriter::look_ups() const {
  const size_t allowed = kLookUps + at_ / kBytesPerLookUp;
  // One more than the budget has: then it is spent.
  const size_t paid = budget_.left() / kStepsOfLookUps * kLookUpsOfStep + 1;
  return std::min({size_t{SuffixTable::kMaxLookUps}, allowed - std::min(allowed, look_ups_), paid});
}

bool MessageWriter::pay_look_ups(size_t count) {
  return budget_.take((kStepsOfLookUps * count + kLookUpsOfStep - 1) / kLookUpsOfStep);
}

void MessageWriter::remember_question() {
  Bytes name = question_;
  size_t at = wire::kHeaderSize;
  const auto up = [&] {
    at += name[0] + 1U;
    name = name.subspan(name[0] + 1U);
  };
  question_ = {};
  const size_t before = look_ups_;
  size_t labels = 0;
  for (size_t label = 0; name[label] != 0; label += name[label] + 1U) ++labels;
  (void)budget_.take(labels / kLabelsOfStep);
  for (; labels > kQuestionLabels; --labels) up();
  for (size_t left = look_ups(); left > 0 && name[0] != 0; --left, ++look_ups_, up())
    (void)suffixes_.find_or_add(SuffixTable::hash(name), name, at);
  (void)pay_look_ups(look_ups_ - before);
}

// Most names of an RRset are in one domain: then everything after the first label has the same offset as for
// the previous name.
[[gnu::always_inline]] inline bool MessageWriter::put_name(Bytes name, bool compress) {
  const size_t first = name[0] + 1U;
  if (last_.domain_at == 0 || !same_name(name.subspan(first), last_.domain))
    return put_new_domain(name, compress);
  last_.at = at_ <= kMaxPointer ? at_ : 0;
  if (!compress) return put(name);
  return put(name.first(first)) && put_pointer(last_.domain_at);
}

// A name's first label is usually unique, so only its domain is looked up. Few names share a suffix with the
// question, so the question's labels, 34 for an IPv6 address, are not added until a name may share one.
bool MessageWriter::put_new_domain(Bytes name, bool compress) {
  const size_t first = name[0] + 1U;
  last_ = {};
  if (name.size() == 1) return put(name);
  if (question_.size() > 1 && may_end_alike(question_, name)) remember_question();
  const size_t looked_up = look_ups_;
  uint16_t there = 0;
  Bytes rest = name.subspan(first);
  for (size_t left = look_ups(); left > 0 && rest[0] != 0; --left, ++look_ups_) {
    there = suffixes_.find_or_add(SuffixTable::hash(rest), rest, at_ + name.size() - rest.size());
    if (there != 0) break;
    rest = rest.subspan(rest[0] + 1U);
  }
  if (!pay_look_ups(look_ups_ - looked_up)) return false;
  const size_t before = name.size() - rest.size();  // bytes before the known suffix
  const auto place = [](size_t at) { return at <= kMaxPointer ? at : 0; };
  last_.at = place(at_);
  last_.domain = name.subspan(first);
  if (last_.domain.size() > 1) last_.domain_at = there != 0 && before == first ? there : place(at_ + first);
  if (there == 0 || !compress) return put(name);
  return put(name.first(before)) && put_pointer(there);
}

// A name that must not be compressed may still be the target of a pointer: a reader can follow a pointer
// without knowing the data that it points into.
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

// Writes the owner out once; the RRset's other records point at it.
bool MessageWriter::put_owner(Owner& owner) {
  if (owner.name.size() == 1) return put(owner.name);
  if (owner.at != 0) return put_pointer(owner.at);
  if (!put_name(owner.name, true)) return false;
  owner.at = last_.at;
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

// For most records the owner's offset is known and the data has at most one name: they are copied up to that
// name. Most names are in the domain of the previous one.
[[gnu::always_inline]] inline bool MessageWriter::put_stored(Owner& owner, const wire::RdataLayout& layout,
                                                             Bytes record) {
  constexpr size_t kBeforeData = kPointer + kFixed + kLength;
  if (owner.at == 0 || layout.names > 1)
    return put_record(owner, layout, &record[kPointer], record.subspan(kBeforeData));
  const size_t before = at_;
  uint8_t* const place = buffer_.data() + before;
  const auto put_owner_and_size = [&] {
    wire::store16(place, static_cast<uint16_t>(0xC000 | owner.at));
    wire::store16(place + kPointer + kFixed, static_cast<uint16_t>(at_ - before - kBeforeData));
    return true;
  };
  if (layout.names == 0) return put(record) && put_owner_and_size();
  const size_t front = kBeforeData + layout.before;
  const size_t domain = front + record[front] + 1U;
  if (layout.compressible && last_.domain_at != 0 && same_name(record.subspan(domain), last_.domain)) {
    if (end_ - before < domain + kPointer) return false;
    wire::copy_small(place, record.first(domain));
    wire::store16(place + domain, static_cast<uint16_t>(0xC000 | last_.domain_at));
    last_.at = before + front <= kMaxPointer ? before + front : 0;
    at_ = before + domain + kPointer;
    return put_owner_and_size();
  }
  return put(record.first(front)) &&
         put_name(record.subspan(front, record.size() - front - layout.after), layout.compressible) &&
         put(record.last(layout.after)) && put_owner_and_size();
}

/// Adds records without names in their data, whose owner is at this offset: addresses, above all.
[[gnu::always_inline]] inline bool MessageWriter::add_nameless(size_t owner_at, Bytes records,
                                                               uint16_t& count) {
  if (records.size() > room() || !budget_.take(records.size() / kCopiedOctetsOfStep + 1)) return false;
  uint8_t* record = buffer_.data() + at_;
  wire::copy_small(record, records);
  at_ += records.size();
  for (const uint8_t* const end = buffer_.data() + at_; record < end; ++count) {
    wire::store16(record, static_cast<uint16_t>(0xC000 | owner_at));
    record += kPointer + kFixed + kLength + wire::load16(record + kPointer + kFixed);
  }
  return true;
}

bool MessageWriter::add(Owner owner, uint16_t type, Bytes records, uint16_t& count,
                        std::span<uint16_t> places) {
  const wire::RdataLayout layout = wire::rdata_layout(type);
  if (layout.names == 0 && owner.at != 0) return add_nameless(owner.at, records, count);
  if (!budget_.take(records.size() / kOctetsOfStep)) return false;
  const Mark before = mark();
  size_t added = 0;
  while (!records.empty()) {
    const size_t size = kPointer + kFixed + kLength + wire::load16(&records[kPointer + kFixed]);
    const Bytes record = records.first(size);
    if (!put_stored(owner, layout, record)) {
      rewind(before);
      return false;
    }
    if (added < places.size()) places[added] = static_cast<uint16_t>(last_.at);
    records = records.subspan(size);
    ++added;
  }
  count = static_cast<uint16_t>(count + added);
  return true;
}

bool MessageWriter::add_ready(const ReadySet& set, uint16_t& count) {
  if (set.size() > room() || !budget_.take(set.size() / kCopiedOctetsOfStep + 2)) return false;
  size_t owner = set.above;
  const size_t labels_at = at_;
  (void)put(set.labels);
  for (Bytes records : {set.records, set.signatures}) {
    for (; !records.empty(); ++count) {
      const size_t size = kPointer + kFixed + kLength + wire::load16(&records[kPointer + kFixed]);
      const size_t record = at_;
      (void)put(records.first(size));
      wire::store16(&buffer_[record], static_cast<uint16_t>(0xC000 | owner));
      if (!set.labels.empty()) owner = labels_at;
      records = records.subspan(size);
    }
  }
  return true;
}

uint8_t* MessageWriter::add_stored(Bytes record, uint16_t& count) {
  uint8_t* place = buffer_.data() + at_;
  if (!put(record)) return nullptr;
  ++count;
  return place;
}

bool MessageWriter::add_one(Owner owner, wire::Type type, uint32_t ttl, Bytes rdata, uint16_t& count) {
  std::array<uint8_t, kFixed> fixed{};
  wire::store16(fixed.data(), static_cast<uint16_t>(type));
  wire::store16(&fixed[2], static_cast<uint16_t>(wire::Class::in));
  wire::store32(&fixed[4], ttl);
  const Mark before = mark();
  if (!budget_.take(2 + rdata.size() / kOctetsOfStep) ||
      !put_record(owner, wire::rdata_layout(static_cast<uint16_t>(type)), fixed.data(), rdata)) {
    rewind(before);
    return false;
  }
  ++count;
  return true;
}

}  // namespace ptrd::answer
