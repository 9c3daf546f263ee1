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
  explicit Cookies(Settings settings) : settings_(std::move(settings)), lanes_(has_sip_lanes()) {}

  /// What the queries' COOKIE options are worth: a bit for each query that has one.
  struct States {
    uint32_t malformed = 0;
    uint32_t client_only = 0;
    uint32_t invalid = 0;
    uint32_t valid = 0;
  };

  /// Judges the options of a burst's queries, and sets the replies' (`want::cookie`, `cookie`). `now`:
  /// seconds since 1970. The messages are the queries, unchanged; those with path drop are passed over. At
  /// most kBurst.
  [[nodiscard]] States check(std::span<const answer::Message> messages, std::span<const Client> clients,
                             uint32_t now, std::span<answer::Query> queries) const;

  [[nodiscard]] bool require() const { return settings_.require; }

 private:
  template <size_t kBlocks>
  struct Hashed;
  template <size_t kBlocks>
  void judge(Hashed<kBlocks>& hashed, uint32_t now, std::span<answer::Query> queries, States& states) const;

  Settings settings_;
  bool lanes_;
};

}  // namespace ptrd::policy
