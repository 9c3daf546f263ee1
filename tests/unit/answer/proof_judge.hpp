// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "unit/answer/zone_model.hpp"
#include "unit/reply_reader.hpp"

// Judges a reply as a validator does: by what is in it (RFC 4035 5.4, RFC 5155 8, RFC 6840 4). From the zone
// come only the way names are hashed and what a signature says.

namespace ptrd::test {

class ProofJudge {
 public:
  ProofJudge(const ZoneModel& zone, wire::Name question, uint16_t type, const test::Reply& reply)
      : zone_(zone), question_(std::move(question)), type_(type), reply_(reply) {
    for (const auto& record : reply.authority()) {
      if (record.type == 47) read_nsec(record);
      if (record.type == 50) read_nsec3(record);
    }
  }

  /// What is wrong with the reply; empty: nothing.
  std::string fault() {
    if (const std::string wrong = wrong_signatures(); !wrong.empty()) return wrong;
    if (zone_.denial() == ZoneModel::Denial::none) return {};
    if (expanded_ && !proves_next_closer(*expanded_)) return "nothing proves that a wildcard applies";
    if (reply_.rcode == 3) return proves_no_name() ? "" : "the name is not proven not to exist";
    if (reply_.rcode != 0 || !reply_.answer().empty()) return {};
    for (const auto& record : reply_.authority()) {
      if (record.type == 2) return proves_referral(name(record.owner)) ? "" : "nothing about DS at the cut";
    }
    return proves_no_data() ? "" : "the type is not proven not to exist";
  }

 private:
  using Name = wire::Name;
  struct Types {
    std::set<uint16_t> all;
    [[nodiscard]] bool has(uint16_t type) const { return all.count(type) != 0; }
    [[nodiscard]] bool is_cut() const { return has(2) && !has(6); }
    /// Of a name whose record says what is below it.
    [[nodiscard]] bool speaks_for_below() const { return !is_cut() && !has(39); }
  };
  struct Nsec {
    Name owner;
    Name next;
    Types types;
  };
  struct Nsec3 {
    image::Nsec3Hash owner;
    image::Nsec3Hash next;
    bool opt_out;
    Types types;
  };

  static Types read_types(wire::Bytes bitmap) {
    Types types;
    while (!bitmap.empty()) {
      for (unsigned i = 0; i < 8U * bitmap[1]; ++i) {
        if ((bitmap[2 + i / 8] >> (7 - i % 8) & 1) != 0)
          types.all.insert(static_cast<uint16_t>(bitmap[0] * 256U + i));
      }
      bitmap = bitmap.subspan(2U + bitmap[1]);
    }
    return types;
  }
  void read_nsec(const test::Reply::Record& record) {
    const Name next = Name::from_wire(record.rdata).value();
    nsecs_.push_back({name(record.owner), next, read_types(wire::Bytes(record.rdata).subspan(next.size()))});
  }
  void read_nsec3(const test::Reply::Record& record) {
    const wire::Bytes rdata(record.rdata);
    const wire::Bytes hash = rdata.subspan(5U + rdata[4]);
    Nsec3 nsec3{.opt_out = (rdata[1] & 1) != 0};
    std::copy_n(hash.begin() + 1, 20, nsec3.next.begin());
    nsec3.types = read_types(hash.subspan(21));
    unsigned bits = 0, value = 0;
    size_t at = 0;
    for (const char c : record.owner.substr(0, 32)) {
      value = value << 5 | static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10);
      if ((bits += 5) >= 8) nsec3.owner[at++] = static_cast<uint8_t>(value >> (bits -= 8));
    }
    nsec3s_.push_back(nsec3);
  }

  static bool is_before(const Name& a, const Name& b) { return a.canonical_compare(b) < 0; }
  static Name last_labels(Name owner, size_t labels) {
    while (owner.label_count() > labels) owner = owner.parent();
    return owner;
  }
  static std::optional<Name> star(Name encloser) {
    return encloser.prepend(bytes_of("*")) ? std::optional(encloser) : std::nullopt;
  }

