#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""A reflection attack on a veth pair: queries forged in the name of one network, at ten times the limit, beside honest clients."""

import collections
import contextlib
import os
import random
import socket
import struct
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import control
import dnscases
import exceptionhost
import frames
import netns
import ptrd
import xdphost

LIMIT, SLIP, SECONDS = 200, 2, 3
ATTACK = 10 * LIMIT  # queries a second
TICK = 0.01          # seconds between two bursts of the attacker
VICTIM = "203.0.113"
HONEST = ("198.51.100.1", "192.0.2.1", "198.18.0.2")  # clients, each in a network of its own
POLICY = f"rate-limit: {{responses-per-second: {LIMIT}, window: 1, slip: {SLIP}}}\n"


class Attacker(threading.Thread):
    """Sends queries with forged addresses of the victim's network, in turns from both CPUs: a veth's queues go by the sender's CPU."""

    def __init__(self, pair, seconds):
        super().__init__(daemon=True)
        self._seconds = seconds
        with pair.client.inside():
            self._raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        self._raw.bind((pair.client.interface, 0))
        chance = random.Random(1)
        path = frames.Path("", pair.server.v4, source_mac=pair.client.mac, destination_mac=pair.server.mac)
        self._frames = []
        for number in range(512):
            path.source, path.source_port = f"{VICTIM}.{chance.randrange(1, 255)}", chance.randrange(1024, 65536)
            query = dnscases.query(xdphost.GOOD, id=number)
            self._frames.append(frames.query_frame(path, query.to_wire()))
        self.sent = 0
        self.began = self.ended = 0.0

    def run(self):
        cpus = sorted(os.sched_getaffinity(0))
        self.began = time.monotonic()
        for tick in range(int(self._seconds / TICK)):
            os.sched_setaffinity(0, {cpus[tick % len(cpus)]})  # this thread's
            time.sleep(max(0.0, self.began + tick * TICK - time.monotonic()))
            for _ in range(int(ATTACK * TICK)):
                with contextlib.suppress(OSError):  # the queue is full: a busy machine
                    self._raw.send(self._frames[self.sent % len(self._frames)])
                    self.sent += 1
        self.ended = time.monotonic()


class Victim(threading.Thread):
    """Counts what arrives for the victim's network: answers and empty replies with TC, by second."""

    def __init__(self, pair):
        super().__init__(daemon=True)
        with pair.client.inside():
            self._raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(frames.IPV4))
        self._raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        self._raw.bind((pair.client.interface, frames.IPV4))
        self._raw.settimeout(0.1)
        self._network = bytes(map(int, VICTIM.split(".")))
        self.stopped = False
        self.answers, self.truncated = [], []  # times

    def run(self):
        while not self.stopped:
            with contextlib.suppress(TimeoutError):
                frame = self._raw.recv(2048)
                if frame[30:33] != self._network or frame[23] != frames.UDP:
                    continue
                flags, = struct.unpack_from("!H", frame, 14 + 20 + 8 + 2)
                (self.truncated if flags & 0x0200 else self.answers).append(time.monotonic())


class Client(threading.Thread):
    """An honest client: a question, its answer, a pause. Each question is sent once."""

    def __init__(self, pair, source):
        super().__init__(daemon=True)
        with pair.client.inside():
            self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((source, 0))
        self._socket.connect((pair.server.v4, 53))
        self._socket.settimeout(2.0)
        self.stopped = False
        self.asked, self.answers = 0, []

    def run(self):
        while not self.stopped:
            wire = dnscases.query(xdphost.GOOD, id=self.asked).to_wire()
            self.asked += 1
            self._socket.send(wire)
            with contextlib.suppress(TimeoutError):
                reply = self._socket.recv(2048)
                flags, answers = struct.unpack_from("!H2xH", reply, 2)
                if reply[:2] == wire[:2] and flags & 0x020F == 0 and answers == 1:
                    self.answers.append(time.monotonic())
            time.sleep(0.03)


class ReflectionTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = ptrd.temporary_folder()
        cls.image = dnscases.compile_all(cls.folder)
        cls.policy = f"{cls.folder}/policy.yaml"
        with open(cls.policy, "w", encoding="ascii") as file:
            file.write(POLICY)

    def attack(self, transport, pair, start):
        """Attacks the server that `start` starts with these arguments more."""
        for address in HONEST[:2]:
            pair.client.ip("address", "add", f"{address}/32", "dev", "lo")
        socket_path = f"{self.folder}/{transport}.sock"
        server = self.enterContext(start("--policy", self.policy, "--control", socket_path, "--idle", "pause"))
        xdphost.wait_until(self, lambda: xdphost.asked(pair) is not None)
        clients = [Client(pair, source) for source in HONEST]
        victim = Victim(pair)
        attacker = Attacker(pair, SECONDS)
        for thread in (victim, *clients, attacker):
            thread.start()
        attacker.join()
        for thread in clients:
            thread.stopped = True
            thread.join()
        time.sleep(0.2)
        victim.stopped = True
        victim.join()
        services = control.request(socket_path, command="stats")["services"]
        by_worker = [worker["rx"] for service in services if service["transport"] == transport for worker in service["workers"]]
        self.show(transport, attacker, victim, clients, by_worker)
        self.judge(attacker, victim, clients, by_worker)

    @staticmethod
    def show(what, attacker, victim, clients, by_worker):
        """The picture: replies by second."""
        def line(label, times):
            by_second = collections.Counter(int(moment - attacker.began) for moment in times)
            print(f"        {label:<26}" + "".join(f"{by_second[second]:>7}" for second in range(SECONDS)), flush=True)
        print(f"        {what}: {attacker.sent / (attacker.ended - attacker.began):.0f} forged queries a second, limit {LIMIT}, "
              f"slip {SLIP}; queries by worker: {', '.join(map(str, by_worker))}", flush=True)
        line("answers to the victim", victim.answers)
        line("empty with TC to it", victim.truncated)
        line("answers to honest clients", [moment for client in clients for moment in client.answers])
        print(f"        honest queries, answers    {sum(client.asked for client in clients)}, "
              f"{sum(len(client.answers) for client in clients)}", flush=True)

    def judge(self, attacker, victim, clients, by_worker):
        for client in clients:
            self.assertEqual(client.asked, len(client.answers), "honest clients lose nothing")
            self.assertGreater(client.asked, SECONDS)
        took = attacker.ended - attacker.began
        self.assertGreater(attacker.sent / took, ATTACK / 2, "the attack is far over the limit")
        due = LIMIT * (1 + took)  # the window's rate at once, then the rate
        self.assertLessEqual(len(victim.answers), 1.1 * due)
        self.assertGreaterEqual(len(victim.answers), 0.9 * due)
        self.assertLessEqual(len(victim.truncated), 1.1 * (attacker.sent - len(victim.answers)) / SLIP)
        self.assertGreater(len(victim.truncated), 0)
        self.assertGreaterEqual(len(by_worker), 2)
        self.assertGreater(min(by_worker), attacker.sent / 10, "the network's queries are spread over the workers")

    def test_af_xdp(self):
        """AF_XDP, two queues."""
        with xdphost.new_pair(queues=2) as pair:
            self.attack("xdp", pair, lambda *more: xdphost.server(pair, self.image, *more))

    def test_sockets(self):
        """UDP sockets, two threads."""
        with netns.Pair() as pair:
            pair.server.ip("route", "add", "default", "via", pair.client.v4)
            arguments = (self.image, "--socket", f"{pair.server.v4}:53", "--socket-threads", "2")
            self.attack("udp", pair, lambda *more: ptrd.Ptrd(*arguments, *more, prefix=pair.server.command()))

    def test_dpdk(self):
        """DPDK, two workers on a device with two queue pairs."""
        with exceptionhost.TakenPair() as pair:
            exceptionhost.hide_from_kernel(pair.server)
            arguments = ("--lcores", "0,1", "--address", f"{pair.server.v4}/24", "--dpdk",
                         f"net_af_packet0,iface={pair.server.interface},qpairs=2")
            self.attack("dpdk", pair, lambda *more: ptrd.Ptrd(self.image, *arguments, *more, prefix=pair.server.command()))


if __name__ == "__main__":
    unittest.main(verbosity=2)
