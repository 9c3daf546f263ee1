// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "report.hpp"

#include <fmt/core.h>

namespace ptrd::cli {
Report::Report(Format format, const std::string& array, std::FILE* out) : format_(format), out_(out) {
  if (format_ == Format::json) fmt::print(out_, "{{\"{}\": [", array);
}

void Report::add(const rdns::Finding& finding) {
  const bool error = finding.severity() == rdns::Severity::error;
  ++(error ? errors_ : warnings_);
  if (format_ == Format::text) return add(finding.to_text(), {});
  add({}, {{"file", finding.file},
           {"line", finding.line},
           {"severity", error ? "error" : "warning"},
           {"object", finding.object},
           {"rule", std::string(rdns::facts_of(finding.rule).id)},
           {"text", finding.text}});
}

void Report::add(const std::string& line, const Members& members) {
  if (format_ == Format::text) {
    fmt::print(out_, "{}\n", line);
  } else {
    fmt::print(out_, "{}\n  {}", first_ ? "" : ",", json_text(members));
  }
  first_ = false;
}

void Report::finish(const std::string& line, const Members& summary) {
  if (format_ == Format::text) {
    fmt::print(out_, "{}\n", line);
  } else {
    fmt::print(out_, "{}],\n\"summary\": {}}}\n", first_ ? "" : "\n", json_text(summary));
  }
}

}  // namespace ptrd::cli
