// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "datapath/engine_slot.hpp"
#include "policy/kernel_lines.hpp"
#include "policy/policy.hpp"
#include "ptrd/answer/engine.hpp"
#include "ptrd/image/image.hpp"
#include "swap/changer.hpp"
#include "swap/expired.hpp"
#include "swap/helper.hpp"
#include "swap/live_image.hpp"
#include "swap/losses.hpp"
#include "swap/machine_nodes.hpp"
#include "swap/refusal.hpp"

namespace ptrd::swap {

/// Holds the image in service with its policy, and swaps them while the workers keep polling: reads the new
/// file, verifies it, publishes it with one store, waits for the grace period (every reader has passed a
/// quiescent state), frees the old one. A damaged image is rejected, and the old one stays in service. Of
/// each image there is one copy per memory node, in that node's memory, so that no worker's lookups go to
/// another node. There are never more than two images in memory.
class ImageStore : public Changeable {
 public:
  /// The result of a swap, for the log and for the caller.
  struct Swap {
    std::string path;
    uint32_t zones = 0;
    uint64_t records = 0;
    Losses losses;                         // against the image before
    Expired expired;                       // signatures in it, unless only the policy was replaced
    std::chrono::duration<double> read{};  // to read and verify the file
    std::chrono::duration<double> wait{};  // until every reader had passed a quiescent state
  };
  /// What is in service.
  struct Service {
    std::string path;
    std::chrono::system_clock::time_point since;
    uint64_t swaps = 0;  // since the start
    size_t bytes = 0;    // of one copy
    size_t copies = 1;   // one per memory node
  };
  /// Called with what is to be served before workers get it, for a table in the kernel that has to follow:
  /// the image, null if it stays, and the policy, null for none. An error rejects both.
  using Follower = std::function<tl::expected<void, std::string>(const image::View*, const policy::Policy*)>;

  /// Default limit for the size of an image in bytes: with the one in service there are two in memory.
  [[nodiscard]] static uint64_t default_max_size() { return image::machine_memory() / 2; }
  /// `nodes` must outlive the store; no image of more than `max_size` bytes is read. Call it while the
  /// process has one thread: it forks (Helper). Error: what is wrong with the image.
  [[nodiscard]] static tl::expected<std::unique_ptr<ImageStore>, std::string> open(
      const std::string& path, answer::Settings settings,
      const datapath::MemoryNodes& nodes = machine_nodes(), uint64_t max_size = default_max_size());
  ~ImageStore() override;

  [[nodiscard]] datapath::EngineSlot& slot() { return slot_; }

  /// Policies have a part for the kernel program, in such memory. Before any policy is read.
  void share_policies(policy::MakeShared share) { share_policies_ = std::move(share); }
  /// Reads the policy at `path`. Error: what is wrong with it.
  [[nodiscard]] tl::expected<policy::Spec, std::string> read_policy(const std::string& path) const;
  /// Puts the policy that was read from `path` in service with the image. Before the services start, but
  /// after their threads' stations are made. Error: what is wrong with it.
  [[nodiscard]] tl::expected<void, std::string> set_policy(const std::string& path, policy::Spec spec);

  /// What a reload reads again.
  enum class Part : uint8_t { both, image, policy };
  /// Puts the image at `path` in service; empty: the path of the one in service. Unless forced, no zone's
  /// serial may go backwards (RFC 1982), and no more may be lost than the limits allow. The policy, if there
  /// is one, is read again and replaced by the same store; if either is refused, both stay. Errors: what is
  /// wrong with the image or the policy; that another swap is in progress.
  [[nodiscard]] tl::expected<Swap, Refused> reload(const std::string& path, bool force,
                                                   Part part = Part::both);
  /// Returns to the image before the last one; a second call undoes the first. Its file must be unchanged.
  /// The limits for losses do not apply. The policy stays.
  [[nodiscard]] tl::expected<Swap, Refused> rollback();

  /// Puts the image at `fresh` in service, which has all changes before `from`, and its file in the place of
  /// that in service. Changes that were made since then are made in it as well: they are lost in neither,
  /// whatever happens. `fresh` is gone afterwards; if it is refused, it stays.
  [[nodiscard]] tl::expected<Swap, Refused> replace_compacted(const std::string& fresh,
                                                              change::Journal& journal,
                                                              const change::Journal::Mark& from);

