// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "zone/sources/source.hpp"

namespace ptrd::zone {

/// The files that a configuration consists of. Replaced in tests.
class ConfigurationFiles {
 public:
  virtual ~ConfigurationFiles() = default;
  /// The file's bytes. Error: the system's message, or that there are more than `most`.
  [[nodiscard]] virtual tl::expected<std::string, std::string> read(const std::string& path, size_t most) = 0;
  /// The paths that a glob(7) pattern matches, sorted.
  [[nodiscard]] virtual std::vector<std::string> matches(const std::string& pattern) = 0;
};

/// The files of this machine.
[[nodiscard]] ConfigurationFiles& system_files();

/// What a configuration may cost, with everything that it includes.
struct ConfigurationLimits {
  size_t bytes = size_t{1} << 30;
  size_t files = 1'000'000;
  size_t depth = 16;  // of includes
};

/// Where something is in a configuration. `file` is an index (Configuration::name_of).
struct Place {
  uint32_t file = 0;
  uint32_t line = 0;
  uint32_t column = 0;
};

/// A zone of a configuration, as its text has it. `file` is resolved when the zone is added.
struct ConfiguredZone {
  std::string apex;
  std::string file;
  Place place;
};

/// What is common to the configurations of all servers while one is read: its files, errors with their place,
/// the zones found, and how many others were not read, by reason.
class Configuration {
 public:
  /// `main` is the file to start with. Absolute paths in the configuration are taken below `root`, unless
  /// that is empty.
  Configuration(std::string main, std::string root, std::vector<Finding>& findings,
                ConfigurationFiles& files = system_files(), ConfigurationLimits limits = {});

  /// Reads one file's text; false: stop, an error was reported.
  using Parse = std::function<bool(std::string_view text, uint32_t file)>;
  [[nodiscard]] bool read_main(const Parse& parse);
  /// Reads the files that a path or glob(7) pattern names, relative to `folder`. A pattern without a match is
  /// an error if `must_match`.
  [[nodiscard]] bool include(const std::string& pattern, const std::string& folder, bool must_match,
                             const Place& at, const Parse& parse);

  /// The path of a file that the configuration names, relative to `folder`.
  [[nodiscard]] std::string resolve(const std::string& path, const std::string& folder) const;
  /// The directory of the main file, for which servers have their working directory.
  [[nodiscard]] const std::string& folder() const { return folder_; }
  [[nodiscard]] const std::string& name_of(uint32_t file) const { return names_[file]; }

  /// Reports an error; false, for callers to return.
  bool fail(const Place& at, std::string text);
  void warn(const Place& at, std::string text);

  /// A zone to be read from `zone.file`, which is resolved. `include_base` as in ReadOptions.
  void add(const ConfiguredZone& zone, const std::string& include_base = {});
  /// Zones that are not read, and what they are, such as "secondary".
  void leave_out(const std::string& what, size_t zones = 1) { left_out_[what] += zones; }
  /// What the configuration has beside its zones and cannot be read.
  void note(std::string text);

  /// The zones, after a note about those left out.
  [[nodiscard]] std::vector<Source> finish();

 private:
  [[nodiscard]] bool read(const std::string& path, const Place* at, const Parse& parse);
  void say(Severity severity, const Place* at, std::string text);

  std::string main_;
  std::string root_;
  std::string folder_;
  std::vector<Finding>& findings_;
  ConfigurationFiles& files_;
  ConfigurationLimits limits_;
  std::vector<std::string> names_;
  std::vector<std::string> open_;  // the files being read, each included by the one before it
  size_t bytes_ = 0;
  std::vector<Source> sources_;
  std::map<std::string, size_t> left_out_;
};

}  // namespace ptrd::zone
