#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Walks of a reverse zone: how many names one who does not know them finds, with and without a policy.

PTRD_WALK_SECONDS sets how long each walk may take (default: 3)."""

import collections
import os
import random
import select
import socket
import struct
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import ptrd
import test_socket

SECONDS = float(os.environ.get("PTRD_WALK_SECONDS", "3"))
PREFIX = "20010db80001"  # 2001:db8:1::/48
APEX = ".".join(reversed(PREFIX)) + ".ip6.arpa"
NAMES = 10_000
WINDOW = 256    # questions under way
PATIENCE = 0.3  # seconds until a question is asked again
ENUMERATION = "enumeration: {denials-per-second: 10, burst: 100}\n"
UNIFORM = "queries: [{prefix: '2001:db8:1::/48', action: uniform}]\n"


def addresses(count):
    """So many addresses of the /48, as nibbles, in a provider's way: few /64 networks, low and random interface identifiers."""
    chance = random.Random(1)
    networks = [f"{chance.randrange(1 << 16):04x}" for _ in range(count // 50)]
    made = set()
    while len(made) < count:
        low = chance.randrange(4096) if chance.random() < 0.5 else chance.getrandbits(64)
        made.add(PREFIX + chance.choice(networks) + f"{low:016x}")
    return made


class Walker:
    """Asks for each branch of the tree below the apex, and leaves out those that do not exist (RFC 8020). Over UDP from one
    socket, many questions at a time; a question without a reply is asked again, one whose reply has TC over TCP."""

    def __init__(self, port):
        self.found = set()
        self.asked = 0
        self._port = port
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.connect(("127.0.0.1", port))
        self._udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self._open = [PREFIX + nibble for nibble in "fedcba9876543210"]  # a stack: depth first, or it would be too many
        self._waiting = collections.OrderedDict()  # id: branch and when it was asked
        self._tcp = None
        self._id = 0

    def walk(self, seconds):
        """For so long, or until nothing is left to ask."""
        end = time.monotonic() + seconds
        while (self._open or self._waiting) and time.monotonic() < end:
            while self._open and len(self._waiting) < WINDOW:
                self._ask(self._open.pop())
            if not select.select([self._udp], [], [], 0.02)[0]:
                self._give_up()
                continue
            for _ in range(WINDOW):
                try:
                    self._take(self._udp.recv(65535, socket.MSG_DONTWAIT), self._ask_tcp)
                except BlockingIOError:
                    break
            self._give_up()
        self._udp.close()
        if self._tcp is not None:
            self._tcp.close()
        return self

    def _ask(self, branch):
        self._id = (self._id + 1) & 0xFFFF
        self._waiting[self._id] = branch, time.monotonic()
        self.asked += 1
        self._udp.send(self._query(branch, self._id))

    @staticmethod
    def _query(branch, number):
        labels = b"".join(b"\1" + nibble.encode() for nibble in reversed(branch))
        return struct.pack("!6H", number, 0, 1, 0, 0, 0) + labels + b"\3ip6\4arpa\0" + struct.pack("!2H", 12, 1)

    def _give_up(self):
        """Asks again what has waited too long."""
        late = time.monotonic() - PATIENCE
        while self._waiting and next(iter(self._waiting.values()))[1] < late:
            self._ask(self._waiting.popitem(last=False)[1][0])

    def _take(self, reply, if_truncated):
        number, flags, _, answers = struct.unpack_from("!4H", reply)
        branch, _ = self._waiting.pop(number, (None, None))
        if branch is None:
            return
        if flags & 0x0200:
            if_truncated(branch, number)
        elif flags & 15 not in (0, 3):  # REFUSED: again
            self._open.append(branch)
        elif answers > 0:
            self.found.add(branch)
        elif flags & 15 == 0 and len(branch) < 32:
            self._open.extend(branch + nibble for nibble in "fedcba9876543210")

    def _ask_tcp(self, branch, number):
        self._waiting[number] = branch, time.monotonic()
        if self._tcp is None:
            self._tcp = socket.create_connection(("127.0.0.1", self._port), 5)
        query = self._query(branch, number)
        self._tcp.sendall(struct.pack("!H", len(query)) + query)
        data = b""
        while len(data) < 2 or len(data) < 2 + struct.unpack_from("!H", data)[0]:
            part = self._tcp.recv(65536)
            if not part:
                self._tcp = None
                return
            data += part
        self._take(data[2:], lambda *_: None)


class WalkTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = ptrd.temporary_folder()
        cls.names = addresses(NAMES)
        with open(f"{cls.folder}/zone", "w", encoding="ascii") as file:
            file.write("$TTL 3600\n@ SOA ns1.example. host.example. 1 3600 600 86400 300\n@ NS ns1.example.\n")
            file.writelines(f"{'.'.join(reversed(address[len(PREFIX):]))} PTR h{number}.example.\n"
                            for number, address in enumerate(sorted(cls.names)))
        cls.image = ptrd.compile_image(f"{cls.folder}/zone.ptri", f"{APEX}={cls.folder}/zone")

    def walked(self, what, policy):
        with open(f"{self.folder}/policy.yaml", "w", encoding="ascii") as file:
            file.write(policy)
        port = test_socket.free_port()
        with ptrd.Ptrd(self.image, "--socket", f"127.0.0.1:{port}", "--policy", f"{self.folder}/policy.yaml") as server:
            walker = Walker(port).walk(SECONDS)
            stats = server.stop()
        self.assertLessEqual(walker.found, self.names)
        print(f"        {what:<24} {len(walker.found):>6} of {NAMES} names by {walker.asked} questions in {SECONDS:g} s", flush=True)
        return len(walker.found), stats

    def test_without(self):
        """Without a limit a walk finds the zone's names as fast as it asks."""
        found, _ = self.walked("without a limit", "")
        self.assertGreater(found, 50)

    def test_enumeration(self):
        """The limit on denials leaves a walk about as many steps as denials: over TCP, too."""
        found, stats = self.walked("enumeration", ENUMERATION)
        self.assertLess(found, 50)
        denials = sum(stats["answered"][kind] for kind in ("nxdomain", "nodata"))
        self.assertLessEqual(denials, 100 + 10 * (SECONDS + 2))
        self.assertGreater(stats["policy"]["over_limit"]["refused"], 0, "the walk went on over TCP")

    def test_uniform(self):
        """With uniform answers each branch looks alike: the walk goes down the first one, and finds nothing."""
        found, stats = self.walked("uniform", UNIFORM)
        self.assertEqual(found, 0)
        self.assertEqual(stats["answered"]["nxdomain"], 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
