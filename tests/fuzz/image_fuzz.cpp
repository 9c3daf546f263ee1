// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// Hostile images: what `verify` lets pass can be walked, dumped and answered from without a step outside. The
// input is a list of edits (3 bytes of place, 1 of value) to a good image, or, behind a first byte of 0xFF,
// the lines themselves; the checksum is made to fit, as an enemy would.
#include <cstdint>
#include <cstring>
#include <memory>

#include "fuzz/rich_image.hpp"
#include "ptrd/answer/engine.hpp"
#include "ptrd/image/traverse.hpp"

using namespace ptrd;

namespace {

void ask(const answer::Engine& engine, const wire::Name& name, uint16_t type) {
  uint8_t buffer[4096] = {0, 1, 0, 0, 0, 1};
  size_t size = wire::kHeaderSize;
  std::memcpy(buffer + size, name.bytes().data(), name.size());
  size += name.size();
  wire::store16(buffer + size, type);
  wire::store16(buffer + size + 2, 1);
  (void)engine.respond(buffer, size + 4, answer::Transport::tcp);
}

void use(std::span<const image::Line> lines) {
  const image::View view(lines);
  const answer::Engine engine(view);
  for (uint32_t i = 0; i < view.header().zone_count; ++i) {
    image::traverse(view, view.at<image::Zone>(view.header().zones + i), [&](const image::OwnedSet& set) {
      ask(engine, set.owner, set.type);
      ask(engine, set.owner, 12);
      ask(engine, set.owner, 255);
      wire::Name below = set.owner;
      if (below.prepend(test::bytes_of("7"))) ask(engine, below, 12);
    });
  }
  for (const char* text :
       {"1.2.0.192.in-addr.arpa", "x.9.10.in-addr.arpa", "big.example", "a.w.2.0.192.in-addr.arpa", "."}) {
    ask(engine, test::name(text), 12);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const auto good = test::rich_image();
  std::unique_ptr<image::Line[]> lines;
  size_t count = 0;
  if (size > 0 && data[0] == 0xFF) {
    count = (size - 1) / image::kLineSize;
    if (count < image::kHeaderLines) return 0;
    lines = std::make_unique<image::Line[]>(count);
    std::memcpy(lines.get(), data + 1, count * image::kLineSize);
  } else {
    count = good.size();
    lines = std::make_unique<image::Line[]>(count);
    std::memcpy(lines.get(), good.data(), count * image::kLineSize);
    auto* bytes = reinterpret_cast<uint8_t*>(lines.get());
    for (size_t i = 0; i + 4 <= size; i += 4) {
      const size_t at =
          (size_t{data[i]} << 16 | size_t{data[i + 1]} << 8 | data[i + 2]) % (count * image::kLineSize);
      bytes[at] = data[i + 3];
    }
  }
  const std::span<image::Line> all(lines.get(), count);
  reinterpret_cast<image::Header*>(all.data())->checksum = image::checksum(all);
  if (image::verify(all)) use(all);
  return 0;
}
