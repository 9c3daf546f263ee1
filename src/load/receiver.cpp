// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "load/receiver.hpp"

#include "ptrd/wire/message.hpp"

namespace ptrd::load {

Receiver::Receiver(Load& load, Progress& progress, Tally& tally)
    : load_(load), progress_(progress), tally_(tally) {
  tally_.from_image.resize(load.judge.images());
  if (load.plan.bin > 0) tally_.bins.reserve(static_cast<size_t>(load.plan.seconds / load.plan.bin) + 1);
}

Bin* Receiver::bin_of(int64_t due) {
  if (load_.plan.bin <= 0) return nullptr;
  const auto at = static_cast<size_t>(static_cast<double>(due) / (load_.plan.bin * 1e9));
  if (at >= tally_.bins.size()) tally_.bins.resize(at + 1);
  return &tally_.bins[at];
}

void Receiver::take(const Incoming& incoming, int64_t now) {
  using Fate = Outstanding::Fate;
  if (incoming.reply.size() < wire::kHeaderSize || incoming.sender >= load_.outstanding.size())
    return void(++tally_.stray);
  Outstanding& outstanding = load_.outstanding[incoming.sender];
  const Numbering::Mark mark{incoming.flow, wire::HeaderView(incoming.reply.data()).id()};
  const Outstanding::Found found = outstanding.find(mark);
  if (found.fate == Fate::none) return void(++tally_.stray);
  if (found.fate == Fate::answered || found.fate == Fate::wrong) return void(++tally_.duplicate);
  size_t image = 0;
  const Verdict verdict = load_.judge.judge(found.query, incoming.reply, image);
  if (verdict == Verdict::other_question) {
    // It may be a very late reply to the query that had this port and id before.
    const Outstanding::Found before = outstanding.before(found);
    if (before.fate != Fate::none && load_.judge.same_question(before.query, incoming.reply))
      return void(++tally_.late);
  }
  if (found.fate == Fate::lost && verdict == Verdict::right) return void(++tally_.late);
  const bool right = verdict == Verdict::right;
  if (!outstanding.decide(found, right ? Fate::answered : Fate::wrong)) {
    // Given up, or answered through another queue, at this very moment.
    ++(right ? tally_.late : tally_.duplicate);
  } else if (right) {
    answered(found, incoming.reply, image, now);
  } else {
    ++tally_.wrong;
  }
}

void Receiver::answered(const Outstanding::Found& found, wire::Bytes reply, size_t image, int64_t now) {
  const uint16_t flags = wire::HeaderView(reply.data()).flags();
  const auto latency = static_cast<uint64_t>(std::max<int64_t>(now - found.due, 0));
  ++tally_.answered;
  ++tally_.rcodes[flags & wire::flag::rcode];
  tally_.truncated += (flags & wire::flag::tc) != 0 ? 1 : 0;
  if (!tally_.from_image.empty()) ++tally_.from_image[image];
  tally_.latency.record(latency);
  progress_.answered.add(1);
  if (Bin* bin = bin_of(found.due)) {
    ++bin->answered;
    bin->slowest = std::max(bin->slowest, latency);
  }
}

}  // namespace ptrd::load
