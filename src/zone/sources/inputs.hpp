// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>
#include <vector>

namespace ptrd::zone {

/// Where the zones of a command come from: files and folders, and the configurations of name servers.
struct Inputs {
  std::vector<std::string> paths;  // PATH: a zone file, a folder, or APEX=FILE
  std::vector<std::string> named_confs;
  std::vector<std::string> nsd_confs;
  std::vector<std::string> knot_confs;
  std::vector<std::string> zone_lists;
  std::string view;  // of named.conf; empty: the only one
  std::string root;  // before absolute paths in configurations; empty: none
  /// Files and folders that $INCLUDE may read, in addition to those below each zone file's folder.
  std::vector<std::string> include_paths;

  [[nodiscard]] bool has_configuration() const {
    return !named_confs.empty() || !nsd_confs.empty() || !knot_confs.empty() || !zone_lists.empty();
  }
};

}  // namespace ptrd::zone
