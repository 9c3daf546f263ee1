#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""One table of queries, sent over every port: the replies are the same, byte for byte."""

import contextlib
import dataclasses
import ipaddress
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import dns.edns
import dns.rdataclass
import dns.rdatatype

import dnscases
import frames
import netns
import ptrd
import tcp
import test_pcap
import test_socket
import testpmd
import xdphost

TRANSCRIPTS = os.path.join(ptrd.ROOT, "tests", "e2e", "transcripts")
NAMES = ("--server-id", "ns1-rack7", "--server-version", "ptrd")
V6 = ipaddress.ip_address("2001:db8:1:25::25").reverse_pointer
# A DNAME that makes names too long (RFC 6672, 2.2), and replies that need more than one UDP message has.
LONG_ZONE = f"""$TTL 60
@ IN SOA ns.example. host.example. 1 1 1 1 60
@ IN NS ns.example.
d IN DNAME {'.'.join(['x' * 60] * 3)}.{'y' * 40}.example.
""" + "".join(f"many IN PTR host-{number}-of-many-on-one-address.example.net.\n" for number in range(60))
# Plain PTR questions, which the program in the kernel answers as well.
PLAIN = [("a hit", "10.128.18.198.in-addr.arpa"), ("a generated hit", "9.7.18.198.in-addr.arpa"), ("a hit in ip6.arpa", V6),
         ("a hit, upper case", V6.upper()), ("a hit, mixed case", "10.128.18.198.In-Addr.aRPA"),
         ("no such name", "3.2.1.10.in-addr.arpa"), ("no such name in a large zone", "77.128.18.198.in-addr.arpa"),
         ("no such name in ip6.arpa", V6.replace("5.2.0.0", "5.2.0.f", 1)), ("no such name, upper case", "3.2.1.10.IN-ADDR.ARPA")]
# Queries that need ptrd itself; the third is the type, PTR by default.
OTHERS = [("a hit whose name has more types", "1.2.0.192.in-addr.arpa"), ("another type", "1.2.0.192.in-addr.arpa", "TXT"),
          ("ANY", "1.2.0.192.in-addr.arpa", "ANY"), ("SOA", "2.0.192.in-addr.arpa", "SOA"), ("NS", "2.0.192.in-addr.arpa", "NS"),
          ("several PTR records", "7.7.19.198.in-addr.arpa"), ("more PTR records than fit", "many.long.example"),
          ("no data", "1.2.0.192.in-addr.arpa", "A"), ("no data at an apex", "2.0.192.in-addr.arpa"),
          ("an empty non-terminal", "7.18.198.in-addr.arpa"), ("an empty non-terminal in ip6.arpa", V6.split(".", 3)[3]),
          ("no such name beside a wildcard", "77.2.0.192.in-addr.arpa"), ("a name below a hit", "1.10.128.18.198.in-addr.arpa"),
          ("an octet with a zero in front", "010.128.18.198.in-addr.arpa"), ("a referral with glue", "130.128-191.2.0.192.in-addr.arpa"),
          ("a referral", "9.200.18.198.in-addr.arpa"), ("DS at a cut", "128-191.2.0.192.in-addr.arpa", "DS"),
          ("a wildcard", "a.b.pool.2.0.192.in-addr.arpa"), ("a wildcard without the type", "a.b.pool.2.0.192.in-addr.arpa", "TXT"),
          ("a DNAME", "1.old.2.0.192.in-addr.arpa"), ("a DNAME to nowhere", "99.old.2.0.192.in-addr.arpa"),
          ("a DNAME that makes it too long", f"{'z' * 30}.{'z' * 30}.d.long.example"),
          ("an RFC 2317 chain", "193.2.0.192.in-addr.arpa"), ("one that ends nowhere", "194.2.0.192.in-addr.arpa"),
          ("an alias itself", "193.2.0.192.in-addr.arpa", "CNAME"), ("MX and its addresses", "e2e.example", "MX"),
          ("a type nobody knows", "unknown.e2e.example", "TYPE65280"), ("450 bytes", "size450.e2e.example", "TXT"),
          ("1000 bytes", "size1000.e2e.example", "TXT"), ("3000 bytes", "size3000.e2e.example", "TXT"),
          ("not ours", "1.113.0.204.in-addr.arpa"), ("the root", "."), ("IXFR", "2.0.192.in-addr.arpa", "IXFR")]
EDNS = {"no EDNS": {}, "EDNS": {"use_edns": 0, "payload": 1232}, "EDNS with DO": {"use_edns": 0, "payload": 4096, "want_dnssec": True},
        "EDNS of 512": {"use_edns": 0, "payload": 512},
        "NSID": {"use_edns": 0, "payload": 1232, "options": [dns.edns.GenericOption(3, b"")]},
        "another option": {"use_edns": 0, "payload": 1232, "options": [dns.edns.GenericOption(65001, b"x" * 20)]}}
