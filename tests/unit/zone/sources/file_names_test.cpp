// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/sources/file_names.hpp"

#include <gtest/gtest.h>

namespace ptrd::zone {
namespace {

/// What a name says, in one line.
std::string said(const std::string& name, const std::string& folder = "zones") {
  const FileName file = read_file_name(name, folder);
  const std::string origin = file.origin.to_text();
  switch (file.kind) {
    case FileName::Kind::apex:
      return "apex " + origin;
    case FileName::Kind::domain:
      return "domain " + origin;
    case FileName::Kind::numbers:
      if (file.origin.is_root()) return "numbers";
      return (file.is_convention ? "convention " : "numbers ") + origin;
    case FileName::Kind::invalid:
      return "invalid: " + file.fault;
    case FileName::Kind::other:
      break;
  }
  return "other";
}

struct Row {
  const char* name;
  const char* says;
};

// A row for each form, by who writes it.
TEST(FileNames, SayWhichZone) {
  for (const Row& row : {
           // Knot's "%s.zone", DNSControl's "%c.zone", Red Hat
           Row{"2.0.192.in-addr.arpa.zone", "apex 2.0.192.in-addr.arpa."},
           Row{"8.b.d.0.1.0.0.2.ip6.arpa.zone", "apex 8.b.d.0.1.0.0.2.ip6.arpa."},
           Row{"example.com.zone", "domain example.com."},
           Row{"customer7.zone", "domain customer7."},
           Row{"0-25.2.0.192.in-addr.arpa.zone", "apex 0-25.2.0.192.in-addr.arpa."},
           Row{"in-addr.arpa.zone", "apex in-addr.arpa."},
           Row{"a..b.zone", "invalid: empty label"},
           // by the zone's name alone; letters in either case
           Row{"2.0.192.in-addr.arpa", "apex 2.0.192.in-addr.arpa."},
           Row{"2.0.192.IN-ADDR.ARPA", "apex 2.0.192.IN-ADDR.ARPA."},
           Row{"example.com", "other"},
           // cPanel
           Row{"3.2.10.in-addr.arpa.db", "apex 3.2.10.in-addr.arpa."},
           Row{"example.com.db", "domain example.com."},
           // BIND's documentation, Debian, Puppet
           Row{"db.3.2.10.in-addr.arpa", "apex 3.2.10.in-addr.arpa."},
           Row{"db.0.22.10.IN-ADDR.ARPA", "apex 0.22.10.IN-ADDR.ARPA."},
           Row{"db.example.com", "domain example.com."},
           Row{"db.10.2.1", "convention 1.2.10.in-addr.arpa."},
           Row{"db.192.249.249", "convention 249.249.192.in-addr.arpa."},
           Row{"db.10", "convention 10.in-addr.arpa."},
           Row{"db.0", "numbers 0.in-addr.arpa."},
           Row{"db.127", "numbers 127.in-addr.arpa."},
           Row{"db.255", "numbers 255.in-addr.arpa."},
           Row{"db.empty", "domain empty."},
           // BIND 4 and 8
           Row{"named.192.0.2", "convention 2.0.192.in-addr.arpa."},
           Row{"named.2.0.192.in-addr.arpa", "apex 2.0.192.in-addr.arpa."},
           // by hand
           Row{"zone.3.2.10.in-addr.arpa", "apex 3.2.10.in-addr.arpa."},
           Row{"zone.example.com", "domain example.com."},
           Row{"zone.example.zone", "domain zone.example."},
           Row{"db.2.0.192.in-addr.arpa.zone", "apex 2.0.192.in-addr.arpa."},
           // Webmin, whose reverse zones are in the order of the address
           Row{"192.0.2.rev", "convention 2.0.192.in-addr.arpa."},
           Row{"example.com.hosts", "domain example.com."},
           // Windows DNS
           Row{"2.0.192.in-addr.arpa.dns", "apex 2.0.192.in-addr.arpa."},
           // ISPConfig
           Row{"pri.2.0.192.in-addr.arpa", "apex 2.0.192.in-addr.arpa."},
           // octoDNS: its default, and with file_extension
           Row{"2.0.192.in-addr.arpa.", "apex 2.0.192.in-addr.arpa."},
           Row{"2.0.192.in-addr.arpa..zone", "apex 2.0.192.in-addr.arpa."},
           Row{"example.com.", "domain example.com."},
           Row{"0-25.10.10.10.in-addr.arpa.", "apex 0-25.10.10.10.in-addr.arpa."},
           // DNSControl with tags, and its "db_%f"
           Row{"2.0.10.in-addr.arpa!inside.zone", "apex 2.0.10.in-addr.arpa."},
           Row{"db_2.0.10.in-addr.arpa", "apex 2.0.10.in-addr.arpa."},
           // Knot: '_' for a slash
           Row{"0_25.2.0.192.in-addr.arpa.zone", "apex 0/25.2.0.192.in-addr.arpa."},
           Row{"1_25.2.0.192.in-addr.arpa.zone", "apex 1_25.2.0.192.in-addr.arpa."},
           Row{"_x.2.0.192.in-addr.arpa.zone", "apex _x.2.0.192.in-addr.arpa."},
           // dnssec-signzone
           Row{"2.0.192.in-addr.arpa.zone.signed", "apex 2.0.192.in-addr.arpa."},
           // numbers that say no zone
           Row{"db.10.2.1.0", "numbers"},
           Row{"192.0.2.0_24.zone", "numbers"},
           Row{"db.10.256", "numbers"},
           Row{"db.010.2", "numbers"},
           // something else
           Row{"README.md", "other"},
           Row{"Makefile", "other"},
           Row{"10.2.1", "other"},
           Row{"db.", "domain db."},
           Row{".zone", "other"},
           Row{"", "other"},
       }) {
    EXPECT_EQ(said(row.name), row.says) << row.name;
  }
}

// DNSControl, and NSD's "%s", write the slash of RFC 2317 as a subfolder. A /32 or another folder is none.
TEST(FileNames, FolderBeforeASlash) {
  EXPECT_EQ(said("25.2.0.192.in-addr.arpa.zone", "0"), "apex 0/25.2.0.192.in-addr.arpa.");
  EXPECT_EQ(said("25.2.0.192.in-addr.arpa!inside.zone", "128"), "apex 128/25.2.0.192.in-addr.arpa.");
  EXPECT_EQ(said("29.2.0.192.in-addr.arpa", "248"), "apex 248/29.2.0.192.in-addr.arpa.");
  EXPECT_EQ(said("25.2.0.192.in-addr.arpa.zone", "64"), "apex 25.2.0.192.in-addr.arpa.");  // not a /25
  EXPECT_EQ(said("24.2.0.192.in-addr.arpa.zone", "0"), "apex 24.2.0.192.in-addr.arpa.");
  EXPECT_EQ(said("33.2.0.192.in-addr.arpa.zone", "0"), "apex 33.2.0.192.in-addr.arpa.");
  EXPECT_EQ(said("2.10.in-addr.arpa.zone", "0"), "apex 2.10.in-addr.arpa.");
  EXPECT_EQ(said("25.2.0.192.in-addr.arpa.zone", "256"), "apex 25.2.0.192.in-addr.arpa.");
  EXPECT_EQ(said("25.2.0.192.in-addr.arpa.zone", "pz"), "apex 25.2.0.192.in-addr.arpa.");
}

// Every file that is passed over for its name has a purpose that the note can say.
TEST(FileNames, OtherPurposes) {
  for (const char* name :
       {".x.zone.swp",      "x.zone~",           "#x.zone#",        "x.zone.swp",  "x.zone.bak",
        "x.zone.old",       "x.zone.orig",       "x.zone.rej",      "x.zone.save", "x.zone.tmp",
        "db.x.dpkg-old",    "db.x.dpkg-new",     "db.x.dpkg-dist",  "x.rpmnew",    "x.rpmsave",
        "x.rpmorig",        "db.x.jnl",          "db.x.signed.jnl", "db.x.jbk",    "db.x.signed",
        "Kx.+013+1.key",    "Kx.+013+1.private", "Kx.+013+1.state", "knot.conf",   "named.conf",
        "named.conf.local", "named_dump.db",     "cache_dump.db"}) {
    EXPECT_TRUE(other_purpose(name).has_value()) << name;
  }
  for (const char* name :
       {"2.0.192.in-addr.arpa.zone", "db.127", "named.192.0.2", "named.conference.zone", "x"}) {
    EXPECT_EQ(other_purpose(name).has_value(), std::string(name) == "named.conference.zone") << name;
  }
}

}  // namespace
}  // namespace ptrd::zone
