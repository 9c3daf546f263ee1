// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "lib/queries.hpp"

#include <arpa/inet.h>

#include <string>

#include "lib/records.hpp"
#include "lib/require.hpp"
#include "ptrd/wire/message.hpp"
#include "ptrd/wire/name.hpp"
#include "unit/packet_builder.hpp"

namespace ptrd::bench {

using wire::Bytes;
using wire::Family;
using wire::Name;

namespace {

constexpr const char* kClient4 = "198.51.100.9";
constexpr const char* kServer4 = "192.0.2.53";
constexpr const char* kClient6 = "2001:db8:ffff::9";
constexpr const char* kServer6 = "2001:db8:fffe::53";
constexpr size_t kSmallestFrame = 60;

Name name_asked(const Question& question, size_t i) {
  return wire::name_of_key(question.gap ? key_of_gap(question.family, i) : key_of_record(question.family, i));
}

test::Query query_of(const Question& question, size_t i) {
  std::string name = name_asked(question, i).to_text();
  name.pop_back();
  test::Query query{.id = static_cast<uint16_t>(i), .name = name};
  if (question.edns) query.edns = test::Edns{.dnssec_ok = question.dnssec_ok};
  return query;
}

/// Differs from query to query, so that a reply cannot go astray unseen.
uint16_t port_of(size_t i) {
  return static_cast<uint16_t>(1024 + i % 60000);
}

}  // namespace

std::vector<uint8_t> query_about(const Question& question, size_t i) {
  return query_of(question, i).bytes();
}

std::vector<uint8_t> frame_about(const Question& question, size_t i) {
  test::Packet packet;
  if (question.family == Family::v4) {
    packet.ipv4(kClient4, kServer4);
  } else {
    packet.ipv6(kClient6, kServer6);
  }
  return packet.udp(port_of(i), 53).query(query_of(question, i)).pad_to(kSmallestFrame).build();
}

const frame::OwnAddresses& own_addresses() {
  static const frame::OwnAddresses kOwn = [] {
    std::array<frame::OwnAddresses::Address, 2> addresses{};
    addresses[0][10] = addresses[0][11] = 0xFF;
    require(inet_pton(AF_INET, kServer4, &addresses[0][12]) == 1 &&
                inet_pton(AF_INET6, kServer6, addresses[1].data()) == 1,
            "cannot read the server's addresses");
    return frame::OwnAddresses(test::kServerMac, addresses, frame::Verdict::punt_not_ours);
  }();
  return kOwn;
}

void require_right_reply(const Question& question, size_t i, Bytes reply) {
  require(reply.size() >= wire::kHeaderSize, "a reply is shorter than its header");
  const wire::HeaderView header(reply.data());
  require(header.id() == static_cast<uint16_t>(i), "a reply has another query's id");
  require((header.flags() & wire::flag::qr) != 0 && (header.flags() & wire::flag::aa) != 0,
          "a reply is not authoritative");
  const auto rcode = question.gap ? wire::Rcode::nxdomain : wire::Rcode::noerror;
  require((header.flags() & wire::flag::rcode) == static_cast<uint16_t>(rcode),
          "a reply has the wrong rcode");
  // With each record its signature, and with the SOA one to three NSEC or NSEC3 records.
  const bool with_signatures = question.dnssec_ok && question.denial != image::Denial::none;
  const unsigned signatures = with_signatures ? 2 : 1;
  const unsigned authority = header.nscount();
  const bool denied = with_signatures ? authority == 4 || authority == 6 || authority == 8 : authority == 1;
  require(header.qdcount() == 1 && header.ancount() == (question.gap ? 0 : signatures) &&
              (question.gap ? denied : authority == 0) && header.arcount() == (question.edns ? 1 : 0),
          "a reply has the wrong number of records");
  if (question.gap) return;

  Name name;
  wire::Cursor cursor(reply, wire::read_name(reply, wire::kHeaderSize, name).value() + 4);
  require(name == name_asked(question, i), "a reply has a different question");
  const auto behind_owner = wire::read_name(reply, cursor.position(), name);
  require(behind_owner && name == name_asked(question, i), "an answer has a different owner");
  cursor = wire::Cursor(reply, *behind_owner);
  require(cursor.u16() == static_cast<uint16_t>(wire::Type::ptr) && cursor.u16() == 1,
          "an answer is not a PTR record");
  require(cursor.u32() == ttl_of_record(i), "an answer has the wrong TTL");
  require(cursor.u16() != 0 && cursor.ok(), "an answer ends early");
  require(wire::read_name(reply, cursor.position(), name) && name == target_of_record(question.family, i),
          "an answer has a different target");
}

void require_right_frame(const Question& question, size_t i, Bytes frame) {
  const auto sent = test::read_datagram(frame);
  require(sent.has_value(), "a sent frame is not a UDP datagram");
  const auto asked = test::read_datagram(frame_about(question, i));
  require(sent->source_mac == asked->destination_mac && sent->destination_mac == asked->source_mac &&
              sent->source == asked->destination && sent->destination == asked->source &&
              sent->source_port == asked->destination_port && sent->destination_port == asked->source_port,
          "a reply goes to the wrong client");
  require(sent->udp_checksum_right && (sent->is_ipv6 || sent->ip_checksum_right), "a checksum is wrong");
  require_right_reply(question, i, sent->payload);
}

void require_right_engine(const answer::Engine& engine, const Question& question, size_t records) {
  Picker pick(records, 42);
  for (size_t n = 0; n < 1000; ++n) {
    const size_t i = pick();
    std::vector<uint8_t> buffer = query_about(question, i);
    const size_t size = buffer.size();
    buffer.resize(size + answer::kMinBuffer);
    const answer::Reply reply = engine.respond(buffer, size, answer::Transport::udp);
    require(reply.kind == question.expected(), "a query has an answer of a different kind");
    require_right_reply(question, i, Bytes(buffer).first(reply.size));
  }
}

}  // namespace ptrd::bench
