# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""What a reply about signed zones must have and must not have, whatever the peers say (RFC 4035 3.1, RFC 5155 7.2)."""

import reply as wire
from oracle import DO, question_of

_NS, _CNAME, _SOA, _DNAME, _DS, _RRSIG, _NSEC, _NSEC3, _ANY = 2, 5, 6, 39, 43, 46, 47, 50, 255
_OF_DNSSEC = {_RRSIG, _NSEC, _NSEC3}
_NOERROR, _NXDOMAIN = 0, 3


def breaks(reply, zone_set):
    """The rules that a reply breaks, as text."""
    question = question_of(reply)
    if question is None or reply.truncated or reply.rcode not in (_NOERROR, _NXDOMAIN):
        return []
    if not (reply.edns and reply.edns[1] & DO):
        return _without_do(reply, question[1])
    broken = []
    for section in (reply.answer, reply.authority):
        signed = {(record[0], wire.type_covered(record)) for record in section if record[1] == _RRSIG}
        made = _made_of_dnames(section)
        for owner, rdtype in sorted({record[:2] for record in section}):
            exempt = rdtype in (_RRSIG, _NS if section is reply.authority else None) or (owner, rdtype) in made
            if not exempt and (owner, rdtype) not in signed and _zone(owner, rdtype, zone_set) in zone_set.signed_apexes:
                broken.append("a set of a signed zone without its signature (RFC 4035 3.1.1)")
    return broken + _without_proof(reply, question, zone_set)


def _without_do(reply, rdtype):
    """RFC 4035 3.1: without DO there is nothing of DNSSEC that was not asked for."""
    if rdtype in (_ANY, *_OF_DNSSEC):
        return []
    found = any(record[1] in _OF_DNSSEC for record in (*reply.answer, *reply.authority, *reply.additional))
    return ["a signature or a proof without DO (RFC 4035 3.1)"] if found else []


def _without_proof(reply, question, zone_set):
    """RFC 4035 3.1.3, 3.1.4: a denial and an insecure referral have a proof."""
    denials = {record[1] for record in reply.authority} & {_NSEC, _NSEC3}
    soa = [record[0] for record in reply.authority if record[1] == _SOA]
    if soa and soa[0] in zone_set.signed_apexes and not denials:
        return ["a denial in a signed zone without NSEC or NSEC3 (RFC 4035 3.1.3)"]
    cuts = [record[0] for record in reply.authority if record[1] == _NS]
    if cuts and not soa and not reply.flags & wire.AA and _zone(cuts[0], _DS, zone_set) in zone_set.signed_apexes:
        if not denials and not any(record[1] == _DS for record in reply.authority):
            return ["a referral of a signed zone with neither DS nor a proof that there is none (RFC 4035 3.1.4)"]
    return []


def _made_of_dnames(section):
    """The CNAME records that a server made of a DNAME (RFC 6672 3.1), which have no signature."""
    dnames = {record[0] for record in section if record[1] == _DNAME}
    return {record[:2] for record in section if record[1] == _CNAME and dnames.intersection(wire.name_and_above(record[0][record[0][0] + 1:]))}


def _zone(owner, rdtype, zone_set):
    """The apex of the zone that a set is from. NSEC and NSEC3 at the apex of a deeper zone may be of either: none."""
    apexes = [above for above in wire.name_and_above(owner) if above in zone_set.names_by_apex]
    if apexes and apexes[0] == owner and rdtype in (_DS, _NSEC):
        return (apexes[1] if len(apexes) > 1 else None) if rdtype == _DS else None
    return apexes[0] if apexes else None
