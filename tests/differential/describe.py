# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Replies and their differences in words: for reports, and to distinguish kinds of differences."""

import dns.exception
import dns.message
import dns.rcode
import dns.rdatatype

import reply as wire
import verdict


def rcode(value):
    return dns.rcode.to_text(value)


def flags(value):
    return " ".join(text for text, bit in wire.FLAGS.items() if value & bit) or "none"


def types(records):
    found = sorted({record[1] for record in records})
    if found and set(found) <= {dns.rdatatype.A, dns.rdatatype.AAAA}:
        return "addresses"
    return " ".join("some set" if rdtype == verdict.CHOSEN else dns.rdatatype.to_text(rdtype) for rdtype in found)


def message(data):
    """A reply in a few lines: header and EDNS in the first, then the records by section."""
    if data is None:
        return "silence"
    try:
        parsed = dns.message.from_wire(data, ignore_trailing=True, continue_on_error=True, one_rr_per_rrset=True)
    except (dns.exception.DNSException, ValueError) as error:
        return f"cannot be read ({error}): {data.hex()}"
    edns = "no EDNS"
    if parsed.edns >= 0:
        options = "".join(f", option {option.otype:d}" for option in parsed.options)
        edns = f"EDNS {parsed.edns}, flags {parsed.ednsflags & 0xFFFF:#06x}, payload {parsed.payload}{options}"
    lines = [f"{rcode(parsed.rcode())}, opcode {parsed.opcode():d}, flags {flags(parsed.flags)}, {edns}, {len(data)} octets"]
    for title, section in zip(("question", "answer", "authority", "additional"), parsed.sections):
        lines += [f"{title:10} {line}" for rrset in section for line in rrset.to_text().splitlines()]
    return "\n".join(lines)


def difference(aspect, one, other):
    """What `one` has and `other` does not, in a few words that are equal for differences of one kind."""
    if aspect == "rcode":
        return _rcodes(one, other)
    if aspect in wire.FLAGS:
        return "sets it" if one else "clears it"
    if aspect == "truncation":
        return "TC" if one else "no TC"
    if aspect == "opcode":
        return f"opcode {one}, not {other}"
    if aspect == "outcome":
        return f"{one}, not {other}"
    if aspect == "edns":
        return _edns(one, other)
    if aspect == "question":
        return "no question" if not one else "another question" if other else "a question"
    return _section(one, other)


def _rcodes(one, other):
    """Any answer counts as an answer if the other side gives none."""
    if (one in verdict.ANSWERS) == (other in verdict.ANSWERS):
        return f"{rcode(one)}, not {rcode(other)}"
    return f"{rcode_or_answer(one)}, not {rcode_or_answer(other)}"


def rcode_or_answer(value):
    return "an answer" if value in verdict.ANSWERS else rcode(value)


def _edns(one, other):
    if one is None or other is None:
        return "no OPT" if one is None else "an OPT"
    parts = [f"{what} {mine:#x}, not {theirs:#x}" for what, mine, theirs in zip(("version", "flags", "payload"), one, other)
             if mine != theirs]
    return ", ".join(parts)


def _section(one, other):
    more, fewer = set(one) - set(other), set(other) - set(one)
    keys_more = {record[:2] + record[4:] for record in more}
    keys_fewer = {record[:2] + record[4:] for record in fewer}
    if keys_more == keys_fewer:
        return f"another TTL for {types(more)}"
    parts = []
    if fewer:
        parts.append(f"lacks {types(fewer)}")
    if more:
        parts.append(f"has {types(more)}")
    return ", ".join(parts)
