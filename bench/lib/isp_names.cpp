// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <fmt/format.h>  // format_to: clang does not find the one in libfmt

#include <array>
#include <iterator>
#include <string_view>

#include "lib/isp_model.hpp"
#include "ptrd/wire/message.hpp"

namespace ptrd::bench::isp {

using wire::AddressKey;
using wire::Family;

namespace {

constexpr std::array<std::string_view, 12> kCities = {"fra", "muc", "ber", "ham", "vie", "zrh",
                                                      "ams", "par", "lon", "mad", "mil", "waw"};
constexpr std::array<std::string_view, 12> kRoles = {"web",  "mail", "ns",  "vpn", "db",    "mx",
                                                     "smtp", "app",  "sip", "ftp", "cache", "node"};
constexpr std::array<std::string_view, 6> kInterfaces = {"ge", "xe", "et", "ae", "te", "hu"};
constexpr std::array<std::string_view, 8> kHostsOfFirms = {"mail", "www", "gw",   "vpn",
                                                           "mx1",  "ns1", "host", "cloud"};
constexpr std::array<std::string_view, 24> kSyllables = {"ka",  "lo", "mi", "ren", "tor", "sa",  "ve", "ber",
                                                         "ni",  "do", "ul", "fa",  "gri", "sen", "ho", "ta",
                                                         "wer", "li", "mo", "zu",  "pe",  "ran", "ko", "del"};

// Kinds of random numbers, beside those of isp_model.cpp.
constexpr uint64_t kForName = 4000;
constexpr uint64_t kForStyle = 5000;

template <typename... Args>
void put(std::string& out, fmt::format_string<Args...> format, Args&&... args) {
  fmt::format_to(std::back_inserter(out), format, std::forward<Args>(args)...);
}

/// A made-up word, the same for the same number.
void put_word(std::string& out, uint64_t number, unsigned syllables) {
  for (unsigned i = 0; i < syllables; ++i, number /= kSyllables.size())
    out += kSyllables[number % kSyllables.size()];
}

}  // namespace

void Model::append_pool_name(size_t block, unsigned host, std::string& out) const {
  const uint32_t pool = blocks_[block].pool;
  const uint64_t style = random_of_pool(pool, kForStyle) % 4;
  const AddressKey where = key(block, host);
  const auto& a = where.address;
  if (options_.family == Family::v4) {
    switch (style) {
      case 0:
        put(out, "host-{}-{}-{}-{}", a[0], a[1], a[2], a[3]);
        break;
      case 1:
        put(out, "{}-{}-{}-{}", a[0], a[1], a[2], a[3]);
        break;
      case 2:
        put(out, "cpe{:03}{:03}{:03}{:03}", a[0], a[1], a[2], a[3]);
        break;
      default:
        put(out, "ip-{:08x}", wire::load32(a.data()));
    }
  } else {
    const auto group = [&](size_t i) { return wire::load16(a.data() + 2 * i); };
    switch (style) {
      case 0:
        put(out, "host-{:x}-{:x}-{:x}-{:x}-0-0-0-{:x}", group(0), group(1), group(2), group(3), group(7));
        break;
      case 1:
        put(out, "cpe-{:04x}{:04x}-{:04x}", group(2), group(3), group(7));
        break;
      case 2:
        put(out, "v6-{:04x}-{:04x}-{:04x}-{:04x}-{:04x}", group(0), group(1), group(2), group(3), group(7));
        break;
      default:
        for (const uint8_t byte : a) put(out, "{:02x}", byte);
    }
  }
  put(out, ".pool{}.isp.example.", pool);
}

void Model::append_dynamic_name(size_t block, unsigned host, std::string& out) const {
  const AddressKey where = key(block, host);
  if (options_.family == Family::v4) {
    for (size_t i = 4; i-- > 0;) put(out, "{}.", where.address[i]);
  } else {
    for (size_t i = 32; i-- > 0;) put(out, "{:x}.", where.nibble(i));
  }
  out += "dyn.isp.example.";
}

// A third are routers' interfaces.
void Model::append_role_name(size_t block, unsigned host, std::string& out) const {
  const uint64_t chance = random(block, kForName + host);
  const auto city = kCities[random_of_pool(blocks_[block].pool, kForStyle) % kCities.size()];
  if (options_.unique) append_unique_part(block, host, out);
  if (chance % 3 == 0 || host == 1) {
    put(out, "{}-{}-{}-{}.{}{}.{}{}.isp.example.", kInterfaces[chance / 3 % kInterfaces.size()],
        chance / 32 % 4, chance / 128 % 8, chance / 1024 % 48, chance % 2 == 0 ? "core" : "edge",
        chance / 65536 % 8, city, chance / 524288 % 4);
  } else {
    put(out, "{}{}.{}{}.isp.example.", kRoles[chance / 3 % kRoles.size()], host, city, chance / 524288 % 4);
  }
}

// A customer has a few addresses in a row.
void Model::append_vanity_name(size_t block, unsigned host, std::string& out) const {
  const uint64_t customer = random(block, kForName + kHosts + host / 4);
  if (options_.unique) append_unique_part(block, host, out);
  put(out, "{}.", kHostsOfFirms[random(block, kForName + host) % kHostsOfFirms.size()]);
  put_word(out, customer, 2 + customer % 2);
  if (customer / 7 % 3 == 0) {
    out += '-';
    put_word(out, customer >> 20, 2);
  }
  out += customer / 11 % 2 == 0 ? ".example." : ".firms.example.";
}

// Eight letters and figures that lead back to the record's place: no two are the same.
void Model::append_unique_part(size_t block, unsigned host, std::string& out) const {
  static constexpr std::string_view kDigits = "abcdefghijklmnopqrstuvwxyz234567";
  constexpr uint64_t kMask = (1ULL << 40) - 1;
  // Multiplying by an odd number and folding the upper half down are both reversible.
  uint64_t number = (block * kHosts + host + (options_.seed << 32)) & kMask;
  number = number * 0x9E3779B97F4A7C15 & kMask;
  number ^= number >> 20;
  number = number * 0xD1342543DE82EF95 & kMask;
  for (unsigned i = 0; i < 8; ++i, number >>= 5) out += kDigits[number & 31];
  out += '-';
}

}  // namespace ptrd::bench::isp
