// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include "answer/proof/address_cover.hpp"
#include "ptrd/image/image.hpp"
#include "ptrd/wire/message.hpp"

namespace ptrd::answer {

/// What proves that an IPv6 address does not exist, found in one walk down from the apex of its zone.
/// NsecSearch finds the same for any name; this gives up where others than addresses matter: at Nodes with
/// ordinary labels below, and deeper zones.
class NibbleProof {
 public:
  using Name = NibbleName;
  using Leaf = image::Leaf6;
  using Cover = AddressCover<16>;

  explicit NibbleProof(const image::View& view) : view_(view) {}

  /// `zone` denies the address, which a walk did not find. False: it gave up.
  [[nodiscard]] bool find(const image::Zone& zone, const wire::QuestionName& address, uint32_t encloser);

  // After `find`.

  /// Nibbles of the closest encloser.
  [[nodiscard]] unsigned encloser() const { return encloser_; }
  /// Finds the NSECs: the one that covers the next closer name, and so the address, then the one that covers
  /// the wildcard below the closest encloser. Returns how many, 1 if they are the same; 0: it gave up.
  [[nodiscard]] unsigned find_covers(std::array<Cover, 2>& covers) const {
    if (!resolve(before_next_, covers[0])) return 0;
    if (before_next_ == before_below_) return 1;
    return resolve(before_below_, covers[1]) ? 2 : 0;
  }

  /// The offset in a query of the label of a nibble, the first one being 1.
  [[nodiscard]] static size_t question_label(const uint8_t*, unsigned nibble) {
    return wire::kHeaderSize + Name::start(nibble);
  }

 private:
  /// Where the last name before another one is, in canonical order: at a Node on the way, or as the last name
  /// at or below `ref`.
  struct Before {
    uint32_t node = 0;
    image::Ref ref;
    uint8_t shared = 0;  // nibbles of the address that its name has
    uint8_t more = 0;    // nibbles of the name of `ref` after these: 0 to 2
    uint8_t last = 0;    // these nibbles
    bool operator==(const Before&) const = default;
  };

  [[nodiscard]] bool descend(image::Ref& ref);
  [[nodiscard]] bool pass(uint32_t line);
  [[nodiscard]] bool end(unsigned encloser, const Before& next);
  [[nodiscard]] bool resolve(const Before& before, Cover& cover) const;
  [[nodiscard]] bool last(image::Ref ref, Cover& cover) const;

  const image::View& view_;
  std::array<uint8_t, 16> address_ = {};  // network order
  uint8_t top_ = 0;                       // nibbles of the apex
  uint8_t depth_ = 0;                     // nibbles of the current name on the way
  uint8_t encloser_ = 0;
  Before before_below_;  // at or before the current name; in the end, before the wildcard
  Before before_next_;
};

}  // namespace ptrd::answer
