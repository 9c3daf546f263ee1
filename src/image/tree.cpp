// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "image/tree.hpp"

#include <algorithm>

#include "ptrd/image/format.hpp"
#include "ptrd/wire/message.hpp"

namespace ptrd::image {

using wire::Bytes;
using wire::Labels;
using wire::Type;

namespace {

constexpr uint16_t code(Type type) {
  return static_cast<uint16_t>(type);
}

std::string lower_label(Bytes label) {
  std::string text(label.size(), '\0');
  std::transform(label.begin(), label.end(), text.begin(),
                 [](uint8_t c) { return static_cast<char>(wire::lower(c)); });
  return text;
}

}  // namespace

const TreeSet* TreeNode::find(uint16_t type) const {
  const auto it = std::find_if(sets.begin(), sets.end(), [&](const TreeSet& s) { return s.type == type; });
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

TreeNode* Tree::find(Bytes name) {
  const Labels labels(name);
  TreeNode* node = &root_;
  for (size_t i = labels.count; i-- > 0;) {
    const auto it = node->children.find(lower_label(labels.label(name, i)));
    if (it == node->children.end()) return nullptr;
    node = it->second.get();
  }
  return node;
}

void Tree::add(TreeNode& node, ZoneId zone, uint16_t type, uint32_t ttl, Bytes rdata) {
  auto it = std::find_if(node.sets.begin(), node.sets.end(),
                         [&](const TreeSet& s) { return s.type == type && s.zone == zone; });
  if (it == node.sets.end()) {
    it = node.sets.insert(it, TreeSet{.type = type, .zone = zone, .ttl = ttl, .rdatas = {}});
  }
  it->ttl = std::min(it->ttl, ttl);
  std::string data(reinterpret_cast<const char*>(rdata.data()), rdata.size());
  if (std::find(it->rdatas.begin(), it->rdatas.end(), data) == it->rdatas.end())
    it->rdatas.push_back(std::move(data));
}

bool Tree::settle(TreeNode& node, ZoneId enclosing, const std::function<void(TreeNode&, TreeSet&)>& served) {
  node.zone = node.apex_of != 0 ? node.apex_of : enclosing;
  std::erase_if(node.sets, [&](const TreeSet& set) {
    const bool is_ds = set.type == code(Type::ds);
    return set.zone != (node.apex_of != 0 && is_ds ? enclosing : node.zone);
  });
  // The SOA first, as zone files have it; then by type, so that the same zone always gives the same image.
  std::sort(node.sets.begin(), node.sets.end(), [](const TreeSet& a, const TreeSet& b) {
    return std::pair(a.type != code(Type::soa), a.type) < std::pair(b.type != code(Type::soa), b.type);
  });
  for (TreeSet& set : node.sets) served(node, set);
  std::erase_if(node.children, [&](const auto& entry) { return !settle(*entry.second, node.zone, served); });
  return !node.sets.empty() || !node.children.empty();
}

}  // namespace ptrd::image
