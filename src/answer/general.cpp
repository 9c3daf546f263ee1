// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "answer/general.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "answer/additional.hpp"
#include "answer/denial.hpp"
#include "answer/proof/proof.hpp"
#include "answer/reply.hpp"
#include "answer/same_name.hpp"
#include "answer/search.hpp"
#include "answer/set_writer.hpp"
#include "answer/writer.hpp"
#include "ptrd/image/leaf.hpp"
#include "ptrd/image/range.hpp"
#include "ptrd/image/signed_leaf.hpp"
#include "ptrd/wire/address_scan.hpp"
#include "ptrd/wire/name.hpp"

namespace ptrd::answer {

using image::Node;
using image::Position;
using image::Rrset;
using image::View;
using image::Zone;
using wire::Bytes;
using wire::Type;

namespace {

/// Maximum number of CNAME and DNAME steps inside our zones; after that the chain is returned as it is. Ends
/// loops.
constexpr unsigned kMaxChain = 12;
/// Steps of the budget: what an alias takes besides the search for its target and what is written; octets
/// that are compared with the names before it; record sets that are looked through at a name.
constexpr unsigned kStepsOfAlias = 5;
constexpr size_t kOctetsOfStep = 96;
constexpr unsigned kSetsOfStep = 6;
constexpr unsigned kLabelsOfStep = 8;  // of the question's name, read

/// Builds one reply.
class General {
 public:
  General(wire::MutableBytes buffer, const Query& query, const View& view, const Settings& settings)
      : buffer_(buffer),
        query_(query),
        view_(view),
        settings_(settings),
        budget_(query.transport, query.work),
        search_(view, budget_),
        out_(buffer, query.question_end,
             std::min<size_t>(query.limit, buffer.size()) -
                 opt_size(query, settings, wire::Rcode::noerror, true),
             budget_),
        sets_(view, out_),
        additional_(view, budget_, search_, out_, sets_) {}

  Reply run();

 private:
  void resolve();
  void at_name(const Found& found);
  void at_address(const Found& found);
  [[nodiscard]] size_t write_ptr(const Found& found, uint8_t* out) const;
  void at_node(uint32_t line, const Found& found);
  void refer(const Found& found);
  void rename(const Found& found);
  /// Whether the DNAME at `owner` is already in the reply because it renamed an earlier name.
  [[nodiscard]] bool renames(uint32_t owner) const {
    return std::find(renamed_by_.begin(), renamed_by_.end(), owner) != renamed_by_.end();
  }
  void follow();
  void deny(const Found& found, Kind kind);
  void no_data(const Found& found, uint32_t node);
  [[nodiscard]] bool is_signed(uint32_t zone) const {
    return view_.find_rrset(view_.at<Node>(view_.at<Zone>(zone).apex), code(Type::dnskey)) != nullptr;
  }
  void put_answer(const Owner& owner, const SignedSet& set);
  void put_delegation_proof(const Found& found, Bytes owner);
  void put_proof();
  void add_soa(const Found& found);
  /// The current name: the question's, or the current target of the alias chain.
  [[nodiscard]] Bytes name() const { return names_[depth_]; }
  /// The next target of the chain.
  [[nodiscard]] Bytes& next_name() { return names_[depth_ + 1]; }
  /// `owner`, a suffix of `name()`, with its offset in the reply.
  [[nodiscard]] Owner owner_of(Bytes owner) const {
    if (chain_ == 0) return {owner, query_.question_end - 4U - owner.size()};
    return {owner, owner.size() == name().size() ? name_at_ : 0};
  }
  /// The same of a name that may be part of the question.
  [[nodiscard]] Owner placed_owner(Bytes owner) const {
    const auto offset =
        reinterpret_cast<uintptr_t>(owner.data()) - reinterpret_cast<uintptr_t>(buffer_.data());
    return {owner, offset < query_.question_end ? offset : 0};
  }
  /// RFC 1035 6.2: an answer to QCLASS * does not cover all classes.
  [[nodiscard]] bool is_authoritative() const {
    return authoritative_ && query_.rclass == static_cast<uint16_t>(wire::Class::in);
  }
  Reply give_up();
  Reply finish();

