// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "kernel.hpp"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "ptrd/frame/frame.hpp"

namespace ptrd::test {

namespace {

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error(what + ": " + std::strerror(errno));
}

constexpr uint32_t kFirst = 0;  // the one entry of every map here

/// The program's verdicts, see answer_test.bpf.c.
ptrd_kernel_answer answer_of(uint32_t verdict) {
  switch (verdict) {
    case XDP_TX:
      return PTRD_KERNEL_ANSWER;
    case XDP_REDIRECT:
      return PTRD_KERNEL_NXDOMAIN;
    case XDP_PASS:
      return PTRD_KERNEL_DECLINED;
    default:
      throw std::runtime_error("verdict " + std::to_string(verdict));
  }
}

}  // namespace

void Kernel::Close::operator()(bpf_object* object) const {
  bpf_object__close(object);
}

std::string Kernel::missing() {
  if (geteuid() != 0) return "only root may load XDP programs";
  LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = BPF_F_MMAPABLE | BPF_F_INNER_MAP);
  const int map = bpf_map_create(BPF_MAP_TYPE_ARRAY, "probe", 4, image::kLineSize, 1, &options);
  if (map < 0) return std::string("no BPF maps here: ") + std::strerror(errno);
  close(map);
  return {};
}

Kernel::Kernel(uint16_t udp_payload) {
  object_.reset(bpf_object__open(PTRD_ANSWER_TEST_OBJECT));
  if (!object_) fail(PTRD_ANSWER_TEST_OBJECT);
  if (bpf_object__load(object_.get()) != 0) fail("loading " PTRD_ANSWER_TEST_OBJECT);
  images_ = map("images");
  const ptrd_answer_settings settings = {.udp_payload = udp_payload, .reserved = {}};
  if (bpf_map_update_elem(map("answer_settings"), &kFirst, &settings, BPF_ANY) != 0) fail("answer_settings");
}

Kernel::~Kernel() = default;

int Kernel::map(const char* name) const {
  const int fd = bpf_object__find_map_fd_by_name(object_.get(), name);
  if (fd < 0) fail(std::string("no map ") + name);
  return fd;
}

int Kernel::program(const char* name) const {
  const bpf_program* program = bpf_object__find_program_by_name(object_.get(), name);
  if (program == nullptr) fail(std::string("no program ") + name);
  return bpf_program__fd(program);
}

void Kernel::serve(std::span<const image::Line> lines) {
  LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = BPF_F_MMAPABLE | BPF_F_INNER_MAP);
  const int map = bpf_map_create(BPF_MAP_TYPE_ARRAY, "ptrd_image", sizeof(uint32_t), image::kLineSize,
                                 static_cast<uint32_t>(lines.size()), &options);
  if (map < 0) fail("creating an image's map");
  void* there = mmap(nullptr, lines.size_bytes(), PROT_READ | PROT_WRITE, MAP_SHARED, map, 0);
  if (there == MAP_FAILED) fail("mapping an image's map");
  std::memcpy(there, lines.data(), lines.size_bytes());
  munmap(there, lines.size_bytes());
  const int status = bpf_map_update_elem(images_, &kFirst, &map, BPF_ANY);
  close(map);  // the slot holds it
  if (status != 0) fail("images");
}

void Kernel::serve_nothing() {
  if (bpf_map_delete_elem(images_, &kFirst) != 0) fail("images");
}

Outcome Kernel::run(const Octets& frame) const {
  Octets out(4096);
  LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = frame.data(), .data_out = out.data(),
              .data_size_in = static_cast<uint32_t>(frame.size()),
              .data_size_out = static_cast<uint32_t>(out.size()));
  if (bpf_prog_test_run_opts(program("answer_test"), &options) != 0) fail("running the program");
  out.resize(options.data_size_out);
  return {.answer = answer_of(options.retval), .frame = std::move(out)};
}

double Kernel::nanoseconds(const Octets& frame, int repeat) const {
  struct {
    uint32_t size;
    std::array<uint8_t, 512> bytes;
  } kept = {static_cast<uint32_t>(frame.size()), {}};
  std::copy(frame.begin(), frame.end(), kept.bytes.begin());
  if (bpf_map_update_elem(map("kept"), &kFirst, &kept, BPF_ANY) != 0) fail("kept");
  const auto mean = [&](const char* name) {
    LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = frame.data(),
                .data_size_in = static_cast<uint32_t>(frame.size()), .repeat = repeat);
    if (bpf_prog_test_run_opts(program(name), &options) != 0) fail("running the program");
    return static_cast<double>(options.duration);
  };
  return mean("put_back_and_answer") - mean("put_back_only");
}

Expected by_user_space(const answer::Engine& engine, const Octets& frame) {
  frame::Layout layout;
  if (frame::inbound(frame, {}, layout) != frame::Verdict::query) return {};
  Octets buffer(std::max(frame.size(), layout.payload + answer::kMinBuffer) + 64, 0x5A);
  std::copy(frame.begin(), frame.end(), buffer.begin());
  const auto reply = engine.respond(wire::MutableBytes(buffer).subspan(layout.payload), layout.payload_size,
                                    answer::Transport::udp);
  if (!answer::is_reply(reply.kind)) return {};
  buffer.resize(frame::outbound(buffer, layout, reply.size, {}));
  return {.kind = reply.kind, .frame = std::move(buffer)};
}

ptrd_kernel_answer compare(const Kernel& kernel, const answer::Engine& engine, const Octets& frame) {
  const Outcome outcome = kernel.run(frame);
  if (outcome.answer == PTRD_KERNEL_DECLINED) {
    EXPECT_EQ(outcome.frame, frame);
    return outcome.answer;
  }
  const Expected expected = by_user_space(engine, frame);
  EXPECT_EQ(expected.kind,
            outcome.answer == PTRD_KERNEL_ANSWER ? answer::Kind::answer : answer::Kind::nxdomain);
  EXPECT_EQ(outcome.frame, expected.frame);
  return outcome.answer;
}

}  // namespace ptrd::test
