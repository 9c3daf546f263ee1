// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// Response rate limiting (as BIND, NSD and Knot have it): how many replies of a kind a client's network gets
// over UDP, whose sender anyone can forge. Over the limit, most replies are dropped, and every few is sent
// empty with TC, so that a real client can ask over TCP.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "policy/client.hpp"
#include "policy/keyed_hash.hpp"
#include "policy/rate_table.hpp"
#include "ptrd/answer/engine.hpp"

namespace ptrd::policy {

/// Kinds of replies with a limit of their own.
enum class Class : uint8_t { answer, nodata, nxdomain, referral, error };
inline constexpr size_t kClasses = 5;
inline constexpr auto kClassOf = [] {
  using answer::Kind;
  std::array<Class, answer::kKinds> classes{};
  classes.fill(Class::error);
  classes[static_cast<size_t>(Kind::answer)] = Class::answer;
  classes[static_cast<size_t>(Kind::truncated)] = Class::answer;
  classes[static_cast<size_t>(Kind::nodata)] = Class::nodata;
  classes[static_cast<size_t>(Kind::nxdomain)] = Class::nxdomain;
  classes[static_cast<size_t>(Kind::referral)] = Class::referral;
  return classes;
}();
[[nodiscard]] constexpr Class class_of(answer::Kind kind) {
  return kClassOf[static_cast<size_t>(kind)];
}
/// What it changes of the tag of a client's hash: the classes of one network are in one line, which is
/// fetched before the class is known.
[[nodiscard]] constexpr uint16_t class_tag(Class kind) {
  return static_cast<uint16_t>((static_cast<unsigned>(kind) + 1) * 0x2F0BU);
}

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

  /// The rate of a class on a level; cost 0: no limit.
  [[nodiscard]] RateTable::Rate rate(const Level& level, Class kind) const;
  /// That of denials.
  [[nodiscard]] RateTable::Rate denial_rate() const;
  /// Bits of the client's address that denials are counted by.
  [[nodiscard]] uint8_t denial_client(bool over_ipv6) const {
    const std::vector<Level>& levels = over_ipv6 ? ipv6 : ipv4;
    if (!levels.empty()) return levels.front().length;
    return over_ipv6 ? 56 : 24;
  }
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
  /// With a table that others share, who know the keys.
  Limits(const LimitSettings& settings, LimitKeys keys, RateTable table);

  [[nodiscard]] const LimitSettings& settings() const { return settings_; }
  /// Where the counts of the clients' replies are, of any kind; has the lines fetched. `places` has the size
  /// of `clients`.
  void prepare(std::span<const Client> clients, std::span<RateTable::Place> places) const;
  /// Which of the replies `which` (a bit each) are over their limit at `now` (microseconds); empty ones are
  /// not. `places`: what `prepare` gave for the same clients.
  [[nodiscard]] uint32_t over(uint32_t which, std::span<const Client> clients,
                              std::span<const RateTable::Place> places,
                              std::span<const answer::Reply> replies, uint64_t now);
  /// Whether there is a limit on denials.
  [[nodiscard]] bool limits_denials() const { return denials_.cost != 0; }
  /// Whether the client may get a denial of `name`, the question's; always true of names that are not below
  /// in-addr.arpa or ip6.arpa.
  [[nodiscard]] bool allows_denial(const Client& client, const answer::Query& query, wire::Bytes name,
                                   uint64_t now);
  /// Of all rates, in microseconds.
  [[nodiscard]] uint64_t shortest_window() const;
  [[nodiscard]] const RateTable& table() const { return table_; }

 private:
  struct Level {
    uint64_t mask;                                // of a client's first 64 bits
    uint64_t salt;                                // differs between families and levels
    std::array<RateTable::Rate, kClasses> rates;  // cost 0: no limit
  };
  /// The level with the longest prefix, which most policies have alone, and the wider ones.
  struct Family : Level {
    std::vector<Level> wider;
  };
  /// What lets most replies of a kind pass, see RateTable::take_easily. `room` 0: it takes a closer look.
  struct Pass {
    uint64_t room = 0;
    uint32_t cost = 0;
    uint32_t tag = 0;
  };
  static_assert(sizeof(Pass) == 16 && answer::kKinds == 16);  // found by shifts
  using Passes = std::array<Pass, answer::kKinds>;
  [[nodiscard]] Family make(bool ipv6) const;
  [[nodiscard]] static Passes passes(const Family& family);
  /// The place of a class. A tag 0, a free entry's, is one like others: the entry is at rest.
  [[nodiscard]] static RateTable::Place of_class(RateTable::Place place, Class kind) {
    return {place.bits ^ class_tag(kind)};
  }
  [[nodiscard]] bool allows(const Client& client, RateTable::Place place, answer::Kind kind, uint64_t now);

  LimitSettings settings_;
  LimitKeys keys_;
  std::array<Family, 2> families_;  // IPv4, IPv6
  std::array<Passes, 2> passes_;
  RateTable::Rate denials_;
  RateTable table_;
};

}  // namespace ptrd::policy
