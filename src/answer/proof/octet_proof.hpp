// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include "answer/proof/address_cover.hpp"
#include "ptrd/image/image.hpp"
#include "ptrd/wire/message.hpp"

namespace ptrd::answer {

/// What proves that an IPv4 address does not exist, found by going up from the last Node on its way.
/// NsecSearch finds the same for any name; this gives up where others than addresses matter: at Nodes with
/// ordinary labels below, and deeper zones.
class OctetProof {
 public:
  using Name = OctetName;
  using Leaf = image::Leaf4;
  using Cover = AddressCover<4>;

  explicit OctetProof(const image::View& view) : view_(view) {}

  /// `zone` denies the address, which a walk down tables did not find: `encloser` is the last Node on its
  /// way. False: it gave up.
  [[nodiscard]] bool find(const image::Zone& zone, const wire::QuestionName& address, uint32_t encloser);

  // After `find`.

  /// Octets of the closest encloser.
  [[nodiscard]] unsigned encloser() const { return encloser_; }
  /// Finds the NSECs: the one that covers the next closer name, and so the address, then the one that covers
  /// the wildcard below the closest encloser. Returns how many, 1 if they are the same; 0: it gave up.
  [[nodiscard]] unsigned find_covers(std::array<Cover, 2>& covers) const;

  /// The offset in a query of the label of an octet, the first one being 1.
  [[nodiscard]] static size_t question_label(const uint8_t* query, unsigned octet) {
    size_t at = wire::kHeaderSize;
    for (; octet < 4; ++octet) at += query[at] + 1U;
    return at;
  }

 private:
  [[nodiscard]] bool go_to_last(image::Ref ref, unsigned units, Cover& cover) const;

  const image::View view_;
  std::array<uint8_t, 4> address_;  // network order
  unsigned encloser_ = 0;
  uint32_t line_ = 0;  // the Node of the closest encloser
  uint32_t apex_ = 0;  // the Node of the zone's apex
};

}  // namespace ptrd::answer
