// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "ptrctl/changes.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "ptrd/wire/rdata.hpp"

namespace ptrd::ctl {
namespace {

/// The records of a batch as text: "+" or "-", owner, TTL, type, size of the data.
std::string describe(const std::string& batch) {
  const auto changesets =
      change::decode_batch({reinterpret_cast<const uint8_t*>(batch.data()), batch.size()});
  EXPECT_TRUE(changesets) << changesets.error();
  std::ostringstream out;
  for (const change::Changeset& changeset : changesets.value()) {
    out << "zone " << changeset.apex().to_text();
    if (changeset.from()) out << " from " << *changeset.from();
    out << ' ' << change::serial_rule_name(changeset.rule()) << '\n';
    for (const change::Record& record : changeset)
      out << (record.op == change::Op::add ? "+ " : "- ") << wire::Name::from_wire(record.owner)->to_text()
          << ' ' << record.ttl << ' ' << wire::type_to_text(record.type) << ' ' << record.rdata.size()
          << '\n';
  }
  return out.str();
}

/// What the text of a file becomes: its batches, or its error.
std::string read(const std::string& text, change::SerialRule rule = change::SerialRule::increment) {
  ChangesReader reader("f", rule);
  std::istringstream lines(text);
  std::string out;
  for (std::string line; !reader.ended() && std::getline(lines, line);) {
    if (const auto ok = reader.take(line); !ok) return out + ok.error();
    if (const auto batch = reader.batch()) out += describe(*batch) + "send\n";
  }
  const auto ok = reader.finish();
  return ok ? out : out + ok.error();
}

// What `ptrzone diff --changes` writes: the SOA record that goes says the serial that the zone must have.
TEST(Changes, OfDiff) {
  EXPECT_EQ(read(R"(zone 2.0.192.in-addr.arpa.
del 2.0.192.in-addr.arpa. 3600 IN SOA ns1.example.net. hostmaster.example.net. 1 14400 3600 1209600 3600
add 2.0.192.in-addr.arpa. 3600 IN SOA ns1.example.net. hostmaster.example.net. 2 14400 3600 1209600 3600
del 1.2.0.192.in-addr.arpa. 60 IN PTR one.example.net.
add 1.2.0.192.in-addr.arpa. 60 IN PTR first.example.net.
add 9.2.0.192.in-addr.arpa. 60 IN TYPE65280 \# 3 010203
add \;.2.0.192.in-addr.arpa. 60 IN TXT "a \"b\"; c" "\255"
send
)"),
            R"(zone 2.0.192.in-addr.arpa. from 1 increment
+ 2.0.192.in-addr.arpa. 3600 SOA 61
- 1.2.0.192.in-addr.arpa. 0 PTR 17
+ 1.2.0.192.in-addr.arpa. 60 PTR 19
+ 9.2.0.192.in-addr.arpa. 60 TYPE65280 3
+ \;.2.0.192.in-addr.arpa. 60 TXT 11
send
)");
}

// As written by hand: comments, other cases, names without a final dot, a TTL for all, sets and names
// removed.
TEST(Changes, ByHand) {
  EXPECT_EQ(read("; comment\n  ZONE 2.0.192.IN-ADDR.ARPA ; of ours\r\n\nttl 1h\nclass IN\n"
                 "update add 1.2.0.192.in-addr.arpa PTR one.example.net ; note\n"
                 "Update DELETE 2.2.0.192.in-addr.arpa. PTR\n"
                 "update del 3.2.0.192.in-addr.arpa. ; all\n"
                 "add 4.2.0.192.in-addr.arpa IN 5 PTR four.example.net.\nsend\n"
                 "del 4.2.0.192.in-addr.arpa\n\nquit\nnonsense",
                 change::SerialRule::unixtime),
            R"(zone 2.0.192.IN-ADDR.ARPA. unixtime
+ 1.2.0.192.in-addr.arpa. 3600 PTR 17
- 2.2.0.192.in-addr.arpa. 0 PTR 0
- 3.2.0.192.in-addr.arpa. 0 ANY 0
+ 4.2.0.192.in-addr.arpa. 5 PTR 18
send
zone 2.0.192.IN-ADDR.ARPA. unixtime
- 4.2.0.192.in-addr.arpa. 0 ANY 0
send
)");
}

// Several zones in one batch; a zone without changes is not in it.
TEST(Changes, SeveralZones) {
  EXPECT_EQ(read("zone a.example\ndel x.a.example\nzone c.example\nzone b.example\ndel b.example A\nsend\n"),
            "zone a.example. increment\n- x.a.example. 0 ANY 0\n"
            "zone b.example. increment\n- b.example. 0 A 0\nsend\n");
}

// Each error has its place, and nothing of its batch is sent.
TEST(Changes, Errors) {
  const struct {
    const char* text;
    const char* error;
  } cases[] = {
      {"add a.example 1 A 192.0.2.1", "f:1: there is no zone yet; write a line: zone NAME"},
      {"zone example\n\nfoo", "f:3: \"foo\" is not known here; use zone, ttl, add, del, send or quit"},
      {"zone example\nserver 192.0.2.1", "f:2: \"server\" is not known here"},
      {"zone example\nprereq yxdomain a.example", "f:2: \"prereq\" is not known here"},
      {"zone", "f:1: a name is missing"},
      {"zone a..b", "f:1: \"a..b\" is not a name: empty label"},
      {"zone a b", "f:1: \"b\" follows the zone's name"},
      {"zone example\nadd a.example A 192.0.2.1", "f:2: a TTL is missing"},
      {"zone example\nadd a.example 4294967295 A 192.0.2.1", "f:2: \"4294967295\" is not a TTL"},
      {"zone example\nadd a.example 1", "f:2: a type is missing"},
      {"zone example\nadd a.example 1 CH TXT x", "f:2: \"CH\" is not a record type, nor the class IN"},
      {"zone example\nadd a.other 1 A 192.0.2.1", "f:2: a.other. is not in the zone example."},
      {"zone example\nadd a.example 1 A 192.0.2", "f:2: "},
      {"zone example\nadd a.example 1 A", "f:2: "},
      {"zone example\nadd a.example 1 TXT (x", "f:2: "},
      {"zone example\nadd a.example 1 TXT \"x", "f:2: "},
      {"zone example\nupdate replace a.example 1 A 192.0.2.1", "f:2: write update add or update delete"},
      {"zone example\ndel example SOA\nsend",
       "f:3: example.: record 1 (example. SOA): a SOA record cannot be"},
      {"zone example\ndel a.example", "f:2: no send follows the last changes; nothing of them was sent"},
      {"zone example\ndel a.example\x1b", "f:2: "},
  };
  for (const auto& [text, error] : cases) {
    const std::string is = read(text);
    EXPECT_EQ(is.substr(0, std::string(error).size()), error) << text;
    EXPECT_EQ(is.find('\n'), std::string::npos) << is;
  }
}

// Directives of zone files are no way in, neither as a name nor in data.
TEST(Changes, Directives) {
  for (const char* line : {"add $INCLUDE.example 1 TXT /etc/passwd", "add a.example 1 $INCLUDE /etc/passwd",
                           "add a.example 1 TXT x )", "$INCLUDE /etc/passwd"}) {
    const std::string is = read(std::string("zone example\n") + line + "\nsend\n");
    EXPECT_EQ(is.find("root:"), std::string::npos) << is;
  }
}

// The name of `ptrctl change`: an address, the apex, relative and absolute names.
TEST(Changes, Owners) {
  const wire::Name zone = *wire::Name::from_text("2.0.192.in-addr.arpa");
  const auto owner = [&](const char* text) {
    const auto name = owner_from_text(text, zone);
    return name ? name->to_text() : name.error();
  };
  EXPECT_EQ(owner("@"), "2.0.192.in-addr.arpa.");
  EXPECT_EQ(owner("17"), "17.2.0.192.in-addr.arpa.");
  EXPECT_EQ(owner("192.0.2.17"), "17.2.0.192.in-addr.arpa.");
  EXPECT_EQ(owner("17.2.0.192.in-addr.arpa"), "17.2.0.192.in-addr.arpa.");
  EXPECT_EQ(owner("8.0-63"), "8.0-63.2.0.192.in-addr.arpa.");
  EXPECT_EQ(owner("17.2.0.192.in-addr.arpa."), "17.2.0.192.in-addr.arpa.");
  EXPECT_EQ(owner("17."), "17. is not in the zone 2.0.192.in-addr.arpa.");
  EXPECT_EQ(owner("192.0.3.17"), "17.3.0.192.in-addr.arpa. is not in the zone 2.0.192.in-addr.arpa.");
  EXPECT_EQ(owner("2001:db8::1").find("1.0.0."), 0U);
  EXPECT_NE(owner(std::string(63, 'a').c_str()).find("aaa"), std::string::npos);
}

}  // namespace
}  // namespace ptrd::ctl
