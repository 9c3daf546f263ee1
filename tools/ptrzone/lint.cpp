// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// ptrzone lint: reports what the names behind addresses disclose, and names that look wrong.
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "json.hpp"
#include "lint/linter.hpp"
#include "lint/report.hpp"
#include "ptrd/image/image.hpp"
#include "ptrd/wire/message.hpp"
#include "subcommands.hpp"
#include "zone/read/reader.hpp"
#include "zone/sources/sources.hpp"

namespace ptrd::tools {

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

/// The pattern file that came with this program: the installed one, or the one next to it in the build
/// folder.
std::string default_patterns() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error).parent_path();
  if (fs::path built = program / "dist" / "lint.patterns"; fs::exists(built, error)) return built;
  return PTRD_DATADIR "/ptrd/lint.patterns";
}

tl::expected<std::vector<lint::Pattern>, std::string> read_patterns(const LintOptions& options) {
  std::vector<std::string> files = options.patterns;
  if (!options.own_patterns_only) files.insert(files.begin(), default_patterns());
  std::vector<lint::Pattern> patterns;
  for (const std::string& file : files) {
    auto more = lint::read_pattern_file(file);
    if (!more) return more;
    if (auto merged = lint::merge_patterns(patterns, *std::move(more)); !merged)
      return tl::unexpected(merged.error());
  }
  return patterns;
}

int try_examples(const std::vector<lint::Pattern>& patterns) {
  size_t failed = 0;
  for (const lint::Pattern& pattern : patterns) {
    const std::string fault = lint::try_example(pattern);
    if (fault.empty()) continue;
    ++failed;
    fmt::print("{}\n", fault);
  }
  fmt::print("{}: {} that do not match their example\n", plural(patterns.size(), "pattern"), failed);
  return failed == 0 ? kDone : kFailed;
}

bool lint_image(lint::Linter& linter, const std::string& path) {
  const auto image = image::Image::open(path);
  if (!image) return fail(image.error()), false;
  linter.take(image->view(), path);
  return true;
}

void lint_source(lint::Linter& linter, const zone::Source& source, const zone::Inputs& inputs,
                 std::vector<zone::Finding>& faults) {
  zone::ReadOptions options;
  options.origin = source.origin;
  options.include_paths = inputs.include_paths;
  options.include_base = source.include_base;
  bool has_soa = false;
  const auto take = [&](const zone::Record& record) {
    if (record.type == static_cast<uint16_t>(wire::Type::soa) && !std::exchange(has_soa, true)) {
      if (auto fault = zone::apex_fault(source, wire::Name::from_wire(record.owner).value()))
        faults.push_back({std::string(record.file), record.line, fault->severity, std::move(fault->text)});
    }
    linter.take(record);
  };
  (void)zone::read_zone_file(source.file, options, take, faults);
}

/// Feeds all inputs to the linter. False: some of it could not be read, which has been reported.
bool lint_all(lint::Linter& linter, zone::Inputs inputs) {
  bool good = true;
  const auto images = std::stable_partition(inputs.paths.begin(), inputs.paths.end(),
                                            [](const std::string& path) { return !is_image(path); });
  for (auto path = images; path != inputs.paths.end(); ++path) good &= lint_image(linter, *path);
  inputs.paths.erase(images, inputs.paths.end());
  std::vector<zone::Finding> faults;
  for (const zone::Source& source : zone::sources_of(inputs, faults))
    lint_source(linter, source, inputs, faults);
  for (const zone::Finding& fault : faults) {
    fmt::print(stderr, "{}\n", fault.to_text());
    good &= fault.severity != zone::Severity::error;
  }
  return good;
}

void print(lint::Linter& linter, const std::string& format) {
  lint::Findings& findings = linter.findings();
  if (format == "text") return fmt::print("{}", lint::to_text(findings));
  fmt::print("{}\n", format == "sarif"
                         ? sarif_text(findings)
                         : json_text(findings, {.names = linter.names(), .patterns = linter.patterns()}));
}

void print_summary(lint::Linter& linter, double seconds) {
  using lint::Severity;
  lint::Findings& findings = linter.findings();
  fmt::print(stderr, "{}, {}: {}, {}, {}; {:.2f} s, {:.0f} names a second\n", plural(linter.names(), "name"),
             plural(linter.patterns(), "pattern"), plural(findings.count(Severity::error), "error"),
             plural(findings.count(Severity::warning), "warning"),
             plural(findings.count(Severity::note), "note"), seconds,
             static_cast<double>(linter.names()) / std::max(seconds, 1e-9));
}

}  // namespace

int run(const LintOptions& options) {
  const auto patterns = read_patterns(options);
  if (!patterns) return fail(patterns.error());
  if (options.try_examples) return try_examples(*patterns);
  auto allow = options.allow.empty() ? lint::AllowList() : lint::AllowList::read(options.allow);
  if (!allow) return fail(allow.error());
  auto set = lint::PatternSet::compile(*patterns, allow->patterns());
  if (!set) return fail(set.error());
  lint::Linter linter(*std::move(set), *std::move(allow), options.most);
  const auto start = Clock::now();
  const bool good = lint_all(linter, options.inputs);
  linter.finish();
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  print(linter, options.format);
  print_summary(linter, seconds);
  const lint::Findings& findings = linter.findings();
  const uint64_t bad = options.strict ? findings.total() : findings.count(lint::Severity::error);
  return good && bad == 0 ? kDone : kFailed;
}

}  // namespace ptrd::tools
