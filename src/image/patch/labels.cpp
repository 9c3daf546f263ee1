// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// Names that begin with an ordinary label: the lists of them, and the label index.
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "image/build/label_index.hpp"
#include "image/patch/editor.hpp"
#include "ptrd/image/name_hash.hpp"

namespace ptrd::image {

using wire::Bytes;

void Editor::set_labelled(uint32_t line, const std::vector<uint32_t>& children) {
  const Node node = view_.at<Node>(line);
  const auto size_of = [](size_t count) { return sizeof(LabelledList) + count * sizeof(uint32_t); };
  if (node.labelled != 0) lines_.free_bytes(node.labelled, size_of(view_.labelled(node).size()));
  uint32_t unit = 0;
  bool wildcard = false;
  if (!children.empty()) {
    std::vector<uint8_t> bytes(size_of(children.size()));
    const LabelledList list{.count = static_cast<uint32_t>(children.size())};
    std::memcpy(bytes.data(), &list, sizeof list);
    std::memcpy(bytes.data() + sizeof list, children.data(), children.size() * sizeof(uint32_t));
    unit = lines_.put(bytes);
  }
  auto& changed = lines_.edit<Node>(line);
  changed.labelled = unit;
  static constexpr uint8_t kStar[] = {'*'};
  if (unit != 0) wildcard = view_.labelled_child(line, kStar) != 0;
  changed.flags =
      static_cast<uint8_t>((changed.flags & ~node_flag::wildcard) | (wildcard ? node_flag::wildcard : 0));
}

void Editor::link(uint32_t parent, uint32_t child, unsigned depth) {
  const auto list = view_.labelled(view_.at<Node>(parent));
  std::vector<uint32_t> children(list.begin(), list.end());
  const auto label_of = [&](uint32_t line) { return Bytes(view_.label(line) + 1, *view_.label(line)); };
  const Bytes own = label(depth);
  const auto place = std::partition_point(children.begin(), children.end(), [&](uint32_t line) {
    const Bytes other = label_of(line);
    return std::lexicographical_compare(other.begin(), other.end(), own.begin(), own.end());
  });
  children.insert(place, child);
  set_labelled(parent, children);
  add_to_index(child, depth);
}

void Editor::relink(uint32_t parent, uint32_t from, uint32_t to, unsigned depth) {
  const auto list = view_.labelled(view_.at<Node>(parent));
  std::vector<uint32_t> children(list.begin(), list.end());
  std::replace(children.begin(), children.end(), from, to);
  set_labelled(parent, children);
  if (!index_is_full_) slot_of(from, depth).node = to;
}

void Editor::unlink(uint32_t parent, uint32_t child, unsigned depth) {
  const auto list = view_.labelled(view_.at<Node>(parent));
  std::vector<uint32_t> children(list.begin(), list.end());
  std::erase(children, child);
  set_labelled(parent, children);
  if (!index_is_full_) slot_of(child, depth).node = view_.header().root;
}

uint64_t Editor::hash_of(unsigned depth) const {
  const IndexKey& key = view_.header().index_key;
  std::array<uint8_t, wire::kMaxLabel + 1 + sizeof(uint64_t)> room{};
  uint64_t hash = root_hash(key);
  for (unsigned at = 1; at <= depth; ++at) {
    const Bytes own = label(at);
    room[0] = static_cast<uint8_t>(own.size());
    std::copy(own.begin(), own.end(), room.begin() + 1);
    hash = hash_below(key, hash, room.data());
  }
  return hash;
}

IndexLine::Slot& Editor::slot_of(uint32_t node, unsigned depth) {
  const Header& header = view_.header();
  const uint64_t place = index_place(hash_of(depth));
  for (uint64_t probe = 0; probe < header.index_probes; ++probe) {
    const auto line = static_cast<uint32_t>(header.index + ((place + probe) & (header.index_lines - 1)));
    for (size_t i = 0; i < IndexLine::kSlots; ++i) {
      if (view_.at<IndexLine>(line).slot[i].node == node) return lines_.edit<IndexLine>(line).slot[i];
    }
  }
  throw std::logic_error("a name that is not in the label index");
}

/// Into a free slot, or one of a name that was removed, which the root's number stands for.
void Editor::add_to_index(uint32_t node, unsigned depth) {
  const Header& header = view_.header();
  const uint64_t place = index_place(hash_of(depth));
  const auto upper = static_cast<uint32_t>(place >> 32);
  const uint32_t most = std::min(kMaxIndexProbes, header.index_lines);
  uint32_t line = 0;
  size_t slot = 0;
  uint32_t probes = 0;
  bool end = false;
  for (uint32_t probe = 0; probe < most && !end; ++probe) {
    const auto here = static_cast<uint32_t>(header.index + ((place + probe) & (header.index_lines - 1)));
    const auto& slots = view_.at<IndexLine>(here).slot;
    for (size_t i = 0; i < IndexLine::kSlots && !end; ++i) {
      const bool removed = slots[i].node == header.root;
      end = slots[i].node == 0;
      if (!removed && !end) {
        index_is_full_ = index_is_full_ || slots[i].hash == upper;
        continue;
      }
      if (line != 0) continue;
      line = here;
      slot = i;
      probes = probe + 1;
    }
  }
  index_is_full_ = index_is_full_ || line == 0;
  if (index_is_full_) return;
  lines_.edit<IndexLine>(line).slot[slot] = {upper, node};
  if (probes <= header.index_probes) return;
  lines_.edit_header().index_probes = probes;
}

/// By another key, or larger, from all names.
void Editor::rebuild_index() {
  const IndexKey old = view_.header().index_key;
  size_t count = 0;
  each_indexed(view_, old, [&](uint32_t, uint64_t) { ++count; });
  const auto keys = [&](unsigned n) {
    const XXH128_hash_t key = XXH3_128bits_withSeed(&old, sizeof old, n);
    return IndexKey{{key.low64, key.high64}};
  };
  const auto index = make_index(view_, count, keys);
  if (!index) throw NeedsCompile("a name that finds no place in the label index");
  const uint32_t line = lines_.take_lines(index->lines.size());
  std::memcpy(lines_.edit_lines(line, index->lines.size()), index->lines.data(),
              index->lines.size() * kLineSize);
  Header& header = lines_.edit_header();
  lines_.free_lines(header.index, header.index_lines);
  header.index = line;
  header.index_lines = static_cast<uint32_t>(index->lines.size());
  header.index_probes = index->probes;
  header.index_key = index->key;
}

}  // namespace ptrd::image
