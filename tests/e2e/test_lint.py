#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""ptrzone lint, map and diff on zone files and images."""

import json
import os
import re
import struct
import sys
import unittest
import xml.etree.ElementTree

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import ptrd

SOA = "@ 3600 IN SOA ns1.example.net. host.example.net. 1 4h 1h 2w 1h\n@ IN NS ns1.example.net.\n@ IN NS ns2.example.net.\n"
ZONE = SOA + """1 PTR z192-0-2-1.x.example.
2 PTR brians-iphone.x.example.
3 PTR localhost.
4 PTR plain.x.example.
4 PTR again.x.example.
5 PTR single.
"""
WANTED = [(4, "note", "address/quad"), (5, "warning", "person/iphone"), (6, "error", "placeholder/localhost"),
          (6, "warning", "hygiene/single-label"), (8, "warning", "hygiene/several-ptr"), (9, "warning", "hygiene/single-label")]


class ZoneCase(unittest.TestCase):
    def setUp(self):
        self.folder = ptrd.temporary_folder()
        self.zone = self.write("2.0.192.in-addr.arpa.zone", ZONE)

    def write(self, name, text):
        path = f"{self.folder}/{name}"
        with open(path, "w") as file:
            file.write(text)
        return path


class LintTest(ZoneCase):
    def findings(self, *arguments):
        result = ptrd.ptrzone("lint", "--format", "json", *arguments)
        return [(f.get("line"), f["severity"], f["rule"]) for f in json.loads(result.stdout)["findings"]], result.returncode

    def test_text(self):
        """Each finding has file, line, severity, text and rule; the counts go to stderr; an error means status 1."""
        result = ptrd.ptrzone("lint", self.zone)
        self.assertEqual(result.returncode, 1, result)
        found = [re.fullmatch(r"(.+):(\d+): (note|warning|error): .+ \[(.+)\]", line).groups() for line in result.stdout.splitlines()]
        self.assertEqual(sorted((int(line), severity, rule) for _, line, severity, rule in found), sorted(WANTED))
        self.assertEqual({file for file, *_ in found}, {self.zone})
        self.assertRegex(result.stderr, r"^6 names, \d+ patterns: 1 error, 4 warnings, 1 note; [\d.]+ s, \d+ names a second\n$")

    def test_image(self):
        """An image has the same findings, without lines."""
        image = ptrd.compile_image(f"{self.folder}/a.ptri", self.zone)
        found, status = self.findings(image)
        self.assertEqual(status, 1)
        self.assertEqual(sorted(rule for _, _, rule in found), sorted(rule for *_, rule in WANTED))
        self.assertEqual({line for line, *_ in found}, {None})

    def test_sarif(self):
        """SARIF 2.1.0: each result has a rule of the driver, a level, a message and a place."""
        log = json.loads(ptrd.ptrzone("lint", "--format", "sarif", self.zone).stdout)
        self.assertEqual(log["version"], "2.1.0")
        run, = log["runs"]
        rules = run["tool"]["driver"]["rules"]
        for result in run["results"]:
            self.assertEqual(rules[result["ruleIndex"]]["id"], result["ruleId"])
            self.assertIn(result["level"], ("note", "warning", "error"))
            self.assertNotEqual(result["message"]["text"], "")
            place = result["locations"][0]["physicalLocation"]
            self.assertEqual(place["artifactLocation"]["uri"], f"file://{self.zone}")
            self.assertGreater(place["region"]["startLine"], 3)
        self.assertEqual(len(run["results"]), len(WANTED))

    def test_allow_list(self):
        """Rules, names and patterns of the list are ignored; an invalid line is rejected with its position."""
        allow = self.write("allow", "rule placeholder/*\nname *.x.example\npattern ^single$\nrule hygiene/several-ptr\n")
        self.assertEqual(self.findings("--allow", allow, self.zone), ([(6, "warning", "hygiene/single-label"), (9, "warning", "hygiene/single-label")], 0))
        result = ptrd.ptrzone("lint", "--allow", self.write("bad", "rule x\nfoo y\n"), self.zone)
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertIn("bad:2:1: unknown keyword 'foo'", result.stderr)

    def test_own_patterns(self):
        """Custom patterns add, replace and remove; an invalid regex is rejected with file, line, column and Hyperscan's reason."""
        own = self.write("own", "person off iphone\nrole error plain ^plain plain.example is plain\nplaceholder note localhost ^localhost localhost is\n")
        found, status = self.findings("--patterns", own, self.zone)
        self.assertEqual(status, 1)
        rules = {rule: severity for _, severity, rule in found}
        self.assertNotIn("person/iphone", rules)
        self.assertEqual((rules["role/plain"], rules["placeholder/localhost"]), ("error", "note"))
        result = ptrd.ptrzone("lint", "--patterns", self.write("bad", "# x\nrole note a (b b x\n"), self.zone)
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stderr, r"bad:2:1\d: '\(b': .*parenthesis")

    def test_examples(self):
        """Every shipped pattern matches its example; one that does not is reported."""
        result = ptrd.ptrzone("lint", "--try-examples")
        self.assertEqual(result.returncode, 0, result)
        result = ptrd.ptrzone("lint", "--try-examples", "--patterns", self.write("own", "role note a vpn www x\n"))
        self.assertEqual(result.returncode, 1)
        self.assertIn("own:1:13: role/a: the example 'www' does not match", result.stdout)

    def test_most_and_strict(self):
        """--most limits the output and counts the rest; --strict makes any finding an error."""
        many = self.write("3.0.192.in-addr.arpa.zone", SOA + "$GENERATE 1-50 $ PTR adsl-x$a.x.example.\n")
        result = ptrd.ptrzone("lint", "--most", "3", many)
        self.assertEqual(result.returncode, 0, result)
        self.assertEqual(len(result.stdout.splitlines()), 4)
        self.assertIn("and 47 more: note: says ADSL [access/adsl]", result.stdout)
        self.assertEqual(ptrd.ptrzone("lint", "--strict", many).returncode, 1)

    def test_wrong_usage(self):
        for arguments in ([], ["--format", "xml", self.zone], ["--try-examples", self.zone]):
            self.assertEqual(ptrd.ptrzone("lint", *arguments).returncode, 2, arguments)
        self.assertEqual(ptrd.ptrzone("lint", f"{self.folder}/nowhere.zone").returncode, 1)


