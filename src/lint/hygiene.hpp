// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "lint/findings.hpp"
#include "ptrd/wire/arpa.hpp"
#include "ptrd/wire/name.hpp"

namespace ptrd::lint {

/// Rules that need no regex. Findings of `ptrzone check` on zone text are not repeated; the rules from
/// `address` on are for images, which `check` does not read.
enum class Hygiene : uint8_t {
  several_ptr,
  single_label,
  repeated_end,
  generic_mail,
  address,
  final_dot,
  reverse,
  host_name,
  alias,
  count
};
struct HygieneRule {
  std::string_view id;
  Severity severity;
  std::string_view text;
};
/// Indexed by Hygiene.
inline constexpr std::array<HygieneRule, static_cast<size_t>(Hygiene::count)> kHygieneRules = {{
    {"hygiene/several-ptr", Severity::warning, "has more than one PTR record"},  // RFC 1912 2.1
    {"hygiene/single-label", Severity::warning,
     "is a single label; is the domain missing?"},  // RFC 1033 p. 12
    {"hygiene/repeated-end", Severity::warning,
     "repeats its last labels; is the final dot missing?"},  // RFC 1912 2.1
    {"hygiene/generic-mail", Severity::warning,
     "is the name of a mail exchange, but looks generic"},                           // RFC 8501 4
    {"hygiene/address", Severity::error, "is an address; a host name is expected"},  // RFC 1035 3.5
    {"hygiene/final-dot", Severity::warning,
     "ends with the zone's name; is the final dot missing?"},  // RFC 1912 2.4
    {"hygiene/reverse", Severity::warning,
     "is in the reverse tree; a host name is expected"},             // RFC 1035 3.5
    {"hygiene/host-name", Severity::warning, "is not a host name"},  // RFC 1123 2.1
    {"hygiene/alias", Severity::warning, "is an alias"},             // RFC 1912 2.4
}};

/// Checks the shape of a target in zone text.
[[nodiscard]] std::optional<Hygiene> shape_fault(wire::Bytes target);

/// The same for a target in an image. `apex`: of its zone. The second member is a specific reason, or empty.
[[nodiscard]] std::optional<std::pair<Hygiene, std::string>> image_fault(wire::Bytes target,
                                                                         const wire::Name& apex);

/// Addresses with several PTR records. Stores 28 bytes per record.
class SeveralPtr {
 public:
  void take(const wire::AddressKey& address, Place place) {
    seen_.push_back({address.address, address.family, place});
  }
  struct Found {
    wire::AddressKey address;
    Place place;
  };
  /// All records except the first of each address; ends the search.
  [[nodiscard]] std::vector<Found> finish();

 private:
  struct Seen {
    std::array<uint8_t, 16> address;
    wire::Family family;
    Place place;
  };
  std::vector<Seen> seen_;
};

/// Mail exchanges whose names look generic: other mail servers reject them. Stores 16 bytes per generic name.
class GenericMail {
 public:
  void take_mail_exchange(wire::Bytes name);
  void take_generic(wire::Bytes target, Place place);
  /// Places of PTR records, and their targets.
  [[nodiscard]] std::vector<std::pair<Place, std::string>> finish();

 private:
  std::unordered_map<uint64_t, std::string> exchanges_;  // hash to name
  std::vector<std::pair<uint64_t, Place>> generic_;
};

}  // namespace ptrd::lint
