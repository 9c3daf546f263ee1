# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""A table of odd zone texts, and what ptrzone check, named-checkzone, kzonecheck and nsd-checkzone say of each.

    /usr/bin/python3 -m tests.e2e.odd_records    prints it as Markdown

A row: verdicts, what is odd, the text, and why ptrzone refuses it, if at least two of the others do not. The verdicts are ptrzone's,
and without a space BIND's, Knot DNS's and NSD's: a (accepts), w (accepts with a warning), r (refuses). test_odd_records.py runs all
four checkers. The others are those of Debian 12, as they are called here.
"""

import concurrent.futures
import os
import re
import subprocess

from . import lines, types, zones
from .row import APEX, Row

CHECKERS = ("ptrzone", "BIND", "Knot DNS", "NSD")
ROWS = [Row(section, *row) for part in (lines, zones, types) for section, rows in part.SECTIONS for row in rows]
_AT_ONCE = 4


def judge(ptrzone, folder):
    """The verdicts of the four checkers about each row, as a string of four letters. Files are written to `folder`."""
    return side_by_side(lambda path: _ptrzone(ptrzone, path) + _bind(path) + _knot(path) + _nsd(path), write(folder))


def write(folder):
    """Writes each row's text to a file of its own; returns their paths."""
    paths = [os.path.join(folder, f"{number}.zone") for number in range(len(ROWS))]
    for path, row in zip(paths, ROWS):
        with open(path, "wb") as file:
            file.write(row.text)
    return paths


def side_by_side(work, paths):
    """What `work` returns for each path; some at a time."""
    with concurrent.futures.ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(work, paths))


def run(*command):
    result = subprocess.run(command, capture_output=True, check=False, timeout=60)
    return result.returncode, (result.stdout + result.stderr).decode(errors="replace")


def _letter(status, complains):
    return "r" if status != 0 else "w" if complains else "a"


def _ptrzone(ptrzone, path):
    status, output = run(ptrzone, "check", f"{APEX}={path}")
    return _letter(status, ": warning: " in output)


def _bind(path):
    # -i local: names elsewhere are not looked up.
    status, output = run("named-checkzone", "-i", "local", APEX, path)
    return _letter(status, any(line != "OK" and ": loaded serial " not in line for line in output.splitlines()))


def _knot(path):
    status, output = run("kzonecheck", "-o", APEX, path)  # a crash counts as a refusal
    return _letter(status, output.strip())


def _nsd(path):
    status, output = run("nsd-checkzone", APEX, path)
    return _letter(status, re.search("error|warning", output))
