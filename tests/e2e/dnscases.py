# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Questions that every way into ptrd must answer alike. A test class takes them over by inheriting DnsCases."""

import contextlib
import random
import socket
import struct

import dns.edns
import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.rcode
import dns.rdatatype

import ptrd
import zonemodel

PTR = dns.rdatatype.PTR
_model = None


def model():
    """The zones of the newcomer and those of the tests, read once."""
    global _model
    _model = _model or zonemodel.Model(ptrd.ZONES, ptrd.TEST_ZONES)
    return _model


def compile_all(folder):
    return ptrd.compile_image(f"{folder}/all.ptri", ptrd.ZONES, ptrd.TEST_ZONES)


def name(text):
    # From bytes, so that dnspython keeps the case.
    return dns.name.from_text(text.encode() + (b"" if text.endswith(".") else b"."))


def query(qname, rdtype=PTR, **options):
    """A query message; options as for dns.message.make_query."""
    message = dns.message.make_query(name(qname) if isinstance(qname, str) else qname, rdtype, **options)
    message.flags &= ~dns.flags.AD
    return message


class Client:
    """A UDP socket to ptrd."""

    def __init__(self, address, port=53):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        self._socket.connect((address, port))

    def ask(self, wire, timeout=3.0):
        """The response with the query's id, or None."""
        self._socket.settimeout(timeout)
        try:
            self._socket.send(wire)
            while True:
                response = self._socket.recv(65535)
                if response[:2] == wire[:2]:
                    return response
        except (TimeoutError, ConnectionRefusedError):
            return None

    def probe(self, wire):
        """The response to something odd, or None. A good query follows it, whose answer shows that ptrd lives."""
        # Not for PTR records: what the kernel may answer would overtake the odd one.
        good = query("10.2.0.192.in-addr.arpa", dns.rdatatype.A)
        good.id = 0xFFFF ^ int.from_bytes(wire[:2], "big")
        good = good.to_wire()
        self._socket.settimeout(10.0)
        self._socket.send(wire)
        self._socket.send(good)
        odd = None
        while True:
            response = self._socket.recv(65535)
            if response[:2] != good[:2]:
                odd = response
            elif odd is not None:
                return odd
            else:
                break
        # A reply of the kernel and one of a worker go different ways, and the second may arrive first.
        self._socket.settimeout(0.3)
        with contextlib.suppress(TimeoutError):
            odd = self._socket.recv(65535)
        return odd

    def close(self):
        self._socket.close()


