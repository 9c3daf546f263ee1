#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Images swapped a hundred times under load: nothing is lost, and no answer mixes two images."""

import collections
import itertools
import os
import re
import socket
import struct
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import control
import dnscases
import netns
import ptrd
import test_socket
import xdphost

SWAPS = 100
APEX = "2.10.in-addr.arpa"
RECORDS = 6000  # names; every third has four targets
STAMPS = ("aaaaaaaa", "bbbbbbbb")
_WINDOW = 24  # queries under way
_REST = 0.001  # seconds


def _questions():
    """Wire forms and the records in the answer section: single targets, four, none."""
    for number in itertools.chain(range(0, RECORDS, 7), (RECORDS + 100,) * 50):
        owner = f"{number % 250}.{number // 250}"
        expected = 0 if number >= RECORDS else 4 if number % 3 == 0 else 1
        yield dnscases.query(f"{owner}.{APEX}").to_wire(), expected


class Judge:
    """Counts answers by stamp, and errors in any of them."""

    def __init__(self):
        self.asked = self.lost = 0
        self.wrong = []
        self.stamps = collections.Counter()

    def take(self, response, expected):
        try:
            count, stamps = _stamps(response)
        except IndexError:
            count, stamps = -1, ()
        if count != expected or len(stamps) != 1:
            self.wrong.append(response)
        else:
            self.stamps[stamps.pop()] += 1


def _name(message, at):
    """The labels at `at`, and where the next field begins."""
    labels, behind = [], None
    while message[at] != 0:
        if message[at] >= 0xC0:
            behind = behind or at + 2
            at = (message[at] & 0x3F) << 8 | message[at + 1]
        else:
            labels.append(message[at + 1:at + 1 + message[at]])
            at += 1 + message[at]
    return labels, behind or at + 1


def _stamps(message):
    """How many answers there are, and the stamps in all their targets, or in the SOA record where there is none."""
    questions, answers, authority = struct.unpack_from(">HHH", message, 4)
    at = 12
    for _ in range(questions):
        at = _name(message, at)[1] + 4
    stamps = set()
    for _ in range(answers + authority):
        at = _name(message, at)[1]
        stamps.add(_name(message, at + 10)[0][1].decode())
        at += 10 + struct.unpack_from(">H", message, at + 8)[0]
    return answers, stamps


class Load(threading.Thread):
    """Queries with a few outstanding ones, and a short rest when these are answered, in which the swaps get a CPU; until stopped."""

    def __init__(self, connected, stream=False):
        super().__init__()
        self._socket, self._stream = connected, stream
        self._questions = list(_questions())
        self._stop_asking = threading.Event()
        self.judge = Judge()

    def run(self):
        self._socket.settimeout(3.0)
        identifiers = itertools.cycle(range(1, 65536))
        for first in itertools.cycle(range(0, len(self._questions) - _WINDOW, _WINDOW)):
            if self._stop_asking.is_set():
                return
            waiting = {}
            messages = []
            for wire, expected in self._questions[first:first + _WINDOW]:
                identifier = next(identifiers)
                waiting[identifier] = expected
                messages.append(struct.pack(">H", identifier) + wire[2:])
            self.judge.asked += len(messages)
            self._send(messages)
            try:
                while waiting:
                    response = self._receive()
                    identifier = struct.unpack_from(">H", response)[0]
                    if identifier in waiting:
                        self.judge.take(response, waiting.pop(identifier))
            except (TimeoutError, OSError):
                self.judge.lost += len(waiting)
            time.sleep(_REST)

    def _send(self, messages):
        if self._stream:
            self._socket.sendall(b"".join(struct.pack(">H", len(message)) + message for message in messages))
        else:
            for message in messages:
                self._socket.send(message)

    def _receive(self):
        if not self._stream:
            return self._socket.recv(65535)
        size = struct.unpack(">H", self._exactly(2))[0]
        return self._exactly(size)

    def _exactly(self, size):
        data = b""
        while len(data) < size:
            part = self._socket.recv(size - len(data))
            if not part:
                raise OSError("the connection has ended")
            data += part
        return data

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self._stop_asking.set()
        self.join()
        self._socket.close()


def resident(pid, field="VmRSS"):
    """KiB."""
    with open(f"/proc/{pid}/status") as file:
        return int(re.search(rf"{field}:\s+(\d+) kB", file.read())[1])


class SwapCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = ptrd.temporary_folder()
        cls.images = [control.stamped_image(cls.folder, stamp, apex=APEX, records=RECORDS) for stamp in STAMPS]
        cls.path = f"{cls.folder}/s.sock"

    def swap_under(self, loads, server):
        """Swaps a hundred times under the loads; answers must be complete, and from both images."""
        for load in loads:
            self.enterContext(load)
        for number in range(1, SWAPS + 1):
            # A process of its own for each would wait most of the time for a CPU that the loads have.
            result = control.request(self.path, command="reload", image=self.images[number % 2])
            self.assertTrue(result.get("ok"), result)
            if number == 10:
                settled = resident(server.pid)
        told = control.request(self.path, command="status")
        grown = resident(server.pid) - settled
        for load in loads:
            load.__exit__()
        self.assertEqual((told["swaps"], told["refused"]), (SWAPS, 0))
        # One image more than at that moment would be some 600 KiB, and a leak of one a swap 54 MB.
        self.assertLess(grown, 4096, f"KiB more than after ten swaps ({settled})")
        for load in loads:
            judge = load.judge
            self.assertEqual((judge.lost, judge.wrong[:3]), (0, []), f"of {judge.asked}")
            self.assertEqual(sum(judge.stamps.values()), judge.asked)
            for stamp in STAMPS:
                self.assertGreater(judge.stamps[stamp], judge.asked // 10, judge.stamps)
        print(f"        {' and '.join(str(load.judge.asked) for load in loads)} queries over {SWAPS} swaps", flush=True)

    def check_counters(self, stats, loads):
        """ptrd's counts match the clients' counts, and add up."""
        self.assertEqual(stats["rx"], ptrd.total(stats["answered"]) + ptrd.total(stats["dropped"]) + stats["punted"])
        self.assertGreaterEqual(ptrd.total(stats["answered"]), sum(load.judge.asked for load in loads))


class SocketSwapTest(SwapCase):
    def setUp(self):
        self.port = test_socket.free_port()
        self.server = self.enterContext(ptrd.Ptrd(self.images[0], "--socket", f"127.0.0.1:{self.port}", "--control", self.path))

    def load(self, kind=socket.SOCK_DGRAM):
        connected = socket.socket(socket.AF_INET, kind)
        connected.connect(("127.0.0.1", self.port))
        return Load(connected, kind == socket.SOCK_STREAM)

    def test_hundred_swaps(self):
        """Kernel sockets, UDP and TCP at once."""
        loads = [self.load(), self.load(socket.SOCK_STREAM)]
        self.swap_under(loads, self.server)
        stats = self.server.stop()
        self.check_counters(stats, loads)
        self.assertEqual(ptrd.total(stats["answered"]), sum(load.judge.asked for load in loads))

    def test_bad_images_under_load(self):
        """Truncated, damaged, foreign and older images are refused under load, and every answer is from the old one."""
        with open(self.images[1], "rb") as file:
            good = file.read()
        paths = []
        for name, data in (("cut", good[:len(good) // 128 * 64]), ("foreign", b"PTRDIMG\n" * 1024),
                           ("damaged", good[:9984] + bytes([good[9984] ^ 4]) + good[9985:])):
            paths.append(f"{self.folder}/{name}")
            with open(paths[-1], "wb") as file:
                file.write(data)
        paths.append(control.stamped_image(self.folder, "cccccccc", serial=2**32 - 5, apex=APEX))
        load = self.load()
        with load:
            for path in paths * 10:
                result = control.ptrctl(self.path, "reload", path)
                self.assertEqual(result.returncode, 1, result)
                self.assertIn(path, result.stderr)
        self.assertEqual((load.judge.lost, load.judge.wrong[:3]), (0, []))
        self.assertEqual(load.judge.stamps, {STAMPS[0]: load.judge.asked})
        self.assertGreater(load.judge.asked, 1000)


class WireSwapTest(SwapCase):
    """Over a veth pair."""

    def load(self, pair):
        with pair.client.inside():
            connected = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        connected.connect((pair.server.v4, 53))
        return Load(connected)

    def hundred_swaps(self, pair, *arguments, prefix):
        server = ptrd.Ptrd(self.images[0], *arguments, "--control", self.path, prefix=prefix)
        with server:
            loads = [self.load(pair)]
            self.swap_under(loads, server)
            stats = server.stop()
        return stats, loads

    def test_xdp(self):
        """AF_XDP; the program's table swaps too, though it does not answer."""
        pair = self.enterContext(xdphost.new_pair())
        stats, loads = self.hundred_swaps(pair, "--xdp", pair.server.interface, prefix=pair.server.command_in_our_mounts())
        self.check_counters(stats, loads)

    def test_kernel_first(self):
        """The program in the kernel answers when it can: its table is swapped with the workers' image."""
        pair = self.enterContext(xdphost.new_pair())
        # A veth takes what a program sends back only if its other end has a program, too; this one lets all replies pass.
        pair.client.ip("link", "set", pair.client.interface, "xdpdrv", "obj", ptrd.XDP_PROGRAM, "sec", "xdp")
        stats, loads = self.hundred_swaps(pair, "--xdp", pair.server.interface, "--kernel-answers", "first",
                                          prefix=pair.server.command_in_our_mounts())
        kernel = stats["kernel"]
        self.assertGreater(kernel["answered"]["answer"], loads[0].judge.asked // 3, kernel)

    def test_dpdk(self):
        """DPDK, over net_af_xdp."""
        pair = self.enterContext(netns.Pair())
        device = f"net_af_xdp0,iface={pair.server.interface},xdp_prog={ptrd.XDP_PROGRAM},busy_budget=0"
        stats, loads = self.hundred_swaps(pair, "--dpdk", device, prefix=pair.server.command())
        self.check_counters(stats, loads)


if __name__ == "__main__":
    unittest.main()
