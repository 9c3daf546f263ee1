// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/compile/compile.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <filesystem>
#include <thread>

#include "zone/compile/loader.hpp"
#include "zone/compile/read_ahead.hpp"

namespace ptrd::zone {

namespace fs = std::filesystem;

namespace {

/// The order of reading: largest first, so that no thread works alone on it at the end.
struct Work {
  struct File {
    size_t source;
    uint64_t bytes;
  };
  std::vector<File> files;
  uint64_t bytes = 0;

  explicit Work(std::span<const Source> sources) {
    for (size_t i = 0; i < sources.size(); ++i) {
      std::error_code error;
      const auto size = fs::file_size(sources[i].file, error);  // a pipe has none
      files.push_back({i, error ? 0 : size});
      bytes += files.back().bytes;
    }
    std::stable_sort(files.begin(), files.end(),
                     [](const File& a, const File& b) { return a.bytes > b.bytes; });
  }
  /// Whether a file takes longer than one thread's share of the total: then it gets a thread that reads
  /// ahead.
  [[nodiscard]] bool is_long(const File& file, unsigned jobs) const {
    return jobs > 1 && file.bytes > bytes / jobs;
  }
};

/// What a source gave.
struct Given {
  std::vector<Finding> findings;
  image::ZoneId zone = 0;
};

/// One thread's share of the work.
void read_sources(std::span<const Source> sources, const Work& work, unsigned jobs,
                  const std::vector<std::string>& include_paths, std::atomic<size_t>& next, Shared& shared,
                  std::vector<Given>& given) {
  image::PlainBatch plain;
  for (size_t i = next++; i < work.files.size(); i = next++) {
    const size_t number = work.files[i].source;
    const Source& source = sources[number];
    auto& findings = given[number].findings;
    Loader loader(source, static_cast<uint32_t>(number), shared, plain, findings);
    ReadOptions options;
    options.origin = source.origin;
    options.range_sink = [&](const DeclaredRange& range) { loader.take(range); };
    options.include_paths = include_paths;
    options.include_base = source.include_base;
    options.bytes_read = &shared.progress.bytes;
    const auto read = work.is_long(work.files[i], jobs) ? read_zone_file_ahead : read_zone_file;
    const bool whole = read(
        source.file, options, [&](const Record& record) { loader.take(record); }, findings);
    loader.finish(whole);
    given[number].zone = loader.zone();
  }
}

/// Adds an error for each zone that the builder refuses, to the first source that gave it.
void refuse_zones(std::span<const Source> sources, const SourceZones& zones, image::Builder& builder,
                  std::vector<Finding>& findings) {
  for (image::Builder::Refused& refused : builder.refused_zones()) {
    const auto source =
        static_cast<size_t>(std::find(zones.begin(), zones.end(), refused.zone) - zones.begin());
    findings.push_back({.file = sources[source].file,
                        .text = std::move(refused.why),
                        .source = static_cast<uint32_t>(source)});
  }
}

}  // namespace

SourceZones load(std::span<const Source> sources, unsigned jobs, image::Builder* builder, SetCheck& checks,
                 std::vector<Finding>& findings, Progress& progress,
                 const std::vector<std::string>& include_paths) {
  Shared shared{.builder = builder,
                .checks = checks,
                .progress = progress,
                .sources = sources,
                .soa_lines = std::vector<uint64_t>(sources.size())};
  const Work work(sources);
  progress.total = work.bytes;
  const auto ahead = std::count_if(work.files.begin(), work.files.end(),
                                   [&](const Work::File& file) { return work.is_long(file, jobs); });
  const size_t threads =
      std::clamp<size_t>(jobs - static_cast<size_t>(ahead), 1, std::max<size_t>(1, sources.size()));
  std::vector<Given> given(sources.size());
  std::vector<std::exception_ptr> failures(threads);
  std::atomic<size_t> next = 0;
  const auto run = [&](size_t thread) {
    try {
      read_sources(sources, work, jobs, include_paths, next, shared, given);
    } catch (...) {
      failures[thread] = std::current_exception();
    }
  };
  {
    std::vector<std::jthread> helpers;
    for (size_t i = 1; i < threads; ++i) helpers.emplace_back(run, i);
    run(0);
  }
  for (const auto& failure : failures) {
    if (failure) std::rethrow_exception(failure);
  }
  SourceZones zones(sources.size());
  for (size_t i = 0; i < given.size(); ++i) {
    zones[i] = given[i].zone;
    for (Finding& finding : given[i].findings) {
      if (finding.source == kNoSource) finding.source = static_cast<uint32_t>(i);
      findings.push_back(std::move(finding));
    }
  }
  if (builder != nullptr) refuse_zones(sources, zones, *builder, findings);
  return zones;
}

}  // namespace ptrd::zone
