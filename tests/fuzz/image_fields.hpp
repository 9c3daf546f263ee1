// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// The locations of an image's indices, sizes and counts, for the fuzzer and the sweep that change their
// values.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "ptrd/image/image.hpp"
#include "ptrd/image/nsec3.hpp"
#include "ptrd/image/signed_leaf.hpp"
#include "ptrd/wire/bytes.hpp"

namespace ptrd::test {

/// Fields of one kind, such as "Node.labelled".
struct FieldKind {
  size_t width;            // bytes of each: 1, 2, 4, 8
  std::vector<size_t> at;  // their offsets in bytes from the image's start
};
using Fields = std::map<std::string, FieldKind>;

/// Values at which sums and comparisons go wrong, for any width of the field.
inline constexpr std::array<uint64_t, 18> kBoundaries = {
    0,      1,      2,      3,          0x7F,       0x80,       0xFE,       0xFF,       0x7FFF,
    0x8000, 0xFFFE, 0xFFFF, 0x0FFFFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF, ~uint64_t{0} - 1};

/// Finds all fields by a walk over a good image.
class FieldFinder {
 public:
  explicit FieldFinder(std::span<const image::Line> lines) : view_(lines), start_(lines.front().bytes) {
    header();
    const image::Header& h = view_.header();
    for (const image::Zone& one : view_.zones()) zone(one);
    for (uint32_t i = 0; i < h.index_lines; ++i) {
      for (const auto& slot : view_.at<image::IndexLine>(h.index + i).slot) {
        add("IndexLine.slot.hash", slot.hash);
        add("IndexLine.slot.node", slot.node);
      }
    }
    for (const image::DeclaredRange& one : view_.declared_ranges()) declared(one);
    node(h.root);
  }
  [[nodiscard]] const Fields& fields() const { return fields_; }

 private:
  template <typename T>
  void add(const char* name, const T& field) {
    const auto at = static_cast<size_t>(reinterpret_cast<const uint8_t*>(&field) - start_);
    if (!seen_.insert({at, sizeof field}).second) return;
    auto& kind = fields_[name];
    kind.width = sizeof field;
    kind.at.push_back(at);
  }

