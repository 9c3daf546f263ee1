// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <tl/expected.hpp>

#include "ptrd/image/format.hpp"
#include "ptrd/image/memory.hpp"
#include "ptrd/image/name_hash.hpp"
#include "ptrd/image/octet_search.hpp"
#include "ptrd/wire/arpa.hpp"
#include "ptrd/wire/bytes.hpp"
#include "ptrd/wire/name.hpp"

namespace ptrd::image {

/// A name found in the image. Small, so that a walk keeps it in registers.
struct Position {
  enum class Kind : uint8_t {
    node,   // `index` is a Node line
    leaf,   // `index` is a Leaf4 or Leaf6 unit, whose address is fully consumed
    path,   // an empty non-terminal without a line: `ref` refers to what is below
    range,  // an address whose record is made by the Range at line `index`
  };
  Kind kind = Kind::node;
  uint8_t labels = 0;  // from the root
  uint8_t first = 0;   // kind path, if the name is between the two nibbles of `ref`: the first
  uint32_t index =
      0;  // kind path: line of the Range that covers all names below except those `ref` refers to; 0: none
  Ref ref{};  // kind path: the next branch, Leaf6 or Range below this name
};

/// The RRSIG records over one RRset, as they are stored.
struct Signatures {
  wire::Bytes records;
  uint16_t count = 0;
};

/// Looks at up to `probes` lines of a label index, whose number is a power of two, for a name with this hash.
/// Returns its Node; 0: none.
[[nodiscard]] inline uint32_t find_in_index(std::span<const IndexLine> index, uint32_t probes,
                                            uint64_t hash) {
  const uint64_t place = index_place(hash);
  const auto upper = static_cast<uint32_t>(place >> 32);
  for (uint64_t probe = 0; probe < probes; ++probe) {
    for (const auto& slot : index[(place + probe) & (index.size() - 1)].slot) {
      if (slot.node == 0) return 0;
      if (slot.hash == upper) return slot.node;
    }
  }
  return 0;
}

/// A read-only view of a verified image. Copies are cheap and share only the lines, which must outlive them.
/// Its functions trust the lines (invariant 5): only `verify` may read unverified ones.
class View {
 public:
  View() = default;
  explicit View(std::span<const Line> lines) : lines_(lines.data()), count_(lines.size()) {}

  [[nodiscard]] const Header& header() const { return *reinterpret_cast<const Header*>(lines_); }
  [[nodiscard]] std::span<const Line> lines() const { return {lines_, count_}; }
  template <typename T>
  [[nodiscard]] const T& at(uint32_t line) const {
    return *reinterpret_cast<const T*>(lines_ + line);
  }
  [[nodiscard]] const uint8_t* unit(uint32_t unit) const {
    return reinterpret_cast<const uint8_t*>(lines_) + size_t{unit} * kUnitSize;
  }
  [[nodiscard]] const Tail& tail(uint32_t number) const { return at<Tail>(header().tails + number); }
  /// By Tail::signing_number, which is not 0.
  [[nodiscard]] const LeafSigning& signing(uint32_t number) const {
    return at<LeafSigning>(header().signings + number - 1);
  }

  [[nodiscard]] Position root() const { return {.index = header().root}; }
  /// The name one label below `parent`. Empty: there is no such name.
  [[nodiscard]] std::optional<Position> child(const Position& parent, wire::Bytes label) const;
  /// The name one label below a name, if the label is part of an address there.
  struct AddressStep {
    bool by_address;             // otherwise it is an ordinary label
    std::optional<Position> at;  // empty: there is no such name
  };
  [[nodiscard]] AddressStep address_step(const Position& parent, wire::Bytes label) const;
  /// The Node of a name with an ordinary label below the Node `parent`; 0: none. By binary search in the list
  /// of these names.
  [[nodiscard]] uint32_t labelled_child(uint32_t parent, wire::Bytes label) const;
  /// The only Node that may be that of the name with this hash (name_hash.hpp), if its first label is an
  /// ordinary one; 0: none. The caller compares the labels.
  [[nodiscard]] uint32_t indexed(uint64_t hash) const {
    return find_in_index({&at<IndexLine>(header().index), header().index_lines}, header().index_probes, hash);
  }
  /// The label of a Node in wire form, its length first. Seven more bytes may be read.
  [[nodiscard]] const uint8_t* label(uint32_t node) const {
    return reinterpret_cast<const uint8_t*>(lines_ + node) + offsetof(Node, label_size);
  }
  /// The Nodes directly below with ordinary labels, in the canonical order of these (RFC 4034 6.1).
  [[nodiscard]] std::span<const uint32_t> labelled(const Node& node) const {
    if (node.labelled == 0) return {};
    const auto* list = reinterpret_cast<const LabelledList*>(unit(node.labelled));
    return {reinterpret_cast<const uint32_t*>(list + 1), list->count};
  }
  /// The RRSIG records at a Node that cover `type`.
  [[nodiscard]] Signatures signatures(const Node& node, uint16_t type) const;
  /// The same of an RRset of RRSIG records.
  [[nodiscard]] static Signatures signatures(const Rrset& rrsigs, uint16_t type);
  /// The RRset of `type` at a Node; null: none.
  [[nodiscard]] const Rrset* find_rrset(const Node& node, uint16_t type) const;
  [[nodiscard]] static const Rrset* next(const Rrset* set);
  [[nodiscard]] const Rrset* first_rrset(const Node& node) const {
    return reinterpret_cast<const Rrset*>(unit(node.rrsets));
  }
  [[nodiscard]] static wire::Bytes records(const Rrset& set) {
    return {reinterpret_cast<const uint8_t*>(&set + 1), set.size};
  }
  /// All zones, in the canonical order of their names.
  [[nodiscard]] std::span<const Zone> zones() const {
    return {&at<Zone>(header().zones), header().zone_count};
  }
  [[nodiscard]] wire::Bytes zone_name(const Zone& zone) const { return {unit(zone.name), zone.name_size}; }
  /// The same as a name of its own.
  [[nodiscard]] wire::Name apex(const Zone& zone) const {
    return wire::Name::from_wire(zone_name(zone)).value_or(wire::Name());
  }

