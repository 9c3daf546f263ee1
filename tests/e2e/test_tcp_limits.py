#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Resources that TCP clients cannot take from one another: time, connections, file descriptors and memory."""

import contextlib
import os
import re
import resource
import select
import socket
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import dns.rdatatype

import dnscases
import leftovers
import ptrd
import tcp
import test_socket

ALONE = "11,000 connections beside a load that loses nothing"

GOOD = "10.2.0.192.in-addr.arpa"
# What src/service/tcp/README.md promises of the resident memory, beside the image's: bytes for a connection, and for all buffers.
PER_CONNECTION, FOR_BUFFERS = 4096, 32 << 20


def ended(client):
    """Whether the server has closed the connection, without waiting."""
    readable, _, _ = select.select([client.socket], [], [], 0)
    if not readable:
        return False
    try:
        return client.socket.recv(1 << 16, socket.MSG_PEEK) == b""
    except ConnectionResetError:
        return True


def resident(pid):
    with open(f"/proc/{pid}/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


class LimitsCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = ptrd.temporary_folder()
        cls.image = dnscases.compile_all(cls.folder)
        cls.good = dnscases.query(GOOD).to_wire()
        cls.big = dnscases.query("size3000.e2e.example", dns.rdatatype.TXT).to_wire()

    def serve(self, *options, **how):
        self.port = test_socket.free_port()
        server = ptrd.Ptrd(self.image, "--socket", f"127.0.0.1:{self.port}", "--socket", f"[::1]:{self.port}", *options, **how).start()
        self.addCleanup(lambda: server._process.poll() is None and server.stop())
        return server

    def client(self, address="127.0.0.1", source=None):
        client = tcp.Client(address, self.port, source)
        self.addCleanup(client.close)
        return client

    def assert_served(self, client):
        self.assertEqual(client.ask(self.good)[:2], self.good[:2])

    def assert_adds_up(self, stats):
        self.assertEqual(stats["rx"], sum(ptrd.total(stats[part]) for part in ("answered", "dropped", "punted")), stats)
        self.assertEqual(stats["tx"], ptrd.total(stats["answered"]), stats)
        self.assertEqual(stats["tcp"]["accepted"], ptrd.total(stats["tcp"]["closed"]), stats)


class TimeTest(LimitsCase):
    def test_idle(self):
        """A connection without a message for --tcp-idle ends; one that asks now and then stays."""
        server = self.serve("--tcp-idle", "1")
        silent, asking = self.client(), self.client("::1")
        began = time.monotonic()
        while not ended(silent):
            self.assertLess(time.monotonic() - began, 5)
            self.assert_served(asking)
            time.sleep(0.1)
        self.assertGreater(time.monotonic() - began, 0.9)
        self.assert_served(asking)
        stats = server.stop()
        self.assertEqual(stats["tcp"]["closed"]["idle"], 1, stats)
        self.assert_adds_up(stats)

    def test_slow(self):
        """A client that starts a message and does not finish it, and one that never reads, is disconnected; others are still served."""
        server = self.serve()
        stuck, dripping, deaf, good = (self.client() for _ in range(4))
        began, lasted = time.monotonic(), {}
        stuck.socket.send(b"\0")
        deaf.socket.settimeout(0.5)
        with contextlib.suppress(TimeoutError):
            while True:
                deaf.socket.send(tcp.framed(self.big) * 100)
        before = resident(server.pid)
        while len(lasted) < 3:
            now = time.monotonic() - began
            self.assertLess(now, 20, f"ended so far: {lasted}")
            for name, client in (("stuck", stuck), ("dripping", dripping), ("deaf", deaf)):
                if name in lasted:
                    continue
                with contextlib.suppress(OSError):
                    if name == "dripping":
                        client.socket.send(b"\x01")
                events = select.poll()
                events.register(client.socket, 0)
                if events.poll(0):  # error or hang-up
                    lasted[name] = now
            self.assert_served(good)
            time.sleep(0.2)
        self.assertGreater(min(lasted.values()), 4.9)
        self.assertLess(resident(server.pid) - before, 1 << 20)
        self.assert_served(good)
        stats = server.stop()
        self.assertEqual(stats["tcp"]["closed"]["slow_query"], 2, stats)
        self.assertEqual(stats["tcp"]["closed"]["slow_reply"], 1, stats)
        self.assertGreater(stats["dropped"]["tx_full"], 0, stats)
        self.assert_adds_up(stats)


class PlacesTest(LimitsCase):
    def test_full_table(self):
        """When all connections are in use, a new client replaces the one idle longest."""
        server = self.serve("--tcp-connections", "5", "--tcp-threads", "1")
        clients = [self.client() for _ in range(5)]
        for client in clients:
            self.assert_served(client)
        self.assert_served(clients[0])  # now clients[1] has been idle longest
        newcomer = self.client("::1")
        self.assert_served(newcomer)
        self.assertTrue(ended(clients[1]))
        for client in (clients[0], *clients[2:], newcomer):
            self.assert_served(client)
        stats = server.stop()
        self.assertEqual(stats["tcp"]["closed"]["evicted"], 1, stats)
        self.assert_adds_up(stats)

    def test_prefix(self):
        """A /24 gets at most its share of the connections; other networks get theirs."""
        server = self.serve("--tcp-per-prefix", "3")
        first = [self.client(source=f"127.0.0.{i}") for i in (1, 2, 3)]
        for client in first:
            self.assert_served(client)
        # Reset as soon as accepted: how the client sees that depends on how far it was.
        with contextlib.suppress(ConnectionResetError, BrokenPipeError):
            self.assertIsNone(self.client(source="127.0.0.4").ask(self.good))
        self.assert_served(self.client(source="127.0.1.1"))
        self.assert_served(self.client("::1"))
        first[0].finish()
        self.assert_served(self.client(source="127.0.0.4"))
        stats = server.stop()
        self.assertEqual(stats["tcp"]["refused_prefix"], 1, stats)
        self.assert_adds_up(stats)

    def test_no_file_descriptors(self):
        """If file descriptors run out before connections do, ptrd neither spins nor locks out new clients."""
        server = self.serve("--tcp-connections", "10000", "--tcp-threads", "1", program=test_socket.public_copy(self.folder),
                            prefix=["prlimit", "--nofile=18:18", *ptrd.as_nobody()])
        self.assertIn("the limit on open files leaves room for 9 of 10000 TCP connections", server.log)

        def cpu_seconds():
            with open(f"/proc/{server.pid}/stat") as file:
                return sum(map(int, file.read().rsplit(")", 1)[1].split()[11:13])) / os.sysconf("SC_CLK_TCK")
        before = cpu_seconds()
        for _ in range(30):
            self.assert_served(self.client())
        time.sleep(1)
        self.assertLess(cpu_seconds() - before, 0.5)
        stats = server.stop()
        self.assertGreater(stats["tcp"]["no_descriptor"], 0, stats)
        self.assertEqual(stats["tcp"]["accepted"], 30, stats)
        self.assert_adds_up(stats)


class CrowdTest(LimitsCase):
    """10,000 idle and 1,000 slow connections while others want to be served."""

    IDLE, SLOW = 10000, 1000

    def dnsperf(self, mode, rate, seconds, *options):
        queries = f"{self.folder}/queries"
        with open(queries, "w") as file:
            file.writelines(f"{i}.2.0.192.in-addr.arpa PTR\n" for i in range(256))
        process = subprocess.Popen(["dnsperf", "-m", mode, "-s", "127.0.0.1", "-p", str(self.port), "-d", queries, "-l", str(seconds),
                                    "-Q", str(rate), "-t", "3", *options],
                                   stdout=subprocess.PIPE, text=True, preexec_fn=leftovers.die_with_parent)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        return process

    def assert_nothing_lost(self, process, least):
        output = process.communicate(timeout=30)[0]
        self.assertIn("Queries lost:         0 (0.00%)", output)
        self.assertGreater(int(re.search(r"Queries completed:\s+(\d+)", output)[1]), least, output)

    def connect(self, network, count):
        """Connections from many sources, 250 in each 127.`network`.x.0/24."""
        connections = []
        for i in range(count):
            connection = socket.socket()
            self.addCleanup(connection.close)
            connection.bind((f"127.{network}.{i // 250}.{i % 250 + 1}", 0))
            connection.connect(("127.0.0.1", self.port))
            connections.append(connection)
        return connections

    def misbehave(self, slow, server):
        """A quarter of `slow` send a byte at a time, the others ask for much and read nothing, until all are cut off; gives the most
        memory seen."""
        most, end = 0, time.monotonic() + 60
        gone = select.poll()
        asked = tcp.framed(self.big) * 400
        for connection in slow:
            connection.setblocking(False)
            gone.register(connection, 0)  # error or hang-up
        while len(gone.poll(0)) < len(slow):
            self.assertLess(time.monotonic(), end)
            for i, connection in enumerate(slow):
                with contextlib.suppress(OSError):  # cut off, or its kernel takes no more
                    connection.send(b"\xff" if i % 4 == 0 else asked)
            most = max(most, resident(server.pid))
            time.sleep(0.5)
        return most

    def test_crowd(self):
        """UDP loses nothing, memory stays in its bound, well-behaved TCP clients are served, and the idle ones stay."""
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = self.IDLE + self.SLOW + 500
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, max(hard, wanted)))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        server = self.serve("--tcp-idle", "60")
        self.assert_served(self.client())
        empty = resident(server.pid)
        udp = self.dnsperf("udp", 20000, 12)
        idle = self.connect(1, self.IDLE)
        self.assert_served(self.client())  # all before it have been accepted
        with_idle = resident(server.pid)
        self.assertLess(with_idle - empty, self.IDLE * PER_CONNECTION)
        slow = self.connect(2, self.SLOW)
        good = self.dnsperf("tcp", 2000, 6, "-c", "5")
        most = self.misbehave(slow, server)
        print(f"-- resident: {empty >> 10} KB, with {self.IDLE} idle {with_idle >> 10} KB, with {self.SLOW} slow {most >> 10} KB at most",
              flush=True)
        self.assertLess(most - empty, (self.IDLE + self.SLOW) * PER_CONNECTION + FOR_BUFFERS)
        # Half of what the generator may send: on a busy machine it sends less.
        self.assert_nothing_lost(udp, 120000)
        self.assert_nothing_lost(good, 5000)
        gone = []
        for connection in idle:
            connection.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                gone.append(connection.recv(1))
        self.assertEqual(gone, [])
        stats = server.stop()
        closed = stats["tcp"]["closed"]
        self.assertEqual(closed["slow_query"], self.SLOW // 4, stats)
        self.assertEqual(closed["slow_query"] + closed["slow_reply"] + closed["memory_limit"] + closed["reset"], self.SLOW, stats)
        self.assertEqual(stats["dropped"]["socket_overflow"], 0, stats)
        self.assert_adds_up(stats)
        print(f"-- closed: {closed}")


if __name__ == "__main__":
    unittest.main()