  /// Every set of the zone that the reply has is signed, and every signature is over such a set.
  std::string wrong_signatures() {
    for (const auto& section : reply_.sections) {
      std::map<std::pair<std::string, uint16_t>, std::vector<const test::Reply::Record*>> over;
      std::set<std::pair<std::string, uint16_t>> sets;
      for (const auto& record : section) {
        if (record.type == 46)
          over[{record.owner, wire::load16(record.rdata.data())}].push_back(&record);
        else
          sets.insert({record.owner, record.type});
      }
      for (const auto& [set, records] : over) {
        if (type_ == 46 && &section == &reply_.sections[0]) continue;
        if (sets.count(set) == 0) return "a signature over nothing at " + set.first;
        if (const std::string wrong = wrong_signature(set.first, set.second, *records[0]); !wrong.empty())
          return wrong;
      }
      for (const auto& [owner, type] : sets) {
        const bool made = type == 5;  // the only aliases here are those that a DNAME makes
        const bool delegates = type == 2 && &section == &reply_.sections[1];
        const bool is_signed = zone_.denial() != ZoneModel::Denial::none;
        if (is_signed && !made && !delegates && over.count({owner, type}) == 0)
          return "no signature over type " + std::to_string(type) + " at " + owner;
      }
      if (zone_.denial() == ZoneModel::Denial::none && !over.empty())
        return "a signature in an unsigned zone";
    }
    return {};
  }
  std::string wrong_signature(const std::string& owner, uint16_t type, const test::Reply::Record& record) {
    const Name at = name(owner);
    const size_t labels = record.rdata[3];
    Name source = at;
    const bool is_star = owner.starts_with("*.");
    if (labels + (is_star ? 1 : 0) < at.label_count()) {
      expanded_ = last_labels(at, labels + 1);
      source = *star(last_labels(at, labels));
    }
    const size_t signer = Name::from_wire(wire::Bytes(record.rdata).subspan(18))->size();
    const std::string text = string_of(wire::Bytes(record.rdata).subspan(18 + signer));
    return text == ZoneModel::signature(source, type) ? "" : owner + " has the signature \"" + text + "\"";
  }

  [[nodiscard]] bool by_nsec() const { return zone_.denial() == ZoneModel::Denial::nsec; }

  // NSEC

  [[nodiscard]] const Nsec* at(const Name& owner) const {
    for (const Nsec& nsec : nsecs_) {
      if (nsec.owner == owner) return &nsec;
    }
    return nullptr;
  }
  [[nodiscard]] const Nsec* covering(const Name& owner) const {
    for (const Nsec& nsec : nsecs_) {
      const bool between =
          is_before(nsec.owner, owner) && (is_before(owner, nsec.next) || nsec.next == zone_.apex());
      if (between && (nsec.types.speaks_for_below() || !owner.is_below_or_at(nsec.owner))) return &nsec;
    }
    return nullptr;
  }
  /// The record that proves that there is neither such a name nor one below it.
  [[nodiscard]] const Nsec* denying(const Name& owner) const {
    const Nsec* nsec = covering(owner);
    return nsec != nullptr && !nsec->next.is_below_or_at(owner) ? nsec : nullptr;
  }
  [[nodiscard]] bool no_type(const Types& types) const {
    if (types.has(type_) || types.has(5)) return false;
    // The parent's side speaks of DS, unless the zone has none here.
    return type_ == 43 ? !types.has(6) || question_ == zone_.apex() : !types.is_cut();
  }
  [[nodiscard]] static Name encloser(const Name& owner, const Nsec& nsec) {
    Name above = owner.parent();
    while (!nsec.owner.is_below_or_at(above) && !nsec.next.is_below_or_at(above)) above = above.parent();
    return above;
  }
  [[nodiscard]] bool has_no_data(const Name& owner) const {
    if (const Nsec* nsec = at(owner); nsec != nullptr) return no_type(nsec->types);
    const Nsec* nsec = covering(owner);
    return nsec != nullptr && nsec->next.is_below_or_at(owner);  // it has names below
  }

