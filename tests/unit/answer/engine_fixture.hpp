// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "ptrd/answer/engine.hpp"
#include "unit/image_maker.hpp"
#include "unit/packet_builder.hpp"
#include "unit/reply_reader.hpp"

namespace ptrd::answer {
namespace {

using test::ImageMaker;
using test::Octets;
using wire::Type;
namespace flag = wire::flag;

constexpr auto code = [](Type type) { return static_cast<uint16_t>(type); };

/// Zones of all kinds, for all tests here.
inline std::vector<image::Line> zones() {
  ImageMaker maker;
  maker.zone("2.0.192.in-addr.arpa", 7)
      .ptr("1.2.0.192.in-addr.arpa", "One.Example.net", 600)
      .ptr("2.2.0.192.in-addr.arpa", "two.example.net")
      .ptr("2.2.0.192.in-addr.arpa", "zwei.example.net")
      .ptr("3.2.0.192.in-addr.arpa", "three.example.net")
      .add("3.2.0.192.in-addr.arpa", Type::txt, test::txt_data("a note"))
      .add("5.2.0.192.in-addr.arpa", Type::cname, test::wire_name("5.0-63.2.0.192.in-addr.arpa"))
      .ptr("5.0-63.2.0.192.in-addr.arpa", "five.example.net")
      .add("6.2.0.192.in-addr.arpa", Type::cname, test::wire_name("nowhere.2.0.192.in-addr.arpa"))
      .add("loop-a.2.0.192.in-addr.arpa", Type::cname, test::wire_name("loop-b.2.0.192.in-addr.arpa"))
      .add("loop-b.2.0.192.in-addr.arpa", Type::cname, test::wire_name("loop-a.2.0.192.in-addr.arpa"))
      .add("*.w.2.0.192.in-addr.arpa", Type::ptr, test::wire_name("wild.example.net"))
      .add("a.b.w.2.0.192.in-addr.arpa", Type::ptr, test::wire_name("deep.example.net"))
      .add("d.2.0.192.in-addr.arpa", Type::dname, test::wire_name("e.2.0.192.in-addr.arpa"))
      .ptr("1.e.2.0.192.in-addr.arpa", "renamed.example.net")
      .add("dd.2.0.192.in-addr.arpa", Type::dname, test::wire_name("longer-than-dd.2.0.192.in-addr.arpa"))
      .add("64-127.2.0.192.in-addr.arpa", Type::ns, test::wire_name("ns.64-127.2.0.192.in-addr.arpa"))
      .add("64-127.2.0.192.in-addr.arpa", Type::ns, test::wire_name("ns.elsewhere.example"))
      .add("64-127.2.0.192.in-addr.arpa", Type::ds,
           test::u16(1) + std::string("\x08\x02") + std::string(32, 'd'))
      .add("ns.64-127.2.0.192.in-addr.arpa", Type::a, test::a_data("203.0.113.5"));
  for (int i = 0; i < 40; ++i)
    maker.ptr("9.2.0.192.in-addr.arpa", "many-" + std::to_string(i) + ".example.net");
  maker.zone("8.b.d.0.1.0.0.2.ip6.arpa")
      .ptr(wire::name_of_key(*wire::key_of_address("2001:db8::1")).to_text(), "six.example.net")
      .ptr(wire::name_of_key(*wire::key_of_address("2001:db8:0:1::1")).to_text(), "sixty.example.net");
  maker.zone("example")
      .add("www.example", Type::a, test::a_data("192.0.2.80"))
      .add("m.example", Type::mx, test::mx_data(10, "www.example"));
  return maker.lines();
}

class EngineTest : public ::testing::Test {
 protected:
  answer::Reply raw(const Octets& query, Transport transport = Transport::udp, Settings settings = {}) {
    buffer_.assign(65535 + 64, 0xA5);
    std::copy(query.begin(), query.end(), buffer_.begin());
    return Engine(image::View(lines_), settings).respond(buffer_, query.size(), transport);
  }
  /// Sends a query and parses the reply; both paths through the engine must give the same bytes. One of
  /// them may send the client to TCP for the work that it takes; then its reply there counts.
  test::Reply ask(const test::Query& query, Transport transport = Transport::udp) {
    const Octets bytes = query.bytes();
    kind_ = Kind::drop_runt;
    Octets other(65535 + 64, 0x5A);
    std::copy(bytes.begin(), bytes.end(), other.begin());
    auto general = Engine(image::View(lines_)).respond_general(other, bytes.size(), transport);
    auto reply = raw(bytes, transport);
    if (reply.kind == Kind::truncated && general.kind != Kind::truncated) reply = raw(bytes, Transport::tcp);
    if (general.kind == Kind::truncated && reply.kind != Kind::truncated) {
      std::copy(bytes.begin(), bytes.end(), other.begin());
      general = Engine(image::View(lines_)).respond_general(other, bytes.size(), Transport::tcp);
    }
    EXPECT_EQ(reply.kind, general.kind) << query.name;
    if (reply.kind != Kind::truncated) {  // what is in one that is truncated does not count (RFC 2181 9)
      EXPECT_EQ(reply.size, general.size) << query.name;
      EXPECT_EQ(std::memcmp(buffer_.data(), other.data(), reply.size), 0) << query.name;
    }
    kind_ = reply.kind;
    size_ = reply.size;
    const auto read = test::read_reply({buffer_.data(), reply.size});
    EXPECT_TRUE(read) << query.name;
    return read.value_or(test::Reply());
  }

  /// The path of a PTR question through the engine.
  Query::Path path_of(const std::string& name) {
    const Octets bytes = test::Query{.name = name}.bytes();
    buffer_.assign(2048, 0);
    std::copy(bytes.begin(), bytes.end(), buffer_.begin());
    const Engine engine{image::View(lines_)};
    Query query;
    const Message message{.data = buffer_.data(),
                          .room = static_cast<uint32_t>(buffer_.size()),
                          .size = static_cast<uint32_t>(bytes.size())};
    engine.parse({&message, 1}, Transport::udp, {&query, 1});
    engine.walk({&query, 1});
    return query.path;
  }

  std::vector<image::Line> lines_ = zones();
  Octets buffer_;
  Kind kind_ = Kind::drop_runt;
  size_t size_ = 0;
};

}  // namespace
}  // namespace ptrd::answer
