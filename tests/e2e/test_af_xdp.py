#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""ptrd over DPDK's net_af_xdp on a veth pair, with the filter program that leaves the rest to the kernel."""

import contextlib
import os
import socket
import struct
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import dnscases
import frames
import netns
import ptrd
import zonemodel

_SOL_PACKET, _PACKET_AUXDATA, _TP_STATUS_VLAN_VALID = 263, 8, 1 << 4
GOOD = "10.2.0.192.in-addr.arpa"


def start(pair, image):
    device = f"net_af_xdp0,iface={pair.server.interface},xdp_prog={ptrd.XDP_PROGRAM},busy_budget=0"
    return ptrd.Ptrd(image, "--dpdk", device, prefix=pair.server.command()).start()


def wire_between(pair):
    """Paths for our own frames, over IPv4 and IPv6."""
    macs = {"source_mac": pair.client.mac, "destination_mac": pair.server.mac}
    return (frames.Path(pair.client.v4, pair.server.v4, **macs), frames.Path(pair.client.v6, pair.server.v6, **macs))


@contextlib.contextmanager
def raw_socket(host, interface=None):
    """Raw frames in and out of the host's interface, or another one there."""
    with host.inside():
        raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    with raw:
        raw.setsockopt(_SOL_PACKET, _PACKET_AUXDATA, 1)
        raw.bind((interface or host.interface, 0))
        raw.settimeout(2.0)
        yield raw


