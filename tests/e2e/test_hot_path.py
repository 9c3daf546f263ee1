#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""What the compiler made of the hot path, read from the program itself."""

import os
import re
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import ptrd


def instructions_of(function):
    """The disassembly of a function of ptrd, by a part of its mangled name."""
    program = os.path.join(ptrd.BUILD, "tools", "ptrd")
    text = subprocess.run(["objdump", "-d", "--no-show-raw-insn", program], capture_output=True, text=True, check=True).stdout
    return "".join(re.findall(rf"^[0-9a-f]+ <\w*{function}\w*>:\n(?:.+\n)*", text, re.MULTILINE))


class HotPath(unittest.TestCase):
    def test_walk_prefetches(self):
        """Each of the four steps of a lookup (v4 table, v4 leaf, v6 branch, v6 leaf) asks for the next one's line ahead:
        g++ has dropped such prefetches silently."""
        walk = instructions_of("6answer6Engine4walk")
        self.assertIn("ret", walk)
        self.assertGreaterEqual(walk.count("prefetch"), 4)


if __name__ == "__main__":
    unittest.main()
