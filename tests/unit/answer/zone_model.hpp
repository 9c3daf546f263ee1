// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "ptrd/image/nsec3_hash.hpp"
#include "unit/image_maker.hpp"

// A zone signed as a signer does it, except that the signatures only say what they are over.

namespace ptrd::test {

struct CanonicalOrder {
  bool operator()(const wire::Name& a, const wire::Name& b) const { return a.canonical_compare(b) < 0; }
};

inline std::string base32hex(const image::Nsec3Hash& hash) {
  std::string text;
  unsigned bits = 0;
  unsigned value = 0;
  for (const uint8_t octet : hash) {
    value = value << 8 | octet;
    for (bits += 8; bits >= 5; bits -= 5)
      text += "0123456789abcdefghijklmnopqrstuv"[value >> (bits - 5) & 31];
  }
  return text;
}

class ZoneModel {
 public:
  enum class Denial { none, nsec, nsec3, opt_out };
  using Types = std::map<uint16_t, std::vector<std::string>>;
  using Names = std::map<wire::Name, Types, CanonicalOrder>;
  static constexpr uint16_t kMaxIterations = 10;

  ZoneModel(std::string_view apex, Denial denial, std::string salt = "", uint16_t iterations = 0)
      : apex_(name(apex)), denial_(denial), salt_(std::move(salt)), iterations_(iterations) {
    add(apex, wire::Type::soa, soa_data());
    add(apex, wire::Type::ns, wire_name("ns1.example."));
    if (denial == Denial::none) return;
    add(apex, wire::Type::dnskey, u16(257) + "\x03\x0d" + std::string(64, 'k'));
    if (denial != Denial::nsec) add(apex, wire::Type::nsec3param, nsec3_head(0));
  }
  ZoneModel& add(std::string_view owner, wire::Type type, const std::string& rdata) {
    return add(name(owner), type, rdata);
  }
  ZoneModel& add(const wire::Name& owner, wire::Type type, const std::string& rdata) {
    names_[owner][static_cast<uint16_t>(type)].push_back(rdata);
    return *this;
  }
  ZoneModel& ptr(std::string_view owner, std::string_view target) {
    return add(owner, wire::Type::ptr, wire_name(target));
  }
  /// A delegation, with a DS or without.
  ZoneModel& delegate(std::string_view owner, bool secure) {
    add(owner, wire::Type::ns, wire_name("ns.elsewhere.example."));
    return secure ? add(owner, wire::Type::ds, u16(1) + "\x0d\x02" + std::string(32, 'd')) : *this;
  }

  [[nodiscard]] const wire::Name& apex() const { return apex_; }
  [[nodiscard]] Denial denial() const { return denial_; }
  [[nodiscard]] const Names& names() const { return names_; }
  [[nodiscard]] bool has(const wire::Name& owner, wire::Type type) const {
    const auto found = names_.find(owner);
    return found != names_.end() && found->second.count(static_cast<uint16_t>(type)) != 0;
  }
  [[nodiscard]] bool is_cut(const wire::Name& owner) const {
    return !(owner == apex_) && has(owner, wire::Type::ns);
  }
  /// Whether no cut and no DNAME is above the name.
  [[nodiscard]] bool is_authoritative(const wire::Name& owner) const {
    for (wire::Name above = owner; !(above == apex_);) {
      above = above.parent();
      if (is_cut(above) || has(above, wire::Type::dname)) return false;
    }
    return true;
  }
  [[nodiscard]] image::Nsec3Hash hash(const wire::Name& owner) const {
    return image::nsec3_hash(owner.bytes(), bytes_of(salt_), iterations_);
  }
  /// The owners of NSEC records.
  [[nodiscard]] std::vector<wire::Name> chain() const {
    std::vector<wire::Name> owners;
    for (const auto& [owner, types] : names_) {
      if (is_authoritative(owner)) owners.push_back(owner);
    }
    return owners;
  }
  /// The names that have NSEC3 records, by hash: also those above others (RFC 5155 7.1).
  [[nodiscard]] std::map<image::Nsec3Hash, wire::Name> hashes() const {
    std::map<image::Nsec3Hash, wire::Name> all;
    for (wire::Name owner : chain()) {
      if (denial_ == Denial::opt_out && is_cut(owner) && !has(owner, wire::Type::ds)) continue;
      for (; all.emplace(hash(owner), owner).second && !(owner == apex_);) owner = owner.parent();
    }
    return all;
  }
  /// What the signature over a set says.
  [[nodiscard]] static std::string signature(const wire::Name& owner, uint16_t type) {
    return std::to_string(type) + " at " + owner.lowered().to_text();
  }

