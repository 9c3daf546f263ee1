// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "image/build/label_index.hpp"

#include <xxhash.h>

#include <algorithm>
#include <bit>

#include "ptrd/image/name_hash.hpp"

namespace ptrd::image {

namespace {

/// Visits the Nodes of an image from the root down, with the hashes of their names.
class IndexedNames {
 public:
  using Use = std::function<void(uint32_t node, uint64_t hash)>;
  IndexedNames(const View& view, const IndexKey& key, const Use& use) : view_(view), key_(key), use_(use) {}

  /// `units`: nibbles of an address in ip6.arpa.
  void node(uint32_t line, uint64_t hash, unsigned units = 0) {
    const auto& node = view_.at<Node>(line);
    if (node.children.is_octet_table()) {
      octets(node.children, hash);
    } else if (node.children.is_branch()) {
      branch(node.children, hash, units);
    }
    for (const uint32_t child : view_.labelled(node)) {
      const uint64_t below = hash_below(key_, hash, view_.label(child));
      use_(child, below);
      this->node(child, below);
    }
  }

 private:
  void octets(Ref table, uint64_t hash) {
    for (unsigned octet = 0; octet < kOctets; ++octet) {
      const Ref ref = view_.octet_child(table, static_cast<uint8_t>(octet));
      if (!ref.is(Ref::Kind::node) && !ref.is_octet_table()) continue;
      const uint32_t line = ref.is_octet_table() ? ref.line() - 1 : ref.line();
      node(line, hash_below(key_, hash, view_.label(line)));
    }
  }

  void branch(Ref ref, uint64_t hash, unsigned units) {
    const Nibbles& branch = view_.branch(ref);
    for (; units < branch.depth; ++units)
      hash = nibble(hash, units % 2 == 0 ? branch.key[units / 2] >> 4 : branch.key[units / 2] & 15);
    const bool pairs = ref.is(Ref::Kind::pairs);
    for (unsigned i = 0; i < (pairs ? kOctets : kNibbles); ++i) {
      const Ref child =
          pairs ? view_.pair_child(ref, static_cast<uint8_t>(i)) : view_.nibble_child(ref.line(), i);
      if (!child.is(Ref::Kind::node) && !child.is_branch()) continue;
      const uint64_t below = pairs ? nibble(nibble(hash, i >> 4), i & 15) : nibble(hash, i);
      if (child.is(Ref::Kind::node))
        node(child.line(), below, units + (pairs ? 2 : 1));
      else
        this->branch(child, below, units + (pairs ? 2 : 1));
    }
  }
  [[nodiscard]] uint64_t nibble(uint64_t hash, unsigned value) const {
    return hash_below(key_, hash, "0123456789abcdef"[value]);
  }

  static constexpr unsigned kOctets = 256;
  static constexpr unsigned kNibbles = 16;
  const View& view_;
  const IndexKey& key_;
  const Use& use_;
};

std::optional<LabelIndex> fill(const View& view, size_t lines, const IndexKey& key) {
  LabelIndex index{.lines = std::vector<IndexLine>(lines), .key = key};
  bool all = true;
  each_indexed(view, key, [&](uint32_t node, uint64_t hash) {
    const auto probes = all ? put_in_index(index.lines, hash, node) : std::nullopt;
    all = probes.has_value();
    if (all) index.probes = std::max(index.probes, *probes);
  });
  if (!all) return std::nullopt;
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

void each_indexed(const View& view, const IndexKey& key,
                  const std::function<void(uint32_t node, uint64_t hash)>& use) {
  IndexedNames(view, key, use).node(view.header().root, root_hash(key));
}

std::optional<uint32_t> put_in_index(std::span<IndexLine> index, uint64_t hash, uint32_t node) {
  const uint64_t place = index_place(hash);
  const auto upper = static_cast<uint32_t>(place >> 32);
  const auto most = static_cast<uint32_t>(std::min<size_t>(index.size(), kMaxIndexProbes));
  for (uint32_t probe = 0; probe < most; ++probe) {
    for (auto& slot : index[(place + probe) & (index.size() - 1)].slot) {
      if (slot.node != 0 && slot.hash == upper) return std::nullopt;
      if (slot.node != 0) continue;
      slot = {upper, node};
      return probe + 1;
    }
  }
  return std::nullopt;
}

std::optional<LabelIndex> make_index(const View& view, size_t count, const IndexKeys& keys) {
  size_t lines = std::bit_ceil(count / (IndexLine::kSlots / 2) + 1);
  for (unsigned n = 0; n < kMaxIndexKeys; ++n) {
    if (n != 0 && n % kKeysOfASize == 0) lines *= 2;
    if (auto index = fill(view, lines, keys(n))) return index;
  }
  return std::nullopt;
}

}  // namespace ptrd::image
