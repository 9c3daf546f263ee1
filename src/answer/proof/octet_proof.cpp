// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "answer/proof/octet_proof.hpp"

namespace ptrd::answer {

using image::Node;
using image::Ref;

namespace {

namespace flag = image::node_flag;

constexpr unsigned kTop = 2;  // labels above an address's first octet

/// The line of the Node of a name in an octet table; 0: it is a leaf or a Range.
uint32_t node_of(Ref ref) {
  if (ref.is_octet_table()) return ref.line() - 1;
  return ref.is(Ref::Kind::node) ? ref.line() : 0;
}

}  // namespace

/// The walk went down tables only, so nothing on the way is a cut or a DNAME.
bool OctetProof::find(const image::Zone& zone, const wire::QuestionName& address, uint32_t encloser) {
  encloser_ = zone.label_count - kTop;
  for (uint32_t line = encloser;; line = view_.at<Node>(line).parent, ++encloser_) {
    if (encloser_ > 3) return false;
    if (line == zone.apex) break;
  }
  wire::store32(address_.data(), address.v4);
  line_ = encloser;
  apex_ = zone.apex;
  return true;
}

/// Completes `cover` with the last name at or below `ref`, which is that of the first `units` octets of its
/// key. False: it gave up.
[[gnu::always_inline]] inline bool OctetProof::go_to_last(Ref ref, unsigned units, Cover& cover) const {
  cover.leaf = 0;
  while (!ref.is_leaf()) {
    const uint32_t line = node_of(ref);
    if (line == 0) return false;
    const auto& node = view_.at<Node>(line);
    if ((node.flags & flag::apex) != 0) return false;
    // What is below a cut or a DNAME is not the zone's.
    const bool cut = (node.flags & (flag::cut | flag::dname)) != 0;
    if (cut || (node.children.is_none() && node.labelled == 0)) {
      cover.node = line;
      cover.units = static_cast<uint8_t>(units);
      return node.rrset_count > 0;
    }
    if (node.labelled != 0 || !node.children.is_octet_table()) return false;
    const int last = last_octet(view_, node.children, OctetOrder::kOctets, ref);
    if (last < 0) return false;
    cover.key[units++] = static_cast<uint8_t>(last);
  }
  cover.leaf = ref.unit();
  cover.units = OctetName::kUnits;
  return units == OctetName::kUnits;
}

/// From the closest encloser up to the apex: what is before the next closer name shares the names above it,
/// and so it is either below the first of them that has names before it, or that itself, the last one before
/// all names below. The wildcard is before all octets, so nothing below the closest encloser is before it.
unsigned OctetProof::find_covers(std::array<Cover, 2>& covers) const {
  unsigned count = 0;
  unsigned depth = encloser_;
  for (uint32_t line = line_;; --depth) {
    const auto& node = view_.at<Node>(line);
    if (node.labelled != 0) return 0;
    Cover& cover = covers[count];
    cover.shared = static_cast<uint8_t>(depth);
    cover.key = address_;
    Ref ref;
    const int octet = node.children.is_octet_table()
                          ? last_octet(view_, node.children, kOctetOrder.place[address_[depth]], ref)
                          : -1;
    if (octet >= 0) {
      cover.key[depth] = static_cast<uint8_t>(octet);
      if (!go_to_last(ref, depth + 1, cover)) return 0;
      ++count;
      if (line != line_) return count;
    }
    if (node.rrset_count > 0) {
      const auto units = static_cast<uint8_t>(depth);
      covers[count] = {.node = line, .units = units, .shared = units, .key = address_};
      return count + 1;
    }
    if (line == apex_) return 0;
    line = node.parent;
  }
}

}  // namespace ptrd::answer
