// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// The records of a signed leaf beside its PTR record, see LeafSigning and SignedPart.
#pragma once

#include <array>
#include <cstring>

#include "ptrd/image/image.hpp"
#include "ptrd/image/leaf.hpp"
#include "ptrd/wire/message.hpp"

namespace ptrd::image {

/// The NSEC type bitmap of a signed leaf (RFC 4034 4.1.2): PTR, RRSIG, NSEC.
inline constexpr std::array<uint8_t, 8> kLeafTypes = {0, 6, 0, 0x08, 0, 0, 0, 0x03};

/// The largest sizes of an RRSIG and an NSEC record of a leaf.
inline constexpr size_t kMaxLeafRrsig =
    sizeof(LeafSigning::head) + sizeof(SignedPart) + kMaxSigningRest + kMaxLeafSignature;
inline constexpr size_t kMaxLeafNsec = kRecordFixed + kMaxNextPrefix + wire::kIp6NameSize + kLeafTypes.size();

/// Bytes of each RRSIG record.
[[nodiscard]] inline size_t leaf_rrsig_size(const LeafSigning& signing) {
  return sizeof signing.head + sizeof(SignedPart) + signing.rest_size + signing.signature_size;
}

/// Writes the RRSIG record over the PTR record at `out`, from its SignedPart; up to kLeafSlack bytes after it
/// are overwritten. Returns its size in bytes.
inline size_t write_leaf_rrsig(const LeafSigning& signing, const uint8_t* part, uint8_t* out) {
  constexpr size_t kOwn = sizeof signing.head;
  constexpr size_t kRest = kOwn + sizeof(SignedPart);
  std::memcpy(out, signing.head, kOwn);
  std::memcpy(out + kOwn, part, sizeof(SignedPart));
  const uint8_t* const rest = reinterpret_cast<const uint8_t*>(&signing) + offsetof(LeafSigning, rest);
  uint8_t* const signature = out + kRest + signing.rest_size;
  // A signature of ECDSA P-256 or Ed25519 (RFC 6605 4, RFC 8080 4), most signers' names: no loop.
  constexpr size_t kUsual = 64;
  constexpr size_t kUsualRest = 32;
  if (signing.signature_size == kUsual && signing.rest_size <= kUsualRest) [[likely]] {
    copy_words<kUsualRest>(out + kRest, rest);
    copy_words<kUsual>(signature, part + sizeof(SignedPart));
    return kRest + signing.rest_size + kUsual;
  }
  copy_chunks(out + kRest, rest, signing.rest_size);
  copy_chunks(signature, part + sizeof(SignedPart), signing.signature_size);
  return kRest + signing.rest_size + size_t{signing.signature_size};
}

/// Writes the RRSIG record over the NSEC record in the same way.
inline size_t write_leaf_nsec_rrsig(const LeafSigning& signing, const uint8_t* part, uint8_t* out) {
  constexpr size_t kTtl = 6;
  constexpr size_t kOriginalTtl = kRecordFixed + 4;
  const size_t size = write_leaf_rrsig(signing, part, out);
  wire::store16(out + kRecordFixed, static_cast<uint16_t>(wire::Type::nsec));
  std::memcpy(out + kTtl, signing.nsec_ttl, sizeof signing.nsec_ttl);
  std::memcpy(out + kOriginalTtl, signing.nsec_ttl, sizeof signing.nsec_ttl);
  return size;
}

/// Writes the NSEC record of a leaf from its NextName. `copy_suffix` writes what follows the prefix to where
/// it is told: the leaf's name, in lower case, without the labels to skip, so many bytes, and at most what
/// kMaxLeafNsec has room for after them. Returns the record's size in bytes.
template <typename CopySuffix>
[[gnu::always_inline]] inline size_t write_leaf_nsec(const LeafSigning& signing, const uint8_t* next,
                                                     size_t suffix_size, CopySuffix copy_suffix,
                                                     uint8_t* out) {
  const size_t prefix_size = next[offsetof(NextName, size)];
  uint8_t* const name = out + kRecordFixed;
  copy_words<16>(name, next + sizeof(NextName));
  if (prefix_size > 16) [[unlikely]]
    copy_chunks(name, next + sizeof(NextName), prefix_size);
  copy_suffix(name + prefix_size);
  uint8_t* const types = name + prefix_size + suffix_size;
  copy_words<kLeafTypes.size()>(types, kLeafTypes.data());
  const size_t data = prefix_size + suffix_size + kLeafTypes.size();
  wire::store_raw(out, __builtin_bswap64(uint64_t{wire::kQuestionPointer} << 48 |
                                         uint64_t{static_cast<uint16_t>(wire::Type::nsec)} << 32 |
                                         uint64_t{static_cast<uint16_t>(wire::Class::in)} << 16));
  std::memcpy(out + 6, signing.nsec_ttl, sizeof signing.nsec_ttl);
  wire::store16(out + 10, static_cast<uint16_t>(data));
  return kRecordFixed + data;
}

/// The SignedPart of a leaf, which is signed.
template <typename Leaf>
[[nodiscard]] inline const uint8_t* signed_part(const Leaf& leaf) {
  return reinterpret_cast<const uint8_t*>(&leaf) + sizeof leaf + leaf.head_size();
}

/// The signatures and the NSEC of a leaf. Records are written with the owner 0xC00C, and up to kLeafSlack
/// bytes after them are overwritten; the results are their sizes in bytes.
class SignedLeaf {
 public:
  /// Not a leaf, so not signed.
  SignedLeaf() = default;
  template <typename Leaf>
  SignedLeaf(const View& view, const Leaf& leaf) {
    const uint32_t number = view.tail(leaf.tail()).signing_number();
    if (number == 0) return;
    signing_ = &view.signing(number);
    part_ = signed_part(leaf);
  }
  /// The leaf at `unit`, which is a Leaf6 if `is_v6`.
  SignedLeaf(const View& view, uint32_t unit, bool is_v6);
  /// Of any name in the image.
  SignedLeaf(const View& view, const Position& at) {
    if (at.kind == Position::Kind::leaf) *this = SignedLeaf(view, at.index, at.labels == wire::kIp6Labels);
  }

