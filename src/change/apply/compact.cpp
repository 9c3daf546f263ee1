// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "change/apply/compact.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "change/apply/zone_changes.hpp"
#include "change/journal_format.hpp"
#include "image/build/builder.hpp"
#include "image/build/copy.hpp"
#include "image/patch/patcher.hpp"
#include "ptrd/image/memory.hpp"
#include "ptrd/image/nsec3.hpp"

namespace ptrd::change {

namespace {

using Failure = tl::unexpected<std::string>;

/// Room for all that so many bytes of changes can add.
image::Room room_for(const image::View& image, uint64_t bytes) {
  constexpr uint64_t kLeast = 1 << 16;
  const uint64_t lines = kLeast + image.lines().size() / 4 + bytes / 8;
  const uint64_t most = image::Ref::kMaxLine - image.lines().size();
  return {.lines = static_cast<uint32_t>(std::min(lines, most / 2)), .tails = kLeast};
}

/// Makes the changes of a journal. Error: a sentence fragment.
tl::expected<void, std::string> replay(const std::string& journal, uint64_t bytes, uint64_t image_checksum,
                                       image::Lines& lines) {
  const int file = ::open(journal.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return Failure(std::strerror(errno));
  image::Patcher patcher(lines);
  const auto done =
      read_journal(file, bytes, [&](uint64_t number, wire::Bytes payload) -> tl::expected<void, std::string> {
        const auto batch = decode_batch(payload);
        if (!batch) return Failure("entry " + std::to_string(number) + ": " + batch.error());
        const auto changed = apply_batch(lines.view(), patcher, *batch);
        if (!changed) return Failure("entry " + std::to_string(number) + ": " + changed.error());
        lines.keep();
        lines.forget_changed();
        return {};
      });
  ::close(file);
  if (!done) return Failure(done.error());
  if (done->header.image_checksum != image_checksum) return Failure("it belongs to another image");
  if (done->size != bytes) return Failure("it is not that long, or damaged");
  return {};
}

}  // namespace

tl::expected<std::vector<image::Line>, std::string> compact(const image::View& image,
                                                            const std::string& journal,
                                                            uint64_t journal_bytes,
                                                            const image::Executor& run) {
  const image::Room room = room_for(image, journal_bytes);
  auto memory = image::Memory::reserve(image::Lines::needed(image, room));
  if (!memory) return Failure(std::string("not enough memory: ") + std::strerror(memory.error()));
  image::Lines::lay_out(image, room, memory->lines());
  image::Lines lines(memory->lines(), static_cast<uint32_t>(image.lines().size()));
  if (const auto ok = replay(journal, journal_bytes, image.header().checksum, lines); !ok)
    return Failure("journal " + journal + ": " + ok.error());
  image::Builder builder;
  const image::View& view = lines.view();
  uint16_t iterations = 0;
  for (const image::Zone& zone : view.zones()) {
    if (zone.nsec3 != 0) iterations = std::max(iterations, view.at<image::Nsec3Zone>(zone.nsec3).iterations);
    if (const auto copied = image::copy_zone(view, zone, builder); !copied) return Failure(copied.error());
  }
  builder.nsec3_iterations(iterations);
  return builder.build(run);
}

}  // namespace ptrd::change
