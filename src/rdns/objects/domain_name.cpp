// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "rdns/objects/domain_name.hpp"

#include <fmt/core.h>

namespace ptrd::rdns {
namespace {

wire::Name suffix(std::string_view text) {
  return wire::Name::from_text(text).value();
}

std::string suffix_fault(const wire::Name& name) {
  if (name.is_below_or_at(suffix("ipv6.arpa"))) return "the suffix ipv6.arpa does not exist; use ip6.arpa";
  if (name.is_below_or_at(suffix("ip6.int")))
    return "the suffix ip6.int is obsolete (RFC 4159); use ip6.arpa";
  if (name.is_below_or_at(suffix("arpa"))) return "the suffix is neither in-addr.arpa nor ip6.arpa";
  return "not a reverse domain: it does not end with in-addr.arpa or ip6.arpa";
}

/// The label `A-B` below a /24.
tl::expected<Range, Fault> dash_range(std::string_view label, const Range& block) {
  const size_t dash = label.find('-');
  if (label.find('-', dash + 1) != std::string_view::npos)
    return broken(Rule::domain_dash, fmt::format("'{}' has more than one dash", printable(label)));
  const auto octet = [](std::string_view text) {
    return wire::octet_of_label({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
  };
  const auto first = octet(label.substr(0, dash));
  const auto last = octet(label.substr(dash + 1));
  if (!first || !last)
    return broken(Rule::domain_octet,
                  fmt::format("'{}' is not a range of two octets from 0 to 255 without leading zeros",
                              printable(label)));
  if (*first > *last)
    return broken(Rule::domain_dash, fmt::format("the range {} ends before it begins", label));
  if (*first == 0 && *last == 255)
    return broken(Rule::domain_dash, "the range covers all 256 addresses; delegate the /24 itself");
  return Range{block.family, block.first + *first, block.first + *last};
}

tl::expected<ReverseDomain, Fault> in_addr(const wire::Name& name) {
  const wire::Labels labels(name.bytes());
  const size_t octets = labels.count - 2U;
  if (octets < 1 || octets > 4)
    return broken(Rule::domain_octets,
                  octets < 1 ? "no octet before in-addr.arpa; 1 to 4 are required"
                             : fmt::format("{} octets before in-addr.arpa; 1 to 4 are allowed", octets));
  const std::string_view first = wire::as_text(labels.label(name.bytes(), 0));
  const bool dash = octets == 4 && first.find('-') != std::string_view::npos;
  for (size_t i = dash ? 1 : 0; i < octets; ++i) {
    const wire::Bytes label = labels.label(name.bytes(), i);
    if (wire::as_text(label).find('-') != std::string_view::npos)
      return broken(Rule::domain_dash,
                    fmt::format("a dash in octet {}; only the fourth may be a range", octets - i));
    if (!wire::octet_of_label(label))
      return broken(Rule::domain_octet,
                    fmt::format("'{}' is not an octet from 0 to 255 without leading zeros",
                                printable(wire::as_text(label))));
  }
  if (!dash) {
    if (octets == 4)
      return broken(Rule::domain_octets,
                    "too many octets: four are a single address; delegate the /24, or a range with a dash");
    return ReverseDomain{name, range_of_key(*wire::key_of_name(name)), false};
  }
  const auto range = dash_range(first, range_of_key(*wire::key_of_name(name.parent())));
  if (!range) return tl::unexpected(range.error());
  return ReverseDomain{name, *range, true};
}

tl::expected<ReverseDomain, Fault> ip6(const wire::Name& name) {
  const wire::Labels labels(name.bytes());
  const size_t nibbles = labels.count - 2U;
  if (nibbles < 1 || nibbles > 32)
    return broken(Rule::domain_nibble,
                  nibbles < 1 ? "no nibble before ip6.arpa; 1 to 32 are required"
                              : fmt::format("{} nibbles before ip6.arpa; 1 to 32 are allowed", nibbles));
  for (size_t i = 0; i < nibbles; ++i) {
    if (!wire::nibble_of_label(labels.label(name.bytes(), i)))
      return broken(Rule::domain_nibble,
                    fmt::format("'{}' is not a hexadecimal digit",
                                printable(wire::as_text(labels.label(name.bytes(), i)))));
  }
  return ReverseDomain{name, range_of_key(*wire::key_of_name(name)), false};
}

}  // namespace

std::string_view without_dot(std::string_view text) {
  if (!text.empty() && text.back() == '.') text.remove_suffix(1);
  return text;
}

bool is_enum_domain(std::string_view value) {
  const auto name = wire::Name::from_text(without_dot(value));
  return name && name->is_below_or_at(suffix("e164.arpa"));
}

tl::expected<ReverseDomain, Fault> reverse_domain(std::string_view value) {
  const std::string_view text = without_dot(value);
  if (text.size() > kMaxDomainText)
    return broken(Rule::domain_length,
                  fmt::format("{} characters; at most {} are allowed", text.size(), kMaxDomainText));
  if (text.find('\\') != std::string_view::npos)
    return broken(Rule::domain_label, "a backslash in a reverse name");
  const auto parsed = wire::Name::from_text(text);
  if (!parsed || text.ends_with('.'))
    return broken(Rule::domain_label, parsed ? "more than one trailing dot" : parsed.error());
  const wire::Name name = parsed->lowered();
  if (name.is_below_or_at(suffix("in-addr.arpa"))) return in_addr(name);
  if (name.is_below_or_at(suffix("ip6.arpa"))) return ip6(name);
  return broken(Rule::domain_suffix, suffix_fault(name));
}

}  // namespace ptrd::rdns
