// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "ptrd/image/signed_leaf.hpp"

#include <algorithm>

namespace ptrd::image {

using wire::Bytes;

SignedLeaf::SignedLeaf(const View& view, uint32_t unit, bool is_v6)
    : SignedLeaf(is_v6 ? SignedLeaf(view, *reinterpret_cast<const Leaf6*>(view.unit(unit)))
                       : SignedLeaf(view, *reinterpret_cast<const Leaf4*>(view.unit(unit)))) {}

size_t SignedLeaf::write_nsec(Bytes owner, uint8_t* out) const {
  std::array<uint8_t, wire::kIp6NameSize + kLeafSlack> lower;
  std::transform(owner.begin(), owner.end(), lower.begin(), wire::lower);
  size_t suffix = 0;
  for (unsigned left = skip(); left > 0 && lower[suffix] != 0; --left) suffix += lower[suffix] + 1U;
  const size_t size = owner.size() - suffix;
  return write_nsec(
      size, [&](uint8_t* to) { copy_chunks(to, &lower[suffix], size); }, out);
}

}  // namespace ptrd::image
