// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>

namespace ptrd::datapath {

/// The Prometheus description of a count, declared beside it. One object per metric, as metrics are
/// identified by its address: constexpr in a source file, inline constexpr in a header.
struct Metric {
  enum class Type : uint8_t { counter, gauge };

  const char* name;  // "ptrd_dropped_total"
  const char* help;  // one sentence
  Type type = Type::counter;
};

/// Counts that a service keeps in addition to those of messages and frames: their place in --stats-json, and
/// their metric. Lives as long as the program.
struct NoteFamily {
  const char* section;  // the object of --stats-json: "tcp"
  const char* prefix;   // of their names in it: "refused_"; a dot makes a nested object
  Metric metric;        // without a name: not exported to Prometheus
  /// The label that distinguishes the counts; without one there is a single count, named by the prefix.
  /// "kind": each is named after an answer::Kind, whose RCODE is added.
  const char* label = nullptr;
  bool by_transport = false;  // several services have it: labelled with the transport, too
};

}  // namespace ptrd::datapath
