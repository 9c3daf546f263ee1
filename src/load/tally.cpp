// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "load/tally.hpp"

namespace ptrd::load {

void Tally::add(const Tally& other) {
  due += other.due;
  sent += other.sent;
  answered += other.answered;
  wrong += other.wrong;
  lost += other.lost;
  late += other.late;
  duplicate += other.duplicate;
  stray += other.stray;
  damaged += other.damaged;
  overrun += other.overrun;
  truncated += other.truncated;
  for (size_t i = 0; i < rcodes.size(); ++i) rcodes[i] += other.rcodes[i];
  from_image.resize(std::max(from_image.size(), other.from_image.size()));
  for (size_t i = 0; i < other.from_image.size(); ++i) from_image[i] += other.from_image[i];
  latency.add(other.latency);
  bins.resize(std::max(bins.size(), other.bins.size()));
  for (size_t i = 0; i < other.bins.size(); ++i) {
    bins[i].sent += other.bins[i].sent;
    bins[i].answered += other.bins[i].answered;
    bins[i].slowest = std::max(bins[i].slowest, other.bins[i].slowest);
  }
  silence = std::max(silence, other.silence);
  seconds = std::max(seconds, other.seconds);
  costs.add(other.costs);
}

}  // namespace ptrd::load
