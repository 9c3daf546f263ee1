#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""rdns verify: forward-confirmed names, by a resolver in a namespace and offline against an image."""

import json
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import ptrd
import registry

ZONE = "7.3.196.in-addr.arpa"
PTRS = """1 PTR knot.example.
2 PTR absent.example.
3 PTR absent.example.
3 PTR confirmed.example.
4 CNAME 4.0-7
4.0-7 PTR alias.example.
5 PTR host.broken.example.
"""


def rdns(*arguments, **options):
    return ptrd.run(os.path.join(ptrd.BUILD, "tools", "rdns"), *arguments, **options)


def results(text):
    return {one["address"]: one["iprev"] for one in map(json.loads, text.splitlines())}


class OnlineTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        zones = {"knot": {ZONE: registry.zone_text(ZONE, ["knot", "nsd"], more=PTRS)}, "nsd": {}, "bind": {}}
        zones["nsd"] = dict(zones["knot"])
        zones["bind"] = {"unused.test": registry.zone_text("unused.test", ["bind"])}
        cls.world = registry.Registry({ZONE: ["knot", "nsd"]}, zones)
        cls.world.__enter__()
        cls.addClassCleanup(cls.world.__exit__)

    def verify(self, *arguments, **options):
        return self.world.rdns("verify", "--resolver", registry.RESOLVER, "--timeout", "1", "--retries", "1", *arguments, **options)

    def test_results(self):
        """pass over both families, fail for a name without that address, permerror without a PTR, temperror without an answer."""
        good = [registry.KNOT, registry.v6_of(registry.KNOT)]
        result = self.verify("--json", *good, "196.3.7.1", "196.3.7.2", "196.3.7.200", "198.18.99.1")
        self.assertEqual(result.returncode, 1, result)
        self.assertEqual(results(result.stdout), {good[0]: "pass", good[1]: "pass", "196.3.7.1": "fail", "196.3.7.2": "fail",
                                                  "196.3.7.200": "permerror", "198.18.99.1": "permerror"})
        self.assertIn("2 pass, 2 fail, 0 temperror, 2 permerror", result.stderr)

    def test_no_resolver(self):
        """A resolver that does not answer is temperror, not a wrong name."""
        result = self.world.rdns("verify", "--resolver", "198.18.29.1", "--timeout", "0.2", "--retries", "0", "--json", "192.0.2.1")
        self.assertEqual(results(result.stdout), {"192.0.2.1": "temperror"})
        self.assertEqual(result.returncode, 1)

    def test_file(self):
        """Many addresses from a file and from standard input; comments and empty lines are ignored."""
        path = self.world.write("addresses", f"# ours\n{registry.KNOT}\n\n {registry.NSD} # nsd\n{registry.BIND}\n" * 50)
        result = self.verify("--json", "--file", path)
        self.assertEqual(result.returncode, 0, result)
        self.assertEqual(set(results(result.stdout).values()), {"pass"})
        self.assertEqual(len(result.stdout.splitlines()), 150)
        result = self.verify("--file", "-", input=registry.KNOT + "\n")
        self.assertEqual((result.returncode, result.stdout), (0, f"{registry.KNOT} pass knot.example.\n"))

    def test_wrong_usage(self):
        """Nothing to verify, half of a pair of options: status 2; a bad address: status 1; one line each."""
        for arguments, status in (((), 2), (("--image", "x"), 2), (("1.2.3",), 1)):
            result = self.verify(*arguments)
            self.assertEqual((result.returncode, len(result.stderr.splitlines())), (status, 1), result)


class OfflineTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = ptrd.temporary_folder()
        cls.zone = cls.write(f"{ZONE}.zone", registry.zone_text(ZONE, ["knot", "nsd"], more=PTRS))
        cls.image = ptrd.compile_image(f"{cls.folder}/image.ptri", cls.zone)
        forward = cls.write("example.zone", registry.zone_text(
            "example", ["infra"], more="infra A 196.3.7.9\nknot A 196.3.7.1\nconfirmed A 196.3.7.3\nalias CNAME real\nreal A 196.3.7.4\nabsent A 192.0.2.1\n"))
        dump = ptrd.ptrzone("dump", ptrd.compile_image(f"{cls.folder}/forward.ptri", forward))
        cls.forward = cls.write("forward", dump.stdout)

    @classmethod
    def write(cls, name, text):
        with open(f"{cls.folder}/{name}", "w") as file:
            file.write(text)
        return f"{cls.folder}/{name}"

    EXPECTED = {"196.3.7.1": "pass", "196.3.7.2": "fail", "196.3.7.3": "pass", "196.3.7.4": "pass", "196.3.7.5": "fail"}

    def test_whole_network(self):
        """Every address of the image, aliases of RFC 2317 followed, against what ptrzone dump prints of the forward zone."""
        result = rdns("verify", "--image", self.image, "--forward", self.forward, "--json")
        self.assertEqual(result.returncode, 1, result)
        self.assertEqual(results(result.stdout), self.EXPECTED)

    def test_compilezone(self):
        """The forward zone as named-compilezone writes it gives the same."""
        out = f"{self.folder}/compiled"
        made = ptrd.run("named-compilezone", "-i", "none", "-s", "full", "-o", out, "example", f"{self.folder}/example.zone")
        self.assertEqual(made.returncode, 0, made)
        self.assertEqual(results(rdns("verify", "--image", self.image, "--forward", out, "--json").stdout), self.EXPECTED)

    def test_some_addresses(self):
        """With addresses only these; one without a PTR is a permerror."""
        result = rdns("verify", "--image", self.image, "--forward", self.forward, "--json", "196.3.7.4", "196.3.7.99")
        self.assertEqual(results(result.stdout), {"196.3.7.4": "pass", "196.3.7.99": "permerror"})
        self.assertEqual(rdns("verify", "--image", self.image, "--forward", self.forward, "196.3.7.4").returncode, 0)

    def test_failures(self):
        """--failures omits what passes."""
        result = rdns("verify", "--image", self.image, "--forward", self.forward, "--failures")
        self.assertEqual(sorted(line.split()[0] for line in result.stdout.splitlines()), ["196.3.7.2", "196.3.7.5"])

    def test_bad_forward(self):
        """A file with relative names is rejected with its line."""
        bad = self.write("bad", "host A 192.0.2.1\n")
        result = rdns("verify", "--image", self.image, "--forward", bad)
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertRegex(result.stderr, r"^rdns: .*bad:1: 'host' is not absolute")


if __name__ == "__main__":
    unittest.main()
