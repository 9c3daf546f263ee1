#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""That faults planted in replies about signed zones are found: by comparison with the peers, and by the rules where no two of these agree."""

import random
import struct
import unittest

import names
import queries
import servers
import signing
from examine import examine
from zones import Record, Zone, ZoneSet

_A, _NS, _CNAME, _SOA, _DNAME, _DS, _RRSIG, _NSEC = 1, 2, 5, 6, 39, 43, 46, 47
_NXDOMAIN = 3
_ZONE_SET = ZoneSet((
    Zone(names.name("example"), (Record(names.name("a.example"), 60, "A", "192.0.2.1"),), signing.Signing("bind", "ED25519", "NSEC")),
    Zone(names.name("test"), ())))


def _record(owner, rdtype, data=b"data", ttl=60):
    return owner, rdtype, data, ttl


def _signature(owner, rdtype, ttl=60):
    return _record(owner, _RRSIG, struct.pack("!H", rdtype) + bytes(16) + b"\0signature", ttl)


def _signed(owner, rdtype, data=b"data"):
    return [_record(owner, rdtype, data), _signature(owner, rdtype)]


def _wire(records):
    return b"".join(names.to_wire(names.name(owner)) + struct.pack("!HHIH", rdtype, 1, ttl, len(data)) + data
                    for owner, rdtype, data, ttl in records)


def _reply(query, rcode, answer, authority, aa=True):
    header = struct.pack("!HHHHHH", 1, 0x8000 | (0x0400 if aa else 0) | rcode, 1, len(answer), len(authority), int(query.payload is not None))
    question = query.wire()[12:12 + names.size(query.name) + 4]
    opt = b"" if query.payload is None else struct.pack("!BHHIH", 0, 41, servers.UDP_PAYLOAD, 0x8000 if query.dnssec_ok else 0, 0)
    return header + question + _wire(answer) + _wire(authority) + opt


class SignedTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # Nobody listens: no second look excuses anything.
        cls.ports = dict(zip(servers.LABELS, servers.free_ports(4)))

    def failures(self, query, raw):
        return [(found.aspect, found.text) for found in examine(query, _ZONE_SET, raw, self.ports) if found.fails]

    def same(self, query, *reply, **flags):
        """What four servers say that agree: it has no fault."""
        raw = {label: _reply(query, *reply, **flags) for label in servers.LABELS}
        self.assertEqual([], self.failures(query, raw))
        return raw

    def each_is_missed(self, query, rcode, answer, authority, **flags):
        """Every record that ptrd alone leaves out, or has with another TTL, is a failure."""
        raw = self.same(query, rcode, answer, authority, **flags)
        whole = [*answer, *authority]
        for index, (owner, rdtype, data, ttl) in enumerate(whole):
            for what, other in (("left out", []), ("another TTL", [(owner, rdtype, data, ttl + 1)])):
                with self.subTest(what, record=whole[index]):
                    changed = whole[:index] + other + whole[index + 1:]
                    split = len(answer) - (not other and index < len(answer))
                    raw["ptrd"] = _reply(query, rcode, changed[:split], changed[split:], **flags)
                    self.assertTrue(self.failures(query, raw))

    def test_denial(self):
        query = queries.Query(names.name("b.example"), _A, payload=1232, dnssec_ok=True)
        self.each_is_missed(query, _NXDOMAIN, [], _signed("example", _SOA, bytes(22)) + _signed("a.example", _NSEC) + _signed("example", _NSEC))

    def test_wildcard_answer(self):
        query = queries.Query(names.name("b.example"), _A, payload=1232, dnssec_ok=True)
        self.each_is_missed(query, 0, _signed("b.example", _A), _signed("a.example", _NSEC))

    def test_referrals(self):
        """Signed and insecure."""
        query = queries.Query(names.name("x.sub.example"), _A, payload=1232, dnssec_ok=True)
        for rdtype in (_DS, _NSEC):
            self.each_is_missed(query, 0, [], [_record("sub.example", _NS, b"\2ns\4test\0"), *_signed("sub.example", rdtype)], aa=False)

    def test_signature_of_another_key(self):
        query = queries.Query(names.name("a.example"), _A, payload=1232, dnssec_ok=True)
        raw = self.same(query, 0, _signed("a.example", _A), [])
        raw["ptrd"] = raw["ptrd"].replace(b"signature", b"signaturf")
        self.assertTrue(self.failures(query, raw))

    def test_rules_where_the_peers_differ(self):
        """Each of them says something else in its authority section, so that no two agree."""
        query = queries.Query(names.name("b.example"), _A, payload=1232, dnssec_ok=True)
        soa = _signed("example", _SOA, bytes(22))
        proof = _signed("a.example", _NSEC)
        raw = {label: _reply(query, 0, [], soa + proof + [_record("example", _NS, names.to_wire(names.name(label)))]) for label in servers.PEERS}
        for what, authority, failing in (("whole", soa + proof, 0), ("without a proof", soa, 1), ("SOA unsigned", soa[:1] + proof, 1),
                                         ("NSEC unsigned", soa + proof[:1], 1)):
            with self.subTest(what):
                raw["ptrd"] = _reply(query, 0, [], authority)
                self.assertEqual(failing, len(self.failures(query, raw)))

    def test_referral_without_proof(self):
        query = queries.Query(names.name("x.sub.example"), _A, payload=1232, dnssec_ok=True)
        cut = _record("sub.example", _NS, b"\2ns\4test\0")
        raw = {label: _reply(query, 0, [], [cut, *_signed(f"{label}.example", _NSEC)], aa=False) for label in servers.PEERS}
        raw["ptrd"] = _reply(query, 0, [], [cut], aa=False)
        self.assertEqual([("rule", "a referral of a signed zone with neither DS nor a proof that there is none (RFC 4035 3.1.4)")],
                         self.failures(query, raw))

    def test_without_do(self):
        """No signature that was not asked for; asked for by type it is data."""
        query = queries.Query(names.name("a.example"), _A)
        raw = {label: _reply(query, 0, _signed("a.example", _A), []) for label in servers.LABELS}
        self.assertEqual([("rule", "a signature or a proof without DO (RFC 4035 3.1)")], self.failures(query, raw))
        self.same(queries.Query(names.name("a.example"), _RRSIG), 0, _signed("a.example", _A)[1:], [])

    def test_what_needs_no_signature(self):
        """Sets of an unsigned zone, and the CNAME that a server makes of a DNAME."""
        query = queries.Query(names.name("x.a.example"), _A, payload=1232, dnssec_ok=True)
        self.same(query, 0, [*_signed("a.example", _DNAME, b"\4test\0"), _record("x.a.example", _CNAME, b"\1x\4test\0"),
                             _record("x.test", _A, b"1234")], [])

    def test_signers_agree_on_the_chain(self):
        """The three signers give the same names NSEC and NSEC3 records."""
        zone = Zone(names.name("2.0.192.in-addr.arpa"), tuple(
            Record(names.name(f"{owner}2.0.192.in-addr.arpa"), 3600, rdtype, data) for owner, rdtype, data in (
                ("", "SOA", "ns.example. host.example. 1 2 3 4 5"), ("", "NS", "ns.example."), ("10.", "PTR", "a.example."),
                ("2.", "PTR", "b.example."), ("sub.", "NS", "ns.example."), ("x.y.", "TXT", '"x"'))))
        for denial, rdtype in (("NSEC", "NSEC"), ("NSEC3", "NSEC3")):
            texts = [signing.Signing(tool, "ECDSAP256SHA256", denial).sign(zone.apex, zone.text()) for tool in signing.TOOLS]
            chains = [sorted(line.split("\t")[0].lower() for line in text.splitlines() if line.split("\t")[3] == rdtype) for text in texts]
            with self.subTest(denial):
                self.assertEqual(chains[0], chains[1])
                self.assertEqual(chains[0], chains[2])

    def test_choice_repeats(self):
        self.assertEqual(*(signing.choose(random.Random(1)) for _ in range(2)))


if __name__ == "__main__":
    unittest.main()
