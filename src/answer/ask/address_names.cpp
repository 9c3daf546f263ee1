// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "answer/ask/address_names.hpp"

#include <optional>

#include "answer/ask/ask.hpp"
#include "answer/search.hpp"
#include "ptrd/wire/record.hpp"

namespace ptrd::answer {

namespace {

constexpr auto kPtr = static_cast<uint16_t>(wire::Type::ptr);

/// Whether other servers are asked for a name.
bool is_elsewhere(const image::View& view, const wire::Name& name) {
  const auto found = search(view, name.bytes(), kPtr);
  return found.zone == 0 || found.cut != 0;
}

}  // namespace

AddressNames::Found AddressNames::find(const wire::AddressKey& address) {
  const wire::Bytes reply = ask(engine_, wire::name_of_key(address), kPtr, false, buffer_);
  Found found;
  std::optional<wire::Name> alias;  // the last target of the chain
  wire::MessageReader reader(reply);
  if (reply.size() < wire::kHeaderSize || !reader.question()) return found;
  for (unsigned left = wire::HeaderView(reply.data()).ancount(); left > 0; --left) {
    const auto record = reader.record();
    if (!record) break;
    if (!record->is(wire::Type::ptr) && !record->is(wire::Type::cname)) continue;
    const auto rdata = reader.plain_rdata(*record);
    const auto target = rdata ? wire::Name::from_wire(*rdata) : tl::unexpected(std::string());
    if (!target) break;
    if (record->is(wire::Type::ptr)) {
      found.names.push_back({record->ttl, *target});
    } else {
      alias = *target;
    }
  }
  if (!found.names.empty()) {
    found.outcome = Outcome::named;
  } else if (alias && is_elsewhere(engine_.image(), *alias)) {
    found.outcome = Outcome::elsewhere;
  }
  return found;
}

}  // namespace ptrd::answer
