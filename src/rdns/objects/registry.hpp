// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "ptrd/wire/arpa.hpp"

// Rules that are each registry's own: the template of a domain object, and the statuses of address space.
namespace ptrd::rdns {

/// The registries whose rules are known. `other`: a private registry, or a test database.
enum class Registry : uint8_t { ripe, afrinic, apnic, other };
/// By the first word of a `source:` (some servers append a comment or `Filtered`).
[[nodiscard]] Registry registry_of_source(std::string_view value);
/// `RIPE`; empty for `other`.
[[nodiscard]] std::string_view name_of(Registry registry);

/// An attribute of the class `domain`.
class AttributeFacts {
 public:
  constexpr AttributeFacts(std::string_view attribute, bool at_most_once, unsigned mandatory, unsigned known)
      : name(attribute), once(at_most_once), mandatory_(mandatory), known_(known | mandatory) {}

  std::string_view name;
  bool once;
  [[nodiscard]] bool mandatory_at(Registry registry) const { return has(mandatory_, registry); }
  [[nodiscard]] bool known_at(Registry registry) const { return has(known_, registry); }

 private:
  static bool has(unsigned set, Registry registry) {
    return (set >> static_cast<unsigned>(registry) & 1) != 0;
  }
  unsigned mandatory_;  // sets of registries, one bit each
  unsigned known_;
};
/// All attributes that any registry has.
[[nodiscard]] std::span<const AttributeFacts> domain_attributes();

/// What the status of an inetnum or inet6num means for reverse delegation (AFRINIC CPM 10.5): a registry
/// allocates to those who assign to others.
enum class Status : uint8_t { assigned, sub_allocated, allocated, other };
/// What a registry means by a status. The same words may be a status at one registry and none at another:
/// `ASSIGNED PA` is one of AFRINIC's inet6num, and not of the RIPE NCC's. With `Registry::other` the words of
/// all registries count.
[[nodiscard]] Status status_of_text(Registry registry, wire::Family family, std::string_view text);

}  // namespace ptrd::rdns
