// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// The image: a file of 64-byte lines that is read whole and used as it is. Lines refer to one another by
// index, so that a line can also be the value of an eBPF array map. Integers are little-endian but where a
// comment says "wire". src/image/README.md has the picture.
#pragma once

#include <cstddef>
#include <cstdint>

namespace ptrd::image {

inline constexpr size_t kLineSize = 64;
/// Blobs (leaves, RRsets, names) lie at multiples of a unit; 8 units make a line.
inline constexpr size_t kUnitSize = 8;
inline constexpr size_t kUnitsPerLine = kLineSize / kUnitSize;

struct alignas(kLineSize) Line {
  uint8_t bytes[kLineSize];
};

/// Where a step down the tree leads: 32 bits, so that 16 of them fill a line.
class Ref {
 public:
  enum class Kind : uint8_t {
    none = 0,
    node = 1,  // a Node that a walk has to look at: it has data, is a cut, owns a DNAME ...
    octets =
        2,  // OctetTable: 16 lines; the name's Node is the line before, and needs no look on the way down
    few_octets = 3,  // FewOctets: 1 line; the Node is the line before, as above
    nibbles = 4,     // Nibbles: 1 or 2 lines
    range = 5,       // Range: every address below, this one included, has a PTR record that a rule makes
    pairs = 6,       // PairTable: 16 lines, and which octet of the address it takes
    leaf = 8,        // Leaf4 or Leaf6 at a unit: a name that owns one PTR record and nothing else
  };

  constexpr Ref() = default;
  constexpr explicit Ref(uint32_t bits) : bits_(bits) {}
  static constexpr Ref line(Kind kind, uint32_t line) {
    return Ref(static_cast<uint32_t>(kind) << 28 | line);
  }
  static constexpr Ref leaf(uint32_t unit) { return Ref(kLeafBit | unit); }
  /// The line of a PairTable is a multiple of 16, which leaves room for the octet's number.
  static constexpr Ref pairs(uint32_t table, unsigned octet) { return line(Kind::pairs, table | octet); }

  [[nodiscard]] constexpr bool is_leaf() const { return (bits_ & kLeafBit) != 0; }
  [[nodiscard]] constexpr bool is_none() const { return bits_ == 0; }
  /// Whether the kind is `kind`, which is no leaf: one comparison.
  [[nodiscard]] constexpr bool is(Kind kind) const { return bits_ >> 28 == static_cast<uint32_t>(kind); }
  [[nodiscard]] constexpr bool is_octet_table() const { return is(Kind::octets) || is(Kind::few_octets); }
  [[nodiscard]] constexpr bool is_branch() const { return is(Kind::nibbles) || is(Kind::pairs); }
  [[nodiscard]] constexpr Kind kind() const {
    return is_leaf() ? Kind::leaf : static_cast<Kind>(bits_ >> 28);
  }
  [[nodiscard]] constexpr uint32_t line() const { return bits_ & kMaxLine; }
  [[nodiscard]] constexpr uint32_t unit() const { return bits_ & ~kLeafBit; }
  /// Kind pairs: the table's line, and the number of the octet, 0..15.
  [[nodiscard]] constexpr uint32_t table() const { return bits_ & kMaxLine & ~kOctetBits; }
  [[nodiscard]] constexpr unsigned octet() const { return bits_ & kOctetBits; }
  [[nodiscard]] constexpr uint32_t bits() const { return bits_; }
  constexpr bool operator==(const Ref&) const = default;

  static constexpr uint32_t kLeafBit = 1U << 31;
  static constexpr uint32_t kMaxLine = (1U << 28) - 1;

