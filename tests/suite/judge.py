# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Parses the output of test programs: one function for each kind, from exit status and log to an Outcome."""

import re

from tests.suite.jobs import Outcome

_LINES = 100  # of a failed program's output


def _last_lines(log):
    return "\n".join(log.splitlines()[-_LINES:])


def build(status, log):
    """No test; its failure counts as one."""
    return Outcome() if status == 0 else Outcome(failed=1, text=_last_lines(log))


def single(status, log):
    """The whole command is one test."""
    return Outcome(passed=1) if status == 0 else Outcome(failed=1, text=_last_lines(log))


def fuzzer(status, log):
    """One test; its progress is shown."""
    executions = re.search(r"^stat::number_of_executed_units: +(\d+)", log, re.MULTILINE)
    if status != 0 or not executions:
        return Outcome(failed=1, text=_last_lines(log))
    return Outcome(passed=1, text=f"        executions: {executions[1]}")


def differential(status, log):
    """One test, however many queries; its failures are shown, not where the peers differ from one another."""
    shown = re.sub(r"(?ms)^Where the peers differ.*?(?=^seed |\Z)", "", log)
    if status != 0:
        return Outcome(failed=1, text=_last_lines(shown))
    return Outcome(passed=1, text="\n".join(f"        {line}" for line in log.splitlines()[-2:]))


def gtest(status, log):
    """A GoogleTest program: each of its cases is a test."""
    cases = re.findall(r"^\[ +(OK|FAILED|SKIPPED) +\] (\S+?)(?:, where .*)? \((\d+) ms\)$", log, re.MULTILINE)
    count = {verdict: sum(one == verdict for one, _, _ in cases) for verdict in ("OK", "FAILED", "SKIPPED")}
    text = ""
    if status != 0 and count["FAILED"] == 0:
        count["FAILED"] = 1  # it crashed, or a sanitizer stopped it
    if not cases:
        count["FAILED"], text = 1, "no tests\n"
    if count["FAILED"]:
        text += _last_lines(re.sub(r"(?m)^\[( RUN     |       OK) \].*\n", "", log))
    return Outcome(count["OK"], count["FAILED"], count["SKIPPED"], text, [(int(ms) / 1000, name) for _, name, ms in cases])


def end_to_end(_status, log):
    """The output of tests.e2e: a line for each test, the counts in the last one."""
    lines = log.rstrip().splitlines() or [""]
    counts = re.fullmatch(r"(\d+) passed, (\d+) failed, (\d+) skipped", lines[-1])
    times = [(float(seconds), name) for name, seconds in
             re.findall(r"^(?:ok|FAILED|skipped) +(\S+) \(([\d.]+) s\)$", log, re.MULTILINE)]
    if not counts:
        return Outcome(failed=1, text=_last_lines(log) + "\nthe tests did not run to their end", times=times)
    return Outcome(*map(int, counts.groups()), "\n".join(lines[:-1]), times)
