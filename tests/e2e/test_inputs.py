#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""ptrzone on zone files as people have them: folders of BIND, octoDNS and DNSControl, configurations of BIND, NSD and Knot."""

import json
import os
import re
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import ptrd

SOA = "@ IN SOA ns1.example.net. host.example.net. 1 4h 1h 2w 1h\n@ IN NS ns1.example.net.\n@ IN NS ns2.example.net.\n"


class InputsCase(unittest.TestCase):
    def setUp(self):
        self.folder = ptrd.temporary_folder()
        self.image = f"{self.folder}/image.ptri"

    def write(self, name, text):
        path = f"{self.folder}/{name}"
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def zone(self, name, owner="1", target="host.example.net."):
        """A zone file whose apex its text does not say."""
        return self.write(name, f"$TTL 3600\n{SOA}{owner} IN PTR {target}\n")

    def compile(self, *arguments):
        """Compiles by one command, which must succeed; returns the zones, and the lines on stderr without the folder's path."""
        result = ptrd.ptrzone("compile", "-o", self.image, *arguments)
        self.assertEqual(result.returncode, 0, result)
        return self.zones(), result.stderr.replace(self.folder + "/", "").splitlines()

    def zones(self):
        info = json.loads(ptrd.ptrzone("info", "--json", self.image).stdout)
        return sorted(zone["name"].rstrip(".") for zone in info["zones"])

    def answer(self, address):
        """The target of an address's PTR record."""
        result = ptrd.ptrzone("lookup", self.image, address)
        return re.findall(r"\bPTR\t(\S+)$", result.stdout, re.MULTILINE)


