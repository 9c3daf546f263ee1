// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "rdns/verify/forward_map.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

namespace ptrd::rdns {

namespace {

/// A longer chain of aliases is not followed: resolvers give up at about as many.
constexpr unsigned kMaxAliases = 16;

constexpr std::string_view kBlanks = " \t\r";

/// The next word of a line; empty at its end and at a comment.
std::string_view next_word(std::string_view& rest) {
  const size_t start = rest.find_first_not_of(kBlanks);
  if (start == rest.npos || rest[start] == ';') return rest = {};
  rest.remove_prefix(start);
  const std::string_view word = rest.substr(0, rest.find_first_of(kBlanks));
  rest.remove_prefix(word.size());
  return word;
}

/// TTL and class precede the type in either order (RFC 1035 5.1).
bool is_ttl_or_class(std::string_view word) {
  const bool ttl = !word.empty() && word.front() >= '0' && word.front() <= '9';
  return ttl || word == "IN" || word == "in";
}

}  // namespace

std::string ForwardMap::key_of(const wire::Name& name) {
  const wire::Name low = name.lowered();
  return {reinterpret_cast<const char*>(low.bytes().data()), low.size()};
}

tl::expected<void, std::string> ForwardMap::add_line(std::string_view line) {
  if (line.empty() || line.front() == ';' || line.front() == '$') return {};
  const bool no_owner = kBlanks.find(line.front()) != kBlanks.npos;
  std::string_view rest = line;
  const std::string_view owner = next_word(rest);
  if (owner.empty()) return {};
  std::string_view type = next_word(rest);
  while (is_ttl_or_class(type)) type = next_word(rest);
  const bool alias = type == "CNAME";
  if (!alias && type != "A" && type != "AAAA") {
    // A missing owner would assign the records after it to another name; so would a parenthesis.
    if (no_owner)
      return tl::unexpected<std::string>(
          "a line without an owner; ptrzone dump and named-compilezone -s full write the owner on each line");
    return {};
  }
  if (no_owner || owner.back() != '.')
    return tl::unexpected(
        "'" + std::string(owner) +
        "' is not absolute; ptrzone dump and named-compilezone -s full write absolute names");
  const auto name = wire::Name::from_text(owner);
  if (!name) return tl::unexpected("'" + std::string(owner) + "': " + name.error());
  const std::string_view data = next_word(rest);
  if (alias) {
    const auto target = wire::Name::from_text(data);
    if (!target || data.back() != '.')
      return tl::unexpected("'" + std::string(data) + "' is not an absolute name");
    entries_[key_of(*name)].alias = key_of(*target);
    return {};
  }
  const auto key = wire::key_of_address(data);
  if (!key || (key->family == wire::Family::v4) != (type == "A"))
    return tl::unexpected("'" + std::string(data) + "' is not an address for type " + std::string(type));
  entries_[key_of(*name)].addresses.push_back(*key);
  ++count_;
  return {};
}

tl::expected<void, std::string> ForwardMap::read(const std::string& path) {
  std::ifstream file(path);
  if (!file) return tl::unexpected(path + ": " + std::strerror(errno));
  size_t number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (const auto ok = add_line(line); !ok)
      return tl::unexpected(path + ":" + std::to_string(number) + ": " + ok.error());
  }
  if (file.bad()) return tl::unexpected(path + ": cannot be read to its end");
  return {};
}

Forward ForwardMap::find(const wire::Name& name, const wire::AddressKey& address) const {
  auto at = entries_.find(key_of(name));
  for (unsigned i = 0; i < kMaxAliases && at != entries_.end() && !at->second.alias.empty(); ++i)
    at = entries_.find(at->second.alias);
  if (at == entries_.end() || !at->second.alias.empty()) return Forward::nothing;
  const auto& addresses = at->second.addresses;
  if (std::find(addresses.begin(), addresses.end(), address) != addresses.end()) return Forward::matches;
  const auto same_family = [&](const wire::AddressKey& one) { return one.family == address.family; };
  return std::any_of(addresses.begin(), addresses.end(), same_family) ? Forward::differs : Forward::nothing;
}

}  // namespace ptrd::rdns
