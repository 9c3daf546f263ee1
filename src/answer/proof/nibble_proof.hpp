// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <cstdint>

#include "ptrd/image/image.hpp"
#include "ptrd/wire/arpa.hpp"

namespace ptrd::answer {

/// A name of an address, or of the start of one, with an NSEC record.
struct AddressCover {
  uint32_t leaf = 0;                 // its unit
  uint32_t node = 0;                 // or the line of its Node
  uint8_t units = 0;                 // octets or nibbles of the name
  uint8_t shared = 0;                // of these, from the first on: those of the address asked
  std::array<uint8_t, 16> key = {};  // network order; the first `units` are the name's
};

/// What proves that an address does not exist, found in one walk down from the apex of its zone. NsecSearch
/// finds the same for any name; this gives up where others than addresses matter: at Nodes with ordinary
/// labels below, and deeper zones.
class AddressProof {
 public:
  explicit AddressProof(const image::View& view) : view_(view) {}

  /// `zone` denies the address, which a walk did not find: `encloser` is the last Node on its way. False: it
  /// gave up.
  [[nodiscard]] bool find(const image::Zone& zone, const wire::QuestionName& address, uint32_t encloser);

  // After `find`.

  /// Octets or nibbles of the closest encloser.
  [[nodiscard]] unsigned encloser() const { return encloser_; }
  /// Finds where the NSECs are. False: it gave up.
  [[nodiscard]] bool find_nsec();
  /// The NSEC that covers the next closer name, and so the address. False: it gave up.
  [[nodiscard]] bool cover_next_closer(AddressCover& cover) const { return resolve(before_next_, cover); }
  /// The NSEC that covers the wildcard below the closest encloser. False: it gave up.
  [[nodiscard]] bool cover_wildcard(AddressCover& cover) const { return resolve(before_below_, cover); }
  /// Whether these are the same.
  [[nodiscard]] bool is_one() const { return before_next_ == before_below_; }

 private:
  /// Where the last name before another one is, in canonical order: at a Node on the way, or as the last name
  /// at or below `ref`.
  struct Before {
    uint32_t node = 0;
    image::Ref ref;
    uint8_t shared = 0;  // units of the address that its name has
    uint8_t more = 0;    // units of the name of `ref` after these: 0 to 2
    uint8_t last = 0;    // these units
    bool operator==(const Before&) const = default;
  };

  [[nodiscard]] bool find4(uint32_t apex, uint32_t encloser);
  [[nodiscard]] bool smaller4(unsigned depth, Before& before) const;
  [[nodiscard]] bool find6(uint32_t line);
  [[nodiscard]] bool descend6(image::Ref& ref);
  [[nodiscard]] bool pass(uint32_t line);
  [[nodiscard]] bool end(unsigned encloser, const Before& next);
  [[nodiscard]] bool resolve(const Before& before, AddressCover& cover) const;
  [[nodiscard]] bool last4(image::Ref ref, AddressCover& cover) const;
  [[nodiscard]] bool last6(image::Ref ref, AddressCover& cover) const;
  [[nodiscard]] bool ends_at(uint32_t line, AddressCover& cover) const;

  const image::View& view_;
  std::array<uint8_t, 16> address_ = {};  // network order
  bool v6_ = false;
  uint8_t top_ = 0;    // units of the apex
  uint8_t depth_ = 0;  // units of the current name on the way
  uint8_t encloser_ = 0;
  std::array<uint32_t, 4> path_;  // v4: the Nodes on the way
  Before before_below_;           // v6: at or before the current name; in the end, before the wildcard
  Before before_next_;
};

}  // namespace ptrd::answer
