// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/name.hpp"

#include <fmt/core.h>
#define XXH_INLINE_ALL  // NOLINT: names are short, a call costs as much as the hash
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace ptrd::zone {

using wire::Bytes;
using wire::Labels;
using wire::Name;

namespace {

constexpr bool is_host_octet(uint8_t c) {
  const uint8_t low = wire::lower(c);
  return wire::is_digit(c) || (low >= 'a' && low <= 'z') || c == '-';
}
/// 1 for each octet that is not allowed in a label of a host name.
constexpr auto kOdd = [] {
  std::array<uint8_t, 256> table{};
  for (size_t c = 0; c < table.size(); ++c) table[c] = is_host_octet(static_cast<uint8_t>(c)) ? 0 : 1;
  return table;
}();

// Names of ten million records are checked here, so vectors: g++ 12 does not vectorize a plain loop. Sixteen
// octets suit SSE2 and NEON.
using Block = uint8_t __attribute__((vector_size(16)));
constexpr size_t kBlock = sizeof(Block);
constexpr Block kIndex = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

struct Lowered {
  uint64_t hash;
  unsigned odd;  // octets not allowed in a host name
};

/// `size` octets at `from`, at least one block, in `blocks` blocks: the last ones may overlap and are the
/// name's last 16 octets.
[[gnu::always_inline]] inline Lowered lower_blocks(const uint8_t* from, size_t size, size_t blocks) {
  std::array<Block, wire::kMaxName / kBlock + 1> low;
  Block odd{};
  for (size_t i = 0; i < blocks; ++i) {
    const size_t at = std::min(i * kBlock, size - kBlock);
    const auto block = wire::load_raw<Block>(from + at);
    const auto letter = reinterpret_cast<Block>((block | 0x20) - 'a' < 26);
    const auto digit = reinterpret_cast<Block>(block - '0' < 10);
    const auto hyphen = reinterpret_cast<Block>(block == '-');
    const auto fresh =
        reinterpret_cast<Block>(kIndex >= static_cast<uint8_t>(std::min(i * kBlock - at, kBlock)));
    odd -= ~(letter | digit | hyphen) & fresh;  // true is all ones: minus one
    low[i] = block | (letter & 0x20);
  }
  // Each of the 16 counts is at most 16: a multiplication sums eight without a carry.
  std::array<uint64_t, 2> counts{};
  std::memcpy(counts.data(), &odd, sizeof counts);
  return {.hash = XXH3_64bits(low.data(), blocks * kBlock) + size,
          .odd = static_cast<unsigned>((counts[0] + counts[1]) * 0x0101010101010101ULL >> 56)};
}

/// Names of 16 to 64 octets, nearly all, take the same path: a branch on the length would be mispredicted
/// more often than not.
Lowered lower(Bytes name) {
  constexpr size_t kUsualBlocks = 4;
  if (name.size() >= kBlock && name.size() <= kUsualBlocks * kBlock) {
    return lower_blocks(name.data(), name.size(), kUsualBlocks);
  }
  if (name.size() > kBlock)
    return lower_blocks(name.data(), name.size(), (name.size() + kBlock - 1) / kBlock);
  std::array<uint8_t, kBlock> padded;
  padded.fill('-');
  std::memcpy(padded.data(), name.data(), name.size());
  return lower_blocks(padded.data(), kBlock, 1);
}

/// Leading labels of `name` that are numbers.
size_t leading_numbers(const Labels& labels, Bytes name) {
  size_t n = 0;
  while (n < labels.count && is_number(labels.label(name, n)) && labels.label(name, n).size() <= 3) ++n;
  return n;
}

}  // namespace

std::optional<NameLook> look_at(Bytes name) {
  if (name.size() > wire::kMaxName) return std::nullopt;
  // A length octet may look like a digit or a hyphen: `kOdd` tells which ones count as odd.
  unsigned odd_lengths = 1;  // the root's
  unsigned hyphens = 0;      // at a label's start or end
  size_t last = 0;
  size_t at = 0;
  while (at < name.size() && name[at] != 0) {
    const size_t end = at + name[at];
    if (name[at] > wire::kMaxLabel || end + 1 >= name.size()) return std::nullopt;
    odd_lengths += kOdd[name[at]];
    hyphens += static_cast<unsigned>(name[at + 1] == '-') + static_cast<unsigned>(name[end] == '-');
    last = at;
    at = end + 1;
  }
  if (at + 1 != name.size()) return std::nullopt;

  const Lowered lowered = lower(name);
  constexpr std::array<uint8_t, 6> kArpa = {4, 'a', 'r', 'p', 'a', 0};
  return NameLook{
      .hash = lowered.hash,
      .host_name = lowered.odd == odd_lengths && hyphens == 0 && at > 0,
      .arpa = name.size() - last == kArpa.size() && wire::same_ignoring_case(name.subspan(last), kArpa),
      .numeric = at > 0 && wire::is_digit(name[last + 1])};
}

std::optional<std::string> host_name_fault(Bytes name) {
  if (name[0] == 0) return "it is the root";
  const Labels labels(name);
  for (size_t i = 0; i < labels.count; ++i) {
    const Bytes label = labels.label(name, i);
    const auto odd = std::find_if_not(label.begin(), label.end(), is_host_octet);
    if (odd != label.end()) {
      return fmt::format("label '{}' contains '{}'", wire::label_to_text(label),
                         wire::label_to_text({odd, 1}));
    }
    if (label.front() == '-')
      return fmt::format("label '{}' starts with a hyphen", wire::label_to_text(label));
    if (label.back() == '-') return fmt::format("label '{}' ends with a hyphen", wire::label_to_text(label));
  }
  if (is_number(labels.label(name, labels.count - 1U))) return "its last label is a number";
  return std::nullopt;
}

std::optional<wire::Family> reverse_tree(Bytes name) {
  static const Name in_addr = Name::from_text("in-addr.arpa.").value();
  static const Name ip6 = Name::from_text("ip6.arpa.").value();
  Bytes rest = name;
  while (rest.size() > in_addr.size()) rest = rest.subspan(rest[0] + 1U);
  if (wire::same_ignoring_case(rest, in_addr.bytes())) return wire::Family::v4;
  while (rest.size() > ip6.size()) rest = rest.subspan(rest[0] + 1U);
  if (wire::same_ignoring_case(rest, ip6.bytes())) return wire::Family::v6;
  return std::nullopt;
}

bool is_number(Bytes label) {
  return !label.empty() &&
         std::all_of(label.begin(), label.end(), [](uint8_t c) { return wire::is_digit(c); });
}

bool is_address_literal(Bytes target, const Name& apex) {
  const Labels labels(target);
  if (labels.count == 0) return false;
  const Bytes first = labels.label(target, 0);
  const std::string_view text(reinterpret_cast<const char*>(first.data()), first.size());
  if (text.find(':') != std::string_view::npos) return wire::key_of_address(text).has_value();

  const size_t numbers = leading_numbers(labels, target);
  if (numbers < 4) return false;
  if (labels.count == 4) return true;
  const auto tree = reverse_tree(target);
  // Four numbers alone are a reverse name in in-addr.arpa. (An $ORIGIN below the apex also adds numbers.)
  if (tree == wire::Family::v4) return labels.count - 2U > 4;
  if (tree == wire::Family::v6) {
    return std::any_of(labels.offset.begin(), labels.offset.begin() + 4,
                       [&](uint8_t at) { return target[at] > 1; });
  }
  return labels.count - 4U == apex.label_count() && Name::from_wire(target)->is_below_or_at(apex);
}

std::string sort_key(Bytes name) {
  std::array<char, kMaxSortKey> key;
  return {key.data(), put_sort_key(name, key)};
}

size_t put_sort_key(Bytes name, std::span<char, kMaxSortKey> key) {
  const Labels labels(name);
  size_t size = 0;
  for (size_t i = labels.count; i-- > 0;) {
    for (const uint8_t c : labels.label(name, i)) {
      // Octets 0 and 1 become 1 1 and 1 2: this keeps the order, and makes zero available as the end of a
      // label.
      if (c <= 1) key[size++] = '\1';
      key[size++] = static_cast<char>(c <= 1 ? c + 1 : wire::lower(c));
    }
    key[size++] = '\0';
  }
  return size;
}

Name name_of_sort_key(std::string_view key) {
  std::array<uint8_t, wire::kMaxName> bytes;
  size_t size = 0;
  while (!key.empty()) {  // from the right to the left, the name's labels in order
    const std::string_view rest = parent_key(key);
    const std::string_view label = key.substr(rest.size(), key.size() - rest.size() - 1);
    const size_t length_at = size++;
    for (size_t i = 0; i < label.size(); ++i) {
      bytes[size++] = static_cast<uint8_t>(label[i] == '\1' ? label[++i] - 1 : label[i]);
    }
    bytes[length_at] = static_cast<uint8_t>(size - length_at - 1);
    key = rest;
  }
  bytes[size++] = 0;
  return *Name::from_wire({bytes.data(), size});
}

std::optional<wire::AddressKey> address_of_sort_key(std::string_view key) {
  using namespace std::string_view_literals;
  constexpr std::string_view kInAddr = "arpa\0in-addr\0"sv;
  constexpr std::string_view kIp6 = "arpa\0ip6\0"sv;
  const bool v4 = key.starts_with(kInAddr);
  if (!v4 && !key.starts_with(kIp6)) return std::nullopt;
  wire::AddressKey address{.family = v4 ? wire::Family::v4 : wire::Family::v6};
  key.remove_prefix(v4 ? kInAddr.size() : kIp6.size());
  for (; !key.empty(); ++address.units) {
    if (address.whole()) return std::nullopt;
    const size_t size = key.find('\0');
    const Bytes label(reinterpret_cast<const uint8_t*>(key.data()), size);
    const auto unit = v4 ? wire::octet_of_label(label) : wire::nibble_of_label(label);
    if (!unit) return std::nullopt;
    uint8_t& octet = address.address[v4 ? address.units : address.units / 2U];
    octet = static_cast<uint8_t>(v4 || address.units % 2 != 0 ? octet | *unit : *unit << 4);
    key.remove_prefix(size + 1);
  }
  return address;
}

std::string_view parent_key(std::string_view key) {
  const size_t end = key.substr(0, key.size() - 1).rfind('\0');
  return key.substr(0, end == std::string_view::npos ? 0 : end + 1);
}

std::string text_of(Bytes name) {
  return Name::from_wire(name)->to_text();
}

}  // namespace ptrd::zone
