// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <span>
#include <string>

#include "answer_settings.h"
#include "policy/kernel_lines.hpp"
#include "policy/station.hpp"
#include "ptrd/answer/engine.hpp"
#include "ptrd/image/format.hpp"
#include "unit/packet_builder.hpp"

struct bpf_object;

namespace ptrd::test {

/// The program's result for one frame.
struct Outcome {
  ptrd_kernel_answer answer = PTRD_KERNEL_DECLINED;
  Octets frame;  // frame after the run
};

/// answer_test.bpf.o in the kernel, run on frames without an interface (BPF_PROG_TEST_RUN). Throws
/// std::runtime_error when the kernel refuses anything.
class Kernel {
 public:
  /// Why it cannot run here; empty if it can.
  [[nodiscard]] static std::string missing();

  /// `measures`: `nanoseconds` will be called, which takes a second program.
  explicit Kernel(uint16_t udp_payload = wire::kUdpPayload, bool measures = false);
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;
  ~Kernel();

  /// Puts an image into service, as user space does.
  void serve(std::span<const image::Line> lines);
  /// Takes it out of service.
  void serve_nothing();
  /// Puts a policy into service; null: none.
  void apply(const policy::KernelLines* policy);
  /// Empties its slot.
  void forget_policy();
  /// `frame` has 14 octets at least.
  [[nodiscard]] Outcome run(const Octets& frame) const;
  /// Nanoseconds that a run on `frame` (511 octets at most) takes, the mean of `repeat`, minus the time to
  /// restore the frame each time. That is known to about 10 ns.
  [[nodiscard]] double nanoseconds(const Octets& frame, int repeat) const;

 private:
  struct Close {
    void operator()(bpf_object* object) const;
  };
  [[nodiscard]] int program(const char* name) const;
  [[nodiscard]] int map(const char* name) const;

  std::unique_ptr<bpf_object, Close> object_;
  int images_ = -1;
  uint16_t udp_payload_;
};

/// The result of user space for the same frame: the reply's frame, if there is one.
struct Expected {
  std::optional<answer::Kind> kind;
  Octets frame;
};
[[nodiscard]] Expected by_user_space(const answer::Engine& engine, const Octets& frame);
/// The same under a policy, as that station applies it.
[[nodiscard]] Expected by_user_space(const answer::Engine& engine, const policy::Policy& policy,
                                     policy::Station& station, const Octets& frame);
/// The same for a reply over a rate limit: empty, with TC.
[[nodiscard]] Octets truncated_by_user_space(const answer::Engine& engine, const Octets& frame);

/// Runs `frame` both ways and compares: the kernel gives the same bytes and the same kind, or leaves the
/// frame as it was. Returns what the kernel did.
ptrd_kernel_answer compare(const Kernel& kernel, const answer::Engine& engine, const Octets& frame);

/// A fixture with the program in the kernel, skipped if that is not possible.
class KernelTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const std::string why = Kernel::missing(); !why.empty()) GTEST_SKIP() << why;
    kernel_ = std::make_unique<Kernel>();
  }
  std::unique_ptr<Kernel> kernel_;
};

}  // namespace ptrd::test
