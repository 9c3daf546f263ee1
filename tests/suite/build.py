# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Builds a folder, as a job: python3 -m tests.suite.build FOLDER JOBS PATTERN OPTION..."""

import fnmatch
import json
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def targets(folder, patterns):
    """The names by which ninja knows the folder's default targets whose paths match one of the patterns and none that begins with "!"."""
    told = subprocess.run(["meson", "introspect", "--targets", folder], check=True, capture_output=True, text=True).stdout
    paths = [os.path.relpath(path, os.path.abspath(folder)) for target in json.loads(told) if target["build_by_default"]
             for path in target["filename"]]
    return [path for path in paths if any(fnmatch.fnmatch(path, pattern) for pattern in patterns)
            and not any(fnmatch.fnmatch(path, pattern[1:]) for pattern in patterns if pattern.startswith("!"))]


def main():
    folder, jobs, patterns, *options = sys.argv[1:]
    there = os.path.exists(f"{folder}/build.ninja")
    subprocess.run(["meson", "configure" if there else "setup", folder, *options], check=True)
    command = ["ninja", "-C", folder, jobs]
    if there:  # the list of targets may be older than meson.build
        subprocess.run([*command, "build.ninja"], check=True)
    command += targets(folder, patterns.split())
    sys.stdout.flush()
    os.execvp(command[0], command)


main()
