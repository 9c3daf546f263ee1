// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "policy/prefix_table.hpp"

#include <algorithm>
#include <new>
#include <tuple>
#include <utility>

namespace ptrd::policy {

namespace {

bool covers(const Prefix& outer, const Prefix& inner) {
  if (outer.length > inner.length) return false;
  const size_t whole = outer.length / 8;
  if (!std::equal(outer.address.begin(), outer.address.begin() + static_cast<ptrdiff_t>(whole),
                  inner.address.begin()))
    return false;
  const unsigned rest = outer.length % 8;
  return rest == 0 || (outer.address[whole] ^ inner.address[whole]) >> (8 - rest) == 0;
}

}  // namespace

/// Makes the trie from prefixes sorted by address, then length: a prefix is followed by those that it covers.
class PrefixTable::Maker {
 public:
  Maker(PrefixTable& table, std::span<const Prefix> sorted) : table_(table), sorted_(sorted) {}

  /// The root: the first two octets, as `fill` does for the next one.
  void run() {
    table_.root_.assign(1U << 16, 0);
    table_.root_mask_ = 0xFFFF;
    size_t from = 0;
    while (from < sorted_.size()) {
      const Prefix& prefix = sorted_[from];
      const size_t start = wire::load16(prefix.address.data());
      if (prefix.length <= 16) {
        std::fill_n(table_.root_.begin() + static_cast<ptrdiff_t>(start), size_t{1} << (16 - prefix.length),
                    number(from));
        ++from;
        continue;
      }
      size_t to = from + 1;
      while (to < sorted_.size() && sorted_[to].address[0] == prefix.address[0] &&
             sorted_[to].address[1] == prefix.address[1])
        ++to;
      table_.root_[start] = line(from, to, 2, table_.root_[start]);
      from = to;
    }
  }

 private:
  /// Prefix 0 is "none".
  static Ref number(size_t sorted) { return static_cast<Ref>(sorted + 1); }

  /// A line for the prefixes `from` to `to`, which share `depth` octets and are longer than those; `outer` is
  /// what covers them.
  Ref line(size_t from, size_t to, unsigned depth, Ref outer) {
    if (table_.lines_.size() == kLine) throw std::bad_alloc();
    const size_t at = table_.lines_.size();
    table_.lines_.emplace_back();
    std::array<Ref, 256> entries;
    entries.fill(outer);
    while (from < to) {
      const Prefix& prefix = sorted_[from];
      const uint8_t octet = prefix.address[depth];
      if (prefix.length <= 8 * (depth + 1)) {
        std::fill_n(entries.begin() + octet, size_t{1} << (8 * (depth + 1) - prefix.length), number(from));
        ++from;
        continue;
      }
      size_t next = from + 1;
      while (next < to && sorted_[next].address[depth] == octet) ++next;
      entries[octet] = line(from, next, depth + 1, entries[octet]);
      from = next;
    }
    store(entries, at);
    return kLine | static_cast<Ref>(at);
  }

  void store(const std::array<Ref, 256>& entries, size_t at) {
    Line made{};
    std::vector<Ref> runs{entries[0]};
    for (unsigned octet = 1; octet < 256; ++octet) {
      if (entries[octet] == entries[octet - 1]) continue;
      made.starts[octet / 64] |= uint64_t{1} << octet % 64;
      runs.push_back(entries[octet]);
    }
    if (runs.size() <= Line::kOwn) {
      std::copy(runs.begin(), runs.end(), made.entries.begin());
    } else {
      made.starts[0] |= 1;
      made.entries[0] = static_cast<Ref>(table_.pool_.size());
      table_.pool_.insert(table_.pool_.end(), runs.begin(), runs.end());
    }
    for (size_t word = 1; word < made.starts.size(); ++word)
      made.before[word] = static_cast<uint8_t>(made.before[word - 1] + std::popcount(made.starts[word - 1]));
    table_.lines_[at] = made;
  }

  PrefixTable& table_;
  std::span<const Prefix> sorted_;
};

PrefixTable::PrefixTable(std::span<const Entry> entries) {
  if (entries.empty()) return;
  std::vector<uint32_t> order(entries.size());
  for (uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  const auto key = [&](uint32_t i) { return std::tie(entries[i].prefix.address, entries[i].prefix.length); };
  std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) { return key(a) < key(b); });
  order.erase(
      std::unique(order.begin(), order.end(), [&](uint32_t a, uint32_t b) { return key(a) == key(b); }),
      order.end());
  std::vector<Prefix> sorted;
  sorted.reserve(order.size());
  prefixes_.reserve(order.size() + 1);
  std::vector<uint32_t> open;  // numbers of the prefixes that cover the current one, the longest last
  for (const uint32_t i : order) {
    const Prefix& prefix = entries[i].prefix;
    while (!open.empty() && !covers(sorted[open.back() - 1], prefix)) open.pop_back();
    sorted.push_back(prefix);
    prefixes_.push_back(
        {.value = entries[i].value, .parent = open.empty() ? 0 : open.back(), .length = prefix.length});
    open.push_back(static_cast<uint32_t>(sorted.size()));
  }
  Maker(*this, sorted).run();
  lines_.shrink_to_fit();
  pool_.shrink_to_fit();
}

PrefixTable::Ref PrefixTable::longest(const uint8_t* address) const {
  Ref ref = begin(wire::load16(address));
  for (const uint8_t* octet = address + 2; (ref & kLine) != 0; ++octet) ref = step(ref, *octet);
  return ref;
}

PrefixTable::Value PrefixTable::find(const uint8_t* address) const {
  return prefixes_[longest(address)].value;
}

PrefixTable::Value PrefixTable::find(const uint8_t* address, unsigned length) const {
  Ref ref = longest(address);
  while (prefixes_[ref].length > length) ref = prefixes_[ref].parent;
  return prefixes_[ref].value;
}

void PrefixTable::finish(std::span<Lookup> lookups) {
  std::array<uint8_t, kBurst> active;
  size_t count = 0;
  // Has the next line of a lookup fetched, if there is one.
  const auto go_on = [&](size_t i) {
    const Lookup& lookup = lookups[i];
    if ((lookup.ref & kLine) == 0) return;
    __builtin_prefetch(&lookup.table->lines_[lookup.ref & ~kLine]);
    active[count++] = static_cast<uint8_t>(i);
  };
  for (size_t i = 0; i < lookups.size(); ++i) go_on(i);
  for (size_t depth = 2; count > 0; ++depth) {
    const size_t left = std::exchange(count, 0);
    for (size_t k = 0; k < left; ++k) {
      Lookup& lookup = lookups[active[k]];
      lookup.ref = lookup.table->step(lookup.ref, lookup.address[depth]);
      go_on(active[k]);
    }
  }
}

size_t PrefixTable::bytes() const {
  return root_.size() * sizeof(Ref) + lines_.size() * sizeof(Line) + pool_.size() * sizeof(Ref) +
         prefixes_.size() * sizeof(Known);
}

}  // namespace ptrd::policy