class FolderTest(InputsCase):
    def test_names_from_the_field(self):
        """The names that were read wrongly or not at all are understood, and what is guessed has a warning."""
        self.zone("zones/db.10.2.1", target="a.example.net.")
        self.zone("zones/3.2.10.in-addr.arpa.db", target="b.example.net.")
        self.zone("zones/zone.4.2.10.in-addr.arpa", target="c.example.net.")
        self.zone("zones/2.0.10.in-addr.arpa!inside.zone", target="d.example.net.")
        self.zone("zones/0/25.2.0.192.in-addr.arpa.zone", target="e.example.net.")
        zones, told = self.compile(f"{self.folder}/zones")
        self.assertEqual(zones, ["0/25.2.0.192.in-addr.arpa", "1.2.10.in-addr.arpa", "2.0.10.in-addr.arpa", "3.2.10.in-addr.arpa",
                                 "4.2.10.in-addr.arpa"])
        self.assertEqual([self.answer(a) for a in ("10.2.1.1", "10.2.3.1", "10.2.4.1", "10.0.2.1")],
                         [["a.example.net."], ["b.example.net."], ["c.example.net."], ["d.example.net."]])
        self.assertEqual(self.answer("1.0/25.2.0.192.in-addr.arpa"), ["e.example.net."])
        self.assertEqual(told, ["zones/db.10.2.1: warning: taken for the zone 1.2.10.in-addr.arpa., as its name has the octets in the order "
                                "of the address; if that is wrong, give APEX=FILE"])

    def test_octodns(self):
        """What octoDNS's ZoneFileProvider writes: names with a final dot, '-' for a slash, $ORIGIN at the top."""
        head = ("@ 3600 IN SOA ns1.example.net. host.example.net. (\n    1700000000 ; Serial\n    3600 ; Refresh\n    600 ; Retry\n"
                "    604800 ; Expire\n    3600 ; NXDOMAIN ttl\n)\n\n@     3600 IN NS       ns1.example.net.\n"
                "      3600 IN NS       ns2.example.net.\n{0}      300 IN PTR      host.example.net.\n")
        for extension in (".", ".zone", ""):
            with self.subTest(extension):
                for zone in ("2.0.192.in-addr.arpa.", "0/25.113.0.203.in-addr.arpa.", "8.b.d.0.1.0.0.2.ip6.arpa."):
                    name = zone[:-1].replace("/", "-") + extension
                    self.write(f"octodns{extension}/{name}", f"$ORIGIN {zone}\n\n" + head.format("1" + 23 * ".0" if "ip6" in zone else "1"))
                zones, told = self.compile(f"{self.folder}/octodns{extension}")
                self.assertEqual(zones, ["0/25.113.0.203.in-addr.arpa", "2.0.192.in-addr.arpa", "8.b.d.0.1.0.0.2.ip6.arpa"])
                self.assertEqual(told, [])

    def test_dnscontrol(self):
        """What DNSControl's BIND provider writes: X.zone, tags behind '!', a subfolder for REV()'s slash, no $ORIGIN."""
        for name in ("2.0.192.in-addr.arpa.zone", "100.51.198.in-addr.arpa!outside.zone", "128/25.113.0.203.in-addr.arpa.zone"):
            self.write(f"zones/{name}", "$TTL 300\n; generated with dnscontrol 2026-01-01T00:00:00Z\n"
                       "@                IN SOA   ns1.example.net. host.example.net. 2026010100 3600 600 604800 1440\n"
                       "                 IN NS    ns1.example.net.\n                 IN NS    ns2.example.net.\n"
                       "129              IN PTR   host.example.net.\n")
        zones, told = self.compile(f"{self.folder}/zones")
        self.assertEqual(zones, ["100.51.198.in-addr.arpa", "128/25.113.0.203.in-addr.arpa", "2.0.192.in-addr.arpa"])
        self.assertEqual(told, [])
        # Two variants of a zone: one has to be chosen.
        self.zone("zones/100.51.198.in-addr.arpa!inside.zone")
        result = ptrd.ptrzone("compile", "-o", self.image, f"{self.folder}/zones")
        self.assertEqual(result.returncode, 1, result)
        self.assertIn("error: duplicate zone 100.51.198.in-addr.arpa.", result.stderr)

    def test_knot_and_slashes(self):
        """Knot's names of zone files have '_' for the slash."""
        self.zone("zones/0_25.2.0.192.in-addr.arpa.zone")
        self.assertEqual(self.compile(f"{self.folder}/zones")[0], ["0/25.2.0.192.in-addr.arpa"])

    def test_each_file_passed_over_has_a_note(self):
        """Notes are on stderr, and count neither as findings nor for --strict."""
        self.zone("zones/2.0.192.in-addr.arpa.zone")
        others = ["2.0.192.in-addr.arpa.zone~", "2.0.192.in-addr.arpa.zone.jnl", "2.0.192.in-addr.arpa.zone.signed", "Kx.+013+1.private",
                  "named.conf", "README", "db.empty", "part.inc", ".hidden"]
        for name in others:
            self.zone(f"zones/{name}")
        self.write("zones/hosts.db", "1 PTR a.example.net.\n")
        result = ptrd.ptrzone("check", "--strict", f"{self.folder}/zones")
        self.assertEqual((result.returncode, result.stdout), (0, "1 zone, 4 records: 0 errors, 0 warnings\n"), result)
        lines = result.stderr.splitlines()
        self.assertEqual(sorted(line.split(": note: not read as a zone: ")[0] for line in lines),
                         sorted(f"{self.folder}/zones/{name}" for name in [*others, "hosts.db"]))

    def test_apex_of_another_zone(self):
        """The SOA record's owner must be the apex that APEX=FILE, or a file's name, asks for, as for the other servers."""
        other = self.write("11.db", f"$TTL 1h\n$ORIGIN 11.in-addr.arpa.\n{SOA}1.0.0 PTR a.example.net.\n")
        named = self.write("10.in-addr.arpa.zone", f"$TTL 1h\n$ORIGIN 11.in-addr.arpa.\n{SOA}1.0.0 PTR a.example.net.\n")
        dotless = self.write("dotless.db", SOA.replace("@", "2.0.192.in-addr.arpa 3600"))
        for argument, zone, path, line, text in (
                (f"10.in-addr.arpa={other}", "10.in-addr.arpa", other, 3, "is for 11.in-addr.arpa., but the zone asked for is 10.in-addr.arpa.;"),
                (named, "10.in-addr.arpa", named, 3, "is for 11.in-addr.arpa., but the zone is 10.in-addr.arpa. by the file's name;"),
                (f"2.0.192.in-addr.arpa={dotless}", "2.0.192.in-addr.arpa", dotless, 1, "add the final dot that the owner or an $ORIGIN lacks")):
            with self.subTest(argument):
                for command in (("check",), ("compile", "-o", self.image), ("lint",), ("forward",)):
                    result = ptrd.ptrzone(*command, argument)
                    self.assertEqual(result.returncode, 1, result)
                    self.assertRegex(result.stdout + result.stderr, re.escape(f"{path}:{line}: error: the SOA record ") + ".*" + re.escape(text))
                self.assertFalse(os.path.exists(self.image))
                peers = [ptrd.run("named-checkzone", zone, path), ptrd.run("kzonecheck", "-o", zone, path),
                         ptrd.run("nsd-checkzone", zone, path)]
                self.assertTrue(all(peer.returncode != 0 for peer in peers), peers)
        # A generic name asks for nothing.
        generic = self.write("customer7.zone", f"$TTL 1h\n$ORIGIN 11.in-addr.arpa.\n{SOA}")
        self.assertEqual(self.compile(generic), (["11.in-addr.arpa"], []))