class MapTest(ZoneCase):
    def test_pictures(self):
        """A map is a PNG or an SVG of some size, and its counts are right."""
        image = ptrd.compile_image(f"{self.folder}/a.ptri", self.zone)
        for prefix in ("0.0.0.0/0", "192.0.2.0/24", "192.0.0.0/15"):
            for end in ("png", "svg"):
                out = f"{self.folder}/map.{end}"
                result = ptrd.ptrzone("map", image, "-o", out, "--prefix", prefix)
                self.assertEqual(result.returncode, 0, result)
                self.assertRegex(result.stdout, r"individual name +4 addresses|individual name +6 addresses|individual name +5 addresses")
        with open(f"{self.folder}/map.png", "rb") as file:
            start = file.read(24)
        self.assertEqual(start[:8], b"\x89PNG\r\n\x1a\n")
        self.assertGreater(min(struct.unpack(">II", start[16:24])), 500)
        texts = [node.text for node in xml.etree.ElementTree.parse(f"{self.folder}/map.svg").iter("{http://www.w3.org/2000/svg}text")]
        self.assertIn("delegated", texts)

    def test_wrong_usage(self):
        image = ptrd.compile_image(f"{self.folder}/a.ptri", self.zone)
        for arguments in (["-o", "x.gif"], ["-o", "x.png", "--prefix", "10.0.0.1/8"], ["-o", "x.png", "--detail", "30"]):
            self.assertEqual(ptrd.ptrzone("map", image, *arguments, cwd=self.folder).returncode, 2, arguments)


class DiffTest(ZoneCase):
    def test_same_and_different(self):
        """An image is the same as its zone files, and differs from others by the records that tell them apart."""
        image = ptrd.compile_image(f"{self.folder}/a.ptri", self.zone)
        result = ptrd.ptrzone("diff", image, self.zone)
        self.assertEqual((result.returncode, result.stdout), (0, "0 records removed, 0 added, 0 changed; 0 zones removed, 0 added\n"))
        self.write("2.0.192.in-addr.arpa.zone", ZONE.replace("plain.x", "other.x").replace("5 PTR", "10 PTR"))
        result = ptrd.ptrzone("diff", image, self.zone)
        self.assertEqual(result.returncode, 1, result)
        lines = [line.split() for line in result.stdout.splitlines()]
        self.assertEqual([(line[0], line[1].split(".")[0], line[-1]) for line in lines[:-1]],
                         [("-", "4", "plain.x.example."), ("+", "4", "other.x.example."), ("-", "5", "single."), ("+", "10", "single.")])
        self.assertEqual(result.stdout.splitlines()[-1], "1 record removed, 1 added, 1 changed; 0 zones removed, 0 added")
        told = json.loads(ptrd.ptrzone("diff", "--json", image, self.zone).stdout)
        self.assertEqual(told["counts"], {"zones_removed": 0, "zones_added": 0, "removed": 1, "added": 1, "changed": 1})
        self.assertEqual(len(told["records"]), 4)

    def test_trouble(self):
        self.assertEqual(ptrd.ptrzone("diff", self.zone, f"{self.folder}/nowhere").returncode, 2)
        self.assertEqual(ptrd.ptrzone("diff", self.zone).returncode, 2)


if __name__ == "__main__":
    unittest.main()
