// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "map/prefix.hpp"

#include <fmt/core.h>

#include <charconv>

#include "ptrd/wire/arpa.hpp"

namespace ptrd::map {

std::string Prefix::to_text() const {
  return fmt::format("{}.{}.{}.{}/{}", address >> 24, address >> 16 & 255, address >> 8 & 255, address & 255,
                     length);
}

std::optional<Prefix> prefix_of_text(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto key = wire::key_of_address(text.substr(0, slash));
  if (!key || key->family != wire::Family::v4) return std::nullopt;
  Prefix prefix{.address = wire::load32(key->address.data())};
  const std::string_view length = text.substr(slash + 1);
  const auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), prefix.length);
  if (error != std::errc() || end != length.data() + length.size() || prefix.length > 32) return std::nullopt;
  if (prefix.length < 32 && (prefix.address & (prefix.size() - 1)) != 0) return std::nullopt;
  return prefix;
}

}  // namespace ptrd::map
