#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Answers of the XDP program itself: in front of ptrd, instead of a dead one, and across reloads."""

import dataclasses
import ipaddress
import os
import shutil
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import dns.rdatatype

import dnscases
import frames
import ptrd
import test_af_xdp
import xdphost

MISSING = "77.2.0.192.in-addr.arpa"
GOOD6 = ipaddress.ip_address("2001:db8:1:25::25").reverse_pointer
MISSING6 = ipaddress.ip_address("2001:db8:1:25::f025").reverse_pointer
# Queries that a program without a daemon must not answer.
NOT_PLAIN = (("several records", "25.2.0.192.in-addr.arpa", "PTR"), ("no data", "30.2.0.192.in-addr.arpa", "PTR"),
             ("another type", xdphost.GOOD, "TXT"), ("a referral", "200.18.198.in-addr.arpa", "PTR"),
             ("an alias", "1.113.0.203.in-addr.arpa", "PTR"), ("not ours", "1.113.0.204.in-addr.arpa", "PTR"),
             ("no address", "_x.7.19.198.in-addr.arpa", "PTR"))


def start(pair, image, *arguments):
    xdphost.take_bounced_frames(pair)
    return xdphost.server(pair, image, *arguments).start()


def plain_queries():
    """(qname, options) of all kinds that the program answers."""
    edns = ({}, {"use_edns": 0, "payload": 1232}, {"use_edns": 0, "payload": 512, "want_dnssec": True})
    return [(qname, options) for qname in (xdphost.GOOD, GOOD6, MISSING, MISSING6, xdphost.GOOD.upper()) for options in edns]


class KernelFirstTest(test_af_xdp.AfXdpTest):
    """All AF_XDP tests also pass when the program answers first."""

    PROGRAM = "ptrd_xdp"

    @staticmethod
    def bring_up():
        pair = xdphost.new_pair()
        return pair, lambda: start(pair, dnscases.compile_all(ptrd.temporary_folder()), "--kernel-answers", "first")

    def test_log(self):
        """The log says which part answers."""
        self.assertIn("answers in the kernel first)", self.server.log)


class KernelFirstCountersTest(test_af_xdp.AfXdpCountersTest):
    PROGRAM, bring_up = "ptrd_xdp", staticmethod(KernelFirstTest.bring_up)

    def test_counters(self):
        """Every frame is in one counter, the program's or the worker's: hits and missing names here, the rest there."""
        pair, start_server = self.bring_up()
        with pair:
            server = start_server()
            sent = self._send_everything(pair)
            stats = server.stop()
        kernel = stats["kernel"]
        self.assertEqual(kernel["answered"], {"answer": sent.pop("answer"), "nxdomain": sent.pop("nxdomain"), "truncated": 0}, stats)
        self.assertEqual(kernel["redirected"], stats["rx"], stats)
        self.assertEqual(stats["rx"], sum(sent.values()), stats)
        self.assertEqual(stats["rx"], sum(ptrd.total(stats[key]) for key in ("answered", "dropped", "punted")), stats)
        counted = {**stats["answered"], **stats["dropped"]}
        for counter, number in sent.items():
            self.assertEqual(counted.get(counter, 0), number, f"{counter} in {stats}")


