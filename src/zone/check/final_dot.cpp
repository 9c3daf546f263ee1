// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <fmt/core.h>

#include <algorithm>
#include <string_view>

#include "ptrd/wire/arpa.hpp"
#include "zone/check/parts.hpp"

namespace ptrd::zone {

using namespace std::literals;

namespace {

/// One of the reverse trees, its name as a sort key.
struct ReverseTree {
  std::string_view key;
  const char* text;
  size_t address_labels;  // of a whole address
  bool v4;
};
constexpr ReverseTree kTrees[] = {{"arpa\0in-addr\0"sv, "in-addr.arpa.", 4, true},
                                  {"arpa\0ip6\0"sv, "ip6.arpa.", 32, false}};

/// Labels at the start of `key`, the upper ones first, that are parts of an address: octets or nibbles.
size_t leading_units(std::string_view key, const ReverseTree& tree) {
  size_t units = 0;
  while (!key.empty()) {
    const std::string_view label = key.substr(0, key.find('\0'));
    const wire::Bytes bytes(reinterpret_cast<const uint8_t*>(label.data()), label.size());
    const bool unit =
        tree.v4 ? wire::octet_of_label(bytes).has_value() : wire::nibble_of_label(bytes).has_value();
    if (!unit) break;
    ++units;
    key.remove_prefix(label.size() + 1);
  }
  return units;
}

size_t label_count(std::string_view key) {
  return static_cast<size_t>(std::count(key.begin(), key.end(), '\0'));
}

/// Why the owner of the relative name `relative` in the zone `apex`, a part of `tree`, seems to be the whole
/// name of an address, or most of it.
std::string reverse_fault(std::string_view apex, std::string_view relative, const ReverseTree& tree) {
  for (const ReverseTree& top : kTrees) {
    if (relative.starts_with(top.key)) return fmt::format("it contains {} twice", top.text);
  }
  const std::string_view above = apex.substr(tree.key.size());
  const size_t units = leading_units(relative, tree);
  // With the zone's own labels they are too many for an address; otherwise the name can be one.
  if (above.empty() || leading_units(above, tree) + units <= tree.address_labels) return {};
  if (units == tree.address_labels && label_count(relative) == units) {
    return fmt::format("it is a whole address below {}", text_of_key(apex));
  }
  if (relative.starts_with(above)) return fmt::format("it repeats the labels of {}", text_of_key(apex));
  return {};
}

}  // namespace

std::string final_dot_fault(const ZoneData& zone, std::string_view owner) {
  const std::string_view apex = zone.apex_key;
  const auto* tree = std::find_if(std::begin(kTrees), std::end(kTrees),
                                  [&](const ReverseTree& t) { return apex.starts_with(t.key); });
  const bool reverse = tree != std::end(kTrees);
  if (owner == apex) {
    // $ORIGIN and the owner of the SOA may lack the dot as well.
    const bool twice = reverse && apex.find(tree->key, tree->key.size()) != std::string_view::npos;
    return twice ? fmt::format("it contains {} twice", tree->text) : std::string();
  }
  const std::string_view relative = owner.substr(apex.size());
  // A label may occur twice in a row in a good name, two and more hardly do.
  if (label_count(apex) >= 2 && relative.starts_with(apex)) {
    return fmt::format("it contains {} twice", text_of_key(apex));
  }
  return reverse ? reverse_fault(apex, relative, *tree) : std::string();
}

}  // namespace ptrd::zone