# With these a plain question stays one.
PLAIN_EDNS = ("no EDNS", "EDNS", "EDNS with DO", "EDNS of 512", "another option")


@dataclasses.dataclass
class Query:
    what: str
    wire: bytes
    plain: bool


def table():
    """All queries, each with a unique id."""
    queries = []

    def add(what, wire, plain=False):
        if len(wire) > 2:
            wire = (len(queries) + 1).to_bytes(2, "big") + wire[2:]
        queries.append(Query(what, wire, plain))

    for group in (PLAIN, OTHERS):
        for what, qname, *rdtype in group:
            for how, options in EDNS.items():
                message = dnscases.query(qname, dns.rdatatype.from_text(rdtype[0] if rdtype else "PTR"), **options)
                add(f"{what}, {how}", message.to_wire(), group is PLAIN and how in PLAIN_EDNS)
            message.use_edns(1)
            add(f"{what}, EDNS version 1", message.to_wire())
    plain = dnscases.query(PLAIN[0][1]).to_wire()
    for flags in (0x0000, 0x0100, 0x0130, 0x0600):
        add(f"flags {flags:#06x}", plain[:2] + flags.to_bytes(2, "big") + plain[4:])
    for opcode in (1, 2, 4, 5, 15):
        add(f"opcode {opcode}", plain[:2] + bytes([opcode << 3]) + plain[3:])
        add(f"opcode {opcode}, not ours", plain[:2] + bytes([opcode << 3]) + dnscases.query("example.com").to_wire()[3:])
    for qname in ("version.bind", "id.server", "hostname.bind", "other.bind"):
        add(f"{qname} CH TXT", dnscases.query(qname, dns.rdatatype.TXT, rdclass=dns.rdataclass.CH, use_edns=0).to_wire())
    add("class HS", dnscases.query(PLAIN[0][1], rdclass=dns.rdataclass.HS).to_wire())
    for what, wire in dnscases.malformed_messages():
        add(what, wire)
    add("a response", plain[:2] + bytes([plain[2] | 0x80]) + plain[3:])
    add("a header without its end", plain[:11])
    return queries


def over_clients(queries, client):
    return [client.probe(query.wire) for query in queries]


def in_front_of(marker, wire, client):
    """The reply to a message, or None, by the time that the plain question behind it is answered. The kernel may refuse the message."""
    marker.id = 0xFFFF ^ int.from_bytes(wire[:2], "big")
    messages, reply = [wire, marker.to_wire()], None
    client._socket.settimeout(10)
    while True:
        with contextlib.suppress(ConnectionRefusedError):  # an error of what was sent before; nothing is done then
            while messages:
                client._socket.send(messages[0])
                messages.pop(0)
            response = client._socket.recv(65535)
            if response[:2] == marker.to_wire()[:2]:
                return reply
            if response[:2] == wire[:2]:
                reply = response


def replies_in(frames_out, queries):
    """The reply to each query, or None."""
    by_id = {}
    for frame in frames_out:
        payload = frames.decode(frame).payload
        assert payload[:2] not in by_id, f"two replies to query {payload[:2].hex()}"
        by_id[payload[:2]] = payload
    return [by_id.get(query.wire[:2]) for query in queries]


class SameBytes:
    """For tests of one port each: the queries, and the right replies to them."""

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.folder = ptrd.temporary_folder()
        with open(f"{cls.folder}/long.example.zone", "w") as file:
            file.write(LONG_ZONE)
        zones = [f"{ptrd.ZONES}/{name}.zone" for name in ("10.in-addr.arpa", "18.198.in-addr.arpa", "8.b.d.0.1.0.0.2.ip6.arpa")]
        cls.image = ptrd.compile_image(f"{cls.folder}/image", TRANSCRIPTS, ptrd.TEST_ZONES, f"{cls.folder}/long.example.zone", *zones)
        cls.queries = table()
        # The reference for all others.
        with cls.sockets() as port:
            client = dnscases.Client("127.0.0.1", port)
            cls.expected = over_clients(cls.queries, client)
            client.close()

    @classmethod
    @contextlib.contextmanager
    def sockets(cls):
        port = test_socket.free_port()
        with ptrd.Ptrd(cls.image, "--socket", f"127.0.0.1:{port}", *NAMES) as server:
            yield port
            cls.socket_stats = server.stop()

    def check(self, replies, expected=None):
        for query, reply, right in zip(self.queries, replies, expected or self.expected, strict=True):
            with self.subTest(query.what):
                self.assertEqual(reply and reply.hex(), right and right.hex())

    def check_over(self, pair):
        """Over both IP versions."""
        for address in (pair.server.v4, pair.server.v6):
            with pair.client.inside():
                client = dnscases.Client(address)
            with contextlib.closing(client), self.subTest(address):
                self.check(over_clients(self.queries, client))