class KernelFallbackTest(unittest.TestCase):
    def setUp(self):
        self.pair = self.enterContext(xdphost.new_pair())
        self.image = dnscases.compile_all(ptrd.temporary_folder())

    def replies(self):
        """Payloads of the replies to all plain queries, over IPv4 and IPv6, with and without a tag; ids are alike each time."""
        found = {}
        with test_af_xdp.raw_socket(self.pair.client) as raw:
            for path in test_af_xdp.wire_between(self.pair):
                for vlan in (None, 7):
                    path = dataclasses.replace(path, vlan=vlan)
                    for number, (qname, options) in enumerate(plain_queries()):
                        message = dnscases.query(qname, **options)
                        message.id = len(found) + 1
                        raw.send(frames.query_frame(path, message.to_wire()))
                        reply = test_af_xdp.wait_for(raw, lambda frame: test_af_xdp.is_reply(frame, message.id))
                        what = f"{qname} {options} over {path}"
                        self.assertIsNotNone(reply, what)
                        decoded = frames.decode(reply)
                        self.assertEqual(decoded.problems, [], what)
                        self.assertEqual(decoded.path, path.reversed())
                        found[what] = decoded.payload
        return found

    def ask(self, qname, rdtype="PTR", timeout=1.0):
        """The reply without its id, or None."""
        message = dnscases.query(qname, dns.rdatatype.from_text(rdtype))
        client = xdphost.client(self.pair)
        try:
            response = client.ask(message.to_wire(), timeout)
        finally:
            client.close()
        return response and response[2:]

    def test_after_a_kill(self):
        """Plain hits and missing names are answered after kill -9 as before, byte for byte, the rest is not; counters add up."""
        running = start(self.pair, self.image)
        alive = self.replies()
        for what, qname, rdtype in NOT_PLAIN:
            self.assertIsNotNone(self.ask(qname, rdtype), what)
        xdphost.kill(running)
        self.assertEqual(self.replies(), alive)
        for what, qname, rdtype in NOT_PLAIN:
            self.assertIsNone(self.ask(qname, rdtype, 0.3), what)
        with xdphost.server(self.pair, self.image) as second:
            self.assertEqual(self.replies(), alive)
            stats = second.stop()
        kernel, missing = stats["kernel"], sum(qname in (MISSING, MISSING6) for qname, _ in plain_queries()) * 4
        self.assertEqual(kernel["answered"], {"answer": len(alive) - missing, "nxdomain": missing, "truncated": 0}, stats)
        self.assertEqual(kernel["passed_no_socket"], len(NOT_PLAIN), stats)
        self.assertEqual(kernel["redirected"], 2 * len(alive) + len(NOT_PLAIN), stats)
        self.assertEqual(stats["rx"], len(alive), stats)

    def test_first_and_dead(self):
        """With `first` it is the same, and only queries that the program cannot answer reached ptrd."""
        running = start(self.pair, self.image, "--kernel-answers", "first")
        alive = self.replies()
        xdphost.kill(running)
        self.assertEqual(self.replies(), alive)
        with xdphost.server(self.pair, self.image, "--kernel-answers", "first") as second:
            self.assertEqual(self.replies(), alive)
            self.assertIsNotNone(self.ask(NOT_PLAIN[0][1]))
            stats = second.stop()
        self.assertEqual(ptrd.total(stats["kernel"]["answered"]), 3 * len(alive), stats)
        self.assertEqual(stats["rx"], 1, stats)

    def test_off(self):
        """With `off` a dead ptrd's program answers nothing, and the kernel gets the queries."""
        running = start(self.pair, self.image, "--kernel-answers", "off")
        self.assertIsNotNone(self.ask(xdphost.GOOD))
        xdphost.kill(running)
        for qname in (xdphost.GOOD, MISSING):
            self.assertIsNone(self.ask(qname, timeout=0.3))
        kernel = xdphost.server(self.pair, self.image).start().stop()["kernel"]
        self.assertEqual(ptrd.total(kernel["answered"]), 0, kernel)
        self.assertEqual(kernel["passed_no_socket"], 2, kernel)

    def test_kept(self):
        """After a clean stop with --keep the program keeps answering, and the next start takes over."""
        running = start(self.pair, self.image, "--keep")
        alive = self.replies()
        stats = running.stop()
        self.assertEqual(ptrd.total(stats["kernel"]["answered"]), 0, stats)
        self.assertEqual(self.replies(), alive)
        with xdphost.server(self.pair, self.image) as second:
            self.assertIn("adopted", second.log)
            self.assertEqual(self.replies(), alive)
        self.assertIsNone(self.ask(xdphost.GOOD, timeout=0.3), "without --keep a clean stop ends it")

    def test_way_out(self):
        """rm -r on a dead ptrd's pins ends its answers."""
        xdphost.kill(start(self.pair, self.image))
        self.assertIsNotNone(self.ask(xdphost.GOOD))
        subprocess.run(["rm", "-r", xdphost.pins(self.pair)], check=True)
        xdphost.wait_until(self, lambda: xdphost.program_of(self.pair) is None)
        self.assertIsNone(self.ask(xdphost.GOOD, timeout=0.3))

    def test_generic_mode(self):
        """A program in generic mode answers in a dead ptrd's place too."""
        # More receive than send queues keep a veth's peer from taking a program.
        server, client = self.pair.server, self.pair.client
        server.ip("link", "del", server.interface)
        server.ip("link", "add", server.interface, "numrxqueues", "1", "numtxqueues", "1", "type", "veth", "peer", "name",
                  client.interface, "numrxqueues", "2", "numtxqueues", "2", "netns", client.name)
        client.run("ethtool", "-K", client.interface, "tx", "off", "txvlan", "off")
        client.run("ethtool", "-L", client.interface, "tx", "2")
        for host in (server, client):
            host.configure()
        self.pair._wait_for_link()
        running = xdphost.server(self.pair, self.image).start()
        self.assertIn("generic XDP", running.log)
        alive = {qname: self.ask(qname) for qname in (xdphost.GOOD, GOOD6, MISSING, MISSING6)}
        xdphost.kill(running)
        self.assertEqual({qname: self.ask(qname) for qname in alive}, alive)


