// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "progress.hpp"

#include <fmt/core.h>

#include "lib/plural.hpp"
namespace ptrd::cli {

void ScanProgress::show(rdns::Position position, const rdns::ScanCounts& counts) {
  line_.show([&](double seconds) {
    std::string share;
    if (position.total > 0) {
      const double part = static_cast<double>(position.read) / static_cast<double>(position.total);
      share = fmt::format("{} {:.0f} % ", progress_bar(part), 100 * part);
    }
    const double megabytes = static_cast<double>(position.read) / 1e6;
    return fmt::format("{} {}{:.1f} MB, {:.1f} MB/s, {}, {:.0f}/s", file_, share, megabytes,
                       megabytes / seconds, plural(counts.objects(), "object"),
                       static_cast<double>(counts.objects()) / seconds);
  });
}

tl::expected<void, std::string> read_objects(rdns::DomainScan& scan, const std::string& file) {
  ScanProgress progress(file);
  return scan.read(file, [&](rdns::Position position, const rdns::ScanCounts& counts) {
    progress.show(position, counts);
  });
}

}  // namespace ptrd::cli
