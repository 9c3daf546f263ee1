// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>

#include "datapath/counters.hpp"
#include "port/descriptor.hpp"
#include "port/xdp/pins.hpp"

namespace ptrd::port {

/// Pins of the counters' maps (bpf/ptrd_maps.h), and of a map of their names: the next ptrd may be of a build
/// that counts other things, or in another order.
inline constexpr const char* kCountersPin = "counters";
inline constexpr const char* kCountersBeforePin = "counters_before";
inline constexpr const char* kCounterNamesPin = "counter_names";

/// The sums over all CPUs, by enum ptrd_counter; nothing where the map is none of ours.
[[nodiscard]] std::vector<uint64_t> read_kernel_counters(int map);
/// Adds such sums to what ptrd tells.
void add_kernel_counters(const std::vector<uint64_t>& values, datapath::Totals& totals);

/// A map with the counters' names, to be pinned beside them. Error: errno's text.
[[nodiscard]] tl::expected<Descriptor, std::string> make_counter_names();

/// What an earlier ptrd's program has counted. Holds its maps, so that they can still be read when another
/// program has taken its place and their pins.
class EarlierCounters {
 public:
  explicit EarlierCounters(const Pins& pins);

  struct Carried {
    std::vector<uint64_t> counters;  // by enum ptrd_counter, those that it did not have as 0
    std::string lost;                // what could not be taken over and why, one line; empty: all was
  };
  [[nodiscard]] Carried read() const;

 private:
  Descriptor counters_;
  Descriptor before_;
  Descriptor names_;
};

}  // namespace ptrd::port