class DnsCases:
    """Needs `clients`: Client objects by name."""

    clients = {}

    def ask(self, message, limit=None):
        """Asks over every client and checks the response against the model; gives the last one."""
        question = message.question[0]
        expected = model().expected(question.name, question.rdtype)
        response = None
        for transport, client in self.clients.items():
            with self.subTest(transport=transport, question=str(question)):
                response = zonemodel.check(self, message, client.ask(message.to_wire()), expected, limit)
        return response

    def test_every_kind_of_record(self):
        """Each record of the small zones, and a sample of the large ones, is answered as the zone has it."""
        for qname, rdtype in model().questions(step=7):
            self.ask(query(qname, rdtype, use_edns=0, payload=1232))

    def test_records_of_every_type_in_one_zone(self):
        """SOA, NS, MX, A, AAAA, TXT, SRV, CNAME and an unknown type (RFC 3597) come back byte for byte."""
        zone = model().zones[name("e2e.example")]
        for qname in zone.nodes:
            for rdataset in zone.nodes[qname]:
                self.ask(query(qname, rdataset.rdtype, use_edns=0, payload=1232))

    def test_several_records(self):
        """All records of a set are in the answer, each once."""
        response = self.ask(query("25.2.0.192.in-addr.arpa"))
        self.assertEqual(len(response.answer[0]), 3)

    def test_missing_names(self):
        """A name that does not exist is NXDOMAIN, with the SOA for negative caching (RFC 2308)."""
        for qname in ("77.2.0.192.in-addr.arpa", "3.2.1.10.in-addr.arpa", "no.e2e.example", "1.10.2.0.192.in-addr.arpa",
                      "0.9.9.9.8.b.d.0.1.0.0.2.ip6.arpa", "9.b.c.e2e.example", "255.255.18.198.in-addr.arpa"):
            self.assertEqual(self.ask(query(qname)).rcode(), dns.rcode.NXDOMAIN)

    def test_missing_types(self):
        """A name without the type asked for is NOERROR without an answer, with the SOA."""
        for qname, rdtype in (("30.2.0.192.in-addr.arpa", PTR), ("10.2.0.192.in-addr.arpa", dns.rdatatype.TXT),
                              ("2.0.192.in-addr.arpa", PTR), ("10.in-addr.arpa", dns.rdatatype.A),
                              ("10.2.0.192.in-addr.arpa", dns.rdatatype.from_text("TYPE65000"))):
            self.assertEqual(self.ask(query(qname, rdtype)).rcode(), dns.rcode.NOERROR)

    def test_empty_non_terminals(self):
        """A name without records but with names below exists: NOERROR, never NXDOMAIN (RFC 8020)."""
        names = model().empty_non_terminals()
        self.assertGreater(len(names), 50)
        for qname in names:
            self.assertEqual(self.ask(query(qname)).rcode(), dns.rcode.NOERROR)

    def test_not_ours(self):
        """A name outside all zones is REFUSED, also one that ends in the same letters as a zone."""
        for qname in ("1.113.0.204.in-addr.arpa", "example.com", ".", "arpa", "in-addr.arpa", "12.0.192.in-addr.arpa",
                      "1.xe2e.example", "d.0.1.0.0.2.ip6.arpa"):
            self.assertEqual(self.ask(query(qname)).rcode(), dns.rcode.REFUSED)

    def test_labels_that_look_like_octets(self):
        """005, 256, 1e1, _x and 0-63 are ordinary labels, not other spellings of an address."""
        for label in ("5", "05", "005", "256", "1e1", "10", "_x", "x", "0-63", "0", "*", "255", "0255", "1.5", "2.5", "5.5"):
            self.ask(query(f"{label}.7.19.198.in-addr.arpa"))
        for qname in ("010.2.0.192.in-addr.arpa", "10.02.0.192.in-addr.arpa", "10.2.0.192.192.in-addr.arpa",
                      "10.2.00.192.in-addr.arpa", "a.10.2.0.192.in-addr.arpa"):
            self.ask(query(qname))

    def test_names_with_odd_bytes(self):
        """Labels with dots, zeros, spaces and high bytes, and names of full length, are looked up as they are."""
        for labels in ((b"esc.aped", b"e2e", b"example", b""), (b"esc", b"aped", b"e2e", b"example", b""),
                       (b"a\0b", b"e2e", b"example", b""), (b"\xff" * 63, b"e2e", b"example", b""),
                       (b"ns\0", b"e2e", b"example", b""), (b"10.2", b"0", b"192", b"in-addr", b"arpa", b""),
                       (b"x" * 63, b"x" * 63, b"x" * 63, b"x" * 49, b"e2e", b"example", b""),
                       (*[b"1"] * 115, b"10", b"in-addr", b"arpa", b"")):
            self.ask(query(dns.name.Name(labels), dns.rdatatype.TXT))

    def test_case_is_echoed(self):
        """Upper and lower case match alike, and the question comes back as it was written (0x20)."""
        rng = random.Random(20)
        names = ["1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.3.5.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", "10.2.0.192.in-addr.arpa",
                 "c.1.a.0.e.f.e.f.f.f.0.0.e.5.0.0.2.0.0.0.2.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", "upper-case.e2e.example",
                 "77.2.0.192.in-addr.arpa", "a.b.c.e2e.example"]
        for qname in names:
            for _ in range(4):
                self.ask(query("".join(rng.choice((c.lower(), c.upper())) for c in qname)))

    def test_below_a_cut(self):
        """A name below a delegation gets a referral to the name servers there, without AA."""
        for qname in ("200.18.198.in-addr.arpa", "9.200.18.198.in-addr.arpa", "1.f.f.f.f.8.b.d.0.1.0.0.2.ip6.arpa"):
            self.assertTrue(self.ask(query(qname)).authority)

    def test_alias(self):
        """An RFC 2317 alias is answered with its CNAME, and served on both sides."""
        for qname in ("1.113.0.203.in-addr.arpa", "1.0-63.113.0.203.in-addr.arpa", "62.113.0.203.in-addr.arpa"):
            self.ask(query(qname))
        self.ask(query("1.113.0.203.in-addr.arpa", dns.rdatatype.CNAME))

    def test_sizes_without_edns(self):
        """Without EDNS a response has at most 512 bytes; what does not fit has TC set."""
        for qname, truncated in (("size450", False), ("size1000", True), ("size3000", True)):
            response = self.ask(query(f"{qname}.e2e.example", dns.rdatatype.TXT))
            self.assertEqual(bool(response.flags & dns.flags.TC), truncated, qname)

    def test_sizes_with_edns(self):
        """The client's size is honoured, a size below 512 counts as 512 (RFC 6891, 6.2.3), and 1232 is never exceeded."""
        for payload, qname, truncated in ((512, "size450", False), (512, "size1000", True), (0, "size450", False),
                                          (1232, "size1000", False), (900, "size1000", True), (65535, "size1000", False),
                                          (1232, "size3000", True), (65535, "size3000", True)):
            message = query(f"{qname}.e2e.example", dns.rdatatype.TXT, use_edns=0, payload=payload)
            response = self.ask(message, limit=min(1232, max(512, payload)))
            self.assertEqual(bool(response.flags & dns.flags.TC), truncated, f"{qname} in {payload}")

    def test_edns_versions_and_options(self):
        """An unknown EDNS version is BADVERS (RFC 6891, 6.1.3); unknown options and flags do not matter."""
        for client in self.clients.values():
            message = query("10.2.0.192.in-addr.arpa")
            message.use_edns(1)
            response = dns.message.from_wire(client.ask(message.to_wire()))
            self.assertEqual(response.rcode(), dns.rcode.BADVERS)
            self.assertEqual(response.edns, 0)
            self.assertEqual(response.answer, [])
        options = [dns.edns.GenericOption(65001, b"x" * 40), dns.edns.GenericOption(3, b"")]
        self.ask(query("10.2.0.192.in-addr.arpa", use_edns=0, payload=1232, options=options))
        self.ask(query("10.2.0.192.in-addr.arpa", use_edns=0, payload=1232, want_dnssec=True))

    def test_flags(self):
        """RD is copied, RA never set; other flags of the query change nothing."""
        for flags in (0, dns.flags.RD, dns.flags.RD | dns.flags.AD | dns.flags.CD, dns.flags.AA | dns.flags.RA):
            message = query("10.2.0.192.in-addr.arpa")
            message.flags = flags
            self.ask(message)

    def test_other_opcodes(self):
        """IQUERY, STATUS and unknown opcodes are NOTIMP; NOTIFY and UPDATE for no zone of ours NOTAUTH, an UPDATE whose zone section
        is no SOA FORMERR (RFC 2136, 3.1.1)."""
        for opcode, rdtype, rcode in ((1, "PTR", dns.rcode.NOTIMP), (2, "PTR", dns.rcode.NOTIMP), (4, "SOA", dns.rcode.NOTAUTH),
                                      (4, "PTR", dns.rcode.NOTAUTH), (5, "SOA", dns.rcode.NOTAUTH), (5, "PTR", dns.rcode.FORMERR),
                                      (6, "PTR", dns.rcode.NOTIMP), (15, "PTR", dns.rcode.NOTIMP)):
            message = query("10.2.0.192.in-addr.arpa", rdtype)
            wire = bytearray(message.to_wire())
            wire[2] = (wire[2] & 0x87) | opcode << 3
            for transport, client in self.clients.items():
                with self.subTest(transport=transport, opcode=opcode, rdtype=rdtype):
                    response = client.probe(bytes(wire))
                    self.assertIsNotNone(response)
                    self.assertEqual(response[3] & 15, rcode)
                    self.assertEqual(response[2] >> 3 & 15, opcode)

    def test_malformed_messages(self):
        """A malformed query gets FORMERR or silence, and ptrd still answers the next query."""
        for what, wire in malformed_messages():
            for transport, client in self.clients.items():
                with self.subTest(what, transport=transport):
                    response = client.probe(wire)
                    if response is not None:
                        self.assertEqual(response[:2], wire[:2])
                        self.assertTrue(response[2] & 0x80)
                        self.assertEqual(response[3] & 15, dns.rcode.FORMERR)

    def test_never_answered(self):
        """A response, or a message shorter than a header, is not answered, so that servers cannot loop."""
        good = query("10.2.0.192.in-addr.arpa").to_wire()
        response = good[:2] + bytes([good[2] | 0x80]) + good[3:]
        for wire in (response, response[:12], b"", b"\1", good[:11]):
            for transport, client in self.clients.items():
                with self.subTest(transport=transport, size=len(wire)):
                    self.assertIsNone(client.probe(wire))


