// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "policy/cookies.hpp"

#include <algorithm>

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

/// Version 1, reserved 0 and the time, as they are in a message.
uint64_t head_of(uint32_t time) {
  return uint64_t{1} | uint64_t{__builtin_bswap32(time)} << 32;
}

/// Whether a server cookie whose first eight bytes are `head` may be ours, by its version and age.
bool is_timely(uint64_t head, uint32_t now) {
  const auto age = static_cast<int32_t>(now - __builtin_bswap32(static_cast<uint32_t>(head >> 32)));
  return (head & 0xFF) == 1 && age <= kMaxAge && age >= -kMaxAhead;  // RFC 1982
}
bool is_fresh(uint64_t head, uint32_t now) {
  const auto age = static_cast<int32_t>(now - __builtin_bswap32(static_cast<uint32_t>(head >> 32)));
  return age <= kRenewAge && age >= 0;
}

}  // namespace

/// The queries of one IP version that have a cookie, and what is hashed for each: the client's cookie, the
/// first eight bytes of the server's (the query's if they may be ours, otherwise those of a new one), and
/// the address.
template <size_t kBlocks>
struct Cookies::Hashed {
  static constexpr size_t kMost = answer::kBurst;
  static_assert(kMost % kSipLanes == 0);
  std::array<std::array<uint64_t, kMost>, kBlocks> blocks;
  std::array<uint64_t, kMost> hashes;
  std::array<uint64_t, kMost> given;  // the query's hash, if `timely`
  std::array<uint8_t, kMost> places;
  std::array<bool, kMost> timely;
  size_t count = 0;

  [[nodiscard]] uint64_t hash(const SipKey& secret, size_t i) const {
    std::array<uint64_t, kBlocks> message;
    for (size_t block = 0; block < kBlocks; ++block) message[block] = blocks[block][i];
    return siphash24(secret, message);
  }
  void hash_all(const SipKey& secret, bool lanes) {
    if (!lanes) {
      for (size_t i = 0; i < count; ++i) hashes[i] = hash(secret, i);
      return;
    }
    for (auto& block : blocks) std::fill(block.begin() + count, block.begin() + rounded_up(), 0);
    for (size_t i = 0; i < count; i += kSipLanes)
      siphash24_lanes(secret, &blocks[0][i], kMost, kBlocks, &hashes[i]);
  }

 private:
  [[nodiscard]] size_t rounded_up() const { return (count + kSipLanes - 1) / kSipLanes * kSipLanes; }
};

template <size_t kBlocks>
void Cookies::judge(Hashed<kBlocks>& hashed, uint32_t now, std::span<answer::Query> queries,
                    States& states) const {
  if (hashed.count == 0) return;
  const SipKey& secret = settings_.secrets.front();
  hashed.hash_all(secret, lanes_);
  for (size_t i = 0; i < hashed.count; ++i) {
    const size_t place = hashed.places[i];
    uint64_t& head = hashed.blocks[1][i];
    uint64_t hash = hashed.hashes[i];
    if (hashed.timely[i]) {
      // Whole words are compared at once, so the time does not depend on how much of it is right.
      const bool current = hash == hashed.given[i];
      const bool valid = current || (settings_.secrets.size() > 1 &&
                                     hashed.hash(settings_.secrets[1], i) == hashed.given[i]);
      (valid ? states.valid : states.invalid) |= uint32_t{1} << place;
      if (!current || !is_fresh(head, now)) [[unlikely]] {
        head = head_of(now);
        hash = hashed.hash(secret, i);
      }
    }
    answer::Query& query = queries[place];
    query.wants |= answer::want::cookie;
    query.cookie = {hashed.blocks[0][i], head, hash};
  }
}

Cookies::States Cookies::check(std::span<const answer::Message> messages, std::span<const Client> clients,
                               uint32_t now, std::span<answer::Query> queries) const {
  static_assert(answer::kBurst <= 32);
  Hashed<3> ipv4;  // 8 + 8 + 4 bytes
  Hashed<5> ipv6;  // 8 + 8 + 16
  States states;
  const uint64_t new_head = head_of(now);
  for (size_t place = 0; place < queries.size(); ++place) {
    const answer::Query& query = queries[place];
    if (query.cookie_at == 0 || query.path == answer::Query::Path::drop) continue;
    const uint32_t bit = uint32_t{1} << place;
    const size_t size = query.cookie_size;
    const uint8_t* const data = messages[place].data + query.cookie_at;
    uint64_t head = new_head;
    bool timely = false;
    if (size == kClientCookie + kServerCookie) [[likely]] {
      head = wire::load_raw<uint64_t>(data + kClientCookie);
      timely = is_timely(head, now);
      if (!timely) head = new_head;
      states.invalid |= timely ? 0 : bit;
    } else if (size == kClientCookie) {
      states.client_only |= bit;
    } else if (size < kMinBoth || size > kMaxBoth) {
      states.malformed |= bit;
      continue;
    } else {
      states.invalid |= bit;
    }
    const auto take = [&](auto& hashed) {
      const size_t i = hashed.count++;
      hashed.places[i] = static_cast<uint8_t>(place);
      hashed.blocks[0][i] = wire::load_raw<uint64_t>(data);
      hashed.blocks[1][i] = head;
      hashed.timely[i] = timely;
      if (timely) hashed.given[i] = wire::load_raw<uint64_t>(data + kClientCookie + 8);
      return i;
    };
    const uint8_t* const address = clients[place].address;
    if (clients[place].ipv6) {
      const size_t i = take(ipv6);
      ipv6.blocks[2][i] = wire::load_raw<uint64_t>(address);
      ipv6.blocks[3][i] = wire::load_raw<uint64_t>(address + 8);
      ipv6.blocks[4][i] = sip_last(0, 32);
    } else {
      const size_t i = take(ipv4);
      ipv4.blocks[2][i] = sip_last(wire::load_raw<uint32_t>(address), 20);
    }
  }
  judge(ipv4, now, queries, states);
  judge(ipv6, now, queries, states);
  return states;
}

}  // namespace ptrd::policy
