// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// Builds the label index (see IndexLine). A search may look at no more than kMaxIndexProbes lines. The author
// of a zone can compute the key that its index will have, and find labels that collide under it; so the bound
// is guaranteed by trying keys until one satisfies it.
//
// Rehashing: a slot contains nothing that cannot be computed from its Node (the parent's line and the label),
// and Nodes do not store a hash. So the index of an image can be rebuilt from the Nodes that the old one
// refers to, without touching any other line: `make_index` over them, then set Header::index, index_lines,
// index_probes and index_key. To add names to an image in service, put them into free slots with
// `put_in_index` while it finds room, and build a new index in the next generation when it does not.
// `put_in_index` while it finds room, and make a new index in the next generation when it does not.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "ptrd/image/image.hpp"

namespace ptrd::image {

struct LabelIndex {
  std::vector<IndexLine> lines;  // a power of two
  IndexKey key;
  uint32_t probes = 1;
};

/// The n-th key to try.
using IndexKeys = std::function<IndexKey(unsigned n)>;

/// Keys derived only from the lines of an image, so that the same zones have the same index.
[[nodiscard]] IndexKeys keys_from(std::span<const Line> lines, const Executor& run);

/// Puts the Node at line `node` of `view` into an index. Returns the number of lines that a search for it
/// looks at. Empty: more than kMaxIndexProbes, and it was not added.
[[nodiscard]] std::optional<uint32_t> put_in_index(std::span<IndexLine> index, const IndexKey& key,
                                                   const View& view, uint32_t node);

/// An index of `nodes`, which are lines of `view`, at most half full. Tries keys in their order, several with
/// each size. Empty: kMaxIndexKeys keys and the larger tables did not satisfy the bound.
[[nodiscard]] std::optional<LabelIndex> make_index(const View& view, std::span<const uint32_t> nodes,
                                                   const IndexKeys& keys);
inline constexpr unsigned kKeysOfASize = 4;
inline constexpr unsigned kMaxIndexKeys =
    4 * kKeysOfASize;  // the last tables are 8 times as large as the first

}  // namespace ptrd::image
