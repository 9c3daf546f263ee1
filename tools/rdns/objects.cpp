// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>
#include <string>

#include "new_object.hpp"
#include "progress.hpp"
#include "rdns/hints.hpp"
#include "rdns/objects/hierarchy.hpp"
#include "rdns/objects/scan.hpp"
#include "report.hpp"
#include "subcommands.hpp"

namespace ptrd::cli {
namespace {

int check_files(const ObjectsOptions& options) {
  Report report(options.format, "findings");
  rdns::Hierarchy hierarchy;
  rdns::DomainScan scan(
      options.operation, [&](const rdns::Finding& finding) { report.add(finding); },
      [&](const rdns::DomainObject& object, rdns::Place place) {
        hierarchy.add(object.domain.range, place);
      });
  int status = kDone;
  for (const std::string& file : options.files) {
    const auto done = read_objects(scan, file);
    if (!done) status = fail(done.error());
  }
  hierarchy.report(scan.files(), [&](const rdns::Finding& finding) { report.add(finding); });
  const rdns::ScanCounts& counts = scan.counts();
  report.finish(fmt::format("{}, {} of e164.arpa, {} of other classes skipped: {}, {}",
                            plural(counts.domains, "domain object"), counts.enums, counts.passed_over,
                            plural(report.errors(), "error"), plural(report.warnings(), "warning")),
                {{"domains", counts.domains},
                 {"e164", counts.enums},
                 {"passed_over", counts.passed_over},
                 {"errors", report.errors()},
                 {"warnings", report.warnings()}});
  return report.errors() + report.warnings() > 0 ? kFailed : status;
}

}  // namespace

int run(const ObjectsOptions& options) {
  if (!options.fresh.range.empty()) {
    if (!options.files.empty())
      return fail("--new writes objects; do not give a FILE (a range with blanks is one quoted word)",
                  kUsage);
    return write_new_objects(options.fresh);
  }
  if (options.files.empty())
    return fail("FILE is missing (-: standard input); see rdns objects --help", kUsage);
  for (const std::string& file : options.files) {
    const auto hint = rdns::hint_for_zone(file);
    if (hint && ::access(file.c_str(), F_OK) != 0)
      return fail(fmt::format("{}; a FILE of objects is expected, or --new {}", hint->what, file), kUsage);
  }
  return check_files(options);
}

}  // namespace ptrd::cli
