// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "swap/live_image.hpp"

#include <algorithm>
#include <cstring>

namespace ptrd::swap {

image::Room LiveImage::room_of(const image::View& image) {
  constexpr size_t kShare = 8;
  constexpr size_t kLeast = (size_t{4} << 20) / image::kLineSize;
  constexpr size_t kTails = 4096;
  const size_t lines = std::max(image.lines().size() / kShare, kLeast);
  return {.lines =
              static_cast<uint32_t>(std::min<size_t>(lines, image::Ref::kMaxLine - image.lines().size() / 2)),
          .tails = kTails};
}

tl::expected<std::unique_ptr<LiveImage>, std::string> LiveImage::make(const image::View& image,
                                                                      const datapath::MemoryNodes& nodes) {
  std::unique_ptr<LiveImage> live(new LiveImage());
  const image::Room room = room_of(image);
  const size_t lines = image::Lines::needed(image, room);
  if (lines > image::Ref::kMaxLine)
    return tl::unexpected<std::string>("the image is too large to be changed in place");
  for (std::vector<Copy>& side : live->copies_) {
    for (size_t node = 0; node < nodes.count(); ++node) {
      int error = 0;
      (void)nodes.on(node, [&] {
        auto memory = image::Memory::reserve(lines);
        if (!memory) {
          error = memory.error();
          return;
        }
        image::Lines::lay_out(image, room, memory->lines());
        const image::View view(memory->lines());
        side.push_back({*std::move(memory), view});
      });
      if (error != 0)
        return tl::unexpected(std::string("not enough memory to change the image in place: ") +
                              std::strerror(error));
    }
  }
  live->lines_ = std::make_unique<image::Lines>(live->copies_[live->hidden()].front().memory.lines(),
                                                static_cast<uint32_t>(image.lines().size()));
  live->patcher_ = std::make_unique<image::Patcher>(*live->lines_);
  return live;
}

size_t LiveImage::bytes() const {
  return kSides * copies_.front().front().memory.lines().size_bytes();
}

void LiveImage::copy_changed(const Copy& from, const Copy& to) const {
  const auto source = from.memory.lines();
  const auto target = to.memory.lines();
  for (const uint32_t line : lines_->changed()) target[line] = source[line];
}

void LiveImage::discard() {
  undo();
  copy_changed(copies_[shown()].front(), copies_[hidden()].front());
  lines_->forget_changed();
}

void LiveImage::show() {
  std::vector<Copy>& next = copies_[hidden()];
  for (size_t node = 1; node < next.size(); ++node) copy_changed(next.front(), next[node]);
  shown_.store(hidden(), std::memory_order_release);
}

void LiveImage::catch_up() {
  const std::vector<Copy>& current = copies_[shown()];
  std::vector<Copy>& behind = copies_[hidden()];
  for (size_t node = 0; node < behind.size(); ++node) copy_changed(current[node], behind[node]);
  lines_->forget_changed();
  lines_->use(behind.front().memory.lines());
}

}  // namespace ptrd::swap
