// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// Arbitrary replies to rdns: reading one ends, stays within the message, and gives only what is whole.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "client/reply.hpp"
#include "ptrd/wire/rdata.hpp"

using namespace ptrd;
using namespace ptrd::client;

namespace {

void require(bool ok) {
  if (!ok) std::abort();
}

void use(const std::vector<Record>& section) {
  for (const Record& record : section) {
    require(wire::is_plain_name(record.owner.bytes()));
    require(wire::rdata_is_well_formed(record.type, record.data));
    if (record.is(wire::Type::a) || record.is(wire::Type::aaaa)) require(record.address().whole());
    if (record.is(wire::Type::soa)) (void)record.soa();
    if (record.is(wire::Type::ptr) || record.is(wire::Type::ns))
      require(record.target().size() == record.data.size());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > 65535) return 0;
  // Exactly the stated size, so that the sanitizer sees an out-of-bounds access.
  const auto message = std::make_unique<uint8_t[]>(size + (size == 0));
  if (size > 0) std::memcpy(message.get(), data, size);
  const auto reply = read_reply({message.get(), size});
  if (!reply) return 0;
  for (const auto* section : {&reply->answer, &reply->authority, &reply->additional}) use(*section);
  if (reply->has(wire::flag::tc)) require(reply->answer.empty());
  if (!reply->question) return 0;
  const Found found = find_answer(*reply, *reply->question);
  for (const Record* record : found.records) require(record->owner == found.last);
  const auto again = read_reply(write_query(*reply->question, reply->id, {}));
  require(again && again->question == reply->question);
  return 0;
}
