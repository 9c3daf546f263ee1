// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "image/build/label_index.hpp"

#include <xxhash.h>

#include <algorithm>
#include <bit>

#include "ptrd/image/label_hash.hpp"

namespace ptrd::image {

namespace {

std::optional<LabelIndex> fill(const View& view, std::span<const uint32_t> nodes, size_t lines,
                               const IndexKey& key) {
  LabelIndex index{.lines = std::vector<IndexLine>(lines), .key = key};
  for (const uint32_t node : nodes) {
    const auto probes = put_in_index(index.lines, key, view, node);
    if (!probes) return std::nullopt;
    index.probes = std::max(index.probes, *probes);
  }
  return index;
}

}  // namespace

IndexKeys keys_from(std::span<const Line> lines, const Executor& run) {
  const uint64_t content = checksum(lines, run);
  return [content](unsigned n) {
    const XXH128_hash_t key = XXH3_128bits_withSeed(&content, sizeof content, n);
    return IndexKey{{key.low64, key.high64}};
  };
}

std::optional<uint32_t> put_in_index(std::span<IndexLine> index, const IndexKey& key, const View& view,
                                     uint32_t node) {
  const auto& named = view.at<Node>(node);
  const uint32_t hash = hash_label(key, named.parent, {named.label, named.label_size});
  const auto most = static_cast<uint32_t>(std::min<size_t>(index.size(), kMaxIndexProbes));
  for (uint32_t probe = 0; probe < most; ++probe) {
    for (auto& slot : index[(hash + probe) & (index.size() - 1)].slot) {
      if (slot.node != 0) continue;
      slot = {hash, node};
      return probe + 1;
    }
  }
  return std::nullopt;
}

std::optional<LabelIndex> make_index(const View& view, std::span<const uint32_t> nodes,
                                     const IndexKeys& keys) {
  size_t lines = std::bit_ceil(nodes.size() / (IndexLine::kSlots / 2) + 1);
  for (unsigned n = 0; n < kMaxIndexKeys; ++n) {
    if (n != 0 && n % kKeysOfASize == 0) lines *= 2;
    if (auto index = fill(view, nodes, lines, keys(n))) return index;
  }
  return std::nullopt;
}

}  // namespace ptrd::image
