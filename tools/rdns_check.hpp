// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>
#include <vector>

#include "rdns/live/date.hpp"
#include "rdns/live/zone_check.hpp"
#include "rdns_network.hpp"

namespace ptrd::cli {

/// Options of `rdns check`.
struct CheckCommand {
  std::string zone;
  std::vector<std::string> servers;  // NAME[=ADDRESS]
  std::string objects;               // a file of delegations, with a state file
  std::string state;
  std::string now;  // a date, empty: today
  bool v4_only = false;
  bool v6_only = false;
  bool json = false;
  bool verbose = false;
  NetworkOptions network;
  rdns::live::CheckOptions check;
};

/// Checks all delegations of a file and keeps the register of the lame ones. Gives the exit status.
int check_objects(const CheckCommand& command);

}  // namespace ptrd::cli
