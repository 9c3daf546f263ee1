// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "answer/search.hpp"

#include "answer/nibble_walk.hpp"
#include "answer/same_name.hpp"
#include "ptrd/wire/address_scan.hpp"
#include "ptrd/wire/message.hpp"

namespace ptrd::answer {

using image::Node;
using image::Position;
using wire::Bytes;

namespace {

/// Labels of `ip6.arpa` and of a whole address below it.
constexpr unsigned kTop = 2;
constexpr unsigned kWhole = 34;

/// The part of `pass` for Nodes with something to record.
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

/// Records what a Node on the path is; `last` if it is the name itself.
[[gnu::always_inline]] inline void pass(const image::View& view, const Position& at, bool last, bool wants_ds,
                                        Found& found) {
  constexpr uint8_t kNoted = image::node_flag::apex | image::node_flag::cut | image::node_flag::dname;
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

/// The labels of a name, leftmost first.
class NameLabels {
 public:
  explicit NameLabels(Bytes name) : name_(name), labels_(name) {}
  [[nodiscard]] uint8_t count() const { return labels_.count; }
  [[nodiscard]] Bytes label(unsigned i) const { return labels_.label(name_, i); }
  /// Its nibbles from `ip6.arpa` on.
  [[nodiscard]] const NibbleKey& nibbles() {
    while (key_.count < 32 && key_.count + kTop < labels_.count) {
      const auto nibble = wire::nibble_of_label(label(labels_.count - kTop - 1U - key_.count));
      if (!nibble) break;
      uint8_t& octet = key_.octets[key_.count / 2];
      octet = static_cast<uint8_t>(octet | (key_.count % 2 == 0 ? *nibble << 4 : *nibble));
      ++key_.count;
    }
    return key_;
  }

 private:
  Bytes name_;
  wire::Labels labels_;
  NibbleKey key_;
};

}  // namespace

/// The labels of a whole address's name in ip6.arpa, from the first nibble on: each has one octet.
class Search::AddressLabels {
 public:
  AddressLabels() = default;
  AddressLabels(Bytes name, const std::array<uint64_t, 2>& address) : name_(name) {
    wire::store_raw(key_.octets.data(), __builtin_bswap64(address[0]));
    wire::store_raw(key_.octets.data() + 8, __builtin_bswap64(address[1]));
    key_.count = 32;
  }
  [[nodiscard]] Bytes label(unsigned i) const { return name_.subspan(2 * size_t{i} + 1, 1); }
  [[nodiscard]] const NibbleKey& nibbles() const { return key_; }

 private:
  Bytes name_;
  NibbleKey key_;
};

/// Whether `name` is that of a whole address in ip6.arpa; if so, sets `labels`.
[[gnu::always_inline]] inline bool Search::is_address(Bytes name, AddressLabels& labels) {
  wire::QuestionName address;
  if (name.size() != wire::kIp6NameSize || !wire::scan_address(name.data(), name.size(), address) ||
      address.kind != wire::QuestionName::Kind::v6)
    return false;
  labels = AddressLabels(name, address.v6);
  return true;
}

Bytes Found::suffix(Bytes name, uint8_t labels) {
  for (auto skip = static_cast<size_t>(wire::Labels(name).count - labels); skip > 0; --skip)
    name = name.subspan(name[0] + 1U);
  return name;
}

/// Goes down one label from `found`. Returns false if there is no such name or the search gives up.
[[gnu::always_inline]] inline bool Search::step(Found& found, Bytes label) {
  const bool at_node = found.at.kind == Position::Kind::node;
  const image::Ref children = at_node ? view_.at<Node>(found.at.index).children : found.at.ref;
  if (!children.is_octet_table()) {
    found.gave_up = steps_ == 0;
    if (found.gave_up) return false;
    --steps_;
  }
  if (at_node && children.is_none()) {  // most names have no address labels below
    const uint32_t node = view_.labelled_child(found.at.index, label);
    if (node == 0) return false;
    found.at.index = node;
    ++found.at.labels;
  } else {
    const auto next = view_.child(found.at, label);
    if (!next) return false;
    found.at = *next;
  }
  --found.labels_left;
  return true;
}

/// The state of the search at ip6.arpa for the name of a whole address below it.
Found Search::top_of_ip6() {
  if (knows_ip6_) return ip6_;
  static constexpr uint8_t kArpa[] = {'a', 'r', 'p', 'a'};
  static constexpr uint8_t kIp6[] = {'i', 'p', '6'};
  ip6_.at = view_.root();
  ip6_.labels_left = kWhole;
  pass(view_, ip6_.at, false, false, ip6_);
  for (const Bytes label : {Bytes(kArpa), Bytes(kIp6)}) {
    if (!step(ip6_, label)) break;
    pass(view_, ip6_.at, false, false, ip6_);
  }
  knows_ip6_ = !ip6_.gave_up;
  return ip6_;
}

/// Goes down from `found`, which is at or above a name with these labels.
template <typename Labels>
[[gnu::always_inline]] inline Found Search::descend(Found found, Labels& labels, bool wants_ds) {
  while (found.labels_left > 0) {
    // Above whole addresses, branches skip several labels at a time.
    const bool branches =
        found.at.kind == Position::Kind::node && has_nibbles(view_, view_.at<Node>(found.at.index).children);
    if (branches && found.at.labels - kTop < labels.nibbles().count) {
      const Position next = walk_nibbles(view_, found.at, labels.nibbles());
      found.labels_left = static_cast<uint8_t>(found.labels_left - (next.labels - found.at.labels));
      const bool on = next.kind == Position::Kind::node && next.labels > found.at.labels;
      found.at = next;
      if (!on) break;
    } else if (!step(found, labels.label(found.labels_left - 1U))) {
      break;
    }
    if (found.at.kind == Position::Kind::node) pass(view_, found.at, found.labels_left == 0, wants_ds, found);
  }
  found.leaf_is_v6 = is_v6_leaf(found.at);
  return found;
}

Found Search::find_address(AddressLabels labels, uint16_t type) {
  const Found top = top_of_ip6();
  return top.at.labels < kTop ? top : descend(top, labels, is_ds(type));
}

Found Search::find(Bytes name, uint16_t type) {
  AddressLabels address;
  if (is_address(name, address)) return find_address(address, type);
  Found found;
  found.gave_up = steps_ == 0;
  if (found.gave_up) return found;
  NameLabels labels(name);
  found.at = view_.root();
  found.labels_left = labels.count();
  pass(view_, found.at, found.labels_left == 0, is_ds(type), found);
  return descend(found, labels, is_ds(type));
}

Found Search::find_in_domain(Bytes name, uint16_t type) {
  AddressLabels address;
  if (is_address(name, address)) return find_address(address, type);
  if (name.size() == 1) return find(name, type);
  const Bytes domain = name.subspan(name[0] + 1U);
  if (!same_name(domain, domain_)) {
    domain_ = domain;
    domain_at_ = find(domain, 0);
    domain_exists_ = domain_at_.labels_left == 0 && !domain_at_.gave_up;
    ++domain_at_.labels_left;
    // It is on the path now.
    if (domain_exists_ && domain_at_.at.kind == Position::Kind::node)
      pass(view_, domain_at_.at, false, false, domain_at_);
  }
  Found found = domain_at_;
  if (!domain_exists_) return found;
  if (step(found, name.subspan(1, name[0])) && found.at.kind == Position::Kind::node)
    pass(view_, found.at, true, is_ds(type), found);
  found.leaf_is_v6 = is_v6_leaf(found.at);
  return found;
}

}  // namespace ptrd::answer
