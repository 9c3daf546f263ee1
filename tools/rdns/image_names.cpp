// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "image_names.hpp"

#include <algorithm>

#include "client/reply.hpp"
#include "ptrd/image/traverse.hpp"

namespace ptrd::cli {

namespace {

/// The octets of a stored record in front of its data: owner, type, class, TTL, length.
constexpr size_t kRecordHead = 12;
/// A message over TCP, and what the engine wants behind it.
constexpr size_t kBuffer = 65535 + 64;

std::vector<wire::Name> targets_in(wire::Bytes records) {
  std::vector<wire::Name> targets;
  while (!records.empty()) {
    const size_t size = wire::load16(&records[kRecordHead - 2]);
    if (const auto name = wire::Name::from_wire(records.subspan(kRecordHead, size))) targets.push_back(*name);
    records = records.subspan(kRecordHead + size);
  }
  return targets;
}

}  // namespace

void ImageNames::visit_zone(const image::Zone& zone, const Visit& visit) const {
  image::traverse(view_, zone, [&](const image::OwnedSet& set) {
    const auto key = wire::key_of_name(set.owner);
    if (!key || !key->whole()) return;
    if (set.type == static_cast<uint16_t>(wire::Type::ptr)) visit(*key, targets_in(set.records));
    if (set.type == static_cast<uint16_t>(wire::Type::cname)) visit(*key, targets_of(*key));
  });
}

void ImageNames::for_each(const Visit& visit) const {
  for (uint32_t i = 0; i < view_.header().zone_count; ++i)
    visit_zone(view_.at<image::Zone>(view_.header().zones + i), visit);
}

std::vector<wire::Name> ImageNames::targets_of(const wire::AddressKey& address) const {
  using namespace client;
  const Question question{wire::name_of_key(address), wire::Type::ptr};
  std::vector<uint8_t> buffer = write_query(question, 0, {.edns = false});
  const size_t size = buffer.size();
  buffer.resize(kBuffer);
  const answer::Reply answer = engine_.respond(buffer, size, answer::Transport::tcp);
  std::vector<wire::Name> targets;
  const auto reply = read_reply({buffer.data(), answer.size});
  if (!reply) return targets;
  for (const Record* record : find_answer(*reply, question).records) targets.push_back(record->target());
  return targets;
}

}  // namespace ptrd::cli
