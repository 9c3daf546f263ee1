// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <algorithm>
#include <cstdio>
#include <random>
#include <stdexcept>
#include <vector>

#include "policy/policy.hpp"
#include "port/xdp/shared_lines.hpp"
#include "unit/bpf/kernel.hpp"
#include "unit/image_maker.hpp"

// What an answer inside the kernel costs: bpf/answer.h run on one frame again and again (BPF_PROG_TEST_RUN),
// so that every line is in the cache. Needs root.

namespace {

using namespace ptrd;

constexpr int kRepeat = 200'000;
constexpr int kRounds = 7;

std::string reverse(std::string_view address) {
  std::string text = wire::name_of_key(*wire::key_of_address(address)).to_text();
  text.pop_back();
  return text;
}

/// 10,000 records a family, as an ISP names them.
std::vector<image::Line> image_of_many() {
  test::ImageMaker maker;
  maker.zone("18.198.in-addr.arpa");
  for (int i = 0; i < 10'000; ++i) {
    const std::string tail = std::to_string(i / 250) + ".18.198.in-addr.arpa";
    maker.ptr(std::to_string(i % 250) + "." + tail, "h-" + std::to_string(i) + ".pool.example.net");
  }
  maker.zone("8.b.d.0.1.0.0.2.ip6.arpa");
  for (unsigned i = 0; i < 10'000; ++i) {
    wire::AddressKey key = *wire::key_of_address("2001:db8::");
    key.address[6] = static_cast<uint8_t>(i >> 8);
    key.address[7] = static_cast<uint8_t>(i);
    key.address[15] = 1;
    maker.ptr(wire::name_of_key(key).to_text(), "h6-" + std::to_string(i) + ".pool.example.net");
  }
  return maker.lines();
}

void measure(const test::Kernel& kernel, const char* what, const test::Query& query) {
  const auto frame = test::Packet().ipv4("198.51.100.9", "192.0.2.53").udp(40000, 53).query(query).build();
  std::vector<double> rounds(kRounds);
  for (double& round : rounds) round = kernel.nanoseconds(frame, kRepeat);
  std::sort(rounds.begin(), rounds.end());
  std::printf("%-28s %6.0f ns (%.0f to %.0f)\n", what, rounds[kRounds / 2], rounds.front(), rounds.back());
}

}  // namespace

int main() try {
  if (const std::string why = test::Kernel::missing(); !why.empty()) {
    std::fprintf(stderr, "kernel_answer: %s\n", why.c_str());
    return 1;
  }
  test::Kernel kernel(wire::kUdpPayload, true);
  kernel.serve(image_of_many());
  const test::Edns edns = {.options = {{10, test::Octets(8)}}};
  measure(kernel, "IPv4 name, hit", {.name = "77.9.18.198.in-addr.arpa"});
  measure(kernel, "IPv4 name, hit, EDNS", {.name = "77.9.18.198.in-addr.arpa", .edns = edns});
  measure(kernel, "IPv4 name, NXDOMAIN", {.name = "255.9.18.198.in-addr.arpa"});
  measure(kernel, "IPv6 name, hit", {.name = reverse("2001:db8:0:1234::1")});
  measure(kernel, "IPv6 name, hit, EDNS", {.name = reverse("2001:db8:0:1234::1"), .edns = edns});
  measure(kernel, "IPv6 name, NXDOMAIN", {.name = reverse("2001:db8:0:1234::2")});
  measure(kernel, "declined: not ours", {.name = "1.113.0.203.in-addr.arpa"});
  policy::Spec spec;
  spec.cookies = policy::Cookies::Settings{.secrets = {{1, 2}}};
  const auto lines = policy::KernelLines::make(spec, port::make_shared_lines);
  if (!lines) throw std::runtime_error(lines.error());
  kernel.apply(lines->get());
  measure(kernel, "policy: IPv4, hit, EDNS", {.name = "77.9.18.198.in-addr.arpa", .edns = test::Edns{}});
  measure(kernel, "policy: IPv4, hit, cookie", {.name = "77.9.18.198.in-addr.arpa", .edns = edns});
  return 0;
} catch (const std::exception& e) {
  std::fprintf(stderr, "kernel_answer: %s\n", e.what());
  return 1;
}
