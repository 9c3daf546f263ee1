# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""A second look, over TCP, where ptrd may differ from peers that agree and be as right.

Room: names are compressed more or less well by different servers. Where TC or additional data differ, what ptrd sends must be
of what the peers say over TCP, and what it leaves out must not fit. Choice: any RRset answers ANY.
"""

import exchange
import reply as wire
import verdict
from servers import PEERS

_NS = 2
_FIXED = 12  # octets of a record besides its RDATA, its owner a pointer


def by_room(case, said, replies, finding, ports):
    """True where room explains a failing finding."""
    if finding.aspect not in ("truncation", "additional") or not isinstance(replies["ptrd"], wire.Reply):
        return False
    own = replies["ptrd"]
    if own.size > case.limit or own.truncated:
        return False
    full = {"ptrd": dict(said["ptrd"])}
    for label in PEERS:
        data = exchange.ask_tcp(ports[label], b"\0\1" + case.wire()[2:])
        if data is not None:
            full[label] = verdict.aspects(wire.Reply(data))
    if finding.aspect == "truncation":
        return not any(found.fails for found in verdict.judge(full) if not _left_out(full, found, own, case.limit))
    return _left_out(full, finding, own, case.limit)


def by_choice(case, said, replies, finding, ports):
    """ANY: a set that no peer chose is right when a peer gives the same for its type; which one fits is a choice, too."""
    own = replies["ptrd"]
    if not case.is_any or not isinstance(own, wire.Reply) or own.rule_breaks:
        return False
    if finding.aspect == "truncation" and own.truncated:
        return True
    if finding.aspect == "answer" and verdict.SOME not in said[finding.agreed[0]]["answer"]:
        return False
    return finding.aspect in ("answer", "truncation") and all(_is_whole(own, record[:2], ports) for record in own.answer)


def _is_whole(own, key, ports):
    owner, rdtype = key
    query = b"\0\1\0\0\0\1\0\0\0\0\0\0" + owner + rdtype.to_bytes(2, "big") + b"\0\1"
    data = exchange.ask_tcp(ports["knot"], query)
    return data is not None and {record for record in wire.Reply(data).answer if record[:2] == key} \
        == {record for record in own.answer if record[:2] == key}


def _left_out(full, finding, own, limit):
    """The additional section is part of what the peers' is, and no set of the rest fits."""
    if finding.aspect != "additional":
        return False
    for label in finding.agreed:
        whole = set(full.get(label, {}).get("additional", ()))
        if not set(own.additional) <= whole:
            continue
        missing = {}
        for record in whole - set(own.additional):
            missing[record[:2]] = missing.get(record[:2], 0) + _FIXED + len(record[4])
        if all(own.size + octets > limit for octets in missing.values()):
            return True
    return False


def missing_glue(case, replies, found, ports, finding_type):
    """RFC 9471 3.1: a referral has all glue for name servers below its cut, or TC. Looked at where replies differ."""
    own = replies["ptrd"]
    if not found or not isinstance(own, wire.Reply) or own.truncated or own.answer or own.flags & wire.AA or not own.authority:
        return []
    cuts = {record[0] for record in own.authority if record[1] == _NS}
    if not cuts:
        return []
    data = exchange.ask_tcp(ports["knot"], b"\0\1" + case.wire()[2:])
    whole = wire.Reply(data).additional if data is not None else ()
    needed = {record for record in whole if not cuts.isdisjoint(wire.name_and_above(record[0]))}
    if needed <= set(own.additional):
        return []
    return [finding_type(True, "rule", "in-domain glue left out without TC (RFC 9471 3.1)", "referral", ())]
