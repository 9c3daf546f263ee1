#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""ptrd over DPDK's net_pcap: frames from a file, replies into a file, each byte of which is checked here."""

import dataclasses
import os
import struct
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import dns.rcode

import dnscases
import frames
import ptrd
import zonemodel

V4 = frames.Path("198.18.0.2", "198.18.0.1")
V6 = frames.Path("fd00:18::2", "fd00:18::1")
GOOD = "10.2.0.192.in-addr.arpa"


def run_through(frames_in, duration=3):
    """Runs ptrd on the frames; returns the frames it sent, and its counters."""
    folder = ptrd.temporary_folder()
    frames.write_pcap(f"{folder}/q.pcap", frames_in)
    device = f"net_pcap0,rx_pcap={folder}/q.pcap,tx_pcap={folder}/a.pcap"
    server = ptrd.Ptrd(dnscases.compile_all(folder), "--dpdk", device, "--duration", str(duration)).start()
    stats = server.wait()
    return frames.read_pcap(f"{folder}/a.pcap"), stats


class PcapAnswersTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        model = dnscases.model()
        questions = model.questions(step=3) + [(name, dnscases.PTR) for name in model.empty_non_terminals()] + \
            [(dnscases.name(f"{i}.2.0.192.in-addr.arpa"), dnscases.PTR) for i in range(256)] + \
            [(dnscases.name(f"{i}.1.168.192.in-addr.arpa"), dnscases.PTR) for i in range(64)] + \
            [(dnscases.name(f"{i}.example.com"), dnscases.PTR) for i in range(16)]
        cls.asked, queries = {}, []
        for number, (qname, rdtype) in enumerate(questions):
            # Over IPv4 and IPv6, with and without a tag, with and without EDNS, of every length.
            base = V4 if number % 2 else V6
            path = dataclasses.replace(base, source_port=1024 + number, vlan=number % 4095 if number % 3 == 0 else None)
            message = dnscases.query(qname, rdtype, **({"use_edns": 0, "payload": 1232} if number % 5 else {}))
            cls.asked[path.source_port] = (path, message)
            queries.append(frames.query_frame(path, message.to_wire()))
        cls.replies, cls.stats = run_through(queries)

    def test_every_query_is_answered_once(self):
        """Exactly one reply per query."""
        ports = [frames.decode(reply).path.destination_port for reply in self.replies]
        self.assertEqual(len(ports), len(self.asked))
        self.assertEqual(set(ports), set(self.asked))

    def test_answers(self):
        """Each reply matches the zone."""
        for reply in self.replies:
            decoded = frames.decode(reply)
            _, message = self.asked[decoded.path.destination_port]
            question = message.question[0]
            zonemodel.check(self, message, decoded.payload, dnscases.model().expected(question.name, question.rdtype))

    def test_frames(self):
        """Each reply goes back where the query came from, with the same tag, and with right lengths and checksums."""
        for reply in self.replies:
            decoded = frames.decode(reply)
            path, _ = self.asked[decoded.path.destination_port]
            self.assertEqual(decoded.problems, [])
            self.assertEqual(decoded.path, path.reversed())
            self.assertGreaterEqual(decoded.hop_limit, 64)

    def test_counters(self):
        """rx = answered + dropped + punted, all of it answered, and sent."""
        self.assertEqual(self.stats["rx"], len(self.asked), self.stats)
        self.assertEqual(ptrd.total(self.stats["answered"]), len(self.asked), self.stats)
        self.assertEqual(ptrd.total(self.stats["dropped"]) + ptrd.total(self.stats["punted"]), 0, self.stats)
        self.assertEqual(self.stats["tx"], len(self.asked), self.stats)


class PcapVerdictsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dropped, cls.foreign = bad_frames(), foreign_frames()
        cls.good = [frames.query_frame(path, dnscases.query(GOOD).to_wire()) for path in (V4, V6)] * 20
        odd = [frame for batch in (*cls.dropped.values(), *cls.foreign.values()) for frame in batch]
        # Good ones between the others, so that every burst has both.
        mixed = [frame for pair in zip(odd, cls.good * (len(odd) // len(cls.good) + 1)) for frame in pair]
        cls.odd = len(odd)
        cls.replies, cls.stats = run_through(mixed)

    def test_good_ones_are_answered(self):
        """Between bad and foreign frames every good query is answered, and nothing else is."""
        self.assertEqual(len(self.replies), self.odd)
        for reply in self.replies:
            self.assertEqual(frames.decode(reply).problems, [])
        self.assertEqual(self.stats["answered"]["answer"], self.odd, self.stats)

    def test_drops_by_reason(self):
        """Each bad frame is counted under its reason."""
        for reason, batch in self.dropped.items():
            self.assertEqual(self.stats["dropped"].get(reason, 0), len(batch), f"{reason} in {self.stats}")

    def test_no_path_to_the_kernel(self):
        """What is the kernel's is dropped under a name of its own, as there is no exception interface, and nothing is punted."""
        self.assertEqual(self.stats["dropped"]["no_kernel_path"], sum(map(len, self.foreign.values())), self.stats)
        self.assertEqual(self.stats["punted"], 0, self.stats)
        self.assertEqual(ptrd.total(self.stats["punted_by"]), 0, self.stats)

    def test_sums(self):
        """rx = answered + dropped + punted, and tx = answered."""
        parts = [ptrd.total(self.stats[group]) for group in ("answered", "dropped", "punted")]
        self.assertEqual(self.stats["rx"], 2 * self.odd, self.stats)
        self.assertEqual(self.stats["rx"], sum(parts), self.stats)
        self.assertEqual(self.stats["tx"], parts[0], self.stats)


class PcapMalformedTest(unittest.TestCase):
    def test_malformed_messages(self):
        """Malformed messages in frames are answered FORMERR or dropped, each counted once."""
        messages = [wire for _, wire in dnscases.malformed_messages()] * 4
        replies, stats = run_through([frames.query_frame(V4 if number % 2 else V6, wire)
                                      for number, wire in enumerate(messages)], duration=1)
        for reply in replies:
            decoded = frames.decode(reply)
            self.assertEqual(decoded.problems, [])
            self.assertEqual(decoded.payload[3] & 15, dns.rcode.FORMERR)
        self.assertEqual(stats["rx"], len(messages), stats)
        self.assertEqual(stats["answered"]["formerr"], len(replies), stats)
        self.assertEqual(stats["answered"]["formerr"] + ptrd.total(stats["dropped"]), len(messages), stats)


class PcapChainedTest(unittest.TestCase):
    def test_frames_in_several_buffers(self):
        """A frame larger than a buffer comes in several. A small query in front of it would be answered with the rest behind the
        reply, so it is dropped and counted; what is the kernel's is not taken for a query; queries around it are answered."""
        good = [frames.query_frame(path, dnscases.query(GOOD).to_wire()) for path in (V4, V6)]
        large = [frame + bytes(size) for frame in good for size in (2100, 5000, 8800)]
        kernels = [frames.ethernet(V4, frames.ipv4(V4, bytes(4000), protocol=frames.TCP))]
        short = [frames.query_frame(V4, dnscases.query(GOOD).to_wire() + bytes(4000))]  # a message beyond the first buffer
        replies, stats = run_through([*good, *large, *kernels, *short, *good], duration=1)
        self.assertEqual(len(replies), 4)
        for reply in replies:
            self.assertEqual(frames.decode(reply).problems, [])
            self.assertLess(len(reply), 200)
        self.assertEqual(stats["rx"], 12, stats)
        self.assertEqual(stats["answered"]["answer"], 4, stats)
        self.assertEqual(stats["dropped"]["chained"], 6, stats)
        self.assertEqual(stats["dropped"]["short"], 1, stats)
        self.assertEqual(stats["dropped"]["no_kernel_path"], 1, stats)


def bad_frames():
    """Frames to drop, by the reason that counts them."""
    good = dnscases.query(GOOD).to_wire()
    whole4, whole6 = frames.query_frame(V4, good), frames.query_frame(V6, good)
    response = good[:2] + bytes([good[2] | 0x80]) + good[3:]

    def source(base, address):
        return frames.query_frame(dataclasses.replace(base, source=address), good)

    return {
        # An IP length beyond the frame
        "short": [whole4[:60], whole4[:41], whole6[:90], whole6[:60]],
        "ip_checksum": [frames.ethernet(V4, frames.ipv4(V4, frames.udp(V4, good), checksum=0xBEEF))] * 3,
        "udp_checksum": [frames.query_frame(V4, good, checksum=0xBEEF), frames.query_frame(V6, good, checksum=0xBEEF),
                         frames.query_frame(V6, good, checksum=0)],
        "udp_partial": [frames.query_frame(path, good, checksum=frames.partial_checksum(path, good)) for path in (V4, V6)],
        "udp_length": [frames.ethernet(V4, frames.ipv4(V4, frames.udp(V4, good, length=length)))
                       for length in (0, 7, len(good) + 9, 65535)],
        "source": [source(V4, "127.0.0.1"), source(V4, "224.0.0.1"), source(V4, "255.255.255.255"), source(V6, "::"),
                   source(V6, "ff02::1"), frames.query_frame(dataclasses.replace(V4, source_port=0), good)],
        "not_query": [frames.query_frame(V4, response), frames.query_frame(V6, response)],
        "runt": [frames.query_frame(V4, good[:size]) for size in (0, 1, 11)],
    }


def foreign_frames():
    """Frames for the kernel, by kind."""
    good = dnscases.query(GOOD).to_wire()
    datagram4, datagram6 = frames.udp(V4, good), frames.udp(V6, good)
    arp = struct.pack("!HHBBH", 1, frames.IPV4, 6, 4, 1) + V4.source_mac + b"\xc6\x12\0\2" + bytes(6) + b"\xc6\x12\0\1"
    double = dataclasses.replace(V4, vlan=5)
    inner = struct.pack("!HH", 6, frames.IPV4) + frames.ipv4(V4, datagram4)
    return {
        "ARP": [frames.ethernet(V4, arp + bytes(18), frames.ARP)],
        "two VLAN tags": [frames.ethernet(double, inner, frames.VLAN)],
        "ICMP": [frames.ethernet(V4, frames.ipv4(V4, b"\x08\0\xf7\xff\0\0\0\0", protocol=frames.ICMP)),
                 frames.ethernet(V6, frames.ipv6(V6, b"\x80\0\0\0\0\0\0\0", next_header=58))],
        "TCP": [frames.ethernet(V4, frames.ipv4(V4, bytes(20), protocol=frames.TCP)),
                frames.ethernet(V6, frames.ipv6(V6, bytes(20), next_header=frames.TCP))],
        "fragments": [frames.ethernet(V4, frames.ipv4(V4, datagram4[:24], fragment=0x2000)),
                      frames.ethernet(V4, frames.ipv4(V4, datagram4[24:], fragment=3)),
                      frames.ethernet(V6, frames.ipv6(V6, struct.pack("!BBHI", 17, 0, 1, 9) + datagram6[:24], 44))],
        "IP options": [frames.ethernet(V4, frames.ipv4(V4, datagram4, options=b"\1\1\1\0")),
                       frames.ethernet(V6, frames.ipv6(V6, b"\x11\0\1\4\0\0\0\0" + datagram6, next_header=60))],
        "another port": [frames.query_frame(dataclasses.replace(path, destination_port=5353), good) for path in (V4, V6)],
        "multicast": [frames.query_frame(dataclasses.replace(V4, destination="224.0.0.251",
                                                             destination_mac=b"\x01\0\x5e\0\0\xfb"), good)],
    }


if __name__ == "__main__":
    unittest.main()
