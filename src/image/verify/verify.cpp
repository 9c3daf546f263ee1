// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <algorithm>
#include <cstring>
#include <new>
#include <vector>

#include "image/checksum.hpp"
#include "image/parts.hpp"
#include "image/verify/fault.hpp"
#include "image/verify/index.hpp"
#include "image/verify/nsec3.hpp"
#include "image/verify/tree.hpp"
#include "image/verify/zone_names.hpp"
#include "ptrd/image/image.hpp"

namespace ptrd::image {

namespace {

/// Every check of the structure; throws a Fault.
void check_all(std::span<const Line> lines, const Executor& run) {
  constexpr size_t kEnough = 1024;  // number of steps to distribute among threads
  SharedChecks common(lines);
  TreeCheck top(common);
  top.start();
  for (const Zone& zone : View(lines).zones()) {
    const auto line = static_cast<uint32_t>(reinterpret_cast<const Line*>(&zone) - lines.data());
    if (zone.nsec3 != 0) check_nsec3(common, zone, line, run);
  }
  std::vector<TreeStep> steps = top.take_steps();
  while (!steps.empty() && steps.size() < kEnough) steps = top.widen(steps);
  std::vector<TreeCheck> walks(std::min(steps.size(), kMaxParts), TreeCheck(common));
  run_parts<const TreeStep>(steps, run,
                            [&](size_t part, std::span<const TreeStep> own) { walks[part].finish(own); });

  uint32_t apexes = top.apexes();
  uint64_t indexed = top.indexed();
  for (const TreeCheck& walk : walks) {
    apexes += walk.apexes();
    indexed += walk.indexed();
  }
  const Header& header = common.view.header();
  expect(apexes == header.zone_count, "a zone without its apex", header.zones);
  check_slots(common.view, indexed);
  check_zone_names(View(lines), run);
}

}  // namespace

tl::expected<void, std::string> verify(std::span<const Line> lines, const Executor& run) {
  if (lines.size() <= kHeaderLines) return tl::unexpected<std::string>("not a ptrd image: too short");
  return verify_hashed(lines, checksum(lines, run), run);
}

tl::expected<void, std::string> check_start(const Header& header, uint64_t lines) {
  const auto fail = [](const std::string& why) { return tl::unexpected<std::string>(why); };
  if (std::memcmp(header.magic, kMagic, sizeof kMagic) != 0) return fail("not a ptrd image");
  if (header.version != kVersion || header.line_size != kLineSize) {
    return fail("image format " + std::to_string(header.version) + ", this build reads " +
                std::to_string(kVersion) + "; compile it again with this build's ptrzone");
  }
  if (header.lines != lines || lines > Ref::kMaxLine) {
    return fail("truncated or extended: it has " + std::to_string(lines) + " lines, its header says " +
                std::to_string(header.lines) + "; compile it again");
  }
  return {};
}

tl::expected<void, std::string> verify_hashed(std::span<const Line> lines, uint64_t actual,
                                              const Executor& run) {
  const auto fail = [](const std::string& why) { return tl::unexpected<std::string>(why); };
  if (lines.size() <= kHeaderLines) return fail("not a ptrd image: too short");
  const Header& header = View(lines).header();
  if (auto ok = check_start(header, lines.size()); !ok) return ok;
  if (actual != header.checksum) return fail("damaged: its checksum does not match; compile it again");
  try {
    check_all(lines, run);
  } catch (const Fault& fault) {
    return fail(std::string("damaged: ") + fault.what + " (line " + std::to_string(fault.line) +
                "); compile it again");
  } catch (const std::bad_alloc&) {
    return fail("not enough memory to verify it");
  }
  return {};
}

}  // namespace ptrd::image
