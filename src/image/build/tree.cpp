// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "image/build/tree.hpp"

#include <algorithm>
#include <numeric>

#include "ptrd/image/format.hpp"
#include "ptrd/wire/message.hpp"

namespace ptrd::image {

using wire::Bytes;
using wire::Labels;
using wire::Type;

namespace {

std::string lower_label(Bytes label) {
  std::string text(label.size(), '\0');
  std::transform(label.begin(), label.end(), text.begin(),
                 [](uint8_t c) { return static_cast<char>(wire::lower(c)); });
  return text;
}

/// Keeps the first of equal records.
void drop_duplicates(TreeSet& set) {
  std::vector<std::string>& rdatas = set.rdatas;
  std::vector<size_t> order(rdatas.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return rdatas[a] < rdatas[b]; });
  std::vector<bool> again(rdatas.size());
  for (size_t i = 1; i < order.size(); ++i) again[order[i]] = rdatas[order[i]] == rdatas[order[i - 1]];
  size_t kept = 0;
  for (size_t i = 0; i < rdatas.size(); ++i) {
    if (again[i]) continue;
    if (kept != i) rdatas[kept] = std::move(rdatas[i]);
    if (!set.ttls.empty()) set.ttls[kept] = set.ttls[i];
    ++kept;
  }
  rdatas.resize(kept);
  if (!set.ttls.empty()) set.ttls.resize(kept);
}

const TreeSet* find_set(const std::vector<TreeSet>& sets, uint16_t type) {
  const auto it = std::find_if(sets.begin(), sets.end(), [&](const TreeSet& s) { return s.type == type; });
  return it == sets.end() ? nullptr : &*it;
}

/// Gives RRSIG records the TTLs of what they cover.
void settle_signature_ttls(const std::vector<TreeSet>& sets, TreeSet& signatures) {
  std::map<uint16_t, uint32_t> ttls;
  for (size_t i = 0; i < signatures.rdatas.size(); ++i) {
    const auto [it, is_new] = ttls.emplace(type_covered(signatures.rdatas[i]), signatures.ttls[i]);
    it->second = std::min(it->second, signatures.ttls[i]);
  }
  for (auto& [type, ttl] : ttls) {
    const TreeSet* covered = type == code(Type::rrsig) ? nullptr : find_set(sets, type);
    if (covered != nullptr) ttl = covered->ttl;
  }
  for (size_t i = 0; i < signatures.rdatas.size(); ++i) {
    signatures.ttls[i] = ttls[type_covered(signatures.rdatas[i])];
  }
}

/// Puts RRSIG records in the order of the types that they cover.
void sort_signatures(TreeSet& set) {
  std::vector<size_t> order(set.rdatas.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return type_covered(set.rdatas[a]) < type_covered(set.rdatas[b]);
  });
  TreeSet sorted{.type = set.type, .zone = set.zone, .ttl = set.ttl};
  for (const size_t i : order) {
    sorted.rdatas.push_back(std::move(set.rdatas[i]));
    sorted.ttls.push_back(set.ttls[i]);
  }
  set = std::move(sorted);
}

/// Whether the zone above keeps its authority over a type at a deeper zone's apex (RFC 4035 2.2, 2.3, 2.4).
bool stays_above(uint16_t type) {
  return type == code(Type::ds) || type == code(Type::nsec);
}

/// Takes what the enclosing zone says at the apex of another one.
std::unique_ptr<std::vector<TreeSet>> take_upper(std::vector<TreeSet>& sets, ZoneId enclosing) {
  std::vector<TreeSet> upper;
  for (TreeSet& set : sets) {
    if (set.zone != enclosing) continue;
    if (stays_above(set.type)) upper.push_back(std::move(set));
    if (set.type != code(Type::rrsig)) continue;
    TreeSet signatures = set.covering(stays_above);
    if (!signatures.rdatas.empty()) upper.push_back(std::move(signatures));
  }
  return upper.empty() ? nullptr : std::make_unique<std::vector<TreeSet>>(std::move(upper));
}

}  // namespace

void settle_sets(std::vector<TreeSet>& sets) {
  // The SOA first, as in zone files; then by type, so that the same zone always gives the same image.
  std::sort(sets.begin(), sets.end(), [](const TreeSet& a, const TreeSet& b) {
    return std::pair(a.type != code(Type::soa), a.type) < std::pair(b.type != code(Type::soa), b.type);
  });
  for (TreeSet& set : sets) {
    const bool signatures = set.type == code(Type::rrsig);
    if (signatures) settle_signature_ttls(sets, set);
    if (set.rdatas.size() > 1) drop_duplicates(set);
    if (signatures && set.rdatas.size() > 1) sort_signatures(set);
  }
}

uint16_t type_covered(const std::string& rrsig) {
  if (rrsig.size() < 2) return 0;
  return wire::load16(reinterpret_cast<const uint8_t*>(rrsig.data()));
}

