#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""On every port ptrd answers only queries to its own addresses: others go to the kernel, or are dropped and counted."""

import contextlib
import dataclasses
import os
import socket
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import dnscases
import exceptionhost
import frames
import leftovers
import netns
import ptrd
import test_pcap
import testpmd
import xdphost
from test_af_xdp import raw_socket, wire_between

OTHER_MAC, BROADCAST = b"\x02\0\0\0\0\x77", b"\xff" * 6


def others(path):
    """The path of a query, with another address, another station, or all stations as destination."""
    address = "198.18.0.77" if path.version == 4 else "fd00:18::77"
    return [dataclasses.replace(path, destination=address), dataclasses.replace(path, destination_mac=OTHER_MAC),
            dataclasses.replace(path, destination_mac=BROADCAST)]


def ask_all(pair, paths):
    """Sends a query in each way, and returns the destination addresses and MACs of the answered ones."""
    answered = set()
    with raw_socket(pair.client) as raw:
        for number, path in enumerate(paths):
            raw.send(frames.query_frame(dataclasses.replace(path, source_port=30000 + number), dnscases.query(xdphost.GOOD).to_wire()))
        end = time.monotonic() + 1.0
        raw.settimeout(0.2)
        while time.monotonic() < end:
            with contextlib.suppress(TimeoutError):
                frame, _, _, address = raw.recvmsg(65535)
                reply = frames.decode(frame) if address[2] != socket.PACKET_OUTGOING else None
                if reply is not None and reply.path.source_port == 53:
                    path = paths[reply.path.destination_port - 30000]
                    answered.add((path.destination, path.destination_mac))
    return answered


class OwnAddressCases:
    """Tests say how ptrd starts, and check its counters."""

    new_pair = staticmethod(netns.Pair)

    def test_others(self):
        """Of queries to ptrd, to another address, to another MAC and to all stations only the first are answered."""
        with self.new_pair() as pair:
            server = self.start(pair)
            ours = wire_between(pair)
            answered = ask_all(pair, [*ours, *(path for one in ours for path in others(one))])
            stats = server.stop()
        self.assertEqual(answered, {(path.destination, path.destination_mac) for path in ours})
        self.assertEqual(stats["answered"]["answer"], 2, stats)
        self.assertEqual(stats["rx"], sum(ptrd.total(stats[group]) for group in ("answered", "dropped", "punted")), stats)
        self.check(stats)


class FilteredDpdkTest(OwnAddressCases, unittest.TestCase):
    """net_af_xdp behind dns_filter: queries to other addresses never reach ptrd."""

    def start(self, pair):
        return start_filtered(pair)

    def check(self, stats):
        self.assertEqual(stats["rx"], 2, stats)


class UnfilteredDpdkTest(OwnAddressCases, unittest.TestCase):
    """net_af_xdp behind libxdp's program, which takes everything: dropped and counted, since there is no path to the kernel."""

    def start(self, pair):
        return ptrd.Ptrd(image(), "--dpdk", exceptionhost.AF_XDP, prefix=pair.server.command()).start()

    def check(self, stats):
        self.assertEqual(stats["dropped"]["not_ours"], 4, stats)
        self.assertEqual(stats["punted_by"]["not_ours"], 0, stats)
        self.assertGreaterEqual(stats["dropped"]["no_kernel_path"], 2, stats)


class ExceptionTest(OwnAddressCases, unittest.TestCase):
    """A TAP interface in place of the card: queries to other addresses go to the kernel."""

    new_pair = staticmethod(exceptionhost.TakenPair)

    def start(self, pair):
        return exceptionhost.start(pair, image())

    def check(self, stats):
        self.assertEqual(stats["punted_by"]["not_ours"], 4, stats)
        self.assertEqual(stats["dropped"]["not_ours"], 0, stats)
        exceptionhost.check_sums(self, stats)


class XdpTest(OwnAddressCases, unittest.TestCase):
    """ptrd's own AF_XDP: the program passes them on, and counts them."""

    new_pair = staticmethod(xdphost.new_pair)
    ANSWERS = "off"

    def start(self, pair):
        return xdphost.server(pair, image(), "--kernel-answers", self.ANSWERS).start()

    def check(self, stats):
        self.assertEqual(stats["kernel"]["passed_address"], 4, stats)
        self.assertEqual(stats["kernel"]["redirected"], 2, stats)


