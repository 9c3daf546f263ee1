// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "ptrd/image/nsec3.hpp"
#include "unit/image_maker.hpp"

namespace ptrd::test {

/// Time of expiration of a signature, unless it is said.
inline constexpr uint32_t kExpires = 2'000'000'000;

/// The TTL of NSEC and NSEC3 records.
inline constexpr uint32_t kDenialTtl = 300;

/// An RRSIG record's data with a signature that no key made (RFC 4034 3.1).
inline std::string rrsig_data(wire::Type covered, std::string_view signer, uint32_t expires = kExpires,
                              std::string_view signature = "signature") {
  const bool denies = covered == wire::Type::nsec || covered == wire::Type::nsec3;
  return u16(static_cast<unsigned>(covered)) + std::string("\x0d\x02", 2) + u32(denies ? kDenialTtl : 3600) +
         u32(expires) + u32(1'700'000'000) + u16(4711) + wire_name(signer) + std::string(signature);
}

/// A type bitmap (RFC 4034 4.1.2) of types below 256.
inline std::string bitmap(const std::set<wire::Type>& types) {
  std::string bits;
  for (const wire::Type type : types) {
    const auto bit = static_cast<unsigned>(type);
    bits.resize(std::max<size_t>(bits.size(), bit / 8 + 1));
    bits[bit / 8] = static_cast<char>(bits[bit / 8] | 0x80 >> bit % 8);
  }
  return std::string(1, '\0') + static_cast<char>(bits.size()) + bits;
}

/// An NSEC3 chain's parameters.
struct ChainOfHashes {
  std::string salt = {};
  uint16_t iterations = 0;
  bool opt_out = false;

  /// What NSEC3PARAM and NSEC3 data start with.
  [[nodiscard]] std::string data(bool of_record = false) const {
    return std::string{'\1', static_cast<char>(of_record && opt_out ? 1 : 0)} + u16(iterations) +
           static_cast<char>(salt.size()) + salt;
  }
  [[nodiscard]] image::Nsec3Hash hash(const wire::Name& name) const {
    return image::nsec3_hash(name.bytes(), bytes_of(salt), iterations);
  }
};
inline std::string label_text(const image::Nsec3Hash& hash) {
  const image::Nsec3Label label = image::nsec3_label(hash);
  return {label.begin(), label.end()};
}

/// A zone that is signed as a signer does, but for the signatures, which no key made. It is complete when
/// `nsec` or `nsec3` has been called.
class SignedZone {
 public:
  SignedZone(ImageMaker& maker, std::string_view apex) : maker_(maker), apex_(apex) {
    maker.zone(apex);
    types_[name(apex)] = {wire::Type::soa, wire::Type::ns};
    add(apex, wire::Type::dnskey, u16(257) + std::string("\x03\x0d", 2) + std::string(64, 'k'));
  }
  SignedZone& add(std::string_view owner, wire::Type type, const std::string& rdata, uint32_t ttl = 3600) {
    maker_.add(owner, type, rdata, ttl);
    types_[name(owner)].insert(type);
    return *this;
  }
  SignedZone& ptr(std::string_view owner, std::string_view target) {
    return add(owner, wire::Type::ptr, wire_name(target));
  }
  SignedZone& sign(const std::string& owner, wire::Type covered, uint32_t expires = kExpires) {
    maker_.add(owner, wire::Type::rrsig, rrsig_data(covered, apex_, expires, signature_));
    return *this;
  }
  /// What all signatures from now on consist of.
  SignedZone& signature(std::string bytes) {
    signature_ = std::move(bytes);
    return *this;
  }

  /// Signs each set, and links the names (RFC 4034 4). Of a cut only DS is signed.
  void nsec() {
    sign_sets();
    std::vector<wire::Name> order = names();
    for (size_t i = 0; i < order.size(); ++i) {
      std::set<wire::Type> types = types_[order[i]];
      types.insert({wire::Type::rrsig, wire::Type::nsec});
      const std::string owner = order[i].to_text();
      maker_.add(owner, wire::Type::nsec, string_of(order[(i + 1) % order.size()].bytes()) + bitmap(types),
                 kDenialTtl);
      sign(owner, wire::Type::nsec);
    }
  }

  /// Signs each set, and links the hashes of the names, ENTs included (RFC 5155 7.1).
  void nsec3(const ChainOfHashes& chain = {}) {
    add(apex_, wire::Type::nsec3param, chain.data(), 0);
    sign_sets();
    const wire::Name apex = name(apex_);
    std::map<image::Nsec3Hash, std::set<wire::Type>> hashes;
    for (const auto& [owner, types] : types_) {
      std::set<wire::Type> shown = types;
      if (is_signed(owner, types)) shown.insert(wire::Type::rrsig);
      if (is_cut(owner, types) && !types.contains(wire::Type::ds) && chain.opt_out) continue;
      hashes[chain.hash(owner)].merge(shown);
      for (wire::Name up = owner; !(up == apex); up = up.parent()) hashes[chain.hash(up)];
    }
    for (auto at = hashes.begin(); at != hashes.end(); ++at) {
      const auto next = std::next(at) == hashes.end() ? hashes.begin() : std::next(at);
      const std::string owner = label_text(at->first) + "." + apex_;
      maker_.add(owner, wire::Type::nsec3,
                 chain.data(true) + '\x14' + string_of(next->first) + bitmap(at->second), kDenialTtl);
      sign(owner, wire::Type::nsec3);
    }
  }

  [[nodiscard]] std::vector<wire::Name> names() const {
    std::vector<wire::Name> names;
    for (const auto& [owner, types] : types_) names.push_back(owner);
    return names;
  }

 private:
  struct Canonical {
    bool operator()(const wire::Name& a, const wire::Name& b) const { return a.canonical_compare(b) < 0; }
  };
  [[nodiscard]] bool is_cut(const wire::Name& owner, const std::set<wire::Type>& types) const {
    return types.contains(wire::Type::ns) && !(owner == name(apex_));
  }
  [[nodiscard]] bool is_signed(const wire::Name& owner, const std::set<wire::Type>& types) const {
    return !is_cut(owner, types) || types.contains(wire::Type::ds);
  }
  void sign_sets() {
    for (const auto& [owner, types] : types_) {
      for (const wire::Type type : types) {
        if (type == wire::Type::ds || !is_cut(owner, types)) sign(owner.to_text(), type);
      }
    }
  }

  ImageMaker& maker_;
  std::string apex_;
  std::string signature_ = "signature";
  std::map<wire::Name, std::set<wire::Type>, Canonical> types_;
};

}  // namespace ptrd::test
