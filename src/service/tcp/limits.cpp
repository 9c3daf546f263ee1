// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "service/tcp/limits.hpp"

#include <random>

namespace ptrd::service {

namespace {

constexpr size_t kIp4Size = 4;
constexpr size_t kIp4Prefix = 3;
constexpr size_t kIp6Prefix = 7;

uint64_t random_seed() {
  std::random_device device;
  return static_cast<uint64_t>(device()) << 32 | device();
}

}  // namespace

ClientPrefix prefix_of(std::span<const uint8_t> address) {
  const bool v4 = address.size() == kIp4Size;
  ClientPrefix prefix = v4 ? 4 : 6;  // the eighth octet, so that the two never collide
  for (const uint8_t octet : address.first(v4 ? kIp4Prefix : kIp6Prefix)) prefix = prefix << 8 | octet;
  return prefix;
}

bool is_ipv6(ClientPrefix prefix) {
  return prefix >> 8 * kIp6Prefix == 6;
}

PrefixHash::PrefixHash() : seed_(random_seed()) {}

size_t PrefixHash::operator()(ClientPrefix prefix) const {
  uint64_t mixed = (prefix ^ seed_) * 0x9E3779B97F4A7C15U;
  mixed = (mixed ^ mixed >> 32) * 0xD6E8FEB86659FD93U;
  return mixed ^ mixed >> 32;
}

bool PrefixCounts::add(ClientPrefix prefix) {
  const std::lock_guard lock(mutex_);
  size_t& count = counts_[prefix];
  if (count >= limit_) return false;
  ++count;
  return true;
}

void PrefixCounts::remove(ClientPrefix prefix) {
  const std::lock_guard lock(mutex_);
  const auto it = counts_.find(prefix);
  if (it != counts_.end() && --it->second == 0) counts_.erase(it);
}

size_t PrefixCounts::prefixes() const {
  const std::lock_guard lock(mutex_);
  return counts_.size();
}

}  // namespace ptrd::service