def malformed_messages():
    """Pairs of a description and a message."""
    def header(questions=1, answers=0, authority=0, additional=0, identifier=0x1234):
        return struct.pack("!HHHHHH", identifier, 0x0100, questions, answers, authority, additional)

    qname = b"\x0210\x012\x010\x03192\x07in-addr\x04arpa\0"
    tail = struct.pack("!HH", PTR, 1)
    question = qname + tail
    opt = b"\0" + struct.pack("!HHIH", 41, 1232, 0, 0)
    return [
        ("no question", header(0)),
        ("a question announced, none there", header()),
        ("the name cut off in a label", header() + qname[:5]),
        ("the name cut off before its end", header() + qname[:-1]),
        ("no type and class", header() + qname),
        ("half a class", header() + question[:-1]),
        ("two questions", header(2) + question + question),
        ("65535 questions", header(65535) + question),
        ("label type 01", header() + b"\x41" + b"a" * 65 + b"\0" + tail),
        ("label type 10", header() + b"\x81" + b"a" * 129 + b"\0" + tail),
        ("a name of 256 bytes", header() + (b"\x3f" + b"a" * 63) * 3 + b"\x3e" + b"a" * 62 + b"\0" + tail),
        ("a name of many labels", header() + b"\1a" * 200 + b"\0" + tail),
        ("a pointer to itself", header() + b"\xc0\x0c" + tail),
        ("two pointers at each other", header() + b"\xc0\x0e\xc0\x0c" + tail),
        ("a pointer forward", header() + b"\xc0\x20" + tail + b"\0" * 40),
        ("a pointer past the end", header() + b"\xff\xff" + tail),
        ("half a pointer", header() + b"\xc0"),
        ("an answer announced, none there", header(answers=1) + question),
        ("additional records announced, none there", header(additional=1) + question),
        ("two OPT records", header(additional=2) + question + opt + opt),
        ("an OPT record whose data pass the end", header(additional=1) + question + opt[:-2] + b"\0\x08"),
        ("an OPT record with an owner", header(additional=1) + question + b"\1a" + opt),
        ("half an OPT record", header(additional=1) + question + opt[:6]),
        ("an option longer than its record", header(additional=1) + question + opt[:-2] + b"\0\4\0\3\0\x09"),
    ]
