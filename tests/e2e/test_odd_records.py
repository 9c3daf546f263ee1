#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""The table of odd records (odd_records/): what ptrzone check and the checkers of BIND, Knot DNS and NSD say of each text."""

import collections
import filecmp
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import odd_records
import ptrd


SAME = "0 records removed, 0 added, 0 changed; 0 zones removed, 0 added\n"


class OddRecordsTest(unittest.TestCase):
    def test_verdicts(self):
        """Each checker says what the table has."""
        verdicts = odd_records.judge(ptrd.PTRZONE, ptrd.temporary_folder())
        wrong = [f"{row}: {' '.join((row.ours, row.peers))} in the table, but {found[0]} {found[1:]}"
                 for row, found in zip(odd_records.ROWS, verdicts) if found != row.ours + row.peers]
        self.assertEqual(wrong, [], "\n" + "\n".join(wrong))

    def test_what_is_not_refused_is_compiled(self):
        """Whatever only has a warning is compiled; and its dump gives the same image, so nothing is lost on the way."""
        def compile_and_dump(path):
            """What went wrong; "refused" if the text was."""
            image, again, dumped = f"{path}.ptri", f"{path}.again.ptri", f"{path}.dump"
            status, said = compiled(image, path)
            if status != 0:
                return "refused"
            with open(dumped, "w", encoding="utf-8") as file:
                file.write(odd_records.run(ptrd.PTRZONE, "dump", image)[1])
            status, said = compiled(again, dumped)
            if status != 0:
                return said
            # The same zones give the same bytes.
            return SAME if filecmp.cmp(image, again, shallow=False) else odd_records.run(ptrd.PTRZONE, "diff", image, again)[1]

        def compiled(image, path):
            return odd_records.run(ptrd.PTRZONE, "compile", "-o", image, f"{odd_records.APEX}={path}")

        paths = odd_records.write(ptrd.temporary_folder())
        for row, said in zip(odd_records.ROWS, odd_records.side_by_side(compile_and_dump, paths)):
            with self.subTest(str(row)):
                self.assertEqual(said, "refused" if row.ours == "r" else SAME)

    def test_what_all_others_load_is_loaded(self):
        """What none of the others refuses is refused only for a reason that the table states; nor is anything refused without a reason
        that two of them load."""
        self.assertEqual([str(row) for row in odd_records.ROWS
                          if row.ours == "r" and row.peers.count("r") <= 1 and not row.why], [])

    def test_table(self):
        """At least 150 different texts, of each verdict; no row is there twice."""
        self.assertGreaterEqual(len({row.text for row in odd_records.ROWS}), 150)
        self.assertEqual({row.ours for row in odd_records.ROWS}, set("awr"))
        for count in (collections.Counter(str(row) for row in odd_records.ROWS), collections.Counter(row.text for row in odd_records.ROWS)):
            self.assertEqual([key for key, number in count.items() if number > 1], [])


if __name__ == "__main__":
    unittest.main()
