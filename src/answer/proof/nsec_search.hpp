// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "answer/proof/canonical_children.hpp"
#include "ptrd/image/image.hpp"
#include "ptrd/wire/name.hpp"

namespace ptrd::answer {

/// Finds the NSEC record of a zone that covers a name which has none: that of the last name before it in the
/// canonical order (RFC 4034 6.1). The image has no list in that order: the search goes back from the name's
/// closest encloser, name by name, in the tree. Names that are not the zone's are left out: those below a cut
/// or a DNAME, and a deeper zone's, except for what this zone says at its apex (Node::upper).
///
/// No lookup in the label index, no allocation.
class NsecSearch {
 public:
  /// Steps by one label that a search may need. In a zone whose names all have an NSEC, it goes up over empty
  /// non-terminals and down to one name: less than two names have labels. Some more are taken by tables. In
  /// other zones it may give up.
  static constexpr unsigned kMaxSteps = 4 * wire::kMaxLabels;

  /// All searches together take at most `steps`. `name` is in the zone at line `zone`, which has NSEC
  /// records; `at` is the name or its closest encloser. The bytes of the name must stay valid and unchanged.
  NsecSearch(const image::View& view, uint32_t zone, wire::Bytes name, const image::Position& at,
             unsigned steps = 2 * kMaxSteps);

  /// A name with an NSEC: the line of the Node that has the record, or the unit of the leaf, and how many
  /// labels the name has.
  struct Cover {
    uint32_t node = 0;  // 0: it is a leaf
    uint32_t leaf = 0;
    uint8_t labels = 0;
    uint8_t shared = 0;  // of these, the last ones that are those of the name that was searched for
  };
  /// The NSEC that covers the name itself, which exists.
  [[nodiscard]] Cover cover_name();
  /// The NSEC that covers the name of `label` directly below `at`, which does not exist.
  [[nodiscard]] Cover cover_below(wire::Bytes label);

  /// Whether two names directly below `at`, which do not exist, have the same cover because no name is
  /// between them. If not, they may still have.
  [[nodiscard]] bool are_together(wire::Bytes label, wire::Bytes other);
  /// Whether a search took too many steps; its result was the apex.
  [[nodiscard]] bool gave_up() const { return gave_up_; }
  /// The suffix of the name that has so many labels, not more than the name.
  [[nodiscard]] wire::Bytes suffix(unsigned labels) const {
    return labels == 0 ? name_.last(1) : name_.subspan(labels_.offset[labels_.count - labels]);
  }
  /// Sets the number of steps that all further searches together may take.
  void limit(unsigned steps) { most_ = steps_ + steps; }
  /// Steps taken so far.
  [[nodiscard]] unsigned steps() const { return steps_; }

  /// Writes the name of the last Cover to `out`. Returns its size in bytes; 0: it has no room there.
  [[nodiscard]] size_t write_owner(wire::MutableBytes out) const;

 private:
  using Bound = std::optional<wire::Bytes>;

  void start();
  [[nodiscard]] bool is_open() const;
  [[nodiscard]] bool nsec_here(Cover& cover) const;
  [[nodiscard]] std::optional<Child> last_before(const image::Position& parent, const Bound& bound);
  [[nodiscard]] bool go_below(const Bound& bound, uint32_t from);
  [[nodiscard]] Cover back(Bound bound);
  [[nodiscard]] Cover at_apex() const {
    return {.node = zone_.apex, .labels = zone_.label_count, .shared = zone_.label_count};
  }

  const image::View& view_;
  const image::Zone& zone_;
  const uint32_t zone_line_;
  const wire::Bytes name_;
  const wire::Labels labels_;
  const image::Position at_;
  // The current name: the labels below the apex, from there down. The first `own_` are those of `name_`.
  std::array<Child, wire::kMaxLabels + 1> path_;
  unsigned depth_ = 0;
  unsigned own_ = 0;
  unsigned steps_ = 0;
  unsigned most_;  // steps
  bool gave_up_ = false;
};

}  // namespace ptrd::answer
