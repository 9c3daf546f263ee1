#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Classless delegation (RFC 2317): ptrzone forward and map follow the aliases of addresses, as rdns verify does."""

import json
import os
import re
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import ptrd

RDNS = os.path.join(ptrd.BUILD, "tools", "rdns")
APEX = "$TTL 1h\n@ SOA ns1.example.net. h.example.net. 1 2h 15m 2w 5m\n@ NS ns1.example.net.\n@ NS ns2.example.net.\n"
PARENT = APEX + """0/26 NS ns1.example.net.
0/26 NS ns2.example.net.
$GENERATE 0-63 $ CNAME $.0/26
64-127 NS ns1.cust.example.
64-127 NS ns2.cust.example.
$GENERATE 64-127 $ CNAME $.64-127
128 CNAME 128.cust.example.
129 CNAME nowhere.2.0.192.in-addr.arpa.
130 CNAME 131
131 CNAME 130
132 CNAME 132
$GENERATE 140-153 $ CNAME ${1}
154 PTR end.example.net.
200 PTR MixedCase.Example.NET.
"""
CHILD = "$ORIGIN 0/26.2.0.192.in-addr.arpa.\n" + APEX + "$GENERATE 1-20 $ 60 PTR host$.example.net.\n21 PTR two.example.net.\n21 PTR three.example.net.\n"
PARENT6 = APEX + "{name} CNAME a.cust\na.cust PTR six.example.net.\n"
# A chain of 12 aliases is in one answer, one of 13 is not.
NAMES = {f"192.0.2.{i}": [f"host{i}.example.net."] for i in range(1, 21)}
NAMES |= {"192.0.2.21": ["three.example.net.", "two.example.net."], "192.0.2.154": ["end.example.net."], "192.0.2.200": ["MixedCase.Example.NET."]}
NAMES |= {f"192.0.2.{i}": ["end.example.net."] for i in range(142, 154)}
V6 = "2001:db8::53"


class ClasslessTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = ptrd.temporary_folder()
        name = ptrd.run(RDNS, "name", V6).stdout.strip()
        cls.files = [cls.write("2.0.192.in-addr.arpa.zone", PARENT), cls.write("child.zone", CHILD),
                     cls.write("8.b.d.0.1.0.0.2.ip6.arpa.zone", PARENT6.format(name=name))]
        cls.image = ptrd.compile_image(f"{cls.folder}/image.ptri", *cls.files)

    @classmethod
    def write(cls, name, text):
        with open(f"{cls.folder}/{name}", "w") as file:
            file.write(text)
        return file.name

    def forward(self, *paths):
        """The addresses' names by `ptrzone forward`."""
        result = ptrd.ptrzone("forward", *paths)
        self.assertEqual(result.returncode, 0, result)
        names = {}
        for line in result.stdout.splitlines():
            name, ttl, _, rdtype, address = line.split("\t")
            self.assertEqual(rdtype, "AAAA" if ":" in address else "A")
            self.assertEqual(ttl, "60" if name.startswith("host") else "3600", "the PTR record's")
            names.setdefault(address, []).append(name)
        return {address: sorted(found) for address, found in names.items()}

    def test_forward(self):
        """The records of the child's zone, of chains and of IPv6 addresses, from zone files and from an image; each once."""
        expected = {**NAMES, V6: ["six.example.net."]}
        self.assertEqual(self.forward(*self.files), expected)
        self.assertEqual(self.forward(self.image), expected)

    def test_forward_of_the_parent_alone(self):
        """Without the child's zone its names are elsewhere: only the parent's own are there."""
        self.assertEqual(set(self.forward(self.files[0])), {address for address in NAMES if int(address.split(".")[3]) >= 128})

    def test_agrees_with_verify(self):
        """rdns verify finds the same names, and confirms each by what forward prints."""
        forward = self.write("forward.txt", ptrd.ptrzone("forward", self.image).stdout)
        result = ptrd.run(RDNS, "verify", "--image", self.image, "--forward", forward, "--json")
        found = {one["address"]: sorted(one["confirmed"]) for one in map(json.loads, result.stdout.splitlines()) if one["iprev"] == "pass"}
        self.assertEqual(found, {**NAMES, V6: ["six.example.net."]})
        self.assertNotIn("fail", {one["iprev"] for one in map(json.loads, result.stdout.splitlines())})

    def test_map(self):
        """Named through an alias is named; an alias to another server's name is delegated; one that ends nowhere is neither."""
        def counts(image):
            result = ptrd.ptrzone("map", image, "-o", f"{self.folder}/map.svg", "--prefix", "192.0.2.0/24")
            self.assertEqual(result.returncode, 0, result)
            return {kind: int(count) for kind, count in re.findall(r"  (\w.*?) +(\d+) address(?:es)?", result.stdout)}

        self.assertEqual(counts(self.image), {"individual name": len(NAMES), "name from a template": 0, "delegated": 64 + 1,
                                              "in a zone, no name": 256 - len(NAMES) - 65, "not in a zone": 0})
        alone = counts(ptrd.compile_image(f"{self.folder}/alone.ptri", self.files[0]))
        self.assertEqual(alone["delegated"], 128 + 1, "the child's zone is on another server")


if __name__ == "__main__":
    unittest.main()
