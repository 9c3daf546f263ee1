// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// ptrzone lint's patterns over a million names of an access provider: Hyperscan as the linter uses it, and
// RE2's set of the same regexes on a sample. `lint_bench [PATTERNS [NAMES [SAMPLE]]]`
#include <re2/set.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "lib/records.hpp"
#include "lib/require.hpp"
#include "lint/pattern_set.hpp"

namespace {

using namespace ptrd;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::string name_of(size_t i) {
  std::string name = bench::target_of_record(wire::Family::v4, i).to_text();
  name.pop_back();
  return name;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string file = argc > 1 ? argv[1] : PTRD_LINT_PATTERNS;
  const size_t names = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 1'000'000;
  const size_t sample = argc > 3 ? std::strtoul(argv[3], nullptr, 10) : 20'000;
  const auto patterns = lint::read_pattern_file(file);
  bench::require(patterns.has_value() && names > 0 && sample > 0, "no patterns or no names");
  auto set = lint::PatternSet::compile(*patterns);
  bench::require(set.has_value(), "the patterns do not compile");

  std::vector<std::string> texts;
  for (size_t i = 0; i < names; ++i) texts.push_back(name_of(i));
  size_t matches = 0;
  auto start = Clock::now();
  for (size_t i = 0; i < names; ++i) {
    const auto key = bench::key_of_record(wire::Family::v4, i);
    matches += set->scan(texts[i], &key).size();
  }
  const double hyperscan = static_cast<double>(names) / seconds_since(start);
  bench::require(matches > 0, "no name matches");

  RE2::Options options;
  options.set_case_sensitive(false);
  options.set_max_mem(int64_t{1} << 30);
  options.set_log_errors(false);
  RE2::Set others(options, RE2::UNANCHORED);
  for (const lint::Pattern& pattern : *patterns)
    bench::require(others.Add(pattern.regex, nullptr) >= 0, "RE2 refuses a pattern");
  bench::require(others.Compile(), "RE2's set does not compile");
  std::vector<int> found;
  size_t other_matches = 0;
  start = Clock::now();
  for (size_t i = 0; i < sample; ++i) {
    others.Match(texts[i % names], &found);
    other_matches += found.size();
  }
  const double re2 = static_cast<double>(sample) / seconds_since(start);
  std::printf(
      "%zu patterns\n%zu names by Hyperscan: %.0f a second, %zu findings\n%zu names by RE2::Set: %.0f a "
      "second, %zu matches\nratio %.1f\n",
      patterns->size(), names, hyperscan, matches, sample, re2, other_matches, hyperscan / re2);
  return 0;
}
