// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "rdns/objects/name_server.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <vector>

namespace ptrd::rdns {
namespace {

constexpr std::string_view kBlanks = " \t";

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  for (size_t at = text.find_first_not_of(kBlanks); at != std::string_view::npos;) {
    const size_t end = std::min(text.find_first_of(kBlanks, at), text.size());
    words.push_back(text.substr(at, end - at));
    at = text.find_first_not_of(kBlanks, end);
  }
  return words;
}

bool is_letter_or_digit(uint8_t c) {
  return (wire::lower(c) >= 'a' && wire::lower(c) <= 'z') || (c >= '0' && c <= '9');
}

/// Why a name is not a host name; empty if it is one.
std::string host_fault(const wire::Name& host) {
  const wire::Labels labels(host.bytes());
  if (labels.count < 2) return "it is not fully qualified";
  for (size_t i = 0; i < labels.count; ++i) {
    const wire::Bytes label = labels.label(host.bytes(), i);
    if (!std::all_of(label.begin(), label.end(), [](uint8_t c) { return is_letter_or_digit(c) || c == '-'; }))
      return "only letters, digits and hyphens are allowed";
    if (label.front() == '-' || label.back() == '-') return "a label begins or ends with a hyphen";
  }
  const wire::Bytes top = labels.label(host.bytes(), labels.count - 1U);
  if (std::all_of(top.begin(), top.end(), [](uint8_t c) { return c >= '0' && c <= '9'; }))
    return "its last label is a number";
  return {};
}

tl::expected<wire::Name, Fault> host_of(std::string_view text) {
  if (wire::key_of_address(text))
    return broken(
        Rule::nserver_host,
        fmt::format("'{}' is an address; the name of the name server is expected", printable(text)));
  const auto name = wire::Name::from_text(text);
  const std::string wrong = !name ? name.error()
                            : text.find('\\') != std::string_view::npos
                                ? "only letters, digits and hyphens are allowed"
                                : host_fault(*name);
  if (!wrong.empty())
    return broken(Rule::nserver_host, fmt::format("'{}' is not a host name: {}", printable(text), wrong));
  return name->lowered();
}

/// For a host below z.y.x, the label before z.y.x, as octet; empty if it is not one.
std::optional<uint8_t> octet_before(const wire::Name& host, const wire::Name& block) {
  const wire::Labels labels(host.bytes());
  return wire::octet_of_label(labels.label(host.bytes(), labels.count - block.label_count() - 1));
}

}  // namespace

tl::expected<NameServer, Fault> name_server(std::string_view value) {
  const auto words = words_of(value);
  if (words.empty()) return broken(Rule::nserver_host, "missing host name");
  if (words.size() > 2)
    return broken(
        Rule::nserver_address,
        fmt::format("'{}': expected a host name and at most one address; write one line for each address",
                    printable(value)));
  const auto host = host_of(words[0]);
  if (!host) return tl::unexpected(host.error());
  NameServer server{*host, std::nullopt};
  if (words.size() == 1) return server;
  std::string_view text = words[1];
  if (text.find('/') != std::string_view::npos) {
    const auto prefix = prefix_of_text(text);
    if (!prefix || prefix->length != address_bits(prefix->family))
      return broken(Rule::nserver_address, fmt::format("'{}' is not a single address", printable(text)));
    text = text.substr(0, text.find('/'));
  }
  const auto key = wire::key_of_address(text);
  if (!key) return broken(Rule::nserver_address, fmt::format("'{}' is not an address", printable(text)));
  server.glue = HostAddress{key->family, range_of_key(*key).first};
  return server;
}

std::optional<Fault> glue_fault(const ReverseDomain& domain, const NameServer& server) {
  const std::string host = server.host.to_text();
  bool within = server.host.is_below_or_at(domain.name);
  if (domain.dash && !within) {
    const wire::Name block = domain.name.parent();
    if (server.host.is_below_or_at(block) && !(server.host == block)) {
      const auto octet = octet_before(server.host, block);
      const Address address = domain.range.first - (domain.range.first & 255) + octet.value_or(0);
      if (!octet || address < domain.range.first || address > domain.range.last)
        return Fault{Rule::nserver_range,
                     fmt::format("{} is in the /24, but outside the delegated range", host)};
      // The parent has a CNAME there, so the name would be an alias.
      if (server.host.parent() == block)
        return Fault{Rule::nserver_alias,
                     fmt::format("{} gets a CNAME in the parent's zone, and a name server's name must not be "
                                 "an alias; use a name below {}",
                                 host, domain.name.to_text())};
      within = true;
    }
  }
  if (within && !server.glue)
    return Fault{Rule::glue_missing,
                 fmt::format("{} is within the domain; add its address after it (glue)", host)};
  if (!within && server.glue)
    return Fault{Rule::glue_forbidden,
                 fmt::format("{} is not within the domain; remove the address after it (glue)", host)};
  return std::nullopt;
}

std::string to_text(const NameServer& server) {
  std::string text = server.host.to_text();
  text.pop_back();
  if (server.glue) text += ' ' + address_to_text(server.glue->family, server.glue->address);
  return text;
}

}  // namespace ptrd::rdns