  /// The IPv4 ranges that the zones declare, in the order of addresses; an enclosing one comes first.
  [[nodiscard]] std::span<const DeclaredRange> declared_ranges() const {
    return {&at<DeclaredRange>(header().declared), header().declared_count};
  }

  /// The zone with this apex; null: none.
  [[nodiscard]] const Zone* find_zone(const wire::Name& apex) const;

  /// Ref of one octet in a table of either kind, or none.
  [[nodiscard]] Ref octet_child(Ref table, uint8_t octet) const {
    if (table.is(Ref::Kind::octets)) [[likely]]
      return at<OctetTable>(table.line()).ref[octet];
    const auto& few = at<FewOctets>(table.line());
    return few.ref[find_octet(few, octet)];
  }
  /// Ref of one nibble at a branch that consumes one, or none.
  [[nodiscard]] Ref nibble_child(uint32_t line, unsigned nibble) const {
    return nibble_child(at<Nibbles>(line), nibble);
  }
  [[nodiscard]] static Ref nibble_child(const Nibbles& branch, unsigned nibble) {
    if (branch.count > Nibbles::kMax) return reinterpret_cast<const NibbleLine*>(&branch + 1)->ref[nibble];
    if ((branch.present >> nibble & 1) == 0) return {};
    const unsigned before = branch.present & ((1U << nibble) - 1);
    return branch.ref[__builtin_popcount(before)];
  }
  /// Ref of one octet's two nibbles at a branch that consumes both, or none.
  [[nodiscard]] Ref pair_child(Ref branch, uint8_t octet) const {
    return at<PairTable>(branch.table()).ref[octet];
  }
  /// The Nibbles of a branch of either kind.
  [[nodiscard]] const Nibbles& branch(Ref branch) const {
    return at<Nibbles>(branch.is(Ref::Kind::pairs) ? branch.table() - 1 : branch.line());
  }

  // Always inlined: g++ 12 may consider a function that only prefetches to have no effect, and drop its calls
  // (tests/e2e/test_hot_path.py checks for the instruction).
  [[gnu::always_inline]] void prefetch_line(uint32_t line) const { __builtin_prefetch(lines_ + line); }
  [[gnu::always_inline]] void prefetch_unit(uint32_t u) const { __builtin_prefetch(unit(u)); }

 private:
  [[nodiscard]] std::optional<Position> below(Ref ref, uint8_t labels) const;
  [[nodiscard]] std::optional<Position> nibble_step(const Position& from, wire::Bytes label) const;

  const Line* lines_ = nullptr;
  size_t count_ = 0;
};

/// Calls `work` with 0 to `count - 1`, in any order, possibly in parallel, and returns when all are done.
/// `work` does not throw. This library starts no threads: callers provide them in this way.
using Executor = std::function<void(size_t count, const std::function<void(size_t)>& work)>;
/// Sequential, in the caller's thread.
void run_in_turn(size_t count, const std::function<void(size_t)>& work);

/// The value of `Header::checksum`, computed with that field as zero. At least the header must exist.
[[nodiscard]] uint64_t checksum(std::span<const Line> lines, const Executor& run = run_in_turn);

/// Checks every line: magic, version, size, checksum, all indices and lengths, that the walk down the tree
/// ends, that names and records are well formed. Afterwards `View` needs no bounds checks. Error: one
/// sentence that says what is wrong; if there are several faults, any of them.
[[nodiscard]] tl::expected<void, std::string> verify(std::span<const Line> lines,
                                                     const Executor& run = run_in_turn);

/// The machine's memory in bytes: the default limit for the size of an image.
[[nodiscard]] uint64_t machine_memory();

/// A verified image in private memory, on huge pages if available: later changes to the file (such as cp over
/// it) do not affect it. Movable, not copyable; frees its memory.
class Image {
 public:
  /// Verifies lines whose checksum is `actual`; error: one sentence.
  using Check = std::function<tl::expected<void, std::string>(std::span<const Line> lines, uint64_t actual)>;

  /// Reads and verifies `path`, a regular file of at most `max_size` bytes: nothing else is opened. The
  /// header is checked first, so memory is allocated only for a plausible image: the file's size, and a
  /// twentieth of that for the verification. Error: `path: what is wrong`.
  [[nodiscard]] static tl::expected<Image, std::string> open(const std::string& path,
                                                             const Executor& run = run_in_turn,
                                                             uint64_t max_size = machine_memory());
  /// The same from an open file, whatever its offset; `name` is used in the error. `check`, if given,
  /// replaces `verify`, for instance in another process.
  [[nodiscard]] static tl::expected<Image, std::string> read(int fd, const std::string& name,
                                                             const Executor& run = run_in_turn,
                                                             uint64_t max_size = machine_memory(),
                                                             const Check& check = {});
  /// Another image with the same lines, in memory that the calling thread touches first, so that its memory
  /// policy determines the placement. Error: errno if there is not enough memory.
  [[nodiscard]] tl::expected<Image, int> copy() const;
  [[nodiscard]] const View& view() const { return view_; }

 private:
  explicit Image(Memory memory) : memory_(std::move(memory)), view_(memory_.lines()) {}
  Memory memory_;
  View view_;
};

}  // namespace ptrd::image
