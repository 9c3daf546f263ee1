// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "lib/records.hpp"

#include <array>
#include <cstdio>
#include <string>

namespace ptrd::bench {

using wire::AddressKey;
using wire::Family;
using wire::Name;

namespace {

bool is_firm(size_t i) {
  return i % 16 == 7;
}

AddressKey key_of(uint32_t address) {
  AddressKey key{.family = Family::v4, .units = 4};
  wire::store32(key.address.data(), address);
  return key;
}
AddressKey key_of(const std::array<uint64_t, 2>& address) {
  AddressKey key{.family = Family::v6, .units = 32};
  wire::store_raw(key.address.data(), __builtin_bswap64(address[0]));
  wire::store_raw(key.address.data() + 8, __builtin_bswap64(address[1]));
  return key;
}

}  // namespace

AddressKey key_of_record(Family family, size_t i) {
  return family == Family::v4 ? key_of(address4(i)) : key_of(address6(i));
}

AddressKey key_of_gap(Family family, size_t i) {
  if (family == Family::v4) return key_of((address4(i) & ~0xFFU) | static_cast<uint32_t>(251 + i % 5));
  auto address = address6(i);
  address[1] = 2 + i % 1000;
  return key_of(address);
}

Name target_of_record(Family family, size_t i) {
  std::array<char, 80> text;
  const size_t region = i / 256 % 64;
  if (is_firm(i)) {
    std::snprintf(text.data(), text.size(), "mail%zu.firm-%zu.example.", i % 3, i);
  } else if (family == Family::v4) {
    const uint32_t a = address4(i);
    std::snprintf(text.data(), text.size(), "%u-%u-%u-%u.dyn.region%02zu.isp.example.", a >> 24,
                  a >> 16 & 255, a >> 8 & 255, a & 255, region);
  } else {
    std::snprintf(text.data(), text.size(), "cpe-%04zx-%03zx.region%02zu.isp.example.", i >> 12, i & 0xFFF,
                  region);
  }
  return Name::from_text(text.data()).value();
}

uint32_t ttl_of_record(size_t i) {
  return is_firm(i) ? 86400 : 3600;
}

}  // namespace ptrd::bench
