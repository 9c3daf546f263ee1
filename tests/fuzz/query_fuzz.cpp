// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// Arbitrary messages to the engine: it stays within the buffer, its reply is a well-formed message within the
// limit, and the fast path gives the same as the general one.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "fuzz/rich_image.hpp"
#include "ptrd/answer/engine.hpp"
#include "unit/reply_reader.hpp"

using namespace ptrd;

namespace {

void require(bool ok) {
  if (!ok) std::abort();
}

void ask(const answer::Engine& engine, wire::Bytes query, answer::Transport transport, size_t room) {
  // Exactly the size passed to the engine, so that the sanitizer sees an out-of-bounds access.
  const auto first = std::make_unique<uint8_t[]>(room);
  const auto second = std::make_unique<uint8_t[]>(room);
  std::memcpy(first.get(), query.data(), query.size());
  std::memcpy(second.get(), query.data(), query.size());
  const answer::Reply reply = engine.respond({first.get(), room}, query.size(), transport);
  const answer::Reply general = engine.respond_general({second.get(), room}, query.size(), transport);
  require((reply.size == 0) == !answer::is_reply(reply.kind));
  require(reply.size <= room && general.size <= room);
  // Over UDP either may be truncated for the work that it takes.
  const bool truncated = reply.kind == answer::Kind::truncated || general.kind == answer::Kind::truncated;
  if (transport == answer::Transport::tcp || !truncated) {
    require(reply.kind == general.kind && reply.size == general.size);
    require(std::memcmp(first.get(), second.get(), reply.size) == 0);
  }
  if (reply.size == 0) return;
  const auto read = test::read_reply({first.get(), reply.size});
  require(read.has_value());
  require(read->id == wire::load16(query.data()) && read->has(wire::flag::qr));
  if (transport == answer::Transport::udp)
    require(reply.size <= (read->edns ? wire::kUdpPayload : wire::kMinUdpPayload));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const auto lines = test::rich_image();
  static const answer::Engine engine{image::View(lines)};
  if (size > 4096) return 0;
  const wire::Bytes query(data, size);
  const size_t least = std::max(size, answer::kMinBuffer);
  ask(engine, query, answer::Transport::udp, least);
  ask(engine, query, answer::Transport::udp, 2048 + size);
  ask(engine, query, answer::Transport::tcp, 8192 + size);
  return 0;
}
