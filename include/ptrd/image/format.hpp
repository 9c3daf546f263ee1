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
/// Blobs (leaves, RRsets, names) are at multiples of a unit; 8 units make a line.
inline constexpr size_t kUnitSize = 8;
inline constexpr size_t kUnitsPerLine = kLineSize / kUnitSize;

struct alignas(kLineSize) Line {
  uint8_t bytes[kLineSize];
};

/// A reference to the next step down the trie: 32 bits, so that 16 of them fill a line.
class Ref {
 public:
  enum class Kind : uint8_t {
    none = 0,
    node = 1,        // a Node that a walk must read: it has data, is a cut, owns a DNAME ...
    octets = 2,      // OctetTable: 16 lines; the name's Node is the line before, which a walk need not read
    few_octets = 3,  // FewOctets: 1 line; the Node is the line before, as above
    nibbles = 4,     // Nibbles: 1 or 2 lines
    range = 5,       // Range: every address below, and this one, has a PTR record that a rule makes
    pairs = 6,       // PairTable: 16 lines, and which octet of the address it consumes
    leaf = 8,  // Leaf4 or Leaf6 at a unit: a name that owns one PTR record, and what signs and denies at it
  };

  constexpr Ref() = default;
  constexpr explicit Ref(uint32_t bits) : bits_(bits) {}
  static constexpr Ref line(Kind kind, uint32_t line) {
    return Ref(static_cast<uint32_t>(kind) << 28 | line);
  }
  static constexpr Ref leaf(uint32_t unit) { return Ref(kLeafBit | unit); }
  /// The line of a PairTable is a multiple of 16, which leaves bits for the octet's number.
  static constexpr Ref pairs(uint32_t table, unsigned octet) { return line(Kind::pairs, table | octet); }

