#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""The highest cost of one message, in instructions, which callgrind counts the same on every run."""

import glob
import os
import re
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import ptrd

PROGRAM = os.path.join(ptrd.BUILD, "tests", "message_cost")
# Multiples of the cost of a plain hit, for any message over UDP (src/answer/README.md, "What one message may cost").
LIMIT = 20


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
        """The most expensive known messages, in a frame or in fragments, against a plain hit."""
        found = costs()
        plain = found.pop("a plain hit")[0]
        self.assertGreater(len(found), 25)
        print(f"        a plain hit: {plain} instructions")
        for name, (cost, query, reply) in sorted(found.items(), key=lambda item: -item[1][0]):
            print(f"        {cost / plain:5.1f} times: {name} ({query} bytes, reply of {reply})")
        for name, (cost, _, _) in found.items():
            with self.subTest(name):
                self.assertLess(cost, LIMIT * plain)


if __name__ == "__main__":
    unittest.main()
