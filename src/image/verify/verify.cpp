// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <algorithm>
#include <bit>
#include <cstring>
#include <new>
#include <utility>
#include <vector>

#include "image/checksum.hpp"
#include "image/parts.hpp"
#include "image/verify/bounded_view.hpp"
#include "image/verify/claims.hpp"
#include "image/verify/data.hpp"
#include "image/verify/fault.hpp"
#include "image/verify/index.hpp"
#include "image/verify/place.hpp"
#include "image/verify/ranges.hpp"
#include "image/verify/zone_names.hpp"
#include "ptrd/image/image.hpp"
#include "ptrd/image/range.hpp"
#include "ptrd/wire/message.hpp"

namespace ptrd::image {

namespace {

using wire::Bytes;
using wire::Family;

/// Shared by the walks of several threads.
struct Common {
  explicit Common(std::span<const Line> all) : view(all), claims(all.size()), data(view) {}

  BoundedView view;
  Claims claims;          // of lines
  VerifiedRanges ranges;  // read-only once the walk has started
  VerifiedData data;
};

/// A step down an address tree that is yet to be walked, with everything below it.
struct Step {
  Ref ref;
  uint8_t unit;   // the octet or nibble that leads there
  Place place;    // above it
  uint32_t line;  // the line that contains the step
};

/// Walks a tree, or a part of one that no other Walk visits.
class Walk {
 public:
  explicit Walk(Common& common) : common_(common), view_(common.view) {}

  /// The whole tree except deferred steps: those of the address trees, one by one.
  void start() {
    check_header();
    check_zones();
    common_.ranges.check(view_, [&](uint32_t number) { return common_.data.tail_size(number); });
    puts_off_ = true;
    check_node(header().root, {.labels = 0}, {}, header().root);
    expect(header().v4 == v4_ && header().v6 == v6_, "the shortcuts to the address trees", 0);
  }
  /// Walks steps one unit down, and defers what is below.
  std::vector<Step> widen(const std::vector<Step>& steps) {
    for (const Step& step : steps) check_step(step);
    return take_steps();
  }
  void finish(std::span<const Step> steps) {
    puts_off_ = false;
    for (const Step& step : steps) check_step(step);
  }
  [[nodiscard]] std::vector<Step> take_steps() { return std::exchange(put_off_, {}); }
  [[nodiscard]] const std::vector<uint32_t>& labelled() const { return labelled_; }
  [[nodiscard]] uint32_t apexes() const { return apexes_; }

 private:
  [[nodiscard]] const Header& header() const { return view_.header(); }

  // Each structural line may be referenced only once: then the walk is over a tree, and ends in time linear
  // in the file.
  void claim(uint64_t line, uint64_t count, const char* what) {
    expect(view_.has(line, count), what, line);
    const uint64_t first_taken = common_.claims.claim(line, count);
    expect(first_taken == line + count, "a line referenced twice", first_taken);
  }

  void check_header() {
    const Header& h = header();
    expect(h.root >= kHeaderLines, "the root", 0);
    claim(h.zones, h.zone_count, "the zones");
    claim(h.index, h.index_lines, "the label index");
    expect(std::has_single_bit(h.index_lines), "the size of the label index", 0);
    claim(h.tails, h.tail_lines, "the tails");
    common_.data.use_tails();
    claim(h.ranges, h.range_lines, "the ranges");
  }

  /// A range that covers all addresses of a place in ip6.arpa.
  void check_range6(uint32_t line, const Place& place, size_t user) {
    const Range& range = common_.ranges.at(view_, line, Family::v6, user);
    expect(range.prefix_size <= 4U * place.units && has_prefix(place.key, range.key, range.prefix_size),
           "a misplaced range", user);
    expect(line == place.cover || range.prefix_size >= place.least_bits,
           "a range that encloses too many addresses", user);
  }

  void check_zones() {
    const uint64_t end = uint64_t{header().zones} + header().zone_count;
    for (uint64_t line = header().zones; line < end; ++line)
      common_.data.check_zone(view_.at<Zone>(line, "the zones"), line);
  }

  void check_zone_of(const Node& node, uint32_t line, const Place& up) {
    if ((node.flags & node_flag::apex) != 0) {
      const uint32_t first = header().zones;
      expect(node.zone >= first && node.zone - first < header().zone_count, "an apex's zone", line);
      const auto& zone = view_.at<Zone>(node.zone, "an apex's zone");
      expect(zone.apex == line, "a zone's apex", line);  // its name: check_zone_names
      expect(zone.label_count == up.labels, "a zone's labels", line);
      ++apexes_;
    } else {
      expect(node.zone == up.zone, "a name's zone", line);
    }
  }

