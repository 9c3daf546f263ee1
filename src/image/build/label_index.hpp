// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// Builds the label index (see IndexLine). A search may look at no more than kMaxIndexProbes lines, and at one
// Node. The author of a zone can compute the key that its index will have, and find names that collide under
// it; so both are guaranteed by trying keys until one satisfies them.
//
// Rehashing: all that is in a slot follows from the name of its Node, and no other line depends on it. So the
// index of an image can be rebuilt from the tree of names, without touching any other line: `make_index`,
// then set Header::index, index_lines, index_probes and index_key. To add a name to an image in service, put
// it into a free slot with `put_in_index` while it finds room, and build a new index in the next generation
// when it does not. A Node that moves to another line needs a new number in its slot, and nothing else:
// hashes are of names, not of lines.
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

/// Calls `use` with the line and the hash under `key` of each Node whose name belongs into the index, from
/// the root down. The index of `view` is not used.
void each_indexed(const View& view, const IndexKey& key,
                  const std::function<void(uint32_t node, uint64_t hash)>& use);

/// Puts the Node at line `node`, whose name has this hash, into an index. Returns the number of lines that a
/// search for it looks at. Empty: more than kMaxIndexProbes, or a search would find another name's Node; it
/// was not added.
[[nodiscard]] std::optional<uint32_t> put_in_index(std::span<IndexLine> index, uint64_t hash, uint32_t node);

/// An index of the names of `view`, `count` of which belong into it, at most half full. Tries keys in their
/// order, several with each size. Empty: kMaxIndexKeys keys and the larger tables did not satisfy the bounds.
[[nodiscard]] std::optional<LabelIndex> make_index(const View& view, size_t count, const IndexKeys& keys);
inline constexpr unsigned kKeysOfASize = 4;
inline constexpr unsigned kMaxIndexKeys =
    4 * kKeysOfASize;  // the last tables are 8 times as large as the first

}  // namespace ptrd::image
