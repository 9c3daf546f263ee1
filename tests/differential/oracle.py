# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""What ptrd must answer where it treats all zones together and Knot treats each separately.

The expected reply is put together from Knot's replies, which stay within one zone, so that a decision made here excuses this
one reply and nothing else. ptrd differs from what Knot says of single zones in three ways:

ALIAS     a CNAME or DNAME into another zone of ours is followed there (RFC 1034 4.3.2 3a: "go back to step 1");
EXISTS    a name above the apex of a zone of ours exists, whether or not the zone around it delegates: NXDOMAIN would deny that
          zone, too (RFC 8020 2), and a wildcard does not cover it (RFC 4592 2.2.2);
OCCLUDED  what a zone says of names in a deeper zone of ours is not told: those are the deeper zone's (RFC 2181 6.1).
"""

import dataclasses

import exchange
import names
import reply as wire
from servers import UDP_PAYLOAD

ALIAS = "RFC 1034 4.3.2 3a: an alias is followed into any zone of ours"
EXISTS = "RFC 8020 2, RFC 4592 2.2.2: a name above a zone of ours exists, delegated or not"
OCCLUDED = "RFC 2181 6.1: names in a deeper zone of ours are that zone's to tell of"

_NS, _CNAME, _SOA, _DNAME, _DS, _ANY = 2, 5, 6, 39, 43, 255
_DENIALS = (47, 50)
_NOERROR, _NXDOMAIN, _REFUSED = 0, 3, 5
DO = 0x8000         # RFC 3225
CHAIN = 12          # aliases that ptrd follows at least
_MOST_STEPS = 40
NO_TYPE = 65399     # unused: a query for it returns the SOA record of a negative answer


class Unknown(Exception):
    """Knot does not answer."""


@dataclasses.dataclass
class Expected:
    rcode: int
    aa: bool
    answer: frozenset
    authority: frozenset
    additional: frozenset
    reasons: tuple          # of those above, that make it differ from Knot's answer
    endless: bool           # a chain longer than servers follow: any first part of it is acceptable


class Oracle:
    """For one zone set and the servers that serve it; raises Unknown."""

    def __init__(self, zone_set, ports):
        self.ports = ports
        self.dnssec_ok = False
        self.owners = zone_set.names_by_apex
        self.above_apexes = zone_set.names_above_apexes

    def expect(self, name, rdtype, dnssec_ok=False):
        rdtype = rdtype or NO_TYPE  # Knot rejects type 0
        self.dnssec_ok = dnssec_ok
        proofs = set()  # of aliases made by wildcards on the way
        answer, reasons, asked, aliases, aa = set(), [], [], 0, None
        while True:
            asked.append(name)
            one, why = self._in_zone(name, rdtype)
            aa = bool(one.flags & wire.AA) if aa is None else aa
            if len(asked) > 1 and one.rcode == _REFUSED:  # not ours: the alias is the complete answer
                one.rcode, one.answer, one.authority, one.additional = _NOERROR, (), (), ()
            reasons += [text for text in why if text not in reasons]
            # Knot gives the same answer for a name further down the chain when it is queried directly, so each can be queried.
            end, passed = self._end_of_chain(name, rdtype, one.answer)
            aliases += len(passed)
            if end != name:
                answer |= {record for record in one.answer if _leads(record, passed)}
            else:
                answer |= set(one.answer)
            if end != name and dnssec_ok:
                proofs |= self._proofs_of_aliases(passed)
            endless = aliases > CHAIN or len(asked) > _MOST_STEPS
            if end == name:
                rcode, authority, additional = one.rcode, one.authority, one.additional
            elif end in asked or endless:
                rcode, authority, additional = _NOERROR, (), ()
            else:
                rcode = None
            if rcode is not None:
                return Expected(rcode, aa, frozenset(answer), proofs.union(authority), frozenset(additional), tuple(reasons),
                                endless)
            if self._zone_of(end, rdtype) not in (None, self._zone_of(name, rdtype)) and ALIAS not in reasons:
                reasons.append(ALIAS)
            name = end

    def _in_zone(self, name, rdtype):
        """The answer of the zone that contains the name, and why it differs from Knot's."""
        one = self._ask(name, rdtype)
        apex = self._zone_of(name, rdtype)
        if apex is None:
            return one, []
        cut = not one.flags & wire.AA and any(record[1] == _NS for record in one.authority)
        renamed = any(record[1] == _DNAME and record[0] != name for record in one.answer)
        encloser = None if cut or renamed else self._only_through_others(name, apex)
        if encloser is not None:
            denial = self._ask(apex, NO_TYPE)
            denial.answer = denial.additional = ()
            denial.rcode = _NOERROR if encloser == name else _NXDOMAIN
            return denial, [EXISTS]
        if rdtype == _DS and name in self.owners and name != apex and any(record[1] == _CNAME for record in one.answer):
            denial = self._ask(apex, NO_TYPE)  # an alias instead of a delegation
            return denial, [OCCLUDED]
        told = tuple(record for record in one.additional if self._zone_of(record[0], None) == apex)
        why = [OCCLUDED] if told != one.additional or self._below_another_zones_name(name, apex) else []
        one.additional = told
        return one, why

    def _end_of_chain(self, name, rdtype, answer):
        """The end of the chain of aliases, at most the first name in another zone, and the names on it."""
        apex = self._zone_of(name, rdtype)
        dnames = {record[0] for record in answer if record[1] == _DNAME}
        aliases = {record[0]: record[4] for record in answer if record[1] == _CNAME}
        passed = []
        while name in aliases and name not in passed and rdtype != _CNAME and self._zone_of(name, rdtype) == apex:
            if rdtype == _DS and name in self.owners:  # as _in_zone says when it is asked for itself
                break
            made = any(above in dnames for above in wire.name_and_above(name) if above != name)
            if rdtype == _ANY and not made:  # the CNAME itself answers ANY
                break
            passed.append(name)
            name = aliases[name]
        return name, passed

    def _proofs_of_aliases(self, owners):
        """The proofs that a wildcard made these aliases. BIND has no others there, and Knot's are wrong where a label is an
        asterisk or ends with a zero."""
        denials = set()
        for owner in owners:
            denials |= {record for record in self._ask(owner, _CNAME, "bind").authority if wire.type_covered(record) in _DENIALS}
        return denials

    def _only_through_others(self, name, apex):
        """The name, or the nearest one above it, that is in the tree only because of a deeper zone."""
        for above in wire.name_and_above(name):
            if above == apex or above in self.owners[apex]:
                return None
            if above in self.above_apexes:
                return above
        return None

    def _below_another_zones_name(self, name, apex):
        """Whether the name is at or below one that the zone does not have and a zone above it has: for NSD it exists."""
        above_it = [owners for upper, owners in self.owners.items() if upper != apex and upper in wire.name_and_above(apex)]
        lacking = [above for above in wire.name_and_above(name) if len(above) > len(apex) and above not in self.owners[apex]]
        return any(above in owners for above in lacking for owners in above_it)

    def _zone_of(self, name, rdtype):
        """The apex of the zone that answers: the deepest at or above the name, for DS above it (RFC 4035 3.1.4.1)."""
        apexes = [above for above in wire.name_and_above(name) if above in self.owners]
        if rdtype == _DS and len(apexes) > 1 and apexes[0] == name:
            return apexes[1]
        return apexes[0] if apexes else None

    def _ask(self, name, rdtype, label="knot"):
        # Over UDP it is quicker; what nearly fills the datagram may lack something.
        port = self.ports[label]
        data = exchange.ask_once(exchange.ADDRESS, port, query(name, rdtype, UDP_PAYLOAD, self.dnssec_ok), 1)
        try:
            one = wire.Reply(data or b"")
            if one.truncated or one.size > UDP_PAYLOAD // 2:
                large = query(name, rdtype, UDP_PAYLOAD if self.dnssec_ok else None, self.dnssec_ok)
                one = wire.Reply(exchange.ask_tcp(port, large) or b"")
        except wire.Malformed as error:
            raise Unknown from error
        if label == "knot" and self.dnssec_ok and name.startswith(b"\1*") and one.answer:
            one.authority = self._ask(name, rdtype, "bind").authority  # Knot leaves out the proof that a wildcard answers for it
        return one