class KernelReloadTest(unittest.TestCase):
    """Reloads by SIGHUP, with a different target and serial for each version."""

    NAME, LATER = "1.100.51.198.in-addr.arpa", "2.100.51.198.in-addr.arpa"

    def setUp(self):
        self.pair = self.enterContext(xdphost.new_pair())
        self.folder = ptrd.temporary_folder()
        self.image = f"{self.folder}/image.ptri"
        self.write(1)

    def write(self, version, serial=None, padding=0):
        zone = f"{self.folder}/100.51.198.in-addr.arpa.zone"
        with open(zone, "w") as file:
            file.write(f"@ 60 IN SOA ns.example. host.example. {serial or version} 1 1 1 60\n@ 60 IN NS ns.example.\n"
                       f"1 60 IN PTR version-{version}.example.\n")
            if version > 1:
                file.write("2 60 IN PTR later.example.\n")
            file.writelines(f"{number // 250}.{number % 250 + 3} 60 IN PTR padding-{number}.example.\n" for number in range(padding))
        ptrd.compile_image(self.image, zone)

    def reload(self, running, says):
        before = running.log.count(says)
        os.kill(running.pid, signal.SIGHUP)
        xdphost.wait_until(self, lambda: running.log.count(says) > before)

    def assert_version(self, version):
        for qname, text in ((self.NAME, f"version-{version}".encode()), (self.LATER, b"later" if version > 1 else None)):
            client = xdphost.client(self.pair)
            response = client.ask(dnscases.query(qname).to_wire())
            client.close()
            self.assertIsNotNone(response, qname)
            self.assertEqual(response[3] & 15, 0 if text else 3, qname)
            self.assertIn(text or b"\x04host", response)

    def test_reload_while_first(self):
        """With `first` the program answers from the image of the last reload, smaller or larger."""
        running = start(self.pair, self.image, "--kernel-answers", "first", "--max-lost-records", "100%")
        self.assert_version(1)
        for version, padding in ((2, 0), (3, 40000), (4, 0)):
            self.write(version, padding=padding)
            self.assert_version(version - 1)
            self.reload(running, "in service")
            self.assert_version(version)
        stats = running.stop()
        self.assertEqual(stats["rx"], 0, "the program has answered all")
        self.assertEqual(stats["kernel"]["answered"], {"answer": 12, "nxdomain": 2, "truncated": 0}, stats)

    def test_reload_and_kill(self):
        """After a reload and kill -9 the program has the new image, and the next start loads the current file."""
        running = start(self.pair, self.image)
        self.assert_version(1)
        self.write(2)
        self.reload(running, "in service")
        self.assert_version(2)
        self.write(3)
        xdphost.kill(running)
        self.assert_version(2)
        with xdphost.server(self.pair, self.image) as second:
            self.assert_version(3)
            xdphost.kill(second)
        self.assert_version(3)

    def test_bad_images(self):
        """An image that ptrd rejects leaves the program's unchanged: garbage, a truncated file, a missing file, an older serial."""
        running = start(self.pair, self.image, "--kernel-answers", "first")
        self.write(2, serial=20)
        self.reload(running, "in service")
        good = shutil.copy(self.image, f"{self.folder}/good")
        with open(good, "rb") as file:
            whole = file.read()
        for bad in (b"garbage", whole[:-64], b""):
            self.replace(bad)
            self.reload(running, "the previous image stays in service")
            self.assert_version(2)
        os.unlink(self.image)
        self.reload(running, "the previous image stays in service")
        self.assert_version(2)
        self.write(3, serial=19)
        self.reload(running, "the previous image stays in service")
        self.assert_version(2)
        xdphost.kill(running)
        self.assert_version(2)

    def replace(self, content):
        with open(f"{self.folder}/next", "wb") as file:
            file.write(content)
        os.rename(f"{self.folder}/next", self.image)

    def test_reloads_under_questions(self):
        """Twenty reloads under load: each answer is complete, from the old or the new version, and none is lost."""
        running = start(self.pair, self.image, "--kernel-answers", "first")
        client = xdphost.client(self.pair)
        lowest = 1
        for version in range(2, 22):
            self.write(version)
            os.kill(running.pid, signal.SIGHUP)
            end = time.monotonic() + 10
            while lowest < version:
                response = client.ask(dnscases.query(self.NAME).to_wire())
                self.assertIsNotNone(response)
                seen = int(response.split(b"version-")[1].split(b"\x07example")[0])
                self.assertIn(seen, (version - 1, version))
                self.assertGreaterEqual(seen, lowest)
                self.assertLess(time.monotonic(), end)
                lowest = seen
        client.close()
        running.stop()


if __name__ == "__main__":
    unittest.main()