  void put(ImageMaker& maker) const {
    maker.nsec3_iterations(kMaxIterations);
    maker.zone_without_records(apex_.to_text());
    for (const auto& [owner, types] : names_) {
      for (const auto& [type, all] : types) {
        for (const auto& rdata : all) maker.add(owner.to_text(), static_cast<wire::Type>(type), rdata);
        if (denial_ != Denial::none && is_authoritative(owner) &&
            (!is_cut(owner) || type == static_cast<uint16_t>(wire::Type::ds)))
          sign(maker, owner, type);
      }
    }
    if (denial_ == Denial::nsec) put_nsec(maker);
    if (denial_ == Denial::nsec3 || denial_ == Denial::opt_out) put_nsec3(maker);
  }

 private:
  void sign(ImageMaker& maker, const wire::Name& owner, uint16_t type) const {
    size_t labels = owner.label_count();
    if (owner.to_text().starts_with("*.")) --labels;
    std::string rdata = u16(type) + '\x0d' + static_cast<char>(labels) + u32(3600) + u32(0x70000000) +
                        u32(0x60000000) + u16(4711) + string_of(apex_.bytes()) + signature(owner, type);
    maker.add(owner.to_text(), wire::Type::rrsig, rdata);
  }
  [[nodiscard]] std::string bitmap(const wire::Name& owner, std::set<uint16_t> types) const {
    if (const auto found = names_.find(owner); found != names_.end()) {
      for (const auto& [type, all] : found->second) {
        if (!is_cut(owner) || type == 2 || type == 43) types.insert(type);
      }
      if (!is_cut(owner) || has(owner, wire::Type::ds)) types.insert(46);
    }
    if (types.empty()) return {};
    std::string bits(*types.rbegin() / 8 + 1U, '\0');
    for (const uint16_t type : types) bits[type / 8] = static_cast<char>(bits[type / 8] | 0x80 >> type % 8);
    return std::string(1, '\0') + static_cast<char>(bits.size()) + bits;
  }
  void put_nsec(ImageMaker& maker) const {
    const auto owners = chain();
    for (size_t i = 0; i < owners.size(); ++i) {
      const wire::Name& next = owners[(i + 1) % owners.size()];
      maker.add(owners[i].to_text(), wire::Type::nsec, string_of(next.bytes()) + bitmap(owners[i], {46, 47}));
      sign(maker, owners[i], 47);
    }
  }
  [[nodiscard]] std::string nsec3_head(uint8_t flags) const {
    return std::string("\x01") + static_cast<char>(flags) + u16(iterations_) +
           static_cast<char>(salt_.size()) + salt_;
  }
  void put_nsec3(ImageMaker& maker) const {
    const auto all = hashes();
    for (auto at = all.begin(); at != all.end(); ++at) {
      const auto next = std::next(at) == all.end() ? all.begin() : std::next(at);
      const wire::Name owner = name(base32hex(at->first) + "." + apex_.to_text());
      maker.add(owner.to_text(), wire::Type::nsec3,
                nsec3_head(denial_ == Denial::opt_out ? 1 : 0) + '\x14' +
                    string_of({next->first.data(), next->first.size()}) + bitmap(at->second, {}));
      sign(maker, owner, 50);
    }
  }

  wire::Name apex_;
  Denial denial_;
  std::string salt_;
  uint16_t iterations_;
  Names names_;
};

}  // namespace ptrd::test
