// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "answer/proof/signed_denial.hpp"

#include <algorithm>
#include <array>

#include "answer/denial.hpp"
#include "answer/proof/address_proof.hpp"
#include "answer/proof/octet_order.hpp"
#include "answer/reply.hpp"
#include "answer/writer.hpp"
#include "ptrd/image/nsec3.hpp"
#include "ptrd/image/signed_leaf.hpp"

namespace ptrd::answer {

using image::Nsec3Record;
using image::View;
using wire::Bytes;

namespace {

/// Eight octets, ASCII letters among them in lower case (RFC 4343 3).
constexpr uint64_t lower8(uint64_t octets) {
  constexpr uint64_t kEach = 0x0101010101010101;
  const uint64_t low = octets & kEach * 0x7F;
  const uint64_t from_a = low + kEach * (0x80 - 'A');
  const uint64_t behind_z = low + kEach * (0x7F - 'Z');
  return octets | (from_a & ~behind_z & ~octets & kEach * 0x80) >> 2;
}

/// The authority section of one reply. What is left in `buffer` after a function has returned false is
/// overwritten by the general part.
class SignedDenial {
 public:
  SignedDenial(const View& view, wire::MutableBytes buffer, const Query& query)
      : view_(view),
        query_(query),
        zone_(view.at<image::Zone>(query.zone)),
        out_(buffer.data()),
        at_(query.question_end),
        end_(std::min<size_t>(query.limit, buffer.size() - image::kLeafSlack) - fast_opt_size(query)),
        apex_at_(query.question_end - 4U - zone_.name_size),
        is_v6_(query.name.kind == wire::QuestionName::Kind::v6) {}

  // Not inlined: with the object's size known, hardened builds check each copy of a few bytes by a call.
  [[nodiscard, gnu::noinline]] bool write() {
    AddressProof proof(view_);
    if (!put_soa() || !proof.find(zone_, query_.name, query_.encloser)) return false;
    return zone_.denial == image::Denial::nsec ? put_nsec(proof) : put_nsec3(proof.encloser());
  }
  [[nodiscard]] size_t size() const { return at_; }
  [[nodiscard]] uint16_t count() const { return count_; }

 private:
  [[nodiscard]] bool put(const ReadySet& set) {
    if (set.size() > end_ - at_) return false;
    const size_t owner = set.labels.empty() ? set.above : at_;
    image::copy_chunks(out_ + at_, set.labels.data(), set.labels.size());
    at_ += set.labels.size();
    const size_t first = at_;
    put_below(set.records, owner);
    wire::store16(out_ + first, static_cast<uint16_t>(0xC000 | set.above));
    put_below(set.signatures, owner);
    return true;
  }
  /// Copies stored records, for which there is room; their owner is the name at this offset.
  void put_below(Bytes records, size_t owner) {
    image::copy_chunks(out_ + at_, records.data(), records.size());
    for (const size_t end = at_ + records.size(); at_ < end; ++count_) {
      uint8_t* const record = out_ + at_;
      wire::store16(record, static_cast<uint16_t>(0xC000 | owner));
      at_ += image::kRecordFixed + size_t{wire::load16(record + 10)};
    }
  }
  [[nodiscard]] bool put_soa() {
    if (at_ + zone_.negative_soa_size > end_) return false;
    image::copy_chunks(out_ + at_, view_.unit(zone_.negative_soa), zone_.negative_soa_size);
    point_negative_soa(zone_, query_.question_end, at_, out_ + at_);
    at_ += zone_.negative_soa_size;
    ++count_;
    const auto& signatures = *reinterpret_cast<const image::Rrset*>(view_.unit(zone_.negative_signatures));
    if (at_ + signatures.size > end_) return false;
    put_below(View::records(signatures), apex_at_);
    return true;
  }

  [[nodiscard]] bool put_nsec(AddressProof& proof) {
    if (!proof.find_nsec()) return false;
    lower_name();
    AddressCover cover;
    if (!proof.cover_next_closer(cover) || !put(cover)) return false;
    return proof.is_one() || (proof.cover_wildcard(cover) && put(cover));
  }
  [[nodiscard]] bool put(const AddressCover& cover);
  [[nodiscard]] bool put_nsec3(unsigned encloser);
  [[nodiscard]] bool put(const Nsec3Record& record) {
    const image::Nsec3Label hash = image::nsec3_label(image::nsec3_hash_of(record));
    std::array<uint8_t, 1 + sizeof hash + image::kLeafSlack> label;
    label[0] = sizeof hash;
    std::copy(hash.begin(), hash.end(), &label[1]);
    return put({Bytes(label).first(1 + sizeof hash), apex_at_, View::records(image::nsec3_set(record)),
                View::records(image::nsec3_signatures(record))});
  }
  [[nodiscard]] image::Nsec3Place place(Bytes name) const {
    return image::nsec3_place(view_, zone_, image::nsec3_hash(view_, zone_, name));
  }

  /// Copies the question's name in lower case, for the next names of leaves.
  void lower_name() {
    for (size_t i = wire::kHeaderSize; i + 4 < query_.question_end; i += 8)
      wire::store_raw(&lower_[i], lower8(wire::load_raw<uint64_t>(out_ + i)));
  }
  /// The offset of the name of the address's first `units` octets or nibbles in the question.
  [[nodiscard]] size_t offset_of(unsigned units) const {
    if (is_v6_) return wire::kHeaderSize + 2 * size_t{32 - units};
    size_t at = wire::kHeaderSize;
    for (; units < 4; ++units) at += out_[at] + 1U;
    return at;
  }
  [[nodiscard]] Bytes question_from(size_t at) const { return {out_ + at, query_.question_end - 4U - at}; }

