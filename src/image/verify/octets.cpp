// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <algorithm>
#include <array>
#include <string>

#include "image/verify/tree.hpp"
#include "ptrd/image/name_hash.hpp"

namespace ptrd::image {

using wire::Bytes;
using wire::Family;

void TreeCheck::check_octets(Ref table, const Place& place) {
  if (table.kind() == Ref::Kind::few_octets) {
    claim(table.line(), 1, "a table of octets");
    const auto& few = view_.at<FewOctets>(table.line(), "a table of octets");
    expect(few.count <= FewOctets::kMax, "a table of octets", table.line());
    if (!few.other().is_none()) {
      expect(few.other().is(Ref::Kind::range), "the kind of a step", table.line());
      (void)common_.ranges.at(view_, few.other().line(), Family::v4, table.line());
    }
    for (unsigned i = 0; i < few.count; ++i) {
      expect(i == 0 || few.octet[i] > few.octet[i - 1], "the order of octets", table.line());
      if (few.ref[i].is_none()) continue;
      check_octet(few.ref[i], few.octet[i], place, table.line());
    }
    return;
  }
  claim(table.line(), kOctetLines, "a table of octets");
  const auto& all = view_.at<OctetTable>(table.line(), "a table of octets");
  for (unsigned octet = 0; octet < 256; ++octet) {
    const Ref ref = all.ref[octet];
    if (!ref.is_none()) check_octet(ref, static_cast<uint8_t>(octet), place, table.line());
  }
}

void TreeCheck::check_octet(Ref ref, uint8_t octet, const Place& up, uint32_t table) {
  if (ref.is_leaf()) {  // the common case first: the name's place does not matter
    expect(up.units == 3, "a leaf that is not an address", table);
    common_.data.check_leaf<Leaf4>(ref.unit(), up.zone);
  } else if (ref.is(Ref::Kind::range)) {
    (void)common_.ranges.at(view_, ref.line(), Family::v4, table);
  } else if (defers_) {
    deferred_.push_back({ref, octet, up, table});
  } else {
    check_below_octet(ref, octet, up, table);
  }
}

void TreeCheck::check_below_octet(Ref ref, uint8_t octet, const Place& up, uint32_t table) {
  const std::string digits = std::to_string(octet);
  std::array<uint8_t, 8> wire_label = {static_cast<uint8_t>(digits.size())};
  std::copy(digits.begin(), digits.end(), wire_label.begin() + 1);
  const Bytes label = Bytes(wire_label).subspan(1, digits.size());
  Place place = step(up, label.size(), hash_below(header().index_key, up.hash, wire_label.data()));
  ++place.units;
  switch (ref.kind()) {
    case Ref::Kind::node:
      check_node(ref.line(), place, label, up.node);
      break;
    case Ref::Kind::octets:
    case Ref::Kind::few_octets: {
      expect(place.units < 4 && ref.line() > kHeaderLines, "a table below an address", table);
      const uint32_t line = ref.line() - 1;
      expect(check_node(line, place, label, up.node) == ref, "a table that does not belong to its name",
             line);
      expect((view_.at<Node>(line, "a name's line").flags & (node_flag::cut | node_flag::dname)) == 0,
             "a zone cut that a walk would skip", line);
      break;
    }
    default:
      throw Fault{"the kind of a step", table};
  }
}

}  // namespace ptrd::image
