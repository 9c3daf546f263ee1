// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "image_names.hpp"

#include <algorithm>

#include "client/reply.hpp"
#include "ptrd/image/records.hpp"
#include "ptrd/image/traverse.hpp"

namespace ptrd::cli {

namespace {

/// A message over TCP, and what the engine wants behind it.
constexpr size_t kBuffer = 65535 + 64;

std::vector<wire::Name> targets_in(wire::Bytes records) {
  std::vector<wire::Name> targets;
  image::each_record(records, [&](uint32_t, wire::Bytes rdata) {
    if (const auto name = wire::Name::from_wire(rdata)) targets.push_back(*name);
  });
  return targets;
}

}  // namespace

void ImageNames::for_each(const Visit& visit) const {
  image::traverse(view_, {.set = [&](const image::OwnedSet& set) {
                    const auto key = wire::key_of_name(set.owner);
                    if (!key || !key->whole()) return;
                    if (set.type == static_cast<uint16_t>(wire::Type::ptr))
                      visit(*key, targets_in(set.records));
                    if (set.type == static_cast<uint16_t>(wire::Type::cname)) visit(*key, targets_of(*key));
                  }});
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
