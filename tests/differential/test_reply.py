#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""The reader of replies against dnspython's, and the judgement of four replies."""

import random
import unittest

import dns.flags
import dns.message
import dns.name
import dns.rrset

import describe
import names
import reply
import verdict
from decisions import decision_for

_RDATA = {
    "A": "192.0.2.1", "AAAA": "2001:db8::1", "NS": "NS.Example.", "CNAME": "Target.example.", "PTR": "a.Very.Long.name.Example.",
    "SOA": "NS.example. Host.EXAMPLE. 1 2 3 4 5", "MX": "10 MAIL.example.", "TXT": '"Upper" "lower"', "SRV": "1 2 3 Host.example.",
    "NAPTR": '1 2 "S" "SIP+D2U" "!^.*$!X!" Re.place.', "DNAME": "Other.example.", "RP": "A.example. B.example.",
    "AFSDB": "1 Db.example.", "KX": "1 KX.example.", "RT": "1 Rt.example.", "PX": "1 Map.example. Map.x400.", "HINFO": '"CPU" "OS"',
    "CAA": '0 issue "Ca.example"', "TYPE65280": "\\# 3 0a0B0c", "DS": "1 8 2 " + "ab" * 32,
}


def _random_message(rng):
    message = dns.message.make_query("Www.EXAMPLE.", "ANY", use_edns=rng.choice((None, 0)), want_dnssec=rng.random() < 0.5)
    response = dns.message.make_response(message)
    response.flags |= rng.choice((0, dns.flags.AA, dns.flags.AD | dns.flags.CD))
    response.set_rcode(rng.choice((0, 3, 16 if message.edns >= 0 else 5)))
    for section in (response.answer, response.authority, response.additional):
        for rdtype in rng.sample(list(_RDATA), rng.randint(0, 6)):
            owner = rng.choice(("Www.EXAMPLE.", "x.www.example.", "\\000\\255\\..Other.", "."))
            section.append(dns.rrset.from_text(owner, rng.choice((0, 60, 2**31 - 1)), "IN", rdtype, _RDATA[rdtype]))
    return response


def _normal(rrsets):
    """dnspython's reading of a section, in our form."""
    return tuple(sorted({
        (rrset.name.canonicalize().to_wire(), int(rrset.rdtype), int(rrset.rdclass), rrset.ttl, _canonical(rdata))
        for rrset in rrsets for rdata in rrset}))


def _canonical(rdata):
    # Not to_digestable for all: it preserves the case of names in some types (RFC 6840 5.1).
    lowered = {slot: getattr(rdata, slot).canonicalize() for slot in ("target", "exchange", "mname", "rname", "replacement",
                                                                       "mbox", "txt", "map822", "mapx400")
               if isinstance(getattr(rdata, slot, None), dns.name.Name)}
    return rdata.replace(**lowered).to_wire() if lowered else rdata.to_wire()


class ReplyTest(unittest.TestCase):
    def test_reads_what_dnspython_reads(self):
        """Sections, flags, RCODE, EDNS and question of random messages, compressed as dnspython compresses."""
        rng = random.Random(1)
        for _ in range(2000):
            response = _random_message(rng)
            wire = response.to_wire()
            again = dns.message.from_wire(wire)
            ours = reply.Reply(wire)
            self.assertEqual(_normal(again.answer), ours.answer)
            self.assertEqual(_normal(again.authority), ours.authority)
            self.assertEqual(_normal(again.additional), ours.additional)
            self.assertEqual(again.rcode(), ours.rcode)
            self.assertEqual(again.flags & 0x87F0, ours.flags)
            self.assertEqual((again.edns, again.ednsflags & 0xFFFF, again.payload) if again.edns >= 0 else None, ours.edns)
            self.assertTrue(ours.question.startswith(b"\3Www\7EXAMPLE\0"))

    def test_mutations_are_read_or_refused(self):
        """For any octets the reader either parses them or raises Malformed."""
        rng = random.Random(2)
        for _ in range(3000):
            data = bytearray(_random_message(rng).to_wire())
            for _ in range(rng.randint(1, 4)):
                data[rng.randrange(len(data))] = rng.randrange(256)
            try:
                reply.Reply(bytes(data[:rng.randint(0, len(data))]))
            except reply.Malformed:
                pass

    def test_forbidden_compression_is_seen(self):
        """RFC 3597 4: the target of an SRV record must not be compressed."""
        head = b"\0\1\x84\0\0\1\0\1\0\0\0\0\1a\0\0\x21\0\1" + b"\xc0\x0c\0\x21\0\1\0\0\0\1\0\x08\0\0\0\0\0\0"
        self.assertEqual([], reply.Reply(head.replace(b"\0\x08\0\0\0\0\0\0", b"\0\x07\0\0\0\0\0\0\0")).rule_breaks)
        self.assertIn("compressed", reply.Reply(head + b"\xc0\x0c").rule_breaks[0])

    def test_duplicates_and_junk_are_seen(self):
        record = b"\xc0\x0c\0\1\0\1\0\0\0\1\0\4\1\2\3\4"
        self.assertIn("a record twice in one section",
                      reply.Reply(b"\0\1\x84\0\0\1\0\2\0\0\0\0\1a\0\0\1\0\1" + record * 2).rule_breaks)
        self.assertIn("behind", reply.Reply(b"\0\1\x84\0\0\1\0\1\0\0\0\0\1a\0\0\1\0\1" + record + b"x").rule_breaks[0])

    def test_names(self):
        """Text that dnspython reads back to the same octets."""
        rng = random.Random(3)
        for _ in range(500):
            labels = tuple(bytes(rng.randrange(256) for _ in range(rng.randint(1, 9))) for _ in range(rng.randint(0, 5)))
            self.assertEqual(names.to_wire(labels), dns.name.from_text(names.to_text(labels)).to_wire())


