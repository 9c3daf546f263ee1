// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ptrd::bench {

/// Has a benchmark report queries a second, `each` of them in one iteration.
inline void count_items(benchmark::State& state, size_t each) {
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(each));
}

/// Whether the command line has `word`, which is taken out of it.
inline bool take_word(int& argc, char** argv, std::string_view word) {
  char** const end = std::remove(argv, argv + argc, word);
  const bool there = end != argv + argc;
  argc = static_cast<int>(end - argv);
  return there;
}

/// Runs the registered benchmarks that the command line selects. Returns the exit status.
inline int run(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}

}  // namespace ptrd::bench
