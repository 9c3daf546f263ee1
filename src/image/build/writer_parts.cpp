// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "image/build/writer.hpp"
#include "ptrd/wire/message.hpp"

namespace ptrd::image {

using wire::Bytes;

uint32_t Writer::write_negative_signatures(const ZoneInput& zone, uint32_t ttl) {
  const TreeSet* all = tree_.find(zone.apex.bytes())->find(static_cast<uint16_t>(wire::Type::rrsig));
  TreeSet set = all->covering([](uint16_t type) { return type == static_cast<uint16_t>(wire::Type::soa); });
  set.ttls.assign(set.rdatas.size(), ttl);
  return write_sets({std::move(set)});
}

void Writer::write_zones() {
  std::vector<ZoneId> order;
  for (ZoneId id = 1; id < zones_.size(); ++id) {
    if (!zones_[id].dropped) order.push_back(id);
  }
  std::sort(order.begin(), order.end(),
            [&](ZoneId a, ZoneId b) { return zones_[a].apex.canonical_compare(zones_[b].apex) < 0; });
  const uint32_t first = alloc_lines(order.size());
  zone_lines_.assign(zones_.size(), 0);
  for (size_t i = 0; i < order.size(); ++i) zone_lines_[order[i]] = first + static_cast<uint32_t>(i);
  at<Header>(0).zones = first;
  at<Header>(0).zone_count = static_cast<uint32_t>(order.size());
  for (const ZoneId id : order) {
    const ZoneInput& zone = zones_[id];
    const NegativeSoa soa(zone.soa, zone.soa_ttl);
    const uint32_t negative = alloc_units(soa.size());
    soa.store(unit(negative));
    const uint32_t name = put_bytes(zone.apex.bytes());
    const uint32_t signatures =
        zone.signing.denial == Denial::none ? 0 : write_negative_signatures(zone, soa.ttl());
    const uint32_t nsec3 = zone.signing.denial == Denial::nsec3 ? write_nsec3(zone) : 0;
    auto& out = at<Zone>(zone_lines_[id]);
    soa.describe(out);
    out.negative_soa = negative;
    out.name_size = static_cast<uint8_t>(zone.apex.size());
    out.label_count = static_cast<uint8_t>(zone.apex.label_count());
    out.records = zone.records;
    out.name = name;
    out.negative_signatures = signatures;
    out.nsec3 = nsec3;
    out.denial = zone.signing.denial;
    out.expires = zone.signing.expires;
  }
}

void Writer::write_index() {
  const auto index = make_index(View(lines_), indexed_, index_keys_ ? index_keys_ : keys_from(lines_, run_));
  if (!index) {
    throw std::length_error("no key places every name of the label index within " +
                            std::to_string(kMaxIndexProbes) + " lines of its slot");
  }
  const uint32_t first = alloc_lines(index->lines.size());
  std::memcpy(lines_[first].bytes, index->lines.data(), index->lines.size() * kLineSize);
  auto& header = at<Header>(0);
  header.index = first;
  header.index_lines = static_cast<uint32_t>(index->lines.size());
  header.index_probes = index->probes;
  header.index_key = index->key;
}

void Writer::write_header() {
  const auto open_to_walk = [&](TreeNode* tree) {
    if (tree == nullptr) return Ref();
    for (TreeNode* up = tree; up != nullptr; up = up->parent) {
      if (up->is_cut() || up->has_dname()) return Ref();
    }
    return at<Node>(tree->line).children;
  };
  const Ref v4 = open_to_walk(in_addr_);
  const Ref v6 = open_to_walk(ip6_);
  auto& header = at<Header>(0);
  std::memcpy(header.magic, kMagic, sizeof kMagic);
  header.version = kVersion;
  header.line_size = kLineSize;
  header.lines = lines_.size();
  for (const ZoneInput& zone : zones_) header.records += zone.records;
  header.v4 = v4;
  header.v6 = v6;
  header.leaves = leaves_;
  header.nodes = nodes_;
  header.octet_tables = octet_tables_;
  header.nibble_lines = nibble_lines_;
  header.folded = folded_;
  header.synthesised = synthesised_;
  header.checksum = checksum(lines_);
}

}  // namespace ptrd::image
