// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

namespace ptrd::operate {

/// Ticks of the time stamp counter per second (the unit of datapath::BusyTime). Measured once, which takes 20
/// ms, and then kept: a varying value would sometimes make counters of busy time go backwards.
[[nodiscard]] double ticks_per_second();

}  // namespace ptrd::operate
