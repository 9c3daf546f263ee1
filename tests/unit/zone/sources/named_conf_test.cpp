// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/sources/named_conf.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <iostream>

#include "unit/processor_time.hpp"
#include "zone/sources/memory_files.hpp"

namespace ptrd::zone::test {
namespace {

using Lines = std::vector<std::string>;

ReadConfiguration read_named(std::map<std::string, std::string> files, const std::string& view = {}) {
  return read_main(std::move(files),
                   [&](Configuration& configuration) { return read_named_conf(configuration, view); });
}
ReadConfiguration read_named(const std::string& text, const std::string& view = {}) {
  return read_named(std::map<std::string, std::string>{{"/etc/main", text}}, view);
}

// The primary zones, among statements of all kinds.
TEST(NamedConf, PrimaryZones) {
  const auto conf = read_named(R"(
// comment
acl inside { 10/8; !10.1.1.1; { "x"; }; };
options {
	directory "/var/named"; # comment
	listen-on port 53 { any; };
	/* zone "no.example" { type master; file "no"; }; */
};
logging { channel c { file "log" versions 3; }; category default { c; }; };
zone "10.in-addr.arpa" { type master; file "db.10"; };
zone "0/25.2.0.192.in-addr.arpa." IN { type primary; file "/srv/0-25"; allow-transfer { none; }; };
ZONE 11.in-addr.arpa { File "pz/db.11"; Type Master; };
zone "." { type primary; file "root"; };
)");
  EXPECT_EQ(conf.zones, (Lines{"10.in-addr.arpa. /var/named/db.10", "0/25.2.0.192.in-addr.arpa. /srv/0-25",
                               "11.in-addr.arpa. /var/named/pz/db.11", ". /var/named/root"}));
  EXPECT_EQ(conf.findings, Lines{});
}

// What is not a primary zone of class IN with a file is counted.
TEST(NamedConf, CountsOthers) {
  const auto conf = read_named(R"(
zone "." { type hint; file "root.hints"; };
zone "a" { type secondary; primaries { 192.0.2.1; }; file "a"; };
zone "b" { type slave; masters { 192.0.2.1; }; };
zone "c" { type forward; forwarders { 192.0.2.1; }; };
zone "d" { type stub; };
zone "e" CHAOS { type master; file "e"; };
zone "f" { type master; database "ldap x"; };
zone "g" { type primary; file "g"; };
dlz "h" { database "dlopen x"; };
options { allow-new-zones yes; catalog-zones { zone "cat" default-primaries { 192.0.2.1; }; }; };
)");
  EXPECT_EQ(conf.zones, Lines{"g. /etc/g"});
  EXPECT_EQ(
      conf.findings,
      (Lines{"/etc/main: note: not read: the zones of dlz",
             "/etc/main: note: not read: zones added with \"rndc addzone\" (allow-new-zones)",
             "/etc/main: note: not read: the member zones of catalog-zones",
             "/etc/main: note: 7 zones not read: 1 forward, 1 hint, 1 of class ch, 2 secondary, 1 stub, 1 "
             "without a file"}));
}

// Includes at every level; relative to `directory` once that is known, as it is BIND's working directory.
TEST(NamedConf, Includes) {
  const auto conf =
      read_named({{"/etc/main", R"(include "options"; include "zones/*.conf"; include "/etc/local";)"},
                  {"/etc/options", R"(options { include "/etc/inner"; };)"},
                  {"/etc/inner", R"(directory "/var/named";)"},
                  {"/etc/local", R"(zone "3" { include "/etc/three"; };)"},
                  {"/etc/three", R"(type master; file "three";)"},
                  {"/var/named/zones/1.conf", R"(zone "1" { type master; file "one"; };)"},
                  {"/var/named/zones/2.conf", R"(zone "2" { type master; file "two"; };)"}});
  EXPECT_EQ(conf.findings, Lines{});
  EXPECT_EQ(conf.zones, (Lines{"1. /var/named/one", "2. /var/named/two", "3. /var/named/three"}));
}

constexpr const char* kViews = R"(
view "inside" { match-clients { 10/8; };
  zone "10.in-addr.arpa" { type master; file "inside/10"; };
  zone "11.in-addr.arpa" { type master; file "inside/11"; };
};
view outside IN {
  zone "10.in-addr.arpa" { type master; file "outside/10"; };
  zone "11.IN-ADDR.ARPA" { in-view "inside"; };
  zone "12.in-addr.arpa" { in-view "inside"; };
};
view "chaos" ch { zone "bind" { type master; file "x"; }; };
)";

// One view is chosen, and shares zones of another by in-view.
TEST(NamedConf, Views) {
  EXPECT_EQ(read_named(kViews, "inside").zones,
            (Lines{"10.in-addr.arpa. /etc/inside/10", "11.in-addr.arpa. /etc/inside/11"}));
  const auto outside = read_named(kViews, "outside");
  EXPECT_EQ(outside.zones, (Lines{"10.in-addr.arpa. /etc/outside/10", "11.in-addr.arpa. /etc/inside/11"}));
  EXPECT_EQ(outside.findings,
            (Lines{"/etc/main:9:3: error: zone '12.in-addr.arpa' is not in the view 'inside'",
                   "/etc/main: note: 3 zones not read: 3 in another view"}));
  EXPECT_EQ(read_named(kViews).findings,
            Lines{"/etc/main:1:1: error: 2 views: inside, outside; choose one with --view NAME"});
  EXPECT_EQ(read_named(kViews, "x").findings,
            Lines{"/etc/main:1:1: error: no view 'x'; the views are: inside, outside"});
  EXPECT_EQ(read_named("zone 1 { type master; file f; };", "x").findings,
            Lines{"/etc/main:1:1: error: there are no views; remove --view"});
  const auto only =
      read_named("view a { zone 1 { type master; file f; }; }; zone 2 { type master; file f; };");
  EXPECT_EQ(only.zones, Lines{"1. /etc/f"});
  EXPECT_EQ(only.findings, Lines{"/etc/main: note: 1 zone not read: 1 outside of the views"});
}

// Raw files are refused with the remedy, wherever the format is set.
TEST(NamedConf, RawFormat) {
  const std::string fault =
      "error: zone '1' has its file in the raw format; convert it with \"named-compilezone -f raw -F text\"";
  EXPECT_EQ(read_named("zone 1 { type master; file f; masterfile-format raw; };").findings,
            Lines{"/etc/main:1:1: " + fault});
  EXPECT_EQ(read_named("options { masterfile-format raw; }; zone 1 { type master; file f; };").findings,
            Lines{"/etc/main:1:37: " + fault});
  EXPECT_EQ(read_named("view v { masterfile-format raw; zone 1 { type master; file f; }; };").findings,
            Lines{"/etc/main:1:33: " + fault});
  EXPECT_EQ(
      read_named(
          "options { masterfile-format raw; }; zone 1 { type master; file f; masterfile-format text; };")
          .findings,
      Lines{});
}

// Errors have file, line and column, and say what is missing.
TEST(NamedConf, Errors) {
  const auto fault = [](const std::string& text) {
    const auto conf = read_named(text);
    EXPECT_EQ(conf.zones, Lines{}) << text;
    return conf.findings.empty() ? "" : conf.findings[0];
  };
  EXPECT_EQ(fault("zone \"1\" {\n type master\n};"), "/etc/main:3:1: error: expected ';'");
  EXPECT_EQ(fault("zone \"1\" { type master; file \"f\"; }\nzone"), "/etc/main:2:1: error: expected ';'");
  EXPECT_EQ(fault("zone \"1\" { type master;"),
            "/etc/main:1:24: error: the file ends within a statement; a '}' or ';' is missing");
  EXPECT_EQ(fault("acl x { a;"),
            "/etc/main:1:11: error: the file ends within a statement; a '}' or ';' is missing");
  EXPECT_EQ(fault("acl x }"), "/etc/main:1:7: error: a ';' is missing before this '}'");
  EXPECT_EQ(fault("};"), "/etc/main:1:1: error: '}' without a '{'");
  EXPECT_EQ(fault("{"), "/etc/main:1:1: error: expected a statement");
  EXPECT_EQ(fault("zone ;"), "/etc/main:1:6: error: expected the zone's name");
  EXPECT_EQ(fault("zone 1;"), "/etc/main:1:7: error: expected '{'");
  EXPECT_EQ(fault("view {"), "/etc/main:1:6: error: expected the view's name");
  EXPECT_EQ(fault("zone 1 { file; };"), "/etc/main:1:14: error: expected a value");
  EXPECT_EQ(fault("zone \"1\n"), "/etc/main:1:6: error: this string has no closing quote");
  EXPECT_EQ(fault("/* zone"), "/etc/main:1:1: error: this comment has no end");
  EXPECT_EQ(fault("zone 1 { file f; };"), "/etc/main:1:1: error: zone '1' has no type");
  EXPECT_EQ(fault("zone a..b { type master; file f; };"),
            "/etc/main:1:1: error: 'a..b' is not a zone name: empty label");
  EXPECT_EQ(fault("\n include \"nowhere\";"),
            "/etc/main:2:2: error: '/etc/nowhere': No such file or directory");
  EXPECT_EQ(fault("include \"n*\";"), "/etc/main:1:1: error: no file matches '/etc/n*'");
  std::string deep = "acl x ";
  for (int i = 0; i < 65; ++i) deep += "{ ";
  EXPECT_EQ(fault(deep), "/etc/main:1:135: error: braces are nested more than 64 deep");
}

// 20,000 zones are read in linear time, also if each is shared with another view.
TEST(NamedConf, ManyZones) {
  std::string text = "view a {\n";
  for (int i = 0; i < 20'000; ++i)
    text += fmt::format("zone \"{}.{}.{}.in-addr.arpa\" {{ type primary; file \"pz/{}.zone\"; }};\n", i & 255,
                        i >> 8 & 255, i >> 16, i);
  text += "};\n";
  const double seconds =
      ptrd::test::least_processor_time([&] { EXPECT_EQ(read_named(text).zones.size(), 20'000U); });
  EXPECT_LT(seconds, 2);  // under sanitizers, which are not optimized
  std::cout << "20,000 zones: " << seconds << " s\n";
  text += "view b {\n";
  for (int i = 0; i < 20'000; ++i)
    text += fmt::format("zone \"{}.{}.{}.in-addr.arpa\" {{ in-view a; }};\n", i & 255, i >> 8 & 255, i >> 16);
  text += "};\n";
  EXPECT_EQ(read_named(text, "b").zones.size(), 20'000U);
}

}  // namespace
}  // namespace ptrd::zone::test
