// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <string>

namespace ptrd::lint {
class Findings;
struct Summary;
}  // namespace ptrd::lint
namespace ptrd::zone {
struct Difference;
struct DiffCounts;
}  // namespace ptrd::zone

// JSON output of the subcommands of ptrzone.
namespace ptrd::tools {

struct ImageInfo;

/// Over several lines, without a final newline.
[[nodiscard]] std::string json_text(const ImageInfo& info);
[[nodiscard]] std::string json_text(lint::Findings& findings, const lint::Summary& summary);
[[nodiscard]] std::string sarif_text(lint::Findings& findings);

/// On one line.
[[nodiscard]] std::string json_text(const zone::Difference& difference);
[[nodiscard]] std::string json_text(const zone::DiffCounts& counts);

}  // namespace ptrd::tools
