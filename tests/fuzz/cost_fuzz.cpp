// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// Searches for costly messages instead of new code paths: it counts the engine's basic blocks that a message
// executes, and a message that executes more than any before counts as a discovery. It fails on one that
// needs a quarter more than the costliest known. The costliest found are in tests/cost/messages.hpp, and
// callgrind counts them in instructions (tests/e2e/test_message_cost.py).
//
// COST_WORST=FILE: writes the costliest message to FILE.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "cost/messages.hpp"
#include "ptrd/answer/engine.hpp"

using namespace ptrd;

namespace {

uint64_t blocks = 0;

/// One counter for each step of about a sixteenth: libFuzzer keeps an input that sets one for the first time.
constexpr size_t kSteps = 512;
[[gnu::section("__libfuzzer_extra_counters")]] volatile uint8_t steps[kSteps];

size_t step_of(uint64_t count) {
  constexpr unsigned kParts = 16;
  if (count < kParts) return static_cast<size_t>(count);
  const auto bits = static_cast<unsigned>(63 - __builtin_clzll(count));
  return std::min<size_t>(kSteps - 1, (bits - 3) * kParts + (count >> (bits - 4)) % kParts);
}

std::vector<uint8_t> worst;
uint64_t most = 0;

void tell() {
  std::fprintf(stderr, "costliest: %llu basic blocks, %zu bytes\n", static_cast<unsigned long long>(most),
               worst.size());
  const char* path = std::getenv("COST_WORST");
  if (path == nullptr) return;
  if (std::FILE* file = std::fopen(path, "wb")) {
    std::fwrite(worst.data(), 1, worst.size(), file);
    std::fclose(file);
  }
}

}  // namespace

/// Called at each basic block of the code compiled with -fsanitize-coverage=trace-pc: the engine. libFuzzer
/// has its own function of that name, so the linker redirects the calls here.
extern "C" void __wrap___sanitizer_cov_trace_pc() {
  ++blocks;
}

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  std::atexit(tell);
  return 0;
}

namespace {

/// Basic blocks executed for a message over UDP.
uint64_t cost_of(wire::Bytes message) {
  static const auto lines = test::costly_image();
  static const answer::Engine engine{image::View(lines)};
  static std::vector<uint8_t> buffer(65535 + answer::kMinBuffer);
  std::copy(message.begin(), message.end(), buffer.begin());
  const size_t room = std::max<size_t>(message.size(), 2048) + answer::kMinBuffer;
  blocks = 0;
  (void)engine.respond(wire::MutableBytes(buffer).first(room), message.size(), answer::Transport::udp);
  return blocks;
}

uint64_t known_most() {
  uint64_t known = 0;
  for (const test::CostlyMessage& message : test::costly_messages())
    known = std::max(known, cost_of(message.bytes));
  return known;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const uint64_t known = known_most();
  if (size > test::kMaxInDatagram) return 0;
  const uint64_t count = cost_of({data, size});
  steps[step_of(count)] = 1;
  if (count > most) {
    most = count;
    worst.assign(data, data + size);
  }
  if (count > known + known / 4) std::abort();
  return 0;
}

/// Starts from messages that are known to be costly, and from the parts of ordinary queries.
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size, unsigned seed);
extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size, unsigned seed) {
  static const auto known = test::costly_messages();
  if (size == 0 || seed % 64 == 0) {
    const auto& message = known[seed / 64 % known.size()].bytes;
    size = std::min(message.size(), max_size);
    std::copy_n(message.begin(), size, data);
    if (seed % 128 == 0) return size;
  }
  size = LLVMFuzzerMutate(data, size, max_size);
  // Usually one question and not a reply: other messages end early.
  if (size > 12 && seed % 8 != 0) {
    data[2] = static_cast<uint8_t>(data[2] & 0x01);
    data[4] = 0;
    data[5] = 1;
    if (seed % 16 != 1) data[6] = data[8] = data[10] = 0;
  }
  return size;
}
