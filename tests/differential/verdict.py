# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Which aspects of four replies agree.

Aspects are judged one by one: where two peers agree and ptrd differs, ptrd fails. Authority is compared only with peers that
gave the agreed answer, additional data only with those that gave the agreed authority too; for what a server says later in a
message follows from what it said before.
"""

import dataclasses

import reply as wire
from servers import PEERS

_JUDGED_FLAGS = tuple(text for text in wire.FLAGS if text != "tc")
ORDER = ("outcome", "opcode", "rcode", *_JUDGED_FLAGS, "truncation", "question", "edns", "answer", "authority", "additional")
_CNAME, _DNAME, _MX, _SRV = 5, 39, 15, 33
ANSWERS = (0, 3, 6)  # NOERROR, NXDOMAIN, YXDOMAIN
CHOSEN = 65535  # an unused type represents the RRsets that a server chose
SOME = (b"", CHOSEN, 0, 0, b"")


@dataclasses.dataclass(frozen=True)
class Finding:
    """ptrd against two peers that agree (`agreed` names them), or peers that disagree."""

    aspect: str
    agreed: tuple         # labels of the peers that agree; () where all three differ
    ptrd_with: tuple      # labels of the peers that agree with ptrd
    fails: bool


def aspects(reply):
    """{aspect: value}; a value can be compared and hashed."""
    if reply is None:
        return {"outcome": "silence"}
    if isinstance(reply, str):
        return {"outcome": reply}
    found = {"outcome": "reply", "opcode": reply.opcode, "rcode": reply.rcode, "truncation": reply.truncated,
             "question": reply.question, "edns": reply.edns}
    found.update((text, bool(reply.flags & wire.FLAGS[text])) for text in _JUDGED_FLAGS)
    if reply.truncated:  # RFC 2181 9: its contents are to be ignored, and its denials as well
        if reply.rcode in ANSWERS:
            del found["rcode"]
    else:
        found.update(answer=reply.answer, authority=reply.authority, additional=reply.additional)
    return found


def all_aspects(replies, any_query):
    """{label: aspects} of `replies`: {label: Reply, None for silence, or text for a malformed one}."""
    said = {label: aspects(one) for label, one in replies.items()}
    if any_query:
        _level_any(said)
    hold_back_nsd(said)
    return said


def hold_back_nsd(said):
    """Its minimal responses, without which it would add NS to every answer, have no addresses for MX and SRV: no opinion."""
    nsd = said.get("nsd", {})
    if any(record[1] in (_MX, _SRV) for record in nsd.get("answer", ())) and not nsd["additional"]:
        del nsd["additional"]


def _level_any(said):
    """RFC 8482 4.1 lets a server answer ANY with any of the RRsets: every choice is made the same here. BIND and Knot also choose
    among the signatures of a name."""
    whole = {}
    for label in PEERS:
        for record in said.get(label, {}).get("answer", ()):
            whole.setdefault(wire.set_of(record), set()).add(record)
    for one in said.values():
        chosen = {}
        for record in one.get("answer", ()):
            chosen.setdefault(wire.set_of(record), set()).add(record)
        if chosen and all(whole.get(key) == records for key, records in chosen.items()):
            chain = tuple(record for record in one["answer"] if _leads_on(record, one["answer"]))
            one["answer"] = (*chain, *([SOME] if len(chain) < len(one["answer"]) else ()))
            one["authority"] = one["additional"] = ()  # they follow from the choice


def _leads_on(record, answer):
    """Whether a record is a step of a chain: a DNAME is, if it renames. At the name itself it is a set like others."""
    if record[1] == _DNAME:
        return any(other[1] == _CNAME and record[0] in wire.name_and_above(other[0][other[0][0] + 1:]) for other in answer)
    return record[1] == _CNAME


def judge(said, at_once=False):
    """The findings about what was said (`all_aspects`), in order; `at_once`: about whole replies only."""
    peers = [label for label in PEERS if label in said]
    if all(said[label] == said["ptrd"] for label in peers):
        return []
    if at_once:
        # examine.py has rules for AA and CD.
        whole = {label: {"outcome": tuple(item for item in one.items() if item[0] not in ("aa", "cd"))}
                 for label, one in said.items()}
        return [finding for finding in (_judge_aspect("outcome", whole, peers)[0],) if finding is not None]
    findings = []
    voters = peers
    for aspect in ORDER:
        finding, voters = _judge_aspect(aspect, said, voters)
        if finding is not None:
            findings.append(finding)
        if finding is not None and finding.fails and aspect in ("outcome", "rcode", "answer", "truncation"):
            break  # later differences follow from this
        if len(voters) < 2:
            break
    return findings


def _judge_aspect(aspect, said, voters):
    """The finding, or None; and who may vote on later aspects."""
    heard = {label: said[label][aspect] for label in voters if aspect in said[label]}
    if len(heard) < 2 or aspect not in said["ptrd"]:
        return None, voters
    own = said["ptrd"][aspect]
    agreed = _majority(heard)
    with_ptrd = tuple(label for label in heard if heard[label] == own)
    if len(with_ptrd) == len(heard):
        return None, voters
    finding = Finding(aspect, agreed, with_ptrd, bool(agreed) and not set(agreed) & set(with_ptrd))
    if aspect in ("outcome", "rcode", "truncation", "answer", "authority"):
        voters = [label for label in voters if label in (agreed or with_ptrd)]
    return finding, voters


def _majority(heard):
    for label, value in heard.items():
        same = tuple(other for other in heard if heard[other] == value)
        if len(same) >= 2:
            return same
    return ()
