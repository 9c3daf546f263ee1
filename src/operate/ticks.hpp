// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

namespace ptrd::operate {

/// Ticks of the time stamp counter a second (the unit of datapath::BusyTime), measured once, which takes
/// 20 ms, and then kept: a figure that wavered would make counters of busy time go back now and then.
[[nodiscard]] double ticks_per_second();

}  // namespace ptrd::operate
