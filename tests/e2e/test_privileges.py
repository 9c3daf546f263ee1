#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""The privileges that a running ptrd keeps, and that they are sufficient."""

import glob
import os
import signal
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import dnscases
import ptrd
import xdphost

SETS = ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")
NUMBERS = {"CAP_NET_BIND_SERVICE": 10, "CAP_NET_ADMIN": 12, "CAP_NET_RAW": 13, "CAP_IPC_LOCK": 14, "CAP_SYS_RAWIO": 17,
           "CAP_PERFMON": 38, "CAP_BPF": 39}


def rights(pid):
    """Each thread's name, capability sets and no_new_privs."""
    threads = []
    for path in glob.glob(f"/proc/{pid}/task/*/status"):
        with open(path) as file:
            fields = dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
        threads.append({"name": fields["Name"], "no_new_privs": fields["NoNewPrivs"] == "1",
                        **{name: int(fields[name], 16) for name in SETS}})
    return threads


def mask(*names):
    return sum(1 << NUMBERS[name] for name in names)


def wait_for_log(test, server, text):
    end = time.monotonic() + 20
    while text not in server.log:
        test.assertLess(time.monotonic(), end, server.log)
        time.sleep(0.02)


class PrivilegesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.image = dnscases.compile_all(ptrd.temporary_folder())

    def check_threads(self, pid, allowed, count):
        threads = rights(pid)
        self.assertGreaterEqual(len(threads), count, threads)
        for thread in threads:
            for name in SETS:
                self.assertEqual(thread[name] & ~allowed, 0, thread)
            self.assertTrue(thread["no_new_privs"], thread)
        return threads

    def test_sockets(self):
        """With kernel sockets, on port 53 too, no thread has any capability left, nor a way to get one; a reload works."""
        with ptrd.Ptrd(self.image, "--socket", "127.0.0.53:53", "--socket-threads", "2") as server:
            self.check_threads(server.pid, 0, 4)
            os.kill(server.pid, signal.SIGHUP)
            wait_for_log(self, server, "records in service")
            self.check_threads(server.pid, 0, 4)
            client = dnscases.Client("127.0.0.53")
            self.assertIsNotNone(client.ask(dnscases.query(xdphost.GOOD).to_wire(), 1.0))
            client.close()

    def test_xdp(self):
        """With --xdp every thread has CAP_BPF and nothing else; queries, a reload of the kernel's copy, new addresses and a
        clean stop all work with it."""
        with xdphost.new_pair() as pair:
            with xdphost.server(pair, self.image) as server:
                for thread in self.check_threads(server.pid, mask("CAP_BPF"), 3):
                    self.assertEqual(thread["CapEff"], mask("CAP_BPF"), thread)
                self.assertIsNotNone(xdphost.asked(pair))
                os.kill(server.pid, signal.SIGHUP)
                wait_for_log(self, server, "records in service")
                self.assertIsNotNone(xdphost.asked(pair))
                pair.server.ip("address", "add", "198.18.0.9/24", "dev", pair.server.interface)
                xdphost.wait_until(self, lambda: xdphost.asked(pair, "198.18.0.9", 0.2) is not None)
                counters = server.stop()
                self.assertGreaterEqual(counters["rx"], 3)
                self.assertGreaterEqual(counters["kernel"]["redirected"], 3, "counters are read with it too")
            self.assertIsNone(xdphost.program_of(pair))
            self.assertFalse(os.path.exists(xdphost.pins(pair)))

    def test_xdp_after_kill(self):
        """A ptrd without privileges that is killed leaves a program that the next one adopts."""
        with xdphost.new_pair() as pair:
            first = xdphost.server(pair, self.image).start()
            xdphost.kill(first)
            with xdphost.server(pair, self.image) as second:
                self.assertIn("adopted", second.log)
                self.assertIsNotNone(xdphost.asked(pair))
            self.assertIsNone(xdphost.program_of(pair))

    def test_dpdk(self):
        """With --dpdk all threads, those of EAL too, have exactly what drivers need at the end."""
        with ptrd.Ptrd(self.image, "--dpdk", "net_null0", "--socket", "127.0.0.53:5398") as server:
            names = [thread["name"] for thread in self.check_threads(
                server.pid, mask("CAP_BPF", "CAP_NET_ADMIN", "CAP_NET_RAW", "CAP_IPC_LOCK", "CAP_SYS_RAWIO"), 5)]
            self.assertTrue(any(name.startswith("eal-") for name in names), names)

    def test_statistics_in_anybodys_folder(self):
        """The file of --stats-json is opened before root drops its access to other users' folders."""
        folder = ptrd.temporary_folder()
        os.chmod(folder, 0o700)
        os.chown(folder, 65534, 65534)
        result = ptrd.run(ptrd.PTRD, "--image", self.image, "--socket", "127.0.0.53:5399", "--duration", "0.1", "--stats-json",
                          f"{folder}/stats.json")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertGreater(os.path.getsize(f"{folder}/stats.json"), 0)
        result = ptrd.run(ptrd.PTRD, "--image", self.image, "--socket", "127.0.0.53:5399", "--duration", "0.1", "--stats-json",
                          f"{folder}/none/stats.json")
        self.assertEqual(result.returncode, 1, "reported at the start, not after days")
        self.assertIn("none/stats.json: cannot write", result.stderr)


if __name__ == "__main__":
    unittest.main()
