// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// ptrzone lint's patterns by Hyperscan, as the linter uses it, beside RE2's set of the same regexes, over
// names of one provider and over names of many kinds. Seconds are the thread's own processor time, so that
// what else the machine does counts for little. `lint_bench [PATTERNS [NAMES [SAMPLE]]]`
#include <fmt/core.h>
#include <re2/set.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <span>
#include <string>
#include <vector>

#include "lib/records.hpp"
#include "lib/require.hpp"
#include "lint/pattern_set.hpp"

namespace {

using namespace ptrd;

double processor_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// Names with the addresses of their owners.
struct Names {
  std::string_view what;
  std::vector<std::string> texts;
  std::vector<lint::Subject> subjects;
};

std::string provider_name(size_t i) {
  std::string name = bench::target_of_record(wire::Family::v4, i).to_text();
  name.pop_back();
  return name;
}

/// Words, letters and numbers in a few shapes under ten thousand domains: no two names are alike for long.
std::string mixed_name(bench::Picker& pick) {
  static constexpr std::array<const char*, 24> kWords = {
      "core", "web",    "mail",   "static", "host", "ns",  "cust", "gw",  "edge", "db",  "mx",   "vlan",
      "pc",   "laptop", "office", "srv",    "node", "cdn", "ams",  "fra", "lon",  "nyc", "pool", "cable"};
  const auto below = [&](size_t limit) { return pick() % limit; };
  const auto letters = [&](size_t most) {
    std::string text;
    for (size_t left = 2 + below(most); left > 0; --left) text += static_cast<char>('a' + below(26));
    return text;
  };
  std::string name;
  for (size_t part = 0, parts = 1 + below(3); part < parts; ++part) {
    if (part > 0) name += "-."[below(2)];
    name += below(2) == 0 ? kWords[below(kWords.size())] : letters(6);
    if (below(2) == 0) name += std::to_string(below(10'000));
  }
  bench::Picker domain(size_t{1} << 32, 1 + below(10'000));
  name += '.';
  for (size_t left = 3 + domain() % 8; left > 0; --left) name += static_cast<char>('a' + domain() % 26);
  return name + ".example";
}

Names make_names(bool mixed, size_t count) {
  Names names{.what = mixed ? "names of many kinds" : "names of one provider", .texts = {}, .subjects = {}};
  bench::Picker pick(size_t{1} << 32);
  for (size_t i = 0; i < count; ++i) names.texts.push_back(mixed ? mixed_name(pick) : provider_name(i));
  for (size_t i = 0; i < count; ++i)
    names.subjects.push_back({.name = names.texts[i], .address = bench::key_of_record(wire::Family::v4, i)});
  return names;
}

/// Names by the scan, as the linter cuts them.
template <typename Scan>
double seconds_of(std::span<const lint::Subject> subjects, Scan&& scan) {
  const double start = processor_seconds();
  while (!subjects.empty()) {
    size_t count = 0;
    for (size_t bytes = 0; count < subjects.size() && bytes < lint::PatternSet::kEnough; ++count)
      bytes += subjects[count].name.size();
    scan(subjects.first(count));
    subjects = subjects.subspan(count);
  }
  return processor_seconds() - start;
}

double rate(size_t names, double seconds) {
  return static_cast<double>(names) / seconds;
}

/// Names a second of RE2's set over `names`; `matches` is added to.
double re2_rate(const RE2::Set& set, std::span<const std::string> names, size_t& matches) {
  std::vector<int> found;
  const double start = processor_seconds();
  for (const std::string& name : names) {
    set.Match(name, &found);
    matches += found.size();
  }
  return rate(names.size(), processor_seconds() - start);
}

/// The patterns that Hyperscan scans for together: all except the class address.
std::vector<lint::Pattern> in_lines(std::vector<lint::Pattern> patterns) {
  std::erase_if(patterns, [](const lint::Pattern& pattern) {
    return pattern.cls == lint::Class::address && pattern.kind == lint::Pattern::Kind::finding;
  });
  return patterns;
}

void compare(const std::vector<lint::Pattern>& patterns, const Names& names, size_t sample) {
  auto set = lint::PatternSet::compile(patterns);
  bench::require(set.has_value(), "the patterns do not compile");
  size_t matches = 0;
  size_t findings = 0;
  const double alone =
      seconds_of(names.subjects, [&](auto subjects) { matches += set->scan_lines(subjects); });
  const double whole = seconds_of(names.subjects, [&](auto subjects) {
    set->scan(subjects, [&](size_t /*subject*/, const lint::Match& /*match*/) { ++findings; });
  });
  bench::require(matches > 0 && findings > 0, "no name matches");

  const std::vector<lint::Pattern> same = in_lines(patterns);
  RE2::Options options;
  options.set_case_sensitive(false);
  options.set_max_mem(int64_t{1} << 30);
  options.set_log_errors(false);
  RE2::Set others(options, RE2::UNANCHORED);
  for (const lint::Pattern& pattern : same)
    bench::require(others.Add(pattern.regex, nullptr) >= 0, "RE2 rejects a pattern");
  bench::require(others.Compile(), "RE2's set does not compile");
  // Its automaton grows with what it has seen, so the second round over the same names is its best case.
  const std::span texts = std::span(names.texts).first(std::min(sample, names.texts.size()));
  size_t other_matches = 0;
  const double first = re2_rate(others, texts, other_matches);
  const double again = re2_rate(others, texts, other_matches);

  const double hyperscan = rate(names.texts.size(), alone);
  fmt::print(
      "{}\n"
      "  {} patterns without the class address, matches alone, a second:\n"
      "    Hyperscan {:>9.0f}  ({} names, {} matches)\n"
      "    RE2::Set  {:>9.0f}  ({} names, {} matches), {:.0f} when it sees the same names again\n"
      "    ratio {:.2f}, to names seen again {:.2f}\n"
      "  all {} patterns, addresses found and confirmed: {:.0f} a second, {} findings; addresses cost {:.0f} "
      "ns a "
      "name\n",
      names.what, same.size(), hyperscan, names.texts.size(), matches, first, texts.size(), other_matches / 2,
      again, hyperscan / first, hyperscan / again, patterns.size(), rate(names.texts.size(), whole), findings,
      (whole - alone) / static_cast<double>(names.texts.size()) * 1e9);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string file = argc > 1 ? argv[1] : PTRD_LINT_PATTERNS;
  const size_t count = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 1'000'000;
  const size_t sample = argc > 3 ? std::strtoul(argv[3], nullptr, 10) : 100'000;
  const auto patterns = lint::read_pattern_file(file);
  bench::require(patterns.has_value() && count > 0 && sample > 0, "no patterns or no names");
  for (const bool mixed : {false, true}) compare(*patterns, make_names(mixed, count), sample);
  return 0;
}
