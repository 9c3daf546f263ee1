// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "lib/isp_model.hpp"

#include <algorithm>

#include "lib/records.hpp"
#include "ptrd/wire/message.hpp"

namespace ptrd::bench::isp {

using wire::AddressKey;
using wire::Family;

namespace {

constexpr uint32_t kFirst4 = 10U << 24;
constexpr uint64_t kBlocks4 = (224U - 10U) << 16;
constexpr uint64_t kBlocks6 = 1U << 24;  // 65536 /48s below 2001:db8::/32, 256 /64s of each
constexpr unsigned kFewestInMixed = 48;

// What a random number is for; hosts take the numbers from 0.
enum : uint64_t { kForDensity = 1000, kForEdges, kForGateway, kForLength, kForTtl };
constexpr uint64_t kForHostTtl = 2000;

uint64_t mix(uint64_t seed, uint64_t number) {
  return Picker(UINT64_MAX, seed ^ (number + 1) * 0xD1342543DE82EF95)();
}

}  // namespace

uint64_t most_records(Family family) {
  return (family == Family::v4 ? kBlocks4 : kBlocks6) * kFewestInMixed;
}

uint64_t Model::random(size_t block, uint64_t what) const {
  return mix(mix(options_.seed, block), what);
}
uint64_t Model::random_of_pool(uint32_t pool, uint64_t what) const {
  return mix(mix(~options_.seed, pool), what);
}

// The next pool is of the kind that lacks most records, so that the shares hold for small sets too.
Model::Model(const Options& options) : options_(options) {
  const std::array<double, 3> shares = {kShares[0], kShares[1], kShares[2] + kShares[3]};
  std::array<uint64_t, 3> made{};
  uint64_t total = 0;
  for (uint32_t pool = 0; total < options_.records; ++pool) {
    size_t kind = 2;
    for (size_t i = 0; i < shares.size() && !options_.unique; ++i) {
      const auto lack = [&](size_t k) {
        return shares[k] * static_cast<double>(total + kHosts) - static_cast<double>(made[k]);
      };
      if (lack(i) > lack(kind)) kind = i;
    }
    // A pool of a large provider spans up to a /20.
    const uint64_t longest = std::clamp<uint64_t>(options_.records / (64 * kHosts), 1, 16);
    uint64_t length = std::min<uint64_t>(longest, 1ULL << random_of_pool(pool, kForLength) % 5);
    for (; length > 0 && total < options_.records; --length) {
      const auto as = static_cast<Kind>(kind);
      const uint64_t wanted = wanted_hosts(blocks_.size(), as).count();
      const uint64_t taken = std::min(wanted, options_.records - total);
      blocks_.push_back({total, pool, static_cast<uint16_t>(taken), as});
      total += taken;
      made[kind] += taken;
    }
  }
}

Hosts Model::wanted_hosts(size_t block, Kind kind) const {
  Hosts hosts;
  if (kind != Kind::role) {
    hosts.set();
    const uint64_t edges = random(block, kForEdges);
    if (edges % 2 == 0) hosts.reset(0).reset(kHosts - 1);  // network and broadcast address of a /24
    return hosts;
  }
  const uint64_t density = 64 + random(block, kForDensity) % 160;  // of 256
  for (unsigned host = 1; host < kHosts; ++host) hosts[host] = (random(block, host) >> 40) % 256 < density;
  for (unsigned host = 1; hosts.count() < kFewestInMixed; ++host) hosts.set(host);
  return hosts;
}

Hosts Model::hosts(size_t block) const {
  Hosts hosts = wanted_hosts(block, blocks_[block].kind);
  // The last block may be cut to the number of records asked for.
  for (unsigned host = kHosts; hosts.count() > blocks_[block].records;) hosts.reset(--host);
  return hosts;
}

Kind Model::kind(size_t block, unsigned host) const {
  const Block& of = blocks_[block];
  if (of.kind != Kind::role) {
    // One pool in four has its router's name in the midst of a rule.
    return host == 1 && random(block, kForGateway) % 4 == 0 ? Kind::role : of.kind;
  }
  return random(block, host) % 3 == 0 ? Kind::vanity : Kind::role;
}

uint32_t Model::ttl(size_t block, unsigned host) const {
  static constexpr std::array<uint32_t, 4> kPoolTtls = {86400, 86400, 43200, 3600};
  static constexpr std::array<uint32_t, 8> kOtherTtls = {3600, 3600, 3600, 86400, 86400, 7200, 1800, 300};
  const Block& of = blocks_[block];
  if (of.kind != Kind::role) return kPoolTtls[random_of_pool(of.pool, kForTtl) % kPoolTtls.size()];
  return kOtherTtls[random(block, kForHostTtl + host) % kOtherTtls.size()];
}

AddressKey Model::key(size_t block, unsigned host) const {
  if (options_.family == Family::v4) {
    AddressKey key{.family = Family::v4, .units = 4};
    wire::store32(key.address.data(), kFirst4 + static_cast<uint32_t>(block * kHosts) + host);
    return key;
  }
  AddressKey key{.family = Family::v6, .units = 32};
  wire::store32(key.address.data(), 0x20010DB8);
  wire::store32(key.address.data() + 4, static_cast<uint32_t>((block >> 8) << 16 | (block & 0xFF)));
  key.address[15] = static_cast<uint8_t>(host);
  return key;
}

void Model::append_target(size_t block, unsigned host, std::string& out) const {
  switch (kind(block, host)) {
    case Kind::pool:
      return append_pool_name(block, host, out);
    case Kind::dynamic:
      return append_dynamic_name(block, host, out);
    case Kind::role:
      return append_role_name(block, host, out);
    case Kind::vanity:
      return append_vanity_name(block, host, out);
  }
}

}  // namespace ptrd::bench::isp
