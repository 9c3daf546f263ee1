// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "rdns/check/host_name.hpp"

#include <algorithm>

namespace ptrd::rdns::check {

namespace {

bool is_host_character(uint8_t c) {
  const uint8_t low = wire::lower(c);
  return (low >= 'a' && low <= 'z') || wire::is_digit(c) || c == '-';
}

}  // namespace

std::optional<std::string> wrong_with_host_name(const wire::Name& name) {
  if (name.is_root()) return "is the root";
  const wire::Bytes bytes = name.bytes();
  const wire::Labels labels(bytes);
  for (size_t i = 0; i < labels.count; ++i) {
    const wire::Bytes label = labels.label(bytes, i);
    if (!std::all_of(label.begin(), label.end(), is_host_character))
      return "has characters other than letters, digits and hyphens";
    if (label.front() == '-' || label.back() == '-') return "has a label with a hyphen at an end";
  }
  const wire::Bytes last = labels.label(bytes, labels.count - 1U);
  if (std::ranges::all_of(last, [](uint8_t c) { return wire::is_digit(c); })) return "ends like an address";
  return std::nullopt;
}

}  // namespace ptrd::rdns::check