class BindTest(InputsCase):
    """A primary's folder, with what Debian's has, and its configuration."""

    def setUp(self):
        super().setUp()
        self.zone("var/pz/db.10.2.1", target="inside.example.net.")
        self.zone("var/pz/outside.db", target="outside.example.net.")
        self.zone("var/pz/0-25", target="part.example.net.")
        self.write("var/pz/db.203.0.113", f"$TTL 3600\n{SOA}$INCLUDE pz/hosts\n")
        self.write("var/pz/hosts", "7 PTR included.example.net.\n")
        self.zone("var/empty.db", owner="@")
        self.write("etc/named.conf.options", f"""
options {{
	directory "{self.folder}/var"; // where zone files are
	listen-on-v6 {{ any; }};
	allow-update {{ none; }};
}};
""")
        self.write("etc/zones/a.conf", """zone "1.2.10.in-addr.arpa" { type master; file "pz/db.10.2.1"; };\n""")
        self.write("etc/zones/b.conf", """
/* zone "commented.out.arpa" { type master; file "none"; }; */
zone "0/25.2.0.192.in-addr.arpa" IN { type primary; file "pz/0-25"; };
zone "113.0.203.in-addr.arpa" { type primary; file "pz/db.203.0.113"; };
""")

    def configuration(self, text):
        return self.write("etc/named.conf", text.replace("ETC", f"{self.folder}/etc"))

    def listed(self, conf):
        """What named-checkconf says: (zone, view, type) of each."""
        result = ptrd.run("named-checkconf", "-l", conf)
        self.assertEqual(result.returncode, 0, result)
        return [(zone, view, kind) for zone, _, view, kind, *_ in (line.split() for line in result.stdout.splitlines())]

    def test_includes_and_directory(self):
        """Includes with patterns, `directory`, all styles of comments, types that are not read; $INCLUDE relative to `directory`."""
        conf = self.configuration("""
include "ETC/named.conf.options";
include "ETC/zones/*.conf";
zone "10.in-addr.arpa" { type primary; file "empty.db"; }; zone "168.192.in-addr.arpa" { type primary; file "empty.db"; }; # one text
zone "." { type hint; file "root.hints"; };
zone "a.example" { type slave; masters { 192.0.2.1; }; file "a"; };
zone "b.example" { type forward; forwarders { 192.0.2.1; }; };
""")
        self.write("var/root.hints", ". 3600 NS a.root-servers.net.\na.root-servers.net. 3600 A 198.41.0.4\n")
        zones, told = self.compile("--named-conf", conf)
        self.assertEqual(zones, sorted(zone for zone, _, kind in self.listed(conf) if kind in ("primary", "master")))
        self.assertEqual(told, ["etc/named.conf: note: 3 zones not read: 1 forward, 1 hint, 1 secondary"])
        self.assertEqual([self.answer(a) for a in ("10.2.1.1", "203.0.113.7", "1.0/25.2.0.192.in-addr.arpa")],
                         [["inside.example.net."], ["included.example.net."], ["part.example.net."]])

    def test_views(self):
        """One view is chosen; without a choice the message names them."""
        conf = self.configuration("""
include "ETC/named.conf.options";
view "inside" { match-clients { 10.0.0.0/8; };
	include "ETC/zones/*.conf";
};
view "outside" {
	zone "1.2.10.in-addr.arpa" { type master; file "pz/outside.db"; };
	zone "113.0.203.in-addr.arpa" { in-view "inside"; };
};
""")
        listed = self.listed(conf)
        result = ptrd.ptrzone("compile", "-o", self.image, "--named-conf", conf)
        self.assertEqual(result.returncode, 1, result)
        self.assertIn(f"{conf}:1:1: error: 2 views: inside, outside; choose one with --view NAME\n", result.stderr)
        for view, target in (("inside", "inside.example.net."), ("outside", "outside.example.net.")):
            zones, _ = self.compile("--named-conf", conf, "--view", view)
            self.assertEqual(zones, sorted(zone for zone, of_view, _ in listed if of_view == view))
            self.assertEqual(self.answer("10.2.1.1"), [target])
        self.assertEqual(self.answer("203.0.113.7"), ["included.example.net."])

    def test_root(self):
        """A configuration from a chroot or container: absolute paths below --root, of includes too."""
        conf = self.write("etc/named.conf", 'include "/etc/options";\nzone "1.2.10.in-addr.arpa" { type master; file "pz/db.10.2.1"; };\n')
        self.write("etc/options", 'options { directory "/var"; };\n')
        self.assertEqual(self.compile("--named-conf", conf, "--root", self.folder)[0], ["1.2.10.in-addr.arpa"])

    def test_wrong_configurations(self):
        """One line with file, line and column, for what named-checkconf refuses as well; nothing is written."""
        for text, fault in (
                ('zone "1" { type master; file "x" };', "1:34: error: expected ';'"),
                ('zone "1" {\n type master; file "x";\n', "3:1: error: the file ends within a statement; a '}' or ';' is missing"),
                ('\n  include "nowhere";', f"2:3: error: '{self.folder}/etc/nowhere': No such file or directory"),
                ('zone "1" { type master; file "x; };', "1:30: error: this string has no closing quote"),
                ('zone "1" { file "x"; };', "1:1: error: zone '1' has no type"),
                ('zone "a..b" { type master; file "x"; };', "1:1: error: 'a..b' is not a zone name: empty label")):
            with self.subTest(text):
                conf = self.configuration(text)
                self.assertNotEqual(ptrd.run("named-checkconf", conf).returncode, 0)
                result = ptrd.ptrzone("compile", "-o", self.image, "--named-conf", conf)
                self.assertEqual(result.returncode, 1, result)
                self.assertEqual(result.stderr.splitlines()[0], f"{conf}:{fault}")
                self.assertFalse(os.path.exists(self.image))
        result = ptrd.ptrzone("check", "--named-conf", f"{self.folder}/none.conf")
        self.assertEqual(result.stdout.splitlines()[0], f"{self.folder}/none.conf: error: No such file or directory")

    def test_file_of_another_zone(self):
        """A zone statement says the apex: a file with another SOA record is an error."""
        self.write("var/pz/db.203.0.113", f"$TTL 3600\n$ORIGIN 100.51.198.in-addr.arpa.\n{SOA}")
        result = ptrd.ptrzone("check", "--named-conf", self.configuration('include "ETC/named.conf.options"; include "ETC/zones/b.conf";'))
        self.assertEqual(result.returncode, 1)
        self.assertIn("var/pz/db.203.0.113:3: error: the SOA record is for 100.51.198.in-addr.arpa., but the configuration has this file for "
                      "the zone 113.0.203.in-addr.arpa.; correct one of them\n", result.stdout)

    def test_journal(self):
        """A dynamic zone with a journal has a warning: its last changes are not in the file."""
        conf = self.configuration('include "ETC/named.conf.options";\n'
                                  'zone "1.2.10.in-addr.arpa" { type master; file "pz/db.10.2.1"; update-policy local; };\n')
        self.assertEqual(self.compile("--named-conf", conf)[1], [])
        self.write("var/pz/db.10.2.1.jnl", "")
        self.assertEqual(self.compile("--named-conf", conf)[1],
                         ["etc/named.conf:2:1: warning: zone '1.2.10.in-addr.arpa' has a journal, whose changes are not read; first run "
                          "\"rndc sync 1.2.10.in-addr.arpa\""])


