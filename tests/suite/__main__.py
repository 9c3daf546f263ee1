#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Runs the parts of the suite that are named; see tools/test, which calls it as root and in the top folder.

A line for each test, jobs in one piece each; at the end the parts' times, the slowest tests and "N passed, N failed".
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from tests.suite.jobs import Runner
from tests.suite.parts import EXTRA_PARTS, PARTS, Suite

_SLOWEST = 20
_TELL_SECONDS = 30  # between two progress lines


class Screen:
    """The output: the result of each finished job, and the progress of the others."""

    def __init__(self):
        self.jobs, self._began, self._told = [], time.monotonic(), time.monotonic()
        self._terminal = sys.stdout.isatty()

    def report(self, job):
        self.jobs.append(job)
        self._clear()
        if job.outcome.text:
            print(job.outcome.text.rstrip("\n"))
        verdict = "FAILED " if job.outcome.failed else "ok     "
        print(f"{verdict} {job.name}: {_counts(job.outcome)} ({job.took:.1f} s)", flush=True)

    def tell(self, running, waiting):
        now = time.monotonic()
        if now - self._told < (0.5 if self._terminal else _TELL_SECONDS):
            return
        self._told = now
        parts = []
        for job in running:
            how_far = job.progress(job.read_log()) if job.progress else ""
            parts.append(f"{job.name} {how_far + ', ' if how_far else ''}{now - job.began:.0f} s")
        text = f"   {now - self._began:.0f} s, {len(self.jobs)} jobs done, {len(waiting)} to come; running: {'; '.join(parts)}"
        if self._terminal:
            print(f"\r\033[K{text[:shutil.get_terminal_size().columns - 1]}", end="", flush=True)
        else:
            print(text, flush=True)

    def close(self):
        """Prints the summary; returns the number of failures."""
        self._clear()
        for part in ("build", *PARTS, *EXTRA_PARTS):
            of_part = [job for job in self.jobs if job.part == part]
            if of_part:
                begin, end = min(job.began for job in of_part), max(job.began + job.took for job in of_part)
                print(f"== {part}: {sum(job.took for job in of_part):.0f} s in {len(of_part)} jobs, {end - begin:.0f} s from the first to "
                      "the last")
        print(f"== In all {time.monotonic() - self._began:.0f} s. The slowest tests:")
        times = [(seconds, f"{name} ({job.name})") for job in self.jobs for seconds, name in job.outcome.times]
        times += [(job.took, job.name) for job in self.jobs if job.outcome.passed and not job.outcome.times]
        for seconds, name in sorted(times, reverse=True)[:_SLOWEST]:
            print(f"{seconds:8.1f} s  {name}")
        passed, failed, skipped = (sum(getattr(job.outcome, what) for job in self.jobs) for what in ("passed", "failed", "skipped"))
        print(f"{passed} passed, {failed} failed{f', {skipped} skipped' if skipped else ''}", flush=True)
        return failed

    def _clear(self):
        if self._terminal:
            print("\r\033[K", end="")


def _counts(outcome):
    skipped = f", {outcome.skipped} skipped" if outcome.skipped else ""
    return f"{outcome.passed} passed, {outcome.failed} failed{skipped}"


def _sweep():
    """Removes namespaces left by killed tests."""
    names = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=False).stdout
    for name in (line.split()[0] for line in names.splitlines() if line.startswith("ptrd-e2e-")):
        if not os.path.exists(f"/proc/{name.rsplit('-', 1)[1]}"):
            subprocess.run(["ip", "netns", "delete", name], check=False)


def _on_signal(number, _frame):
    raise SystemExit(128 + number)


def main():
    arguments = sys.argv[1:]
    parts = [part for part in arguments if part in PARTS + EXTRA_PARTS] or list(PARTS)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _on_signal)
    folder = tempfile.mkdtemp(prefix="ptrd-test-")
    os.chmod(folder, 0o1777)  # some programs run as nobody
    os.mkdir(f"{folder}/logs")
    os.environ["TMPDIR"] = folder
    screen = Screen()
    # At least two at once: many tests mostly wait.
    runner = Runner(max(2, len(os.sched_getaffinity(0))), f"{folder}/logs", screen.report, screen.tell)
    try:
        runner.run(Suite(parts, os.environ.get("PTRD_BUILD", "build"), folder, "--long" in arguments).jobs())
        return 1 if screen.close() else 0
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        runner.stop()
        _sweep()
        shutil.rmtree(folder, ignore_errors=True)


sys.exit(main())
