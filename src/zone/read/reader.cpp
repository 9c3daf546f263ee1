// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/read/reader.hpp"

#include <filesystem>

#include "zone/read/file_reader.hpp"
#include "zone/read/text_file.hpp"

namespace ptrd::zone {

bool read_zone_file(const std::string& path, const ReadOptions& options,
                    const std::function<void(const Record&)>& sink, std::vector<Finding>& findings) {
  const std::string folder = std::filesystem::path(path).parent_path();
  ReadRun run(options, folder, sink, findings);
  const auto file = TextFile::open(path);
  if (!file) {
    run.add_error(path, 0, file.error());
    return false;
  }
  run.open_files.push_back(file->id());
  FileReader(run, file->text(), path, folder, {options.origin.bytes(), {}, kNoTtl}).read();
  return run.good();
}

bool read_zone_text(std::string_view text, std::string_view name, const std::string& base,
                    const ReadOptions& options, const std::function<void(const Record&)>& sink,
                    std::vector<Finding>& findings) {
  ReadRun run(options, base, sink, findings);
  run.open_files.emplace_back();
  FileReader(run, text, std::string(name), base, {options.origin.bytes(), {}, kNoTtl}).read();
  return run.good();
}

}  // namespace ptrd::zone
