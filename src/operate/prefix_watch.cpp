// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "operate/prefix_watch.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "ptrd/wire/bytes.hpp"

namespace ptrd::operate {

using datapath::QuerySamples;
using datapath::SampledPrefix;

PrefixWatch::Busiest PrefixWatch::look(const Workers& workers, Clock::time_point now, size_t most) {
  if (!watching_ || now - last_ > kForget) {
    begin(workers);
    last_ = now;
  } else if (now - last_ >= kMin) {
    fade(std::chrono::duration<double>(now - last_).count());
    for (const datapath::Counters* worker : workers) read(*worker);
    prune();
    last_ = now;
  }
  Busiest busiest{.samples = samples_};
  if (seconds_ <= 0) return busiest;
  busiest.per_second = total_ / seconds_;
  for (const auto& [word, weight] : weights_)
    busiest.prefixes.push_back({SampledPrefix(word), weight / seconds_});
  std::sort(busiest.prefixes.begin(), busiest.prefixes.end(), [](const Prefix& a, const Prefix& b) {
    return a.per_second != b.per_second ? a.per_second > b.per_second : a.prefix.word() < b.prefix.word();
  });
  if (busiest.prefixes.size() > most) busiest.prefixes.resize(most);
  return busiest;
}

void PrefixWatch::begin(const Workers& workers) {
  weights_.clear();
  total_ = seconds_ = 0;
  samples_ = 0;
  for (const datapath::Counters* worker : workers) seen_[worker] = worker->samples.taken();
  watching_ = true;
}

/// Decays all weights by `seconds`, and adds these to the observed time.
void PrefixWatch::fade(double seconds) {
  const double left = std::exp(-seconds / std::chrono::duration<double>(kMemory).count());
  for (auto& [word, weight] : weights_) weight *= left;
  total_ *= left;
  seconds_ = seconds_ * left + seconds;
}

/// A ring holds the last samples only; they are scaled up to represent those overwritten since the last call.
void PrefixWatch::read(const datapath::Counters& worker) {
  const uint64_t end = worker.samples.taken();
  const uint64_t start = std::exchange(seen_[&worker], end);
  if (start == end) return;
  const uint64_t first = std::max(start, end - std::min<uint64_t>(end, QuerySamples::kRing));
  const double weight = static_cast<double>(QuerySamples::kMeanGap) * static_cast<double>(end - start) /
                        static_cast<double>(end - first);
  for (uint64_t number = first; number < end; ++number) {
    weights_[worker.samples.at(number).word()] += weight;
    total_ += weight;
  }
  samples_ += end - first;
}

/// Keeps the heaviest prefixes, so that a scan over all of ip6.arpa takes no more memory than normal load.
void PrefixWatch::prune() {
  if (weights_.size() <= kKept) return;
  std::vector<double> heaviest;
  heaviest.reserve(weights_.size());
  for (const auto& [word, weight] : weights_) heaviest.push_back(weight);
  const auto last = heaviest.begin() + kKept - 1;
  std::nth_element(heaviest.begin(), last, heaviest.end(), std::greater<>());
  const double least = *last;
  std::erase_if(weights_, [least](const auto& entry) { return entry.second < least; });
  // Many may be as heavy as the last one that is kept: any of them will do.
  for (auto it = weights_.begin(); weights_.size() > kKept;)
    it = it->second == least ? weights_.erase(it) : std::next(it);
}

std::string prefix_text(SampledPrefix prefix) {
  std::array<uint8_t, 16> address{};
  wire::store_raw(address.data(), __builtin_bswap64(prefix.bits()));
  std::array<char, INET6_ADDRSTRLEN> text{};
  switch (prefix.kind()) {
    case SampledPrefix::Kind::v4:
      return std::string(inet_ntop(AF_INET, address.data(), text.data(), text.size())) + "/24";
    case SampledPrefix::Kind::v6:
      return std::string(inet_ntop(AF_INET6, address.data(), text.data(), text.size())) + "/48";
    default:
      return "other names";
  }
}

}  // namespace ptrd::operate
