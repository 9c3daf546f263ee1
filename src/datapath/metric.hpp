// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>

namespace ptrd::datapath {

/// What Prometheus is told of a count, declared beside it. One object a metric, as metrics are told apart by
/// its address: constexpr in a source, inline constexpr in a header.
struct Metric {
  enum class Type : uint8_t { counter, gauge };

  const char* name;  // "ptrd_dropped_total"
  const char* help;  // one sentence
  Type type = Type::counter;
};

/// Counts that a service keeps beside those of messages and frames: where --stats-json has them, and their
/// metric. Lives as long as the program.
struct NoteFamily {
  const char* section;  // the object of --stats-json: "tcp"
  const char* prefix;   // of their names in it: "refused_"; a dot makes an object in the object
  Metric metric;        // without a name: Prometheus is not told
  /// That tells the counts apart; without one there is one count, the prefix's. "kind": each is named for an
  /// answer::Kind, whose RCODE goes with it.
  const char* label = nullptr;
};

}  // namespace ptrd::datapath
