// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/sources/sources.hpp"

#include <iterator>
#include <utility>

#include "zone/sources/knot_conf.hpp"
#include "zone/sources/named_conf.hpp"
#include "zone/sources/nsd_conf.hpp"
#include "zone/sources/paths.hpp"
#include "zone/sources/zone_list.hpp"

namespace ptrd::zone {

std::vector<Source> sources_of(const Inputs& inputs, std::vector<Finding>& findings) {
  std::vector<Source> sources;
  const auto append = [&](std::vector<Source> more) {
    if (sources.empty()) return sources.swap(more);
    sources.insert(sources.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  };
  const auto append_all = [&](const std::vector<std::string>& files, auto read) {
    for (const std::string& file : files) {
      Configuration configuration(file, inputs.root, findings);
      append(read(configuration));
    }
  };
  for (const std::string& path : inputs.paths) append(sources_of(path, findings, inputs.include_paths));
  append_all(inputs.named_confs,
             [&](Configuration& configuration) { return read_named_conf(configuration, inputs.view); });
  append_all(inputs.nsd_confs, read_nsd_conf);
  append_all(inputs.knot_confs, read_knot_conf);
  append_all(inputs.zone_lists, read_zone_list);
  return sources;
}

}  // namespace ptrd::zone
