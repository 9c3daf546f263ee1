// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/sources/knot_conf.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <iostream>

#include "unit/processor_time.hpp"
#include "zone/sources/memory_files.hpp"

namespace ptrd::zone::test {
namespace {

using Lines = std::vector<std::string>;

ReadConfiguration read_knot(std::map<std::string, std::string> files) {
  return read_main(std::move(files), read_knot_conf);
}
ReadConfiguration read_knot(const std::string& text) {
  return read_knot(std::map<std::string, std::string>{{"/etc/main", text}});
}

// Zones with their own settings, those of their template, of the default template, and built-in ones. A zone
// with a template of its own has nothing from the default template.
TEST(KnotConf, Templates) {
  const auto conf = read_knot(R"(
server:
    listen: [127.0.0.1@53, ::1@53]
template:
  - id: default
    storage: "/var/zones" # comment
    file: %s.db
  - id: other
    storage: relative
  - id: from
    master: [m1, m2]
zone:
  - domain: 10.IN-ADDR.arpa.
  - domain: 11.in-addr.arpa
    file: /srv/eleven
  - domain: 12.in-addr.arpa
    template: other
  - domain: 13.in-addr.arpa
    template: from
  - domain: "14.in-addr.arpa"
    storage: "/a \"b\" #c"
  - domain: 15.in-addr.arpa
    master: m1
  - domain: 16.in-addr.arpa
    zonefile-load: none
)");
  EXPECT_EQ(conf.zones,
            (Lines{"10.IN-ADDR.arpa. /var/zones/10.in-addr.arpa.db", "11.in-addr.arpa. /srv/eleven",
                   "12.in-addr.arpa. /etc/relative/12.in-addr.arpa.zone",
                   "14.in-addr.arpa. /a \"b\" #c/14.in-addr.arpa.db"}));
  EXPECT_EQ(conf.findings,
            Lines{"/etc/main: note: 3 zones not read: 2 secondary, 1 without a file (zonefile-load)"});
  EXPECT_EQ(read_knot("zone:\n  - domain: 10.in-addr.arpa\n").zones,
            Lines{"10.in-addr.arpa. /var/lib/knot/10.in-addr.arpa.zone"});
}

// The formatters of file names, as knotd 3.2 resolves them.
TEST(KnotConf, FileNames) {
  const auto file = [](const std::string& zone, const std::string& format) {
    const auto conf = read_knot("zone:\n  - domain: \"" + zone + "\"\n    file: \"/" + format + "\"\n");
    return conf.zones.empty() ? conf.findings[0] : conf.zones[0].substr(conf.zones[0].find(' ') + 1);
  };
  EXPECT_EQ(file("0/25.2.0.192.in-addr.arpa", "x/%c[0]/%c[0-2]/%l[0]/%l[9]y%c[99]z.%s"),
            "/x/0/0_2/arpa/yz.0_25.2.0.192.in-addr.arpa");
  EXPECT_EQ(file("3.in-addr.arpa", "%%a %s"), "/%a 3.in-addr.arpa");
  EXPECT_EQ(file(".", "%s.zone"), "/.zone");
  EXPECT_EQ(file("a-b(.in-addr.arpa", "%s"), "/a-b\\(.in-addr.arpa");
  EXPECT_EQ(file("a.b", "%l[1]%c[1-200]"), "/a.b.");
  for (const char* format :
       {"%x", "%", "%c", "%c[", "%c[1", "%c[a]", "%c[2-1]", "%c[256]", "%l[]", "%c[0-]"}) {
    EXPECT_EQ(file("a", format),
              std::string("/etc/main:2:5: error: the file name '/") + format + "' has an unknown formatter");
  }
}

// Sections may be repeated, and included; a pattern without a match is no file. An include is relative to the
// file that has it.
TEST(KnotConf, Includes) {
  const auto conf = read_knot(
      {{"/etc/main", "include: d/a.conf\ninclude: none*\nzone:\n- domain: 1\n  file: /one\n"},
       {"/etc/d/a.conf", "include: \"*.inc\"\n"},
       {"/etc/d/b.inc", "zone:\n - domain: 2\n   file: /two\nzone:\n - domain: 3\n   file: /three"}});
  EXPECT_EQ(conf.zones, (Lines{"2. /two", "3. /three", "1. /one"}));
  EXPECT_EQ(conf.findings, Lines{});
}

TEST(KnotConf, Errors) {
  const auto fault = [](const std::string& text) { return read_knot(text).findings.at(0); };
  EXPECT_EQ(fault("zone:\n  - domain: a\n\tfile: f\n"),
            "/etc/main:3:1: error: a tab; Knot allows only spaces here");
  EXPECT_EQ(fault("zone:\n  -domain: a\n"), "/etc/main:2:4: error: expected a space after the hyphen");
  EXPECT_EQ(fault("zone:\n  - id: a\n"), "/etc/main:2:5: error: expected '- domain: NAME'");
  EXPECT_EQ(fault("template:\n  - id:\n"), "/etc/main:2:5: error: expected '- id: NAME'");
  EXPECT_EQ(fault("zone:\n  - domain: a\n    template: t\n"), "/etc/main:2:5: error: no template 't'");
  EXPECT_EQ(fault("zone:\n  - domain: \"a\n"), "/etc/main:2:13: error: this string has no closing quote");
  EXPECT_EQ(fault("zone\n"), "/etc/main:1:5: error: expected 'KEY: VALUE'");
  EXPECT_EQ(fault("zone:x\n"), "/etc/main:1:6: error: expected a space after the colon");
  EXPECT_EQ(fault("zone:\n - domain: a..b\n"),
            "/etc/main:2:4: error: 'a..b' is not a zone name: empty label");
  EXPECT_EQ(fault("include: nowhere\n"), "/etc/main:1:1: error: '/etc/nowhere': No such file or directory");
}

// 20,000 zones are read in a small part of a second.
TEST(KnotConf, ManyZones) {
  std::string text = "zone:\n";
  for (int i = 0; i < 20'000; ++i)
    text += fmt::format("  - domain: {}.{}.{}.in-addr.arpa\n", i & 255, i >> 8 & 255, i >> 16);
  const double seconds =
      ptrd::test::least_processor_time([&] { EXPECT_EQ(read_knot(text).zones.size(), 20'000U); });
  EXPECT_LT(seconds, 2);  // under sanitizers, which are not optimized
  std::cout << "20,000 zones: " << seconds << " s\n";
}

}  // namespace
}  // namespace ptrd::zone::test
