// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "ptrd/answer/engine.hpp"

#include <utility>

#include "answer/chaos.hpp"
#include "answer/denial.hpp"
#include "answer/general.hpp"
#include "answer/hit.hpp"
#include "answer/parse.hpp"
#include "answer/reply.hpp"
#include "answer/walk4.hpp"
#include "answer/walk6.hpp"

namespace ptrd::answer {

const char* kind_name(Kind kind) {
  static constexpr const char* kNames[kKinds] = {
      "answer",  "nodata",   "nxdomain", "referral",  "truncated", "refused",   "formerr", "notimp",
      "badvers", "yxdomain", "notauth",  "badcookie", "runt",      "not_query", "policy",  "rate_limited"};
  return kNames[static_cast<size_t>(kind)];
}

Engine::Engine(image::View image, Settings settings)
    : image_(image), settings_(std::move(settings)), start6_(start6(image)) {}

void Engine::image_changed() noexcept {
  start6_ = start6(image_);
}

void Engine::parse(std::span<const Message> messages, Transport transport, std::span<Query> queries) const {
  answer::parse(messages, transport, settings_, queries);
}

void Engine::walk(std::span<Query> queries) const {
  QueryList denied;
  Walk4 walk4(image_, denied);
  Walk6 walk6(image_, start6_, denied);
  for (Query& query : queries) {
    if (query.path == Query::Path::fast4) {
      walk4.enter(query);
    } else if (query.path == Query::Path::fast6) {
      walk6.enter(query);
    }
  }
  walk4.finish();
  walk6.finish();
  if (denied.count > 0) settle_denials(image_, denied);
}

void Engine::write(std::span<const Message> messages, std::span<Query> queries,
                   std::span<Reply> replies) const {
  for (size_t i = 0; i < messages.size(); ++i) {
    const Message& message = messages[i];
    Query& query = queries[i];
    if (query.path == Query::Path::fast4 || query.path == Query::Path::fast6) {
      if (!query.dnssec_ok)
        replies[i] = write_hit(image_, settings_, message.data, query);
      else if (!write_signed_hit(image_, settings_, message.buffer(), query, replies[i]))
        replies[i] = write_any(message.buffer(), query);
    } else if (query.path != Query::Path::denied ||
               !write_denial(image_, settings_, message.buffer(), query, replies[i])) {
      replies[i] = write_any(message.buffer(), query);
    }
  }
}

/// Writes the reply to a query that is neither a plain hit nor a plain denial.
Reply Engine::write_any(wire::MutableBytes buffer, const Query& query) const {
  if (query.path == Query::Path::drop) return {query.kind, 0};
  if (query.path == Query::Path::reply) return write_bare(buffer, query, settings_);
  switch (static_cast<wire::Class>(query.rclass)) {
    case wire::Class::in:
    case wire::Class::any:  // answered from the only class that we have
      return write_general(buffer, query, image_, settings_);
    case wire::Class::ch:
      return write_chaos(buffer, query, settings_);
    default:
      return write_bare(buffer, query, Kind::refused, settings_);
  }
}

Reply Engine::shorten(const Message& message, const Query& query, Kind kind) const {
  return answer::shorten(message.buffer(), query, kind, settings_);
}

Reply Engine::respond(wire::MutableBytes buffer, size_t size, Transport transport) const {
  const Message message{buffer.data(), static_cast<uint32_t>(buffer.size()), static_cast<uint32_t>(size)};
  Query query;
  Reply reply;
  parse({&message, 1}, transport, {&query, 1});
  walk({&query, 1});
  write({&message, 1}, {&query, 1}, {&reply, 1});
  return reply;
}

Reply Engine::respond_general(wire::MutableBytes buffer, size_t size, Transport transport) const {
  const Message message{buffer.data(), static_cast<uint32_t>(buffer.size()), static_cast<uint32_t>(size)};
  Query query;
  parse_any(message, transport, settings_, query);
  return write_any(buffer, query);
}

}  // namespace ptrd::answer
