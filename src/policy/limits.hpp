// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// Response rate limiting (as BIND, NSD and Knot have it): how many replies of a kind a client's network gets
// over UDP, whose sender anyone can forge. Over the limit, most replies are dropped, and every few is sent
// empty with TC, so that a real client can ask over TCP.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "policy/client.hpp"
#include "policy/keyed_hash.hpp"
#include "policy/rate_table.hpp"
#include "ptrd/answer/engine.hpp"

namespace ptrd::policy {

/// Kinds of replies with a limit of their own.
enum class Class : uint8_t { answer, nodata, nxdomain, referral, error };
inline constexpr size_t kClasses = 5;
[[nodiscard]] Class class_of(answer::Kind kind);

struct LimitSettings {
  /// One length of client prefixes.
  struct Level {
    uint8_t length = 0;  // bits, 1 to 32, or 1 to 64
    std::array<uint32_t, kClasses>
        rates{};  // replies a second, at most RateTable::kMaxPerSecond; 0: no limit
  };
  std::vector<Level> ipv4 = {};  // at most kMaxLevels, the longest prefix first
  std::vector<Level> ipv6 = {};
  double window = 1;      // seconds of the rate that may come at once
  unsigned slip = 2;      // of the replies over the limit, every n-th is sent empty with TC; 0: none, 1: all
  bool log_only = false;  // count, but send
  size_t table_lines = 1U << 16;

  /// Denials (NXDOMAIN and NODATA) about names below one prefix, to one client's network: what a walk of the
  /// tree consists of. 0: no limit.
  uint32_t denials = 0;
  uint32_t denial_burst = 0;
  uint8_t asked_ipv4 = 16;  // bits of the address asked about
  uint8_t asked_ipv6 = 48;
};
inline constexpr size_t kMaxLevels = 3;

/// The secret hashes of a table.
struct LimitKeys {
  KeyedHash client;
  KeyedHash asked;

  /// From the system's random numbers.
  [[nodiscard]] static LimitKeys random();
};

/// The limits on replies, and the table that all workers share.
class Limits {
 public:
  explicit Limits(const LimitSettings& settings, LimitKeys keys = LimitKeys::random());

  [[nodiscard]] const LimitSettings& settings() const { return settings_; }
  /// Has the line for a client's replies fetched.
  void prefetch(const Client& client) const {
    const std::vector<Level>& levels = client.ipv6 ? ipv6_ : ipv4_;
    if (!levels.empty()) table_.prefetch(table_.place(hash(client, levels.front(), 0)));
  }
  /// Whether the client may get a reply of that kind at `now` (microseconds).
  [[nodiscard]] bool allows(const Client& client, const answer::Query& query, answer::Kind kind,
                            uint64_t now);
  [[nodiscard]] const RateTable& table() const { return table_; }

 private:
  struct Level {
    uint8_t length;
    std::array<RateTable::Rate, kClasses> rates;  // cost 0: no limit
  };
  [[nodiscard]] static std::vector<Level> levels(const std::vector<LimitSettings::Level>& given,
                                                 double window);
  [[nodiscard]] uint64_t hash(const Client& client, const Level& level, size_t number) const {
    // The families' and the levels' keys never meet: the low bits of a prefix are free.
    return keys_.client(client.prefix(level.length) ^ number << 1 ^ (client.ipv6 ? 1U : 0U));
  }
  [[nodiscard]] bool allows_denial(const Client& client, const answer::Query& query, uint64_t now);

  LimitSettings settings_;
  LimitKeys keys_;
  std::vector<Level> ipv4_;
  std::vector<Level> ipv6_;
  RateTable::Rate denials_;
  RateTable table_;
};

}  // namespace ptrd::policy