  const View& view_;
  const Query& query_;
  const image::Zone& zone_;
  uint8_t* const out_;
  size_t at_;
  const size_t end_;
  const size_t apex_at_;  // offset of the zone's name in the question
  const bool is_v6_;
  uint16_t count_ = 0;
  // The question's name at its offset, with room for copies in chunks.
  std::array<uint8_t, wire::kHeaderSize + wire::kIp6NameSize + image::kLeafSlack> lower_;
  std::array<uint8_t, wire::kIp6NameSize + 2 * image::kLeafSlack> owner_;  // the name of a cover
};

/// The labels of the first `units` of a cover that the address does not share; up to three bytes after them
/// are overwritten. Returns their size in bytes.
size_t write_labels(const AddressCover& cover, bool is_v6, uint8_t* out) {
  uint8_t* p = out;
  if (!is_v6) {
    for (unsigned i = cover.units; i-- > cover.shared;) {
      const OctetOrder::Text& label = kOctetOrder.text[cover.key[i]];
      std::memcpy(p, &label, sizeof label);
      p += label.size + 1;
    }
    return static_cast<size_t>(p - out);
  }
  for (unsigned i = cover.units; i-- > cover.shared; p += 2) {
    const auto nibble = static_cast<uint8_t>(i % 2 == 0 ? cover.key[i / 2] >> 4 : cover.key[i / 2] & 15);
    p[0] = 1;
    p[1] = static_cast<uint8_t>(nibble + (nibble < 10 ? '0' : 'a' - 10));
  }
  return static_cast<size_t>(p - out);
}

bool SignedDenial::put(const AddressCover& cover) {
  const size_t labels = write_labels(cover, is_v6_, owner_.data());
  const size_t above = offset_of(cover.shared);
  if (cover.leaf == 0) {
    const auto& node = view_.at<image::Node>(cover.node);
    constexpr auto kNsec = static_cast<uint16_t>(wire::Type::nsec);
    const image::Rrset* set = node.zone == query_.zone ? view_.find_rrset(node, kNsec) : nullptr;
    if (set == nullptr) return false;
    return put(
        {Bytes(owner_).first(labels), above, View::records(*set), view_.signatures(node, kNsec).records});
  }
  const image::SignedLeaf leaf(view_, cover.leaf, is_v6_);
  if (!leaf.has_nsec() || at_ + labels + image::kMaxLeafNsec + leaf.rrsig_size() > end_) return false;
  const size_t suffix = query_.question_end - 4U - above;
  image::copy_chunks(owner_.data() + labels, &lower_[above], suffix);
  image::copy_chunks(out_ + at_, owner_.data(), labels);
  uint8_t* const nsec = out_ + at_ + labels;
  const size_t size = leaf.write_lower_nsec(Bytes(owner_).first(labels + suffix), nsec);
  wire::store16(nsec, static_cast<uint16_t>(0xC000 | above));
  const size_t rrsig = leaf.write_nsec_rrsig(nsec + size);
  wire::store16(nsec + size, static_cast<uint16_t>(0xC000 | (labels == 0 ? above : at_)));
  at_ += labels + size + rrsig;
  count_ = static_cast<uint16_t>(count_ + 2);
  return true;
}

/// RFC 5155 7.2.2: what matches the closest encloser, what covers the next closer name, and what covers the
/// wildcard; one record may be more than one of them.
bool SignedDenial::put_nsec3(unsigned encloser) {
  const Bytes name = question_from(offset_of(encloser));
  const Nsec3Record* const match = place(name).match;
  if (match == nullptr) return false;  // opted out
  const image::Nsec3Place next = place(question_from(offset_of(encloser + 1)));
  std::array<uint8_t, 2 + wire::kIp6NameSize> wildcard = {1, '*'};
  std::copy(name.begin(), name.end(), &wildcard[2]);
  const image::Nsec3Place star = place(Bytes(wildcard).first(2 + name.size()));
  if (next.match != nullptr || star.match != nullptr) return false;
  if (!put(*match)) return false;
  if (next.before != match && !put(*next.before)) return false;
  return star.before == match || star.before == next.before || put(*star.before);
}

}  // namespace

bool write_signed_denial(const View& view, const Settings& settings, wire::MutableBytes buffer,
                         const Query& query, Reply& reply) {
  SignedDenial denial(view, buffer, query);
  if (!denial.write()) return false;
  uint8_t* const p = buffer.data();
  size_t size = denial.size();
  if (query.edns) size += write_fast_opt(p + size, query, settings.udp_payload);
  wire::HeaderView header(p);
  header.set_flags(static_cast<uint16_t>(wire::flag::qr | wire::flag::aa | (query.flags & kEchoed) |
                                         static_cast<unsigned>(wire::Rcode::nxdomain)));
  header.set_counts(1, 0, denial.count(), query.edns ? 1 : 0);
  reply = {Kind::nxdomain, static_cast<uint16_t>(size)};
  return true;
}

}  // namespace ptrd::answer