TreeSet TreeSet::covering(const std::function<bool(uint16_t)>& is_wanted) const {
  TreeSet some{.type = type, .zone = zone, .ttl = ttl};
  for (size_t i = 0; i < rdatas.size(); ++i) {
    if (!is_wanted(type_covered(rdatas[i]))) continue;
    some.rdatas.push_back(rdatas[i]);
    some.ttls.push_back(ttls[i]);
  }
  return some;
}

TreeSet& TreeNode::set(uint16_t type, ZoneId of) {
  constexpr size_t kFew = 8;  // as nearly all names have: a linear search is faster than a map
  if (!set_places) {
    const auto it = std::find_if(sets.begin(), sets.end(),
                                 [&](const TreeSet& s) { return s.type == type && s.zone == of; });
    if (it != sets.end()) return *it;
    if (sets.size() == kFew) index_sets();
  }
  if (set_places) {
    const auto [place, made] = set_places->try_emplace({type, of}, sets.size());
    if (!made) return sets[place->second];
  }
  return sets.emplace_back(TreeSet{.type = type, .zone = of, .ttl = ~0U, .rdatas = {}});
}

void TreeNode::index_sets() {
  set_places = std::make_unique<std::map<std::pair<uint16_t, ZoneId>, size_t>>();
  for (size_t i = 0; i < sets.size(); ++i) set_places->try_emplace({sets[i].type, sets[i].zone}, i);
}

const TreeSet* TreeNode::find(uint16_t type) const {
  return find_set(sets, type);
}

const TreeSet* TreeNode::find(uint16_t type, ZoneId of) const {
  const auto it = std::find_if(sets.begin(), sets.end(),
                               [&](const TreeSet& s) { return s.type == type && s.zone == of; });
  return it == sets.end() ? nullptr : &*it;
}

bool TreeNode::is_cut() const {
  return apex_of == 0 && find(code(Type::ns)) != nullptr;
}
bool TreeNode::has_dname() const {
  return find(code(Type::dname)) != nullptr;
}

uint8_t TreeNode::flags() const {
  unsigned flags = 0;
  if (apex_of != 0) flags |= node_flag::apex;
  if (is_cut()) flags |= node_flag::cut;
  if (has_dname()) flags |= node_flag::dname;
  if (find(code(Type::cname)) != nullptr) flags |= node_flag::cname;
  if (children.contains("*")) flags |= node_flag::wildcard;
  return static_cast<uint8_t>(flags);
}

TreeNode& Tree::make(Bytes name) {
  const Labels labels(name);
  TreeNode* node = &root_;
  for (size_t i = labels.count; i-- > 0;) {
    auto [it, made] = node->children.try_emplace(lower_label(labels.label(name, i)));
    if (made) {
      it->second = std::make_unique<TreeNode>();
      it->second->parent = node;
      it->second->label = it->first;
    }
    node = it->second.get();
  }
  return *node;
}

const TreeNode* Tree::find(Bytes name) const {
  const Labels labels(name);
  const TreeNode* node = &root_;
  for (size_t i = labels.count; i-- > 0;) {
    const auto it = node->children.find(lower_label(labels.label(name, i)));
    if (it == node->children.end()) return nullptr;
    node = it->second.get();
  }
  return node;
}

void Tree::add(TreeNode& node, ZoneId zone, uint16_t type, uint32_t ttl, Bytes rdata) {
  TreeSet& set = node.set(type, zone);
  set.ttl = std::min(set.ttl, ttl);
  set.rdatas.emplace_back(reinterpret_cast<const char*>(rdata.data()), rdata.size());
  if (type == code(Type::rrsig)) set.ttls.push_back(ttl);
}

bool Tree::forget(TreeNode& node, const std::function<bool(ZoneId)>& is_dropped) {
  const size_t removed = std::erase_if(node.sets, [&](const TreeSet& set) { return is_dropped(set.zone); });
  if (removed > 0 && node.set_places) node.index_sets();
  std::erase_if(node.children, [&](const auto& entry) { return !forget(*entry.second, is_dropped); });
  return !node.sets.empty() || !node.children.empty() || node.apex_of != 0;
}

bool Tree::settle(TreeNode& node, ZoneId enclosing, const std::function<void(TreeNode&, TreeSet&)>& served) {
  node.zone = node.apex_of != 0 ? node.apex_of : enclosing;
  node.set_places.reset();
  const bool apex = node.apex_of != 0;
  if (apex && enclosing != 0) node.upper = take_upper(node.sets, enclosing);
  std::erase_if(node.sets, [&](const TreeSet& set) {
    return set.zone != node.zone || (apex && set.type == code(Type::ds));  // DS belongs to the parent
  });
  for (auto* sets : {&node.sets, node.upper.get()}) {
    if (sets == nullptr) continue;
    settle_sets(*sets);
    for (TreeSet& set : *sets) served(node, set);
  }
  std::erase_if(node.children, [&](const auto& entry) { return !settle(*entry.second, node.zone, served); });
  return !node.sets.empty() || !node.children.empty();
}

}  // namespace ptrd::image
