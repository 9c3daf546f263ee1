#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""The oracle's results for made-up replies, and that decisions stay narrow."""

import types
import unittest
from unittest import mock

import names
import odd_messages
import oracle
import reply as wire
import servers
import settle
import topic
from decisions import decision_for
from zones import Record, Zone, ZoneSet

_A, _NS, _CNAME, _SOA, _TXT, _DNAME, _DS, _RRSIG = 1, 2, 5, 6, 16, 39, 43, 46


def _name(text):
    return names.to_wire(names.name(text))


def _record(owner, rdtype, data):
    return _name(owner), rdtype, 1, 60, data


def _reply(answer=(), rcode=0, authority=(), additional=(), aa=True):
    one = wire.Reply(b"\0\1\x80\0\0\0\0\0\0\0\0\0")
    one.answer, one.rcode, one.authority, one.additional = tuple(answer), rcode, tuple(authority), tuple(additional)
    one.flags = wire.QR | (wire.AA if aa else 0)
    return one


def _zone(apex, *owners):
    return Zone(names.name(apex), tuple(Record(names.name(owner), 60, "TXT", '"x"') for owner in (apex, *owners)))


class Told(oracle.Oracle):
    """An oracle with given answers of Knot: {(name, type): arguments of _reply}; REFUSED to all else."""

    def __init__(self, zone_set, said):
        super().__init__(zone_set, {})
        self.said = {(_name(name), rdtype): how for (name, rdtype), how in said.items()}

    def _ask(self, name, rdtype, _label="knot"):
        return _reply(**self.said.get((name, rdtype), {"rcode": 5, "aa": False}))


_SOA_RECORD = _record("example", _SOA, b"soa")