  /// The Node at `line`, named `label` below `up` (whose labels and size already include it), and everything
  /// below it. Returns its children.
  Ref check_node(uint32_t line, Place place, Bytes label, uint32_t parent) {
    const auto& node = view_.at<Node>(line, "a name's line");
    const Bytes own = label_of(node, line);
    expect(std::equal(label.begin(), label.end(), own.begin(), own.end()), "a label", line);
    claim(line, offsetof(Node, label) + label.size() > kLineSize ? 2 : 1, "a name's line");
    expect(node.parent == parent, "a name's place", line);
    check_zone_of(node, line, place);
    common_.data.check_sets(node, line);
    place.node = line;
    place.zone = node.zone;
    place.open = place.open && (node.flags & (node_flag::cut | node_flag::dname)) == 0;
    if (!node.children.is_none()) check_children(node, line, place);
    check_labelled(node, line, place);
    return node.children;
  }

  void check_children(const Node& node, uint32_t line, const Place& place) {
    const Ref ref = node.children;
    if (place.tree == Place::Tree::in_addr && place.units < 4) {
      expect(
          (ref.kind() == Ref::Kind::octets || ref.kind() == Ref::Kind::few_octets) && ref.line() - 1 == line,
          "a table of octets", line);
      check_octets(ref, place);
    } else {
      expect(place.tree == Place::Tree::ip6 && place.units < 32, "children that are not part of an address",
             line);
      check_nibbles(ref, place, false);
    }
    if (place.units == 0 && place.open) (place.tree == Place::Tree::in_addr ? v4_ : v6_) = ref;
  }

  static Place step(const Place& up, Bytes label) {
    Place place = up;
    ++place.labels;
    place.name_size += label.size() + 1;
    return place;
  }

  /// Bytes of its own or the next line.
  [[nodiscard]] Bytes label_of(const Node& node, uint64_t line) const {
    return view_.bytes_in(line, offsetof(Node, label), node.label_size, "a label");
  }

  void check_labelled(const Node& node, uint32_t line, const Place& place) {
    bool wildcard = false;
    for (uint32_t child = node.first_child; child != 0;) {
      const auto& below = view_.at<Node>(child, "a name's line");
      const Bytes label = label_of(below, child);
      expect(!label.empty() && label.size() <= wire::kMaxLabel, "a label's size", child);
      expect(std::all_of(label.begin(), label.end(), [](uint8_t c) { return wire::lower(c) == c; }),
             "a label's case", child);
      expect(!stands_in_table(node, place, label), "a label that belongs in a table", child);
      Place next = step(place, label);
      expect(next.name_size <= wire::kMaxName, "a name's size", child);
      const bool below_arpa = place.labels == 1 && same(label_of(node, line), "arpa");
      if (place.labels >= 2) next.tree = Place::Tree::other;
      if (below_arpa && same(label, "in-addr")) next.tree = Place::Tree::in_addr;
      if (below_arpa && same(label, "ip6")) next.tree = Place::Tree::ip6;
      wildcard = wildcard || same(label, "*");
      labelled_.push_back(child);
      check_node(child, next, label, line);
      child = below.next_sibling;
    }
    expect(((node.flags & node_flag::wildcard) != 0) == wildcard, "the wildcard flag", line);
  }

  static bool same(Bytes label, std::string_view text) {
    return label.size() == text.size() && std::memcmp(label.data(), text.data(), text.size()) == 0;
  }
  // Must agree with View::child, or an existing name would not be found.
  static bool stands_in_table(const Node& node, const Place& place, Bytes label) {
    if (node.children.is_none()) return false;
    return place.tree == Place::Tree::in_addr ? wire::octet_of_label(label).has_value()
                                              : wire::nibble_of_label(label).has_value();
  }

