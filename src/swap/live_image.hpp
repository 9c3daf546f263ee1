// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "datapath/memory_nodes.hpp"
#include "image/patch/patcher.hpp"
#include "ptrd/image/image.hpp"
#include "ptrd/image/memory.hpp"

namespace ptrd::swap {

/// An image that is changed while it is in service: two copies, of which readers have one ("shown") and
/// changes are made in the other. When they are to be seen, the copies change places; once no reader has the
/// first one any more, the lines that differ are written there, too. So no reader ever sees half a change,
/// and a change costs as many lines as it touches, twice. Each copy exists once for each memory node.
class LiveImage {
 public:
  static constexpr size_t kSides = 2;

  /// Room for changes, in lines: an eighth of the image's, and at least 4 MiB.
  [[nodiscard]] static image::Room room_of(const image::View& image);
  /// Copies a verified image. Error: one line.
  [[nodiscard]] static tl::expected<std::unique_ptr<LiveImage>, std::string> make(
      const image::View& image, const datapath::MemoryNodes& nodes);

  /// The image of a side on a memory node.
  [[nodiscard]] const image::View& view(size_t side, size_t node = 0) const {
    return copies_[side][node].view;
  }
  [[nodiscard]] size_t nodes() const { return copies_.front().size(); }
  /// Any thread.
  [[nodiscard]] size_t shown() const { return shown_.load(std::memory_order_acquire); }
  [[nodiscard]] size_t bytes() const;

  // Changes of the side that is not shown, which has no reader. Between `keep` or `undo` and `catch_up` there
  // is none.

  [[nodiscard]] const image::View& hidden_view() const { return lines_->view(); }
  [[nodiscard]] image::Patcher& patcher() { return *patcher_; }
  /// The changes since the last call of one of these are kept, or taken back.
  void keep() { lines_->keep(); }
  void undo() { lines_->undo(); }
  /// Takes back all that was kept since the last `show`.
  void discard();
  /// Whether anything was kept since then.
  [[nodiscard]] bool changed() const { return !lines_->changed().empty(); }
  [[nodiscard]] std::span<const uint32_t> changed_lines() const { return lines_->changed(); }
  /// The copies change places.
  void show();
  /// After `show`, when no reader has the side that was shown before: brings it up to date.
  void catch_up();

  [[nodiscard]] uint64_t spare_lines() const { return lines_->spare_lines(); }

 private:
  struct Copy {
    image::Memory memory;
    image::View view;
  };
  LiveImage() = default;
  [[nodiscard]] size_t hidden() const { return 1 - shown(); }
  /// Copies the changed lines from one copy to another.
  void copy_changed(const Copy& from, const Copy& to) const;

  std::array<std::vector<Copy>, kSides> copies_;  // by node
  std::unique_ptr<image::Lines> lines_;           // of the hidden side on the first node
  std::unique_ptr<image::Patcher> patcher_;
  std::atomic<size_t> shown_ = 0;
};

}  // namespace ptrd::swap
