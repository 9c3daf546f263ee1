// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "load/transport/udp_path.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "ptrd/frame/checksum.hpp"
#include "unit/packet_builder.hpp"

namespace ptrd::load {
namespace {

using test::Octets;
using test::Packet;

constexpr Mac kOurs = {2, 0, 0, 0, 0, 0x0A};
constexpr Mac kNext = {2, 0, 0, 0, 0, 0x0B};

struct Family {
  const char* source;
  const char* server;
};
constexpr Family kFamilies[] = {{"198.51.100.9", "192.0.2.53"}, {"2001:db8::9", "2001:db8::53"}};

UdpPath path(const Family& family, uint16_t port = 53) {
  return UdpPath({.mac = kOurs,
                  .next_hop = kNext,
                  .source = *port::parse_host_address(family.source),
                  .server = *port::parse_host_address(family.server),
                  .server_port = port});
}

uint16_t sum(const Octets& query) {
  return frame::fold(frame::sum_words(query));
}

/// A frame from the server to our first port.
Packet reply(const Family& family, uint16_t to = kFirstPort, uint16_t from = 53) {
  Packet packet;
  packet.ethernet(kOurs, kNext);
  if (std::string_view(family.source).find(':') == std::string_view::npos) {
    packet.ipv4(family.server, family.source);
  } else {
    packet.ipv6(family.server, family.source);
  }
  return packet.udp(from, to).query({});
}

/// For any query, an independent reader accepts the frame as a complete datagram with correct checksums.
RC_GTEST_PROP(UdpPath, WritesWholeFrames, ()) {
  const Family& family = kFamilies[*rc::gen::inRange(0, 2)];
  auto query = *rc::gen::container<Octets>(*rc::gen::inRange<size_t>(12, 290), rc::gen::arbitrary<uint8_t>());
  const auto port = *rc::gen::arbitrary<uint16_t>(), id = *rc::gen::arbitrary<uint16_t>();
  query[0] = query[1] = 0;
  Octets frame(62 + query.size());
  frame::Layout layout;
  frame.resize(path(family, 5353).write(frame, port, id, query, sum(query), {}, layout));
  const auto read = test::read_datagram(frame);
  RC_ASSERT(read.has_value());
  RC_ASSERT((read->is_ipv6 || read->ip_checksum_right) && read->udp_checksum_right);
  RC_ASSERT(read->source_port == port && read->destination_port == 5353);
  RC_ASSERT(read->source_mac == kOurs && read->destination_mac == kNext);
  Octets expected = query;
  expected[0] = static_cast<uint8_t>(id >> 8);
  expected[1] = static_cast<uint8_t>(id);
  RC_ASSERT(read->payload == expected);
  const auto address = *port::parse_host_address(family.server);
  RC_ASSERT(std::equal(read->destination.rbegin(), read->destination.rend(), address.rbegin()));
}

/// For a card that fills in checksums the fields have the required initial values.
TEST(UdpPath, LeavesChecksumsToTheCard) {
  Octets query = test::Query{}.bytes();
  query[0] = query[1] = 0;
  Octets frame(62 + query.size());
  frame::Layout layout;
  frame.resize(
      path(kFamilies[0])
          .write(frame, 1, 2, query, sum(query), {.ip_checksum = true, .udp_checksum = true}, layout));
  const auto read = test::read_datagram(frame);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->ip_checksum, 0);
  EXPECT_EQ(read->udp_checksum, read->pseudo_header_sum);
  EXPECT_EQ(layout.payload, 42);
}

/// The smallest query still makes a frame of Ethernet's least size, the rest of it zero.
TEST(UdpPath, PadsShortFrames) {
  Octets query(12, 0xFF);
  query[0] = query[1] = 0;
  Octets frame(100, 0xEE);
  frame::Layout layout;
  ASSERT_EQ(path(kFamilies[0]).write(frame, 1, 2, query, sum(query), {}, layout), 60U);
  EXPECT_TRUE(std::all_of(frame.begin() + 54, frame.begin() + 60, [](uint8_t byte) { return byte == 0; }));
}

TEST(UdpPath, ReadsReplies) {
  for (const Family& family : kFamilies) {
    const Octets frame = reply(family, kFirstPort + 77).pad_to(128, 0xAA).build();
    const UdpPath::Read read = path(family).read(frame, {});
    EXPECT_EQ(read.kind, UdpPath::Kind::reply);
    EXPECT_EQ(read.port, kFirstPort + 77);
    EXPECT_EQ(Octets(read.payload.begin(), read.payload.end()), test::Query{}.bytes())
        << "without the padding";
  }
}

TEST(UdpPath, TellsDamage) {
  for (const Family& family : kFamilies) {
    const UdpPath ours = path(family);
    const auto kind = [&](const Packet& packet) { return ours.read(packet.build(), {}).kind; };
    EXPECT_EQ(kind(reply(family).break_udp_checksum()), UdpPath::Kind::damaged);
    EXPECT_EQ(kind(reply(family).udp_length(7)), UdpPath::Kind::damaged);
    EXPECT_EQ(kind(reply(family).udp_length(900)), UdpPath::Kind::damaged);
    EXPECT_EQ(kind(reply(family).ip_length(900)), UdpPath::Kind::damaged);
    const bool v6 = &family == &kFamilies[1];
    EXPECT_EQ(kind(reply(family).no_udp_checksum()), v6 ? UdpPath::Kind::damaged : UdpPath::Kind::reply);
    if (!v6) {
      EXPECT_EQ(kind(reply(family).break_ip_checksum()), UdpPath::Kind::damaged);
    }
  }
}

/// Checksums verified by the card are not checked again.
TEST(UdpPath, TrustsTheCard) {
  const Octets frame = reply(kFamilies[0]).break_udp_checksum().build();
  EXPECT_EQ(path(kFamilies[0]).read(frame, {.udp_checksum = true}).kind, UdpPath::Kind::reply);
}

/// Other traffic, and anything truncated, is ignored.
TEST(UdpPath, PassesOverWhatIsForeign) {
  for (const Family& family : kFamilies) {
    const UdpPath ours = path(family);
    const auto kind = [&](const Packet& packet) { return ours.read(packet.build(), {}).kind; };
    EXPECT_EQ(kind(reply(family, kFirstPort - 1)), UdpPath::Kind::foreign);
    EXPECT_EQ(kind(reply(family, kFirstPort, 54)), UdpPath::Kind::foreign);
    EXPECT_EQ(kind(reply(family).protocol(6)), UdpPath::Kind::foreign);
    EXPECT_EQ(kind(reply(family).ethertype(0x0806)), UdpPath::Kind::foreign);
    EXPECT_EQ(kind(reply({family.source, family.source})), UdpPath::Kind::foreign) << "from another server";
    const Octets whole = reply(family).build();
    for (size_t size = 0; size < whole.size(); ++size) {
      const Octets cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      EXPECT_NE(ours.read(cut, {}).kind, UdpPath::Kind::reply) << size;
    }
  }
  EXPECT_EQ(path(kFamilies[0]).read(reply(kFamilies[0]).fragment(0, true).build(), {}).kind,
            UdpPath::Kind::foreign);
}

}  // namespace
}  // namespace ptrd::load
