# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""The cost of a command: time, CPU time, memory."""

import contextlib
import dataclasses
import os
import subprocess
import time

import leftovers


class Failed(Exception):
    """A run that could not be measured, with the reason."""


@dataclasses.dataclass
class Cost:
    seconds: float
    cpu_seconds: float  # user and system, of all threads
    peak_bytes: int     # peak resident size
    output: str


def command(*words):
    """Runs a command to its end, which must be successful."""
    start = time.monotonic()
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                          preexec_fn=leftovers.die_with_parent) as process:
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.monotonic() - start
    if process.returncode != 0:
        raise Failed(f"{words[0]} exited with {process.returncode}: {output.strip()[-500:]}")
    return Cost(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, output)


@contextlib.contextmanager
def busy(count, cpu):
    """That many busy loops on a CPU, for the duration of the block."""
    with contextlib.ExitStack() as processes:
        for _ in range(count):
            process = subprocess.Popen(["taskset", "-c", str(cpu), "sh", "-c", "while :; do :; done"], preexec_fn=leftovers.die_with_parent)
            processes.callback(process.wait)
            processes.callback(process.kill)
        yield


def resident_bytes(pids):
    """Proportional memory of processes: shared memory is counted once."""
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/smaps_rollup") as file:
            total += sum(int(line.split()[1]) * 1024 for line in file if line.startswith("Pss:"))
    return total


def cpu_seconds(pids):
    """User and system time of processes so far."""
    ticks = 0
    for pid in pids:
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")
