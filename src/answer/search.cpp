// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "answer/search.hpp"

#include <algorithm>

#include "answer/nibble_walk.hpp"
#include "answer/same_name.hpp"
#include "ptrd/wire/address_scan.hpp"
#include "ptrd/wire/message.hpp"

namespace ptrd::answer {

using image::Node;
using image::Position;
using wire::Bytes;

namespace {

/// Labels of `in-addr.arpa` and `ip6.arpa`, and of a whole address below the latter.
constexpr unsigned kTop = 2;
constexpr unsigned kWhole = 34;
constexpr uint8_t kInAddrArpa[] = {7, 'i', 'n', '-', 'a', 'd', 'd', 'r', 4, 'a', 'r', 'p', 'a', 0};
constexpr uint8_t kIp6Arpa[] = {3, 'i', 'p', '6', 4, 'a', 'r', 'p', 'a', 0};

/// What a name takes besides its ordinary labels and branches, in steps: so much, and one for so many octets.
constexpr unsigned kStepsOfName = 2;
constexpr unsigned kOctetsOfStep = 32;

unsigned steps_of(Bytes name) {
  return kStepsOfName + static_cast<unsigned>(name.size()) / kOctetsOfStep;
}

constexpr uint8_t kNoted = image::node_flag::apex | image::node_flag::cut | image::node_flag::dname;

/// Records what a Node on the path is that has one of these flags; `last` if it is the name itself.
void note(const Node& node, const Position& at, bool last, bool wants_ds, Found& found) {
  const bool apex = (node.flags & image::node_flag::apex) != 0;
  if (apex && !(last && wants_ds && found.zone != 0)) {
    found.zone = node.zone;
    found.cut = found.dname = 0;
  } else if (found.zone == 0 || found.cut != 0) {
    return;  // above all zones, or already below a cut: only a deeper apex matters
  } else if ((node.flags & image::node_flag::cut) != 0 && found.dname == 0 && !(last && wants_ds)) {
    found.cut = at.index;
    found.cut_labels = at.labels;
  }
  if ((node.flags & image::node_flag::dname) != 0 && !last && found.cut == 0 && found.dname == 0) {
    found.dname = at.index;
    found.dname_labels = at.labels;
  }
}

/// The same of any Node.
[[gnu::always_inline]] inline void pass(const image::View& view, const Position& at, bool last, bool wants_ds,
                                        Found& found) {
  const auto& node = view.at<Node>(at.index);
  if ((node.flags & kNoted) != 0) note(node, at, last, wants_ds, found);
}

bool is_ds(uint16_t type) {
  return type == static_cast<uint16_t>(wire::Type::ds);
}

/// A v4 leaf hangs below in-addr.arpa at six labels, a v6 leaf below ip6.arpa at 34.
bool is_v6_leaf(const Position& at) {
  return at.kind == Position::Kind::leaf && at.labels > 6;
}

/// Whether `name` is that of a whole address in ip6.arpa, which `address` then is.
[[gnu::always_inline]] inline bool is_whole_address(Bytes name, wire::QuestionName& address) {
  return name.size() == wire::kIp6NameSize && wire::scan_address(name.data(), name.size(), address) &&
         address.kind == wire::QuestionName::Kind::v6;
}

/// Whether a name is below in-addr.arpa or ip6.arpa, or one of them.
bool is_in_address_tree(const HashedName& name) {
  if (name.count() < kTop) return false;
  const Bytes top = name.suffix(kTop);
  const auto is = [&](Bytes other) { return std::equal(top.begin(), top.end(), other.begin(), other.end()); };
  return is(kInAddrArpa) || is(kIp6Arpa);
}

}  // namespace

// How `descend` gets at the labels of a name: `label` is the first one of the suffix with so many labels,
// `nibbles` are those from ip6.arpa on.

class Search::NameLabels {
 public:
  explicit NameLabels(HashedName& name) : name_(name) {}
  [[nodiscard]] Bytes label(unsigned labels) const {
    const uint8_t* label = name_.label(labels);
    return {label + 1, *label};
  }
  [[nodiscard]] const NibbleKey& nibbles() {
    while (key_.count < 32 && key_.count + kTop < name_.count()) {
      const auto nibble = wire::nibble_of_label(label(kTop + 1 + key_.count));
      if (!nibble) break;
      uint8_t& octet = key_.octets[key_.count / 2];
      octet = static_cast<uint8_t>(octet | (key_.count % 2 == 0 ? *nibble << 4 : *nibble));
      ++key_.count;
    }
    return key_;
  }
  [[nodiscard]] HashedName& hashed() { return name_; }