  void check_octets(Ref table, const Place& place) {
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

  /// The step to a name one unit down, and everything below it: now, or deferred.
  void check_step(const Step& step) {
    if (step.place.tree == Place::Tree::in_addr) {
      check_below_octet(step.ref, step.unit, step.place, step.line);
    } else {
      check_below_nibble(step.ref, step.unit, step.place);
    }
  }

  void check_octet(Ref ref, uint8_t octet, const Place& up, uint32_t table) {
    if (ref.is_leaf()) {  // the common case first: the name's place does not matter
      expect(up.units == 3, "a leaf that is not an address", table);
      common_.data.check_leaf<Leaf4>(ref.unit());
    } else if (ref.is(Ref::Kind::range)) {
      (void)common_.ranges.at(view_, ref.line(), Family::v4, table);
    } else if (puts_off_) {
      put_off_.push_back({ref, octet, up, table});
    } else {
      check_below_octet(ref, octet, up, table);
    }
  }

  void check_below_octet(Ref ref, uint8_t octet, const Place& up, uint32_t table) {
    const std::string digits = std::to_string(octet);
    const Bytes label(reinterpret_cast<const uint8_t*>(digits.data()), digits.size());
    Place place = step(up, label);
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

  static unsigned nibble_of(const uint8_t* key, unsigned i) {
    return i % 2 == 0 ? key[i / 2] >> 4 : key[i / 2] & 15U;
  }
  static void expect_key(const uint8_t* key, const Place& place, size_t line) {
    for (unsigned i = 0; i < place.units; ++i) {
      expect(nibble_of(key, i) == nibble_of(place.key.data(), i), "a misplaced address", line);
    }
  }
  static Place nibble_step(const Place& up, unsigned nibble) {
    const auto digit = static_cast<uint8_t>("0123456789abcdef"[nibble]);
    Place place = step(up, {&digit, 1});
    uint8_t& byte = place.key[up.units / 2];
    byte = static_cast<uint8_t>(byte | (up.units % 2 == 0 ? nibble << 4 : nibble));
    ++place.units;
    return place;
  }

  /// `below_branch`: the step is from a branch, not from a Node.
  void check_nibbles(Ref ref, const Place& up, bool below_branch) {
    if (ref.is_leaf()) {
      const auto& leaf = common_.data.check_leaf<Leaf6>(ref.unit());
      return expect_key(leaf.key, up, ref.unit() / kUnitsPerLine);
    }
    const uint32_t line = ref.line();
    if (ref.is(Ref::Kind::range)) return check_range6(line, up, line);
    expect(ref.is_branch(), "the kind of a step", line);
    if (ref.is(Ref::Kind::pairs)) {
      expect(ref.table() > 0, "a branch", line);
      check_branch(ref, ref.table() - 1, up, below_branch);
    } else {
      check_branch(ref, line, up, below_branch);
    }
  }

  void check_branch(Ref ref, uint32_t line, const Place& up, bool below_branch) {
    const bool pairs = ref.is(Ref::Kind::pairs);
    const auto& branch = view_.at<Nibbles>(line, "a branch");
    expect(branch.depth >= up.units && branch.depth < 32, "the depth of a branch", line);
    expect(!pairs || branch.depth == 2 * ref.octet(), "the depth of a branch", line);
    expect(branch.count != 0 && branch.count == std::popcount(branch.present), "the children of a branch",
           line);
    claim(line, pairs ? 1 + kPairLines : branch.count > Nibbles::kMax ? 2 : 1, "a branch");
    expect_key(branch.key, up, line);
    for (unsigned i = branch.depth; i < 32; ++i)
      expect(nibble_of(branch.key, i) == 0, "nonzero bits after a branch's key", line);
    if (branch.range != 0) check_range6(branch.range, up, line);
    // Only a Node may end a range.
    expect(branch.range != 0 || up.cover == 0 || !below_branch, "a branch that leaves a range", line);
    Place place = up;
    place.cover = branch.range;
    // No Range starts between two nibbles that are consumed together, nor within the nibble of an only child,
    // which a walk does not compare.
    place.least_bits = 4U * branch.depth + (pairs ? 5 : branch.count == 1 ? 4 : 1);
    while (place.units < branch.depth) place = nibble_step(place, nibble_of(branch.key, place.units));
    for (unsigned nibble = 0; nibble < 16; ++nibble) {
      const bool present = (branch.present >> nibble & 1) != 0;
      if (pairs) {
        expect(check_row(ref, nibble, place, line) == present, "the children of a branch", line);
        continue;
      }
      const Ref child = nibble_child(branch, line, nibble);
      expect(child.is_none() != present, "the children of a branch", line);
      if (present) check_child(child, nibble, place, line);
    }
  }

  [[nodiscard]] Ref nibble_child(const Nibbles& branch, uint64_t line, unsigned nibble) const {
    if (branch.count > Nibbles::kMax) return view_.at<NibbleLine>(line + 1, "a branch").ref[nibble];
    return View::nibble_child(branch, nibble);
  }

  /// The children that share the first of a branch's two nibbles; returns whether there are any.
  bool check_row(Ref branch, unsigned first, const Place& up, uint32_t line) {
    const Place place = nibble_step(up, first);
    const auto& table = view_.at<PairTable>(branch.table(), "a branch");
    bool any = false;
    for (unsigned second = 0; second < 16; ++second) {
      const Ref child = table.ref[first << 4 | second];
      if (child.is_none()) continue;
      any = true;
      check_child(child, second, place, line);
    }
    return any;
  }

  /// What a branch refers to: now, or deferred.
  void check_child(Ref ref, unsigned nibble, const Place& up, uint32_t line) {
    expect(!ref.is_branch() || up.units + 1 < 32, "a branch below an address", line);
    if (puts_off_ && !ref.is_leaf()) {
      put_off_.push_back({ref, static_cast<uint8_t>(nibble), up, line});
    } else {
      check_below_nibble(ref, nibble, up);
    }
  }

  void check_below_nibble(Ref ref, unsigned nibble, const Place& up) {
    const Place place = nibble_step(up, nibble);
    if (ref.kind() == Ref::Kind::node) {
      const auto digit = static_cast<uint8_t>("0123456789abcdef"[nibble]);
      check_node(ref.line(), place, {&digit, 1}, up.node);
    } else {
      check_nibbles(ref, place, true);
    }
  }

  Common& common_;
  BoundedView view_;
  bool puts_off_ = false;
  std::vector<Step> put_off_;
  std::vector<uint32_t> labelled_;
  uint32_t apexes_ = 0;
  Ref v4_;
  Ref v6_;
};

/// Every check of the structure; throws a Fault.
void check_all(std::span<const Line> lines, const Executor& run) {
  constexpr size_t kEnough = 1024;  // number of steps to distribute among threads
  Common common(lines);
  Walk top(common);
  top.start();
  std::vector<Step> steps = top.take_steps();
  while (!steps.empty() && steps.size() < kEnough) steps = top.widen(steps);
  std::vector<Walk> walks(std::min(steps.size(), kMaxParts), Walk(common));
  run_parts<const Step>(steps, run, [&](size_t part, std::span<const Step> own) { walks[part].finish(own); });

  uint32_t apexes = top.apexes();
  std::vector<uint32_t> labelled = top.labelled();
  for (const Walk& walk : walks) {
    apexes += walk.apexes();
    labelled.insert(labelled.end(), walk.labelled().begin(), walk.labelled().end());
  }
  const Header& header = common.view.header();
  expect(apexes == header.zone_count, "a zone without its apex", header.zones);
  check_index(View(lines), common.claims, labelled, run);
  check_zone_names(View(lines), run);
}

}  // namespace

tl::expected<void, std::string> verify(std::span<const Line> lines, const Executor& run) {
  if (lines.size() <= kHeaderLines) return tl::unexpected<std::string>("not a ptrd image: too short");
  return verify_hashed(lines, checksum(lines, run), run);
}

tl::expected<void, std::string> check_start(const Header& header, uint64_t lines) {
  const auto fail = [](const std::string& why) { return tl::unexpected<std::string>(why); };
  if (std::memcmp(header.magic, kMagic, sizeof kMagic) != 0) return fail("not a ptrd image");
  if (header.version != kVersion || header.line_size != kLineSize) {
    return fail("image format " + std::to_string(header.version) + ", this build reads " +
                std::to_string(kVersion) + "; compile it again with this build's ptrzone");
  }
  if (header.lines != lines || lines > Ref::kMaxLine) {
    return fail("truncated or extended: it has " + std::to_string(lines) + " lines, its header says " +
                std::to_string(header.lines) + "; compile it again");
  }
  return {};
}

tl::expected<void, std::string> verify_hashed(std::span<const Line> lines, uint64_t actual,
                                              const Executor& run) {
  const auto fail = [](const std::string& why) { return tl::unexpected<std::string>(why); };
  if (lines.size() <= kHeaderLines) return fail("not a ptrd image: too short");
  const Header& header = View(lines).header();
  if (auto ok = check_start(header, lines.size()); !ok) return ok;
  if (actual != header.checksum) return fail("damaged: its checksum does not match; compile it again");
  try {
    check_all(lines, run);
  } catch (const Fault& fault) {
    return fail(std::string("damaged: ") + fault.what + " (line " + std::to_string(fault.line) +
                "); compile it again");
  } catch (const std::bad_alloc&) {
    return fail("not enough memory to verify it");
  }
  return {};
}

}  // namespace ptrd::image
