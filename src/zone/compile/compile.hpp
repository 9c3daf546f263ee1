// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <span>
#include <string>
#include <vector>

#include "image/build/builder.hpp"
#include "zone/check/check.hpp"
#include "zone/compile/progress.hpp"
#include "zone/finding.hpp"
#include "zone/sources/source.hpp"

namespace ptrd::zone {

/// The number in the builder of the zone that each source gave; 0: none, or there is no builder. Two sources
/// with the same zone have the same number, one of them with an error.
using SourceZones = std::vector<image::ZoneId>;

/// Reads zones into `checks` and, if there is one, into `builder`, with `jobs` threads: files in parallel,
/// and if one exceeds a thread's share of the total, one thread reads its text and another takes the records.
/// The owner of a zone's first SOA record is its apex, and must be the one that was asked for. The zones'
/// contents and the image's bytes do not depend on `jobs`; findings of the checks are returned when the set
/// is complete. Signed zones that the builder refuses have an
/// error. All findings state the number of their source. `progress` is updated meanwhile.
/// `include_paths` as in ReadOptions.
SourceZones load(std::span<const Source> sources, unsigned jobs, image::Builder* builder, SetCheck& checks,
                 std::vector<Finding>& findings, Progress& progress,
                 const std::vector<std::string>& include_paths = {});

}  // namespace ptrd::zone