  [[nodiscard]] Service in_service() const;
  /// Whether the file at `path` is that of the image in service, not another one of that name.
  [[nodiscard]] bool is_file_in_service(const std::string& path) const;
  /// Calls `visit` with the image in service, which no swap frees during the call.
  void visit(const std::function<void(const image::View&)>& visit) const;
  /// The policy in service, which stays valid as long as it is held; null: none.
  [[nodiscard]] std::shared_ptr<const policy::Policy> policy() const;
  /// For the next reloads; by default LossLimits'.
  void set_loss_limits(const LossLimits& limits);
  /// Set before the first swap.
  void set_follower(Follower follower) { follower_ = std::move(follower); }

  /// From now on the image, and each one that replaces it, can be changed (LiveImage): twice its memory, and
  /// an eighth. Before the services start. Error: not enough memory.
  [[nodiscard]] tl::expected<void, std::string> take_changes();
  /// What a swap has to do with changes. Set before the first swap and the first change.
  struct ChangeHooks {
    /// No change is made while the result is held.
    std::function<std::unique_lock<std::mutex>()> pause = {};
    /// Changes are from now on those of another image, with this checksum. An error keeps that out.
    std::function<tl::expected<void, std::string>(uint64_t checksum)> restart = {};
    /// For copies elsewhere, before the workers get an image with these changed lines.
    std::function<void(std::span<const uint32_t> lines, const image::View& image)> follow = {};
  };
  void set_change_hooks(ChangeHooks hooks) { change_hooks_ = std::move(hooks); }
  /// Changeable, for one thread at a time, and not during a swap.
  [[nodiscard]] tl::expected<Applied, std::string> apply(std::span<const change::Changeset> batch) override;
  void publish() noexcept override;
  void discard() noexcept override;
  [[nodiscard]] uint64_t spare_bytes() const override;

 private:
  /// An image with the data needed to serve it, and its file, kept open for a rollback.
  struct Generation;
  ImageStore(std::unique_ptr<Helper> helper, std::shared_ptr<Generation> first, answer::Settings settings,
             const datapath::MemoryNodes& nodes);
  /// Why the image at `path` must not replace the one in service, with which it was compared.
  [[nodiscard]] std::optional<Refused> find_refusal(const std::string& path,
                                                    const Comparison& compared) const;
  [[nodiscard]] tl::expected<std::shared_ptr<const policy::Policy>, Refused> make_policy(policy::Spec spec);
  [[nodiscard]] tl::expected<std::shared_ptr<Generation>, Refused> read_image(const std::string& path) const;
  [[nodiscard]] std::unique_lock<std::mutex> pause_changes() const;
  [[nodiscard]] tl::expected<std::shared_ptr<Generation>, Refused> prepared(
      std::shared_ptr<Generation> next) const;
  void settle();
  /// `last`: called when nothing can refuse the image any more but this. `compacted`: the image before is not
  /// one to return to.
  using Last = std::function<tl::expected<void, std::string>(uint64_t checksum)>;
  [[nodiscard]] tl::expected<Swap, Refused> swap_to(std::shared_ptr<Generation> next, Losses losses,
                                                    const Last& last, bool compacted = false);

  std::unique_ptr<Helper> helper_;
  answer::Settings settings_;
  const datapath::MemoryNodes& nodes_;
  Follower follower_;
  std::mutex swapping_;                 // held by the one swap in progress
  mutable std::shared_mutex visiting_;  // shared by visitors; alone: a side is written that they may read
  mutable std::mutex current_mutex_;    // of what follows; never held for long
  std::shared_ptr<Generation> current_;
  std::chrono::system_clock::time_point since_;
  uint64_t swaps_ = 0;
  std::string policy_path_;
  policy::MakeShared share_policies_;
  LossLimits limits_;
  std::string previous_path_;
  int previous_file_ = -1;
  ChangeHooks change_hooks_;
  // Of changes, in the thread that makes them.
  bool behind_ = false;  // the side that is not shown is to be brought up to date
  uint64_t token_ = 0;   // passed when no reader has it
  datapath::EngineSlot slot_;
};

}  // namespace ptrd::swap
