#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""A flood of frames for the kernel in DPDK mode: neither queries nor buffers suffer."""

import os
import re
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import dnscases
import frames
import leftovers
import ptrd
from exceptionhost import TAP, GOOD, TakenPair, start, check_sums, ping, processed, thread_of, stopped
from test_af_xdp import raw_socket, wire_between
from xdphost import wait_until

ALONE = "its load takes both CPUs"


class FloodTest(unittest.TestCase):
    def test_ping_flood_beside_queries(self):
        """While pings arrive as fast as they are answered, no query of a steady load is lost, and all counters add up."""
        with TakenPair() as pair:
            server = start(pair, dnscases.compile_all(ptrd.temporary_folder()))
            self.assertEqual(ping(pair.client, pair.server.v4), 3)
            folder = ptrd.temporary_folder()
            queries = os.path.join(folder, "queries.txt")
            with open(queries, "w") as file:
                file.writelines(f"{number}.2.0.192.in-addr.arpa PTR\n" for number in range(256))
            pinger = subprocess.Popen(pair.client.command("ping", "-q", "-f", "-s", "1000", pair.server.v4), text=True,
                                      stdout=subprocess.PIPE, preexec_fn=leftovers.die_with_parent)
            load = pair.client.run("dnsperf", "-s", pair.server.v4, "-d", queries, "-l", "5", "-Q", "10000")
            pinger.send_signal(signal.SIGINT)
            pings = re.search(r"(\d+) packets transmitted, (\d+) received", pinger.communicate(timeout=10)[0])
            stats = server.stop()
        sent, received = map(int, pings.groups())
        self.assertRegex(load, r"Queries lost: +0 ")
        self.assertGreater(received, 100)
        self.assertLess(sent - received, max(20, sent / 100), "the last ones may be on their way when ping is stopped")
        check_sums(self, stats)
        self.assertGreaterEqual(stats["punted_by"]["protocol"], received)
        self.assertGreaterEqual(stats["exception"]["from_kernel"], received)
        self.assertEqual(ptrd.total(stats["answered"]), int(re.search(r"Queries completed: +(\d+)", load)[1]))
        print(f"        {received} pings beside {ptrd.total(stats['answered'])} queries")

    def test_the_way_to_the_kernel_is_full(self):
        """With the exception thread stopped a ring's worth of frames waits for the kernel, the rest is counted as
        exception_full, and queries are still answered; when it continues, everything that waited reaches the kernel."""
        with TakenPair() as pair:
            server = start(pair, dnscases.compile_all(ptrd.temporary_folder()))
            with pair.client.inside():
                client = dnscases.Client(pair.server.v4)
            self.assertIsNotNone(client.ask(dnscases.query(GOOD).to_wire()))
            path, _ = wire_between(pair)
            path.destination_port = 9
            junk = frames.query_frame(path, b"x")
            with raw_socket(pair.client) as raw, stopped(thread_of(server.pid, "ptrd-exception")):
                for _ in range(20):
                    for _ in range(100):
                        raw.send(junk)
                    self.assertIsNotNone(client.ask(dnscases.query(GOOD).to_wire()))
                # The last answers leave before their burst's junk is given to the thread; the next answer shows that all of it was.
                self.assertIsNotNone(client.ask(dnscases.query(GOOD).to_wire()))
            client.close()
            stats = server.stop()
        check_sums(self, stats)
        self.assertEqual(stats["answered"]["answer"], 22, stats)
        # The kernel's own ARP or ND may come among them, and then meets a full ring, too.
        others = stats["rx"] - 22 - 2000
        self.assertLess(others, 20, stats)
        self.assertIn(stats["punted_by"]["port"] + stats["dropped"]["exception_full"] - 2000, range(others + 1), stats)
        self.assertLessEqual(stats["punted_by"]["port"], 512, stats)
        self.assertGreater(stats["punted_by"]["port"], 400, "but for some ARP or ND in between, the ring is used")


class ReplayTest(unittest.TestCase):
    """Two workers that get only frames for the kernel, millions per second, endlessly."""

    def test_endless_flood(self):
        """Buffers are freed wherever frames end, and no worker makes a system call for it."""
        folder = ptrd.temporary_folder()
        path = frames.Path("198.18.0.2", "198.18.0.1", destination_port=9)
        replay = os.path.join(folder, "kernel.pcap")
        frames.write_pcap(replay, [frames.query_frame(path, b"junk" * 8)] * 32 + [
            frames.ethernet(path, frames.ipv4(path, bytes(20), protocol=frames.TCP))] * 32)
        calls = os.path.join(folder, "calls.txt")
        with TakenPair() as pair:
            server = start(pair, dnscases.compile_all(folder), "--lcores", "0,1",
                           device=f"net_pcap0,rx_pcap={replay},rx_pcap={replay},infinite_rx=1")
            workers = [str(thread_of(server.pid, f"rte-worker-{number}")) for number in (1, 2)]
            tracer = subprocess.Popen(["strace", "-qq", "-o", calls, "-p", workers[0], "-p", workers[1]],
                                      preexec_fn=leftovers.die_with_parent, stderr=subprocess.PIPE, text=True)
            time.sleep(2)
            tracer.send_signal(signal.SIGINT)
            self.assertEqual(tracer.communicate(timeout=10)[1], "")
            before = processed(pair, TAP)
            # The kernel still gets frames, so there are still buffers; and more than the rings hold.
            wait_until(self, lambda: processed(pair, TAP) > before + 4096)
            stats = server.stop()
        with open(calls) as file:
            self.assertEqual(file.read(), "")
        check_sums(self, stats)
        self.assertGreater(stats["rx"], 100000, "both pools would long be empty")
        self.assertGreater(stats["dropped"]["exception_full"], 0)
        self.assertGreater(stats["punted_by"]["port"], 1024)
        self.assertGreater(stats["punted_by"]["protocol"], 1024)


if __name__ == "__main__":
    unittest.main()
