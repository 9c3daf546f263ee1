# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""A second look, over TCP, where ptrd may differ from peers that agree and be as right.

Room: names are compressed more or less well by different servers. Where TC or additional data differ, what ptrd sends must be
of what the peers say over TCP, and what it leaves out must not fit; with TC, its reply over TCP must be theirs and be too large. Choice: any RRset answers ANY. Zones together: oracle.py.
"""

import typing

import exchange
import oracle
import reply as wire
import verdict
from servers import PEERS, UDP_PAYLOAD

_NS, _YXDOMAIN = 2, 6
_OF_THE_NAME = ("rcode", "aa", "truncation", "answer", "authority", "additional")
_OPT = 11    # octets of an OPT record without options
_FIXED = 12  # octets of a record besides its RDATA, its owner a pointer
_HEADER = 12


def by_room(case, said, replies, finding, ports):
    """True if the size limit explains a failing finding."""
    if finding.aspect not in ("truncation", "additional") or not isinstance(replies["ptrd"], wire.Reply):
        return False
    own = replies["ptrd"]
    if own.size > case.limit or own.truncated and finding.aspect != "truncation":
        return False
    whole = {label: wire.Reply(data) for label in (*PEERS, *(["ptrd"] if own.truncated else []))
             if (data := exchange.ask_tcp(ports[label], b"\0\1" + case.wire()[2:])) is not None}
    full = verdict.all_aspects(whole, case.is_any)
    if own.truncated:
        return "ptrd" in full and whole["ptrd"].size > case.limit and not any(found.fails for found in verdict.judge(full))
    full["ptrd"] = dict(said["ptrd"])
    if finding.aspect == "truncation":
        return not any(found.fails for found in verdict.judge(full) if not _left_out(full, found, own, case.limit))
    return _left_out(full, finding, own, case.limit)


def whole_of_bare(data, message, limit, ports):
    """ptrd's reply over TCP, if the one given is truncated for its work: it has TC and no records, and there all of it fits the limit."""
    if data is None or len(data) < _HEADER or not data[2] & wire.TC >> 8 or data[6:10] != bytes(4):
        return None
    whole = exchange.ask_tcp(ports["ptrd"], b"\0\1" + message[2:])
    if whole is None or len(whole) > limit or len(whole) < _HEADER or whole[2] & wire.TC >> 8:
        return None
    return data[:2] + whole[2:]


def by_work(case, said, replies, finding, ports):
    """True if optional addresses are left out for the work: over TCP ptrd has what the peers have, and the rest is the same."""
    own = replies["ptrd"]
    if finding.aspect != "additional" or not isinstance(own, wire.Reply) or own.truncated or own.rule_breaks:
        return False
    data = exchange.ask_tcp(ports["ptrd"], b"\0\1" + case.wire()[2:])
    if data is None:
        return False
    whole = wire.Reply(data)
    if not _lacks_addresses(own, whole):
        return False
    found = verdict.judge({**said, "ptrd": verdict.aspects(whole)})
    return not any(one.fails for one in found)


def by_choice(case, said, replies, finding, ports):
    """ANY: a set that no peer chose is right if a peer gives the same for its type; which one fits is also a choice."""
    own = replies["ptrd"]
    if not case.is_any or not isinstance(own, wire.Reply) or own.rule_breaks:
        return False
    if finding.aspect == "truncation" and own.truncated:
        return True
    if finding.aspect == "answer" and verdict.SOME not in said[finding.agreed[0]]["answer"]:
        return False
    return finding.aspect in ("answer", "truncation") and all(_is_whole(own, *wanted, ports) for wanted in _sets(own.answer))


class Together(typing.NamedTuple):
    """Why zones taken together explain a finding, empty if they do not, and whether optional addresses are left out for the work."""

    reason: str = ""
    for_work: bool = False


_APART = Together()


def by_zones_together(case, replies, finding, expert, ports):
    """Whether a failing finding is right because ptrd sees all zones together (oracle.py)."""
    own = replies["ptrd"]
    of_the_name = finding.aspect in _OF_THE_NAME or case.in_class_any and finding.aspect == "outcome"
    if not of_the_name or not isinstance(own, wire.Reply) or own.rule_breaks:
        return _APART
    question = oracle.question_of(own)
    if question is None:
        return _APART
    try:
        dnssec_ok = bool(own.edns and own.edns[1] & oracle.DO)
        expected = expert.expect(*question, dnssec_ok)
        whole = own if own.size > UDP_PAYLOAD else wire.Reply(
            exchange.ask_tcp(ports["ptrd"], oracle.query(*question, UDP_PAYLOAD, dnssec_ok)) or b"")
    except (oracle.Unknown, wire.Malformed):
        return _APART
    if not expected.reasons or not _is_expected(whole, expected, case.is_any, ports):
        return _APART
    is_part = _is_part_of(own, whole, case.limit)
    if not is_part and not _lacks_addresses(own, whole):
        return _APART
    return Together("; ".join(expected.reasons), not is_part)