def _said(answer=(), rcode=0, authority=(), additional=(), flags=reply.QR | reply.AA):
    """The aspects of a reply made up."""
    one = reply.Reply(b"\0\1\x80\0\0\0\0\0\0\0\0\0")
    one.answer, one.rcode, one.authority, one.additional, one.flags = answer, rcode, authority, additional, flags
    return verdict.aspects(one)


class VerdictTest(unittest.TestCase):
    def judge(self, knot, nsd, bind, ptrd):
        return verdict.judge({"knot": knot, "nsd": nsd, "bind": bind, "ptrd": ptrd})

    def test_agreement_is_no_finding(self):
        self.assertEqual([], self.judge(_said(), _said(), _said(), _said()))

    def test_two_against_ptrd_fail_it(self):
        found = self.judge(_said(rcode=3), _said(rcode=3), _said(), _said())
        self.assertEqual([("rcode", True, ("bind",))], [(one.aspect, one.fails, one.ptrd_with) for one in found])

    def test_a_peer_alone_is_noted(self):
        found = self.judge(_said(), _said(rcode=3), _said(), _said())
        self.assertEqual([("rcode", False, ("knot", "bind"))], [(one.aspect, one.fails, one.ptrd_with) for one in found])

    def test_all_different_is_noted(self):
        found = self.judge(_said(rcode=1), _said(rcode=2), _said(rcode=3), _said(rcode=4))
        self.assertEqual([(False, ())], [(one.fails, one.agreed) for one in found])

    def test_later_sections_are_judged_among_like_answers(self):
        """NSD's answer differs, so its authority has no vote: one peer is left, which is not an agreement."""
        one, two = (b"\0", 1, 1, 1, b"a"), (b"\0", 1, 1, 1, b"b")
        found = self.judge(_said((one,)), _said((two,), authority=(one,)), _said((one,), authority=(one,)), _said((one,)))
        self.assertEqual([("answer", False), ("authority", False)], [(finding.aspect, finding.fails) for finding in found])

    def test_flags_one_by_one(self):
        found = self.judge(_said(), _said(), _said(), _said(flags=reply.QR | reply.CD))
        self.assertEqual(["aa", "cd"], [one.aspect for one in found])

    def test_truncated_replies_have_no_sections(self):
        record = (b"\0", 1, 1, 1, b"a")
        self.assertEqual([], self.judge(*[_said(answer=answer, flags=reply.QR | reply.TC) for answer in ((), (record,), (), ())]))

    def test_truncated_replies_deny_nothing(self):
        """NXDOMAIN with TC does not count, like NOERROR; an error also counts with TC."""
        truncated = reply.QR | reply.AA | reply.TC
        self.assertEqual([], self.judge(*[_said(rcode=rcode, flags=truncated) for rcode in (3, 3, 0, 0)]))
        self.assertEqual(["rcode"], [one.aspect for one in self.judge(*[_said(rcode=rcode, flags=truncated) for rcode in (5, 5, 5, 2)])])

    def test_any_may_choose(self):
        """RFC 8482 4.1: one RRset is as good as another, but not part of one."""
        a, b, c = (b"\0", 1, 1, 1, b"a"), (b"\0", 2, 1, 1, b"b"), (b"\0", 2, 1, 1, b"c")
        replies = {}
        for label, answer in (("knot", (a,)), ("nsd", (a, b, c)), ("bind", (a,)), ("ptrd", (b, c))):
            replies[label] = reply.Reply(b"\0\1\x80\0\0\0\0\0\0\0\0\0")
            replies[label].answer = answer
        self.assertEqual([], verdict.judge(verdict.all_aspects(replies, any_query=True)))
        replies["ptrd"].answer = (b,)
        self.assertTrue(verdict.judge(verdict.all_aspects(replies, any_query=True))[0].fails)

    def test_any_may_choose_a_dname(self):
        """One that renames is no choice: it leads to the answer."""
        dname, text = (b"\1a\0", 39, 1, 1, b"\1b\0"), (b"\1a\0", 16, 1, 1, b"t")
        alias = (b"\1x\1a\0", 5, 1, 1, b"\1x\1b\0")

        def judged(ptrd, peers):
            replies = {}
            for label, answer in (("knot", (text,)), ("nsd", peers), ("bind", peers), ("ptrd", ptrd)):
                replies[label] = reply.Reply(b"\0\1\x80\0\0\0\0\0\0\0\0\0")
                replies[label].answer = answer
            return [finding for finding in verdict.judge(verdict.all_aspects(replies, any_query=True)) if finding.fails]
        self.assertEqual([], judged((text,), (dname,)))
        self.assertTrue(judged((text,), (dname, alias)))
        self.assertTrue(judged((alias,), (dname, alias)))

    def test_decisions_name_their_peer(self):
        self.assertIsNone(decision_for("rcode", "nothing of the kind", ("nsd",)))

    def test_differences_in_words(self):
        soa, short = (b"\0", 6, 1, 60, b"x"), (b"\0", 6, 1, 5, b"x")
        self.assertEqual("lacks SOA", describe.difference("authority", (), (soa,)))
        self.assertEqual("another TTL for SOA", describe.difference("authority", (short,), (soa,)))
        self.assertEqual("an answer, not FORMERR", describe.difference("rcode", 3, 1))


if __name__ == "__main__":
    unittest.main()
