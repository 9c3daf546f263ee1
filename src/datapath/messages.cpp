// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "datapath/messages.hpp"

namespace ptrd::datapath {

void PolicyCounters::set(const policy::StationCounts& counts) {
  dropped.set(counts.dropped);
  slipped.set(counts.slipped);
  log_only.set(counts.log_only);
  cookies_valid.set(counts.cookies_valid);
  cookies_new.set(counts.cookies_new);
  cookies_bad.set(counts.cookies_bad);
}

}  // namespace ptrd::datapath
