// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "policy/cookies.hpp"

#include "ptrd/wire/bytes.hpp"

namespace ptrd::policy {

using answer::kClientCookie;
using answer::kServerCookie;

namespace {

/// RFC 9018 4.3: cookies of the last hour, and five minutes ahead for clocks that differ; renewed after half
/// of that.
constexpr int32_t kMaxAge = 3600;
constexpr int32_t kMaxAhead = 300;
constexpr int32_t kRenewAge = kMaxAge / 2;

/// RFC 7873 4: 8 bytes, or 8 and 8 to 32.
constexpr size_t kMinBoth = 16;
constexpr size_t kMaxBoth = 40;

/// The hash of a server cookie whose first eight bytes (version, reserved, time) are `head`, as they are in
/// the message.
uint64_t hash_of(const SipKey& secret, uint64_t client_cookie, uint64_t head, const Client& client) {
  if (client.ipv6) {
    return siphash24<4>(secret,
                        {client_cookie, head, wire::load_raw<uint64_t>(client.address),
                         wire::load_raw<uint64_t>(client.address + 8)},
                        0, 0);
  }
  return siphash24<2>(secret, {client_cookie, head}, wire::load_raw<uint32_t>(client.address), 4);
}

/// Version 1, reserved 0 and the time, as they are in a message.
uint64_t head_of(uint32_t time) {
  return uint64_t{1} | uint64_t{__builtin_bswap32(time)} << 32;
}

}  // namespace

Cookies::State Cookies::check(const uint8_t* message, const Client& client, uint32_t now,
                              answer::Query& query) const {
  if (query.cookie_at == 0) return State::none;
  const size_t size = query.cookie_size;
  if (size != kClientCookie && (size < kMinBoth || size > kMaxBoth)) return State::malformed;
  const uint8_t* const data = message + query.cookie_at;
  const auto client_cookie = wire::load_raw<uint64_t>(data);
  query.wants |= answer::want::cookie;
  query.cookie[0] = client_cookie;
  State state = size == kClientCookie ? State::client_only : State::invalid;
  if (size == kClientCookie + kServerCookie) {
    const auto head = wire::load_raw<uint64_t>(data + kClientCookie);
    const auto hash = wire::load_raw<uint64_t>(data + kClientCookie + 8);
    const auto time = __builtin_bswap32(static_cast<uint32_t>(head >> 32));
    const auto age = static_cast<int32_t>(now - time);  // RFC 1982
    if ((head & 0xFF) == 1 && age <= kMaxAge && age >= -kMaxAhead) {
      for (size_t i = 0; i < settings_.secrets.size() && state != State::valid; ++i) {
        // Whole words are compared at once, so the time does not depend on how much of it is right.
        if (hash_of(settings_.secrets[i], client_cookie, head, client) != hash) continue;
        state = State::valid;
        if (i == 0 && age <= kRenewAge && age >= 0) {
          query.cookie[1] = head;
          query.cookie[2] = hash;
          return state;
        }
      }
    }
  }
  query.cookie[1] = head_of(now);
  query.cookie[2] = hash_of(settings_.secrets.front(), client_cookie, query.cookie[1], client);
  return state;
}

}  // namespace ptrd::policy