class OracleTest(unittest.TestCase):
    def test_one_zone_is_what_knot_says(self):
        """No reason is given, so that nothing is excused."""
        answer = [_record("a.example", _A, b"1234")]
        found = Told(ZoneSet((_zone("example", "a.example"),)), {("a.example", _A): {"answer": answer}}).expect(_name("a.example"), _A)
        self.assertEqual((), found.reasons)
        self.assertEqual(set(answer), found.answer)

    def test_alias_into_another_zone_is_followed(self):
        """The answer is both zones', code and authority the last one's."""
        alias = _record("a.example", _CNAME, _name("b.test"))
        said = {("a.example", _A): {"answer": [alias]}, ("b.test", _A): {"rcode": 3, "authority": [_SOA_RECORD]}}
        found = Told(ZoneSet((_zone("example", "a.example"), _zone("test"))), said).expect(_name("a.example"), _A)
        self.assertEqual((3, {alias}, {_SOA_RECORD}, (oracle.ALIAS,)), (found.rcode, found.answer, found.authority, found.reasons))

    def test_alias_out_of_all_zones_ends(self):
        alias = _record("a.example", _CNAME, _name("b.elsewhere"))
        found = Told(ZoneSet((_zone("example", "a.example"),)), {("a.example", _A): {"answer": [alias]}}).expect(_name("a.example"), _A)
        self.assertEqual((0, {alias}, ()), (found.rcode, found.answer, found.reasons))

    def test_name_above_a_zone_exists(self):
        """NODATA where Knot says NXDOMAIN; below it NXDOMAIN where Knot has a wildcard; nothing changes next to it."""
        zone_set = ZoneSet((_zone("example", "*.example"), _zone("a.b.example")))
        denial = {"authority": [_SOA_RECORD]}
        wild = {"answer": [_record("x.b.example", _A, b"1234")]}
        said = {("example", 65399): denial, ("b.example", _A): {"rcode": 3, **denial}, ("x.b.example", _A): wild, ("c.example", _A): wild}
        expert = Told(zone_set, said)
        self.assertEqual((0, (oracle.EXISTS,)), _gist(expert.expect(_name("b.example"), _A)))
        self.assertEqual((3, (oracle.EXISTS,)), _gist(expert.expect(_name("x.b.example"), _A)))
        self.assertEqual((0, ()), _gist(expert.expect(_name("c.example"), _A)))

    def test_addresses_in_a_deeper_zone_are_not_told(self):
        here, there = _record("ns.example", _A, b"1234"), _record("ns.b.example", _A, b"1234")
        said = {("example", _NS): {"answer": [_record("example", _NS, b"x")], "additional": [here, there]}}
        found = Told(ZoneSet((_zone("example"), _zone("b.example"))), said).expect(_name("example"), _NS)
        self.assertEqual(({here}, (oracle.OCCLUDED,)), (found.additional, found.reasons))

    def test_name_that_only_the_upper_zone_has_is_not_there(self):
        """The answer of the deeper zone's wildcard for such a name counts, and below it; a name in both is not a reason."""
        upper = _zone("example", "ns.b.example", "www.b.example")
        deeper = _zone("b.example", "*.b.example", "www.b.example")
        wild = {"answer": [_record("ns.b.example", _A, b"1234")]}
        said = {(name, _A): wild for name in ("ns.b.example", "x.ns.b.example", "other.b.example", "www.b.example")}
        expert = Told(ZoneSet((upper, deeper)), said)
        self.assertEqual((0, (oracle.OCCLUDED,)), _gist(expert.expect(_name("ns.b.example"), _A)))
        self.assertEqual((0, (oracle.OCCLUDED,)), _gist(expert.expect(_name("x.ns.b.example"), _A)))
        self.assertEqual((0, ()), _gist(expert.expect(_name("other.b.example"), _A)))
        self.assertEqual((0, ()), _gist(expert.expect(_name("www.b.example"), _A)))

    def test_question_in_class_any_is_one_in_class_in(self):
        one = _reply()
        for rdclass, found in ((1, (_name("a.example"), _A)), (255, (_name("a.example"), _A)), (3, None)):
            one.question = _name("A.example") + b"\0\1" + rdclass.to_bytes(2, "big")
            self.assertEqual(found, oracle.question_of(one))

    def test_chain_to_ds_of_a_deeper_apex_ends_there(self):
        """An alias of the upper zone instead of a delegation is not returned, queried or followed."""
        first, second = _record("a.example", _CNAME, _name("b.example")), _record("b.example", _CNAME, _name("c.elsewhere"))
        said = {("a.example", _DS): {"answer": [first, second]}, ("b.example", _DS): {"answer": [second]},
                ("example", oracle.NO_TYPE): {"authority": [_SOA_RECORD]}}
        expert = Told(ZoneSet((_zone("example", "a.example", "b.example"), _zone("b.example"))), said)
        for name, answer in (("a.example", {first}), ("b.example", set())):
            found = expert.expect(_name(name), _DS)
            self.assertEqual((0, answer, {_SOA_RECORD}, (oracle.OCCLUDED,)),
                             (found.rcode, found.answer, found.authority, found.reasons))

    def test_loop_over_zones_ends(self):
        one, other = _record("a.example", _CNAME, _name("b.test")), _record("b.test", _CNAME, _name("a.example"))
        said = {("a.example", _A): {"answer": [one]}, ("b.test", _A): {"answer": [other]}}
        found = Told(ZoneSet((_zone("example", "a.example"), _zone("test", "b.test"))), said).expect(_name("a.example"), _A)
        self.assertEqual({one, other}, found.answer)