  [[nodiscard]] bool is_signed() const { return signing_ != nullptr; }
  [[nodiscard]] bool has_nsec() const { return is_signed() && signing_->has_nsec != 0; }

  /// Bytes of each RRSIG. Requires `is_signed`.
  [[nodiscard]] size_t rrsig_size() const { return leaf_rrsig_size(*signing_); }
  /// The RRSIG over the PTR record. Requires `is_signed`.
  size_t write_rrsig(uint8_t* out) const { return write_leaf_rrsig(*signing_, part_, out); }
  /// The NSEC record of the leaf, whose name is `owner` in any case. Requires `has_nsec`.
  size_t write_nsec(wire::Bytes owner, uint8_t* out) const;
  /// The first labels of the leaf's name that the next name does not share. Requires `has_nsec`.
  [[nodiscard]] unsigned skip() const { return next()[offsetof(NextName, skip)]; }
  /// The NSEC record; `copy_suffix` writes the leaf's name in lower case without the first `skip` labels, see
  /// `write_leaf_nsec`. Requires `has_nsec`.
  template <typename CopySuffix>
  [[gnu::always_inline]] size_t write_nsec(size_t suffix_size, CopySuffix copy_suffix, uint8_t* out) const {
    return write_leaf_nsec(*signing_, next(), suffix_size, copy_suffix, out);
  }
  /// The RRSIG over it. Requires `has_nsec`.
  size_t write_nsec_rrsig(uint8_t* out) const { return write_leaf_nsec_rrsig(*signing_, nsec_part(), out); }
  /// All RRSIGs, in the order of the types covered. Requires `is_signed`.
  size_t write_rrsigs(uint8_t* out) const {
    const size_t size = write_rrsig(out);
    return has_nsec() ? size + write_nsec_rrsig(out + size) : size;
  }

 private:
  [[nodiscard]] const uint8_t* nsec_part() const {
    return part_ + sizeof(SignedPart) + signing_->signature_size;
  }
  [[nodiscard]] const uint8_t* next() const {
    return nsec_part() + sizeof(SignedPart) + signing_->signature_size;
  }
  const LeafSigning* signing_ = nullptr;
  const uint8_t* part_ = nullptr;
};

}  // namespace ptrd::image
