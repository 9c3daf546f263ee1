#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""ptrd --xdp on a veth pair: its own AF_XDP port and its own program in the kernel."""

import contextlib
import os
import re
import signal
import statistics
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import dnscases
import frames
import ptrd
import test_af_xdp
import xdphost


class XdpTest(test_af_xdp.AfXdpTest):
    """All net_af_xdp tests also pass over ptrd's own port."""

    PROGRAM = "ptrd_xdp"
    QUEUES = 1

    @classmethod
    def bring_up(cls):
        pair = xdphost.new_pair(cls.QUEUES)
        return pair, lambda: xdphost.server(pair, dnscases.compile_all(ptrd.temporary_folder())).start()

    def test_log(self):
        """The log says in which mode the program and the sockets run."""
        queues = "1 queue" if self.QUEUES == 1 else f"{self.QUEUES} queues"
        self.assertIn(f"(AF_XDP, native XDP, {queues}, copy mode; answers in the kernel as a fallback)", self.server.log)

    def test_other_destinations(self):
        """A query for an address that is not the interface's goes to the kernel, which drops it here."""
        good = dnscases.query(xdphost.GOOD)
        for path in test_af_xdp.wire_between(self.pair):
            path.destination = "198.18.0.77" if path.version == 4 else "fd00:18::77"
            with self.subTest(path=path), test_af_xdp.raw_socket(self.pair.client) as raw:
                raw.settimeout(0.3)
                raw.send(frames.query_frame(path, good.to_wire()))
                self.assertIsNone(test_af_xdp.wait_for(raw, lambda frame: test_af_xdp.is_reply(frame, good.id), seconds=0.5))

    def test_idle(self):
        """An idle server sleeps: less than a tenth of a CPU over a second; the next query wakes it, which its time-out
        would do after 100 ms."""
        time.sleep(0.2)
        before = xdphost.cpu_seconds(self.server.pid)
        time.sleep(1.0)
        self.assertLess(xdphost.cpu_seconds(self.server.pid) - before, 0.1)
        taken = []
        for _ in range(15):
            time.sleep(0.02)
            client = xdphost.client(self.pair)
            began = time.monotonic()
            self.assertIsNotNone(client.ask(dnscases.query(xdphost.GOOD).to_wire()))
            taken.append(time.monotonic() - began)
            client.close()
        self.assertLess(statistics.median(taken), 0.025, taken)


class XdpQueuesTest(XdpTest):
    """The same on an interface with two queues."""

    QUEUES = 2

    def test_every_queue(self):
        """Queries that arrive on either queue are answered: the client sends from both CPUs, which picks the queue."""
        cpus = sorted(os.sched_getaffinity(0))
        try:
            for cpu in cpus:
                os.sched_setaffinity(0, {cpu})
                for _ in range(20):
                    self.assertIsNotNone(xdphost.asked(self.pair), f"sent from CPU {cpu}")
        finally:
            os.sched_setaffinity(0, cpus)
        counters = self.pair.server.run("ethtool", "-S", self.pair.server.interface)
        for queue in range(self.QUEUES):
            self.assertGreater(int(re.search(rf"rx_queue_{queue}_xdp_packets: (\d+)", counters)[1]), 5)
        self.assertEqual(set(xdphost.workers(self.server.pid)), {"xdp-0", "xdp-1"})