def wait_for(raw, matches, seconds=5.0):
    """The first received frame that matches, or None after a timeout."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(TimeoutError):
            frame, ancillary, _, address = raw.recvmsg(65535, 256)
            frame = with_tag(frame, ancillary)
            if address[2] != socket.PACKET_OUTGOING and matches(frame):
                return frame
    return None


def with_tag(frame, ancillary):
    """The frame as it was on the wire: the kernel removes a VLAN tag and passes it separately (packet(7))."""
    for level, kind, data in ancillary:
        if (level, kind) == (_SOL_PACKET, _PACKET_AUXDATA):
            status, _, _, _, _, tci, tpid = struct.unpack("IIIHHHH", data[:20])
            if status & _TP_STATUS_VLAN_VALID:
                return frame[:12] + struct.pack("!HH", tpid or frames.VLAN, tci) + frame[12:]
    return frame


class AfXdpTest(dnscases.DnsCases, unittest.TestCase):
    PROGRAM = "dns_filter"

    @staticmethod
    def bring_up():
        """A pair, and ptrd on its server side."""
        pair = netns.Pair()
        return pair, lambda: start(pair, dnscases.compile_all(ptrd.temporary_folder()))

    @classmethod
    def setUpClass(cls):
        pair, start_server = cls.bring_up()
        cls.pair = cls.enterClassContext(pair)
        cls.server = start_server()
        cls.addClassCleanup(cls.server.stop)
        with cls.pair.client.inside():
            cls.clients = {"IPv4": dnscases.Client("198.18.0.1"), "IPv6": dnscases.Client("fd00:18::1")}
        for client in cls.clients.values():
            cls.addClassCleanup(client.close)

    def test_program_is_attached(self):
        """The filter program is on the interface while ptrd runs."""
        self.assertIn(self.PROGRAM, self.pair.server.ip("link", "show", self.pair.server.interface))

    def test_dig(self):
        """dig -x gets the name over IPv4 and IPv6."""
        for server in (self.pair.server.v4, self.pair.server.v6):
            for address, target in (("192.0.2.10", "ns1.example.net."), ("2001:db8:1:25::25", "mx1.example.net.")):
                answer = self.pair.client.run("dig", f"@{server}", "+short", "+tries=1", "-x", address)
                self.assertEqual(answer.strip(), target)

    def test_vlan(self):
        """Queries with an 802.1Q tag are answered with the same tag."""
        for number, path in enumerate(wire_between(self.pair)):
            path.vlan = 7 + number
            for qname in (GOOD, "25.2.0.192.in-addr.arpa", "77.2.0.192.in-addr.arpa", "30.2.0.192.in-addr.arpa"):
                message = dnscases.query(qname)
                with self.subTest(path=path, qname=qname), raw_socket(self.pair.client) as raw:
                    raw.send(frames.query_frame(path, message.to_wire()))
                    self.check_reply(message, path, wait_for(raw, lambda frame: is_reply(frame, message.id)))

    def check_reply(self, message, path, reply):
        self.assertIsNotNone(reply)
        decoded = frames.decode(reply)
        self.assertEqual(decoded.problems, [])
        self.assertEqual(decoded.path, path.reversed())
        question = message.question[0]
        zonemodel.check(self, message, decoded.payload,
                                 dnscases.model().expected(question.name, question.rdtype))

    def test_many_at_once(self):
        """Bursts of queries are each answered with their own answer."""
        with self.pair.client.inside():
            sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        with sender:
            sender.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
            sender.connect((self.pair.server.v4, 53))
            sender.settimeout(2.0)
            for burst in range(20):
                sent = {}
                for number in range(100):
                    message = dnscases.query(f"{number + 20}.100.51.198.in-addr.arpa")
                    message.id = burst * 100 + number
                    sent[message.id] = message
                    sender.send(message.to_wire())
                for _ in range(100):
                    response = sender.recv(512)
                    message = sent.pop(int.from_bytes(response[:2], "big"))
                    question = message.question[0]
                    zonemodel.check(self, message, response,
                                             dnscases.model().expected(question.name, question.rdtype))

    def test_neighbours(self):
        """ARP and neighbour discovery reach the kernel: addresses forgotten are found again."""
        self.pair.client.ip("neighbour", "flush", "all")
        self.test_several_records()

    def test_ping(self):
        """ICMP and ICMPv6 echo requests are answered, by the kernel."""
        for address, family, protocol, request, reply in (
                (self.pair.server.v4, socket.AF_INET, socket.IPPROTO_ICMP, 8, 0),
                (self.pair.server.v6, socket.AF_INET6, socket.IPPROTO_ICMPV6, 128, 129)):
            echo = struct.pack("!BBHHH", request, 0, 0, 0x7074, 1) + b"ptrd"
            if family == socket.AF_INET:
                echo = echo[:2] + struct.pack("!H", frames.internet_checksum(echo)) + echo[4:]
            with self.pair.client.inside():
                pinger = socket.socket(family, socket.SOCK_RAW, protocol)
            with self.subTest(address), pinger:
                pinger.settimeout(2.0)
                pinger.sendto(echo, (address, 0))
                while True:
                    packet = pinger.recv(2048)
                    icmp = packet[20:] if family == socket.AF_INET else packet
                    if icmp[0] == reply:
                        break
                self.assertEqual(icmp[4:6], b"pt")

    def test_tcp(self):
        """TCP to port 53 reaches the kernel, which refuses it, since nothing is listening."""
        for address, family in ((self.pair.server.v4, socket.AF_INET), (self.pair.server.v6, socket.AF_INET6)):
            with self.pair.client.inside():
                connection = socket.socket(family, socket.SOCK_STREAM)
            with self.subTest(address), connection:
                connection.settimeout(2.0)
                with self.assertRaises(ConnectionRefusedError):
                    connection.connect((address, 53))

    def test_the_kernels_forms_of_udp(self):
        """Fragments, IP options and extension headers with UDP/53 go to the kernel: "port unreachable" comes back."""
        for what, packets in kernel_packets(self.pair):
            with self.subTest(what), raw_socket(self.pair.client) as raw:
                for packet in packets:
                    raw.send(packet)
                self.assertIsNotNone(wait_for(raw, is_port_unreachable))

    def test_udp_to_other_ports(self):
        """UDP to another port than 53 goes to the kernel."""
        with self.pair.client.inside():
            other = dnscases.Client(self.pair.server.v4, 5353)
        with self.assertRaises(ConnectionRefusedError):
            for _ in range(20):
                other._socket.send(b"x")
                time.sleep(0.05)
        other.close()

    def test_padding_is_no_dns(self):
        """Bytes after the IP packet are not part of the message: the same query with and without them gets the same answer."""
        message = dnscases.query(GOOD)
        for path in wire_between(self.pair):
            with raw_socket(self.pair.client) as raw:
                raw.send(frames.query_frame(path, message.to_wire()) + b"\xff" * 40)
                self.check_reply(message, path, wait_for(raw, lambda frame: is_reply(frame, message.id)))


def kernel_packets(pair):
    """(description, frames) of UDP/53 that only a kernel can take."""
    v4, v6 = wire_between(pair)
    message = dnscases.query(GOOD).to_wire()
    datagram4, datagram6 = frames.udp(v4, message), frames.udp(v6, message)
    more_fragments, second = 0x2000, 3  # offsets count in units of 8 bytes
    fragment6 = [struct.pack("!BBHI", frames.UDP, 0, offset << 3 | more, 77) + part
                 for offset, more, part in ((0, 1, datagram6[:24]), (3, 0, datagram6[24:]))]
    return [
        ("IPv4 in two fragments", [
            frames.ethernet(v4, frames.ipv4(v4, datagram4[:24], fragment=more_fragments, identification=77)),
            frames.ethernet(v4, frames.ipv4(v4, datagram4[24:], fragment=second, identification=77))]),
        ("IPv4 with options", [frames.ethernet(v4, frames.ipv4(v4, datagram4, options=b"\1\1\1\0"))]),
        ("IPv6 in two fragments", [frames.ethernet(v6, frames.ipv6(v6, part, next_header=44)) for part in fragment6]),
        ("IPv6 with destination options", [
            frames.ethernet(v6, frames.ipv6(v6, b"\x11\0\1\4\0\0\0\0" + datagram6, next_header=60))]),
    ]


def is_port_unreachable(frame):
    ether_type = frame[12:14]
    if ether_type == b"\x08\x00":
        return frame[23] == frames.ICMP and frame[34:36] == b"\3\3"
    return ether_type == b"\x86\xdd" and frame[20] == 58 and frame[54:56] == b"\1\4"


def is_reply(frame, identifier):
    decoded = frames.decode(frame)
    return decoded is not None and decoded.path.source_port == 53 and decoded.payload[:2] == struct.pack("!H", identifier)


class AfXdpCountersTest(unittest.TestCase):
    """A separate ptrd, so that each number is known."""

    PROGRAM, bring_up = AfXdpTest.PROGRAM, staticmethod(AfXdpTest.bring_up)

    def test_counters(self):
        """Every query frame is in one counter, bad ones by reason; frames for the kernel are in none."""
        pair, start_server = self.bring_up()
        with pair:
            server = start_server()
            sent = self._send_everything(pair)
            stats = server.stop()
            link = pair.server.ip("link", "show", pair.server.interface)
        parts = {group: ptrd.total(stats[group]) for group in ("answered", "dropped", "punted")}
        self.assertEqual(stats["rx"], sum(sent.values()), stats)
        self.assertEqual(stats["rx"], sum(parts.values()), stats)
        self.assertEqual(stats["tx"], parts["answered"], stats)
        self.assertEqual(parts["punted"], 0, stats)
        counted = {**stats["answered"], **stats["dropped"]}
        for counter, number in sent.items():
            self.assertEqual(counted.get(counter, 0), number, f"{counter} in {stats}")
        self.assertNotIn(self.PROGRAM, link, "the program is gone with ptrd")
        self.stats, self.sent = stats, sent

    def _send_everything(self, pair):
        """Sends known numbers of frames of each kind; returns them by counter."""
        with pair.client.inside():
            clients = [dnscases.Client(pair.server.v4), dnscases.Client(pair.server.v6)]
        good = dnscases.query(GOOD).to_wire()
        status = good[:2] + bytes([good[2] | 2 << 3]) + good[3:]
        badvers = dnscases.query(GOOD)
        badvers.use_edns(1)
        answered = {"answer": (11, good), "nxdomain": (7, dnscases.query("77.2.0.192.in-addr.arpa").to_wire()),
                    "nodata": (5, dnscases.query("30.2.0.192.in-addr.arpa").to_wire()),
                    "refused": (3, dnscases.query("example.com").to_wire()), "notimp": (2, status),
                    "badvers": (1, badvers.to_wire())}
        sent = {}
        for counter, (number, wire) in answered.items():
            for client in clients:
                for _ in range(number):
                    self.assertIsNotNone(client.ask(wire), counter)
            sent[counter] = 2 * number

        v4, v6 = wire_between(pair)
        response = good[:2] + bytes([good[2] | 0x80]) + good[3:]
        bad_ip = frames.ethernet(v4, frames.ipv4(v4, frames.udp(v4, good), checksum=0x1234))
        dropped = {
            "udp_checksum": [frames.query_frame(v4, good, checksum=0x1234)] * 3 +
                            [frames.query_frame(v6, good, checksum=0x1234)] * 2 +
                            [frames.query_frame(v6, good, checksum=0)],  # only IPv4 may go without (RFC 8200, 8.1)
            "ip_checksum": [bad_ip] * 4,
            "udp_length": [frames.ethernet(v4, frames.ipv4(v4, frames.udp(v4, good, length=500)))] * 2 +
                          [frames.ethernet(v6, frames.ipv6(v6, frames.udp(v6, good, length=7)))],
            "not_query": [frames.query_frame(v4, response)] * 2,
            "runt": [frames.query_frame(v6, good[:11])] * 3,
        }
        with raw_socket(pair.client) as raw:
            for batch in dropped.values():
                for frame in batch:
                    raw.send(frame)
            # None of these is for ptrd.
            for _, packets in kernel_packets(pair):
                for packet in packets:
                    raw.send(packet)
            # IPv4 without a UDP checksum is as good as any other (RFC 768).
            raw.send(frames.query_frame(v4, good, checksum=0))
        sent["answer"] += 1
        sent.update({counter: len(batch) for counter, batch in dropped.items()})
        # The last answer shows that all before it has been seen.
        self.assertIsNotNone(clients[0].ask(dnscases.query(GOOD).to_wire()))
        sent["answer"] += 1
        for client in clients:
            client.close()
        return sent


class AfXdpRestartTest(unittest.TestCase):
    def test_restart(self):
        """Stopped and started again on the same interface, ptrd answers again; meanwhile the kernel has port 53."""
        with netns.Pair() as pair:
            image = dnscases.compile_all(ptrd.temporary_folder())
            for _ in range(2):
                server = start(pair, image)
                with pair.client.inside():
                    client = dnscases.Client(pair.server.v4)
                self.assertIsNotNone(client.ask(dnscases.query(GOOD).to_wire()))
                server.stop()
                self.assertIsNone(client.ask(dnscases.query(GOOD).to_wire(), timeout=0.5))
                client.close()


if __name__ == "__main__":
    unittest.main()
