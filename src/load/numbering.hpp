// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstdint>

namespace ptrd::load {

/// Maps the n-th query of a sender to flow (source port) and id, and back. `run` consecutive queries have the
/// same flow, then the next flow follows. All counts are powers of two.
class Numbering {
 public:
  struct Mark {
    uint32_t flow = 0;
    uint16_t id = 0;
  };

  /// For at least `at_least` outstanding numbers, or as many as flows of 65536 ids have.
  Numbering(uint32_t flows, uint32_t run, uint64_t at_least)
      : flow_bits_(bits(flows)), run_bits_(bits(run)), id_bits_(id_bits(flows, run, at_least)) {}

  /// The count of numbers; n and n + size() have the same mark.
  [[nodiscard]] uint64_t size() const { return uint64_t{1} << (flow_bits_ + id_bits_); }
  [[nodiscard]] uint32_t flows() const { return 1U << flow_bits_; }

  [[nodiscard]] Mark mark(uint64_t n) const {
    const uint64_t run = n & low(run_bits_);
    const uint64_t rest = n >> run_bits_;
    const uint64_t id = (rest >> flow_bits_ << run_bits_ | run) & low(id_bits_);
    return {static_cast<uint32_t>(rest & low(flow_bits_)), static_cast<uint16_t>(id)};
  }
  /// The n below size() of a mark; size() if there is none.
  [[nodiscard]] uint64_t number(Mark mark) const {
    if (mark.flow > low(flow_bits_) || mark.id > low(id_bits_)) return size();
    const uint64_t run = mark.id & low(run_bits_);
    return (uint64_t{mark.id} >> run_bits_ << flow_bits_ | mark.flow) << run_bits_ | run;
  }

 private:
  static unsigned bits(uint64_t count) {
    assert(std::has_single_bit(count));
    return static_cast<unsigned>(std::bit_width(count)) - 1;
  }
  static unsigned id_bits(uint32_t flows, uint32_t run, uint64_t at_least) {
    const unsigned wanted = bits(std::bit_ceil(std::max<uint64_t>(at_least, 1)));
    const unsigned flow_bits = bits(flows);
    return std::clamp(wanted > flow_bits ? wanted - flow_bits : 0, bits(run), 16U);
  }
  static uint64_t low(unsigned bits) { return (uint64_t{1} << bits) - 1; }

  unsigned flow_bits_;
  unsigned run_bits_;
  unsigned id_bits_;
};

}  // namespace ptrd::load
