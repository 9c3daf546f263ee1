#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""ptrload against ptrd, over each transport, and against servers that are wrong, slow or absent."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import control
import leftovers
import netns
import ptrd
import test_socket
import xdphost

PTRLOAD = os.path.join(ptrd.BUILD, "tools", "ptrload")
XDP_PROGRAM = os.path.join(ptrd.BUILD, "bpf", "load.bpf.o")
APEX = "2.10.in-addr.arpa"
STAMPS = ("aaaaaaaa", "bbbbbbbb")


class LoadCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = ptrd.temporary_folder()
        cls.images = [control.stamped_image(cls.folder, stamp, apex=APEX, records=1000) for stamp in STAMPS]
        cls.queries = f"{cls.folder}/queries"
        with open(cls.queries, "w", encoding="ascii") as file:
            file.writelines(f"{n % 250}.{n // 250}.{APEX} PTR\n" for n in range(1000))
            file.writelines(f"{n}.99.{APEX} PTR\n" for n in range(250))  # NXDOMAIN

    def load(self, *arguments, prefix=(), status=0):
        """Runs ptrload; gives its JSON."""
        path = f"{self.folder}/load.json"
        result = ptrd.run(*prefix, PTRLOAD, *arguments, "--json", path, timeout=120)
        self.assertEqual(result.returncode, status, result)
        with open(path) as file:
            told = json.load(file)
        os.unlink(path)
        if "sent" in told:
            self.assertEqual(told["sent"], told["answered"] + told["wrong"] + told["lost"], told)
            self.assertEqual(told["sent"] + told["not_sent"], told["due"], told)
        return told


