// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <algorithm>
#include <array>

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

/// CNAME and DNAME steps inside our zones before the chain is handed back as it is; ends loops.
constexpr unsigned kMaxChain = 16;
/// Hosts remembered so that their addresses go along once; more hardly fit a datagram.
constexpr size_t kMostHosts = 64;

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
  void follow(const Name& target);
  void deny(const Found& found, Kind kind);
  void put_answer(uint16_t type, Bytes records);
  [[nodiscard]] bool add_addresses(Bytes target, uint32_t zone);
  void add_soa(const Found& found);
  [[nodiscard]] Bytes name() const { return name_.bytes(); }
  Reply finish();

  wire::MutableBytes buffer_;
  const Query& query_;
  const View& view_;
  const Settings& settings_;
  MessageWriter out_;
  Name name_;  // asked for now: the question's, or what the chain leads to
  Kind kind_ = Kind::answer;
  bool authoritative_ = true;
  bool truncated_ = false;
  bool again_ = false;  // the chain goes on at name_
  unsigned chain_ = 0;
  std::array<Name, kMaxChain> passed_;               // owners of the aliases so far
  std::array<uint32_t, kMaxChain> renamed_by_ = {};  // DNAME owners used so far
  struct Host {
    const uint8_t* name;
    size_t size;
  };
  std::array<Host, kMostHosts> hosts_;  // whose addresses were added; left as it is until used
  size_t host_count_ = 0;
  uint16_t answers_ = 0;
  uint16_t authority_ = 0;
  uint16_t additional_ = 0;
};

void General::put_answer(uint16_t type, Bytes records) {
  if (!out_.add(name(), type, records, answers_)) truncated_ = true;
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
  if (!out_.add_one(view_.zone_name(zone), Type::soa, ttl, rdata, authority_)) truncated_ = true;
}

void General::deny(const Found& found, Kind kind) {
  if (chain_ == 0 || kind == Kind::nxdomain) kind_ = kind;
  add_soa(found);
}

// Only what the zone itself holds, its glue included: what another zone says of the name is for its own
// servers to tell. False when a set had no room.
bool General::add_addresses(Bytes target, uint32_t zone) {
  const Found found = search(view_, target, 0);
  if (found.zone != zone || found.at.kind != Position::Kind::node) return true;
  uint32_t line = found.at.index;
  if (found.labels_left != 0) {  // RFC 4592 4.5: a wildcard makes additional data, too
    const bool covered =
        found.cut == 0 && found.dname == 0 && (view_.at<Node>(line).flags & image::node_flag::wildcard) != 0;
    if (!covered) return true;
    line = view_.labelled_child(line, kStar);
  }
  // Several MX or SRV records may name one host.
  const auto known = hosts_.begin() + static_cast<ptrdiff_t>(host_count_);
  const auto same = [&](const Host& host) {
    return wire::same_ignoring_case({host.name, host.size}, target);
  };
  if (std::find_if(hosts_.begin(), known, same) != known) return true;
  if (host_count_ < kMostHosts) hosts_[host_count_++] = {target.data(), target.size()};
  const auto& node = view_.at<Node>(line);
  bool whole = true;
  for (const Type type : {Type::a, Type::aaaa}) {
    const Rrset* set = view_.find_rrset(node, code(type));
    if (set != nullptr && !out_.add(target, code(type), View::records(*set), additional_)) whole = false;
  }
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
  if (!out_.add(owner, code(Type::ns), View::records(*ns), authority_)) {
    truncated_ = true;
    return;
  }
  bool whole = true;
  each_host(*ns, [&](Bytes host) {
    if (is_at_or_below(host, owner)) whole = add_addresses(host, found.zone) && whole;
  });
  if (chain_ == 0 && !whole) {
    truncated_ = true;
    return;
  }
  each_host(*ns, [&](Bytes host) {
    if (!is_at_or_below(host, owner)) (void)add_addresses(host, found.zone);
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
  if (!again && !out_.add(owner, code(Type::dname), records, answers_)) {
    truncated_ = true;
    return;
  }
  const Bytes prefix = name().first(name().size() - owner.size());
  std::array<uint8_t, 2 * wire::kMaxName> joined{};
  std::copy(prefix.begin(), prefix.end(), joined.begin());
  std::copy(target.begin(), target.end(), joined.begin() + static_cast<ptrdiff_t>(prefix.size()));
  const auto renamed = Name::from_wire({joined.data(), prefix.size() + target.size()});
  if (!renamed) {
    kind_ = Kind::yxdomain;
    return;
  }
  if (!out_.add_one(name(), Type::cname, wire::load32(&records[6]), renamed->bytes(), answers_)) {
    truncated_ = true;
    return;
  }
  if (query_.type == code(Type::cname)) return;
  renamed_by_[chain_ % kMaxChain] = found.dname;
  follow(*renamed);
}

// The chain ends where it has been before, and when it is too long.
void General::follow(const Name& target) {
  if (chain_ >= kMaxChain) return;
  passed_[chain_] = name_;
  name_ = target;
  const auto end = passed_.begin() + chain_ + 1;
  again_ = std::find(passed_.begin(), end, target) == end;
}

void General::alias(const Rrset& set) {
  const Bytes records = View::records(set);
  put_answer(code(Type::cname), records);
  if (truncated_) return;
  follow(Name::from_wire(records.subspan(12)).value_or(Name()));
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
      each_host(*set, [&](Bytes host) { (void)add_addresses(host, found.zone); });
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
  std::array<uint8_t, image::kMaxLeafRecord + 2 * image::kLeafSlack> record{};
  put_answer(code(Type::ptr), {record.data(), write_ptr(found, record.data())});
}

/// The one record of an address that is a leaf or in a range.
size_t General::write_ptr(const Found& found, uint8_t* out) const {
  if (found.at.kind == Position::Kind::range) {
    // Behind an alias the name is another one than the question's.
    const auto key = wire::key_of_name(name_);
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
  name_ = Name::from_wire(Bytes(buffer_).subspan(wire::kHeaderSize)).value_or(Name());
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
  header.set_counts(1, answers_, authority_, static_cast<uint16_t>(additional_ + (query_.edns ? 1 : 0)));
  size_t size = out_.size();
  size += write_opt(&buffer_[size], query_, settings_, rcode);
  return {kind_, static_cast<uint16_t>(size)};
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
