#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""A million PTR records through ptrzone come out unchanged."""

import os
import random
import re
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import ptrd

RECORDS = 1_000_000
SAMPLE = 100_000
ANSWER = re.compile(r"^(\S+)\.in-addr\.arpa\.\t(\d+)\tIN\tPTR\t(\S+)$", re.MULTILINE)


def target(number):
    """Names of three make: unique ones, pool names, and long ones."""
    kind = number % 3
    if kind == 0:
        return f"u{number * 2654435761 % 2**32:08x}.pool{number >> 16}.isp.example."
    if kind == 1:
        return f"host-10-{number >> 16}-{number >> 8 & 255}-{number & 255}.dyn.isp.example."
    return f"{'x' * (number % 60 + 1)}.a{number % 977}.b.c.example."


def owner(number):
    return f"{number & 255}.{number >> 8 & 255}.{number >> 16}.10"


class MillionTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = ptrd.temporary_folder()
        cls.zone = os.path.join(cls.folder, "10.in-addr.arpa.zone")
        with open(cls.zone, "w", encoding="ascii") as file:
            file.write("$TTL 3600\n@ SOA ns1.isp.example. host.isp.example. 1 3600 600 86400 300\n")
            file.write("@ NS ns1.isp.example.\n@ NS ns2.isp.example.\n")
            for number in range(RECORDS):
                file.write(f"{owner(number)[:-3]} {60 + number % 5} PTR {target(number)}\n")
        cls.image = os.path.join(cls.folder, "million.ptri")
        result = ptrd.ptrzone("compile", "-o", cls.image, cls.zone)
        assert result.returncode == 0, result

    def lookups(self, image, numbers):
        """The output of `ptrzone lookup` for the addresses with these numbers."""
        text = "".join(f"{owner(number)}.in-addr.arpa\n" for number in numbers)
        result = subprocess.run([ptrd.PTRZONE, "lookup", image, "-"], input=text, capture_output=True, text=True,
                                timeout=120, check=True)
        return result.stdout

    def test_sampled_lookups(self):
        """Each of 100,000 sampled addresses gives its target and TTL; addresses next to them do not."""
        numbers = random.Random(1).sample(range(RECORDS), SAMPLE)
        found = ANSWER.findall(self.lookups(self.image, numbers))
        self.assertEqual(len(found), SAMPLE)
        for number, (name, ttl, name_target) in zip(numbers, found):
            self.assertEqual((name, int(ttl), name_target), (owner(number), 60 + number % 5, target(number)))
        beyond = self.lookups(self.image, range(RECORDS, RECORDS + 100))
        self.assertEqual(beyond.count("status: NXDOMAIN"), 100)

    def test_dump_and_recompile(self):
        """The dump, compiled again, is the same image to the byte."""
        text = os.path.join(self.folder, "dump.zone")
        with open(text, "w", encoding="ascii") as file:
            subprocess.run([ptrd.PTRZONE, "dump", self.image, "10.in-addr.arpa"], stdout=file, check=True, timeout=120)
        again = os.path.join(self.folder, "again.ptri")
        result = ptrd.ptrzone("compile", "-o", again, f"10.in-addr.arpa={text}")
        self.assertEqual(result.returncode, 0, result)
        with open(self.image, "rb") as first, open(again, "rb") as second:
            self.assertEqual(first.read(), second.read())


if __name__ == "__main__":
    unittest.main()
