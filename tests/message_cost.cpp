// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// What tests/e2e/test_message_cost.py runs under callgrind: each costly message by itself, the first a plain
// hit. A message that fits a frame goes from the check of the frame to the finished reply, as a worker does
// it; a larger one comes by fragments to a socket, and goes through the engine. Each ends with a dump of its
// own, named for it. Arguments: files with further messages, such as tests/fuzz/cost_fuzz.cpp writes.
#include <valgrind/callgrind.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "cost/messages.hpp"
#include "ptrd/frame/frame.hpp"

namespace {

using namespace ptrd;
using test::Octets;

answer::Reply answer_frame(const answer::Engine& engine, Octets& buffer, size_t size) {
  frame::Layout layout;
  if (frame::inbound({buffer.data(), size}, {}, layout) != frame::Verdict::query) std::abort();
  const wire::MutableBytes payload = wire::MutableBytes(buffer).subspan(layout.payload);
  const answer::Reply reply = engine.respond(payload, layout.payload_size, answer::Transport::udp);
  (void)frame::outbound(buffer, layout, reply.size, {});
  return reply;
}

}  // namespace

int main(int argc, char** argv) {
  const auto lines = test::costly_image();
  const answer::Engine engine{image::View(lines)};
  CALLGRIND_START_INSTRUMENTATION;
  CALLGRIND_DUMP_STATS_AT("start");
  auto messages = test::costly_messages();
  for (int i = 1; i < argc; ++i) {
    std::ifstream file(argv[i], std::ios::binary);
    messages.push_back({argv[i], Octets(std::istreambuf_iterator<char>(file), {})});
  }
  for (const test::CostlyMessage& message : messages) {
    answer::Reply reply;
    const bool frame = message.bytes.size() <= test::kMaxInFrame;
    // The second time counts, with all that is set up at first use set up.
    for (int i = 0; i < 2; ++i) {
      Octets buffer =
          frame
              ? test::Packet().ipv4("198.51.100.9", "192.0.2.53").udp(4000, 53).payload(message.bytes).build()
              : message.bytes;
      const size_t size = buffer.size();
      buffer.resize(std::max<size_t>(size, 2048) + answer::kMinBuffer);
      if (i == 1) CALLGRIND_TOGGLE_COLLECT;
      reply =
          frame ? answer_frame(engine, buffer, size) : engine.respond(buffer, size, answer::Transport::udp);
      if (i == 1) CALLGRIND_TOGGLE_COLLECT;
    }
    const std::string name =
        message.name + "/" + std::to_string(message.bytes.size()) + " to " + std::to_string(reply.size);
    CALLGRIND_DUMP_STATS_AT(name.c_str());
  }
  CALLGRIND_STOP_INSTRUMENTATION;
  return 0;
}
