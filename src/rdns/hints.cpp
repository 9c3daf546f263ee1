// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "rdns/hints.hpp"

#include <fmt/core.h>

#include "rdns/boundaries.hpp"

namespace ptrd::rdns {
namespace {

std::string without_final_dot(const wire::Name& name) {
  std::string text = name.to_text();
  text.pop_back();
  return text;
}

/// Of the text of a range with more than one address.
std::string_view kind_of(std::string_view text) {
  return text.find('-') == std::string_view::npos ? "a prefix" : "a range";
}

}  // namespace

std::optional<Hint> hint_for_zone(std::string_view text) {
  const std::string_view plain = text.substr(0, text.size() - (text.ends_with('.') ? 1 : 0));
  if (const auto key = wire::key_of_address(plain)) {
    const bool v4 = key->family == wire::Family::v4;
    const std::string zone =
        without_final_dot(wire::name_of_key(key_of(key->family, range_of_key(*key).first, v4 ? 3 : 12)));
    return Hint{
        fmt::format("{} is an address; its zone is usually that of its /{}, {}", plain, v4 ? 24 : 48, zone),
        zone};
  }
  const auto range = range_of_text(text);
  if (!range) return std::nullopt;
  const auto zones = zones_of(*range);
  const std::string zone = without_final_dot(zones.front().name);
  return Hint{zones.size() == 1
                  ? fmt::format("{} is {}; its zone is {}", text, kind_of(text), zone)
                  : fmt::format("{} is {} of {} zones, which `rdns zones` lists; the first is {}", text,
                                kind_of(text), zones.size(), zone),
              zone};
}

std::optional<Hint> hint_for_address(std::string_view text) {
  if (const auto range = range_of_text(text)) {
    const std::string address = address_to_text(range->family, range->first);
    return Hint{fmt::format("{} is {}, not a single address", text, kind_of(text)), address};
  }
  const auto name = wire::Name::from_text(text);
  const auto range = name ? range_of_name(*name) : tl::unexpected(std::string());
  if (!range) return std::nullopt;
  const std::string address = address_to_text(range->family, range->first);
  return Hint{range->first == range->last
                  ? fmt::format("{} is the reverse name of {}", text, address)
                  : fmt::format("{} is a zone, of the addresses {}", text, to_text(*range)),
              address};
}

}  // namespace ptrd::rdns