class XdpCountersTest(test_af_xdp.AfXdpCountersTest):
    PROGRAM, bring_up, QUEUES = "ptrd_xdp", classmethod(XdpTest.bring_up.__func__), 1

    def test_counters(self):
        """Every frame is in one counter of the worker's, and in one of the program's."""
        super().test_counters()
        kernel = self.stats["kernel"]
        self.assertEqual(kernel["redirected"], self.stats["rx"] + kernel["lost_no_buffer"] + kernel["lost_ring_full"], kernel)
        self.assertEqual(kernel["lost_no_buffer"] + kernel["lost_ring_full"], 0, kernel)
        self.assertEqual(kernel["passed_no_socket"], 0, kernel)

    def test_passed(self):
        """Frames passed to the kernel are counted by reason."""
        pair, start = self.bring_up()
        with pair:
            running = start()
            v4, v6 = test_af_xdp.wire_between(pair)
            good = dnscases.query(xdphost.GOOD).to_wire()
            with test_af_xdp.raw_socket(pair.client) as raw:
                for _, packets in test_af_xdp.kernel_packets(pair):
                    for packet in packets:
                        raw.send(packet)
                for path in (v4, v6):
                    path.destination_port = 5353
                    raw.send(frames.query_frame(path, good))
                    path.destination_port = 53
                    path.destination = "198.18.0.77" if path.version == 4 else "fd00:18::77"
                    raw.send(frames.query_frame(path, good))
            self.assertIsNotNone(xdphost.asked(pair))
            kernel = running.stop()["kernel"]
        self.assertEqual(kernel["passed_ip_form"], 3, kernel)            # two IPv4 fragments, options
        self.assertGreaterEqual(kernel["passed_protocol"], 3, kernel)    # IPv6's, and neighbour discovery
        self.assertGreaterEqual(kernel["passed_port"], 2, kernel)
        self.assertEqual(kernel["passed_address"], 2, kernel)
        self.assertEqual(kernel["redirected"], 1, kernel)

    def test_overload(self):
        """Bursts larger than the rings lose nothing without a counter."""
        pair, start = self.bring_up()
        with pair:
            running = start()
            good = frames.query_frame(test_af_xdp.wire_between(pair)[0], dnscases.query(xdphost.GOOD).to_wire())
            number = 20000
            with test_af_xdp.raw_socket(pair.client) as raw:
                os.kill(running.pid, signal.SIGSTOP)
                for _ in range(number):
                    with contextlib.suppress(OSError):
                        raw.send(good)
                os.kill(running.pid, signal.SIGCONT)
            time.sleep(0.3)
            self.assertIsNotNone(xdphost.asked(pair), "it goes on after that")
            stats = running.stop()
        kernel = stats["kernel"]
        self.assertEqual(kernel["redirected"], stats["rx"] + kernel["lost_no_buffer"] + kernel["lost_ring_full"], stats)
        self.assertGreater(kernel["lost_no_buffer"] + kernel["lost_ring_full"], 10000, stats)
        self.assertEqual(stats["rx"], sum(ptrd.total(stats[key]) for key in ("answered", "dropped", "punted")), stats)


class XdpWorkerTest(unittest.TestCase):
    def setUp(self):
        self.pair = self.enterContext(xdphost.new_pair(queues=2))
        self.image = dnscases.compile_all(ptrd.temporary_folder())

    def test_lcores(self):
        """--lcores pins the workers, in turn."""
        cpus = sorted(os.sched_getaffinity(0))[:2]
        with xdphost.server(self.pair, self.image, "--lcores", ",".join(map(str, cpus))) as running:
            expected = {f"xdp-{number}": {cpus[number % len(cpus)]} for number in range(2)}
            xdphost.wait_until(self, lambda: {name: os.sched_getaffinity(thread)
                                      for name, thread in xdphost.workers(running.pid).items()} == expected)
            self.assertIsNotNone(xdphost.asked(self.pair))

    def test_system_calls(self):
        """Between its first query and its last a worker's only system calls are the kick and, when idle, the wait."""
        trace = f"{ptrd.temporary_folder()}/trace"
        running = xdphost.server(self.pair, self.image)
        running._command = ["strace", "-f", "-qq", "-o", trace, *running._command]
        running.start()
        try:
            xdphost.wait_until(self, lambda: len(xdphost.workers(self.traced(running.pid))) == 2)
            ids = xdphost.workers(self.traced(running.pid)).values()
            for _ in range(3):
                for _ in range(20):
                    self.assertIsNotNone(xdphost.asked(self.pair))
                time.sleep(0.3)
        finally:
            os.kill(self.traced(running.pid), signal.SIGTERM)
            running.wait()
        with open(trace) as file:
            calls = [line.split(maxsplit=1) for line in file]
        made = {number: [re.match(r"\w+", call)[0] for pid, call in calls if int(pid) == number and call[0].isalpha()]
                for number in ids}
        self.assertGreaterEqual(sum(names.count("sendto") for names in made.values()), 60)
        for names in made.values():
            kicks = [at for at, name in enumerate(names) if name == "sendto"]
            if kicks:
                self.assertLessEqual(set(names[kicks[0]:kicks[-1]]), {"sendto", "poll", "restart_syscall"})

    @staticmethod
    def traced(tracer):
        with open(f"/proc/{tracer}/task/{tracer}/children") as file:
            return int(file.read().split()[0])


