// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "answer/proof/signed_denial.hpp"

#include <algorithm>
#include <array>

#include "answer/denial.hpp"
#include "answer/proof/nibble_proof.hpp"
#include "answer/proof/octet_proof.hpp"
#include "answer/reply.hpp"
#include "answer/writer.hpp"
#include "ptrd/image/nsec3.hpp"
#include "ptrd/image/signed_leaf.hpp"

namespace ptrd::answer {

using image::Nsec3Record;
using image::View;
using wire::Bytes;

namespace {

/// Steps of the budget that finding the proof takes at most. (With DO, a client has room for it: RFC
/// 4035 4.1.)
constexpr unsigned kSteps = 150;

/// The authority section of one reply. What is left in `buffer` after a function has returned false is
/// overwritten by the general part.
template <typename Proof>
class SignedDenial {
 public:
  SignedDenial(const View& view, wire::MutableBytes buffer, const Query& query)
      : view_(view),
        query_(query),
        zone_(view.at<image::Zone>(query.zone)),
        out_(buffer.data()),
        at_(query.question_end),
        end_(std::min<size_t>(query.limit, buffer.size() - image::kLeafSlack) - fast_opt_size(query)),
        name_end_(query.question_end - 4U) {}

  [[nodiscard]] bool write() {
    Proof proof(view_);
    if (!put_soa() || !proof.find(zone_, query_.name, query_.encloser)) return false;
    if (zone_.denial == image::Denial::nsec3) return put_nsec3(proof.encloser());
    std::array<Cover, 2> covers;
    const unsigned count = proof.find_covers(covers);
    for (unsigned i = 0; i < count; ++i) {
      if (!put(covers[i])) return false;
    }
    return count > 0;
  }
  [[nodiscard]] size_t size() const { return at_; }
  [[nodiscard]] uint16_t count() const { return count_; }
  /// Whether it has failed for lack of room, which shows late.
  [[nodiscard]] bool is_full() const { return full_; }

 private:
  using Name = typename Proof::Name;
  using Cover = typename Proof::Cover;

  bool ends() {
    full_ = true;
    return false;
  }
  [[nodiscard]] bool put(const ReadySet& set) {
    if (set.size() > end_ - at_) return ends();
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
    image::copy_many(out_ + at_, records.data(), records.size());
    for (const size_t end = at_ + records.size(); at_ < end; ++count_) {
      uint8_t* const record = out_ + at_;
      wire::store16(record, static_cast<uint16_t>(0xC000 | owner));
      at_ += image::kRecordFixed + size_t{wire::load16(record + 10)};
    }
  }
  [[nodiscard]] bool put_soa() {
    const auto& signatures = *reinterpret_cast<const image::Rrset*>(view_.unit(zone_.negative_signatures));
    if (at_ + zone_.negative_soa_size + signatures.size > end_) return ends();
    image::copy_many(out_ + at_, view_.unit(zone_.negative_soa), zone_.negative_soa_size);
    point_negative_soa(zone_, query_.question_end, at_, out_ + at_);
    at_ += zone_.negative_soa_size;
    ++count_;
    put_below(View::records(signatures), apex_at());
    return true;
  }

  [[nodiscard]] bool put(const Cover& cover);
  [[nodiscard]] bool put_node(const Cover& cover, Bytes labels, size_t above);
  [[nodiscard]] bool put_nsec3(unsigned encloser);
  [[nodiscard]] bool put(const Nsec3Record& record) {
    const image::Nsec3Label hash = image::nsec3_label(image::nsec3_hash_of(record));
    std::array<uint8_t, 1 + sizeof hash + image::kLeafSlack> label;
    label[0] = sizeof hash;
    std::copy(hash.begin(), hash.end(), &label[1]);
    return put({Bytes(label).first(1 + sizeof hash), apex_at(), View::records(image::nsec3_set(record)),
                View::records(image::nsec3_signatures(record))});
  }
  [[nodiscard]] image::Nsec3Place place(Bytes name) const {
    return image::nsec3_place(view_, zone_, image::nsec3_hash(view_, zone_, name));
  }

  /// The offset of the zone's name in the question.
  [[nodiscard]] size_t apex_at() const { return name_end_ - zone_.name_size; }
  /// The question's name without the first labels, as it came.
  [[nodiscard]] Bytes question_from(size_t at) const { return {out_ + at, name_end_ - at}; }

