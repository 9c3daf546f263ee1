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
constexpr uint32_t kTruncated = 100;
constexpr uint32_t kDropLimited = 101;
ptrd_kernel_answer answer_of(uint32_t verdict) {
  switch (verdict) {
    case XDP_TX:
      return PTRD_KERNEL_ANSWER;
    case XDP_REDIRECT:
      return PTRD_KERNEL_NXDOMAIN;
    case XDP_PASS:
      return PTRD_KERNEL_DECLINED;
    case XDP_DROP:
      return PTRD_KERNEL_DROP_POLICY;
    case kTruncated:
      return PTRD_KERNEL_TRUNCATED;
    case kDropLimited:
      return PTRD_KERNEL_DROP_LIMITED;
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

Kernel::Kernel(uint16_t udp_payload, bool measures) : udp_payload_(udp_payload) {
  object_.reset(bpf_object__open(PTRD_ANSWER_TEST_OBJECT));
  if (!object_) fail(PTRD_ANSWER_TEST_OBJECT);
  // The verifier takes its time for each.
  for (const char* name : {"put_back_only", "put_back_and_answer"}) {
    bpf_program* program = bpf_object__find_program_by_name(object_.get(), name);
    if (program == nullptr || bpf_program__set_autoload(program, measures) != 0) fail(name);
  }
  if (bpf_object__load(object_.get()) != 0) fail("loading " PTRD_ANSWER_TEST_OBJECT);
  images_ = map("images");
  apply(nullptr);
}

void Kernel::apply(const policy::KernelLines* policy) {
  if (policy != nullptr) {
    const int lines = policy->descriptor();
    if (bpf_map_update_elem(map("policies"), &kFirst, &lines, BPF_ANY) != 0) fail("policies");
  }
  const ptrd_answer_settings settings = {.udp_payload = udp_payload_,
                                         .slot = 0,
                                         .has_policy = static_cast<__u8>(policy != nullptr ? 1 : 0),
                                         .reserved = 0};
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

void Kernel::forget_policy() {
  if (bpf_map_delete_elem(map("policies"), &kFirst) != 0) fail("policies");
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

namespace {

/// The frame of the reply that `reply` makes of the message in a buffer.
template <typename MakeReply>
Expected made_by(const Octets& frame, MakeReply make_reply) {
  frame::Layout layout;
  if (frame::inbound(frame, {}, layout) != frame::Verdict::query) return {};
  Octets buffer(std::max(frame.size(), layout.payload + answer::kMinBuffer) + 64, 0x5A);
  std::copy(frame.begin(), frame.end(), buffer.begin());
  const answer::Reply reply =
      make_reply(wire::MutableBytes(buffer).subspan(layout.payload), layout.payload_size);
  if (!answer::is_reply(reply.kind)) return {};
  buffer.resize(frame::outbound(buffer, layout, reply.size, {}));
  return {.kind = reply.kind, .frame = std::move(buffer)};
}

}  // namespace

Expected by_user_space(const answer::Engine& engine, const Octets& frame) {
  return made_by(frame, [&](wire::MutableBytes buffer, size_t size) {
    return engine.respond(buffer, size, answer::Transport::udp);
  });
}

Expected by_user_space(const answer::Engine& engine, const policy::Policy& policy, policy::Station& station,
                       const Octets& frame) {
  const bool ipv6 = frame[12] == 0x86;
  const policy::Client client = {.address = &frame[ipv6 ? 14 + 8 : 14 + 12], .ipv6 = ipv6};
  return made_by(frame, [&](wire::MutableBytes buffer, size_t size) {
    const answer::Message message{buffer.data(), static_cast<uint32_t>(buffer.size()),
                                  static_cast<uint32_t>(size)};
    answer::Query query;
    answer::Reply reply;
    engine.parse({&message, 1}, answer::Transport::udp, {&query, 1});
    station.admit(policy, {&message, 1}, {&client, 1}, {&query, 1});
    engine.walk({&query, 1});
    engine.write({&message, 1}, {&query, 1}, {&reply, 1});
    station.limit(policy, engine, {&message, 1}, {&client, 1}, {&query, 1}, {&reply, 1});
    return reply;
  });
}

Octets truncated_by_user_space(const answer::Engine& engine, const Octets& frame) {
  return made_by(frame,
                 [&](wire::MutableBytes buffer, size_t size) {
                   const answer::Message message{buffer.data(), static_cast<uint32_t>(buffer.size()),
                                                 static_cast<uint32_t>(size)};
                   answer::Query query;
                   engine.parse({&message, 1}, answer::Transport::udp, {&query, 1});
                   return engine.shorten(message, query, answer::Kind::truncated);
                 })
      .frame;
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