  [[nodiscard]] constexpr bool is_leaf() const { return (bits_ & kLeafBit) != 0; }
  [[nodiscard]] constexpr bool is_none() const { return bits_ == 0; }
  /// Whether the kind is `kind`, which is not a leaf: one comparison.
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

/// The hash key of the label index (see name_hash.hpp). The builder derives it from the zones, so it is not
/// secret: Header::index_probes bounds a search.
struct IndexKey {
  uint64_t words[2];
  bool operator==(const IndexKey&) const = default;
};

/// Lines 0 to 2. A line index of 0 anywhere else means "none". The last line of the file is empty, because
/// readers that copy whole words may read into it.
struct Header {
  char magic[8];       // kMagic
  uint32_t version;    // kVersion
  uint32_t line_size;  // kLineSize
  uint64_t lines;      // of the whole file, including this header
  uint64_t checksum;   // of the whole file with this field as zero, see kChecksumLines
  uint64_t records;    // in the text of the zones, served by the image
  uint32_t root;       // Node of the root name
  Ref v4;          // everything below in-addr.arpa: octets, few_octets; none if that needs the general walk
  Ref v6;          // everything below ip6.arpa: nibbles, pairs, range, leaf; none likewise
  uint32_t index;  // first line of the label index
  uint32_t index_lines;   // a power of two
  uint32_t index_probes;  // most lines that a search looks at, 1 to kMaxIndexProbes
  uint32_t zones;         // first Zone line, sorted by canonical order of their names
  uint32_t zone_count;
  uint32_t tails;  // first line of the tails
  uint32_t tail_lines;
  uint32_t leaves;  // how many of each there are, for `ptrzone info`
  uint32_t nodes;
  uint32_t octet_tables;  // of both kinds
  uint32_t nibble_lines;  // of all branches
  uint32_t ranges;        // first Range; they are consecutive
  uint32_t range_lines;
  uint32_t range_count;  // of different ones
  uint32_t ranges6;      // of these: IPv6 prefixes that the zones declare
  uint64_t folded;       // of `records`: those that a Range makes
  uint64_t synthesised;  // IPv4 addresses in declared ranges, except exact records in them
  IndexKey index_key;
  uint32_t signings;  // first line of the LeafSignings
  uint32_t signing_lines;
  uint32_t declared;  // first line of the DeclaredRanges, 4 in a line; the rest of the last line is 0
  uint32_t declared_count;
  uint8_t reserved[32];
};
inline constexpr uint32_t kHeaderLines = 3;
static_assert(sizeof(Header) == kHeaderLines * kLineSize);
inline constexpr char kMagic[8] = {'P', 'T', 'R', 'D', 'I', 'M', 'G', '\n'};
inline constexpr uint32_t kVersion = 11;
/// The file's checksum is the XXH3-64 of the XXH3-64s (little-endian) of its chunks, of this many lines each
/// (256 KiB; the last one may be shorter): so several CPUs can compute it, each for the data that it has just
/// read, and it can be computed in small steps.
inline constexpr uint32_t kChecksumLines = 1U << 12;

/// A name with its own line. A label of more than 32 bytes extends into the next line.
struct Node {
  uint32_t parent;  // Node of the closest enclosing name that has one; the root's is itself
  uint32_t zone;    // Zone whose apex is at or above this name; 0 above all zones
  uint32_t rrsets;  // unit of the first Rrset; they are consecutive, in order of `rrset_place`; 0: none
  Ref children;  // names below that are part of an address: octets, few_octets, branches, range, leaf (Leaf6)
  uint32_t labelled;  // unit of the LabelledList of the names below that `children` does not lead to; 0: none
  uint32_t upper;     // at an apex: Node of what the enclosing zone of this image says here; 0: none
  uint32_t reserved;
  uint16_t rrset_count;  // at most kMaxRrsets
  uint8_t flags;
  uint8_t label_size;
  uint8_t label[32];  // lower case
};
static_assert(sizeof(Node) == kLineSize && offsetof(Node, label) == offsetof(Node, label_size) + 1);

/// What an enclosing zone says at the apex of a deeper one in the same image, as far as it keeps authority
/// there (RFC 4035 2.4, 3.1.4.1): DS and NSEC and the RRSIGs over them. It is a Node that no table, list or
/// index leads to: the apex's parent and label, the enclosing zone, no flags, no names below.

/// The Nodes of the names directly below one with ordinary labels, in the canonical order of these (RFC 4034
/// 6.1).
struct LabelledList {
  uint32_t count;  // at least 1
  // `count` lines of Nodes follow, 4 bytes each
};

namespace node_flag {
inline constexpr uint8_t apex = 1;
inline constexpr uint8_t cut = 2;        // NS below an apex: a referral (RFC 1034 4.2.1)
inline constexpr uint8_t dname = 4;      // RFC 6672
inline constexpr uint8_t cname = 8;      // RFC 1034 3.6.2
inline constexpr uint8_t wildcard = 16;  // a child with the label `*` (RFC 4592)
inline constexpr uint8_t all = apex | cut | dname | cname | wildcard;
}  // namespace node_flag

/// Children of an in-addr.arpa name, few of which differ: the last Ref is that of all octets that are not
/// listed, a range or none. If it is a range, a listed octet whose Ref is none does not exist.
struct alignas(kLineSize) FewOctets {
  static constexpr size_t kMax = 11;
  uint8_t count;
  uint8_t octet[kMax];  // ascending
  uint32_t reserved;
  Ref ref[kMax + 1];
  [[nodiscard]] const Ref& other() const { return ref[kMax]; }
};
static_assert(sizeof(FewOctets) == kLineSize && offsetof(FewOctets, ref) == 16);

/// Children of an in-addr.arpa name, one Ref per octet: the line to read is `table + octet / 16`.
inline constexpr uint32_t kOctetLines = 16;
struct alignas(kLineSize) OctetTable {
  Ref ref[256];
};
static_assert(sizeof(OctetTable) == kOctetLines * kLineSize);

/// A branch in the ip6.arpa tree (path compression). All addresses below share the first `depth` nibbles of
/// `key`; the names between the last branch or Node and this depth are empty non-terminals without a line. Up
/// to 10 children follow in order of their nibble; more are in the next line (NibbleLine).
struct Nibbles {
  static constexpr size_t kMax = 10;
  uint8_t depth;     // nibbles consumed, 0..31
  uint8_t count;     // children, 1..16
  uint16_t present;  // bit n: there is a child for nibble n
  uint32_t range;    // line of the longest Range that encloses the whole branch; 0: none
  uint8_t key[16];   // network order, zero after `depth` nibbles
  Ref ref[kMax];
};
static_assert(sizeof(Nibbles) == kLineSize && offsetof(Nibbles, ref) == 24);

/// The children of a branch with more than 10, one per nibble.
struct NibbleLine {
  Ref ref[16];
};
static_assert(sizeof(NibbleLine) == kLineSize);

/// The children of a branch that consumes two nibbles at once, one octet of the address: the line to read is
/// `table + octet / 16`. No Node is, and no range starts, at a name between the two nibbles. The line before
/// is a Nibbles without Refs; its depth is even, and its `present` says which first nibbles have children:
/// the names in between that exist.
inline constexpr uint32_t kPairLines = 16;
struct alignas(kLineSize) PairTable {
  Ref ref[256];
};
static_assert(sizeof(PairTable) == kPairLines * kLineSize);

/// A name that owns one PTR record: its target is `head` (its own labels) and a shared tail. A leaf is within
/// one line, or starts a line if it is larger; a SignedPart may follow.
struct Leaf4 {
  uint32_t
      tail_and_size;  // upper 24 bits: line of the Tail relative to Header::tails; lower 8: bytes in `head`
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

/// PTR records made by a rule: the target is the output of `program` (see range.hpp) for the address,
/// followed by a tail with the TTL. An IPv4 Range may serve many prefixes, since only the Refs to it
/// determine its addresses; an IPv6 one is compared with the address, since a lookup skips nibbles. A program
/// of more than 40 bytes extends into the next lines.
struct Range {
  uint32_t tail;  // number of the Tail relative to Header::tails
  uint8_t program_size;
  uint8_t flags;
  uint8_t prefix_size;  // IPv6: bits of the prefix
  uint8_t reserved;
  uint8_t key[16];  // IPv6: the prefix, network order, followed by zeros
  uint8_t program[40];
};
static_assert(sizeof(Range) == kLineSize && offsetof(Range, program) == 24);

namespace range_flag {
inline constexpr uint8_t declared = 1;  // in the zone's text; otherwise its addresses are records there
inline constexpr uint8_t v6 = 2;
}  // namespace range_flag

/// An IPv4 prefix that a zone declares as a range, in a list of all, in the order of addresses and then of
/// `bits`, without duplicates: so a prefix comes after those that enclose it. The Refs do not say it exactly:
/// addresses with records of their own, and longer ranges, can hide where a prefix ends, or all of it. A
/// prefix of which a deeper zone hides every name is not in the list. An IPv6 prefix is in its Range.
struct DeclaredRange {
  uint8_t address[4];  // network order, zero after the prefix
  uint8_t bits;        // of the prefix, 0 to 32
  uint8_t reserved[3];
  uint32_t range;  // line of the Range, which is declared
  uint32_t zone;   // line of the Zone, whose apex is at or above the names of all addresses
};
static_assert(sizeof(DeclaredRange) == 16 && offsetof(DeclaredRange, range) == 8);
/// Lines of a list of `count` DeclaredRanges.
[[nodiscard]] constexpr uint64_t declared_lines(uint64_t count) {
  constexpr uint64_t kPerLine = kLineSize / sizeof(DeclaredRange);
  return (count + kPerLine - 1) / kPerLine;
}

/// An entry of the shared-suffix dictionary: the end of PTR targets, and their TTL. A name longer than 56
/// bytes extends into the next lines.
struct Tail {
  uint8_t ttl[4];      // wire
  uint8_t size;        // bytes of `name`, including the root
  uint8_t signing[3];  // little-endian: 1 + the line of the leaves' LeafSigning relative to Header::signings;
                       // 0: they are not signed
  uint8_t name[56];
  [[nodiscard]] uint32_t signing_number() const {
    uint32_t size_and_signing;
    __builtin_memcpy(&size_and_signing, reinterpret_cast<const uint8_t*>(this) + sizeof ttl,
                     sizeof(uint32_t));
    return size_and_signing >> 8;
  }
};
static_assert(sizeof(Tail) == kLineSize && offsetof(Tail, name) == 8);

/// What the signatures of a zone's leaves have in common. With it, a leaf is an address that owns one PTR
/// record, one RRSIG over it, and in a zone that denies with NSEC one NSEC and one RRSIG over that: see
/// SignedPart. A signer's name of more than 34 bytes extends into the next lines.
struct LeafSigning {
  uint16_t signature_size;  // bytes of each signature, at most kMaxLeafSignature
  uint8_t rest_size;        // bytes of `rest`, at most kMaxSigningRest
  uint8_t has_nsec;         // 0 or 1
  uint8_t nsec_ttl[4];      // wire: TTL and original TTL of the NSEC records; 0 without
  // The RRSIG record over a PTR record up to the expiration: owner 0xC00C, the fixed fields, and of the data
  // the type covered, algorithm, labels and original TTL (RFC 4034 3.1). That over an NSEC record differs in
  // the type and the TTLs.
  uint8_t head[20];
  uint8_t rest[36];  // what follows the inception: key tag, and the signer's name
};
static_assert(sizeof(LeafSigning) == kLineSize && offsetof(LeafSigning, rest) == 28);
inline constexpr size_t kMaxLeafSignature = 256;  // RSA with 2048 bits
/// Key tag and the name of a zone that encloses an address.
inline constexpr size_t kMaxSigningRest = 2 + 74;
/// Numbers of Signings, and so lines of them.
inline constexpr uint32_t kMaxSigning = (1U << 24) - 1;

/// What follows the head of a leaf whose tail has a LeafSigning; it may cross lines. One Ref leads to such a
/// leaf. Twice with an NSEC, then over the PTR record and over the NSEC:
struct SignedPart {
  uint8_t expiration[4];  // wire
  uint8_t inception[4];   // wire
  // the signature follows
};
/// Then the next name of the NSEC (RFC 4034 4.1.1), whose types are always PTR, RRSIG and NSEC: `prefix`, and
/// the leaf's own name without its first labels.
struct NextName {
  uint8_t skip;  // these labels
  uint8_t size;  // bytes of `prefix`, at most kMaxNextPrefix
  // prefix follows
};
inline constexpr size_t kMaxNextPrefix = 63;

/// An RRset, ready to copy: `size` bytes of records in wire form follow, each with the owner 0xC00C (a
/// pointer to the question's name), names in the data uncompressed. The next set starts at the next unit.
struct Rrset {
  uint16_t type;
  uint16_t count;
  uint32_t size;
};
static_assert(sizeof(Rrset) == kUnitSize);

/// The order of a name's RRsets: the SOA first, then by type. So those that every server asks for (NS, CNAME,
/// A, AAAA, DNAME and others) are near the start, and one that is not there is known soon.
[[nodiscard]] constexpr uint32_t rrset_place(uint16_t type) {
  constexpr uint16_t kSoa = 6;
  return type == kSoa ? 0 : type + 1U;
}
/// An RRset of the type RRSIG is in the order of the types covered: View::signatures.
/// The most RRsets of a name. They are looked through one by one, so that a query for the last type costs as
/// much as many plain ones; about a hundred types are assigned.
inline constexpr size_t kMaxRrsets = 512;

/// How a zone shows that something does not exist (RFC 4035 5.4, RFC 5155). A zone is signed if it does.
enum class Denial : uint8_t { none = 0, nsec = 1, nsec3 = 2 };

/// One zone.
struct Zone {
  uint32_t apex;          // Node
  uint32_t serial;        // of the SOA
  uint32_t negative_soa;  // unit of the SOA record for negative answers: owner 0xC00C, TTL by RFC 2308 5
  uint16_t negative_soa_size;
  uint8_t name_size;    // wire, including the root
  uint8_t label_count;  // of the name, without the root
  uint64_t records;
  uint32_t name;  // unit of the name, wire, lower case
  // The end that the SOA's rname shares with its mname is omitted from `negative_soa`; the two bytes at
  // `soa_pointer` hold the pointer to it, which depends on the position of the record in a reply: that
  // position plus `soa_target`. Both are offsets into `negative_soa`, 0 if nothing is shared.
  uint16_t soa_pointer;
  uint16_t soa_target;
  uint32_t negative_signatures;  // unit of an Rrset: the RRSIGs over the SOA, with the TTL of `negative_soa`
  uint32_t nsec3;                // Nsec3Zone
  uint32_t expires;              // the soonest expiration of its RRSIGs (RFC 4034 3.1.5)
  Denial denial;                 // none: the three above are 0; `nsec3` is 0 unless it is Denial::nsec3
  uint8_t reserved[19];
};
static_assert(sizeof(Zone) == kLineSize);

/// The NSEC3 records of a zone, which are found by the hash of a name alone (RFC 5155 7.2.8: their owners do
/// not exist): a directory of 2^bits lines of Nsec3Buckets, 4 bytes each, by the first `bits` bits of the
/// hash. A salt of more than 52 bytes extends into the next lines.
struct Nsec3Zone {
  uint32_t directory;   // its first line; the rest of its last line is 0
  uint32_t count;       // records, at least 1
  uint16_t iterations;  // additional ones (RFC 5155 3.1.3)
  uint8_t bits;         // at most kMaxNsec3Bits
  uint8_t salt_size;
  uint8_t salt[52];
};
static_assert(sizeof(Nsec3Zone) == kLineSize && offsetof(Nsec3Zone, salt) == 12);
inline constexpr uint8_t kMaxNsec3Bits = 28;
inline constexpr uint32_t kNsec3DirectoryEntries = kLineSize / sizeof(uint32_t);  // in a line

/// The NSEC3 records whose hashes have the same first bits, in the order of their hashes.
struct Nsec3Bucket {
  struct Entry {
    uint32_t prefix;  // the first 32 bits of the hash, host order
    uint32_t record;  // unit of the Nsec3Record; 0: free, and so are all after it
  };
  static constexpr size_t kEntries = 7;
  uint32_t before;  // unit of the record with the greatest hash below this bucket's, or the zone's last one;
                    // 0 in a line that another one continues in
  uint32_t next;    // the line that continues this one, if it is full; 0: none
  Entry entry[kEntries];
};
static_assert(sizeof(Nsec3Bucket) == kLineSize);
/// The most lines of a bucket: a search looks at no more.
inline constexpr uint32_t kMaxNsec3Lines = 4;

/// An NSEC3 record. Two Rrsets follow: the record itself and the RRSIGs over it.
struct Nsec3Record {
  uint8_t hash[20];
  uint8_t reserved[4];
};
static_assert(sizeof(Nsec3Record) == 3 * kUnitSize);

/// Eight slots of the hash table from names to Nodes, of all names that end in an ordinary label: open
/// addressing, the next line when one is full. A search for a name starts at the line that its hash gives
/// (index_place, name_hash.hpp), and ends at the first slot with the same upper half, the only one that may
/// be the name's; at a free slot; or after Header::index_probes lines.
struct IndexLine {
  struct Slot {
    uint32_t hash;  // the upper half of `index_place`
    uint32_t node;  // 0: free, and so are all after it; Header::root: of a name that was removed
  };
  static constexpr size_t kSlots = 8;
  Slot slot[kSlots];
};
static_assert(sizeof(IndexLine) == kLineSize);
/// The largest Header::index_probes. 16 million names with random hashes, half of the slots in use, took 6 to
/// 8 in six trials; if more are needed, the builder uses another key or a larger table.
inline constexpr uint32_t kMaxIndexProbes = 8;

}  // namespace ptrd::image
