// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <fnmatch.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "zone/sources/configuration.hpp"

namespace ptrd::zone::test {

/// Files that exist in memory only.
class MemoryFiles final : public ConfigurationFiles {
 public:
  explicit MemoryFiles(std::map<std::string, std::string> files) : files_(std::move(files)) {}

  tl::expected<std::string, std::string> read(const std::string& path, size_t most) override {
    const auto file = files_.find(path);
    if (file == files_.end()) return tl::unexpected<std::string>("No such file or directory");
    if (file->second.size() > most) return tl::unexpected<std::string>("larger than allowed");
    return file->second;
  }
  std::vector<std::string> matches(const std::string& pattern) override {
    std::vector<std::string> found;
    for (const auto& [path, text] : files_) {
      if (::fnmatch(pattern.c_str(), path.c_str(), FNM_PATHNAME) == 0) found.push_back(path);
    }
    return found;
  }

 private:
  std::map<std::string, std::string> files_;
};

/// What reading a configuration gave: zones as "APEX FILE", findings as text.
struct ReadConfiguration {
  std::vector<std::string> zones;
  std::vector<std::string> findings;
};

/// Reads the file /etc/main of `files` by `read`, which is called with the configuration.
inline ReadConfiguration read_main(std::map<std::string, std::string> files, const auto& read,
                                   const std::string& root = {}, ConfigurationLimits limits = {}) {
  MemoryFiles memory(std::move(files));
  std::vector<Finding> findings;
  Configuration configuration("/etc/main", root, findings, memory, limits);
  ReadConfiguration out;
  for (const Source& source : read(configuration)) {
    out.zones.push_back(source.origin.to_text() + " " + source.file);
    if (source.said_by != SaidBy::configuration) out.zones.back() += " (not by the configuration)";
  }
  for (const Finding& finding : findings) out.findings.push_back(finding.to_text());
  return out;
}

}  // namespace ptrd::zone::test
