// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "lib/exit_status.hpp"
#include "lib/isp_files.hpp"

namespace ptrd::bench::isp {

/// What the command line of isp_zones asks for.
struct Arguments {
  Options model;
  ZoneSize zone_size = ZoneSize::medium;
  std::string folder;
  std::string questions_path;  // empty: no questions
  Questions questions;
};

[[nodiscard]] tl::expected<Arguments, Refusal> read_arguments(int argc, char** argv);

}  // namespace ptrd::bench::isp
