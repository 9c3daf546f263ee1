#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""ptrd over kernel sockets on the loopback interface, as an unprivileged user."""

import contextlib
import os
import shutil
import signal
import socket
import struct
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import dnscases
import ptrd


def free_port():
    """A port that is free for UDP and TCP over both IP versions."""
    while True:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as udp, socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as tcp:
            for probe in (udp, tcp):
                probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
            udp.bind(("::", 0))
            with contextlib.suppress(OSError):
                tcp.bind(udp.getsockname()[:2])
                return udp.getsockname()[1]


def public_copy(folder):
    """The program where nobody may run it; the tree may lie in a folder that is closed to others."""
    return shutil.copy(ptrd.PTRD, f"{folder}/ptrd")


def thread_states(pid):
    """The state letter of each thread, as in proc(5)."""
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/stat") as file:
            yield file.read().rpartition(")")[2].split()[0]


def waiting_at(port):
    """Bytes in the queues of the UDP sockets at 127.0.0.1:port, as the kernel counts them."""
    with open("/proc/net/udp") as file:
        return sum(int(fields[4].split(":")[1], 16) for fields in map(str.split, file) if fields[1] == f"0100007F:{port:04X}")


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
        """The process that answers runs as nobody and has no capability."""
        with open(f"/proc/{self.server.pid}/status") as file:
            status = dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
        self.assertEqual(status["Uid"].split(), ["65534"] * 4)
        self.assertEqual(int(status["CapEff"], 16), 0)

    def test_largest_queries(self):
        """A query as large as a datagram can be is read whole: its padding (RFC 7830) does not change the answer."""
        plain = dnscases.query("10.2.0.192.in-addr.arpa", use_edns=0, payload=1232).to_wire()
        for size in (5000, 60000):
            padded = plain[:-2] + struct.pack("!HHH", 4 + size, 12, size) + bytes(size)
            for transport, client in self.clients.items():
                with self.subTest(transport=transport, size=size):
                    self.assertEqual(client.ask(padded), client.ask(plain))


class SocketThreadsTest(unittest.TestCase):
    def test_clients_are_spread(self):
        """With several threads at an address every client is answered, and there is a socket for each thread."""
        folder = ptrd.temporary_folder()
        port = free_port()
        with ptrd.Ptrd(dnscases.compile_all(folder), "--socket", f"127.0.0.1:{port}", "--socket-threads", "3") as server:
            with open(f"/proc/{server.pid}/net/udp") as file:
                self.assertEqual(file.read().count(f"0100007F:{port:04X} "), 3)
            for _ in range(60):
                client = dnscases.Client("127.0.0.1", port)
                self.assertIsNotNone(client.ask(dnscases.query("10.2.0.192.in-addr.arpa").to_wire()))
                client.close()
            self.assertEqual(server.stop()["tx"], 60)

    def test_a_second_server_is_refused(self):
        """A port that several threads share is not open to another ptrd."""
        folder = ptrd.temporary_folder()
        image, port = dnscases.compile_all(folder), free_port()
        with ptrd.Ptrd(image, "--socket", f"127.0.0.1:{port}", "--socket-threads", "2"):
            second = ptrd.run(ptrd.PTRD, "--image", image, "--socket", f"127.0.0.1:{port}", "--duration", "1")
            self.assertEqual(second.returncode, 1, second)
            self.assertIn("another server is using that port", second.stderr)

    def test_overflow_is_counted(self):
        """Datagrams that the kernel drops while ptrd does not read are counted as received and dropped, socket_overflow."""
        folder = ptrd.temporary_folder()
        port = free_port()
        with ptrd.Ptrd(dnscases.compile_all(folder), "--socket", f"127.0.0.1:{port}", "--socket-threads", "1") as server:
            os.kill(server.pid, signal.SIGSTOP)
            while not all(state == "T" for state in thread_states(server.pid)):
                time.sleep(0.01)
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
                client.connect(("127.0.0.1", port))
                sent = 200
                for _ in range(sent):
                    client.send(bytes([0x80]) * 60000)
            os.kill(server.pid, signal.SIGCONT)
            while waiting_at(port) > 0:
                time.sleep(0.01)
            stats = server.stop()
        self.assertEqual(stats["rx"], sent, stats)
        self.assertGreater(stats["dropped"]["socket_overflow"], 0, stats)
        self.assertEqual(ptrd.total(stats["dropped"]), sent, stats)


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
        self.assertEqual(stats["answered"]["answer"], 30, stats)
        self.assertEqual(stats["answered"]["nxdomain"], 20, stats)
        self.assertEqual(stats["answered"]["nodata"], 11, stats)
        self.assertEqual(stats["answered"]["refused"], 5, stats)

    def test_duration(self):
        """--duration stops ptrd, which writes its counters."""
        folder = ptrd.temporary_folder()
        server = ptrd.Ptrd(dnscases.compile_all(folder), "--socket", f"127.0.0.1:{free_port()}", "--duration", "1")
        server.start()
        self.assertGreaterEqual(server.wait()["seconds"], 0.9)


if __name__ == "__main__":
    unittest.main()