  void header() {
    const image::Header& h = view_.header();
    for (const uint32_t* field : {&h.root, &h.index, &h.index_lines, &h.index_probes, &h.zones, &h.zone_count,
                                  &h.tails, &h.tail_lines, &h.ranges, &h.range_lines, &h.signings,
                                  &h.signing_lines, &h.declared, &h.declared_count})
      add(("Header+" + std::to_string(reinterpret_cast<const uint8_t*>(field) - start_)).c_str(), *field);
    add("Header.v4", h.v4);
    add("Header.v6", h.v6);
  }
  void zone(const image::Zone& z) {
    add("Zone.apex", z.apex);
    add("Zone.negative_soa", z.negative_soa);
    add("Zone.negative_soa_size", z.negative_soa_size);
    add("Zone.name_size", z.name_size);
    add("Zone.label_count", z.label_count);
    add("Zone.name", z.name);
    add("Zone.soa_pointer", z.soa_pointer);
    add("Zone.soa_target", z.soa_target);
    add("Zone.negative_signatures", z.negative_signatures);
    add("Zone.nsec3", z.nsec3);
    add("Zone.denial", z.denial);
    if (z.negative_signatures != 0)
      rrset(*reinterpret_cast<const image::Rrset*>(view_.unit(z.negative_signatures)));
    if (z.nsec3 != 0) nsec3(view_.at<image::Nsec3Zone>(z.nsec3));
    const wire::Bytes name = view_.zone_name(z);
    add("a name's first length", name[0]);
    add("a SOA's size", *reinterpret_cast<const std::array<uint8_t, 2>*>(view_.unit(z.negative_soa) + 10));
  }
  void declared(const image::DeclaredRange& d) {
    for (const uint8_t& byte : d.address) add("DeclaredRange.address", byte);
    add("DeclaredRange.bits", d.bits);
    add("DeclaredRange.range", d.range);
    add("DeclaredRange.zone", d.zone);
  }
  void nsec3(const image::Nsec3Zone& all) {
    add("Nsec3Zone.directory", all.directory);
    add("Nsec3Zone.count", all.count);
    add("Nsec3Zone.bits", all.bits);
    add("Nsec3Zone.salt_size", all.salt_size);
    for (uint32_t number = 0; number < image::nsec3_buckets(all); ++number) {
      const uint32_t& first = image::nsec3_bucket(view_, all, number);
      add("Nsec3Zone's directory", first);
      for (uint32_t line = first; line != 0; line = view_.at<image::Nsec3Bucket>(line).next)
        bucket(view_.at<image::Nsec3Bucket>(line));
    }
  }
  void bucket(const image::Nsec3Bucket& b) {
    add("Nsec3Bucket.before", b.before);
    add("Nsec3Bucket.next", b.next);
    for (const auto& entry : b.entry) {
      add("Nsec3Bucket.entry.prefix", entry.prefix);
      add("Nsec3Bucket.entry.record", entry.record);
      if (entry.record == 0) continue;
      const auto& record = *reinterpret_cast<const image::Nsec3Record*>(view_.unit(entry.record));
      add("Nsec3Record.hash", record.hash[0]);
      rrset(image::nsec3_set(record));
      rrset(image::nsec3_signatures(record));
    }
  }
  void node(uint32_t line) {
    const auto& n = view_.at<image::Node>(line);
    add("Node.parent", n.parent);
    add("Node.zone", n.zone);
    add("Node.rrsets", n.rrsets);
    add("Node.children", n.children);
    add("Node.labelled", n.labelled);
    add("Node.upper", n.upper);
    add("Node.rrset_count", n.rrset_count);
    add("Node.flags", n.flags);
    add("Node.label_size", n.label_size);
    add("Node.label", n.label[0]);
    const image::Rrset* set = n.rrset_count == 0 ? nullptr : view_.first_rrset(n);
    for (unsigned i = 0; i < n.rrset_count; ++i, set = image::View::next(set)) rrset(*set);
    if (n.upper != 0) node(n.upper);
    if (!n.children.is_none()) ref(n.children);
    if (n.labelled != 0)
      add("LabelledList.count", reinterpret_cast<const image::LabelledList*>(view_.unit(n.labelled))->count);
    for (const uint32_t& child : view_.labelled(n)) {
      add("LabelledList.node", child);
      node(child);
    }
  }
  void rrset(const image::Rrset& set) {
    add("Rrset.type", set.type);
    add("Rrset.count", set.count);
    add("Rrset.size", set.size);
    for (wire::Bytes rest = image::View::records(set); !rest.empty();) {
      const size_t size = wire::load16(&rest[10]);
      add("a record's size", *reinterpret_cast<const std::array<uint8_t, 2>*>(&rest[10]));
      if (size > 0) add("a record's first octet", rest[12]);
      rest = rest.subspan(12 + size);
    }
  }
  template <typename Refs>
  void refs(const char* name, const Refs& all) {
    for (const image::Ref& each : all) {
      add(name, each);
      if (!each.is_none()) ref(each);
    }
  }
  void ref(image::Ref r) {
    using Kind = image::Ref::Kind;
    switch (r.kind()) {
      case Kind::none:
        return;
      case Kind::node:
        return node(r.line());
      case Kind::octets:
        if (first(r.line())) {
          node(r.line() - 1);
          is_v6_ = false;
          refs("OctetTable.ref", view_.at<image::OctetTable>(r.line()).ref);
        }
        return;
      case Kind::few_octets: {
        if (!first(r.line())) return;
        const auto& few = view_.at<image::FewOctets>(r.line());
        add("FewOctets.count", few.count);
        for (const uint8_t& octet : few.octet) add("FewOctets.octet", octet);
        node(r.line() - 1);
        is_v6_ = false;
        return refs("FewOctets.ref", few.ref);
      }
      case Kind::nibbles:
        if (first(r.line())) {
          const auto& branch = view_.at<image::Nibbles>(r.line());
          nibbles(branch);
          for (unsigned nibble = 0; nibble < 16; ++nibble) ref(image::View::nibble_child(branch, nibble));
          if (branch.count > image::Nibbles::kMax)
            refs("NibbleLine.ref", view_.at<image::NibbleLine>(r.line() + 1).ref);
        }
        return;
      case Kind::pairs:
        if (first(r.table())) {
          nibbles(view_.branch(r));
          refs("PairTable.ref", view_.at<image::PairTable>(r.table()).ref);
        }
        return;
      case Kind::range:
        return range(view_.at<image::Range>(r.line()));
      case Kind::leaf:
        return leaf(*reinterpret_cast<const image::Leaf4*>(view_.unit(r.unit())), is_v6_);
    }
  }
  void nibbles(const image::Nibbles& branch) {
    is_v6_ = true;
    add("Nibbles.depth", branch.depth);
    add("Nibbles.count", branch.count);
    add("Nibbles.present", branch.present);
    add("Nibbles.range", branch.range);
    for (const uint8_t& byte : branch.key) add("Nibbles.key", byte);
    for (const image::Ref& each : branch.ref) add("Nibbles.ref", each);
    if (branch.range != 0) range(view_.at<image::Range>(branch.range));
  }
  void range(const image::Range& r) {
    add("Range.tail", r.tail);
    add("Range.program_size", r.program_size);
    add("Range.flags", r.flags);
    add("Range.prefix_size", r.prefix_size);
    for (const uint8_t& byte : r.program) add("Range.program", byte);
    tail(r.tail);
  }
  /// A Leaf6 starts with the same fields.
  void leaf(const image::Leaf4& l, bool is_v6) {
    add("Leaf.tail_and_size", l.tail_and_size);
    add("a leaf's first octet", *(reinterpret_cast<const uint8_t*>(&l) + sizeof l));
    tail(l.tail());
    const uint32_t number = view_.tail(l.tail()).signing_number();
    if (number == 0) return;
    const image::LeafSigning& signing = view_.signing(number);
    add("LeafSigning.signature_size", signing.signature_size);
    add("LeafSigning.rest_size", signing.rest_size);
    add("LeafSigning.has_nsec", signing.has_nsec);
    for (const uint8_t& byte : signing.head) add("LeafSigning.head", byte);
    for (const uint8_t& byte : signing.rest) add("LeafSigning.rest", byte);
    if (signing.has_nsec == 0) return;
    const uint8_t* const part =
        is_v6 ? image::signed_part(reinterpret_cast<const image::Leaf6&>(l)) : image::signed_part(l);
    const uint8_t* const next = part + 2 * (sizeof(image::SignedPart) + signing.signature_size);
    add("NextName.skip", next[0]);
    add("NextName.size", next[1]);
    if (next[1] > 0) add("a next name's first octet", next[2]);
  }
  void tail(uint32_t number) {
    const image::Tail& t = view_.tail(number);
    add("Tail.size", t.size);
    for (const uint8_t& byte : t.signing) add("Tail.signing", byte);
    add("Tail.name", t.name[0]);
  }
  bool first(uint32_t table) { return tables_.insert(table).second; }

  image::View view_;
  const uint8_t* start_;
  Fields fields_;
  bool is_v6_ = false;  // of the leaves of the current table
  std::set<std::pair<size_t, size_t>> seen_;
  std::set<uint32_t> tables_;
};

}  // namespace ptrd::test
