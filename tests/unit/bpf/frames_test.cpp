// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <random>

#include "fuzz/rich_image.hpp"
#include "kernel.hpp"

// Malformed and unusual frames.

namespace ptrd::test {
namespace {

using answer::Engine;
using image::View;

const Query kHit = {.name = "3.2.0.192.in-addr.arpa", .edns = Edns{.options = {{10, Octets(8)}}}};

Packet v4() {
  return Packet().ipv4("198.51.100.9", "192.0.2.53").udp(40000, 53).query(kHit);
}
Packet v6() {
  return Packet().ipv6("2001:db8::9", "2001:db8::53").udp(40000, 53).query(kHit);
}

class KernelFramesTest : public KernelTest {
 protected:
  void SetUp() override {
    KernelTest::SetUp();
    if (kernel_) kernel_->serve(lines_);
  }
  ptrd_kernel_answer ask(const Packet& packet) { return compare(*kernel_, engine_, packet.build()); }

  std::vector<image::Line> lines_ = rich_image();
  Engine engine_{View(lines_)};
};

// Ethernet padding, octets after the UDP datagram, no IPv4 UDP checksum, any TOS and TTL: still answered.
TEST_F(KernelFramesTest, AnswersOddButRightFrames) {
  EXPECT_EQ(ask(v4()), PTRD_KERNEL_ANSWER);
  EXPECT_EQ(ask(v6()), PTRD_KERNEL_ANSWER);
  EXPECT_EQ(ask(v4().padding(300, 0xEE)), PTRD_KERNEL_ANSWER);
  EXPECT_EQ(ask(v6().padding(1, 0xEE)), PTRD_KERNEL_ANSWER);
  EXPECT_EQ(ask(v4().behind_udp({1, 2, 3})), PTRD_KERNEL_ANSWER);
  EXPECT_EQ(ask(v6().behind_udp({1, 2, 3})), PTRD_KERNEL_ANSWER);
  EXPECT_EQ(ask(v4().no_udp_checksum()), PTRD_KERNEL_ANSWER);
  EXPECT_EQ(ask(v4().tos(0xFF).hop_limit(1).fragment_flags(0x4000)), PTRD_KERNEL_ANSWER);
  EXPECT_EQ(ask(v6().tos(0xFF).flow_label(0xFFFFF).hop_limit(1)), PTRD_KERNEL_ANSWER);
  EXPECT_EQ(ask(Packet().ipv4("198.51.100.9", "192.0.2.53").udp(1, 53).query(kHit).vlan(0)),
            PTRD_KERNEL_ANSWER);
  // Octets after the question are ignored.
  Octets longer = Query{.name = "3.2.0.192.in-addr.arpa"}.bytes();
  longer.resize(longer.size() + 5, 0x55);
  EXPECT_EQ(ask(v4().payload(longer)), PTRD_KERNEL_ANSWER);
}

// Frames that user space would drop, count or hand to the kernel pass unchanged.
TEST_F(KernelFramesTest, DeclinesWrongFrames) {
  EXPECT_EQ(ask(v4().break_ip_checksum()), PTRD_KERNEL_DECLINED);
  EXPECT_EQ(ask(v4().break_udp_checksum()), PTRD_KERNEL_DECLINED);
  EXPECT_EQ(ask(v6().break_udp_checksum()), PTRD_KERNEL_DECLINED);
  EXPECT_EQ(ask(v6().no_udp_checksum()), PTRD_KERNEL_DECLINED);
  EXPECT_EQ(ask(v4().vlan(1).vlan(2)), PTRD_KERNEL_DECLINED);
  EXPECT_EQ(ask(v4().vlan(1, 0x88A8)), PTRD_KERNEL_DECLINED);
  EXPECT_EQ(ask(v4().ip_options({1, 1, 1, 1})), PTRD_KERNEL_DECLINED);
  EXPECT_EQ(ask(v4().fragment(0, true)), PTRD_KERNEL_DECLINED);
  EXPECT_EQ(ask(v6().fragment(0, false)), PTRD_KERNEL_DECLINED);
  EXPECT_EQ(ask(v6().extension(60, Octets(6))), PTRD_KERNEL_DECLINED);
  EXPECT_EQ(ask(v4().protocol(6)), PTRD_KERNEL_DECLINED);
  EXPECT_EQ(ask(v4().udp_length(7)), PTRD_KERNEL_DECLINED);
  EXPECT_EQ(ask(v4().udp_length(500)), PTRD_KERNEL_DECLINED);
  EXPECT_EQ(ask(v6().udp_length(500)), PTRD_KERNEL_DECLINED);
  EXPECT_EQ(ask(v4().ip_length(27)), PTRD_KERNEL_DECLINED);
  EXPECT_EQ(ask(v4().ip_length(500)), PTRD_KERNEL_DECLINED);
  EXPECT_EQ(ask(v6().ip_length(500)), PTRD_KERNEL_DECLINED);
  EXPECT_EQ(ask(v4().first_octet(0x55)), PTRD_KERNEL_DECLINED);
  EXPECT_EQ(ask(v6().first_octet(0x50)), PTRD_KERNEL_DECLINED);
  EXPECT_EQ(ask(v4().payload({})), PTRD_KERNEL_DECLINED);
  EXPECT_EQ(ask(Packet().ipv4("198.51.100.9", "192.0.2.53").udp(0, 53).query(kHit)), PTRD_KERNEL_DECLINED);
  EXPECT_EQ(ask(Packet().ipv4("198.51.100.9", "192.0.2.53").udp(40000, 54).query(kHit)),
            PTRD_KERNEL_DECLINED);
}

// Neither end may be a group, or an address that is not a single host's (RFC 1122 3.2.1.3, RFC 4291 2.5).
TEST_F(KernelFramesTest, DeclinesStrangeAddresses) {
  const Mac group = {0x01, 0, 0x5E, 0, 0, 0xFB};
  EXPECT_EQ(ask(v4().ethernet(group, kClientMac)), PTRD_KERNEL_DECLINED);
  EXPECT_EQ(ask(v4().ethernet(kServerMac, group)), PTRD_KERNEL_DECLINED);
  for (const char* address : {"0.0.0.0", "127.0.0.1", "224.0.0.251", "255.255.255.255", "240.0.0.1"}) {
    EXPECT_EQ(ask(Packet().ipv4(address, "192.0.2.53").udp(4000, 53).query(kHit)), PTRD_KERNEL_DECLINED);
    EXPECT_EQ(ask(Packet().ipv4("192.0.2.53", address).udp(4000, 53).query(kHit)), PTRD_KERNEL_DECLINED);
  }
  for (const char* address : {"::", "::1", "::ffff:192.0.2.1", "ff02::fb"}) {
    EXPECT_EQ(ask(Packet().ipv6(address, "2001:db8::53").udp(4000, 53).query(kHit)), PTRD_KERNEL_DECLINED);
    EXPECT_EQ(ask(Packet().ipv6("2001:db8::53", address).udp(4000, 53).query(kHit)), PTRD_KERNEL_DECLINED);
  }
}

// Checksum offload without a card: over veth the UDP checksum field of a local sender's frame has only the
// sum of the pseudo-header. It must be treated as wrong, as AF_XDP sockets do.
TEST_F(KernelFramesTest, DeclinesUnfinishedChecksums) {
  for (const Packet& packet : {v4(), v6()}) {
    Octets frame = packet.build();
    const auto datagram = read_datagram(frame);
    ASSERT_TRUE(datagram);
    const size_t at = frame.size() - datagram->payload.size() - 2;
    frame[at] = static_cast<uint8_t>(datagram->pseudo_header_sum >> 8);
    frame[at + 1] = static_cast<uint8_t>(datagram->pseudo_header_sum);
    EXPECT_EQ(compare(*kernel_, engine_, frame), PTRD_KERNEL_DECLINED);
  }
}

// A truncated frame is never answered, except if only padding is missing.
TEST_F(KernelFramesTest, TruncatedFrames) {
  for (const Packet& packet : {v4(), v6(), v4().vlan(3), v6().vlan(3)}) {
    const Octets whole = packet.build();
    for (size_t size = 14; size < whole.size(); ++size) {
      const Octets cut(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(size));
      EXPECT_EQ(compare(*kernel_, engine_, cut), PTRD_KERNEL_DECLINED) << size;
    }
  }
}

// A truncated message in a valid frame.
TEST_F(KernelFramesTest, TruncatedMessages) {
  const std::string name6 = "0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa";
  for (const Query& query : {kHit, Query{.name = kHit.name}, Query{.name = name6}}) {
    const Octets whole = query.bytes();
    for (size_t size = 0; size < whole.size(); ++size) {
      const Octets cut(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(size));
      EXPECT_EQ(ask(v4().payload(cut)), PTRD_KERNEL_DECLINED) << size;
      EXPECT_EQ(ask(v6().payload(cut)), PTRD_KERNEL_DECLINED) << size;
      // Missing bytes may still be in the program's memory, from the previous query.
      EXPECT_EQ(ask(v4().payload(whole)), PTRD_KERNEL_ANSWER);
      EXPECT_EQ(ask(v4().payload(cut).no_udp_checksum()), PTRD_KERNEL_DECLINED) << size;
    }
  }
}

// Each octet of a message set to every value, in a valid frame: the same result as in user space, or
// declined.
TEST_F(KernelFramesTest, ChangedMessages) {
  const Octets whole = kHit.bytes();
  unsigned answered = 0;
  for (size_t at = 2; at < whole.size(); ++at) {
    for (unsigned value = 0; value < 256; ++value) {
      Octets changed = whole;
      changed[at] = static_cast<uint8_t>(value);
      answered += ask(v4().payload(changed)) != PTRD_KERNEL_DECLINED ? 1 : 0;
    }
    ASSERT_FALSE(HasFailure()) << at;
  }
  EXPECT_GT(answered, 1000U);
}

// Each bit of a frame flipped: the same result as in user space, or declined.
TEST_F(KernelFramesTest, ChangedFrames) {
  for (const Packet& packet : {v4(), v6(), v4().vlan(3), v6().vlan(3), v4().no_udp_checksum()}) {
    const Octets whole = packet.build();
    for (size_t bit = 0; bit < whole.size() * 8; ++bit) {
      Octets changed = whole;
      changed[bit / 8] = static_cast<uint8_t>(changed[bit / 8] ^ (1U << (bit % 8)));
      (void)compare(*kernel_, engine_, changed);
    }
  }
}

// User space never loads an invalid image; if a line changes later, the kernel still sends complete frames or
// none.
TEST_F(KernelFramesTest, DamagedImages) {
  std::mt19937 random(5);
  const auto any = [&](size_t bound) { return std::uniform_int_distribution<size_t>(0, bound - 1)(random); };
  unsigned answered = 0;
  for (int image = 0; image < 200; ++image) {
    auto lines = lines_;
    for (int changes = 0; changes < 60; ++changes) {
      uint8_t& octet = lines[any(lines.size())].bytes[any(image::kLineSize)];
      octet = static_cast<uint8_t>(any(2) == 0 ? any(256) : octet ^ 1U << any(8));
    }
    kernel_->serve(lines);
    for (const char* name : {"3.2.0.192.in-addr.arpa", "77.2.0.192.in-addr.arpa", "1.1.1.10.in-addr.arpa",
                             "5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.e.6.0.0.8.b.d.0.1.0.0.2.ip6.arpa"}) {
      const Octets frame =
          Packet().ipv4("198.51.100.9", "192.0.2.53").udp(40000, 53).query({.name = name}).build();
      const Outcome outcome = kernel_->run(frame);
      if (outcome.answer == PTRD_KERNEL_DECLINED) {
        EXPECT_EQ(outcome.frame, frame);
        continue;
      }
      ++answered;
      const auto sent = read_datagram(outcome.frame);
      ASSERT_TRUE(sent) << name;
      EXPECT_TRUE(sent->ip_checksum_right && sent->udp_checksum_right) << name;
    }
  }
  EXPECT_GT(answered, 100U);
}

}  // namespace
}  // namespace ptrd::test
