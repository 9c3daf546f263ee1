#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Idle workers (--idle), over AF_XDP and DPDK."""

import glob
import json
import os
import re
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import dnscases
import netns
import ptrd
import xdphost

ALONE = "it judges latency, and how often a worker sleeps"
# In front of other processes, where the machine allows it.
FIRST = ("nice", "-n", "-20")
PTRLOAD = os.path.join(ptrd.BUILD, "tools", "ptrload")


def over_xdp(pair, image, *arguments):
    return xdphost.server(pair, image, "--kernel-answers", "off", *arguments)


def over_dpdk(pair, image, *arguments):
    device = f"net_af_xdp0,iface={pair.server.interface},xdp_prog={ptrd.XDP_PROGRAM},busy_budget=0"
    return ptrd.Ptrd(image, "--dpdk", device, *arguments, prefix=pair.server.command())


def rests(pid):
    """How often the workers have gone to sleep voluntarily. Their CPU time would also depend on other processes."""
    count = 0
    for path in glob.glob(f"/proc/{pid}/task/*"):
        with open(f"{path}/comm") as file:
            name = file.read().strip()
        if name.startswith(("xdp-", "rte-worker-", "lcore-worker-")):
            with open(f"{path}/status") as file:
                count += int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", file.read(), re.MULTILINE)[1])
    return count


class IdleTest(unittest.TestCase):
    def idle_rests(self, start, *arguments):
        """How often the worker rests in a second without a query; queries after rests are answered."""
        image = dnscases.compile_all(ptrd.temporary_folder())
        with xdphost.new_pair() as pair, start(pair, image, *arguments) as server:
            self.assertIsNotNone(xdphost.asked(pair))
            time.sleep(0.3)
            before = rests(server.pid)
            time.sleep(1)
            taken = rests(server.pid) - before
            for _ in range(20):
                self.assertIsNotNone(xdphost.asked(pair))
                time.sleep(0.01)
            self.assertEqual(server.stop()["tx"], 21)
        return taken

    def test_pause(self):
        """A worker that pauses sleeps when idle, and answers later queries."""
        self.assertGreaterEqual(self.idle_rests(over_xdp, "--idle", "pause"), 5)  # 100 ms each
        self.assertGreaterEqual(self.idle_rests(over_dpdk, "--idle", "pause"), 100)

    def test_interrupt(self):
        """A worker that waits for the card's interrupt sleeps too, and a frame wakes it: vhost-user, queried over virtio."""
        folder = ptrd.temporary_folder()
        image, socket = dnscases.compile_all(folder), f"{folder}/vhost"
        with open(f"{folder}/queries", "w", encoding="ascii") as file:
            file.write("10.2.0.192.in-addr.arpa PTR\n")
        cpus = sorted(os.sched_getaffinity(0))
        # A busy machine sends late, wakes it late, and once for several queries: the best of several runs shows the worker's behaviour.
        for _ in range(5):
            told, slept = self.asked_over_virtio(folder, image, socket, cpus)
            if told["answered"] > 300 and slept > 300 and told["latency_us"]["p50"] < 3000:
                break
        self.assertGreater(told["answered"], 300, told)
        self.assertGreater(slept, 300)
        # A wait that nothing ends takes 10 ms.
        self.assertLess(told["latency_us"]["p50"], 3000, told)

    def asked_over_virtio(self, folder, image, socket, cpus):
        """400 queries in two seconds: the result of ptrload, and how often the worker slept."""
        with ptrd.Ptrd(image, "--dpdk", f"net_vhost0,iface={socket}", "--lcores", str(cpus[0]), "--idle", "interrupt",
                       prefix=FIRST) as server:
            time.sleep(0.3)
            before = rests(server.pid), xdphost.cpu_seconds(server.pid)
            result = ptrd.run(*FIRST, PTRLOAD, "-s", "198.18.0.1", "-d", f"{folder}/queries", "--image", image, "--dpdk",
                              f"net_virtio_user0,path={socket}", "--source", "198.18.0.2", "--mac", "02:00:00:00:00:01", "--rate", "200",
                              "--burst", "1", "--cpus", str(cpus[-1]), "--seconds", "2", "--json", "-", "--", "--single-file-segments",
                              timeout=60)
            after = rests(server.pid), xdphost.cpu_seconds(server.pid)
        told = json.loads(result.stdout)
        self.assertEqual((told["wrong"], told["lost"]), (0, 0), told)
        self.assertLess(after[1] - before[1], 1)
        return told, after[0] - before[0]

    def test_no_interrupts(self):
        """A driver without interrupts is rejected, and the line says what to do."""
        with netns.Pair() as pair:
            device = f"net_af_xdp0,iface={pair.server.interface},xdp_prog={ptrd.XDP_PROGRAM},busy_budget=0"
            image = dnscases.compile_all(ptrd.temporary_folder())
            result = ptrd.run(*pair.server.command(ptrd.PTRD, "--image", image, "--dpdk", device, "--idle", "interrupt"))
        self.assertEqual(result.returncode, 1)
        self.assertIn("net_af_xdp has no receive interrupts; use idle: pause", result.stderr)

    def test_poll(self):
        """A worker that polls never sleeps."""
        for start in (over_xdp, over_dpdk):
            with self.subTest(start=start.__name__):
                self.assertLessEqual(self.idle_rests(start, "--idle", "poll"), 2)

    def test_default(self):
        """Without --idle a worker pauses over AF_XDP and polls over DPDK."""
        self.assertGreaterEqual(self.idle_rests(over_xdp), 5)
        self.assertLessEqual(self.idle_rests(over_dpdk), 2)

    def test_cpu(self):
        """A worker that pauses leaves most of its CPU to others."""
        image = dnscases.compile_all(ptrd.temporary_folder())
        for start in (over_xdp, over_dpdk):
            with self.subTest(start=start.__name__), xdphost.new_pair() as pair, start(pair, image, "--idle", "pause") as server:
                time.sleep(0.3)
                before = xdphost.cpu_seconds(server.pid)
                time.sleep(1)
                self.assertLess(xdphost.cpu_seconds(server.pid) - before, 0.25)

    def test_wrong_usage(self):
        """A word other than poll, pause and interrupt, and zero empty polls, are wrong usage."""
        for arguments in (("--idle", "sleep"), ("--idle-polls", "0")):
            result = ptrd.run(ptrd.PTRD, "--image", "none", "--socket", "127.0.0.1:1", *arguments)
            self.assertEqual(result.returncode, 2, result)


if __name__ == "__main__":
    unittest.main()
