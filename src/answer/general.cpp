// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <algorithm>
#include <array>
#include <cstdint>

#include "answer/reply.hpp"
#include "answer/search.hpp"
#include "answer/writer.hpp"
#include "ptrd/image/leaf.hpp"
#include "ptrd/image/range.hpp"
#include "ptrd/wire/arpa.hpp"
#include "ptrd/wire/name.hpp"
#include "ptrd/wire/rdata.hpp"

namespace ptrd::answer {

using image::Node;
using image::Position;
using image::Rrset;
using image::View;
using image::Zone;
using wire::Bytes;
using wire::Name;
using wire::Type;

namespace {

constexpr uint16_t code(Type type) {
  return static_cast<uint16_t>(type);
}

/// CNAME and DNAME steps inside our zones before the chain is handed back as it is; ends loops. Each step is
/// a whole search.
constexpr unsigned kMaxChain = 12;
/// Hosts whose addresses are looked for, those of one set that may be left out, and those below a cut in a
/// referral over UDP, which is truncated if it has more. (BIND takes 13.)
constexpr size_t kMostHosts = 40;
constexpr size_t kMostGlue = 40;
/// Bytes of an A record whose owner is a pointer.
constexpr size_t kLeastAddress = 16;

constexpr uint8_t kStar[] = {'*'};

/// Whether `name` is `top` or below it.
bool is_at_or_below(Bytes name, Bytes top) {
  while (name.size() > top.size()) name = name.subspan(name[0] + 1U);
  return wire::same_ignoring_case(name, top);
}

/// Calls `add` with the first name in each record's data.
template <typename Add>
void each_host(const Rrset& set, Add add) {
  for (Bytes records = View::records(set); !records.empty();) {
    const size_t size = wire::load16(&records[10]);
    add(wire::rdata_name(set.type, records.subspan(12, size)));
    records = records.subspan(12 + size);
  }
}

/// One reply in the making.
class General {
 public:
  General(wire::MutableBytes buffer, const Query& query, const View& view, const Settings& settings)
      : buffer_(buffer),
        query_(query),
        view_(view),
        settings_(settings),
        out_(buffer, query.question_end,
             std::min<size_t>(query.limit, buffer.size()) - opt_size(query, settings, wire::Rcode::noerror)) {
  }

  Reply run();

 private:
  void resolve();
  void at_name(const Found& found);
  [[nodiscard]] size_t write_ptr(const Found& found, uint8_t* out) const;
  void at_node(const Node& node, const Found& found);
  void refer(const Found& found);
  void rename(const Found& found);
  void alias(const Rrset& set);
  void follow();
  void deny(const Found& found, Kind kind);
  void put_answer(uint16_t type, Bytes records);
  [[nodiscard]] bool add_addresses(Bytes target, const Found& at, uint32_t zone);
  [[nodiscard]] Found find_host(Bytes host);
  /// Whether addresses that may be left out are to be looked for, and have any room.
  [[nodiscard]] bool wants_hosts() const { return host_count_ < kMostHosts && out_.room() >= kLeastAddress; }
  void add_optional_addresses(Bytes target, uint32_t zone);
  [[nodiscard]] bool add_glue(const Rrset& ns, Bytes owner, const Found& found);
  void add_soa(const Found& found);
  /// Asked for now: the question's, or what the chain leads to.
  [[nodiscard]] Bytes name() const { return names_[depth_].bytes(); }
  /// Where the chain leads next.
  [[nodiscard]] Name& next_name() { return names_[depth_ + 1]; }
  /// `owner`, the end of `name()`, with its place in the question.
  [[nodiscard]] Owner owner_of(Bytes owner) const {
    return {owner, chain_ == 0 ? query_.question_end - 4U - owner.size() : 0};
  }
  Reply finish();

