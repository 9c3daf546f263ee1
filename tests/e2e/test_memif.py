#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""ptrload against ptrd over shared memory (DPDK's net_memif): a CPU each, and clients that disappear silently."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import leftovers
import ptrd
import test_ptrload

CYCLES = 20
TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid):
    """CPU time of each thread, by its number."""
    seconds = {}
    for thread in os.listdir(f"/proc/{pid}/task"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError), open(f"/proc/{pid}/task/{thread}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
            seconds[int(thread)] = (int(fields[11]) + int(fields[12])) / TICKS
    return seconds


def allowed_cpus(pid):
    """What each thread may run on, as "0-3,5", by its number."""
    lists = {}
    for thread in os.listdir(f"/proc/{pid}/task"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError), open(f"/proc/{pid}/task/{thread}/status") as file:
            lists[int(thread)] = dict(line.split(":\t") for line in file.read().splitlines() if ":\t" in line)["Cpus_allowed_list"]
    return lists


class MemifTest(test_ptrload.LoadCase):
    def setUp(self):
        self.socket = f"{self.folder}/memif-{self._testMethodName}"
        self.cpus = sorted(os.sched_getaffinity(0))
        device = f"net_memif0,role=server,socket={self.socket},socket-abstract=no"
        self.server = self.enterContext(ptrd.Ptrd(self.images[0], "--dpdk", device, "--lcores", str(self.cpus[-1])))

    def arguments(self, *arguments):
        device = f"net_memif0,role=client,socket={self.socket},socket-abstract=no"
        return ("-s", "192.0.2.53", "-d", self.queries, "--dpdk", device, "--source", "192.0.2.1", "--mac", "02:00:00:00:00:02",
                "--cpus", str(self.cpus[0]), *arguments)

    @contextlib.contextmanager
    def client(self, *arguments):
        """A ptrload that has started to send."""
        process = subprocess.Popen([test_ptrload.PTRLOAD, *self.arguments(*arguments)], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, text=True, preexec_fn=leftovers.die_with_parent)
        try:
            end = time.monotonic() + 30
            while max((seconds for thread, seconds in cpu_seconds(process.pid).items() if thread != process.pid), default=0) < 0.05:
                self.assertIsNone(process.poll(), process.stderr.read() if process.poll() is not None else "")
                self.assertLess(time.monotonic(), end, "it does not begin")
                time.sleep(0.02)
            yield process
        finally:
            process.kill()
            process.communicate()

    def test_answers(self):
        """All queries are answered, and the costs of its stations are reported."""
        told = self.load(*self.arguments("--rate", "20000", "--seconds", "1", "--image", self.images[0], "--timeout", "5"))
        self.assertEqual((told["wrong"], told["lost"], told["stray"], told["damaged"]), (0, 0, 0, 0), told)
        self.assertGreater(told["answered"], 100)
        self.assertEqual(set(told["cycles"]), {"send", "receive", "match", "check"})
        for station, cycles in told["cycles"].items():
            self.assertGreater(cycles, 0, station)

    def test_cpus(self):
        """No thread may leave --cpus, and the main thread sleeps while another sends."""
        with self.client("--rate", "20000", "--seconds", "60") as process:
            before = cpu_seconds(process.pid)
            time.sleep(1)
            after = cpu_seconds(process.pid)
            self.assertEqual(set(allowed_cpus(process.pid).values()), {str(self.cpus[0])})
        used = {thread: seconds - before.get(thread, 0) for thread, seconds in after.items()}
        self.assertLess(used[process.pid], 0.05, used)
        self.assertLessEqual(sum(seconds > 0.1 for seconds in used.values()), 1, used)

    def test_find(self):
        """The generator is not the limit at a rate that any machine can send."""
        # Ahead of others: it is the limit, and says so, where these keep its CPU from it for more than 5 ms.
        for _ in range(3):
            told = self.load(*self.arguments("--find", "--rate", "500", "--max-rate", "1000", "--seconds", "0.3"),
                             prefix=("chrt", "--rr", "1"))
            free = [trial for trial in told["trials"] if trial["asked"] >= 500 and not trial["limited"]]
            if free:
                break
        self.assertTrue(free, told["trials"])
        self.assertGreater(told["cycles"]["send"], 0)

    def test_clients_go(self):
        """Clients that end in the middle of a flood, killed or not: ptrd keeps running, and answers the last one."""
        for number in range(CYCLES):
            with self.client("--rate", "5000000", "--seconds", "60", "--timeout", "0.1") as process:
                process.send_signal(signal.SIGKILL if number % 2 else signal.SIGTERM)
                process.communicate(timeout=30)
        told = self.load(*self.arguments("--rate", "1000", "--seconds", "1", "--timeout", "5"))
        self.assertEqual((told["wrong"], told["lost"]), (0, 0), told)
        self.assertGreater(self.server.stop()["rx"], told["sent"])


class NobodyTest(test_ptrload.LoadCase):
    def test_no_link(self):
        """A device whose peer is silent is an error, not a load that is lost."""
        device = f"net_memif0,role=client,socket={self.folder}/nobody,socket-abstract=no"
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as peer:
            peer.bind(f"{self.folder}/nobody")
            peer.listen()
            result = ptrd.run(test_ptrload.PTRLOAD, "-s", "192.0.2.53", "-d", self.queries, "--dpdk", device, "--source", "192.0.2.1",
                              "--mac", "02:00:00:00:00:02")
        self.assertEqual(result.returncode, 1, result)
        self.assertIn("no link", result.stderr)


if __name__ == "__main__":
    unittest.main()
