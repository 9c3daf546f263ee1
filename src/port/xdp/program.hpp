// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "datapath/counters.hpp"
#include "port/interface.hpp"
#include "port/xdp/address_maps.hpp"
#include "port/xdp/kernel_answers.hpp"
#include "port/xdp/pins.hpp"
#include "ptrd/answer/engine.hpp"
#include "ptrd/image/image.hpp"

struct ptrd_bpf;

namespace ptrd::port {

/// ptrd's program in the kernel (bpf/ptrd.bpf.c) on one interface. It stays when ptrd dies, and the next ptrd
/// adopts it: it puts its own program, with maps of its own, in the old one's place in one step, so that no
/// frame finds none.
class XdpProgram {
 public:
  /// Loads the program, without its answers where the kernel refuses those; the interface's frames do not
  /// meet it before `attach`. Error: a line that says how to fix it.
  [[nodiscard]] static tl::expected<XdpProgram, std::string> load(const Interface& interface,
                                                                  KernelAnswers answers);
  XdpProgram(XdpProgram&&) noexcept;
  XdpProgram& operator=(XdpProgram&&) = delete;
  ~XdpProgram();

  /// Puts the program on the interface, and pins its link and maps. Error: a line that says how to fix it.
  [[nodiscard]] tl::expected<void, std::string> attach();
  /// Takes the program off the interface and removes all pins. Without it both outlive this object.
  void detach();

  /// From now on the queue's queries go to that socket; false when the kernel will not.
  bool give_queue(unsigned queue, int socket);
  /// From now on they do not.
  void take_queue(unsigned queue);
  /// What to answer for, instead of what was before. Error: why not all of it is.
  [[nodiscard]] tl::expected<void, std::string> set_addresses(const LinkAddresses& own);

  /// When the program answers by itself: as `load` was told, or `off` where the kernel did not take it so.
  [[nodiscard]] KernelAnswers answers() const { return answers_; }
  /// How it answers. Error: a line that says why not.
  [[nodiscard]] tl::expected<void, std::string> set_answers(const answer::Settings& settings);
  /// The image that it answers from, copied into the kernel (64 bytes a line); one answer comes from one
  /// image. Error: a line that says how to fix it; the image before stays.
  [[nodiscard]] tl::expected<void, std::string> set_image(const image::View& image,
                                                          const image::Executor& run = image::run_in_turn);

  /// `attach` found an earlier ptrd's program.
  [[nodiscard]] bool adopted() const { return adopted_; }
  /// What became of all frames since the program was first attached, an earlier ptrd's time included.
  void add_counters_to(datapath::Totals& totals) const;
  /// "native XDP, program adopted", for the log.
  [[nodiscard]] std::string describe() const;
  /// Why the program is less than it could be: a line each, for the log; none as a rule.
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  using Skeleton = std::unique_ptr<ptrd_bpf, void (*)(ptrd_bpf*)>;
  XdpProgram(const Interface& interface, Pins pins, Skeleton skeleton);
  [[nodiscard]] static tl::expected<Skeleton, std::string> load_skeleton(const Interface& interface,
                                                                         bool answers);
  [[nodiscard]] tl::expected<bool, std::string> adopt();
  [[nodiscard]] tl::expected<void, std::string> attach_anew();
  [[nodiscard]] tl::expected<void, std::string> pin();

  Interface interface_;
  Pins pins_;
  Skeleton skeleton_;
  Descriptor link_;
  AddressMaps address_maps_;
  std::vector<uint64_t> before_;  // counters of the program that was replaced
  bool adopted_ = false;
  KernelAnswers answers_ = KernelAnswers::off;
  std::vector<std::string> warnings_;
};

}  // namespace ptrd::port
