// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <tl/expected.hpp>

#include "lib/isp_model.hpp"

// The model's zones and questions as files.

namespace ptrd::bench::isp {

/// How many blocks a zone has: one (/24, /64), 256 (/16, /48), 65536 (/8, /32).
enum class ZoneSize : uint32_t { small = 1, medium = 256, large = 65536 };

struct Written {
  uint64_t zones = 0;
  uint64_t bytes = 0;
  std::array<uint64_t, kKinds> records{};  // by Kind
};

/// Writes each zone to `folder/APEX.zone`, with an SOA and two NS records, owners relative to the apex and
/// ascending. The folder must be there. Error: one sentence.
[[nodiscard]] tl::expected<Written, std::string> write_zones(const Model& model, ZoneSize size,
                                                             const std::string& folder);

struct Questions {
  uint64_t count = 100'000;
  double hits = 0.9;  // share of names that have a record; the others lie in gaps between records
  uint64_t seed = 1;
};
/// Writes questions as dnsperf reads them, `NAME PTR`, in random order: each record is as likely as any
/// other. Error: one sentence.
[[nodiscard]] tl::expected<void, std::string> write_questions(const Model& model, const Questions& questions,
                                                              const std::string& path);

}  // namespace ptrd::bench::isp