def _lacks_addresses(own, whole):
    """Whether all that a reply lacks is additional."""
    same = (own.rcode, own.answer, own.authority) == (whole.rcode, whole.answer, whole.authority)
    return same and set(own.additional) < set(whole.additional)


def _is_expected(whole, expected, any_query, ports):
    """Whether a reply, as large as a datagram may be, is the one put together."""
    if whole.truncated:
        return _octets(expected.answer | expected.authority | expected.additional) > UDP_PAYLOAD
    if (whole.rcode, bool(whole.flags & wire.AA)) != (expected.rcode, expected.aa):
        return False
    answer = set(whole.answer)
    if expected.endless:
        return len(answer) >= oracle.CHAIN and answer <= expected.answer and not whole.authority
    if any_query and answer and _owners(answer) == _owners(expected.answer):  # Knot chooses among the sets of the last name, too
        return all(_is_whole(whole, *wanted, ports) for wanted in _sets(answer))
    # A name that gets too long is not a negative answer of any zone: ignore the SOA that Knot adds.
    return answer == expected.answer and (whole.rcode == _YXDOMAIN or set(whole.authority) == expected.authority) \
        and set(whole.additional) <= expected.additional \
        and _no_room(whole, expected.additional - set(whole.additional), UDP_PAYLOAD)


def _is_part_of(own, whole, limit):
    """Whether a reply is the large one without what does not fit."""
    if whole.truncated:
        return own.truncated
    if own.truncated:
        return whole.size - (0 if own.edns else _OPT) > limit
    same = (own.rcode, own.answer, own.authority) == (whole.rcode, whole.answer, whole.authority)
    missing = set(whole.additional) - set(own.additional)
    return same and set(own.additional) <= set(whole.additional) and _no_room(own, missing, limit)


def _octets(records):
    """The size of records without compression."""
    return sum(len(record[0]) + _FIXED - 2 + len(record[4]) for record in records)


def _no_room(own, missing, limit):
    """Whether none of the missing sets, each with its signatures, would also fit."""
    octets = {}
    for record in missing:
        key = record[0], wire.type_covered(record)
        octets[key] = octets.get(key, 0) + _FIXED + len(record[4])
    return all(own.size + more > limit for more in octets.values())


def _owners(records):
    return {record[0] for record in records}


def _sets(records):
    """Owner and type of each set; signatures are part of the set that they cover."""
    return {(record[0], wire.type_covered(record)) for record in records}


def _is_whole(own, owner, rdtype, ports):
    """Whether the set and the signatures over it are those that Knot has, as far as there is anything of either kind."""
    data = exchange.ask_tcp(ports["knot"], oracle.query(owner, rdtype, UDP_PAYLOAD, dnssec_ok=True))
    if data is None:
        return False
    mine, theirs = ({record for record in one.answer if (record[0], wire.type_covered(record)) == (owner, rdtype)}
                    for one in (own, wire.Reply(data)))
    kinds = {record[1] for record in mine}
    return mine == {record for record in theirs if record[1] in kinds}


def _left_out(full, finding, own, limit):
    """The additional section is part of what the peers' is, and no set of the rest fits."""
    if finding.aspect != "additional":
        return False
    for label in finding.agreed:
        whole = set(full.get(label, {}).get("additional", ()))
        if not set(own.additional) <= whole:
            continue
        if _no_room(own, whole - set(own.additional), limit):
            return True
    return False


def knot_truncates(case, replies, ports):
    """If Knot has no answer, for type 0 and with trailing octets: whether the plain query's is truncated."""
    knot, own = replies.get("knot"), replies["ptrd"]
    if isinstance(knot, wire.Reply) and knot.rcode in verdict.ANSWERS:
        return False
    question = oracle.question_of(own)
    if question is None:
        return False
    name, rdtype = question
    plain = oracle.query(name, rdtype or oracle.NO_TYPE, case.limit if own.edns else None)
    try:
        return wire.Reply(exchange.ask_once(exchange.ADDRESS, ports["knot"], plain, 2) or b"").truncated
    except wire.Malformed:
        return False


def missing_glue(replies, found, expert, finding_type):
    """RFC 9471 3.1: a referral has all glue for name servers below its cut, or TC. Looked at where replies differ."""
    own = replies["ptrd"]
    if not found or not isinstance(own, wire.Reply) or own.truncated or own.answer or own.flags & wire.AA or not own.authority:
        return []
    cuts = {record[0] for record in own.authority if record[1] == _NS}
    question = oracle.question_of(own)
    if not cuts or question is None:
        return []
    try:
        whole = expert.expect(*question).additional
    except oracle.Unknown:
        return []
    needed = {record for record in whole if not cuts.isdisjoint(wire.name_and_above(record[0]))}
    if needed <= set(own.additional):
        return []
    return [finding_type(True, "rule", "in-domain glue left out without TC (RFC 9471 3.1)", "referral", ())]
