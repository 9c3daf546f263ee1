// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "datapath/engine_slot.hpp"
#include "ptrd/answer/engine.hpp"
#include "ptrd/image/image.hpp"
#include "swap/image_reader.hpp"
#include "swap/machine_nodes.hpp"
#include "swap/refusal.hpp"

namespace ptrd::swap {

/// Keeps the image in service, and swaps it while the workers poll on: read the new file, verify it, publish
/// it with one store, wait until every reader has passed, free the old one. A bad image is refused, and the
/// old one serves on. Of each image there is one copy for each memory node, in that node's memory, so that no
/// worker's lookups go to another node's. At no time are there more than two images in memory.
class ImageStore {
 public:
  /// How a swap went, for the log and for whoever asked for it.
  struct Swap {
    std::string path;
    uint32_t zones = 0;
    uint64_t records = 0;
    std::chrono::duration<double> read{};  // to read and verify the file
    std::chrono::duration<double> wait{};  // until every reader had passed
  };
  /// What is in service.
  struct Service {
    std::string path;
    std::chrono::system_clock::time_point since;
    uint64_t swaps = 0;  // since the start
    size_t bytes = 0;    // of one copy
    size_t copies = 1;   // one for each memory node
  };
  /// Called with a new image before workers get it: a table of the kernel's that has to follow. An error
  /// refuses the image.
  using Follower = std::function<tl::expected<void, std::string>(const image::Image&)>;

  /// Bytes that an image may have where nobody says: with the one in service there are two in memory.
  [[nodiscard]] static uint64_t default_most() { return image::machine_memory() / 2; }
  /// `nodes` must outlive the store; no image of more than `most` bytes is read. To be called by a process of
  /// one thread: it forks (ImageReader). Error: what is wrong with the image.
  [[nodiscard]] static tl::expected<std::unique_ptr<ImageStore>, std::string> open(
      const std::string& path, answer::Settings settings,
      const datapath::MemoryNodes& nodes = machine_nodes(), uint64_t most = default_most());
  ~ImageStore();

  [[nodiscard]] datapath::EngineSlot& slot() { return slot_; }

  /// Takes the image at `path` into service; empty: the path of the one in service. Unless forced, a zone's
  /// serial may not go backwards (RFC 1982). Errors: what is wrong with the image; that another swap is under
  /// way.
  [[nodiscard]] tl::expected<Swap, Refused> reload(const std::string& path, bool force);
  /// Back to the image before the last swap; twice leads forth again. Its file must still be as it was.
  [[nodiscard]] tl::expected<Swap, Refused> rollback();

  [[nodiscard]] Service in_service() const;
  /// Calls `visit` with the image in service, which no swap frees meanwhile.
  void visit(const std::function<void(const image::View&)>& visit) const;
  /// Set before the first swap.
  void set_follower(Follower follower) { follower_ = std::move(follower); }

 private:
  /// An image with what is needed to serve it, and its file, kept open for a rollback.
  struct Generation;
  ImageStore(std::unique_ptr<ImageReader> reader, std::shared_ptr<Generation> first,
             answer::Settings settings, const datapath::MemoryNodes& nodes);
  [[nodiscard]] tl::expected<Swap, Refused> swap_to(std::shared_ptr<Generation> next);

  std::unique_ptr<ImageReader> reader_;
  answer::Settings settings_;
  const datapath::MemoryNodes& nodes_;
  Follower follower_;
  std::mutex swapping_;               // held by the one swap that is under way
  mutable std::mutex current_mutex_;  // of what follows; never held for long
  std::shared_ptr<Generation> current_;
  std::chrono::system_clock::time_point since_;
  uint64_t swaps_ = 0;
  std::string previous_path_;
  int previous_file_ = -1;
  datapath::EngineSlot slot_;
};

}  // namespace ptrd::swap
