// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <string>
#include <vector>

#include "ptrd/wire/arpa.hpp"

// The reverse names of a made-up access provider, by shares that such zones have: most are made by a rule,
// the rest by people. Blocks of 256 addresses (IPv4: a /24; IPv6: ::0 to ::ff of a /64) follow one another;
// each is a function of the seed and its number, so that nothing but a few bytes a block is kept.

namespace ptrd::bench::isp {

/// What a name is. The shares are of records.
enum class Kind : uint8_t {
  pool,     // 60 %: the address in a name, host-10-0-0-5.pool3.isp.example, over whole blocks
  dynamic,  // 10 %: the address reversed, 5.0.0.10.dyn.isp.example, over whole blocks
  role,     // 20 %: web1, mail, router interfaces
  vanity,   // 10 %: customers' own names, mail.some-firm.example
};
inline constexpr size_t kKinds = 4;
inline constexpr std::array<double, kKinds> kShares = {0.60, 0.10, 0.20, 0.10};

struct Options {
  wire::Family family = wire::Family::v4;
  uint64_t records = 1'000'000;  // PTR records, 1 to most_records()
  uint64_t seed = 1;
  bool unique = false;  // role and vanity names only, each made of random letters that no other record has
};

/// Records that are sure to fit: 10.0.0.0 to 223.255.255.255, or 256 /64s in each /48 of 2001:db8::/32.
[[nodiscard]] uint64_t most_records(wire::Family family);

inline constexpr unsigned kHosts = 256;
using Hosts = std::bitset<kHosts>;

/// 256 addresses that are managed as one.
struct Block {
  uint64_t first_record;  // how many records the blocks before it have
  uint32_t pool;          // number of the pool (blocks in a row that share a rule)
  uint16_t records;       // its own
  Kind kind;              // role: role and vanity names mixed
};

class Model {
 public:
  explicit Model(const Options& options);

  [[nodiscard]] const Options& options() const { return options_; }
  [[nodiscard]] const std::vector<Block>& blocks() const { return blocks_; }
  /// Addresses of a block that have a record.
  [[nodiscard]] Hosts hosts(size_t block) const;
  /// What a record's name is, its TTL in seconds, and its target, appended as text with the final dot.
  [[nodiscard]] Kind kind(size_t block, unsigned host) const;
  [[nodiscard]] uint32_t ttl(size_t block, unsigned host) const;
  void append_target(size_t block, unsigned host, std::string& out) const;
  /// The address as a reverse name has it.
  [[nodiscard]] wire::AddressKey key(size_t block, unsigned host) const;

 private:
  [[nodiscard]] Hosts wanted_hosts(size_t block, Kind kind) const;
  void append_pool_name(size_t block, unsigned host, std::string& out) const;
  void append_dynamic_name(size_t block, unsigned host, std::string& out) const;
  void append_role_name(size_t block, unsigned host, std::string& out) const;
  void append_vanity_name(size_t block, unsigned host, std::string& out) const;
  void append_unique_part(size_t block, unsigned host, std::string& out) const;
  [[nodiscard]] uint64_t random(size_t block, uint64_t what) const;
  [[nodiscard]] uint64_t random_of_pool(uint32_t pool, uint64_t what) const;

  Options options_;
  std::vector<Block> blocks_;
};

}  // namespace ptrd::bench::isp
