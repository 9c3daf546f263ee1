// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/sources/soa_peek.hpp"

#include <filesystem>
#include <fstream>

#include "ptrd/wire/message.hpp"
#include "zone/read/reader.hpp"

namespace ptrd::zone {

namespace {

constexpr size_t kStart = 65536;

}  // namespace

SoaPeek peek_at_soa(const std::string& file, const std::vector<std::string>& include_paths) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error)) return {.owner = SoaPeek::Owner::relative, .apex = {}};
  std::string text(kStart, '\0');
  std::ifstream stream(file, std::ios::binary);
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(stream.gcount()));
  // Not part of a record.
  if (text.size() == kStart) text.resize(text.rfind('\n') + 1);

  const auto unknown = wire::Name::from_text("origin.of.the.file.invalid").value();
  ReadOptions options;
  options.origin = unknown;
  options.max_generated = 0;
  options.include_paths = include_paths;
  SoaPeek peek;
  std::vector<Finding> ignored;
  const std::string folder = std::filesystem::path(file).parent_path();
  (void)read_zone_text(
      text, file, folder, options,
      [&](const Record& record) {
        if (peek.owner != SoaPeek::Owner::none || record.type != static_cast<uint16_t>(wire::Type::soa))
          return;
        peek.apex = wire::Name::from_wire(record.owner).value();
        const bool relative = peek.apex.is_below_or_at(unknown);
        peek.owner = relative ? SoaPeek::Owner::relative : SoaPeek::Owner::absolute;
      },
      ignored);
  return peek;
}

}  // namespace ptrd::zone
