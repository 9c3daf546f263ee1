// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "frame/classify.hpp"
#include "ptrd/frame/frame.hpp"
#include "unit/packet_builder.hpp"

namespace ptrd::frame {
namespace {

using test::Packet;

constexpr Offload kNothing = {};
constexpr Offload kAllKnownGood = {.ip_checksum = true, .udp_checksum = true};

struct Result {
  Verdict verdict;
  Layout layout = {};
};

/// Runs `inbound` on an exactly sized heap copy, so that ASan sees a read past the end; `classify` must
/// agree.
Result run(const test::Octets& frame, Offload verified = kNothing, const OwnAddresses& own = kEveryAddress) {
  const auto copy = std::make_unique<uint8_t[]>(frame.size());
  std::copy(frame.begin(), frame.end(), copy.get());
  const wire::Bytes bytes(copy.get(), frame.size());
  Result result;
  result.verdict = inbound(bytes, verified, own, result.layout);
  Layout layout;
  EXPECT_EQ(classify(bytes, verified, own, layout), result.verdict);
  return result;
}
Verdict verdict(const Packet& packet, Offload verified = kNothing) {
  return run(packet.build(), verified).verdict;
}

Verdict verdict(const Packet& packet, const OwnAddresses& own) {
  return run(packet.build(), kNothing, own).verdict;
}

OwnAddresses::Address address(const char* text) {
  OwnAddresses::Address bytes{};
  if (inet_pton(AF_INET6, text, bytes.data()) == 1) return bytes;
  bytes[10] = bytes[11] = 0xFF;
  EXPECT_EQ(inet_pton(AF_INET, text, &bytes[12]), 1) << text;
  return bytes;
}
OwnAddresses own(std::initializer_list<const char*> texts, std::optional<Mac> mac = test::kServerMac,
                 Verdict others = Verdict::punt_not_ours) {
  std::vector<OwnAddresses::Address> addresses;
  for (const char* text : texts) addresses.push_back(address(text));
  return {mac, addresses, others};
}

Packet v4() {
  return Packet().query({});
}
Packet v6() {
  return Packet().ipv6("2001:db8::9", "2001:db8::53").query({});
}

/// The payload that `inbound` found.
test::Octets payload_of(const test::Octets& frame, const Layout& layout) {
  const auto found = wire::Bytes(frame).subspan(layout.payload, layout.payload_size);
  return {found.begin(), found.end()};
}

void expect_layout(const Packet& packet, Layout want) {
  const test::Octets frame = packet.build();
  const auto [got, layout] = run(frame);
  ASSERT_EQ(got, Verdict::query);
  EXPECT_EQ(layout.l3, want.l3);
  EXPECT_EQ(layout.udp, want.udp);
  EXPECT_EQ(layout.payload, want.payload);
  EXPECT_EQ(layout.ipv6, want.ipv6);
  EXPECT_EQ(layout.payload_size, want.payload_size);
}

// A plain IPv4 query is found, with or without one VLAN tag.
TEST(Inbound, FindsAnIpv4Query) {
  const auto size = static_cast<uint16_t>(test::Query{}.bytes().size());
  expect_layout(v4(), {.l3 = 14, .udp = 34, .payload = 42, .ipv6 = false, .payload_size = size});
  expect_layout(v4().vlan(7), {.l3 = 18, .udp = 38, .payload = 46, .ipv6 = false, .payload_size = size});
}

// A plain IPv6 query is found, with or without one VLAN tag; any traffic class and flow label are accepted.
TEST(Inbound, FindsAnIpv6Query) {
  const auto size = static_cast<uint16_t>(test::Query{}.bytes().size());
  expect_layout(v6(), {.l3 = 14, .udp = 54, .payload = 62, .ipv6 = true, .payload_size = size});
  expect_layout(v6().vlan(7), {.l3 = 18, .udp = 58, .payload = 66, .ipv6 = true, .payload_size = size});
  EXPECT_EQ(verdict(v6().tos(0xB8).flow_label(0xFEDCB)), Verdict::query);
  EXPECT_EQ(verdict(v4().tos(0xB8)), Verdict::query);
}

// A query's payload is the message as sent, including EDNS with options.
TEST(Inbound, FindsTheWholeMessage) {
  const test::Query query = {.id = 7,
                             .edns = test::Edns{.dnssec_ok = true, .options = {{10, test::Octets(8, 0xC0)}}}};
  for (const Packet& packet : {v4().query(query), v6().query(query)}) {
    const test::Octets frame = packet.build();
    const auto [got, layout] = run(frame);
    ASSERT_EQ(got, Verdict::query);
    EXPECT_EQ(payload_of(frame, layout), query.bytes());
  }
}

// Ethernet padding of any content adds nothing to the message (invariant 9).
TEST(Inbound, IgnoresEthernetPadding) {
  const test::Octets tiny = {1, 2, 3};
  for (const Packet& packet : {v4().payload(tiny), v6().payload(tiny), v4().vlan(1).payload(tiny)}) {
    for (const size_t padding : {0U, 1U, 15U, 64U}) {
      const test::Octets frame = Packet(packet).padding(padding, 0xEE).build();
      const auto [got, layout] = run(frame);
      ASSERT_EQ(got, Verdict::query);
      EXPECT_EQ(payload_of(frame, layout), tiny);
    }
  }
}

// Payloads of every size from 0 up, including odd ones, pass with their checksum and fail with any one bit of
// it flipped.
TEST(Inbound, VerifiesEveryPayloadSize) {
  for (size_t size = 0; size < 300; ++size) {
    test::Octets payload(size);
    for (size_t i = 0; i < size; ++i) payload[i] = static_cast<uint8_t>(i * 37 + size);
    for (const Packet& packet :
         {v4().payload(payload), v6().payload(payload), v6().vlan(2).payload(payload)}) {
      EXPECT_EQ(verdict(packet), Verdict::query) << size;
      EXPECT_EQ(verdict(Packet(packet).break_udp_checksum()), Verdict::drop_udp_checksum) << size;
    }
  }
}

// A flipped bit anywhere from the IP header on never passes as a query, except in the IPv6 fields without a
// checksum: traffic class, flow label and hop limit.
TEST(Inbound, NoticesEveryFlippedBit) {
  const auto passes = [](test::Octets frame, size_t bit) {
    frame[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    return run(frame).verdict == Verdict::query;
  };
  const test::Octets frame4 = v4().build();
  for (size_t bit = size_t{8} * 14; bit < 8 * frame4.size(); ++bit) EXPECT_FALSE(passes(frame4, bit)) << bit;
  const test::Octets frame6 = v6().build();
  for (size_t bit = size_t{8} * 18; bit < 8 * frame6.size(); ++bit)
    EXPECT_EQ(passes(frame6, bit), bit / 8 == 14 + 7) << bit;
}

// A wrong IPv4 header checksum drops the frame, unless the card has found it right.
TEST(Inbound, DropsABadIpChecksum) {
  EXPECT_EQ(verdict(v4().break_ip_checksum()), Verdict::drop_ip_checksum);
  EXPECT_EQ(verdict(v4().vlan(3).break_ip_checksum()), Verdict::drop_ip_checksum);
  EXPECT_EQ(verdict(v4().break_ip_checksum(), {.ip_checksum = true}), Verdict::query);
}

// A wrong UDP checksum drops the frame, unless the card has found it right.
TEST(Inbound, DropsABadUdpChecksum) {
  for (const Packet& packet : {v4(), v6(), v4().vlan(3), v6().vlan(3)}) {
    EXPECT_EQ(verdict(Packet(packet).break_udp_checksum()), Verdict::drop_udp_checksum);
    EXPECT_EQ(verdict(Packet(packet).break_udp_checksum(), {.udp_checksum = true}), Verdict::query);
  }
}

// A UDP checksum of which only the pseudo-header's sum is there has a verdict of its own: the sender relies
// on hardware that the frame did not pass. A card that has found it right is believed.
TEST(Inbound, TellsAPartialUdpChecksum) {
  for (const Packet& packet : {v4(), v6(), v4().vlan(3), v6().vlan(3)}) {
    EXPECT_EQ(verdict(Packet(packet).partial_udp_checksum()), Verdict::drop_udp_partial);
    EXPECT_EQ(verdict(Packet(packet).partial_udp_checksum().break_udp_checksum()),
              Verdict::drop_udp_checksum);
    EXPECT_EQ(verdict(Packet(packet).partial_udp_checksum(), {.udp_checksum = true}), Verdict::query);
  }
}

// No UDP checksum is legal over IPv4 (RFC 768) and not over IPv6 (RFC 8200 8.1), whatever the card reports.
TEST(Inbound, TakesNoUdpChecksumOverIpv4Only) {
  EXPECT_EQ(verdict(v4().no_udp_checksum()), Verdict::query);
  EXPECT_EQ(verdict(v6().no_udp_checksum()), Verdict::drop_udp_checksum);
  EXPECT_EQ(verdict(v6().no_udp_checksum(), kAllKnownGood), Verdict::drop_udp_checksum);
}

// A UDP length below its header or past the IP payload is dropped, even where the frame is padded so far.
TEST(Inbound, DropsABadUdpLength) {
  const auto size = static_cast<uint16_t>(8 + test::Query{}.bytes().size());
  for (const Packet& packet : {v4().padding(100), v6().padding(100)}) {
    for (const uint16_t length :
         {uint16_t{0}, uint16_t{7}, static_cast<uint16_t>(size + 1), uint16_t{0xFFFF}})
      EXPECT_EQ(verdict(Packet(packet).udp_length(length), kAllKnownGood), Verdict::drop_udp_length)
          << length;
    EXPECT_EQ(verdict(Packet(packet).udp_length(size), kAllKnownGood), Verdict::query);
  }
}

// A UDP datagram shorter than the IP payload is accepted and the rest ignored, as in Linux.
TEST(Inbound, TakesAShorterUdpLength) {
  for (const Packet& packet : {v4(), v6(), v4().vlan(3)}) {
    const test::Octets frame = Packet(packet).behind_udp({9, 9, 9, 9, 9}).build();
    const auto [got, layout] = run(frame);
    ASSERT_EQ(got, Verdict::query);
    EXPECT_EQ(payload_of(frame, layout), test::Query{}.bytes());
  }
}

// A truncated frame is dropped as short; the whole frame is a query.
TEST(Inbound, DropsEveryTruncation) {
  for (const Packet& packet : {v4(), v6(), v4().vlan(1), v6().vlan(1)}) {
    const test::Octets frame = packet.build();
    for (size_t size = 0; size < frame.size(); ++size) {
      const test::Octets cut(frame.begin(), frame.begin() + static_cast<ptrdiff_t>(size));
      EXPECT_EQ(run(cut).verdict, Verdict::drop_short) << size;
    }
    EXPECT_EQ(run(frame).verdict, Verdict::query);
  }
}

// An IP length that leaves no room for a UDP header, or claims a byte more than the frame has, is dropped as
// short.
TEST(Inbound, DropsABadIpLength) {
  const auto size = static_cast<uint16_t>(v4().build().size() - 14);
  for (const uint16_t length : {uint16_t{0}, uint16_t{19}, uint16_t{27}, static_cast<uint16_t>(size + 1)})
    EXPECT_EQ(verdict(v4().ip_length(length)), Verdict::drop_short) << length;
  const auto size6 = static_cast<uint16_t>(v6().build().size() - 54);
  for (const uint16_t length : {uint16_t{0}, uint16_t{7}, static_cast<uint16_t>(size6 + 1)})
    EXPECT_EQ(verdict(v6().ip_length(length)), Verdict::drop_short) << length;
}

// Source port 0 cannot be answered.
TEST(Inbound, DropsSourcePortZero) {
  for (const Packet& packet : {v4(), v6()}) {
    EXPECT_EQ(verdict(Packet(packet).udp(0, 53)), Verdict::drop_source);
    EXPECT_EQ(verdict(Packet(packet).udp(1, 53)), Verdict::query);
    EXPECT_EQ(verdict(Packet(packet).udp(0xFFFF, 53)), Verdict::query);
  }
}

// Sources that are not a single other host's are dropped; their neighbours in the address space are answered.
TEST(Inbound, DropsSourcesThatAreNoHost) {
  for (const char* source :
       {"0.0.0.0", "0.1.2.3", "127.0.0.1", "224.0.0.251", "240.0.0.1", "255.255.255.255"})
    EXPECT_EQ(verdict(v4().ipv4(source, "192.0.2.53")), Verdict::drop_source) << source;
  for (const char* source : {"1.0.0.0", "126.255.255.255", "128.0.0.0", "223.255.255.255"})
    EXPECT_EQ(verdict(v4().ipv4(source, "192.0.2.53")), Verdict::query) << source;
  for (const char* source : {"::", "::1", "ff02::1", "::ffff:192.0.2.1"})
    EXPECT_EQ(verdict(v6().ipv6(source, "2001:db8::53")), Verdict::drop_source) << source;
  for (const char* source : {"::2", "64:ff9b::c000:201", "fe80::1", "fe00::", "100::1"})
    EXPECT_EQ(verdict(v6().ipv6(source, "2001:db8::53")), Verdict::query) << source;
  const test::Mac group = {0x33, 0x33, 0, 0, 0, 1};
  EXPECT_EQ(verdict(v4().ethernet(test::kServerMac, group)), Verdict::drop_source);
}

// Multicast and broadcast destinations, of Ethernet or of IP, go to the kernel (mDNS, ND), and so do
// addresses that no host may have.
TEST(Inbound, PuntsGroupDestinations) {
  for (const test::Mac& group :
       {test::Mac{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}, test::Mac{1, 0, 0x5E, 0, 0, 0xFB}}) {
    EXPECT_EQ(verdict(v4().ethernet(group, test::kClientMac)), Verdict::punt_destination);
    EXPECT_EQ(verdict(v6().ethernet(group, test::kClientMac)), Verdict::punt_destination);
  }
  for (const char* destination : {"224.0.0.251", "255.255.255.255", "0.0.0.0", "127.0.0.1"})
    EXPECT_EQ(verdict(v4().ipv4("198.51.100.9", destination)), Verdict::punt_destination) << destination;
  for (const char* destination : {"ff02::fb", "::", "::1", "::ffff:192.0.2.1"})
    EXPECT_EQ(verdict(v6().ipv6("2001:db8::9", destination)), Verdict::punt_destination) << destination;
}

// ARP, LLDP, 802.3 lengths, QinQ, a second tag: only IP after at most one 802.1Q tag is examined.
TEST(Inbound, PuntsOtherEthertypes) {
  for (const uint16_t type : {uint16_t{0x0806}, uint16_t{0x88CC}, uint16_t{0x05DC}, uint16_t{0x8847}}) {
    EXPECT_EQ(verdict(v4().ethertype(type)), Verdict::punt_ethertype) << type;
    EXPECT_EQ(verdict(v4().vlan(1).ethertype(type)), Verdict::punt_ethertype) << type;
  }
  EXPECT_EQ(verdict(v4().vlan(1).vlan(2)), Verdict::punt_ethertype);
  EXPECT_EQ(verdict(v4().vlan(1, 0x88A8)), Verdict::punt_ethertype);
  EXPECT_EQ(verdict(v6().vlan(1, 0x88A8).vlan(2)), Verdict::punt_ethertype);
}

// IPv4 options, impossible header lengths and wrong versions go to the kernel.
TEST(Inbound, PuntsUnusualIpHeaders) {
  EXPECT_EQ(verdict(v4().ip_options({1, 1, 1, 0})), Verdict::punt_ip_header);
  EXPECT_EQ(verdict(v4().ip_options(test::Octets(40, 1))), Verdict::punt_ip_header);
  for (const uint8_t first : {uint8_t{0x44}, uint8_t{0x40}, uint8_t{0x65}, uint8_t{0x55}, uint8_t{0x05}})
    EXPECT_EQ(verdict(v4().first_octet(first)), Verdict::punt_ip_header) << int{first};
  EXPECT_EQ(verdict(v6().first_octet(0x45)), Verdict::punt_ip_header);
  EXPECT_EQ(verdict(v6().first_octet(0x70)), Verdict::punt_ip_header);
}

// IPv6 extension headers go to the kernel.
TEST(Inbound, PuntsExtensionHeaders) {
  for (const uint8_t type : {uint8_t{0}, uint8_t{43}, uint8_t{51}, uint8_t{60}, uint8_t{135}})
    EXPECT_EQ(verdict(v6().extension(type, {1, 4, 0, 0, 0, 0})), Verdict::punt_ip_header) << int{type};
}

// A fragment, first, middle or last, goes to the kernel; DF alone does not make one, nor does the reserved
// bit.
TEST(Inbound, PuntsFragments) {
  EXPECT_EQ(verdict(v4().fragment(0, true)), Verdict::punt_fragment);
  EXPECT_EQ(verdict(v4().fragment(1, true)), Verdict::punt_fragment);
  EXPECT_EQ(verdict(v4().fragment(0x1FFF, false)), Verdict::punt_fragment);
  EXPECT_EQ(verdict(v4().fragment_flags(0x4000)), Verdict::query);
  EXPECT_EQ(verdict(v4().fragment_flags(0x8000)), Verdict::query);
  EXPECT_EQ(verdict(v6().fragment(0, true)), Verdict::punt_fragment);
  EXPECT_EQ(verdict(v6().fragment(0, false)), Verdict::punt_fragment);
}

// Everything except UDP goes to the kernel, whatever the bytes in place of a UDP header.
TEST(Inbound, PuntsOtherProtocols) {
  for (const uint8_t protocol : {uint8_t{1}, uint8_t{6}, uint8_t{58}, uint8_t{132}, uint8_t{59}}) {
    EXPECT_EQ(verdict(v4().protocol(protocol).break_ip_checksum()), Verdict::punt_protocol) << int{protocol};
    EXPECT_EQ(verdict(v6().protocol(protocol).udp_length(0)), Verdict::punt_protocol) << int{protocol};
  }
}

// UDP to another port goes to the kernel even with checksums, a source or a UDP length that would drop a
// query.
TEST(Inbound, PuntsOtherPorts) {
  for (const uint16_t port : std::initializer_list<uint16_t>{0, 52, 54, 309, 5353, 0x3500}) {
    for (const uint16_t source : std::initializer_list<uint16_t>{0, 1, 53, 0xFFFF}) {
      EXPECT_EQ(verdict(v4().udp(source, port)), Verdict::punt_port) << source << ' ' << port;
      EXPECT_EQ(verdict(v6().udp(source, port).no_udp_checksum()), Verdict::punt_port)
          << source << ' ' << port;
    }
  }
  EXPECT_EQ(verdict(v4().udp(0, 123).break_udp_checksum().break_ip_checksum().udp_length(1)),
            Verdict::punt_port);
}

// A query to another address of either IP version is not ours, tagged or not; so is one to another station.
TEST(Inbound, TakesQueriesToItsOwnAddressesOnly) {
  const test::Mac other_mac = {2, 0, 0, 0, 0, 0x77};
  for (const OwnAddresses& ours :
       {own({"192.0.2.53", "2001:db8::53"}),
        own({"10.0.0.1", "192.0.2.53", "203.0.113.9", "2001:db8::1", "2001:db8::53", "fe80::1"})}) {
    for (Packet packet : {v4().ipv4("198.51.100.9", "192.0.2.53"), v6()}) {
      EXPECT_EQ(verdict(packet, ours), Verdict::query);
      EXPECT_EQ(verdict(Packet(packet).vlan(7), ours), Verdict::query);
      EXPECT_EQ(verdict(packet.ethernet(other_mac, test::kClientMac), ours), Verdict::punt_not_ours);
      EXPECT_EQ(verdict(packet.vlan(7), ours), Verdict::punt_not_ours);
    }
    for (const char* destination : {"192.0.2.54", "193.0.2.53", "10.0.0.2", "8.8.8.8"})
      EXPECT_EQ(verdict(v4().ipv4("198.51.100.9", destination), ours), Verdict::punt_not_ours) << destination;
    for (const char* destination : {"2001:db8::54", "2001:db8:1::53", "3001:db8::53", "fe80::2"})
      EXPECT_EQ(verdict(v6().ipv6("2001:db8::9", destination), ours), Verdict::punt_not_ours) << destination;
  }
}

// Addresses of one IP version do not affect the other; without any addresses nothing is ours.
TEST(Inbound, TakesNothingOfAVersionWithoutAddresses) {
  const Packet to4 = v4().ipv4("198.51.100.9", "192.0.2.53");
  EXPECT_EQ(verdict(to4, own({"192.0.2.53"})), Verdict::query);
  EXPECT_EQ(verdict(v6(), own({"192.0.2.53"})), Verdict::punt_not_ours);
  EXPECT_EQ(verdict(v6(), own({"2001:db8::53"})), Verdict::query);
  EXPECT_EQ(verdict(to4, own({"2001:db8::53"})), Verdict::punt_not_ours);
  EXPECT_EQ(verdict(to4, own({})), Verdict::punt_not_ours);
  EXPECT_EQ(verdict(v6(), own({})), Verdict::punt_not_ours);
}

// Without a MAC any station is accepted. A port without a path to the kernel drops what is not its own.
TEST(Inbound, ComparesWhatItIsTold) {
  const test::Mac other_mac = {2, 0, 0, 0, 0, 0x77};
  const Packet astray = v6().ethernet(other_mac, test::kClientMac);
  EXPECT_EQ(verdict(astray, own({"2001:db8::53"}, std::nullopt)), Verdict::query);
  const OwnAddresses dropping = own({"2001:db8::53"}, test::kServerMac, Verdict::drop_not_ours);
  EXPECT_EQ(verdict(astray, dropping), Verdict::drop_not_ours);
}

// Queries to others go to the kernel whatever their checksum, source or UDP length; a frame that is not a
// query keeps its own reason.
TEST(Inbound, PuntsOthersBeforeItDrops) {
  const OwnAddresses ours = own({"192.0.2.53"});
  const Packet other = v4().ipv4("198.51.100.9", "192.0.2.77");
  EXPECT_EQ(verdict(Packet(other).break_udp_checksum(), ours), Verdict::punt_not_ours);
  EXPECT_EQ(verdict(Packet(other).break_ip_checksum(), ours), Verdict::punt_not_ours);
  EXPECT_EQ(verdict(Packet(other).udp(0, 53), ours), Verdict::punt_not_ours);
  EXPECT_EQ(verdict(Packet(other).udp_length(3), ours), Verdict::punt_not_ours);
  EXPECT_EQ(verdict(Packet(other).udp(4000, 123), ours), Verdict::punt_port);
  EXPECT_EQ(verdict(Packet(other).protocol(6), ours), Verdict::punt_protocol);
  EXPECT_EQ(verdict(Packet(other).ipv4("198.51.100.9", "224.0.0.251"), ours), Verdict::punt_destination);
}

// Each verdict has a name, which is unique except that the drop and the punt of what is not ours share one,
// and is a query, a drop or a punt.
TEST(Inbound, NamesEveryVerdict) {
  std::set<std::string> names;
  size_t drops = 0;
  size_t punts = 0;
  for (size_t i = 0; i < kVerdicts; ++i) {
    const auto each = static_cast<Verdict>(i);
    names.insert(verdict_name(each));
    drops += is_drop(each) ? 1U : 0U;
    punts += is_punt(each) ? 1U : 0U;
  }
  EXPECT_EQ(names.size(), kVerdicts - 1);
  EXPECT_STREQ(verdict_name(Verdict::drop_not_ours), verdict_name(Verdict::punt_not_ours));
  EXPECT_EQ(drops + punts + 1, kVerdicts);
  EXPECT_STREQ(verdict_name(Verdict::drop_short), "short");
  EXPECT_STREQ(verdict_name(Verdict::punt_destination), "destination");
}

// A few random octets put anywhere in the headers of a good frame: fast case and reference agree on verdict
// and layout.
RC_GTEST_PROP(Inbound, AgreesWithTheReference, ()) {
  Packet packet = *rc::gen::arbitrary<bool>() ? v6() : v4();
  if (*rc::gen::arbitrary<bool>()) packet.vlan(5);
  test::Octets frame = packet.build();
  const auto edits = *rc::gen::inRange(0, 4);
  for (int i = 0; i < edits; ++i)
    frame[*rc::gen::inRange<size_t>(0, 70)] = *rc::gen::element<uint8_t>(
        0, 1, 2, 6, 8, 17, 44, 53, 0x35, 0x40, 0x45, 0x60, 0x7F, 0x80, 0x81, 0x86, 0xDD, 0xE0, 0xFF);
  frame.resize(*rc::gen::inRange<size_t>(30, frame.size() + 1));
  const OwnAddresses ours = own({"192.0.2.53", "198.51.100.1", "2001:db8::53"});
  for (const Offload verified : {kNothing, kAllKnownGood}) {
    Layout fast;
    Layout reference;
    RC_ASSERT(inbound(frame, verified, ours, fast) == classify(frame, verified, ours, reference));
    const Verdict got = inbound(frame, verified, fast);
    RC_ASSERT(got == classify(frame, verified, kEveryAddress, reference));
    if (got != Verdict::query) continue;
    RC_ASSERT(fast.l3 == reference.l3 && fast.udp == reference.udp && fast.payload == reference.payload);
    RC_ASSERT(fast.ipv6 == reference.ipv6 && fast.payload_size == reference.payload_size);
  }
}

// Any payload at any alignment of the frame in memory is found and verified.
RC_GTEST_PROP(Inbound, WorksAtAnyAlignment, ()) {
  const auto payload = *rc::gen::arbitrary<test::Octets>();
  const auto shift = *rc::gen::inRange<size_t>(0, 64);
  const test::Octets frame = (*rc::gen::arbitrary<bool>() ? v6() : v4()).payload(payload).build();
  const auto buffer = std::make_unique<uint8_t[]>(shift + frame.size());
  std::copy(frame.begin(), frame.end(), buffer.get() + shift);
  Layout layout;
  RC_ASSERT(inbound({buffer.get() + shift, frame.size()}, kNothing, layout) == Verdict::query);
  RC_ASSERT(payload_of(frame, layout) == payload);
}

}  // namespace
}  // namespace ptrd::frame
