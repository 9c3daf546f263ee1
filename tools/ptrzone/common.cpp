// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// Shared by several subcommands of ptrzone.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <fstream>
#include <iterator>
#include <thread>
#include <utility>

#include "progress.hpp"
#include "ptrd/image/format.hpp"
#include "subcommands.hpp"
#include "zone/compile/compile.hpp"
#include "zone/sources/sources.hpp"

namespace ptrd::tools {

namespace {

size_t count_of(const std::vector<zone::Finding>& findings, zone::Severity severity) {
  return static_cast<size_t>(std::count_if(findings.begin(), findings.end(),
                                           [&](const zone::Finding& f) { return f.severity == severity; }));
}

}  // namespace

ReadZones read_zones(const zone::Inputs& inputs, unsigned jobs, image::Builder* builder, bool strict,
                     std::FILE* out, const std::optional<zone::DnssecCheck>& dnssec,
                     const zone::Previous* previous) {
  zone::Progress progress;
  std::vector<zone::Finding> findings;
  const std::vector<zone::Source> sources = zone::sources_of(inputs, findings);
  zone::SetCheck checks(dnssec.has_value(), builder == nullptr ? uint16_t{0} : builder->nsec3_iterations());
  zone::SourceZones zones;
  {
    const ReadingProgress shown(progress);
    zones = zone::load(sources, jobs, builder, checks, findings, progress, inputs.include_paths);
    if (dnssec) checks.visit_whole([&](zone::ZoneData& zone) { zone::check_dnssec(zone, *dnssec); });
    checks.finish(findings);
  }
  if (previous != nullptr) {
    auto expired = zone::find_expired(sources, zones, *builder, *previous, std::time(nullptr));
    std::move(expired.begin(), expired.end(), std::back_inserter(findings));
  }
  for (zone::Finding& finding : findings) {
    if (strict && finding.severity == zone::Severity::warning) finding.severity = zone::Severity::error;
  }
  auto faulty = zone::faulty_inputs(sources, zones, findings);
  zone::sort_findings(findings);
  for (const zone::Finding& finding : findings) {
    // Notes are about what was not read.
    fmt::print(finding.severity == zone::Severity::note ? stderr : out, "{}\n", finding.to_text());
  }
  return {.zones = checks.zones(),
          .records = checks.records(),
          .errors = count_of(findings, zone::Severity::error),
          .warnings = count_of(findings, zone::Severity::warning),
          .faulty = std::move(faulty)};
}

unsigned default_jobs() {
  return std::max(1U, std::thread::hardware_concurrency());
}

bool is_image(const std::string& path) {
  std::array<char, sizeof image::kMagic> start{};
  std::ifstream file(path, std::ios::binary);
  return file.read(start.data(), start.size()) &&
         std::equal(start.begin(), start.end(), std::begin(image::kMagic));
}

}  // namespace ptrd::tools
