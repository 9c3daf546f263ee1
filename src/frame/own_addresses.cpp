// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "ptrd/frame/own_addresses.hpp"

#include <algorithm>

namespace ptrd::frame {

OwnAddresses::OwnAddresses(const std::optional<Mac>& mac, std::span<const Address> addresses, Verdict others)
    : mask6_(~uint64_t{0}), mask4_(~uint32_t{0}), others_(others) {
  if (mac) {
    std::memcpy(&mac_, mac->data(), mac->size());
    mac_mask_ = 0xFFFF'FFFF'FFFF;
  }
  constexpr std::array<uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  for (const Address& address : addresses) {
    if (std::equal(kMapped.begin(), kMapped.end(), address.begin())) {
      further4_.push_back(wire::load_raw<uint32_t>(&address[kMapped.size()]));
    } else {
      further6_.push_back(address);
    }
  }
  std::sort(further4_.begin(), further4_.end());
  std::sort(further6_.begin(), further6_.end());
  if (!further4_.empty()) first4_ = further4_.front();
  if (!further6_.empty())
    first6_ = {wire::load_raw<uint64_t>(further6_.front().data()),
               wire::load_raw<uint64_t>(further6_.front().data() + 8)};
}

bool OwnAddresses::has_further4(uint32_t address) const {
  return std::binary_search(further4_.begin(), further4_.end(), address);
}

bool OwnAddresses::has_further6(const uint8_t* address) const {
  Address key;
  std::copy_n(address, key.size(), key.begin());
  return std::binary_search(further6_.begin(), further6_.end(), key);
}

}  // namespace ptrd::frame