  wire::MutableBytes buffer_;
  const Query& query_;
  const View& view_;
  const Settings& settings_;
  MessageWriter out_;
  Kind kind_ = Kind::answer;
  bool authoritative_ = true;
  bool truncated_ = false;
  bool again_ = false;  // the chain goes on at name_
  unsigned chain_ = 0;
  // The question's, and those that the chain has led to, up to `depth_`; and the next one. They stay where
  // they are, as `out_` compares with them.
  std::array<Name, kMaxChain + 2> names_;
  size_t depth_ = 0;
  std::array<uint32_t, kMaxChain> renamed_by_ = {};                          // DNAME owners used so far
  std::array<uint8_t, image::kMaxLeafRecord + 2 * image::kLeafSlack> leaf_;  // its record, put together here
  struct Host {
    const uint8_t* name;
    uint32_t size;
    uint32_t hash;
  };
  std::array<Host, kMostHosts> hosts_;  // whose addresses were looked for; left as it is until used
  size_t host_count_ = 0;
  size_t glue_ = 0;  // name servers below the cut
  Bytes domain_;     // of the last host
  Found domain_at_;  // where it was found
  uint16_t answers_ = 0;
  uint16_t authority_ = 0;
  uint16_t additional_ = 0;
};

void General::put_answer(uint16_t type, Bytes records) {
  if (!out_.add(owner_of(name()), type, records, answers_)) truncated_ = true;
}

// RFC 2308 3: the SOA's TTL is the smaller of its own and its minimum field; stored so. Most replies are the
// bare denial of the question's name: there the zone's name is the end of the question's, and the record is
// copied as it is.
void General::add_soa(const Found& found) {
  const auto& zone = view_.at<Zone>(found.zone);
  const Bytes soa(view_.unit(zone.negative_soa), zone.negative_soa_size);
  if (chain_ == 0) {
    const size_t owner_at = query_.question_end - 4U - zone.name_size;
    const size_t at = out_.size();
    uint8_t* record = out_.add_stored(owner_at, soa, authority_);
    truncated_ = record == nullptr;
    if (record != nullptr && zone.soa_pointer != 0) {
      wire::store16(record + zone.soa_pointer, static_cast<uint16_t>(0xC000 | (at + zone.soa_target)));
    }
    return;
  }
  const Bytes stored = View::records(*view_.find_rrset(view_.at<Node>(zone.apex), code(Type::soa)));
  const uint32_t ttl = wire::load32(&soa[6]);
  const Bytes rdata = stored.subspan(12);
  if (!out_.add_one({.name = view_.zone_name(zone)}, Type::soa, ttl, rdata, authority_)) truncated_ = true;
}

void General::deny(const Found& found, Kind kind) {
  if (chain_ == 0 || kind == Kind::nxdomain) kind_ = kind;
  add_soa(found);
}

// Only what the zone itself holds, its glue included: what another zone says of the name is for its own
// servers to tell. `found` is where the search for the target ended. False when a set had no room.
bool General::add_addresses(Bytes target, const Found& found, uint32_t zone) {
  if (found.zone != zone || found.at.kind != Position::Kind::node) return true;
  uint32_t line = found.at.index;
  if (found.labels_left != 0) {  // RFC 4592 4.5: a wildcard makes additional data, too
    const bool covered =
        found.cut == 0 && found.dname == 0 && (view_.at<Node>(line).flags & image::node_flag::wildcard) != 0;
    if (!covered) return true;
    line = view_.labelled_child(line, kStar);
  }
  const auto& node = view_.at<Node>(line);
  bool whole = true;
  for (const Type type : {Type::a, Type::aaaa}) {
    const Rrset* set = view_.find_rrset(node, code(type));
    if (set != nullptr && !out_.add({.name = target}, code(type), View::records(*set), additional_))
      whole = false;
  }
  return whole;
}

// The hosts of a set are mostly in one domain, which is searched for once.
Found General::find_host(Bytes host) {
  if (host.size() == 1) return search(view_, host, 0);
  const Bytes domain = host.subspan(host[0] + 1U);
  if (!wire::same_ignoring_case(domain, domain_)) {
    domain_ = domain;
    domain_at_ = search(view_, domain, 0);
  }
  return search_child(view_, domain_at_, host.subspan(1, host[0]));
}

void General::add_optional_addresses(Bytes target, uint32_t zone) {
  // Several MX or SRV records may name one host.
  const auto known = hosts_.begin() + static_cast<ptrdiff_t>(host_count_);
  const uint32_t hash = target.size() > 1 ? SuffixTable::hash(target) : 0;
  const auto same = [&](const Host& host) {
    return host.hash == hash && wire::same_ignoring_case({host.name, host.size}, target);
  };
  if (!wants_hosts() || std::find_if(hosts_.begin(), known, same) != known) return;
  hosts_[host_count_++] = {target.data(), static_cast<uint32_t>(target.size()), hash};
  (void)add_addresses(target, find_host(target), zone);
}

// The addresses of those name servers that are at or below the cut. False when there is no room for all of
// them, or there are more than a datagram is to cost.
bool General::add_glue(const Rrset& ns, Bytes owner, const Found& found) {
  const size_t most = query_.transport == Transport::udp ? kMostGlue : SIZE_MAX;
  bool whole = true;
  each_host(ns, [&](Bytes host) {
    // Once it is truncated nothing else counts.
    if ((!whole && chain_ == 0) || !is_at_or_below(host, owner)) return;
    whole = ++glue_ <= most && add_addresses(host, find_host(host), found.zone) && whole;
  });
  return whole;
}

// RFC 1034 4.3.2 3b: the NS of the cut, not authoritative. Glue for name servers at or below the cut, without
// which nobody finds them, goes first, and a referral that has no room for it is truncated; all other
// addresses may be left out (RFC 9471 3.1, 3.2). Behind an alias it is the answer that counts: the client
// asks again for the name at its end.
void General::refer(const Found& found) {
  const auto& cut = view_.at<Node>(found.cut);
  if (chain_ == 0) {
    authoritative_ = false;
    kind_ = Kind::referral;
  }
  const Rrset* ns = view_.find_rrset(cut, code(Type::ns));
  const Bytes owner = found.suffix(name(), found.cut_labels);
  if (!out_.add(owner_of(owner), code(Type::ns), View::records(*ns), authority_)) {
    truncated_ = true;
    return;
  }
  const bool whole = add_glue(*ns, owner, found);
  if (chain_ == 0 && !whole) {
    truncated_ = true;
    return;
  }
  if (glue_ == ns->count) return;
  each_host(*ns, [&](Bytes host) {
    if (wants_hosts() && !is_at_or_below(host, owner)) add_optional_addresses(host, found.zone);
  });
}

// RFC 6672 3.2: the DNAME, and the CNAME that it makes; too long a result is YXDOMAIN.
void General::rename(const Found& found) {
  const auto& node = view_.at<Node>(found.dname);
  const Rrset* set = view_.find_rrset(node, code(Type::dname));
  const Bytes records = View::records(*set);
  const Bytes owner = found.suffix(name(), found.dname_labels);
  const Bytes target(&records[12], wire::load16(&records[10]));
  const bool again = std::find(renamed_by_.begin(), renamed_by_.end(), found.dname) != renamed_by_.end();
  // One that leads below itself would go on for ever; NSD ends there as well.
  if (again && is_at_or_below(target, owner)) return;
  if (!again && !out_.add(owner_of(owner), code(Type::dname), records, answers_)) {
    truncated_ = true;
    return;
  }
  const Bytes prefix = name().first(name().size() - owner.size());
  std::array<uint8_t, 2 * wire::kMaxName> joined;
  std::copy(prefix.begin(), prefix.end(), joined.begin());
  std::copy(target.begin(), target.end(), joined.begin() + static_cast<ptrdiff_t>(prefix.size()));
  if (!next_name().assign({joined.data(), prefix.size() + target.size()})) {
    kind_ = Kind::yxdomain;
    return;
  }
  const uint32_t ttl = wire::load32(&records[6]);
  if (!out_.add_one(owner_of(name()), Type::cname, ttl, next_name().bytes(), answers_)) {
    truncated_ = true;
    return;
  }
  if (query_.type == code(Type::cname)) return;
  renamed_by_[chain_ % kMaxChain] = found.dname;
  follow();
}

// To `next_name()`. The chain ends where it has been before, and when it is too long.
void General::follow() {
  if (chain_ >= kMaxChain) return;
  const auto end = names_.begin() + static_cast<ptrdiff_t>(depth_) + 1;
  again_ = std::find(names_.begin(), end, next_name()) == end;
  if (again_) ++depth_;
}

void General::alias(const Rrset& set) {
  const Bytes records = View::records(set);
  put_answer(code(Type::cname), records);
  if (truncated_ || !next_name().assign(records.subspan(12))) return;
  follow();
}

void General::at_node(const Node& node, const Found& found) {
  const bool any = query_.type == code(Type::any);
  // RFC 4035 2.5: these stand beside a CNAME, so that they are asked of its owner.
  const bool beside = any || query_.type == code(Type::cname) || query_.type == code(Type::rrsig) ||
                      query_.type == code(Type::nsec);
  if ((node.flags & image::node_flag::cname) != 0 && !beside) {
    return alias(*view_.find_rrset(node, code(Type::cname)));
  }
  // RFC 8482 4.1: one set is a whole answer to ANY. The first stored one, so that it is always the same.
  const Rrset* set =
      any && node.rrset_count > 0 ? view_.first_rrset(node) : view_.find_rrset(node, query_.type);
  // NODATA also for DS at the apex of a deeper zone that the zone above does not delegate: the name exists,
  // and NXDOMAIN would deny all that is below it (RFC 8020 2).
  if (set == nullptr) return deny(found, Kind::nodata);
  put_answer(set->type, View::records(*set));
  if (truncated_) return;
  switch (static_cast<Type>(set->type)) {
    case Type::ns:
    case Type::mx:
    case Type::srv:
      each_host(*set, [&](Bytes host) {
        if (wants_hosts()) add_optional_addresses(host, found.zone);
      });
      break;
    default:
      break;
  }
}

void General::at_name(const Found& found) {
  switch (found.at.kind) {
    case Position::Kind::node:
      return at_node(view_.at<Node>(found.at.index), found);
    case Position::Kind::path:
      return deny(found, Kind::nodata);
    case Position::Kind::leaf:
    case Position::Kind::range:
      break;
  }
  if (query_.type != code(Type::ptr) && query_.type != code(Type::any)) return deny(found, Kind::nodata);
  put_answer(code(Type::ptr), {leaf_.data(), write_ptr(found, leaf_.data())});
}

/// The one record of an address that is a leaf or in a range.
size_t General::write_ptr(const Found& found, uint8_t* out) const {
  if (found.at.kind == Position::Kind::range) {
    // Behind an alias the name is another one than the question's.
    const auto key = wire::key_of_name(names_[depth_]);
    return image::write_range_record(view_, view_.at<image::Range>(found.at.index),
                                     key ? key->address : image::RangeAddress{}, out);
  }
  const uint8_t* leaf = view_.unit(found.at.index);
  return found.leaf_is_v6
             ? image::write_leaf_record(view_, *reinterpret_cast<const image::Leaf6*>(leaf), out)
             : image::write_leaf_record(view_, *reinterpret_cast<const image::Leaf4*>(leaf), out);
}

void General::resolve() {
  Found found = search(view_, name(), query_.type);
  if (found.zone == 0) {
    if (chain_ == 0) kind_ = Kind::refused;
    return;
  }
  if (found.cut != 0) return refer(found);
  if (found.dname != 0) return rename(found);
  if (found.labels_left == 0) return at_name(found);
  // RFC 4592 3.3.1: the closest encloser's wildcard, and none further up.
  const bool wildcard = found.at.kind == Position::Kind::node &&
                        (view_.at<Node>(found.at.index).flags & image::node_flag::wildcard) != 0;
  if (!wildcard) return deny(found, Kind::nxdomain);
  return at_node(view_.at<Node>(view_.labelled_child(found.at.index, kStar)), found);
}

Reply General::run() {
  (void)names_[0].assign(Bytes(buffer_).subspan(wire::kHeaderSize));
  do {
    again_ = false;
    resolve();
    ++chain_;
  } while (again_ && !truncated_);
  return finish();
}

Reply General::finish() {
  wire::HeaderView header(buffer_.data());
  unsigned flags = wire::flag::qr | (query_.flags & kEchoed);
  wire::Rcode rcode = wire::Rcode::noerror;
  if (kind_ == Kind::nxdomain) rcode = wire::Rcode::nxdomain;
  if (kind_ == Kind::yxdomain) rcode = wire::Rcode::yxdomain;
  if (kind_ == Kind::refused) {
    rcode = wire::Rcode::refused;
    authoritative_ = false;
  }
  // RFC 1035 6.2: an answer to QCLASS * does not cover all classes.
  if (authoritative_ && query_.rclass == static_cast<uint16_t>(wire::Class::in)) flags |= wire::flag::aa;
  if (truncated_) {
    flags |= wire::flag::tc;
    kind_ = Kind::truncated;
  }
  header.set_flags(static_cast<uint16_t>(flags | static_cast<unsigned>(rcode)));
  wire::Writer out = reply_writer(buffer_, query_, out_.size());
  const uint16_t opt = write_opt(out, query_, settings_, rcode);
  header.set_counts(1, answers_, authority_, static_cast<uint16_t>(additional_ + opt));
  return {kind_, static_cast<uint16_t>(out.position())};
}

/// What is refused before any name is answered: transfers over UDP (RFC 5936 4.2), NOTIFY and UPDATE.
/// Kind::answer: nothing.
Kind refusal(wire::Bytes buffer, const Query& query, const View& view) {
  const bool plain = (query.flags & wire::flag::opcode) == 0;
  const bool axfr = plain && query.type == code(Type::axfr);
  if (plain && !axfr && query.type != code(Type::ixfr)) return Kind::answer;
  if (axfr && query.transport == Transport::udp) return Kind::notimp;
  const Bytes name = buffer.subspan(wire::kHeaderSize, query.name.size);
  const Found found = search(view, name, 0);
  const bool apex = found.zone != 0 && view.at<Zone>(found.zone).name_size == name.size();
  return apex ? Kind::refused : Kind::notauth;
}

}  // namespace

Reply write_general(wire::MutableBytes buffer, const Query& query, const View& view,
                    const Settings& settings) {
  if (query.rclass == static_cast<uint16_t>(wire::Class::ch)) return write_chaos(buffer, query, settings);
  // QCLASS * is answered from the one class that there is.
  const bool in = query.rclass == static_cast<uint16_t>(wire::Class::in) ||
                  query.rclass == static_cast<uint16_t>(wire::Class::any);
  const Kind kind = in ? refusal(buffer, query, view) : Kind::refused;
  if (kind != Kind::answer) {
    Query bare = query;
    bare.kind = kind;
    return write_bare(buffer, bare, settings);
  }
  return General(buffer, query, view, settings).run();
}

}  // namespace ptrd::answer
