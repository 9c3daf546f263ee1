// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// DNS Cookies (RFC 7873) with the interoperable server cookie of RFC 9018: servers that share a secret accept
// one another's.
//
//   client cookie 8 │ version 1 │ reserved 3 │ time 4 │ SipHash-2-4 8
//                   └──────────── server cookie ────────────────────┘
//   hash over: client cookie, version, reserved, time, client's address
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "policy/client.hpp"
#include "policy/siphash.hpp"
#include "ptrd/answer/engine.hpp"

namespace ptrd::policy {

class Cookies {
 public:
  /// The first secret makes cookies; all are accepted, so that a new one can be rolled in (RFC 9018 5).
  static constexpr size_t kMaxSecrets = 2;

  struct Settings {
    std::vector<SipKey> secrets;  // 1 to kMaxSecrets
    /// Whether a UDP query with a client cookie and without a valid server cookie gets BADCOOKIE (RFC
    /// 7873 5.2.3) instead of an answer.
    bool require = false;
  };
  explicit Cookies(Settings settings) : settings_(std::move(settings)) {}

  /// What a query's COOKIE option is worth.
  enum class State : uint8_t { none, malformed, client_only, invalid, valid };

  /// Judges the option of a query, and sets the reply's (`want::cookie`, `cookie`). `now`: seconds since
  /// 1970. `message` is the query, unchanged.
  State check(const uint8_t* message, const Client& client, uint32_t now, answer::Query& query) const;

  [[nodiscard]] bool require() const { return settings_.require; }

 private:
  Settings settings_;
};

}  // namespace ptrd::policy