  wire::MutableBytes buffer_;
  const Query& query_;
  const View& view_;
  const Settings& settings_;
  Budget budget_;
  Search search_;
  MessageWriter out_;
  SetWriter sets_;
  Additional additional_;
  Kind kind_ = Kind::answer;
  bool authoritative_ = true;
  bool truncated_ = false;
  bool again_ = false;  // the chain goes on at name()
  unsigned chain_ = 0;
  uint32_t zone_ = 0;  // of the question's name; 0: none
  // The question's name and the targets of the chain so far, up to `depth_`, then the next one. They must
  // stay in place, as `out_` compares with them.
  std::array<Bytes, kMaxChain + 2> names_;
  size_t depth_ = 0;
  size_t name_at_ = 0;          // offset of name() in the reply, after an alias; 0: unknown
  size_t next_name_at_ = 0;     // the same of next_name()
  std::optional<Proof> proof_;  // once a step was in such a zone
  size_t proof_put_ = 0;        // sets of it that are in the reply
  std::array<std::array<uint8_t, wire::kMaxName>, kMaxChain + 1> made_;  // names made by a DNAME
  std::array<uint32_t, kMaxChain> renamed_by_ = {};                      // DNAME owners used so far
  // The records of an address that is a leaf or in a range, assembled here: one or two.
  std::array<uint8_t, std::max(image::kMaxLeafRecord, image::kMaxLeafRrsig) + image::kMaxLeafRrsig +
                          2 * image::kLeafSlack>
      leaf_;
  uint16_t answers_ = 0;
  uint16_t authority_ = 0;
};

void General::put_answer(const Owner& owner, const SignedSet& set) {
  if (!sets_.add(owner, set, answers_, additional_.places())) truncated_ = true;
}

/// Adds the records that prove all steps so far to the authority section. They are never left out: a reply
/// without room for them is truncated.
void General::put_proof() {
  if (!proof_ || truncated_) return;
  truncated_ = !proof_->is_whole();
  for (const auto sets = proof_->sets(); !truncated_ && proof_put_ < sets.size(); ++proof_put_) {
    const Proof::Set& set = sets[proof_put_];
    if (const size_t above = placed_owner(set.shared).at; above != 0 && out_.can_point()) {
      const Bytes labels = set.owner.first(set.owner.size() - set.shared.size());
      truncated_ = !out_.add_ready({labels, above, set.records, set.signatures}, authority_);
    } else {
      truncated_ = !out_.add(placed_owner(set.owner), set.type, set.records, authority_) ||
                   !out_.add(placed_owner(set.owner), code(Type::rrsig), set.signatures, authority_);
    }
  }
}

// RFC 2308 3: the SOA's TTL is the smaller of its own and its minimum field; the image stores it that way.
// Most such replies just deny the question's name: then the zone's name is a suffix of the question's, and
// the record is copied as it is.
void General::add_soa(const Found& found) {
  const auto& zone = view_.at<Zone>(found.zone);
  const Bytes soa(view_.unit(zone.negative_soa), zone.negative_soa_size);
  Owner owner{.name = view_.zone_name(zone)};
  if (chain_ == 0) {
    owner.at = query_.question_end - 4U - zone.name_size;
    const size_t at = out_.size();
    uint8_t* record = out_.add_stored(soa, authority_);
    truncated_ = record == nullptr;
    if (record != nullptr) point_negative_soa(zone, query_.question_end, at, record);
  } else {
    const Bytes stored = View::records(*view_.find_rrset(view_.at<Node>(zone.apex), code(Type::soa)));
    const uint32_t ttl = wire::load32(&soa[6]);
    truncated_ = !out_.add_one(owner, Type::soa, ttl, stored.subspan(12), authority_);
  }
  if (!sets_.is_signed() || truncated_) return;
  const auto& signatures = *reinterpret_cast<const Rrset*>(view_.unit(zone.negative_signatures));
  truncated_ = !out_.add(owner, code(Type::rrsig), View::records(signatures), authority_);
}

void General::deny(const Found& found, Kind kind) {
  if (chain_ == 0 || kind == Kind::nxdomain) kind_ = kind;
  add_soa(found);
  put_proof();
}

/// Says that the name, at this Node (0: none), has no records of the type.
void General::no_data(const Found& found, uint32_t node) {
  if (sets_.is_signed() && found.labels_left > 0) {
    proof_->no_data_at_wildcard(found, name(), node);
  } else if (sets_.is_signed()) {
    proof_->no_data(found, name(), node);
  }
  deny(found, Kind::nodata);
}

// RFC 1034 4.3.2 3b: the NS records of the cut, not authoritative. Glue for name servers at or below the cut,
// which cannot be found without it, goes first, and a referral without room for it is truncated; all other
// addresses are optional (RFC 9471 3.1, 3.2). After an alias the answer section is what matters: the client
// asks again for the alias's target.
void General::refer(const Found& found) {
  const auto& cut = view_.at<Node>(found.cut);
  if (chain_ == 0) {
    authoritative_ = false;
    kind_ = Kind::referral;
  }
  const Rrset* ns = view_.find_rrset(cut, code(Type::ns));
  const Bytes owner = found.suffix(name(), found.cut_labels);
  if (!out_.add(owner_of(owner), code(Type::ns), View::records(*ns), authority_, additional_.places())) {
    truncated_ = true;
    return;
  }
  put_delegation_proof(found, owner);
  if (truncated_) return;
  // After truncation nothing else matters.
  const bool whole = additional_.add_glue(*ns, owner, found.zone, chain_ != 0);
  truncated_ = chain_ == 0 && !whole;
  if (!truncated_) additional_.add_beside_glue(*ns, owner, found.zone);
}

/// Adds the DS records of a cut, whose name is `owner`, or what proves that there are none (RFC 4035 3.1.4,
/// RFC 5155 7.2.7).
void General::put_delegation_proof(const Found& found, Bytes owner) {
  if (sets_.is_signed()) {
    const auto& cut = view_.at<Node>(found.cut);
    const Rrset* ds = view_.find_rrset(cut, code(Type::ds));
    if (ds == nullptr)
      proof_->no_ds(found, name(), owner);
    else
      truncated_ = !sets_.add(owner_of(owner), sets_.of(cut, *ds), authority_);
  }
  put_proof();
}

// RFC 6672 3.2: the DNAME, and the CNAME synthesised from it; if the resulting name is too long, YXDOMAIN.
void General::rename(const Found& found) {
  const auto& node = view_.at<Node>(found.dname);
  const Rrset* set = view_.find_rrset(node, code(Type::dname));
  const Bytes records = View::records(*set);
  const Bytes owner = found.suffix(name(), found.dname_labels);
  const Bytes target(&records[12], wire::load16(&records[10]));
  const bool again = renames(found.dname);
  // A DNAME that points below itself would be followed for ever; NSD stops here as well.
  if (again && is_at_or_below(target, owner)) return;
  if (!again) put_answer(owner_of(owner), sets_.of(node, *set));
  if (truncated_) return;
  const Bytes prefix = name().first(name().size() - owner.size());
  if (prefix.size() + target.size() > wire::kMaxName) {
    kind_ = Kind::yxdomain;
    return;
  }
  auto& made = made_[depth_];
  wire::copy_small(made.data(), prefix);
  wire::copy_small(made.data() + prefix.size(), target);
  next_name() = Bytes(made).first(prefix.size() + target.size());
  const uint32_t ttl = wire::load32(&records[6]);
  if (!out_.add_one(owner_of(name()), Type::cname, ttl, next_name(), answers_)) {
    truncated_ = true;
    return;
  }
  next_name_at_ = out_.last_name();
  if (query_.type == code(Type::cname)) return;
  renamed_by_[chain_ % kMaxChain] = found.dname;
  follow();
}

// Follows the chain to `next_name()`. The chain ends at a name that it has visited before, and when it is too
// long.
void General::follow() {
  if (chain_ >= kMaxChain) return;
  const Bytes next = next_name();
  truncated_ = !budget_.take(kStepsOfAlias + chain_ * next.size() / kOctetsOfStep);
  const auto end = names_.begin() + static_cast<ptrdiff_t>(depth_) + 1;
  again_ = std::none_of(names_.begin(), end, [&](Bytes before) { return same_name(before, next); });
  if (!again_) return;
  ++depth_;
  name_at_ = next_name_at_;
}

/// Answers from the Node at `line`: that of the name, of a wildcard for it, or what the zone says at the apex
/// of a deeper one (0: nothing).
void General::at_node(uint32_t line, const Found& found) {
  if (line == 0) return no_data(found, line);
  const auto& node = view_.at<Node>(line);
  truncated_ = !budget_.take(node.rrset_count / kSetsOfStep * (sets_.is_signed() ? 2 : 1));
  if (truncated_) return;
  const bool any = query_.type == code(Type::any);
  // RFC 4035 2.5: these types may exist beside a CNAME, so the owner itself answers for them.
  const bool beside = any || query_.type == code(Type::cname) || query_.type == code(Type::rrsig) ||
                      query_.type == code(Type::nsec);
  const bool alias = (node.flags & image::node_flag::cname) != 0 && !beside;
  // RFC 8482 4.1: one RRset is a complete answer to ANY. We take the first stored one, so that it is always
  // the same.
  const Rrset* set = any && node.rrset_count > 0
                         ? view_.first_rrset(node)
                         : view_.find_rrset(node, alias ? code(Type::cname) : query_.type);
  if (set == nullptr) return no_data(found, line);
  if (set->type == code(Type::dname) && renames(found.at.index)) return;
  if (sets_.is_signed() && found.labels_left > 0) proof_->wildcard(found, name());
  put_answer(owner_of(name()), sets_.of(node, *set));
  if (truncated_) return;
  if (alias) {
    const Bytes records = View::records(*set);
    next_name() = records.subspan(12, wire::load16(&records[10]));
    next_name_at_ = sets_.last_name();
    return follow();
  }
  put_proof();
  switch (static_cast<Type>(set->type)) {
    case Type::ns:
    case Type::mx:
    case Type::srv:
      additional_.add_optional(*set, found.zone);
      break;
    default:
      break;
  }
}

void General::at_name(const Found& found) {
  switch (found.at.kind) {
    case Position::Kind::node: {
      const auto& node = view_.at<Node>(found.at.index);
      // DS at the apex of a deeper zone is answered by the upper one (RFC 4035 3.1.4.1). It denies what it
      // says nothing of: the name exists, and NXDOMAIN would deny everything below it (RFC 8020 2).
      return at_node(node.zone == found.zone ? found.at.index : node.upper, found);
    }
    case Position::Kind::path:
      return no_data(found, 0);
    case Position::Kind::leaf:
    case Position::Kind::range:
      return at_address(found);
  }
}

/// Answers from a leaf or a range: as from a Node with the same records.
void General::at_address(const Found& found) {
  const image::SignedLeaf leaf(view_, found.at);
  SignedSet set{.type = query_.type};
  size_t size = 0;
  size_t signatures = 0;
  uint8_t* const room = leaf_.data();
  if (query_.type == code(Type::ptr) || query_.type == code(Type::any)) {
    set.type = code(Type::ptr);
    size = write_ptr(found, room);
    if (sets_.is_signed() && leaf.is_signed()) signatures = leaf.write_rrsig(room + size);
  } else if (query_.type == code(Type::rrsig) && leaf.is_signed()) {
    size = leaf.write_rrsigs(room);
  } else if (query_.type == code(Type::nsec) && leaf.has_nsec()) {
    size = leaf.write_nsec(name(), room);
    if (sets_.is_signed()) signatures = leaf.write_nsec_rrsig(room + size);
  } else {
    return no_data(found, 0);
  }
  set.records = Bytes(leaf_).first(size);
  set.signatures = Bytes(leaf_).subspan(size, signatures);
  put_answer(owner_of(name()), set);
}

/// Writes the one record of an address that is a leaf or in a range.
size_t General::write_ptr(const Found& found, uint8_t* out) const {
  if (found.at.kind == Position::Kind::range) {
    // After an alias the name differs from the question's.
    wire::QuestionName address;
    (void)wire::scan_address(name().data(), name().size(), address);
    return image::write_range_record(view_, view_.at<image::Range>(found.at.index),
                                     address.kind == wire::QuestionName::Kind::v6
                                         ? image::range_address(address.v6)
                                         : image::range_address(address.v4),
                                     out);
  }
  const uint8_t* leaf = view_.unit(found.at.index);
  return found.leaf_is_v6
             ? image::write_leaf_record(view_, *reinterpret_cast<const image::Leaf6*>(leaf), out)
             : image::write_leaf_record(view_, *reinterpret_cast<const image::Leaf4*>(leaf), out);
}

void General::resolve() {
  const Found found = search_.find_in_domain(name(), query_.type);
  truncated_ = found.gave_up || (chain_ == 0 && !budget_.take(found.labels() / kLabelsOfStep));
  if (truncated_) return;
  if (found.zone == 0) {
    if (chain_ == 0) kind_ = Kind::refused;
    return;
  }
  if (chain_ == 0) zone_ = found.zone;
  sets_.sign(query_.dnssec_ok && view_.at<Zone>(found.zone).denial != image::Denial::none);
  if (sets_.is_signed() && !proof_) proof_.emplace(view_, budget_);
  if (found.cut != 0) return refer(found);
  if (query_.path == Query::Path::deny) {
    // In a signed zone a denial that nothing proves is bogus (RFC 4035 5.4).
    if (is_signed(found.zone))
      kind_ = Kind::refused;
    else
      deny(found, query_.kind);
    return;
  }
  if (found.dname != 0) return rename(found);
  if (found.labels_left == 0) return at_name(found);
  const uint32_t wildcard = found.at.kind == Position::Kind::node ? wildcard_below(view_, found.at.index) : 0;
  if (wildcard != 0) return at_node(wildcard, found);
  if (sets_.is_signed()) proof_->no_name(found, name());
  deny(found, Kind::nxdomain);
}

Reply General::run() {
  names_[0] = Bytes(buffer_).subspan(wire::kHeaderSize, query_.name.size);
  do {
    again_ = false;
    resolve();
    ++chain_;
  } while (again_ && !truncated_);
  put_proof();
  return finish();
}

/// The reply in a datagram that would take too much work: the client asks over TCP.
Reply General::give_up() {
  const Reply reply = write_bare(buffer_, query_, Kind::truncated, settings_);
  wire::HeaderView header(buffer_.data());
  if (zone_ != 0 && is_authoritative()) header.set_flags(header.flags() | wire::flag::aa);
  return reply;
}

Reply General::finish() {
  if (truncated_ && budget_.is_spent()) return give_up();
  wire::HeaderView header(buffer_.data());
  unsigned flags = wire::flag::qr | (query_.flags & kEchoed);
  wire::Rcode rcode = wire::Rcode::noerror;
  if (kind_ == Kind::nxdomain) rcode = wire::Rcode::nxdomain;
  if (kind_ == Kind::yxdomain) rcode = wire::Rcode::yxdomain;
  if (kind_ == Kind::refused) {
    rcode = wire::Rcode::refused;
    authoritative_ = false;
  }
  if (is_authoritative()) flags |= wire::flag::aa;
  if (truncated_) {
    flags |= wire::flag::tc;
    kind_ = Kind::truncated;
  }
  header.set_flags(static_cast<uint16_t>(flags | static_cast<unsigned>(rcode)));
  wire::Writer out = reply_writer(buffer_, query_, out_.size());
  const Zone* zone = zone_ == 0 || kind_ == Kind::refused ? nullptr : &view_.at<Zone>(zone_);
  const uint16_t opt = write_opt(out, query_, settings_, rcode, zone);
  header.set_counts(1, answers_, authority_, static_cast<uint16_t>(additional_.count() + opt));
  return {kind_, static_cast<uint16_t>(out.position())};
}

/// Whether the query is refused before its name is looked up: transfers over UDP (RFC 5936 4.2), NOTIFY and
/// UPDATE. Kind::answer: it is not refused.
Kind refusal(wire::Bytes buffer, const Query& query, const View& view) {
  const bool plain = (query.flags & wire::flag::opcode) == 0;
  const bool axfr = plain && query.type == code(Type::axfr);
  if (plain && !axfr && query.type != code(Type::ixfr)) return Kind::answer;
  if (axfr && query.transport == Transport::udp) return Kind::notimp;
  const auto opcode = static_cast<wire::Opcode>((query.flags & wire::flag::opcode) >> 11);
  if (opcode == wire::Opcode::update && query.type != code(Type::soa))
    return Kind::formerr;  // RFC 2136 3.1.1
  const Bytes name = buffer.subspan(wire::kHeaderSize, query.name.size);
  const Found found = search(view, name, 0);
  const bool apex = found.zone != 0 && view.at<Zone>(found.zone).name_size == name.size();
  return apex ? Kind::refused : Kind::notauth;
}

}  // namespace

Reply write_general(wire::MutableBytes buffer, const Query& query, const View& view,
                    const Settings& settings) {
  const Kind kind = refusal(buffer, query, view);
  if (kind != Kind::answer) return write_bare(buffer, query, kind, settings);
  return General(buffer, query, view, settings).run();
}

}  // namespace ptrd::answer
