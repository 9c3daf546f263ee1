#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""ptrd over kernel sockets on the loopback interface, as an unprivileged user."""

import os
import shutil
import socket
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import dnscases
import ptrd


def free_port():
    """A UDP port that is free over both IP versions."""
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
        probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        probe.bind(("::", 0))
        return probe.getsockname()[1]


def public_copy(folder):
    """The program where nobody may run it; the tree may lie in a folder that is closed to others."""
    return shutil.copy(ptrd.PTRD, f"{folder}/ptrd")


class SocketTest(dnscases.DnsCases, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = ptrd.temporary_folder()
        port = free_port()
        cls.server = ptrd.Ptrd(dnscases.compile_all(folder), "--socket", f"127.0.0.1:{port}", "--socket", f"[::1]:{port}",
                               prefix=ptrd.as_nobody(), program=public_copy(folder)).start()
        cls.clients = {"IPv4": dnscases.Client("127.0.0.1", port), "IPv6": dnscases.Client("::1", port)}

    @classmethod
    def tearDownClass(cls):
        for client in cls.clients.values():
            client.close()
        cls.server.stop()

    def test_runs_without_privilege(self):
        """The process that answers is nobody's and has no capability."""
        with open(f"/proc/{self.server.pid}/status") as file:
            status = dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
        self.assertEqual(status["Uid"].split(), ["65534"] * 4)
        self.assertEqual(int(status["CapEff"], 16), 0)


class SocketCountersTest(unittest.TestCase):
    def test_counters_add_up(self):
        """Each datagram is in one counter: rx = answered + dropped + punted, and tx = answered."""
        folder = ptrd.temporary_folder()
        port = free_port()
        asked = ["10.2.0.192.in-addr.arpa"] * 30 + ["77.2.0.192.in-addr.arpa"] * 20 + ["30.2.0.192.in-addr.arpa"] * 10 + \
            ["example.com"] * 5
        with ptrd.Ptrd(dnscases.compile_all(folder), "--socket", f"127.0.0.1:{port}") as server:
            client = dnscases.Client("127.0.0.1", port)
            for qname in asked:
                self.assertIsNotNone(client.ask(dnscases.query(qname).to_wire()))
            self.assertIsNone(client.probe(b"\1\2\3"))  # and one good query
            client.close()
            stats = server.stop()
        self.assertEqual(stats["rx"], len(asked) + 2, stats)
        self.assertEqual(stats["rx"], sum(map(ptrd.total, (stats["answered"], stats["dropped"], stats["punted"]))), stats)
        self.assertEqual(stats["tx"], len(asked) + 1, stats)
        self.assertEqual(stats["answered"]["answer"], 31, stats)
        self.assertEqual(stats["answered"]["nxdomain"], 20, stats)
        self.assertEqual(stats["answered"]["nodata"], 10, stats)
        self.assertEqual(stats["answered"]["refused"], 5, stats)

    def test_duration(self):
        """--duration ends ptrd by itself, with its counters written."""
        folder = ptrd.temporary_folder()
        server = ptrd.Ptrd(dnscases.compile_all(folder), "--socket", f"127.0.0.1:{free_port()}", "--duration", "1")
        server.start()
        self.assertGreaterEqual(server.wait()["seconds"], 0.9)


if __name__ == "__main__":
    unittest.main()