  const View& view_;
  const Query& query_;
  const image::Zone& zone_;
  uint8_t* const out_;
  size_t at_;
  const size_t end_;
  const size_t name_end_;  // of the question
  uint16_t count_ = 0;
  bool full_ = false;
};

template <typename Proof>
bool SignedDenial<Proof>::put_node(const Cover& cover, Bytes labels, size_t above) {
  constexpr auto kNsec = static_cast<uint16_t>(wire::Type::nsec);
  const auto& node = view_.at<image::Node>(cover.node);
  const image::Rrset* set = node.zone == query_.zone ? view_.find_rrset(node, kNsec) : nullptr;
  if (set == nullptr) return false;
  return put({labels, above, View::records(*set), view_.signatures(node, kNsec).records});
}

template <typename Proof>
bool SignedDenial<Proof>::put(const Cover& cover) {
  Name name;
  name.write(cover.key);
  const size_t first = name.start(cover.units);
  const size_t labels = name.start(cover.shared) - first;
  const size_t above = name_end_ - (name.size() - name.start(cover.shared));
  if (cover.leaf == 0) return put_node(cover, Bytes(name.data() + first, labels), above);
  const image::SignedLeaf leaf(view_, *reinterpret_cast<const typename Proof::Leaf*>(view_.unit(cover.leaf)));
  if (!leaf.has_nsec() || leaf.skip() > Name::kUnits) return false;
  if (at_ + labels + image::kMaxLeafNsec + leaf.rrsig_size() > end_) return ends();
  uint8_t* const owner = out_ + at_;
  name.copy_labels(first, labels, owner);
  uint8_t* const nsec = owner + labels;
  const size_t suffix = name.start(Name::kUnits - leaf.skip());
  const size_t size = leaf.write_nsec(
      name.size() - suffix, [&](uint8_t* to) { name.copy_name(suffix, to); }, nsec);
  wire::store16(nsec, static_cast<uint16_t>(0xC000 | above));
  const size_t rrsig = leaf.write_nsec_rrsig(nsec + size);
  wire::store16(nsec + size, static_cast<uint16_t>(0xC000 | (labels == 0 ? above : at_)));
  at_ += labels + size + rrsig;
  count_ = static_cast<uint16_t>(count_ + 2);
  return true;
}

/// RFC 5155 7.2.2: what matches the closest encloser, what covers the next closer name, and what covers the
/// wildcard; one record may be more than one of them.
template <typename Proof>
bool SignedDenial<Proof>::put_nsec3(unsigned encloser) {
  const size_t closer = Proof::question_label(out_, encloser + 1);
  const Bytes name = question_from(closer + out_[closer] + 1U);
  const Nsec3Record* const match = place(name).match;
  if (match == nullptr) return false;  // opted out
  const image::Nsec3Place next = place(question_from(closer));
  std::array<uint8_t, 2 + wire::kIp6NameSize> wildcard = {1, '*'};
  std::copy(name.begin(), name.end(), &wildcard[2]);
  const image::Nsec3Place star = place(Bytes(wildcard).first(2 + name.size()));
  if (next.match != nullptr || star.match != nullptr) return false;
  if (!put(*match)) return false;
  if (next.before != match && !put(*next.before)) return false;
  return star.before == match || star.before == next.before || put(*star.before);
}

// Not inlined: a family need not save registers for the other one.
template <typename Proof>
[[gnu::noinline]] bool write_by(const View& view, const Settings& settings, wire::MutableBytes buffer,
                                Query& query, Reply& reply) {
  SignedDenial<Proof> denial(view, buffer, query);
  if (!denial.write()) {
    // The general part does most of it again.
    if (denial.is_full()) query.work = static_cast<uint16_t>(query.work + kSteps);
    return false;
  }
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

}  // namespace

bool write_signed_denial(const View& view, const Settings& settings, wire::MutableBytes buffer, Query& query,
                         Reply& reply) {
  if (query.name.kind == wire::QuestionName::Kind::v4)
    return write_by<OctetProof>(view, settings, buffer, query, reply);
  return write_by<NibbleProof>(view, settings, buffer, query, reply);
}

}  // namespace ptrd::answer