class ChoiceTest(unittest.TestCase):
    """Signatures asked for by type, through a DNAME into another zone: Knot chooses one, ptrd gives all (RFC 8482 4.1)."""

    CHAIN = (_record("x.test", _DNAME, _name("example")), _record("a.x.test", _CNAME, _name("a.example")))
    OVER_A, OVER_TXT = (_record("a.example", _RRSIG, rdtype.to_bytes(2, "big") + bytes(1000)) for rdtype in (_A, _TXT))

    def is_excused(self, *answer):
        own = _reply(answer)
        own.size = servers.UDP_PAYLOAD + 1
        own.question = _name("a.x.test") + _RRSIG.to_bytes(2, "big") + b"\0\1"
        said = {("a.x.test", _RRSIG): {"answer": self.CHAIN}, ("a.example", _RRSIG): {"answer": (self.OVER_A,)}}
        expert = Told(ZoneSet((_zone("test"), _zone("example", "a.example"))), said)
        whole = {(record[0], wire.type_covered(record)): {record} for record in (*self.CHAIN, self.OVER_A, self.OVER_TXT)}
        case = types.SimpleNamespace(in_class_any=False, is_any=True, limit=own.size)
        finding = types.SimpleNamespace(aspect="answer")
        with mock.patch.object(settle, "_is_whole", lambda _one, *wanted: wanted[:2] in whole):
            return bool(settle.by_zones_together(case, {"ptrd": own}, finding, expert, {}).reason)

    def test_any_set_of_the_name_is_right(self):
        for chosen in ((self.OVER_A,), (self.OVER_TXT,), (self.OVER_A, self.OVER_TXT)):
            self.assertTrue(self.is_excused(*self.CHAIN, *chosen))

    def test_no_other_is(self):
        """None at all, one of another name, one that Knot does not have, and a chain that lacks its start."""
        elsewhere = _record("b.example", *self.OVER_A[1:2], self.OVER_A[4])
        unknown = _record("a.example", _RRSIG, _NS.to_bytes(2, "big"))
        for answer in (self.CHAIN, (*self.CHAIN, elsewhere), (*self.CHAIN, self.OVER_A, elsewhere), (*self.CHAIN, unknown),
                       (*self.CHAIN[1:], self.OVER_A)):
            self.assertFalse(self.is_excused(*answer))


def _gist(expected):
    return expected.rcode, expected.reasons


class DecisionTest(unittest.TestCase):
    def test_peer_must_agree(self):
        """The same difference without the peer that the decision names is a failure."""
        self.assertIsNotNone(decision_for("rcode", "DNAME below itself, alias", ("nsd",)))
        self.assertIsNone(decision_for("rcode", "DNAME below itself, alias", ()))
        self.assertIsNone(decision_for("rcode", "DNAME, alias", ("nsd",)))
        self.assertIsNone(decision_for("truncation", "DNAME, referral", ("knot",)))

    def test_one_nsec_for_name_and_wildcard(self):
        """BIND must agree, the label must end with a zero, and the proof be by NSEC."""
        for name, rdtype, right in (("a\0.example", 47, True), ("a\0b.example", 47, False), ("a.example", 47, False),
                                    ("a\0.example", 50, False)):
            about = topic.of({"ptrd": {"question": _name(name) + b"\0\1\0\1", "authority": (_record("example", rdtype, b"x"),)}}, ZoneSet(()))
            for aspect in ("truncation", "authority"):
                self.assertEqual(right, decision_for(aspect, about, ("bind",)) is not None, (name, rdtype, about))
                self.assertIsNone(decision_for(aspect, about, ()))
            self.assertIsNone(decision_for("rcode", about, ("bind",)))

    def test_chance_is_named(self):
        """Only randomly made messages get a description of the result."""
        odd = odd_messages.Odd("mutated", b"\0\1\x48\0" + bytes(8), 512)
        self.assertEqual("unknown opcode", topic.of_message(odd))
        self.assertEqual("", topic.of_message(odd_messages.Odd("opcode", odd.message, 512)))
        question = b"\0\1\0\0\0\1\0\0\0\0\0\1\1a\0\0\1\0\1"
        self.assertEqual("record of another class", topic.of_message(
            odd_messages.Odd("mutated", question + b"\0\0\1\0\2" + bytes(4) + b"\0\0", 512)))
        self.assertEqual("", topic.of_message(odd_messages.Odd("mutated", question + b"\0\0\1\0\1" + bytes(4) + b"\0\0", 512)))


if __name__ == "__main__":
    unittest.main()