class XdpAddressesTest(unittest.TestCase):
    def setUp(self):
        self.pair = self.enterContext(xdphost.new_pair())
        self.image = dnscases.compile_all(ptrd.temporary_folder())
        for address in ("203.0.113.9/32", "fd00:99::9/128"):
            self.pair.client.ip("route", "add", address, "dev", self.pair.client.interface)
        self.pair.client.ip("neighbour", "add", "203.0.113.9", "lladdr", self.mac(), "dev", self.pair.client.interface)
        self.pair.client.ip("neighbour", "add", "fd00:99::9", "lladdr", self.mac(), "dev", self.pair.client.interface)

    def mac(self):
        return self.pair.server.mac.hex(":")

    def test_addresses_come_and_go(self):
        """An address that the interface gets is used within two seconds, and no longer after it is removed."""
        with xdphost.server(self.pair, self.image):
            for address, change in (("203.0.113.9", "203.0.113.9/32"), ("fd00:99::9", "fd00:99::9/128")):
                self.assertIsNone(xdphost.asked(self.pair, address, 0.2))
                self.pair.server.ip("address", "add", change, "dev", self.pair.server.interface)
                xdphost.wait_until(self, lambda address=address: xdphost.asked(self.pair, address, 0.1) is not None, seconds=2)
                self.pair.server.ip("address", "del", change, "dev", self.pair.server.interface)
                xdphost.wait_until(self, lambda address=address: xdphost.asked(self.pair, address, 0.2) is None, seconds=2)

    def test_given_addresses(self):
        """--address adds one that is on no interface; the interface's own stay."""
        with xdphost.server(self.pair, self.image, "--address", "203.0.113.9", "--address", "fd00:99::9"):
            for address in ("203.0.113.9", "fd00:99::9", self.pair.server.v4, self.pair.server.v6):
                self.assertIsNotNone(xdphost.asked(self.pair, address), address)

    def test_no_address(self):
        """Without any address ptrd takes no queries, and says so."""
        self.pair.server.ip("address", "flush", "dev", self.pair.server.interface)
        running = xdphost.server(self.pair, self.image).start()
        good = dnscases.query(xdphost.GOOD).to_wire()
        with test_af_xdp.raw_socket(self.pair.client) as raw, test_af_xdp.raw_socket(self.pair.server) as passed:
            for path in test_af_xdp.wire_between(self.pair):
                frame = frames.query_frame(path, good)
                raw.send(frame)
                self.assertIsNotNone(test_af_xdp.wait_for(passed, lambda came, frame=frame: came == frame))
        stats = running.stop()
        self.assertIn("has no address", running.log)
        self.assertEqual(stats["rx"], 0, stats)
        self.assertEqual(stats["kernel"]["passed_address"], 2, stats)

    def test_wrong_address(self):
        """An invalid address is named."""
        result = ptrd.run(*self.pair.server.command_in_our_mounts(
            ptrd.PTRD, "--image", self.image, "--xdp", self.pair.server.interface, "--address", "203.0.113"))
        self.assertEqual(result.returncode, 2)
        self.assertIn("'203.0.113' is not an address", result.stderr)


if __name__ == "__main__":
    unittest.main()
