#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Small runs of the benchmarks that compare ptrd with others: they run and write their results. No figure is judged."""

import json
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import ptrd

RECORDS = "3000"


class BenchTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = ptrd.temporary_folder()

    def bench(self, name, *arguments):
        result = ptrd.run(os.path.join(ptrd.ROOT, "bench", name), "--build", ptrd.BUILD, "--records", RECORDS, "--rounds", "1",
                          "--folder", self.folder, *arguments, timeout=120)
        self.assertEqual(result.returncode, 0, result)
        return result.stdout

    def read(self, name):
        with open(os.path.join(self.folder, name)) as file:
            return file.read()

    def test_peers(self):
        """Rates, memory, start and CPU time of ptrd and Knot DNS, as a table, as JSON and as plots."""
        self.bench("peers", "--servers", "ptrd,knot", "--generator", "dnsperf", "--seconds", "1", "--out", self.folder)
        results = json.loads(self.read("results.json"))
        for label in ("ptrd", "knot"):
            measured = results["summary"][label]
            for what in ("answered", "memory", "start", "cpu_us"):
                self.assertGreater(measured[what]["median"], 0, f"{label} {what}")
            self.assertRegex(self.read("table.md"), rf"(?m)^\| {label} \| \d")
        for plot in ("answered", "cpu_us", "start", "memory"):
            self.assertIn("</svg>", self.read(f"{plot}.svg"))

    def test_policy(self):
        """Each policy beside none, for a second each, and dnsdist with the same."""
        result = ptrd.run(os.path.join(ptrd.ROOT, "bench", "policy"), "--build", ptrd.BUILD, "--records", "2000", "--queries", "64",
                          "--prefixes", "1000", "--expressions", "20", "--rounds", "1", "--seconds", "1", "--peers",
                          "--json", f"{self.folder}/policy.json", timeout=300)
        self.assertEqual(result.returncode, 0, result)
        measured = json.loads(self.read("policy.json"))
        self.assertEqual(sorted(measured["ratios"]), ["cookies", "expressions", "limits", "literals", "prefixes", "scans"])
        self.assertGreater(min(measured["ratios"].values()), 0)
        self.assertEqual(sorted(measured["peers"]["ratio_to_dnsdist"]), ["none", "prefixes", "scans"])
        self.assertGreater(min(measured["peers"]["ratio_to_dnsdist"].values()), 0)

    def test_replay(self):
        """ptrd and 5tswap, on more queries than the packet buffers of a port without --mbufs would hold."""
        result = ptrd.run(os.path.join(ptrd.ROOT, "bench", "replay"), "--build", ptrd.BUILD, "--records", RECORDS, "--rounds", "1",
                          "--seconds", "1", "--queries", "9000", "--miss", "0.1", "--json", f"{self.folder}/replay.json", timeout=120)
        self.assertEqual(result.returncode, 0, result)
        self.assertGreater(json.loads(self.read("replay.json"))["ratio"], 0)

    def test_changes(self):
        """How soon and how many single records change."""
        result = ptrd.run(os.path.join(ptrd.ROOT, "bench", "changes"), "--build", ptrd.BUILD, "--records", RECORDS, "--parts", "latency,rate",
                          "--samples", "20", "--seconds", "2", "--json", f"{self.folder}/changes.json", timeout=120)
        self.assertEqual(result.returncode, 0, result)
        measured = json.loads(self.read("changes.json"))
        self.assertGreater(measured["rate"][0]["per_second"], 100)
        self.assertEqual([each["cpu_free"] for each in measured["latency"]], [False, True])

    def test_start(self):
        """The time from a server's start to its answers."""
        self.bench("start", "--servers", "ptrd,nsd", "--json", f"{self.folder}/start.json")
        for label, measured in json.loads(self.read("start.json"))["rounds"][0].items():
            self.assertGreater(measured["start"], 0, label)

    def test_compile(self):
        """Compile's time over the bare parse's, and memory for each record; --at-most turns it into a verdict."""
        self.bench("compile", "--json", f"{self.folder}/compile.json")
        result = json.loads(self.read("compile.json"))
        self.assertGreater(result["bare"], 0)
        self.assertAlmostEqual(result["ratio"], result["compile"] / result["bare"], delta=1e-6)
        self.assertGreater(result["peak_bytes_per_record"], 0)
        failed = ptrd.run(os.path.join(ptrd.ROOT, "bench", "compile"), "--build", ptrd.BUILD, "--records", RECORDS, "--rounds", "1",
                          "--folder", self.folder, "--at-most", "0.0001", timeout=120)
        self.assertEqual(failed.returncode, 1, failed)
        self.assertIn("is above", failed.stderr)

    def test_compile_signed(self):
        """With signed zones: the same, the servers that load them, and what each checker of signatures takes."""
        self.bench("compile", "--signed", "--check", "--servers", "ptrd,nsd", "--folder", f"{self.folder}/signed", "--json",
                   f"{self.folder}/signed.json")
        result = json.loads(self.read("signed.json"))
        self.assertGreater(result["image_bytes_per_record"], 2 * 64)  # the two signatures of an address alone
        for label in "ptrd", "nsd":
            self.assertGreater(result["servers"][label]["memory"], 0)
        for label in "ptrzone check --dnssec", "ldns-verify-zone":
            self.assertGreater(result["checks"][label]["cpu"], 0)

    def test_many_zones(self):
        """With a number of zones, compile's cost and each server's start with them."""
        result = ptrd.run(os.path.join(ptrd.ROOT, "bench", "compile"), "--build", ptrd.BUILD, "--zones", "40", "--rounds", "1",
                          "--folder", f"{self.folder}/many", "--servers", "ptrd,nsd", "--json", f"{self.folder}/many.json", timeout=120)
        self.assertEqual(result.returncode, 0, result)
        self.assertEqual(len(os.listdir(f"{self.folder}/many/zones")), 40)
        measured = json.loads(self.read("many.json"))["rounds"][0]
        self.assertEqual(list(measured), ["ptrzone compile", "ptrd", "nsd"])
        for label, values in measured.items():
            self.assertGreater(values["memory"], 0, label)
            self.assertGreater(values["compile" if label.startswith("ptrzone") else "start"], 0, label)

    def test_build(self):
        """The CPU time of a build, of one library here, by target and by file; --at-most turns it into a verdict."""
        build = os.path.join(ptrd.ROOT, "bench", "build")
        result = ptrd.run(build, "programs", "--target", "src/wire/libwire.a", "--jobs", "1", "--folder", self.folder, "--json",
                          f"{self.folder}/build.json", "--at-most", "0.01", timeout=120)
        self.assertEqual(result.returncode, 1, result)
        self.assertIn("is above", result.stderr)
        measured = json.loads(self.read("build.json"))["programs"]
        files = {name: file["cpu"] for name, file in measured["files"].items()}
        self.assertIn("src/wire/libwire.a: name.cpp", files)
        library = measured["targets"]["src/wire/libwire.a"]
        self.assertEqual(library["files"], len(files))
        self.assertGreater(min(files.values()), 0)
        self.assertGreaterEqual(library["cpu"], sum(files.values()) - 0.001)
        self.assertGreaterEqual(measured["cpu"], library["cpu"] - 0.01 * len(files))  # a file's time is in hundredths
        self.assertLess(result.stdout.index("src/wire/libwire.a"), result.stdout.index("src/wire/libwire.a: name.cpp"))
        self.assertEqual(ptrd.run(build, "everything", timeout=60).returncode, 2)

    def test_wrong_usage(self):
        """An unknown server is wrong usage, reported before anything is started."""
        result = ptrd.run(os.path.join(ptrd.ROOT, "bench", "peers"), "--build", ptrd.BUILD, "--servers", "ptrd,none", timeout=60)
        self.assertEqual(result.returncode, 2, result)
        self.assertIn("--servers", result.stderr)


if __name__ == "__main__":
    unittest.main()
