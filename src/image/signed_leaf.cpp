// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "ptrd/image/signed_leaf.hpp"

#include <algorithm>

namespace ptrd::image {

using wire::Bytes;

namespace {

template <typename Leaf>
const uint8_t* part_of(const View& view, uint32_t unit, const LeafSigning*& signing) {
  const auto& leaf = *reinterpret_cast<const Leaf*>(view.unit(unit));
  const uint32_t number = view.tail(leaf.tail()).signing_number();
  if (number == 0) return nullptr;
  signing = &view.signing(number);
  return signed_part(leaf);
}

}  // namespace

SignedLeaf::SignedLeaf(const View& view, uint32_t unit, bool is_v6)
    : part_(is_v6 ? part_of<Leaf6>(view, unit, signing_) : part_of<Leaf4>(view, unit, signing_)) {}

size_t SignedLeaf::write_nsec(Bytes owner, uint8_t* out) const {
  std::array<uint8_t, wire::kIp6NameSize + kLeafSlack> lower;
  std::transform(owner.begin(), owner.end(), lower.begin(), wire::lower);
  return write_lower_nsec(Bytes(lower).first(owner.size()), out);
}

}  // namespace ptrd::image
