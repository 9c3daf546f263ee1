# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""The topic of a case, as far as the replies show: the label under which its findings are collected."""

import names
import reply as wire
from reply import name_and_above

_NS, _CNAME, _DNAME = 2, 5, 39
_PROOFS = {50: "NSEC3", 47: "NSEC"}
_BY_CHANCE = ("mutated", "random")
_OPCODES = (0, 4, 5)  # QUERY, NOTIFY, UPDATE
_LONG = 5  # aliases in a row: near where servers give up


def of(said, zone_set):
    """Such as "alias in a loop", "DNAME, alias into another zone", "referral", "NSEC3"; empty for plain answers and denials."""
    aliases, words = {}, []
    for one in said.values():
        for record in one.get("answer", ()):
            if record[1] == _CNAME:
                aliases[record[0]] = record[4]
            elif record[1] == _DNAME:
                word = "DNAME below itself" if record[0] in name_and_above(record[4]) else "DNAME"
                if word not in words:
                    words.append(word)
    if aliases:
        words.append(_chain(aliases, [names.to_wire(names.lower(zone.apex)) for zone in zone_set.zones]))
    else:
        told = {record[1] for one in said.values() for record in one.get("authority", ())}
        proof = next((word for rdtype, word in _PROOFS.items() if rdtype in told), None)
        if _NS in told:
            words.append("referral")
        elif proof:
            words.append(proof)
            if _has_final_zero(next((one["question"] for one in said.values() if "question" in one), b"")):
                words.append("label that ends with a zero")
    return ", ".join(words)


def of_message(case):
    """Describes a randomly made odd message, beyond its kind."""
    if not case.may_be_silent or case.kind not in _BY_CHANCE:
        return ""
    message = case.wire()
    if len(message) >= 4 and message[2] >> 3 & 15 not in _OPCODES:
        return "unknown opcode"
    try:
        read = wire.Reply(message)
    except wire.Malformed:
        return ""
    foreign = any(record[2].to_bytes(2, "big") != read.question[-2:] for record in read.additional)
    return "record of another class" if foreign else ""


def _has_final_zero(question):
    """Whether a label of the question's name has a last octet of 0: it follows the label without, and all names below that one."""
    at = 0
    while at < len(question) and question[at]:
        at += 1 + question[at]
        if question[at - 1:at] == b"\0":
            return True
    return False


def _chain(aliases, apexes):
    words = ["alias"]
    if any(_zone_of(owner, apexes) != _zone_of(target, apexes) for owner, target in aliases.items()):
        words.append("into another zone")
    if _loops(aliases):
        words.append("in a loop")
    elif len(aliases) >= _LONG:
        words.append("in a long chain")
    return " ".join(words)


def _loops(aliases):
    for start in aliases:
        at, steps = aliases[start], 0
        while at in aliases and steps <= len(aliases):
            at = aliases[at]
            steps += 1
        if steps > len(aliases):
            return True
    return False


def _zone_of(name, apexes):
    """The deepest apex at or above the name; None if it is not in any zone."""
    return next((above for above in name_and_above(name) if above in apexes), None)
