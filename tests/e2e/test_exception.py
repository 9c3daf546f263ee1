#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""The kernel's share in DPDK mode: ptrd owns every frame of the interface, and everything except queries reaches the kernel through
a TAP interface that has the server's addresses. The veth itself has none, so nothing else can have answered."""

import contextlib
import hashlib
import json
import os
import socket
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import dnscases
import frames
import ptrd
from exceptionhost import TAP, AF_XDP, TakenPair, hide_from_kernel, start, check_sums, ping, EchoServer, echo
from test_af_xdp import kernel_packets, raw_socket, wait_for, wire_between


class ExceptionCases:
    """One ptrd with kernel sockets beside the card, for whatever of DNS the workers leave to the kernel. Tests say what the
    device is."""

    @classmethod
    def prepare(cls, pair):
        """Preparations before ptrd starts."""

    @classmethod
    def new_pair(cls):
        return TakenPair()

    @classmethod
    def setUpClass(cls):
        cls.pair = cls.enterClassContext(cls.new_pair())
        cls.prepare(cls.pair)
        sockets = ["--socket", f"{cls.pair.server.v4}:53", "--socket", f"[{cls.pair.server.v6}]:53"]
        cls.server = start(cls.pair, dnscases.compile_all(ptrd.temporary_folder()), *sockets, device=cls.device)
        cls.addClassCleanup(cls.server.kill)

    @classmethod
    def tearDownClass(cls):
        stats = cls.server.stop()
        check_sums(cls("test_log"), stats)

    def addresses(self):
        return self.pair.server.v4, self.pair.server.v6

    def test_log(self):
        """The ready line says where other traffic goes."""
        self.assertIn(f"through {TAP} to the kernel", self.server.log)
        self.assertIn(self.described, self.server.log)

    def test_interface(self):
        """The interface has the card's MAC and MTU and the addresses that were given, and is up."""
        tap, = json.loads(self.pair.server.ip("-j", "address", "show", TAP))
        card, = json.loads(self.pair.server.ip("-j", "link", "show", self.pair.server.interface))
        self.assertEqual((tap["address"], tap["mtu"]), (card["address"], card["mtu"]))
        self.assertIn("UP", tap["flags"])
        given = {(entry["local"], entry["prefixlen"]) for entry in tap["addr_info"]}
        self.assertLessEqual({(self.pair.server.v4, 24), (self.pair.server.v6, 64)}, given)

    def test_ping(self):
        """ping, small and of many fragments, over IPv4 and IPv6, with neighbours unknown at first."""
        for address in self.addresses():
            self.pair.client.ip("neighbour", "flush", "all")
            self.pair.server.ip("neighbour", "flush", "all")
            with self.subTest(address):
                self.assertEqual(ping(self.pair.client, address), 3)
                self.assertEqual(ping(self.pair.client, address, "-s", "8000"), 3)

    def test_kernel_asks_first(self):
        """The server's own kernel finds its neighbours through the card."""
        self.pair.server.ip("neighbour", "flush", "all")
        for address in (self.pair.client.v4, self.pair.client.v6):
            with self.subTest(address):
                self.assertEqual(ping(self.pair.server, address), 3)

    def test_port_unreachable(self):
        """UDP to a closed port is rejected with ICMP."""
        for address in self.addresses():
            with self.pair.client.inside():
                other = dnscases.Client(address, 5353)
            with self.subTest(address), contextlib.closing(other), self.assertRaises(ConnectionRefusedError):
                for _ in range(20):
                    other._socket.send(b"x")
                    time.sleep(0.05)

    def test_udp_from_the_kernel(self):
        """A UDP service next to ptrd receives and sends datagrams with correct checksums, small and fragmented."""
        for address in self.addresses():
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            with self.pair.server.inside():
                service = socket.socket(family, socket.SOCK_DGRAM)
            with self.pair.client.inside():
                client = socket.socket(family, socket.SOCK_DGRAM)
            with service, client:
                service.bind((address, 7007))
                service.settimeout(2)
                client.connect((address, 7007))
                client.settimeout(2)
                for size in (1, 17, 1400, 5000):
                    data = os.urandom(size)
                    client.send(data)
                    received, peer = service.recvfrom(65535)
                    service.sendto(received[::-1], peer)
                    with self.subTest(address=address, size=size):
                        self.assertEqual(client.recv(65535), data[::-1])

    def test_tcp(self):
        """A megabyte in each direction over TCP arrives completely, over IPv4 and IPv6."""
        data = os.urandom(1 << 20)
        for address in self.addresses():
            with self.subTest(address), EchoServer(self.pair.server, address, 2222):
                came = echo(self.pair.client, address, 2222, data)
                self.assertEqual(hashlib.sha256(came).digest(), hashlib.sha256(data).digest())

    def test_dig_tcp(self):
        """dig +tcp is answered by the kernel socket, over IPv4 and IPv6."""
        for address in self.addresses():
            answer = self.pair.client.run("dig", f"@{address}", "+tcp", "+short", "+tries=1", "-x", "192.0.2.10")
            self.assertEqual(answer.strip(), "ns1.example.net.")

    def test_checksums(self):
        """Packets from the kernel have complete checksums when they leave the card: nothing is left to an offload."""
        with self.pair.server.inside():
            service = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        with service, raw_socket(self.pair.client) as raw:
            service.bind((self.pair.server.v4, 7008))
            service.sendto(b"checksummed", (self.pair.client.v4, 7009))
            frame = wait_for(raw, lambda f: (d := frames.decode(f)) is not None and d.path.source_port == 7008)
        self.assertIsNotNone(frame)
        self.assertEqual(frames.decode(frame).problems, [])

    def test_the_kernels_forms_of_udp(self):
        """Queries as fragments, with IP options or extension headers are answered by the kernel sockets."""
        for what, packets in kernel_packets(self.pair):
            with self.subTest(what), raw_socket(self.pair.client) as raw:
                for packet in packets:
                    raw.send(packet)
                reply = wait_for(raw, lambda f: (d := frames.decode(f)) is not None and d.path.source_port == 53)
                self.assertIsNotNone(reply)
                decoded = frames.decode(reply)
                self.assertEqual(decoded.problems, [])
                self.assertIn(b"\3ns1\7example\3net", decoded.payload)

    def test_queries_stay_with_the_workers(self):
        """Plain queries are answered at the same time."""
        for address in self.addresses():
            self.assertEqual(self.pair.client.run("dig", f"@{address}", "+short", "+tries=1", "-x", "192.0.2.10").strip(),
                             "ns1.example.net.")

    def test_tags(self):
        """802.1Q tags pass both ways unchanged."""
        server, client = self.pair.server, self.pair.client
        out, _ = wire_between(self.pair)
        out.vlan, out.destination_port = 7, 7010
        back = out.reversed()
        with raw_socket(client) as wire, raw_socket(server, TAP) as tap:
            for path, sender, receiver in ((out, wire, tap), (back, tap, wire)):
                frame = frames.query_frame(path, b"tagged" * 4)
                sender.send(frame)
                self.assertEqual(wait_for(receiver, lambda f, path=path: f[12:16] == b"\x81\0\0\7"), frame)

    def test_vlan_interfaces(self):
        """A VLAN interface on the TAP talks with one on the wire."""
        server, client = self.pair.server, self.pair.client
        for host, link, number in ((server, TAP, 1), (client, client.interface, 2)):
            try:
                host.ip("link", "add", "link", link, "name", "tag7", "type", "vlan", "id", "7")
            except subprocess.CalledProcessError:
                self.skipTest("this kernel has no VLAN interfaces")
            self.addCleanup(host.ip, "link", "delete", "tag7")
            host.ip("address", "add", f"198.18.7.{number}/24", "dev", "tag7")
            host.ip("address", "add", f"fd00:187::{number}/64", "dev", "tag7", "nodad")
            host.ip("link", "set", "tag7", "up")
        for address in ("198.18.7.1", "fd00:187::1"):
            with self.subTest(address):
                self.assertEqual(ping(client, address), 3)
                self.assertEqual(ping(client, address, "-s", "1400"), 3)


class ExceptionTest(ExceptionCases, unittest.TestCase):
    """Over a device whose send queues all belong to workers."""

    device = AF_XDP
    described = "the first worker sends"


class OwnQueueTest(ExceptionCases, unittest.TestCase):
    """The same over a device with a send queue to spare, which is then used for the kernel."""

    device = "net_pcap0,rx_iface_in=server0,tx_iface=server0,tx_iface=server0"
    described = "have a send queue of their own"

    @classmethod
    def prepare(cls, pair):
        hide_from_kernel(pair.server)
        # net_pcap gives all of its devices this MAC.
        pair.server.ip("link", "set", pair.server.interface, "address", "02:70:63:61:70:00")


if __name__ == "__main__":
    unittest.main()
