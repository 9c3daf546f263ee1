// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "image/build/leaf_signings.hpp"

#include <algorithm>
#include <cstring>

#include "ptrd/wire/message.hpp"

namespace ptrd::image {

using wire::Bytes;
using wire::Name;
using wire::Type;

namespace {

/// The data of an RRSIG record (RFC 4034 3.1).
struct Rrsig {
  Bytes before;  // type covered, algorithm, labels, original TTL
  Bytes times;   // expiration, inception
  Bytes rest;    // key tag, signer's name
  Bytes signature;
};

/// Empty: it is malformed, or too large for a leaf.
std::optional<Rrsig> read_rrsig(Bytes rdata) {
  constexpr size_t kBefore = 8;
  constexpr size_t kTimes = sizeof(SignedPart);
  constexpr size_t kKeyTag = 2;
  const auto signer = wire::plain_name_size(rdata, kBefore + kTimes + kKeyTag);
  if (!signer) return std::nullopt;
  const size_t rest = kKeyTag + *signer;
  const Rrsig found{.before = rdata.first(kBefore),
                    .times = rdata.subspan(kBefore, kTimes),
                    .rest = rdata.subspan(kBefore + kTimes, rest),
                    .signature = rdata.subspan(kBefore + kTimes + rest)};
  if (rest > kMaxSigningRest || found.signature.size() > kMaxLeafSignature) return std::nullopt;
  return found;
}

bool same(Bytes a, Bytes b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

/// What a leaf can hold: one of each.
struct Records {
  std::optional<Rrsig> over_ptr;
  std::optional<Rrsig> over_nsec;
  const BesideData* nsec = nullptr;

  /// False: there are others, or two of a kind.
  [[nodiscard]] bool take(std::span<const BesideData> beside) {
    for (const BesideData& record : beside) {
      if (record.type == code(Type::nsec)) {
        if (nsec != nullptr) return false;
        nsec = &record;
        continue;
      }
      const auto rrsig = read_rrsig(record.rdata);
      if (!rrsig) return false;
      const uint16_t covered = wire::load16(rrsig->before.data());
      if (covered != code(Type::ptr) && covered != code(Type::nsec)) return false;
      auto& place = covered == code(Type::ptr) ? over_ptr : over_nsec;
      if (place) return false;
      place = rrsig;
    }
    return over_ptr.has_value() && (nsec != nullptr) == over_nsec.has_value();
  }
  /// Whether the two signatures differ only in what a leaf keeps of each.
  [[nodiscard]] bool are_alike() const {
    std::array<uint8_t, 4> ttl{};
    wire::store32(ttl.data(), nsec->ttl);
    return same(over_ptr->rest, over_nsec->rest) &&
           over_ptr->signature.size() == over_nsec->signature.size() &&
           same(over_ptr->before.subspan(2, 2), over_nsec->before.subspan(2, 2)) &&
           same(over_nsec->before.subspan(4), ttl);
  }
};

/// The next name of an NSEC record with a leaf's types, as a leaf stores it; appended at `out`. Returns the
/// end; null: it cannot be stored so.
uint8_t* put_next(Bytes rdata, const Name& owner, uint8_t* out) {
  const auto size = wire::plain_name_size(rdata, 0);
  if (!size || !same(rdata.subspan(*size), kLeafTypes)) return nullptr;
  const Bytes next = rdata.first(*size);
  // The labels from the end that both names share, octet by octet: the signature covers the case of the next
  // name (RFC 6840 5.1).
  const wire::Labels theirs(next);
  const wire::Labels own(owner.bytes());
  size_t shared = 0;
  while (
      shared < std::min(theirs.count, own.count) &&
      same(theirs.label(next, theirs.count - shared - 1U), own.label(owner.bytes(), own.count - shared - 1U)))
    ++shared;
  const size_t prefix = shared == theirs.count ? 0
                        : shared == 0          ? next.size() - 1
                                               : theirs.offset[theirs.count - shared];
  if (prefix > kMaxNextPrefix) return nullptr;
  *out++ = static_cast<uint8_t>(own.count - shared);
  *out++ = static_cast<uint8_t>(prefix);
  return std::copy_n(next.begin(), prefix, out);
}

}  // namespace

std::optional<LeafSignings::Signed> LeafSignings::sign(const Name& owner, uint32_t ttl,
                                                       std::span<const BesideData> beside, Denial denial) {
  Records records;
  if (denial == Denial::none || !records.take(beside)) return std::nullopt;
  const bool has_nsec = records.nsec != nullptr;
  if (has_nsec && !records.are_alike()) return std::nullopt;

  LeafSigning common{};
  const Rrsig& rrsig = *records.over_ptr;
  const size_t data = rrsig.before.size() + rrsig.times.size() + rrsig.rest.size() + rrsig.signature.size();
  common.signature_size = static_cast<uint16_t>(rrsig.signature.size());
  common.rest_size = static_cast<uint8_t>(rrsig.rest.size());
  common.has_nsec = has_nsec ? 1 : 0;
  if (has_nsec) wire::store32(common.nsec_ttl, records.nsec->ttl);
  wire::store16(common.head, wire::kQuestionPointer);
  wire::store16(common.head + 2, code(Type::rrsig));
  wire::store16(common.head + 4, static_cast<uint16_t>(wire::Class::in));
  wire::store32(common.head + 6, ttl);
  wire::store16(common.head + 10, static_cast<uint16_t>(data));
  std::copy(rrsig.before.begin(), rrsig.before.end(), common.head + kRecordFixed);
  common_.assign(reinterpret_cast<const char*>(&common), offsetof(LeafSigning, rest));
  common_.append(reinterpret_cast<const char*>(rrsig.rest.data()), rrsig.rest.size());

  uint8_t* out = part_.data();
  const auto put = [&](const Rrsig& one) {
    out = std::copy(one.times.begin(), one.times.end(), out);
    out = std::copy(one.signature.begin(), one.signature.end(), out);
  };
  put(rrsig);
  if (has_nsec) {
    put(*records.over_nsec);
    out = put_next(records.nsec->rdata, owner, out);
    if (out == nullptr) return std::nullopt;
  }
  const auto number = intern();
  if (!number) return std::nullopt;
  return Signed{*number, Bytes(part_).first(static_cast<size_t>(out - part_.data()))};
}

std::optional<uint32_t> LeafSignings::intern() {
  if (last_ != nullptr && last_->first == common_) return last_->second;
  const size_t lines = (common_.size() + kLineSize - 1) / kLineSize;
  const auto next = static_cast<uint32_t>(lines_.size() + 1);
  auto at = numbers_.find(common_);
  if (at == numbers_.end()) {
    if (next + lines > kMaxSigning) return std::nullopt;
    lines_.resize(lines_.size() + lines);
    std::memcpy(lines_[next - 1].bytes, common_.data(), common_.size());
    at = numbers_.emplace(common_, next).first;
  }
  last_ = &*at;
  return last_->second;
}

}  // namespace ptrd::image