class OtherServersTest(InputsCase):
    def test_nsd(self):
        """zonesdir, patterns with placeholders, includes; secondaries are counted. The configuration is valid for NSD."""
        self.zone("zones/arpa/in-addr/2.10.in-addr.arpa.zone", owner="1.1", target="a.example.net.")
        self.zone("zones/own", owner="1.1", target="b.example.net.")
        self.zone("zones/0/25.2.0.192.in-addr.arpa", target="c.example.net.")
        self.write("d/a.conf", "zone:\n\tname: 0/25.2.0.192.in-addr.arpa\n\tzonefile: %s\n")
        conf = self.write("nsd.conf", f"""
server:
	zonesdir: "{self.folder}/zones"
	zonelistfile: "{self.folder}/zone.list"
include: "{self.folder}/d/*.conf"
pattern:
	name: "primary"
	zonefile: "%z/%y/%s.zone"
	provide-xfr: 192.0.2.1 NOKEY
zone:
	name: "2.10.in-addr.arpa"
	include-pattern: "primary"
zone: name: 3.10.in-addr.arpa zonefile: own # all on one line
zone:
	name: "4.10.in-addr.arpa"
	include-pattern: "primary"
	request-xfr: 192.0.2.1 NOKEY
""")
        self.assertEqual(ptrd.run("nsd-checkconf", conf).returncode, 0)
        zones, told = self.compile("--nsd-conf", conf)
        self.assertEqual(zones, ["0/25.2.0.192.in-addr.arpa", "2.10.in-addr.arpa", "3.10.in-addr.arpa"])
        self.assertEqual(told, ["nsd.conf: note: 1 zone not read: 1 secondary"])
        self.assertEqual([self.answer(a) for a in ("10.2.1.1", "10.3.1.1")], [["a.example.net."], ["b.example.net."]])
        # Zones that nsd-control addzone added.
        self.zone("zones/arpa/in-addr/5.10.in-addr.arpa.zone", owner="1.1")
        self.write("zone.list", "# NSD zone list\n# name pattern\nadd 5.10.in-addr.arpa primary\n")
        self.assertIn("5.10.in-addr.arpa", self.compile("--nsd-conf", conf)[0])

    def test_knot(self):
        """Templates, storage, %s without quotes, includes; secondaries are counted. The configuration is valid for Knot."""
        self.zone("zones/2.10.in-addr.arpa.zone", owner="1.1", target="a.example.net.")
        self.zone("zones/0_25.2.0.192.in-addr.arpa.zone", target="b.example.net.")
        self.zone("other/3.10.in-addr.arpa", owner="1.1", target="c.example.net.")
        self.write("d/a.conf", "zone:\n  - domain: 0/25.2.0.192.in-addr.arpa\n")
        conf = self.write("knot.conf", f"""
remote:
  - id: hidden
    address: [192.0.2.1@53, 2001:db8::1]
template:
  - id: default
    storage: "{self.folder}/zones"
    file: %s.zone # YAML would refuse this
  - id: other
    storage: {self.folder}/other
    file: "%s"
include: d/*.conf
zone:
  - domain: 2.10.IN-ADDR.ARPA.
  - domain: 3.10.in-addr.arpa
    template: other
  - domain: 4.10.in-addr.arpa
    master: hidden
""")
        self.assertEqual(ptrd.run("knotc", "-c", conf, "conf-check").returncode, 0)
        zones, told = self.compile("--knot-conf", conf)
        self.assertEqual([zone.lower() for zone in zones], ["0/25.2.0.192.in-addr.arpa", "2.10.in-addr.arpa", "3.10.in-addr.arpa"])
        self.assertEqual(told, ["knot.conf: note: 1 zone not read: 1 secondary"])
        self.assertEqual([self.answer(a) for a in ("10.2.1.1", "10.3.1.1")], [["a.example.net."], ["c.example.net."]])

    def test_zone_list(self):
        """A line for each zone; files relative to the list's folder; one text for several zones."""
        self.zone("zones/empty.db", owner="@")
        self.zone("zones/with space", target="a.example.net.")
        zone_list = self.write("list", "# zones\n10.in-addr.arpa zones/empty.db\n11.in-addr.arpa zones/empty.db\n"
                               f"0/25.2.0.192.in-addr.arpa {self.folder}/zones/with space\n")
        self.assertEqual(self.compile("--zone-list", zone_list),
                         (["0/25.2.0.192.in-addr.arpa", "10.in-addr.arpa", "11.in-addr.arpa"], []))
        result = ptrd.ptrzone("check", "--zone-list", self.write("bad", "10.in-addr.arpa\n"))
        self.assertEqual((result.returncode, result.stdout.splitlines()[0]), (1, f"{self.folder}/bad:1:1: error: expected 'APEX FILE'"))


