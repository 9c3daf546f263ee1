// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "ptrd/frame/verdict.hpp"
#include "ptrd/wire/bytes.hpp"

namespace ptrd::frame {

/// A 48-bit Ethernet address.
using Mac = std::array<uint8_t, 6>;

/// The addresses that a port answers for. Immutable. Comparing with the MAC and with the first address of
/// each IP version takes a few instructions; further addresses cost a binary search.
class alignas(64) OwnAddresses {
 public:
  /// In network order; IPv4 in its mapped form (RFC 4291 2.5.5.2).
  using Address = std::array<uint8_t, 16>;

  /// Every address.
  OwnAddresses() = default;
  /// Only these addresses; without `mac`, frames to any station. `others` is the verdict on a query to
  /// another address: drop_not_ours or punt_not_ours.
  OwnAddresses(const std::optional<Mac>& mac, std::span<const Address> addresses, Verdict others);

  /// Whether a frame, of which at least 8 bytes exist, is for this station.
  [[nodiscard]] bool has_mac(const uint8_t* frame) const {
    return ((wire::load_raw<uint64_t>(frame) ^ mac_) & mac_mask_) == 0;
  }
  /// Whether an IPv4 address is one of these; `address` in memory order.
  [[nodiscard]] bool has4(uint32_t address) const { return is_first4(address) || has_further4(address); }
  /// The same for the 16 bytes of an IPv6 address.
  [[nodiscard]] bool has6(const uint8_t* address) const {
    return is_first6(address) || has_further6(address);
  }
  /// Whether it is the address that is compared first: a fast path should check only that one.
  [[nodiscard]] bool is_first4(uint32_t address) const { return ((address ^ first4_) & mask4_) == 0; }
  [[nodiscard]] bool is_first6(const uint8_t* address) const {
    const uint64_t high = wire::load_raw<uint64_t>(address) ^ first6_[0];
    const uint64_t low = wire::load_raw<uint64_t>(address + 8) ^ first6_[1];
    return ((high | low) & mask6_) == 0;
  }
  [[nodiscard]] Verdict others() const { return others_; }

 private:
  [[nodiscard]] bool has_further4(uint32_t address) const;
  [[nodiscard]] bool has_further6(const uint8_t* address) const;

  // In memory order. A mask of 0 makes everything equal. A first address of 0 is no host's address, and so
  // never queried.
  uint64_t mac_ = 0;
  uint64_t mac_mask_ = 0;
  uint64_t mask6_ = 0;
  std::array<uint64_t, 2> first6_ = {};
  uint32_t mask4_ = 0;
  uint32_t first4_ = 0;
  Verdict others_ = Verdict::punt_not_ours;
  std::vector<uint32_t> further4_;  // sorted, as is the next
  std::vector<Address> further6_;
};

/// For ports that are not told their addresses.
inline const OwnAddresses kEveryAddress;

}  // namespace ptrd::frame
