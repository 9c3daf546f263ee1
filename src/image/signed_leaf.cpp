// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "ptrd/image/signed_leaf.hpp"

#include <algorithm>

namespace ptrd::image {

using wire::Bytes;

namespace {

constexpr uint16_t code(wire::Type type) {
  return static_cast<uint16_t>(type);
}

// Offsets in a record.
constexpr size_t kType = 2;
constexpr size_t kClass = 4;
constexpr size_t kTtl = 6;
constexpr size_t kSize = 10;
constexpr size_t kCovered = kRecordFixed;
constexpr size_t kOriginalTtl = kRecordFixed + 4;  // of an RRSIG

template <typename Leaf>
const uint8_t* part_of(const View& view, uint32_t unit, const LeafSigning*& signing) {
  const auto& leaf = *reinterpret_cast<const Leaf*>(view.unit(unit));
  const uint32_t number = view.tail(leaf.tail()).signing_number();
  if (number == 0) return nullptr;
  signing = &view.signing(number);
  return signed_part(leaf);
}

}  // namespace

SignedLeaf::SignedLeaf(const View& view, uint32_t unit, bool is_v6)
    : part_(is_v6 ? part_of<Leaf6>(view, unit, signing_) : part_of<Leaf4>(view, unit, signing_)) {}

size_t SignedLeaf::write_nsec(Bytes owner, uint8_t* out) const {
  const uint8_t* const next = nsec_part() + sizeof(SignedPart) + signing_->signature_size;
  const size_t prefix_size = next[offsetof(NextName, size)];
  Bytes suffix = owner;
  for (unsigned skip = next[offsetof(NextName, skip)]; skip > 0 && suffix[0] != 0; --skip)
    suffix = suffix.subspan(suffix[0] + 1U);
  uint8_t* p = out + kRecordFixed;
  p = std::copy_n(next + sizeof(NextName), prefix_size, p);
  p = std::transform(suffix.begin(), suffix.end(), p, wire::lower);
  p = std::copy(kLeafTypes.begin(), kLeafTypes.end(), p);
  const auto size = static_cast<size_t>(p - out);
  wire::store16(out, wire::kQuestionPointer);
  wire::store16(out + kType, code(wire::Type::nsec));
  wire::store16(out + kClass, static_cast<uint16_t>(wire::Class::in));
  std::memcpy(out + kTtl, signing_->nsec_ttl, sizeof signing_->nsec_ttl);
  wire::store16(out + kSize, static_cast<uint16_t>(size - kRecordFixed));
  return size;
}

size_t SignedLeaf::write_nsec_rrsig(uint8_t* out) const {
  const size_t size = write_leaf_rrsig(*signing_, nsec_part(), out);
  wire::store16(out + kCovered, code(wire::Type::nsec));
  std::memcpy(out + kTtl, signing_->nsec_ttl, sizeof signing_->nsec_ttl);
  std::memcpy(out + kOriginalTtl, signing_->nsec_ttl, sizeof signing_->nsec_ttl);
  return size;
}

}  // namespace ptrd::image