def query(name, rdtype, payload=None, dnssec_ok=False):
    """A plain query, with an OPT record if a payload size is given."""
    flags = DO if dnssec_ok else 0
    opt = b"" if payload is None else b"\0\0\x29" + payload.to_bytes(2, "big") + bytes(2) + flags.to_bytes(2, "big") + bytes(2)
    return b"\0\1\0\0\0\1\0\0\0\0\0" + bytes([bool(opt)]) + name + rdtype.to_bytes(2, "big") + b"\0\1" + opt


def question_of(one):
    """Name in lower case and type of a reply's question; None unless it is one of class IN, or ANY, which is answered as IN."""
    size = len(one.question) - 4
    if size < 1 or one.question[size + 2:] not in (b"\0\1", b"\0\xff") or 0 in _lengths(one.question[:size])[:-1]:
        return None
    return one.question[:size].lower(), int.from_bytes(one.question[size:size + 2], "big")


def _lengths(name):
    """The length octets of an uncompressed name, the root's last."""
    found, at = [], 0
    while at < len(name):
        found.append(name[at])
        at += 1 + name[at]
    return found


def _leads(record, passed):
    """Whether a record is one of those that lead from name to name in `passed`."""
    rdtype = wire.type_covered(record)
    if rdtype == _CNAME:
        return record[0] in passed
    return rdtype == _DNAME and any(record[0] in wire.name_and_above(name) for name in passed)
