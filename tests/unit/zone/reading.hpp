// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <fmt/core.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "ptrd/wire/name.hpp"
#include "zone/read/reader.hpp"

namespace ptrd::zone::test {

using Lines = std::vector<std::string>;

/// What a read gave, as text that a test can compare: records as `line owner ttl type data` (a name, else
/// hex).
struct Reading {
  bool good = false;
  Lines records;
  Lines findings;
};

inline std::string to_text(const Record& record) {
  const auto owner = wire::Name::from_wire(record.owner);
  std::string data;
  const bool name = record.type == 2 || record.type == 5 || record.type == 12;
  if (const auto target = wire::Name::from_wire(record.rdata); name && target) {
    data = target->to_text();
  } else {
    for (const uint8_t c : record.rdata) data += fmt::format("{:02x}", c);
  }
  return fmt::format("{} {} {} {} {}", record.line, owner ? owner->to_text() : "?", record.ttl, record.type,
                     data);
}

/// Options with the origin that the tests use, `example.`.
inline ReadOptions example_options() {
  ReadOptions options;
  options.origin = *wire::Name::from_text("example.");
  return options;
}

inline Reading collect(const auto& read) {
  Reading out;
  std::vector<Finding> findings;
  out.good = read([&](const Record& record) { out.records.push_back(to_text(record)); }, findings);
  for (const Finding& finding : findings) out.findings.push_back(finding.to_text());
  return out;
}

inline Reading read_text(std::string_view text, const ReadOptions& options = example_options(),
                         const std::filesystem::path& base = "/nonexistent") {
  return collect([&](const auto& sink, auto& findings) {
    return read_zone_text(text, "zone", base, options, sink, findings);
  });
}

inline Reading read_file(const std::filesystem::path& path, const ReadOptions& options = example_options()) {
  return collect(
      [&](const auto& sink, auto& findings) { return read_zone_file(path, options, sink, findings); });
}

/// A folder that goes with the test.
class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "ptrd-zone-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
  }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  std::filesystem::path write(const std::string& name, std::string_view text) const {
    const auto file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
    return file;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace ptrd::zone::test
