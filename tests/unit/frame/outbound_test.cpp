// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "ptrd/frame/frame.hpp"
#include "unit/packet_builder.hpp"

namespace ptrd::frame {
namespace {

using test::Packet;

Packet query4() {
  return Packet().ipv4("198.51.100.9", "192.0.2.53").udp(40000, 53).query({});
}
Packet query6() {
  return Packet().ipv6("2001:db8::9", "2001:db8::53").udp(40000, 53).query({});
}

/// Receives a query, replaces it with `reply` and sends it; the frame's buffer ends where the reply ends.
test::Octets answer(const Packet& packet, const test::Octets& reply, Offload tx_offload = {}) {
  test::Octets frame = packet.build();
  Layout layout;
  EXPECT_EQ(inbound(frame, {}, layout), Verdict::query);
  frame.resize(layout.payload + reply.size());
  std::copy(reply.begin(), reply.end(), frame.begin() + layout.payload);
  frame.shrink_to_fit();
  EXPECT_EQ(outbound(frame, layout, reply.size(), tx_offload), frame.size());
  return frame;
}

test::Octets counted(size_t size) {
  test::Octets octets(size);
  for (size_t i = 0; i < size; ++i) octets[i] = static_cast<uint8_t>(i * 7 + 1);
  return octets;
}

// An IPv4 reply goes back where the query came from, with TTL 64, DF, identification 0 and TOS 0, and right
// checksums.
TEST(Outbound, TurnsAnIpv4FrameAround) {
  const auto reply = counted(90);
  const auto sent = test::read_datagram(answer(query4().tos(0x28).hop_limit(3), reply));
  ASSERT_TRUE(sent);
  EXPECT_EQ(sent->destination_mac, test::kClientMac);
  EXPECT_EQ(sent->source_mac, test::kServerMac);
  EXPECT_FALSE(sent->vlan);
  EXPECT_EQ(sent->source, (test::Octets{192, 0, 2, 53}));
  EXPECT_EQ(sent->destination, (test::Octets{198, 51, 100, 9}));
  EXPECT_EQ(sent->source_port, 53);
  EXPECT_EQ(sent->destination_port, 40000);
  EXPECT_EQ(sent->hop_limit, 64);
  EXPECT_EQ(sent->fragment, 0x4000);
  EXPECT_EQ(sent->identification, 0);
  EXPECT_EQ(sent->tos, 0);
  EXPECT_TRUE(sent->ip_checksum_right);
  EXPECT_TRUE(sent->udp_checksum_right);
  EXPECT_EQ(sent->payload, reply);
}

// An IPv6 reply likewise, with hop limit 64, traffic class and flow label 0.
TEST(Outbound, TurnsAnIpv6FrameAround) {
  const auto reply = counted(151);
  const auto sent = test::read_datagram(answer(query6().tos(0x28).flow_label(0x12345).hop_limit(3), reply));
  ASSERT_TRUE(sent);
  EXPECT_EQ(sent->destination_mac, test::kClientMac);
  EXPECT_EQ(sent->source_mac, test::kServerMac);
  EXPECT_TRUE(sent->is_ipv6);
  EXPECT_EQ(sent->source.back(), 0x53);
  EXPECT_EQ(sent->destination.back(), 0x09);
  EXPECT_EQ(sent->source_port, 53);
  EXPECT_EQ(sent->destination_port, 40000);
  EXPECT_EQ(sent->hop_limit, 64);
  EXPECT_EQ(sent->tos, 0);
  EXPECT_EQ(sent->flow_label, 0U);
  EXPECT_TRUE(sent->udp_checksum_right);
  EXPECT_EQ(sent->payload, reply);
}

// A VLAN tag stays, priority bits included.
TEST(Outbound, KeepsTheVlanTag) {
  for (const Packet& packet : {query4().vlan(0xE007), query6().vlan(0xE007)}) {
    const auto sent = test::read_datagram(answer(packet, counted(40)));
    ASSERT_TRUE(sent);
    EXPECT_EQ(sent->vlan, 0xE007);
    EXPECT_TRUE(sent->ip_checksum_right && sent->udp_checksum_right);
  }
}

// A reply has a UDP checksum even when the query had none.
TEST(Outbound, AlwaysGivesAUdpChecksum) {
  const auto sent = test::read_datagram(answer(query4().no_udp_checksum(), counted(50)));
  ASSERT_TRUE(sent);
  EXPECT_TRUE(sent->udp_checksum_right);
}

// A UDP checksum that comes out as 0 is sent as 0xFFFF, since 0 means "none" (RFC 768): found by trying
// payloads.
TEST(Outbound, WritesAllOnesForAZeroChecksum) {
  for (const Packet& packet : {query4(), query6()}) {
    auto reply = counted(12);
    reply[0] = reply[1] = 0;
    // The word that brings the sum to 0xFFFF is the checksum that the reply has without it.
    const auto without = test::read_datagram(answer(packet, reply));
    ASSERT_TRUE(without);
    wire::store16(reply.data(), without->udp_checksum);
    const auto sent = test::read_datagram(answer(packet, reply));
    ASSERT_TRUE(sent);
    EXPECT_EQ(sent->udp_checksum, 0xFFFF);
    EXPECT_TRUE(sent->udp_checksum_right);
  }
}

// With the checksums left to the card, the IPv4 field is 0 and the UDP field holds the pseudo-header's sum,
// as DPDK wants.
TEST(Outbound, LeavesChecksumsToTheCard) {
  const auto tx_offload =
      test::read_datagram(answer(query4(), counted(60), {.ip_checksum = true, .udp_checksum = true}));
  ASSERT_TRUE(tx_offload);
  EXPECT_EQ(tx_offload->ip_checksum, 0);
  EXPECT_EQ(tx_offload->udp_checksum, tx_offload->pseudo_header_sum);

  const auto by_card6 =
      test::read_datagram(answer(query6(), counted(60), {.ip_checksum = true, .udp_checksum = true}));
  ASSERT_TRUE(by_card6);
  EXPECT_EQ(by_card6->udp_checksum, by_card6->pseudo_header_sum);
}

// Each of the two checksums can be left to the card alone.
TEST(Outbound, LeavesOneChecksumToTheCard) {
  const auto ip = test::read_datagram(answer(query4(), counted(60), {.ip_checksum = true}));
  ASSERT_TRUE(ip);
  EXPECT_EQ(ip->ip_checksum, 0);
  EXPECT_TRUE(ip->udp_checksum_right);
  const auto udp = test::read_datagram(answer(query4(), counted(60), {.udp_checksum = true}));
  ASSERT_TRUE(udp);
  EXPECT_TRUE(udp->ip_checksum_right);
  EXPECT_EQ(udp->udp_checksum, udp->pseudo_header_sum);
}

// Every reply size up to what ptrd sends over UDP, odd ones too, gets a valid frame; the smallest is a bare
// DNS header.
TEST(Outbound, FramesEveryReplySize) {
  for (size_t size = kMinReply; size <= 1300; ++size) {
    const auto reply = counted(size);
    for (const Packet& packet : {query4(), query6()}) {
      const auto sent = test::read_datagram(answer(packet, reply));
      ASSERT_TRUE(sent) << size;
      EXPECT_TRUE(sent->ip_checksum_right && sent->udp_checksum_right) << size;
      EXPECT_EQ(sent->payload, reply) << size;
    }
  }
}

// The largest reply fills both length fields.
TEST(Outbound, FramesTheLargestReply) {
  for (const Packet& packet : {query4(), query6()}) {
    const auto sent = test::read_datagram(answer(packet, counted(kMaxReply)));
    ASSERT_TRUE(sent);
    EXPECT_TRUE(sent->ip_checksum_right && sent->udp_checksum_right);
    EXPECT_EQ(sent->payload.size(), kMaxReply);
  }
}

// Nothing after the reply is touched: a port may keep its own data there.
TEST(Outbound, WritesNothingBehindTheReply) {
  test::Octets frame = query4().build();
  Layout layout;
  ASSERT_EQ(inbound(frame, {}, layout), Verdict::query);
  frame.resize(frame.size() + 64, 0xA5);
  const size_t size = outbound(frame, layout, 20, {});
  const test::Octets before = Packet(query4()).build();
  for (size_t i = size; i < frame.size(); ++i) EXPECT_EQ(frame[i], i < before.size() ? before[i] : 0xA5) << i;
}

std::string random_address(bool ipv6) {
  const auto octets = *rc::gen::container<test::Octets>(16, rc::gen::arbitrary<uint8_t>());
  if (!ipv6) {
    std::string text = std::to_string(1 + octets[0] % 126);
    for (size_t i = 1; i < 4; ++i) text += '.' + std::to_string(octets[i]);
    return text;
  }
  std::string text = "2001";
  char group[8];
  for (size_t i = 2; i < 16; i += 2) {
    std::snprintf(group, sizeof group, ":%x", octets[i] << 8 | octets[i + 1]);
    text += group;
  }
  return text;
}

// Any query, answered, reads back as the reply from the query's destination to its source; answered again it
// is the query's frame in the original direction, which `inbound` accepts with all checksums verified.
RC_GTEST_PROP(Outbound, RoundTrips, ()) {
  const auto ipv6 = *rc::gen::arbitrary<bool>();
  const auto client = random_address(ipv6);
  const auto server = random_address(ipv6);
  const auto port = *rc::gen::inRange<uint16_t>(1, 0xFFFF);
  Packet packet;
  ipv6 ? packet.ipv6(client, server) : packet.ipv4(client, server);
  if (*rc::gen::arbitrary<bool>()) packet.vlan(*rc::gen::arbitrary<uint16_t>());
  packet.udp(port, 53)
      .payload(*rc::gen::arbitrary<test::Octets>())
      .padding(*rc::gen::inRange<size_t>(0, 20), 0x5A);
  const auto query = test::read_datagram(packet.build());
  RC_ASSERT(query.has_value());

  const auto reply = *rc::gen::container<test::Octets>(*rc::gen::inRange(kMinReply, size_t{700}),
                                                       rc::gen::arbitrary<uint8_t>());
  test::Octets frame = answer(packet, reply);
  const auto sent = test::read_datagram(frame);
  RC_ASSERT(sent.has_value());
  RC_ASSERT(sent->ip_checksum_right && sent->udp_checksum_right);
  RC_ASSERT(sent->source == query->destination && sent->destination == query->source);
  RC_ASSERT(sent->source_port == 53 && sent->destination_port == port);
  RC_ASSERT(sent->destination_mac == query->source_mac && sent->source_mac == query->destination_mac);
  RC_ASSERT(sent->vlan == query->vlan);
  RC_ASSERT(sent->payload == reply);

  Layout layout;
  RC_ASSERT(inbound(packet.build(), {}, layout) == Verdict::query);
  RC_ASSERT(outbound(frame, layout, reply.size(), {}) == frame.size());
  RC_ASSERT(inbound(frame, {}, layout) == Verdict::query);
  RC_ASSERT(layout.payload_size == reply.size());
}

}  // namespace
}  // namespace ptrd::frame
