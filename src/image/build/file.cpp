// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <cstdio>

#include "file/atomic_file.hpp"
#include "image/build/builder.hpp"

namespace ptrd::image {

tl::expected<void, std::string> write_file(const std::string& path, const std::vector<Line>& lines) {
  auto file = file::AtomicFile::create(path);
  if (!file) return tl::unexpected(file.error());
  // What cannot be written is seen at the commit.
  (void)std::fwrite(lines.data(), kLineSize, lines.size(), file->stream());
  return file->commit();
}

}  // namespace ptrd::image