  // NSEC3

  [[nodiscard]] const Nsec3* matching3(const Name& owner) const {
    for (const Nsec3& nsec3 : nsec3s_) {
      if (nsec3.owner == zone_.hash(owner)) return &nsec3;
    }
    return nullptr;
  }
  [[nodiscard]] const Nsec3* covering3(const Name& owner) const {
    const auto hash = zone_.hash(owner);
    for (const Nsec3& nsec3 : nsec3s_) {
      const bool last = nsec3.next <= nsec3.owner;
      if (last ? hash > nsec3.owner || hash < nsec3.next : hash > nsec3.owner && hash < nsec3.next)
        return &nsec3;
    }
    return nullptr;
  }
  struct Encloser {
    Name name;
    bool opt_out;
  };
  [[nodiscard]] std::optional<Encloser> encloser3(const Name& owner) const {
    for (Name next = owner; !(next == zone_.apex()); next = next.parent()) {
      const Nsec3* above = matching3(next.parent());
      if (above == nullptr) continue;
      const Nsec3* cover = covering3(next);
      if (cover == nullptr || !above->types.speaks_for_below()) return std::nullopt;
      return Encloser{next.parent(), cover->opt_out};
    }
    return std::nullopt;
  }

  // What has to be proven.

  [[nodiscard]] bool proves_no_name() const {
    if (by_nsec()) {
      const Nsec* nsec = denying(question_);
      if (nsec == nullptr) return false;
      const auto wildcard = star(encloser(question_, *nsec));
      return !wildcard || denying(*wildcard) != nullptr;
    }
    const auto above = encloser3(question_);
    if (!above) return false;
    const auto wildcard = star(above->name);
    return !wildcard || covering3(*wildcard) != nullptr || above->opt_out;
  }
  [[nodiscard]] bool proves_no_data() const {
    if (by_nsec()) {
      if (has_no_data(question_)) return true;
      const Nsec* nsec = denying(question_);
      if (nsec == nullptr) return false;
      const auto wildcard = star(encloser(question_, *nsec));
      return wildcard && has_no_data(*wildcard);
    }
    if (const Nsec3* nsec3 = matching3(question_); nsec3 != nullptr) return no_type(nsec3->types);
    const auto above = encloser3(question_);
    if (!above) return false;
    if (above->opt_out) return true;
    const auto wildcard = star(above->name);
    const Nsec3* nsec3 = wildcard ? matching3(*wildcard) : nullptr;
    return nsec3 != nullptr && no_type(nsec3->types);
  }
  [[nodiscard]] bool proves_next_closer(const Name& next) const {
    return by_nsec() ? denying(next) != nullptr || denying(question_) != nullptr : covering3(next) != nullptr;
  }
  [[nodiscard]] bool proves_referral(const Name& cut) const {
    for (const auto& record : reply_.authority()) {
      if (record.type == 43) return name(record.owner) == cut;
    }
    const auto no_ds = [](const Types& types) { return types.is_cut() && !types.has(43); };
    if (by_nsec()) return at(cut) != nullptr && no_ds(at(cut)->types);
    if (const Nsec3* nsec3 = matching3(cut); nsec3 != nullptr) return no_ds(nsec3->types);
    const auto above = encloser3(cut);
    return above && above->opt_out;
  }

  const ZoneModel& zone_;
  Name question_;
  uint16_t type_;
  const test::Reply& reply_;
  std::vector<Nsec> nsecs_;
  std::vector<Nsec3> nsec3s_;
  std::optional<Name> expanded_;  // the next closer name of an answer that a wildcard gave
};

}  // namespace ptrd::test
