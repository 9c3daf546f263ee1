#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Hardening of the programs, as visible in the binaries."""

import glob
import json
import os
import re
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import ptrd

PROGRAMS = [path for name in ("ptrd", "ptrzone", "ptrctl", "ptrload", "rdns")
            if os.path.exists(path := os.path.join(ptrd.BUILD, "tools", name))]
# What the workers run for every packet (hot_args in meson.build).
HOT = ("wire/libwire", "frame/libframe", "answer/libanswer", "policy/libpolicy", "image/libimage_view", "datapath/libdatapath",
       "port/libport_hot", "service/libworkers")
ASSERTION = "__glibcxx_assert_fail"


def readelf(path, *options):
    result = ptrd.run("readelf", "-W", *options, path)
    if result.returncode != 0:
        raise AssertionError(result.stderr)
    return result.stdout


def undefined(path):
    return {line.split()[-1].split("@")[0] for line in ptrd.run("nm", "-D", "--undefined-only", path).stdout.splitlines()}


class HardeningTest(unittest.TestCase):
    def each(self):
        self.assertGreaterEqual(len(PROGRAMS), 1)
        for path in PROGRAMS:
            with self.subTest(os.path.basename(path)):
                yield path

    def test_position_independent(self):
        """Each program can be loaded anywhere."""
        for path in self.each():
            self.assertRegex(readelf(path, "-h"), r"Type:\s+DYN")
            self.assertRegex(readelf(path, "-d"), r"FLAGS_1.*\bPIE\b")

    def test_read_only_after_relocation(self):
        """All symbols are bound at the start, and the tables of them are read-only from then on."""
        for path in self.each():
            self.assertIn("GNU_RELRO", readelf(path, "-l"))
            self.assertRegex(readelf(path, "-d"), r"FLAGS_1.*\bNOW\b")

    def test_no_memory_written_and_run(self):
        """Neither the stack nor any segment is both writable and executable."""
        for path in self.each():
            segments = re.findall(r"^ +(LOAD|GNU_STACK) .* (R?[ W]?[ E]?[RWE ]*) 0x\w+$", readelf(path, "-l"), re.MULTILINE)
            self.assertIn("GNU_STACK", [kind for kind, _ in segments])
            for kind, flags in segments:
                self.assertFalse({"W", "E"} <= set(flags), (kind, flags))

    def test_stack_protector(self):
        """Functions with arrays check that nothing was written past their end."""
        for path in self.each():
            self.assertIn("__stack_chk_fail", undefined(path))

    def test_fortified(self):
        """The C library checks sizes where they are known."""
        for path in self.each():
            self.assertTrue({name for name in undefined(path) if re.fullmatch(r"__\w+_chk", name)} - {"__stack_chk_fail"})

    def test_assertions(self):
        """The C++ library's assertions are enabled, except in the code that workers run."""
        for path in self.each():
            self.assertTrue(any(ASSERTION in name for name in undefined(path)))
        for name in HOT:
            objects = glob.glob(f"{ptrd.BUILD}/src/{name}.a.p/*.o")
            self.assertTrue(objects, name)
            self.assertNotIn(ASSERTION, ptrd.run("nm", "--undefined-only", *objects).stdout, name)

    def test_hot_parts_are_all(self):
        """No other library is built without the assertions: each of its sources is compiled with them."""
        with open(f"{ptrd.BUILD}/compile_commands.json", encoding="utf-8") as file:
            commands = [entry for entry in json.load(file) if entry["output"].startswith("src/") and entry["file"].endswith(".cpp")]
        others = [entry for entry in commands if not any(f"src/{name}.a.p/" in entry["output"] for name in HOT)]
        # By library, as sources are compiled together in some.
        self.assertGreater(len({os.path.dirname(entry["output"]) for entry in others}), 2 * len(HOT))
        for entry in others:
            self.assertIn("-D_GLIBCXX_ASSERTIONS", entry["command"], entry["file"])
            self.assertNotIn("-U_GLIBCXX_ASSERTIONS", entry["command"], entry["file"])

    def test_gpl_only_where_zone_text_is_read(self):
        """Of the programs, ptrzone and ptrctl alone link a library under the GPL, libzscanner, and none links libknot."""
        for path in self.each():
            libraries = re.findall(r"NEEDED.*\[lib(zscanner|knot|dnssec)\b", readelf(path, "-d"))
            self.assertEqual(libraries, ["zscanner"] if os.path.basename(path) in ("ptrzone", "ptrctl") else [])


if __name__ == "__main__":
    unittest.main()