 private:
  static constexpr uint32_t kOctetBits = 15;
  uint32_t bits_ = 0;
};
static_assert(sizeof(Ref) == 4);

/// What the label index is hashed with (see label_hash.hpp). The builder derives it from the zones, so it is
/// no secret: what bounds a search is Header::index_probes.
struct IndexKey {
  uint64_t words[2];
  bool operator==(const IndexKey&) const = default;
};

/// Lines 0 to 2. A line index of 0 anywhere else means "none". The last line of the file is empty: readers
/// that copy whole words may look into it.
struct Header {
  char magic[8];       // kMagic
  uint32_t version;    // kVersion
  uint32_t line_size;  // kLineSize
  uint64_t lines;      // of the whole file, this header included
  uint64_t checksum;   // of the whole file with this field as zero, see kChecksumLines
  uint64_t records;    // that the zones' text held and the image serves
  uint32_t root;       // Node of the root name
  Ref v4;          // what lies below in-addr.arpa: octets, few_octets; none when that needs the general walk
  Ref v6;          // what lies below ip6.arpa: nibbles, pairs, range, leaf; none likewise
  uint32_t index;  // first line of the label index
  uint32_t index_lines;   // a power of two
  uint32_t index_probes;  // lines at most that a search looks at, 1 to kMaxIndexProbes
  uint32_t zones;         // first Zone line, sorted by canonical order of their names
  uint32_t zone_count;
  uint32_t tails;  // first line of the tails
  uint32_t tail_lines;
  uint32_t leaves;  // how many of each there are, for `ptrzone info`
  uint32_t nodes;
  uint32_t octet_tables;  // of both kinds
  uint32_t nibble_lines;  // of all branches
  uint32_t ranges;        // first Range; they follow one another
  uint32_t range_lines;
  uint32_t range_count;  // of different ones
  uint32_t ranges6;      // of these: IPv6 prefixes that the zones declare
  uint64_t folded;       // of `records`: those that a Range makes
  uint64_t synthesised;  // IPv4 addresses that the zones declare ranges for, exact records in them left out
  IndexKey index_key;
  uint8_t reserved[48];
};
inline constexpr uint32_t kHeaderLines = 3;
static_assert(sizeof(Header) == kHeaderLines * kLineSize);
inline constexpr char kMagic[8] = {'P', 'T', 'R', 'D', 'I', 'M', 'G', '\n'};
inline constexpr uint32_t kVersion = 8;
/// The file's checksum is the XXH3-64 of the XXH3-64s (little-endian) of its chunks, of so many lines each
/// (256 KiB; the last one may be shorter): so several CPUs can compute it, each of what it has just read, and
/// one that has other things to do can do so in small pieces.
inline constexpr uint32_t kChecksumLines = 1U << 12;

/// A name with a line of its own. A label of more than 32 bytes runs on into the next line.
struct Node {
  uint32_t parent;  // Node of the closest enclosing name that has one; the root's is itself
  uint32_t zone;    // Zone whose apex is this name or encloses it; 0 above all zones
  uint32_t rrsets;  // unit of the first Rrset; they follow one another; 0: none
  Ref children;  // names below that are part of an address: octets, few_octets, branches, range, leaf (Leaf6)
  uint32_t first_child;   // Node of the first name below with an ordinary label; 0: none
  uint32_t next_sibling;  // Node of the next one below the same parent
  uint32_t reserved;
  uint16_t rrset_count;
  uint8_t flags;
  uint8_t label_size;
  uint8_t label[32];  // lower case
};
static_assert(sizeof(Node) == kLineSize);

namespace node_flag {
inline constexpr uint8_t apex = 1;
inline constexpr uint8_t cut = 2;        // NS below an apex: a referral (RFC 1034 4.2.1)
inline constexpr uint8_t dname = 4;      // RFC 6672
inline constexpr uint8_t cname = 8;      // RFC 1034 3.6.2
inline constexpr uint8_t wildcard = 16;  // a child with the label `*` (RFC 4592)
inline constexpr uint8_t all = apex | cut | dname | cname | wildcard;
}  // namespace node_flag

/// Children of an in-addr.arpa name, few of which differ: the last Ref is that of all octets that are not
/// listed, a range or none. Where it is a range, a listed octet whose Ref is none does not exist.
struct alignas(kLineSize) FewOctets {
  static constexpr size_t kMax = 11;
  uint8_t count;
  uint8_t octet[kMax];  // ascending
  uint32_t reserved;
  Ref ref[kMax + 1];
  [[nodiscard]] const Ref& other() const { return ref[kMax]; }
};
static_assert(sizeof(FewOctets) == kLineSize && offsetof(FewOctets, ref) == 16);

/// Children of an in-addr.arpa name, one Ref an octet: the line to read is `table + octet / 16`.
inline constexpr uint32_t kOctetLines = 16;
struct alignas(kLineSize) OctetTable {
  Ref ref[256];
};
static_assert(sizeof(OctetTable) == kOctetLines * kLineSize);

/// A branch in the ip6.arpa tree. All addresses below share the first `depth` nibbles of `key`; the names
/// between the last branch or Node and this depth are empty non-terminals without a line. Up to 10 children
/// follow in order of their nibble; more stand in the next line (NibbleLine).
struct Nibbles {
  static constexpr size_t kMax = 10;
  uint8_t depth;     // nibbles consumed, 0..31
  uint8_t count;     // children, 1..16
  uint16_t present;  // bit n: there is a child for nibble n
  uint32_t range;    // line of the longest Range that encloses the whole branch; 0: none
  uint8_t key[16];   // network order, zero behind `depth` nibbles
  Ref ref[kMax];
};
static_assert(sizeof(Nibbles) == kLineSize && offsetof(Nibbles, ref) == 24);

/// The children of a branch with more than 10, one a nibble.
struct NibbleLine {
  Ref ref[16];
};
static_assert(sizeof(NibbleLine) == kLineSize);

/// The children of a branch that takes two nibbles at once, one octet of the address: the line to read is
/// `table + octet / 16`. No Node stands, and no range begins, at a name between the two. The line before is a
/// Nibbles without Refs of its own; its depth is even, and its `present` says which first nibbles have
/// children: the names between that exist.
inline constexpr uint32_t kPairLines = 16;
struct alignas(kLineSize) PairTable {
  Ref ref[256];
};
static_assert(sizeof(PairTable) == kPairLines * kLineSize);

/// A name that owns one PTR record: its target is `head` (labels of its own) and a tail that it shares with
/// others. A leaf lies within one line, or starts a line when it is larger.
struct Leaf4 {
  uint32_t tail_and_size;  // upper 24 bits: line of the Tail behind Header::tails; lower 8: bytes in `head`
  // head follows
  [[nodiscard]] uint32_t tail() const { return tail_and_size >> 8; }
  [[nodiscard]] uint32_t head_size() const { return tail_and_size & 0xFF; }
};
static_assert(sizeof(Leaf4) == 4);

struct Leaf6 {
  uint32_t tail_and_size;  // as Leaf4
  uint8_t key[16];         // the whole address, network order
  // head follows
  [[nodiscard]] uint32_t tail() const { return tail_and_size >> 8; }
  [[nodiscard]] uint32_t head_size() const { return tail_and_size & 0xFF; }
};
static_assert(sizeof(Leaf6) == 20);
inline constexpr uint32_t kMaxTail = (1U << 24) - 1;

/// PTR records made by a rule: the target is what `program` (see range.hpp) writes for the address, and a
/// tail with the TTL. An IPv4 Range may serve many prefixes, since Refs lead to it from their places alone;
/// an IPv6 one is compared with the address, as a lookup skips nibbles on the way. A program of more than 40
/// bytes runs on into the next lines.
struct Range {
  uint32_t tail;  // number of the Tail behind Header::tails
  uint8_t program_size;
  uint8_t flags;
  uint8_t prefix_size;  // IPv6: bits of the prefix
  uint8_t reserved;
  uint8_t key[16];  // IPv6: the prefix, network order, zero behind it
  uint8_t program[40];
};
static_assert(sizeof(Range) == kLineSize && offsetof(Range, program) == 24);

namespace range_flag {
inline constexpr uint8_t declared = 1;  // in the zone's text; else its addresses stand there as records
inline constexpr uint8_t v6 = 2;
}  // namespace range_flag

/// The end of PTR targets, and their TTL. A name longer than 56 bytes runs on into the next lines.
struct Tail {
  uint8_t ttl[4];  // wire
  uint8_t size;    // bytes of `name`, root included
  uint8_t reserved[3];
  uint8_t name[56];
};
static_assert(sizeof(Tail) == kLineSize && offsetof(Tail, name) == 8);

/// A record set, ready to copy: `size` bytes of records in wire form follow, each with the owner 0xC00C (a
/// pointer to the question's name), names in the data uncompressed. The next set starts at the next unit.
struct Rrset {
  uint16_t type;
  uint16_t count;
  uint32_t size;
};
static_assert(sizeof(Rrset) == kUnitSize);

/// One zone.
struct Zone {
  uint32_t apex;          // Node
  uint32_t serial;        // of the SOA
  uint32_t negative_soa;  // unit of the SOA record for negative answers: owner 0xC00C, TTL by RFC 2308 5
  uint16_t negative_soa_size;
  uint8_t name_size;    // wire, root included
  uint8_t label_count;  // of the name, root not counted
  uint64_t records;
  uint32_t name;  // unit of the name, wire, lower case
  // The end of the SOA's rname that its mname has too is left out of `negative_soa`; two bytes at
  // `soa_pointer` take the pointer to it, which depends on where in a reply the record stands: that place
  // plus `soa_target`. Both are offsets into `negative_soa`, 0 where nothing is shared.
  uint16_t soa_pointer;
  uint16_t soa_target;
  uint8_t reserved[32];
};
static_assert(sizeof(Zone) == kLineSize);

/// Eight slots of the hash table from (parent, ordinary label) to Node: open addressing, the next line when
/// one is full. A search ends at a free slot, or after Header::index_probes lines.
struct IndexLine {
  struct Slot {
    uint32_t hash;  // hash_label of the Node's parent and label; its low bits number the first line
    uint32_t node;  // 0: free, and so are all behind it
  };
  static constexpr size_t kSlots = 8;
  Slot slot[kSlots];
};
static_assert(sizeof(IndexLine) == kLineSize);
/// What Header::index_probes may be at most. 16 million names with random hashes, half of the slots in use,
/// took 6 to 8 in six trials; where more is needed, the builder takes another key or a larger table.
inline constexpr uint32_t kMaxIndexProbes = 8;

}  // namespace ptrd::image
