// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/sources/configuration.hpp"

#include <fmt/core.h>
#include <glob.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "ptrd/wire/one_line.hpp"

namespace ptrd::zone {

namespace fs = std::filesystem;

namespace {

class SystemFiles final : public ConfigurationFiles {
 public:
  tl::expected<std::string, std::string> read(const std::string& path, size_t most) override {
    std::error_code error;
    if (fs::is_directory(path, error)) return system_fault(EISDIR);
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    if (!file) return system_fault(errno);
    std::string text;
    constexpr size_t kBlock = 1 << 20;
    while (text.size() <= most && file) {
      const size_t before = text.size();
      text.resize(before + kBlock);
      file.read(&text[before], kBlock);
      text.resize(before + static_cast<size_t>(file.gcount()));
    }
    if (file.bad()) return system_fault(errno != 0 ? errno : EIO);
    if (text.size() > most) return tl::unexpected(fmt::format("larger than {} bytes", most));
    return text;
  }

  std::vector<std::string> matches(const std::string& pattern) override {
    glob_t found{};
    std::vector<std::string> paths;
    if (::glob(pattern.c_str(), GLOB_BRACE, nullptr, &found) == 0)
      paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
    ::globfree(&found);
    std::error_code error;
    std::erase_if(paths, [&](const std::string& path) { return fs::is_directory(path, error); });
    return paths;
  }

 private:
  static tl::unexpected<std::string> system_fault(int error) {
    return tl::unexpected(std::generic_category().message(error));
  }
};

}  // namespace

ConfigurationFiles& system_files() {
  static SystemFiles files;
  return files;
}

Configuration::Configuration(std::string main, std::string root, std::vector<Finding>& findings,
                             ConfigurationFiles& files, ConfigurationLimits limits)
    : main_(std::move(main)),
      root_(std::move(root)),
      folder_(fs::path(main_).parent_path()),
      findings_(findings),
      files_(files),
      limits_(limits) {
  while (root_.ends_with('/')) root_.pop_back();
}

void Configuration::say(Severity severity, const Place* at, std::string text) {
  if (at == nullptr)
    findings_.push_back({main_, 0, severity, std::move(text)});
  else
    findings_.push_back({names_[at->file], at->line, severity, std::move(text), at->column});
}

bool Configuration::fail(const Place& at, std::string text) {
  say(Severity::error, &at, std::move(text));
  return false;
}

void Configuration::warn(const Place& at, std::string text) {
  say(Severity::warning, &at, std::move(text));
}

void Configuration::note(std::string text) {
  say(Severity::note, nullptr, std::move(text));
}

bool Configuration::read(const std::string& path, const Place* at, const Parse& parse) {
  const auto failed = [&](const std::string& why) {
    say(Severity::error, at, at == nullptr ? why : fmt::format("'{}': {}", wire::one_line(path), why));
    return false;
  };
  if (open_.size() > limits_.depth)
    return failed(fmt::format("includes are nested more than {} deep", limits_.depth));
  if (std::ranges::find(open_, path) != open_.end()) return failed("this file includes itself");
  if (names_.size() == limits_.files) return failed(fmt::format("more than {} files", limits_.files));
  const auto text = files_.read(path, limits_.bytes - bytes_);
  if (!text) return failed(text.error());
  bytes_ += text->size();
  names_.push_back(path);
  open_.push_back(path);
  const bool good = parse(*text, static_cast<uint32_t>(names_.size() - 1));
  open_.pop_back();
  return good;
}

bool Configuration::read_main(const Parse& parse) {
  return read(main_, nullptr, parse);
}

bool Configuration::include(const std::string& pattern, const std::string& folder, bool must_match,
                            const Place& at, const Parse& parse) {
  const std::string path = resolve(pattern, folder);
  if (path.find_first_of("*?[{") == std::string::npos) return read(path, &at, parse);
  const std::vector<std::string> found = files_.matches(path);
  if (found.empty() && must_match) return fail(at, fmt::format("no file matches '{}'", wire::one_line(path)));
  return std::all_of(found.begin(), found.end(),
                     [&](const std::string& file) { return read(file, &at, parse); });
}

std::string Configuration::resolve(const std::string& path, const std::string& folder) const {
  if (path.starts_with('/')) return root_ + path;
  if (folder.empty() || path.empty()) return path;
  return folder.ends_with('/') ? folder + path : folder + "/" + path;
}

void Configuration::add(const ConfiguredZone& zone, const std::string& include_base) {
  const auto apex = wire::Name::from_text(zone.apex);
  if (apex && zone.file.empty())
    fail(zone.place, fmt::format("the file of zone '{}' has an empty name", wire::one_line(zone.apex)));
  else if (apex)
    sources_.push_back({zone.file, *apex, SaidBy::configuration, include_base});
  else
    fail(zone.place, fmt::format("'{}' is not a zone name: {}", wire::one_line(zone.apex), apex.error()));
}

std::vector<Source> Configuration::finish() {
  size_t zones = 0;
  std::string what;
  for (const auto& [kind, count] : left_out_) {
    zones += count;
    what += fmt::format("{}{} {}", what.empty() ? "" : ", ", count, kind);
  }
  if (zones > 0) note(fmt::format("{} zone{} not read: {}", zones, zones == 1 ? "" : "s", what));
  return std::move(sources_);
}

}  // namespace ptrd::zone
