// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <fmt/core.h>

#include <cstdio>
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "file/atomic_file.hpp"
#include "progress.hpp"
#include "rdns/boundaries.hpp"
#include "rdns/hints.hpp"
#include "rdns/objects/parent_zone.hpp"
#include "rdns/objects/scan.hpp"
#include "report.hpp"
#include "subcommands.hpp"

namespace ptrd::cli {
namespace {

tl::expected<rdns::ParentZoneOptions, std::string> zone_options(const ZonefileOptions& options) {
  if (const auto hint = rdns::hint_for_zone(options.apex))
    return tl::unexpected("--apex takes the name of a zone: " + hint->what);
  const auto apex = wire::Name::from_text(options.apex);
  if (!apex) return tl::unexpected(fmt::format("--apex {}: {}", options.apex, apex.error()));
  if (const auto range = rdns::range_of_name(*apex); !range)
    return tl::unexpected(fmt::format("--apex {}: {}", options.apex, range.error()));
  const auto soa = rdns::soa_of_text(options.soa);
  if (!soa) return tl::unexpected("--soa: " + soa.error());
  rdns::ParentZoneOptions zone{.apex = apex->lowered(), .soa = *soa, .servers = {}, .ttl = options.ttl};
  for (const std::string& text : options.servers) {
    const auto server = rdns::name_server(text);
    if (!server) return tl::unexpected("--ns: " + server.error().text);
    const bool within = server->host.is_below_or_at(zone.apex);
    if (within != server->glue.has_value())
      return tl::unexpected(fmt::format("--ns: {} is {} the zone: {}", server->host.to_text(),
                                        within ? "in" : "not in",
                                        within ? "give its address after it" : "do not give its address"));
    zone.servers.push_back(*server);
  }
  return zone;
}

/// Rules that affect the zone: the reader's findings and the DNS rules. Those that concern only the
/// registry's database are left to `rdns objects`.
bool matters(rdns::Rule rule) {
  return rule < rdns::Rule::attribute_missing || rdns::facts_of(rule).dns;
}

/// One run: objects into a zone, the zone into a file. Findings go to standard error, since the zone may go
/// to standard output.
class Job {
 public:
  Job(const ZonefileOptions& options, rdns::ParentZoneOptions zone)
      : options_(options), zone_(std::move(zone)) {}

  int run() {
    rdns::DomainScan scan(
        rdns::Operation::create,
        [this](const rdns::Finding& finding) {
          if (matters(finding.rule)) report_.add(finding);
        },
        [this](const rdns::DomainObject& object, rdns::Place place) {
          if (!object.delegable) return;
          ++good_;
          if (!zone_.add(object, place)) ++outside_;
        });
    for (const std::string& file : options_.files) {
      const auto done = read_objects(scan, file);
      if (!done) return fail(done.error());
    }
    if (report_.errors() > 0 && !options_.skip_bad)
      return fail(
          fmt::format("{}; the zone was not written (use --skip-bad to skip what cannot be delegated)",
                      plural(report_.errors(), "error")));
    bad_ = scan.counts().domains - good_;
    return options_.out == "-" ? print(scan.files()) : write(scan.files());
  }

 private:
  int print(const std::vector<std::string>& files) {
    summarize("the zone", stderr, put(stdout, files));
    return kDone;
  }

  int write(const std::vector<std::string>& files) {
    auto file = file::AtomicFile::create(options_.out);
    if (!file) return fail(file.error());
    const rdns::ZoneCounts counts = put(file->stream(), files);
    if (const auto done = file->commit(); !done) return fail(done.error());
    summarize(options_.out, stdout, counts);
    return kDone;
  }

  rdns::ZoneCounts put(std::FILE* out, const std::vector<std::string>& files) {
    return zone_.write(out, files, [](const rdns::Finding& finding) {
      fmt::print(stderr, "{}\n", finding.to_text(rdns::Severity::warning));
    });
  }

  void summarize(const std::string& what, std::FILE* out, const rdns::ZoneCounts& counts) const {
    fmt::print(
        out, "{}: {}, {}; objects skipped: {} below or across another, {} outside the zone, {} with errors\n",
        what, plural(counts.delegations, "delegation"), plural(counts.records, "record"), counts.left_out,
        outside_, bad_);
  }

  const ZonefileOptions& options_;
  rdns::ParentZone zone_;
  Report report_{Format::text, {}, stderr};
  uint64_t good_ = 0;
  uint64_t outside_ = 0;
  uint64_t bad_ = 0;
};

}  // namespace

int run(const ZonefileOptions& options) {
  auto zone = zone_options(options);
  return zone ? Job(options, std::move(*zone)).run() : fail(zone.error(), kUsage);
}

}  // namespace ptrd::cli
