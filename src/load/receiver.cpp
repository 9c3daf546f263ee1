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

void Receiver::take(std::span<const Incoming> replies, int64_t now) {
  while (!replies.empty()) {
    const size_t count = std::min(replies.size(), kReceiveBatch);
    take_batch(replies.first(count), now);
    replies = replies.subspan(count);
  }
}

/// Station by station, each for all replies.
void Receiver::take_batch(std::span<const Incoming> replies, int64_t now) {
  Laps laps;
  const std::span<Match> matches = std::span(matches_).first(match(replies));
  tally_.costs.match += laps.lap();
  for (Match& match : matches) {
    match.verdict = load_.judge.judge(match.found.query, match.reply, match.image);
  }
  tally_.costs.check += laps.lap();
  const uint64_t answered_before = tally_.answered;
  for (const Match& match : matches) count(match, now);
  progress_.answered.add(tally_.answered - answered_before);
  tally_.costs.match += laps.lap();
  tally_.costs.replies += replies.size();
}

/// Leaves replies with a query in `matches_`; returns how many.
size_t Receiver::match(std::span<const Incoming> replies) {
  using Fate = Outstanding::Fate;
  size_t count = 0;
  for (const Incoming& incoming : replies) {
    if (incoming.reply.size() < wire::kHeaderSize || incoming.sender >= load_.outstanding.size()) {
      ++tally_.stray;
      continue;
    }
    Match& match = matches_[count];
    match.outstanding = &load_.outstanding[incoming.sender];
    match.mark = {incoming.flow, wire::HeaderView(incoming.reply.data()).id()};
    match.found = match.outstanding->find(match.mark);
    match.reply = incoming.reply;
    match.image = 0;
    if (match.found.fate == Fate::none) {
      ++tally_.stray;
    } else if (match.found.fate == Fate::answered || match.found.fate == Fate::wrong) {
      ++tally_.duplicate;
    } else {
      ++count;
    }
  }
  return count;
}

void Receiver::count(const Match& match, int64_t now) {
  using Fate = Outstanding::Fate;
  const bool right = match.verdict == Verdict::right;
  if (match.verdict == Verdict::other_question) {
    // It may be a very late reply to an earlier query with this port and id.
    const Outstanding::Found before = match.outstanding->before(match.found);
    if (before.fate != Fate::none && load_.judge.same_question(before.query, match.reply))
      return void(++tally_.late);
  }
  if (match.found.fate == Fate::lost && right) return void(++tally_.late);
  if (match.outstanding->decide(match.found, right ? Fate::answered : Fate::wrong)) {
    if (right) return answered(match, now);
    ++tally_.wrong;
  } else {
    // Given up, or answered by another reply, since it was looked up.
    const bool lost = match.outstanding->find(match.mark).fate == Fate::lost;
    ++(lost ? tally_.late : tally_.duplicate);
  }
}

void Receiver::answered(const Match& match, int64_t now) {
  const uint16_t flags = wire::HeaderView(match.reply.data()).flags();
  const auto latency = static_cast<uint64_t>(std::max<int64_t>(now - match.found.due, 0));
  ++tally_.answered;
  ++tally_.rcodes[flags & wire::flag::rcode];
  tally_.truncated += (flags & wire::flag::tc) != 0 ? 1 : 0;
  if (!tally_.from_image.empty()) ++tally_.from_image[match.image];
  tally_.latency.record(latency);
  if (Bin* bin = bin_of(match.found.due)) {
    ++bin->answered;
    bin->slowest = std::max(bin->slowest, latency);
  }
}

}  // namespace ptrd::load
