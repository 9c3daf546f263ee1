// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "image/build/builder.hpp"
#include "ptrd/image/image.hpp"
#include "ptrd/wire/name.hpp"
#include "zone/compile/compile.hpp"
#include "zone/finding.hpp"

// `ptrzone compile --keep-going`: zones with errors are left out, the others are written. With a previous
// image, signatures that have expired are an error where those of that image have not.
namespace ptrd::zone {

/// A zone with errors, or a file or path with errors that gave no zone.
struct FaultyInput {
  image::ZoneId zone = 0;            // its number in the builder; 0: it gave none
  std::string file;                  // the file, or the path that names no file
  uint32_t source = 0;               // its number; kNoSource: a path that names no file
  std::optional<wire::Name> origin;  // the file's initial origin
  size_t errors = 0;
  Finding first;  // by file and line
};

/// The image of an earlier compile.
struct Previous {
  std::string name;  // in messages
  image::View view;  // verified
};

/// An error for each signed zone of `builder` of which a signature has expired at `now` (seconds since 1970),
/// while none has of the zone that `previous` has. `zones` are those that `load` has read from `sources`.
[[nodiscard]] std::vector<Finding> find_expired(std::span<const Source> sources, const SourceZones& zones,
                                                const image::Builder& builder, const Previous& previous,
                                                int64_t now);

/// The inputs that have errors, each zone once, in the order of `sources`. `findings` are those of `load`,
/// SetCheck::finish and find_expired, in any order, with the severities that are to count.
[[nodiscard]] std::vector<FaultyInput> faulty_inputs(std::span<const Source> sources,
                                                     const SourceZones& zones,
                                                     std::span<const Finding> findings);

/// What became of faulty inputs.
struct LeftOut {
  size_t left_out = 0;             // inputs of which the image has no zone
  size_t taken = 0;                // zones that were taken from the previous image
  std::vector<std::string> lines;  // one for each input, then warnings
};

/// Drops the faulty zones from `builder`, and adds those that `previous` (null: none) has, as they are there.
/// A file that gave no zone counts as the zone of its origin, unless another file gives that. Nothing is
/// checked again: a zone's errors are in its own text, or in its targets that other zones' texts make
/// aliases, so none has more errors without the others. Warns where an upper zone answers now for a zone that
/// is left out.
[[nodiscard]] LeftOut leave_out(std::span<const FaultyInput> faulty, image::Builder& builder,
                                const Previous* previous);

}  // namespace ptrd::zone
