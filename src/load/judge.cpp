// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "load/judge.hpp"

#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace ptrd::load {

namespace {

constexpr size_t kIdSize = 2;
constexpr uint64_t kNoReply = 0;

uint64_t digest(wire::Bytes reply) {
  return XXH3_64bits(reply.data() + kIdSize, reply.size() - kIdSize);
}

}  // namespace

void Judge::add_image(const image::View& view, const answer::Settings& settings) {
  const answer::Engine engine(view, settings);
  std::vector<uint64_t>& digests = expected_.emplace_back(queries_.size(), kNoReply);
  std::array<uint8_t, UINT16_MAX + answer::kMinBuffer> buffer{};
  for (size_t i = 0; i < queries_.size(); ++i) {
    const wire::Bytes query = queries_[i];
    std::copy(query.begin(), query.end(), buffer.begin());
    const answer::Reply reply = engine.respond(buffer, query.size(), answer::Transport::udp);
    if (reply.size > 0) digests[i] = digest(wire::Bytes(buffer).first(reply.size));
  }
}

bool Judge::same_question(size_t query, wire::Bytes reply) const {
  const wire::Bytes asked = queries_[query];
  const size_t size = queries_.question_size(query);
  return reply.size() >= wire::kHeaderSize + size && wire::HeaderView(reply.data()).qdcount() == 1 &&
         std::memcmp(reply.data() + wire::kHeaderSize, asked.data() + wire::kHeaderSize, size) == 0;
}

Verdict Judge::judge(size_t query, wire::Bytes reply, size_t& image) const {
  if (!expected_.empty()) {
    // The image's reply is a reply to exactly this question: nothing else to compare.
    const uint64_t found = digest(reply);
    for (image = 0; image < expected_.size(); ++image) {
      if (expected_[image][query] == found && found != kNoReply) return Verdict::right;
    }
  }
  const uint16_t flags = wire::HeaderView(reply.data()).flags();
  if ((flags & wire::flag::qr) == 0 || (flags & wire::flag::opcode) != 0) return Verdict::not_a_reply;
  if (!same_question(query, reply)) return Verdict::other_question;
  return expected_.empty() ? Verdict::right : Verdict::other_contents;
}

}  // namespace ptrd::load
