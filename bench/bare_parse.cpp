// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// bare_parse: libzscanner over zone files, one after the other on one thread, and nothing done with what it
// reads: what any compiler of zones that uses it must spend at least.
#include <fmt/core.h>

#include <chrono>
#include <filesystem>
#include <string>

#include "zone/read/scanner.hpp"
#include "zone/read/text_file.hpp"

namespace {

using ptrd::zone::Scanner;
using ptrd::zone::TextFile;

/// Records of the file; it must have no error.
bool parse(const std::filesystem::path& path, uint64_t& records, uint64_t& bytes) {
  const auto file = TextFile::open(path);
  if (!file) {
    fmt::print(stderr, "bare_parse: {}: {}\n", path.string(), file.error());
    return false;
  }
  Scanner scanner(3600);
  scanner.set_input(file->text());
  while (scanner.step()) {
    if (scanner->state == ZS_STATE_DATA) {
      ++records;
    } else {
      fmt::print(stderr, "bare_parse: {}:{}: {}\n", path.string(), scanner->line_counter,
                 zs_strerror(scanner->error.code));
      return false;
    }
  }
  bytes += file->text().size();
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr, "usage: bare_parse FOLDER|FILE...\n");
    return 2;
  }
  uint64_t records = 0;
  uint64_t bytes = 0;
  const auto start = std::chrono::steady_clock::now();
  for (int i = 1; i < argc; ++i) {
    std::error_code error;
    if (!std::filesystem::is_directory(argv[i], error)) {
      if (!parse(argv[i], records, bytes)) return 1;
      continue;
    }
    for (const auto& entry : std::filesystem::directory_iterator(argv[i], error)) {
      if (entry.path().extension() == ".zone" && !parse(entry.path(), records, bytes)) return 1;
    }
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  fmt::print("{{\"records\": {}, \"bytes\": {}, \"seconds\": {:.6f}}}\n", records, bytes, seconds.count());
  return 0;
}
