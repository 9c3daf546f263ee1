# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Runs ptrd and dpdk-testpmd over the same vdev, on one CPU, with the same memory."""

import contextlib
import dataclasses
import glob
import os
import re
import signal
import subprocess
import threading
import time

import huge_pages
import leftovers
import ptrd

# DPDK's name for the thread of lcore 1.
WORKER = "rte-worker-1"


class Failed(Exception):
    """A run that could not be measured, with the reason."""


@dataclasses.dataclass
class Rate:
    wall: float   # packets per second
    share: float  # of the CPU
    stats: dict = None

    @property
    def rate(self):
        """Packets per second of CPU time: time that other processes took on the same CPU is not counted."""
        return self.wall / self.share


@dataclasses.dataclass
class Port:
    """Common to both: the vdev, the CPU that forwards, the mbufs of the pool."""
    vdev: str
    cpu: int
    mbufs: int

    @property
    def mib(self):
        """Memory as computed by ptrd (src/port/dpdk/eal.cpp): with fewer free huge pages it uses ordinary ones."""
        return 128 + self.mbufs * 2560 // 2**20

    def has_huge_pages(self):
        return huge_pages.free_mib() >= self.mib


def run_5tswap(port, seconds):
    """Packets that testpmd receives and turns around, over whole seconds."""
    everywhere = ",".join(map(str, sorted(os.sched_getaffinity(0))))
    memory = ["--in-memory"] if port.has_huge_pages() else ["--no-huge", "--no-shconf", "-m", str(port.mib)]
    command = ["dpdk-testpmd", *memory, "--no-pci", "--no-telemetry", f"--lcores=0@({everywhere}),1@{port.cpu}", f"--vdev={port.vdev}",
               "--", "--forward-mode=5tswap", "--nb-cores=1", f"--total-num-mbufs={port.mbufs}", "--stats-period=1", "-a",
               "--no-flush-rx"]
    try:
        # Its standard input stays open: it would stop at end of file.
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   text=True, errors="replace", preexec_fn=leftovers.die_with_parent)
    except FileNotFoundError:
        raise Failed("no dpdk-testpmd; tools/setup installs it") from None
    forget = leftovers.register(process.kill)
    watchdog = threading.Timer(seconds + 30, process.kill)
    watchdog.start()
    output, rates, share = [], [], 1
    for line in process.stdout:
        output.append(line)
        if found := re.search(r"Rx-pps:\s+(\d+)", line):
            rates.append(int(found[1]))
        if len(rates) > seconds and process.poll() is None:
            share = _share_of_worker(process.pid)
            process.send_signal(signal.SIGINT)
            break
    output.append(process.stdout.read())
    process.wait()
    watchdog.cancel()
    forget()
    # The first rate is shown at once, and covers no time.
    rates = rates[1:seconds + 1]
    if len(rates) < seconds or min(rates) == 0:
        raise Failed("dpdk-testpmd did not forward; its output:\n" + "".join(output)[:3000])
    return Rate(sum(rates) / len(rates), share)


def answer_once(image, port, queries):
    """ptrd's counters after long enough to read so many queries from a file."""
    with _failures():
        return _server(image, port, "--duration", str(1 + queries // 200_000)).start().wait()


def rate_of_ptrd(image, port, seconds, *more):
    """Queries that ptrd answers. Every one must be in one counter, and none may be lost."""
    huge = port.has_huge_pages()
    server = _server(image, port, *more)
    with _failures(), server:
        time.sleep(seconds)
        share = _share_of_worker(server.pid)
        stats = server.stop()
    answered, dropped, punted = (ptrd.total(stats[group]) for group in ("answered", "dropped", "punted"))
    if stats["rx"] != answered + dropped + punted:
        raise Failed(f"rx is not answered + dropped + punted: {stats}")
    if stats["tx"] != answered or dropped + punted != 0 or answered == 0:
        raise Failed(f"not every query was answered: {stats}")
    if ("ordinary pages" in server.log) == huge:
        raise Failed("other processes took or released huge pages meanwhile: the two runs did not have the same memory")
    return Rate(answered / stats["seconds"], share, stats)


def _server(image, port, *more):
    return ptrd.Ptrd(image, "--dpdk", port.vdev, "--lcores", str(port.cpu), "--mbufs", str(port.mbufs), *more, timeout=300)


@contextlib.contextmanager
def _failures():
    try:
        yield
    except AssertionError as error:
        raise Failed(str(error)) from None


def _share_of_worker(pid):
    """The share of time since it started polling in which a process's only worker had the CPU: others may use it too."""
    for folder in glob.glob(f"/proc/{pid}/task/*"):
        with open(f"{folder}/comm") as comm, open(f"{folder}/schedstat") as schedstat:
            if comm.read().strip() == WORKER:
                ran, waited, _ = map(int, schedstat.read().split())
                return ran / (ran + waited)
    raise Failed(f"process {pid} has no thread {WORKER}")