class DpdkWithoutInterfaceTest(unittest.TestCase):
    """Devices without a kernel interface."""

    MAC = b"\x02pcap\0"  # net_pcap's, of every device that reads files

    def frames(self):
        """Queries to ptrd over both IP versions, then others."""
        ours = [dataclasses.replace(path, destination_mac=self.MAC) for path in (test_pcap.V4, test_pcap.V6)]
        good = dnscases.query(xdphost.GOOD).to_wire()
        return [frames.query_frame(path, good) for path in [*ours, *(path for one in ours for path in others(one))]]

    def run_through(self, *arguments):
        folder = ptrd.temporary_folder()
        frames.write_pcap(f"{folder}/q.pcap", self.frames())
        device = f"net_pcap0,rx_pcap={folder}/q.pcap,tx_pcap={folder}/a.pcap"
        server = ptrd.Ptrd(dnscases.compile_all(folder), "--dpdk", device, "--duration", "1", *arguments).start()
        stats = server.wait()
        return [frames.decode(frame).path for frame in frames.read_pcap(f"{folder}/a.pcap")], stats, server.log

    def test_addresses(self):
        """--address defines our addresses; with --exception off, the rest is dropped."""
        sent, stats, log = self.run_through("--exception", "off", "--address", test_pcap.V4.destination,
                                            "--address", f"{test_pcap.V6.destination}/64")
        self.assertEqual({path.source for path in sent}, {test_pcap.V4.destination, test_pcap.V6.destination})
        self.assertEqual(len(sent), 2)
        self.assertEqual(stats["dropped"]["not_ours"], 4, stats)
        self.assertEqual(stats["dropped"]["no_kernel_path"], 2, stats)
        self.assertIn("answers for the addresses given", log)

    def test_one_version(self):
        """Only an IPv4 address: no query over IPv6 is for us."""
        sent, stats, _ = self.run_through("--exception", "off", "--address", test_pcap.V4.destination)
        self.assertEqual([path.source for path in sent], [test_pcap.V4.destination])
        self.assertEqual(stats["dropped"]["not_ours"], 5, stats)

    def test_no_addresses(self):
        """Without any addresses, ptrd answers for every address and station, as the ready line says."""
        sent, stats, log = self.run_through()
        self.assertEqual(len(sent), 6)
        self.assertEqual(stats["dropped"]["not_ours"] + stats["punted_by"]["not_ours"], 0, stats)
        self.assertIn("answers for every address", log)

    def test_memif(self):
        """Shared memory with --address."""
        folder = ptrd.temporary_folder()
        device = f"net_memif0,role=server,socket={folder}/memif,socket-abstract=no,mac={self.MAC.hex(':')}"
        with ptrd.Ptrd(dnscases.compile_all(folder), "--dpdk", device, "--exception", "off",
                       "--address", test_pcap.V4.destination, "--address", test_pcap.V6.destination) as server:
            with testpmd.MemifWire(folder, f"{folder}/memif", self.frames()) as wire:
                sent = [frames.decode(frame).path for frame in wire.run(2)]
            stats = server.stop()
        self.assertEqual({path.source for path in sent}, {test_pcap.V4.destination, test_pcap.V6.destination})
        self.assertEqual(len(sent), 2)
        self.assertEqual(stats["dropped"]["not_ours"], 4, stats)


class FollowsTest(unittest.TestCase):
    """Addresses that come and go while ptrd runs over DPDK."""

    def check(self, pair, interface):
        server = pair.server
        mac = server.mac.hex(":")
        for address in ("203.0.113.9", "fd00:99::9"):
            pair.client.ip("route", "add", address, "dev", pair.client.interface)
            pair.client.ip("neighbour", "add", address, "lladdr", mac, "dev", pair.client.interface)
            with self.subTest(address):
                self.assertIsNone(xdphost.asked(pair, address, 0.2))
                server.ip("address", "add", address, "dev", interface, *(["nodad"] if ":" in address else []))
                xdphost.wait_until(self, lambda address=address: xdphost.asked(pair, address, 0.2) is not None)
                server.ip("address", "del", address, "dev", interface)
                xdphost.wait_until(self, lambda address=address: xdphost.asked(pair, address, 0.2) is None)
        self.assertIsNotNone(xdphost.asked(pair))

    def test_interface(self):
        """Those of the interface that net_af_xdp is on."""
        with netns.Pair() as pair:
            server = start_filtered(pair)
            self.check(pair, pair.server.interface)
            server.stop()

    def test_exception_interface(self):
        """Those of the TAP interface."""
        with exceptionhost.TakenPair() as pair:
            server = exceptionhost.start(pair, image())
            self.check(pair, exceptionhost.TAP)
            server.stop()

    def test_mac(self):
        """A new MAC of the interface is used, the previous one no longer; over AF_XDP too."""
        for new_pair, start in ((netns.Pair, start_filtered), (xdphost.new_pair, lambda pair: xdphost.server(pair, image()).start())):
            with self.subTest(start), new_pair() as pair:
                server = start(pair)
                before = wire_between(pair)[0]
                pair.server.ip("link", "set", pair.server.interface, "address", OTHER_MAC.hex(":"))
                after = dataclasses.replace(before, destination_mac=OTHER_MAC)
                xdphost.wait_until(self, lambda: ask_all(pair, [before, after]) == {(after.destination, OTHER_MAC)})
                server.stop()


