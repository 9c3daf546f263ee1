# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""The right answers, from dnspython's own reading of the zone files; never from ptrd."""

import contextlib
import dataclasses
import glob
import os

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset
import dns.zone


@dataclasses.dataclass
class Expected:
    """kind: answer, alias, nodata, nxdomain, referral or refused, as in ptrd's counters; alias counts as answer."""

    kind: str
    records: dns.rrset.RRset = None  # answer and alias: in the answer section; referral: in authority
    soa: dns.rrset.RRset = None      # nodata and nxdomain: in authority, TTL as RFC 2308, section 3, has it
    target: "Expected" = None        # alias: what is expected for the name that it points at

    @property
    def rcode(self):
        if self.kind == "alias":
            # The last name of the chain that is ours decides (RFC 6604, section 3).
            return dns.rcode.NOERROR if self.target.kind == "refused" else self.target.rcode
        return {"nxdomain": dns.rcode.NXDOMAIN, "refused": dns.rcode.REFUSED}.get(self.kind, dns.rcode.NOERROR)


class Model:
    def __init__(self, *folders):
        self.zones = {}
        for folder in folders:
            for path in sorted(glob.glob(os.path.join(folder, "*.zone"))):
                zone = _read(path)
                self.zones[zone.origin] = zone
        self._names = {origin: _with_ancestors(zone) for origin, zone in self.zones.items()}

    def zone_of(self, name):
        """The zone with the longest apex above the name; None if it is not ours."""
        origins = [origin for origin in self.zones if name.is_subdomain(origin)]
        return self.zones[max(origins, key=len)] if origins else None

    def expected(self, name, rdtype):
        zone = self.zone_of(name)
        if zone is None:
            return Expected("refused")
        cut = self._cut_above(zone, name, rdtype)
        if cut is not None:
            return Expected("referral", records=_rrset(zone, cut, dns.rdatatype.NS))
        records = _rrset(zone, name, rdtype)
        if records is not None:
            return Expected("answer", records=records)
        alias = _rrset(zone, name, dns.rdatatype.CNAME)
        if alias is not None:
            return Expected("alias", records=alias, target=self.expected(alias[0].target, rdtype))
        exists = name in self._names[zone.origin]
        return Expected("nodata" if exists else "nxdomain", soa=_negative_soa(zone))

    def questions(self, step=1):
        """Every `step`th (name, type) that has records."""
        all_of_them = [(name, rdataset.rdtype) for zone in self.zones.values() for name in zone.nodes
                       for rdataset in zone.nodes[name]]
        return all_of_them[::step]

    def empty_non_terminals(self):
        return [name for origin, names in self._names.items() for name in names - set(self.zones[origin].nodes)
                if self.zone_of(name).origin == origin and self._cut_above(self.zones[origin], name, None) is None]

    @staticmethod
    def _cut_above(zone, name, rdtype):
        """The highest name between apex and `name` that is delegated; DS at the cut is the parent's (RFC 4035, 3.1.4.1)."""
        relative = len(name) - len(zone.origin)
        for skip in range(relative - 1, -1, -1):
            above = dns.name.Name(name.labels[skip:])
            if zone.get_rdataset(above, dns.rdatatype.NS) and not (above == name and rdtype == dns.rdatatype.DS):
                return above
        return None


def check(test, query, wire, expected, limit=None):
    """Fails `test` unless `wire` is the right response to `query` (a dns.message.Message); returns the decoded response."""
    test.assertIsNotNone(wire, f"no response to {query.question[0]}")
    response = dns.message.from_wire(wire)
    what = f"\n-- asked\n{query}\n-- got\n{response}"
    question = query.to_wire()[12:_question_end(query)]
    test.assertEqual(response.id, query.id, what)
    test.assertEqual(wire[12:12 + len(question)], question, "the question came back changed" + what)
    test.assertTrue(response.flags & dns.flags.QR, what)
    test.assertEqual(response.flags & dns.flags.RD, query.flags & dns.flags.RD, "RD is copied" + what)
    test.assertFalse(response.flags & dns.flags.RA, "no recursion here" + what)
    test.assertEqual(response.opcode(), query.opcode(), what)
    test.assertEqual(response.rcode(), expected.rcode, what)
    test.assertEqual(response.edns, 0 if query.edns >= 0 else -1, "EDNS is answered with EDNS, and only that" + what)
    test.assertLessEqual(len(wire), limit or _limit(query), what)
    if not response.flags & dns.flags.TC:
        _check_sections(test, response, expected, what)
    return response


def _check_sections(test, response, expected, what):
    authoritative = expected.kind in ("answer", "alias", "nodata", "nxdomain")
    test.assertEqual(bool(response.flags & dns.flags.AA), authoritative, "AA" + what)
    if expected.kind in ("answer", "alias"):
        test.assertTrue(response.answer, "an answer is missing" + what)
        _check_same(test, response.answer[0], expected.records, what)
        follows = expected.target and expected.target.kind in ("answer", "alias")
        test.assertEqual(len(response.answer), 2 if follows else 1, what)
        if follows:
            _check_same(test, response.answer[1], expected.target.records, what)
    else:
        test.assertEqual(response.answer, [], what)
    if expected.kind in ("nodata", "nxdomain"):
        test.assertEqual([rrset.rdtype for rrset in response.authority], [dns.rdatatype.SOA], what)
        _check_same(test, response.authority[0], expected.soa, what)
    if expected.kind == "referral":
        test.assertTrue(response.authority, what)
        _check_same(test, response.authority[0], expected.records, what)


def _check_same(test, got, wanted, what):
    test.assertEqual(got.name, wanted.name, what)
    test.assertEqual(got.rdtype, wanted.rdtype, what)
    test.assertEqual(got.ttl, wanted.ttl, "TTL" + what)
    # Names in record data compare without regard to case, as compression may have borrowed the question's.
    test.assertEqual(set(got), set(wanted), what)
    test.assertEqual(len(got), len(wanted), what)


def _limit(query):
    # RFC 6891, section 6.2.3: a size below 512 counts as 512.
    return max(512, query.payload) if query.edns >= 0 else 512


def _question_end(query):
    return 12 + len(query.question[0].name.to_wire()) + 4


def _rrset(zone, name, rdtype):
    rdataset = zone.get_rdataset(name, rdtype) if rdtype is not None else None
    return dns.rrset.from_rdata_list(name, rdataset.ttl, list(rdataset)) if rdataset else None


def _negative_soa(zone):
    soa = _rrset(zone, zone.origin, dns.rdatatype.SOA)
    soa.update_ttl(min(soa.ttl, soa[0].minimum))
    return soa


def _with_ancestors(zone):
    names = set()
    for name in zone.nodes:
        while name not in names and name.is_subdomain(zone.origin):
            names.add(name)
            name = name.parent()
    return names


def _read(path):
    origin = os.path.basename(path).removesuffix(".zone")
    with contextlib.chdir(os.path.dirname(path)):  # $INCLUDE is relative to the file
        return dns.zone.from_file(os.path.basename(path), origin, relativize=False)
