#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""The life of the exception interface, and what may happen to it."""

import json
import os
import signal
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import dnscases
import ptrd
from exceptionhost import TAP, AF_XDP, TakenPair, start, check_sums, ping, cpu_seconds, stopped


class LifeTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pair = cls.enterClassContext(TakenPair())
        cls.image = dnscases.compile_all(ptrd.temporary_folder())

    def links(self):
        return {link["ifname"] for link in json.loads(self.pair.server.ip("-j", "link", "show"))}

    def test_restart(self):
        """The interface disappears with ptrd, killed or stopped, and the next start creates it again."""
        for end in ("stop", "kill", "stop"):
            server = start(self.pair, self.image)
            self.assertIn(TAP, self.links())
            self.assertEqual(ping(self.pair.client, self.pair.server.v4), 3)
            if end == "stop":
                check_sums(self, server.stop())
            else:
                os.kill(server.pid, signal.SIGKILL)
                with self.assertRaises(AssertionError):
                    server.wait()
                # What net_af_xdp attached outlives the process, and would keep the frames from the next one.
                self.pair.server.ip("link", "set", self.pair.server.interface, "xdp", "off")
            self.assertNotIn(TAP, self.links())

    def test_name(self):
        """--exception names the interface; one that is in use is rejected with a hint."""
        arguments = ["--image", self.image, "--dpdk", AF_XDP, "--exception", "rest0"]
        with ptrd.Ptrd(self.image, *arguments[2:], prefix=self.pair.server.command()):
            self.assertIn("rest0", self.links())
            other = ptrd.run(*self.pair.server.command(ptrd.PTRD, "--image", self.image, "--dpdk", "net_ring0",
                                                       "--exception", "rest0"))
        self.assertEqual(other.returncode, 1, other.stderr)
        self.assertIn("another process has rest0: use another name with --exception", other.stderr)

    def test_made_before(self):
        """An interface that the operator created and configured is used unchanged, and stays."""
        ip = self.pair.server.ip
        ip("tuntap", "add", "kept0", "mode", "tap")
        self.addCleanup(ip, "link", "delete", "kept0")
        ip("address", "add", f"{self.pair.server.v4}/24", "dev", "kept0")
        self.pair.client.ip("neighbour", "flush", "all")
        with ptrd.Ptrd(self.image, "--dpdk", AF_XDP, "--exception", "kept0", prefix=self.pair.server.command()):
            self.assertEqual(ping(self.pair.client, self.pair.server.v4), 3)
        self.assertIn(self.pair.server.v4, ip("address", "show", "kept0"))

    def test_off(self):
        """Without it everything except queries is dropped, as the ready line says, and no interface is created."""
        for arguments in ([], ["--exception", "off"]):
            with ptrd.Ptrd(self.image, "--dpdk", AF_XDP, *arguments, prefix=self.pair.server.command()) as server:
                self.assertNotIn(TAP, self.links())
                self.assertIn("everything else is dropped", server.log)
                self.assertEqual(ping(self.pair.client, self.pair.server.v4, seconds=1), 0)
                stats = server.stop()
            check_sums(self, stats)
            self.assertNotIn("exception", stats)
            self.assertEqual(stats["punted"], 0)
            self.assertGreater(stats["dropped"]["no_kernel_path"], 0)

    def test_taken_away(self):
        """The interface is deleted: queries are still answered, frames that no longer reach the kernel are counted, and the
        thread does not spin."""
        client, server_ip = self.pair.client, self.pair.server.v4
        server = start(self.pair, self.image)
        self.assertEqual(ping(client, server_ip), 3)
        self.pair.server.ip("link", "delete", TAP)
        before = cpu_seconds(server.pid, "ptrd-exception")
        ping(client, server_ip, seconds=1)
        self.assertLess(cpu_seconds(server.pid, "ptrd-exception") - before, 0.3)
        self.assertEqual(client.run("dig", f"@{server_ip}", "+short", "+tries=1", "-x", "192.0.2.10").strip(),
                         "ns1.example.net.")
        stats = server.stop()
        way = stats["exception"]
        self.assertGreater(way["to_kernel_failed"], 0)
        self.assertEqual(stats["punted"], way["to_kernel"] + way["to_kernel_failed"], stats)

    def test_wrong_usage(self):
        """Bad names and addresses are refused before anything is touched."""
        for arguments, text in ((["--address", "192.0.2.1/33"], "'192.0.2.1/33' is not an address"),
                                (["--address", "2001:db8::1/0"], "is not an address"),
                                (["--exception", "a/b"], "'a/b' is not an interface name"),
                                (["--exception", "sixteen-letters-"], "is not an interface name")):
            with self.subTest(arguments):
                result = ptrd.run(ptrd.PTRD, "--image", self.image, "--dpdk", "net_ring0", *arguments)
                self.assertEqual(result.returncode, 2, result.stderr)
                self.assertIn(text, result.stderr)
                self.assertEqual(result.stderr.count("\n"), 1)
        result = ptrd.run(ptrd.PTRD, "--image", self.image, "--socket", "127.0.0.1:5399", "--address", "192.0.2.1/24")
        self.assertEqual(result.returncode, 2, result.stderr)


if __name__ == "__main__":
    unittest.main()