 private:
  HashedName& name_;
  NibbleKey key_;
};

/// Of a whole address's name in ip6.arpa: each label of the address has one octet.
class Search::AddressLabels {
 public:
  AddressLabels(Bytes name, const std::array<uint64_t, 2>& address, Search& search)
      : name_(name), search_(search) {
    wire::store_raw(key_.octets.data(), __builtin_bswap64(address[0]));
    wire::store_raw(key_.octets.data() + 8, __builtin_bswap64(address[1]));
    key_.count = 32;
  }
  [[nodiscard]] Bytes label(unsigned labels) const {
    return name_.subspan(2 * size_t{kWhole - labels} + 1, 1);
  }
  [[nodiscard]] const NibbleKey& nibbles() const { return key_; }
  [[nodiscard]] HashedName& hashed() { return search_.hashed(name_); }

 private:
  Bytes name_;
  Search& search_;
  NibbleKey key_;
};

Bytes Found::suffix(Bytes name, uint8_t count) const {
  size_t start = 0;
  for (unsigned more = labels(); more > count; --more) start += name[start] + 1U;
  return name.subspan(start);
}

HashedName& Search::hashed(Bytes name) {
  name_.assign(name, view_.header().index_key);
  return name_;
}

/// Compares the Node at line `node`, which should be that of the name's suffix of `labels` labels, and those
/// above it with the name, up to `found.at`. If they agree, moves there and records what is on the path.
bool Search::climb(uint32_t node, unsigned labels, Found& found, const HashedName& name,
                   bool wants_ds) const {
  struct Noted {
    uint32_t line;
    uint8_t labels;
  };
  std::array<Noted, wire::kMaxLabels> noted;
  unsigned count = 0;
  uint32_t line = node;
  for (unsigned at = labels; at > found.at.labels; --at) {
    if (!image::same_label(view_.label(line), name.label(at))) return false;
    const auto& here = view_.at<Node>(line);
    if ((here.flags & kNoted) != 0) noted[count++] = {line, static_cast<uint8_t>(at)};
    line = here.parent;
  }
  if (line != found.at.index) return false;
  while (count > 0) {
    const Noted& next = noted[--count];
    note(view_.at<Node>(next.line), {.labels = next.labels, .index = next.line}, next.labels == name.count(),
         wants_ds, found);
  }
  found.at = {.labels = static_cast<uint8_t>(labels), .index = node};
  found.labels_left = static_cast<uint8_t>(name.count() - labels);
  return true;
}

/// Goes down from `found.at`, a Node, by ordinary labels, which may be followed by no part of an address
/// except below in-addr.arpa and ip6.arpa: to there at first. Returns false if that is not reached or the
/// search gives up.
bool Search::descend_by_index(Found& found, HashedName& name, bool wants_ds) {
  const unsigned end = found.at.labels < kTop && is_in_address_tree(name) ? kTop : name.count();
  if (view_.at<Node>(found.at.index).labelled == 0) return false;
  found.gave_up = !budget_.take(end - std::min(end, name.hashed()));
  if (found.gave_up) return false;
  unsigned not_there = end + 1;
  for (unsigned labels = end; found.at.labels + 1U < not_there; labels = (found.at.labels + not_there) / 2U) {
    const uint32_t node = view_.indexed(name.hash(labels));
    if (node == 0 || !climb(node, labels, found, name, wants_ds)) not_there = labels;
  }
  return found.at.labels == end;
}

/// Goes down from `found`, which is at or above a name with these labels.
template <typename Labels>
[[gnu::always_inline]] inline Found Search::descend(Found found, Labels& labels, bool wants_ds) {
  while (found.labels_left > 0) {
    const bool at_node = found.at.kind == Position::Kind::node;
    // Above whole addresses, branches skip several labels at a time.
    const bool branches = at_node && has_nibbles(view_, view_.at<Node>(found.at.index).children);
    if (branches && found.at.labels - kTop < labels.nibbles().count) {
      unsigned passed = 0;
      const Position next = walk_nibbles(view_, found.at, labels.nibbles(), passed);
      found.gave_up = !budget_.take(passed);
      if (found.gave_up) return found;
      found.labels_left = static_cast<uint8_t>(found.labels_left - (next.labels - found.at.labels));
      const bool on = next.kind == Position::Kind::node && next.labels > found.at.labels;
      found.at = next;
      if (!on) break;
    } else {
      const auto next = view_.address_step(found.at, labels.label(found.at.labels + 1U));
      if (!next.by_address) {
        if (at_node && descend_by_index(found, labels.hashed(), wants_ds)) continue;
        break;
      }
      if (!next.at) break;
      found.at = *next.at;
      --found.labels_left;
    }
    if (found.at.kind == Position::Kind::node) pass(view_, found.at, found.labels_left == 0, wants_ds, found);
  }
  found.leaf_is_v6 = is_v6_leaf(found.at);
  return found;
}

Found Search::find(Bytes name, uint16_t type) {
  wire::QuestionName address;
  if (is_whole_address(name, address)) return find_address(name, address.v6, type);
  Found found;
  found.gave_up = budget_.is_spent();
  if (found.gave_up) return found;
  NameLabels labels(hashed(name));
  found.at = view_.root();
  found.labels_left = name_.count();
  pass(view_, found.at, found.labels_left == 0, is_ds(type), found);
  return descend(found, labels, is_ds(type));
}

/// The same for the name of a whole address in ip6.arpa.
Found Search::find_address(Bytes name, const std::array<uint64_t, 2>& address, uint16_t type) {
  if (!knows_ip6_) {
    ip6_ = find_above(kIp6Arpa);
    ip6_.labels_left = static_cast<uint8_t>(ip6_.labels_left + kWhole - kTop);
    knows_ip6_ = !ip6_.gave_up;
  }
  if (ip6_.at.labels < kTop) return ip6_;
  AddressLabels labels(name, address, *this);
  return descend(ip6_, labels, is_ds(type));
}

/// The state of the search at a name, for names below it: `labels_left` is 0 if it exists.
Found Search::find_above(Bytes name) {
  Found found = find(name, 0);
  if (found.labels_left == 0 && !found.gave_up && found.at.kind == Position::Kind::node)
    pass(view_, found.at, false, false, found);
  return found;
}

/// Searches for the domain of the next names.
void Search::enter(Bytes domain) {
  domain_ = domain;
  domain_at_ = find_above(domain);
  domain_exists_ = domain_at_.labels_left == 0 && !domain_at_.gave_up;
  ++domain_at_.labels_left;
  const bool at_node = domain_exists_ && domain_at_.at.kind == Position::Kind::node;
  if (!at_node || view_.at<Node>(domain_at_.at.index).labelled == 0) return;
  if (domain.size() == wire::kIp6NameSize) (void)hashed(domain);
  // Hashed, but not compared.
  domain_at_.gave_up = !budget_.take((name_.count() - name_.hashed()) / 2U);
  domain_exists_ = !domain_at_.gave_up;
  if (domain_exists_) domain_hash_ = name_.hash(name_.count());
}

/// Goes down from the domain, a Node, by one ordinary label in wire form, the last of a name.
void Search::step_by_index(Found& found, Bytes label, bool wants_ds) {
  if (view_.at<Node>(found.at.index).labelled == 0) return;
  found.gave_up = !budget_.take(1);
  if (found.gave_up) return;
  const LoweredLabel low(label);
  const uint32_t node = view_.indexed(image::hash_below(view_.header().index_key, domain_hash_, low.bytes()));
  if (node == 0 || view_.at<Node>(node).parent != found.at.index) return;
  if (!image::same_label(view_.label(node), low.bytes())) return;
  found.at = {.labels = static_cast<uint8_t>(found.at.labels + 1), .index = node};
  --found.labels_left;
  pass(view_, found.at, true, wants_ds, found);
}

Found Search::find_in_domain(Bytes name, uint16_t type) {
  Found none;
  none.gave_up = !budget_.take(steps_of(name));
  if (none.gave_up) return none;
  wire::QuestionName address;
  if (is_whole_address(name, address)) return find_address(name, address.v6, type);
  if (name.size() == 1) return find(name, type);
  const Bytes label = name.first(name[0] + 1U);
  const Bytes domain = name.subspan(label.size());
  if (!same_name(domain, domain_)) enter(domain);
  Found found = domain_at_;
  if (!domain_exists_) return found;
  // Most domains of hosts have no names of addresses directly below.
  const bool at_node = found.at.kind == Position::Kind::node;
  if (at_node && view_.at<Node>(found.at.index).children.is_none()) {
    step_by_index(found, label, is_ds(type));
  } else if (const auto next = view_.address_step(found.at, label.subspan(1)); next.by_address) {
    if (!next.at) return found;
    found.at = *next.at;
    --found.labels_left;
    if (found.at.kind == Position::Kind::node) pass(view_, found.at, true, is_ds(type), found);
    found.leaf_is_v6 = is_v6_leaf(found.at);
  } else if (at_node) {
    step_by_index(found, label, is_ds(type));
  }
  return found;
}

}  // namespace ptrd::answer
