// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>
#include <vector>

// `rdns objects --new`.
namespace ptrd::cli {

struct NewObjectOptions {
  std::string range;  // empty: no objects are requested
  std::vector<std::string> servers;
  std::vector<std::string> ds;
  std::vector<std::string> descr;
  std::vector<std::string> org;
  std::vector<std::string> admin;
  std::vector<std::string> tech;
  std::vector<std::string> zone;
  std::vector<std::string> remarks;
  std::vector<std::string> notify;
  std::vector<std::string> maintainers;
  std::string source = "AFRINIC";
};

/// Prints the objects if the checks of `rdns objects` find no errors in them; returns the exit status.
int write_new_objects(const NewObjectOptions& options);

}  // namespace ptrd::cli