class CommandsTest(InputsCase):
    def setUp(self):
        super().setUp()
        self.zone("z/2.0.192.in-addr.arpa.zone", target="192-0-2-1.example.net.")
        self.list = self.write("list", "2.0.192.in-addr.arpa z/2.0.192.in-addr.arpa.zone\n")

    def test_all_commands(self):
        """check, lint, forward and diff take the same inputs as compile, alone or beside PATH."""
        self.zone("y/3.0.192.in-addr.arpa.zone")
        more = f"{self.folder}/y"
        self.assertEqual(ptrd.ptrzone("check", "--zone-list", self.list, more).stdout, "2 zones, 8 records: 0 errors, 0 warnings\n")
        self.assertIn("[address/quad]", ptrd.ptrzone("lint", "--zone-list", self.list).stdout)
        self.assertEqual(ptrd.ptrzone("forward", "--zone-list", self.list).stdout, "192-0-2-1.example.net.\t3600\tIN\tA\t192.0.2.1\n")
        self.compile("--zone-list", self.list, more)
        result = ptrd.ptrzone("diff", self.image, "--zone-list", self.list)
        self.assertEqual(result.returncode, 1, result)
        self.assertEqual(result.stdout.splitlines()[-1], "4 records removed, 0 added, 0 changed; 1 zone removed, 0 added")
        self.assertEqual(ptrd.ptrzone("lint", self.image, "--zone-list", self.list).stdout.count("[address/quad]"), 2)

    def test_wrong_usage(self):
        """Without any zones, with a view but no named.conf, and with a second side of diff twice: status 2."""
        for arguments in (["compile", "-o", self.image], ["check"], ["forward"], ["lint"], ["diff", self.list],
                          ["check", "--view", "x", self.folder], ["diff", self.image, self.list, "--zone-list", self.list]):
            result = ptrd.ptrzone(*arguments)
            self.assertEqual(result.returncode, 2, result)
            self.assertEqual(len(result.stderr.splitlines()), 1, result)


if __name__ == "__main__":
    unittest.main()
