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
# Multiples of the cost of a plain hit: the limit for any message, and the limits for messages whose cost comes from many records or
# deep names in a zone. These are bounded as well (src/answer/README.md, "What one message may cost").
LIMIT = 20
LIMIT_BY_ZONE = {
    "aliases that wildcards make, NSEC": 190,
    "aliases that wildcards make, NSEC3": 135,
    "a name between deep ones that does not exist, NSEC": 130,
    "a name between deep ones that does not exist, NSEC3": 125,
    "an alias from one deep name to another": 115,
    "MX records of hosts in deep domains": 105,
    "a referral to servers in deep domains": 90,
    "a chain of aliases in two domains by turns": 90,
    "a chain of aliases of many labels": 75,
    "a chain of aliases far apart in ip6.arpa": 65,
    "a name of 124 labels": 55,
    "MX records of hosts with many types": 50,
    "a referral without glue": 40,
    "a set of names with long ends": 35,
    "the last of many types of a signed name, NSEC": 35,
    "the last of many types of a signed name, NSEC3": 35,
    "a name that does not exist, NSEC3": 25,
    "below a deep name": 30,
    "a chain of aliases in ip6.arpa": 30,
    "a deep name": 30,
    "a referral with glue": 25,
}


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
                self.assertLess(cost, LIMIT_BY_ZONE.get(name, LIMIT) * plain)
        self.assertLessEqual(set(LIMIT_BY_ZONE), set(found))


if __name__ == "__main__":
    unittest.main()
