// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <memory>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "datapath/counters.hpp"
#include "policy/kernel_lines.hpp"
#include "port/interface.hpp"
#include "port/xdp/address_maps.hpp"
#include "port/xdp/kernel_answers.hpp"
#include "port/xdp/kernel_image.hpp"
#include "port/xdp/pins.hpp"
#include "ptrd/answer/engine.hpp"
#include "ptrd/image/image.hpp"

struct ptrd_answer_settings;
struct ptrd_bpf;

namespace ptrd::port {

/// ptrd's program in the kernel (bpf/ptrd.bpf.c) on one interface. It stays when ptrd dies, and the next ptrd
/// adopts it: it replaces the program with its own, with maps of its own, in one step, so that there is a
/// program for every frame.
class XdpProgram {
 public:
  /// Loads the program, without answers if the kernel refuses those; it gets no frames before `attach`.
  /// Error: a line that says how to fix it.
  [[nodiscard]] static tl::expected<XdpProgram, std::string> load(const Interface& interface,
                                                                  KernelAnswers answers);
  XdpProgram(XdpProgram&&) noexcept;
  XdpProgram& operator=(XdpProgram&&) = delete;
  ~XdpProgram();

  /// Puts the program on the interface, and pins its link and maps. Error: a line that says how to fix it.
  [[nodiscard]] tl::expected<void, std::string> attach();
  /// Takes the program off the interface and removes all pins. Without this call both outlive the object.
  void detach();

  /// Directs the queue's queries to that socket; returns false if the kernel refuses.
  bool give_queue(unsigned queue, int socket);
  /// Stops that.
  void take_queue(unsigned queue);
  /// Replaces the addresses to answer for. Error: why not all could be set.
  [[nodiscard]] tl::expected<void, std::string> set_addresses(const LinkAddresses& own);

  /// When the program answers by itself: as passed to `load`, or `off` if the kernel refused that.
  [[nodiscard]] KernelAnswers answers() const { return answers_; }
  /// Sets how it answers, from the next `serve` on. Error: a line that says why not.
  [[nodiscard]] tl::expected<void, std::string> set_answers(const answer::Settings& settings);
  /// Puts an image, copied into the kernel (64 bytes per line), and a policy into service by one store: each
  /// answer comes from one image, under the policy that belongs to it. `image`: null, the image stays, if
  /// there is one. `policy`: null, there is none. Error: a line that says how to fix it; what is in service
  /// stays.
  [[nodiscard]] tl::expected<void, std::string> serve(const image::View* image,
                                                      const policy::KernelLines* policy,
                                                      const image::Executor& run = image::run_in_turn);
  /// From the next `serve` on, the image can be changed: the kernel has it twice. Error: the system lacks
  /// what that needs.
  [[nodiscard]] tl::expected<void, std::string> take_changes();
  /// Puts the image in service with other contents of some lines, by one store, as `serve` does. `image`: has
  /// as many lines as the one served.
  void change(std::span<const uint32_t> lines, const image::View& image);

  /// Whether `attach` found an earlier ptrd's program.
  [[nodiscard]] bool adopted() const { return adopted_; }
  /// The outcomes of all frames since the program was first attached, including those in an earlier ptrd's
  /// time.
  void add_counters_to(datapath::Totals& totals) const;
  /// "native XDP, program adopted", for the log.
  [[nodiscard]] std::string describe() const;
  /// Limitations of the program, one line each, for the log; usually none.
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  using Skeleton = std::unique_ptr<ptrd_bpf, void (*)(ptrd_bpf*)>;
  XdpProgram(const Interface& interface, Pins pins, Skeleton skeleton);
  [[nodiscard]] static tl::expected<Skeleton, std::string> load_skeleton(const Interface& interface,
                                                                         bool answers);
  [[nodiscard]] tl::expected<bool, std::string> adopt();
  [[nodiscard]] tl::expected<void, std::string> attach_anew();
  [[nodiscard]] tl::expected<void, std::string> pin();
  [[nodiscard]] std::string why_not(const char* what) const;
  [[nodiscard]] tl::expected<KernelImage, std::string> copy(const image::View& image,
                                                            const image::Executor& run) const;
  [[nodiscard]] bool put(uint32_t slot, const KernelImage& image, const policy::KernelLines* policy) const;
  [[nodiscard]] bool publish(const ptrd_answer_settings& settings) const;

  Interface interface_;
  Pins pins_;
  Skeleton skeleton_;
  Descriptor link_;
  AddressMaps address_maps_;
  std::vector<uint64_t> before_;  // counters of the program that was replaced
  bool adopted_ = false;
  KernelAnswers answers_ = KernelAnswers::off;
  uint16_t udp_payload_ = 0;
  KernelImage image_;                            // in service
  uint32_t slot_ = 1;                            // of what is in service; at first nothing is
  const policy::KernelLines* policy_ = nullptr;  // in service
  // If the image can be changed, its copy in the other slot, and the lines in which that is behind.
  bool takes_changes_ = false;
  KernelImage other_;
  std::vector<uint32_t> behind_;
  std::vector<std::string> warnings_;
};

}  // namespace ptrd::port