class ForwardingTest(unittest.TestCase):
    """ptrd on an interface of a router: queries that the router forwards reach their destination."""

    BEYOND = ("203.0.113.1", "203.0.113.53")

    @contextlib.contextmanager
    def router(self, pair, inner):
        """A name server beyond the server's host, which forwards; `inner` is its interface towards the client."""
        server, client = pair.server, pair.client
        beyond = netns.Host(f"{server.name}-b", "beyond0", self.BEYOND[1], "fd00:203::53")
        netns._run("ip", "netns", "add", beyond.name)
        forget = leftovers.register(lambda: netns.subprocess.run(["ip", "netns", "delete", beyond.name], check=False,
                                                                 stderr=netns.subprocess.DEVNULL))
        try:
            server.ip("link", "add", "up0", "type", "veth", "peer", "name", "beyond0", "netns", beyond.name)
            server.run("ethtool", "-K", "up0", "tx", "off")
            beyond.run("ethtool", "-K", "beyond0", "tx", "off")
            server.ip("address", "add", f"{self.BEYOND[0]}/24", "dev", "up0")
            server.ip("link", "set", "up0", "up")
            beyond.configure()
            beyond.ip("route", "add", "default", "via", self.BEYOND[0])
            for name in ("all", inner, "up0"):
                server.run("sysctl", "-qw", f"net.ipv4.conf.{name}.rp_filter=0", f"net.ipv4.conf.{name}.forwarding=1")
            client.ip("route", "add", "203.0.113.0/24", "via", server.v4)
            yield beyond
        finally:
            forget()

    def check(self, pair, inner):
        with self.router(pair, inner) as beyond:
            with beyond.inside():
                other = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            with other, contextlib.closing(xdphost.client(pair, self.BEYOND[1])) as client:
                other.bind((self.BEYOND[1], 53))
                other.settimeout(5)

                def answer():
                    with contextlib.suppress(TimeoutError):
                        query, peer = other.recvfrom(4096)
                        other.sendto(query[:2] + b"\x84\5" + query[4:], peer)  # REFUSED, which none of our zones gives

                thread = threading.Thread(target=answer)
                thread.start()
                response = client.ask(dnscases.query(xdphost.GOOD).to_wire(), 3.0)
                thread.join()
            self.assertIsNotNone(response)
            self.assertEqual(response[3] & 15, 5, "the name server beyond has answered")
            self.assertIsNotNone(xdphost.asked(pair), "ptrd answers for its own address")

    def test_dns_filter(self):
        """DPDK's net_af_xdp behind dns_filter."""
        with netns.Pair() as pair:
            server = start_filtered(pair)
            self.check(pair, pair.server.interface)
            self.assertEqual(server.stop()["rx"], 1)

    def test_exception_interface(self):
        """A card owned by DPDK: through the TAP interface."""
        with exceptionhost.TakenPair() as pair:
            server = exceptionhost.start(pair, image())
            self.check(pair, exceptionhost.TAP)
            self.assertEqual(server.stop()["punted_by"]["not_ours"], 1)

    def test_xdp(self):
        """ptrd's own AF_XDP."""
        with xdphost.new_pair() as pair:
            server = xdphost.server(pair, image()).start()
            self.check(pair, pair.server.interface)
            self.assertEqual(server.stop()["kernel"]["passed_address"], 1)


def image():
    return dnscases.compile_all(ptrd.temporary_folder())


def start_filtered(pair):
    device = f"net_af_xdp0,iface={pair.server.interface},xdp_prog={ptrd.XDP_PROGRAM},busy_budget=0"
    return ptrd.Ptrd(image(), "--dpdk", device, prefix=pair.server.command()).start()


if __name__ == "__main__":
    unittest.main()
