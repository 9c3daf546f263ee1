// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "rdns/objects/policy.hpp"

#include <fmt/core.h>

#include <cstdio>
#include <string>
#include <vector>

#include "progress.hpp"
#include "rdns/objects/inetnum.hpp"
#include "rdns/objects/scan.hpp"
#include "report.hpp"
#include "subcommands.hpp"

namespace ptrd::cli {
namespace {

/// Reads all inetnums; false, after reporting it, if a file cannot be read.
bool read_inetnums(const std::vector<std::string>& files, rdns::Inetnums& inetnums) {
  for (const std::string& file : files) {
    ScanProgress progress(file);
    const auto unread = [&](uint64_t line, const std::string& text) {
      progress.wipe();
      fmt::print(stderr, "{}:{}: warning: {}\n", file, line, text);
    };
    const auto done = inetnums.read(
        file, unread,
        [&](rdns::Position position, const rdns::ScanCounts& counts) { progress.show(position, counts); });
    progress.wipe();
    if (!done) return fail(done.error()), false;
  }
  inetnums.build();
  return true;
}

}  // namespace

int run(const PolicyOptions& options) {
  rdns::Inetnums inetnums;
  if (!read_inetnums(options.inetnums, inetnums)) return kFailed;
  if (inetnums.size() == 0)
    return fail("--inetnums: contains no inetnum or inet6num, so every delegation would be invalid");

  Report report(options.format, "delegations");
  uint64_t valid = 0;
  uint64_t invalid = 0;
  uint64_t unread = 0;  // objects whose domain cannot be read
  const std::vector<std::string>* names = nullptr;
  rdns::DomainScan scan(
      rdns::Operation::create, [](const rdns::Finding&) {},  // `rdns objects` reports these
      [&](const rdns::DomainObject& object, rdns::Place place) {
        const rdns::Verdict verdict = rdns::judge(inetnums, object.domain.range);
        ++(verdict.valid ? valid : invalid);
        if (verdict.valid && options.only_invalid) return;
        const std::string& file = (*names)[place.file];
        const std::string domain = rdns::domain_text(object.domain.range);
        const char* word = verdict.valid ? "valid" : "invalid";
        report.add(fmt::format("{}:{}: {}: {}: {}", file, place.line, word, domain, verdict.reason),
                   {{"file", file},
                    {"line", place.line},
                    {"domain", domain},
                    {"valid", verdict.valid},
                    {"reason", verdict.reason}});
      });
  names = &scan.files();
  int status = kDone;
  for (const std::string& file : options.files) {
    const auto done = read_objects(scan, file);
    if (!done) status = fail(done.error());
  }
  unread = scan.counts().domains - valid - invalid;
  report.finish(fmt::format("{} valid, {} invalid, {} whose domain cannot be read; {}", valid, invalid,
                            unread, plural(inetnums.size(), "inetnum")),
                {{"valid", valid}, {"invalid", invalid}, {"unread", unread}, {"inetnums", inetnums.size()}});
  return invalid + unread > 0 ? kFailed : status;
}

}  // namespace ptrd::cli