class SocketLoadTest(LoadCase):
    """On the loopback."""

    def setUp(self):
        self.port = test_socket.free_port()
        self.server = self.enterContext(ptrd.Ptrd(self.images[0], "--socket", f"127.0.0.1:{self.port}", "--socket-threads", "1"))
        self.target = ("-s", f"127.0.0.1:{self.port}", "-d", self.queries)

    def test_counts(self):
        """Its counts match ptrd's."""
        told = self.load(*self.target, "--rate", "20000", "--seconds", "1", "--image", self.images[0])
        stats = self.server.stop()
        self.assertEqual((told["wrong"], told["lost"], told["late"], told["duplicate"], told["stray"]), (0, 0, 0, 0, 0), told)
        self.assertEqual(stats["rx"], told["sent"])
        self.assertEqual(stats["answered"]["answer"], told["rcodes"]["NOERROR"])
        self.assertEqual(stats["answered"]["nxdomain"], told["rcodes"]["NXDOMAIN"])
        self.assertEqual(told["from_image"], [told["answered"]])
        self.assertEqual(told["due"], 20000)

    def test_latency(self):
        """The percentiles increase, and none exceeds the maximum."""
        latency = self.load(*self.target, "--rate", "5000", "--seconds", "0.5")["latency_us"]
        values = [latency[name] for name in ("p50", "p90", "p99", "p99.9", "p99.99", "max")]
        self.assertEqual(values, sorted(values))
        self.assertGreater(values[0], 1)

    def test_manual(self):
        """Every member of the JSON is explained."""
        told = self.load(*self.target, "--seconds", "0.1", "--image", self.images[0], "--bins", "10", "--tsv", f"{self.folder}/table")
        told |= self.load(*self.target, "--find", "--rate", "200", "--max-rate", "200", "--seconds", "0.1")
        with open(os.path.join(ptrd.ROOT, "tools", "man", "ptrload.1.scd"), encoding="utf-8") as file:
            page = file.read()
        self.assertGreater(len(told), 20)
        for member in told:
            self.assertIn(f"*{member}*", page)

    def test_threads(self):
        """Several threads, each with its own sockets, share the rate."""
        told = self.load(*self.target, "--rate", "8000", "--seconds", "1", "--threads", "3", "--flows", "4")
        self.assertEqual((told["wrong"], told["lost"], told["stray"]), (0, 0, 0), told)
        self.assertAlmostEqual(told["due"], 8000, delta=3 * 16)

    def test_other_image(self):
        """An answer from an image that is not among those given is wrong, and the exit status says so."""
        path = f"{self.folder}/load.json"
        result = ptrd.run(PTRLOAD, *self.target, "--seconds", "0.5", "--image", self.images[1], "--json", path)
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stderr, r"^ptrload: \d+ answers were wrong\n$")
        with open(path) as file:
            told = json.load(file)
        self.assertGreater(told["wrong"], 0)
        self.assertEqual(told["answered"], told["from_image"][0])
        self.assertEqual(set(told["rcodes"]), set(), "the SOA record in NXDOMAIN is stamped, too")

    def test_two_images(self):
        """Either image is accepted; matches are counted per image. Without --queries the first image is sampled."""
        told = self.load("-s", f"127.0.0.1:{self.port}", "--image", self.images[1], "--image", self.images[0], "--dnssec",
                         "--sample", "100", "--seconds", "0.5")
        self.assertEqual(told["from_image"], [0, told["answered"]])
        self.assertEqual(told["rcodes"], {"NOERROR": told["answered"]})

    def test_table(self):
        """The table has each query once, by the time that it was due."""
        table = f"{self.folder}/table"
        before = time.monotonic()
        told = self.load(*self.target, "--rate", "2000", "--seconds", "1", "--bins", "50", "--tsv", table)
        with open(table) as file:
            rows = [line.split() for line in file]
        self.assertEqual(len(rows), 20)
        self.assertEqual(sum(int(row[1]) for row in rows), told["sent"])
        self.assertEqual(sum(int(row[2]) for row in rows), told["answered"])
        self.assertAlmostEqual(max(float(row[3]) for row in rows), told["latency_us"]["max"] / 1e3, places=3)
        self.assertTrue(before < float(rows[0][0]) < time.monotonic(), "seconds of CLOCK_MONOTONIC")
        self.assertEqual(told["longest_empty_bins_ms"], 0)

    def test_interrupt(self):
        """SIGINT ends it with the results so far, exit status 0."""
        process = subprocess.Popen([PTRLOAD, *self.target, "--seconds", "600", "--json", "-"], stdout=subprocess.PIPE, text=True,
                                   preexec_fn=leftovers.die_with_parent)
        time.sleep(0.7)
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=10)
        told = json.loads(output)
        self.assertEqual(process.returncode, 0)
        self.assertGreater(told["answered"], 1000)
        self.assertLess(told["seconds"], 5)

    def test_find(self):
        """Below --max-rate everything is answered: it finds that rate, and reports each trial."""
        told = self.load(*self.target, "--find", "--rate", "500", "--max-rate", "2000", "--seconds", "0.3", "--precision", "0.2")
        self.assertLessEqual(told["no_loss"]["rate"], 2100)
        self.assertGreater(told["no_loss"]["rate"], 400)
        self.assertGreaterEqual(told["answered_99.9"]["rate"], told["no_loss"]["rate"])
        self.assertGreaterEqual(len(told["trials"]), 3)
        self.assertEqual(told["trials"][0]["asked"], 500)


class BadServer(threading.Thread):
    """Answers each query with the result of `reply(number, query)`: a list of messages."""

    def __init__(self, reply):
        super().__init__(daemon=True)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._reply = reply
        self.start()

    def run(self):
        number = 0
        while True:
            query, client = self._socket.recvfrom(4096)
            if query == b"end":
                self._socket.close()
                return
            for message in self._reply(number, query):
                self._socket.sendto(message, client)
            number += 1

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stopper:
            stopper.sendto(b"end", ("127.0.0.1", self.port))
        self.join()


def replied(query, flags=b"\x84\x00"):
    return query[:2] + flags + query[4:]