class SameBytesTest(SameBytes, unittest.TestCase):
    def test_table(self):
        """The table has every kind of answer that ptrd counts without a policy, and of plain ones all that the kernel answers; few get
        silence."""
        missing = [kind for kind, number in self.socket_stats["answered"].items() if number == 0 and kind != "badcookie"]
        self.assertEqual(missing, [], self.socket_stats)
        silent = [query.what for query, reply in zip(self.queries, self.expected) if reply is None]
        self.assertEqual(silent, ["a response", "a header without its end"])

    def test_tcp(self):
        """TCP gives the same as UDP; if that was truncated (TC), the complete reply."""
        with self.sockets() as port, contextlib.closing(tcp.Client("127.0.0.1", port)) as client:
            replies = over_clients(self.queries, client)
        cut = 0
        for number, (reply, right) in enumerate(zip(replies, self.expected)):
            if right and right[2] & 2:
                self.assertFalse(reply[2] & 2, self.queries[number].what)
                self.assertGreater(len(reply), 512)
                replies[number], cut = right, cut + 1
        self.check(replies)
        self.assertGreater(cut, 5)

    def test_dpdk_pcap(self):
        """DPDK over net_pcap, IPv4 and IPv6."""
        for base in (test_pcap.V4, test_pcap.V6):
            sent, received = f"{self.folder}/q.pcap", f"{self.folder}/a.pcap"
            frames.write_pcap(sent, [frames.query_frame(base, query.wire) for query in self.queries])
            ptrd.Ptrd(self.image, "--dpdk", f"net_pcap0,rx_pcap={sent},tx_pcap={received}", "--duration", "2", *NAMES).start().wait()
            with self.subTest(base=base):
                self.check(replies_in(frames.read_pcap(received), self.queries))

    def test_dpdk_memif(self):
        """DPDK over net_memif, IPv4 and IPv6."""
        answered = sum(reply is not None for reply in self.expected)
        for number, base in enumerate((test_pcap.V4, test_pcap.V6)):
            # One client each: DPDK's driver does not always notice that one has gone, and then refuses the next.
            socket = f"{self.folder}/memif{number}"
            sent = [frames.query_frame(base, query.wire) for query in self.queries]
            with ptrd.Ptrd(self.image, "--dpdk", f"net_memif0,role=server,socket={socket},socket-abstract=no", *NAMES):
                with self.subTest(base=base), testpmd.MemifWire(self.folder, socket, sent) as wire:
                    self.check(replies_in(wire.run(answered), self.queries))

    def test_dpdk_af_xdp(self):
        """DPDK over net_af_xdp."""
        with netns.Pair() as pair:
            device = f"net_af_xdp0,iface={pair.server.interface},xdp_prog={ptrd.XDP_PROGRAM},busy_budget=0"
            with ptrd.Ptrd(self.image, "--dpdk", device, *NAMES, prefix=pair.server.command()):
                self.check_over(pair)

    def test_af_xdp(self):
        """ptrd's own AF_XDP."""
        with xdphost.new_pair() as pair, xdphost.server(pair, self.image, "--kernel-answers", "off", *NAMES):
            self.check_over(pair)

    def test_kernel_first(self):
        """The program in the kernel answers plain questions, AF_XDP the rest."""
        with xdphost.new_pair() as pair:
            xdphost.take_bounced_frames(pair)
            with xdphost.server(pair, self.image, "--kernel-answers", "first", *NAMES) as server:
                self.check_over(pair)
                stats = server.stop()
        plain = sum(query.plain for query in self.queries)
        # Flags change nothing for it, and what follows each probe is not plain.
        self.assertGreaterEqual(ptrd.total(stats["kernel"]["answered"]), 2 * plain, stats)

    def test_kernel_alone(self):
        """After kill -9 the program answers every plain question like ptrd, and others either identically or not at all."""
        with xdphost.new_pair() as pair:
            xdphost.take_bounced_frames(pair)
            xdphost.kill(xdphost.server(pair, self.image, *NAMES).start())
            for address in (pair.server.v4, pair.server.v6):
                client = xdphost.client(pair, address)
                # The program answers in order: the answer to the plain question after the others shows that theirs would have come.
                marker = dnscases.query(PLAIN[0][1])
                with contextlib.closing(client):
                    replies = [client.ask(query.wire) if query.plain else in_front_of(marker, query.wire, client) for query in self.queries]
                self.check(replies, [right if query.plain or reply else None
                                     for query, right, reply in zip(self.queries, self.expected, replies)])


if __name__ == "__main__":
    unittest.main()
