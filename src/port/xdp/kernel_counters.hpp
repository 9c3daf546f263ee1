// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>

#include "datapath/counters.hpp"
#include "port/descriptor.hpp"
#include "port/xdp/pins.hpp"

namespace ptrd::port {

/// Pins of the counters' maps (bpf/ptrd_maps.h), and of a map of their names: the next ptrd may be a build
/// with other counters, or in another order.
inline constexpr const char* kCountersPin = "counters";
inline constexpr const char* kCountersBeforePin = "counters_before";
inline constexpr const char* kCounterNamesPin = "counter_names";

/// The sums over all CPUs, by enum ptrd_counter; no value if the map is not one of ours.
[[nodiscard]] std::vector<uint64_t> read_kernel_counters(int map);
/// Adds such sums to ptrd's totals.
void add_kernel_counters(const std::vector<uint64_t>& values, datapath::Totals& totals);

/// A map with the counters' names, to be pinned beside them. Error: errno's text.
[[nodiscard]] tl::expected<Descriptor, std::string> make_counter_names();

/// The counts of an earlier ptrd's program. Holds its maps, so that they can still be read after another
/// program has replaced it and their pins.
class EarlierCounters {
 public:
  explicit EarlierCounters(const Pins& pins);

  struct Carried {
    std::vector<uint64_t> counters;  // by enum ptrd_counter; 0 for those that it did not have
    std::string lost;                // what could not be taken over and why, one line; empty: nothing
  };
  [[nodiscard]] Carried read() const;

 private:
  Descriptor counters_;
  Descriptor before_;
  Descriptor names_;
};

}  // namespace ptrd::port
