// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/sources/nsd_conf.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <iostream>

#include "unit/processor_time.hpp"
#include "zone/reading.hpp"
#include "zone/sources/memory_files.hpp"

namespace ptrd::zone::test {
namespace {

ReadConfiguration read_nsd(std::map<std::string, std::string> files) {
  return read_main(std::move(files), read_nsd_conf);
}
ReadConfiguration read_nsd(const std::string& text) {
  return read_nsd(std::map<std::string, std::string>{{"/etc/main", text}});
}

// Primary zones, one attribute a line or all on one; secondaries and zones without a file are counted.
TEST(NsdConf, PrimaryZones) {
  const auto conf = read_nsd(R"(
server:
	zonesdir: "/var/nsd" # comment
	ip-address: 2001:db8::1@53
zone:
	name: "10.in-addr.arpa"
	zonefile: "db 10"
	provide-xfr: 192.0.2.1 NOKEY
zone: name: 11.in-addr.arpa zonefile:"/srv/11"
zone:
	name: 12.in-addr.arpa
	zonefile: 12
	request-xfr: AXFR 192.0.2.1 NOKEY
zone:
	name: 13.in-addr.arpa
key:
	name: "k"
	secret: "eA=="
)");
  EXPECT_EQ(conf.zones, (Lines{"10.in-addr.arpa. /var/nsd/db 10", "11.in-addr.arpa. /srv/11"}));
  EXPECT_EQ(conf.findings, Lines{"/etc/main: note: 2 zones not read: 1 secondary, 1 without a file"});
}

// Patterns, within one another, and the placeholders of file names.
TEST(NsdConf, Patterns) {
  const auto conf = read_nsd(R"(
pattern: name: "base" zonefile: "%1/%2/%3/%z/%y/%x/%s.zone"
pattern: name: "from" request-xfr: 192.0.2.1 NOKEY
pattern: name: "both" include-pattern: "base" include-pattern: "from"
zone: name: 1.IN-addr.arpa include-pattern: base
zone: name: 0/25.2.0.192.in-addr.arpa include-pattern: base
zone: name: arpa include-pattern: base
zone: name: b.arpa include-pattern: both
zone: name: c.arpa zonefile: own include-pattern: base
zone: name: d.arpa include-pattern: base zonefile: own%
)");
  EXPECT_EQ(conf.zones,
            (Lines{"1.IN-addr.arpa. /etc/1/./I/arpa/IN-addr/1/1.IN-addr.arpa.zone",
                   "0/25.2.0.192.in-addr.arpa. /etc/0///2/arpa/in-addr/192/0/25.2.0.192.in-addr.arpa.zone",
                   "arpa. /etc/a/r/p/arpa/././arpa.zone", "c.arpa. /etc/c/./a/arpa/c/./c.arpa.zone",
                   "d.arpa. /etc/own%"}));
  EXPECT_EQ(conf.findings, Lines{"/etc/main: note: 1 zone not read: 1 secondary"});
}

// Includes, by patterns too, may be anywhere, also within a zone.
TEST(NsdConf, Includes) {
  const auto conf =
      read_nsd({{"/etc/main", "include: \"d/*.conf\"\ninclude: none*\nzone: name: 3\n include: rest\n"},
                {"/etc/d/1.conf", "zone: name: 1 zonefile: one\n"},
                {"/etc/d/2.conf", "zone: name: 2 zonefile: two\n"},
                {"/etc/rest", "zonefile: three\n"}});
  EXPECT_EQ(conf.zones, (Lines{"1. /etc/one", "2. /etc/two", "3. /etc/three"}));
  EXPECT_EQ(conf.findings, Lines{});
}

// Zones that nsd-control added are in the zone list.
TEST(NsdConf, ZoneList) {
  const Folder folder;
  const std::string list =
      folder
          .write("zone.list",
                 "# NSD zone list\n# name pattern\nadd 9.in-addr.arpa p\ndel 8.in-addr.arpa p\n"
                 "cat 7.in-addr.arpa p member\n")
          .string();
  const std::string text = "server: zonelistfile: " + list + "\npattern: name: p zonefile: %s\n";
  EXPECT_EQ(
      read_nsd({{"/etc/main", text}, {list, "add 9.in-addr.arpa p\ndel 8 p\ncat 7.in-addr.arpa p member\n"}})
          .zones,
      (Lines{"9.in-addr.arpa. /etc/9.in-addr.arpa", "7.in-addr.arpa. /etc/7.in-addr.arpa"}));
  EXPECT_EQ(read_nsd({{"/etc/main", text}, {list, "\nadd 9.in-addr.arpa q\n"}}).findings,
            Lines{list + ":2:1: error: no pattern 'q'"});
}

TEST(NsdConf, Errors) {
  EXPECT_EQ(read_nsd("zone:\n zonefile: f\n").findings, Lines{"/etc/main:1:1: error: a zone without a name"});
  EXPECT_EQ(read_nsd("zone: name: a\n include-pattern: p\n").findings,
            Lines{"/etc/main:2:2: error: no pattern 'p' above"});
  EXPECT_EQ(read_nsd("zone: name:\nzonefile: f\n").findings,
            Lines{"/etc/main:1:7: error: name: needs a value"});
  EXPECT_EQ(read_nsd("zone: name: \"a\n").findings, Lines{"/etc/main:1:7: error: name: needs a value"});
  EXPECT_EQ(read_nsd("zone: \"a\n").findings,
            Lines{"/etc/main:1:7: error: this string has no closing quote"});
  EXPECT_EQ(read_nsd(" include: nowhere\n").findings,
            Lines{"/etc/main:1:2: error: '/etc/nowhere': No such file or directory"});
}

// 20,000 zones are read in a small part of a second.
TEST(NsdConf, ManyZones) {
  std::string text;
  for (int i = 0; i < 20'000; ++i)
    text += fmt::format("zone:\n\tname: {}.{}.{}.in-addr.arpa\n\tzonefile: pz/{}.zone\n", i & 255,
                        i >> 8 & 255, i >> 16, i);
  const double seconds =
      ptrd::test::least_processor_time([&] { EXPECT_EQ(read_nsd(text).zones.size(), 20'000U); });
  EXPECT_LT(seconds, 2);  // under sanitizers, which are not optimized
  std::cout << "20,000 zones: " << seconds << " s\n";
}

}  // namespace
}  // namespace ptrd::zone::test
