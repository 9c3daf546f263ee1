// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "lib/exit_status.hpp"
#include "load/crew.hpp"
#include "load/plan.hpp"
#include "load/query_set.hpp"
#include "load/search.hpp"

namespace ptrd {

/// The command line of ptrload.
struct LoadOptions {
  load::CrewOptions crew;
  std::string dpdk;              // device; empty: none
  std::vector<std::string> eal;  // arguments for DPDK's EAL
  std::string xdp;               // interface; empty: kernel sockets
  load::Plan plan;
  load::QueryForm form;
  load::SearchOptions search;
  std::string queries;        // file; empty: a sample of the first image
  uint64_t sample = 100'000;  // queries in it
  uint64_t seed = 1;
  std::vector<std::string> images;  // images with the accepted answers
  bool find = false;
  std::string json;
  std::string table;
};

[[nodiscard]] tl::expected<LoadOptions, Refusal> read_load_options(int argc, char** argv);

}  // namespace ptrd