class BadServerTest(LoadCase):
    def ask(self, reply, *arguments, seconds="0.5", timeout="0.3", status=0):
        with BadServer(reply) as server:
            return self.load("-s", f"127.0.0.1:{server.port}", "-d", self.queries, "--rate", "1000", "--seconds", seconds,
                             "--timeout", timeout, *arguments, status=status)

    def test_loss(self):
        told = self.ask(lambda number, query: [replied(query)] if number % 4 else [])
        self.assertEqual(told["lost"], (told["sent"] + 3) // 4)
        self.assertEqual((told["stray"], told["duplicate"], told["wrong"]), (0, 0, 0), told)

    def test_duplicates_and_strays(self):
        told = self.ask(lambda number, query: [replied(query), replied(query), b"\xff\xff" + replied(query)[2:], b"short"])
        self.assertEqual((told["duplicate"], told["stray"], told["lost"]), (told["sent"], 2 * told["sent"], 0), told)

    def test_wrong_replies(self):
        """A different question, different case, no QR: each is wrong."""
        wrong = (lambda query: replied(query)[:13] + b"9" + query[14:], lambda query: replied(query).replace(b"arpa", b"ARPA"),
                 lambda query: replied(query, b"\x04\x00"), lambda query: replied(query)[:20])
        told = self.ask(lambda number, query: [wrong[number % 4](query)], status=1)
        # The first of these may give back the very question.
        self.assertGreater(told["wrong"], told["sent"] * 0.7, told)

    def test_late(self):
        """A reply after the timeout is late, and its query lost."""
        held = []

        def hold(number, query):
            held.append(replied(query))
            return [held.pop(0)] if number >= 200 else []

        told = self.ask(hold, "--flows", "1", seconds="1", timeout="0.1", status=1)
        self.assertGreater(told["late"], 500, told)
        self.assertEqual((told["stray"], told["duplicate"], told["wrong"]), (0, 0, 0), told)

    def test_rcodes(self):
        told = self.ask(lambda number, query: [replied(query, b"\x84\x05" if number % 2 else b"\x86\x00")])
        self.assertEqual(told["rcodes"], {"NOERROR": told["answered"] - told["answered"] // 2, "REFUSED": told["answered"] // 2})
        self.assertEqual(told["truncated"], told["rcodes"]["NOERROR"])

    def test_nobody(self):
        """No server at all."""
        port = test_socket.free_port()
        result = ptrd.run(PTRLOAD, "-s", f"127.0.0.1:{port}", "-d", self.queries, "--seconds", "0.2", "--timeout", "0.2")
        self.assertEqual(result.returncode, 1)
        self.assertEqual(result.stderr, f"ptrload: no answer from 127.0.0.1:{port}\n")


class UsageTest(LoadCase):
    def test_usage(self):
        """One line that says what is wrong; exit status 2 for wrong usage, 1 for a failure."""
        server = ("-s", "127.0.0.1")
        for status, text, arguments in (
                (2, "--server is required", ("-d", self.queries)),
                (2, "no queries: give", server),
                (2, "--flows: not a power of two", (*server, "-d", self.queries, "--flows", "3")),
                (2, "--rate", (*server, "-d", self.queries, "--rate", "no")),
                (2, "--cpus: give one for each", (*server, "-d", self.queries, "--threads", "2", "--cpus", "0")),
                (1, "is not an address and port", ("-s", "nowhere.example", "-d", self.queries)),
                (1, "/nowhere: cannot be read", (*server, "-d", "/nowhere")),
                (1, "/nowhere", (*server, "--image", "/nowhere")),
                (1, "no such interface", (*server, "-d", self.queries, "--xdp", "nowhere0")),
                (1, "give --source ADDR and --mac MAC", (*server, "-d", self.queries, "--dpdk", "net_null0"))):
            with self.subTest(text):
                result = ptrd.run(PTRLOAD, *arguments)
                self.assertEqual(result.returncode, status, result)
                self.assertIn(text, result.stderr)
                self.assertRegex(result.stderr, r"\Aptrload: [^\n]*\n\Z")


class WireLoadTest(LoadCase):
    """Over a veth pair, ptrd on AF_XDP."""

    def check(self, server, told):
        stats = server.stop()
        self.assertEqual((told["wrong"], told["lost"], told["late"], told["duplicate"], told["stray"], told["damaged"]),
                         (0, 0, 0, 0, 0, 0), told)
        self.assertGreater(told["answered"], 500)
        self.assertEqual(stats["rx"], told["sent"])
        self.assertEqual(told["from_image"], [told["answered"]])

    def test_xdp(self):
        """IPv4 and IPv6 over AF_XDP; the program is gone with ptrload, killed or not."""
        for family in ("v4", "v6"):
            with self.subTest(family), xdphost.new_pair() as pair, xdphost.server(pair, self.images[0]) as server:
                target = ("-s", getattr(pair.server, family), "-d", self.queries, "--xdp", pair.client.interface)
                told = self.load(*target, "--seconds", "0.5", "--image", self.images[0], prefix=pair.client.command())
                self.check(server, told)
                process = subprocess.Popen(pair.client.command(PTRLOAD, *target, "--seconds", "60"), stdout=subprocess.DEVNULL,
                                           preexec_fn=leftovers.die_with_parent)
                xdphost.wait_until(self, lambda: self.program(pair) is not None)
                process.kill()
                process.wait()
                xdphost.wait_until(self, lambda: self.program(pair) is None)

    @staticmethod
    def program(pair):
        return json.loads(pair.client.ip("-j", "link", "show", pair.client.interface))[0].get("xdp", {}).get("prog")

    def test_swaps(self):
        """Twenty swaps under load: every query answered, every answer wholly from one of the two images, and both were used."""
        path = f"{self.folder}/swap.sock"
        with xdphost.new_pair() as pair, xdphost.server(pair, self.images[0], "--control", path) as server:
            images = [argument for image in self.images for argument in ("--image", image)]
            process = subprocess.Popen(
                pair.client.command(PTRLOAD, "-s", pair.server.v4, "-d", self.queries, "--xdp", pair.client.interface, *images,
                                    "--seconds", "60", "--json", "-"), stdout=subprocess.PIPE, text=True,
                preexec_fn=leftovers.die_with_parent)
            time.sleep(0.5)
            for number in range(1, 21):
                result = control.ptrctl(path, "reload", self.images[number % 2])
                self.assertEqual(result.returncode, 0, result)
                time.sleep(0.05)
            process.send_signal(signal.SIGINT)
            output, _ = process.communicate(timeout=20)
            stats = server.stop()
        told = json.loads(output)
        self.assertEqual((process.returncode, told["lost"], told["wrong"]), (0, 0, 0), told)
        self.assertEqual(sum(told["from_image"]), told["answered"])
        self.assertGreater(min(told["from_image"]), told["answered"] // 20, told)
        self.assertEqual(stats["rx"], told["sent"])

    def test_queues(self):
        """A thread for each queue of the interface: replies may come to any."""
        with xdphost.new_pair(queues=2) as pair, xdphost.server(pair, self.images[0]) as server:
            target = ("-s", pair.server.v4, "-d", self.queries, "--xdp", pair.client.interface, "--image", self.images[0])
            result = ptrd.run(*pair.client.command(PTRLOAD, *target, "--threads", "1"))
            self.assertEqual(result.returncode, 1)
            self.assertIn("has 2 receive queues", result.stderr)
            told = self.load(*target, "--seconds", "0.5", prefix=pair.client.command())
            self.check(server, told)

    def test_dpdk(self):
        """DPDK, over net_af_xdp with the program that is installed for it."""
        with netns.Pair() as pair:
            with ptrd.Ptrd(self.images[0], "--xdp", pair.server.interface, prefix=pair.server.command_in_our_mounts()) as server:
                device = f"net_af_xdp0,iface={pair.client.interface},xdp_prog={XDP_PROGRAM},busy_budget=0"
                told = self.load("-s", pair.server.v4, "-d", self.queries, "--dpdk", device, "--source", pair.client.v4, "--mac",
                                 pair.server.mac.hex(":"), "--seconds", "0.5", "--image", self.images[0], prefix=pair.client.command())
                self.check(server, told)

    def test_no_neighbour(self):
        """No host has the server's address: reported after a moment."""
        with netns.Pair() as pair:
            result = ptrd.run(*pair.client.command(PTRLOAD, "-s", "198.18.0.77", "-d", self.queries, "--xdp", pair.client.interface))
        self.assertEqual(result.returncode, 1)
        self.assertIn("cannot resolve the server's MAC address", result.stderr)


if __name__ == "__main__":
    unittest.main()
