#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""What one message can cost at most, in instructions, which callgrind counts the same on every run."""

import glob
import os
import re
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import ptrd

PROGRAM = os.path.join(ptrd.BUILD, "tests", "message_cost")
# Of a plain hit's instructions: what any message may cost, and one for which there are many records, or long ways to them: it is bounded
# by the reply's bytes, by twelve aliases and by 40 hosts, and costs what that comes to.
MOST, MOST_OF_RECORDS = 20, 150
OF_RECORDS = ("a set of", "a DNAME that makes", "a chain of", "a referral", "MX", "SRV", "a deep name", "below a deep name")


def costs():
    """By message: instructions, bytes of the query, bytes of the reply."""
    folder = ptrd.temporary_folder()
    base = f"{folder}/callgrind.out"
    subprocess.run(["valgrind", "--tool=callgrind", "--instr-atstart=no", "--collect-atstart=no", f"--callgrind-out-file={base}", PROGRAM],
                   capture_output=True, text=True, check=True)
    found = {}
    for path in glob.glob(base + ".*"):
        with open(path) as file:
            text = file.read()
        name = re.search(r"^desc: Trigger: Client Request: (.*)/(\d+) to (\d+)$", text, re.MULTILINE)
        if name:
            found[name[1]] = int(re.search(r"^totals: (\d+)", text, re.MULTILINE)[1]), int(name[2]), int(name[3])
    return found


class MessageCost(unittest.TestCase):
    def test_no_message_costs_more_than_it_may(self):
        """The costliest messages that are known, in a frame or in fragments, against a plain hit."""
        found = costs()
        plain = found.pop("a plain hit")[0]
        self.assertGreater(len(found), 20)
        print(f"        a plain hit: {plain} instructions")
        for name, (cost, query, reply) in sorted(found.items(), key=lambda item: -item[1][0]):
            print(f"        {cost / plain:5.1f} times: {name} ({query} bytes, reply of {reply})")
        for name, (cost, _, _) in found.items():
            with self.subTest(name):
                self.assertLess(cost, (MOST_OF_RECORDS if name.startswith(OF_RECORDS) else MOST) * plain)


if __name__ == "__main__":
    unittest.main()
