// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "datapath/counters.hpp"

namespace ptrd::operate {

/// The most queried prefixes, estimated from the workers' samples. It reads the samples only when called, so
/// that it costs nothing while nobody watches; a sample loses half of its weight in about seven seconds. For
/// one thread.
class PrefixWatch {
 public:
  using Clock = std::chrono::steady_clock;
  using Workers = std::vector<const datapath::Counters*>;
  struct Prefix {
    datapath::SampledPrefix prefix;
    double per_second = 0;  // queries, as estimated
  };
  struct Busiest {
    double per_second = 0;         // queries about any name, as estimated from the same samples
    uint64_t samples = 0;          // read since the watch began
    std::vector<Prefix> prefixes;  // the busiest first
  };

  /// Returns at most `most` prefixes. The first call, and one after a pause of more than kForget, begins a
  /// watch and returns no prefixes yet. `workers` must outlive the object.
  [[nodiscard]] Busiest look(const Workers& workers, Clock::time_point now, size_t most);

  static constexpr std::chrono::seconds kForget{30};

 private:
  /// Maximum number of prefixes kept from one call to the next.
  static constexpr size_t kKept = 4096;
  /// A sample's weight falls to 1/e in this time.
  static constexpr std::chrono::seconds kMemory{10};
  /// Calls more frequent than this get the previous result.
  static constexpr std::chrono::milliseconds kMin{100};

  void begin(const Workers& workers);
  void fade(double seconds);
  void read(const datapath::Counters& worker);
  void prune();

  std::map<const datapath::Counters*, uint64_t> seen_;  // samples taken by the last call
  std::unordered_map<uint64_t, double> weights_;        // by SampledPrefix::word: queries, faded
  double total_ = 0;                                    // their sum, including pruned ones
  double seconds_ = 0;                                  // observed time, faded likewise
  uint64_t samples_ = 0;
  Clock::time_point last_{};
  bool watching_ = false;
};

/// "192.0.2.0/24", "2001:db8::/48", or "other names".
[[nodiscard]] std::string prefix_text(datapath::SampledPrefix prefix);

}  // namespace ptrd::operate
