# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""From raw replies to findings in words."""

import dataclasses

import describe
import oracle
import reply as wire
import settle
import signed_rules
import topic
import verdict
from decisions import decision_for
from servers import PEERS

_NOTIMP, _NOTAUTH, _BADVERS = 4, 9, 16
# Aspects that depend on the kind of message; the sections depend on the queried name.
_LEAVES_OUT = "ptrd leaves out optional addresses"
WORK = "work"  # the aspect of a reply that is truncated for the work that it takes
_MESSAGE_ASPECTS = ("outcome", "opcode", "rcode", "question", "edns")
_NAME_ASPECTS = ("rcode", "aa", "truncation", "answer", "authority", "additional")


@dataclasses.dataclass(frozen=True)
class Finding:
    """One difference; those with the same aspect and text are reported together, whatever their topic."""

    fails: bool
    aspect: str
    text: str         # who differs and how
    about: str        # alias, referral, odd kind of message; may be empty
    ptrd_with: tuple  # labels of the peers that ptrd agrees with

    @property
    def key(self):
        return self.fails, self.aspect, self.text

    @property
    def exactly(self):
        return (*self.key, self.about)


def examine(case, zone_set, raw, ports):
    """The findings of one case; queries the peers again (`ports`) if the size of the datagram may explain a difference."""
    if raw["ptrd"] is not None and all(raw[label] is not None and raw[label][2:] == raw["ptrd"][2:] for label in PEERS):
        return _own_rules(case, _read(raw["ptrd"]), zone_set)
    # A client asks again over TCP, and so do we: what it gets there is compared.
    whole = settle.whole_of_bare(raw["ptrd"], case.wire(), case.limit, ports)
    if whole is not None:
        about = topic.of({"ptrd": verdict.aspects(_read(whole))}, zone_set)
        return [Finding(False, WORK, "ptrd truncates for the work, and is asked over TCP", about, ()),
                *examine(case, zone_set, {**raw, "ptrd": whole}, ports)]
    replies = {label: _read(data) for label, data in raw.items() if _has_a_say(label, case, raw)}
    said = verdict.all_aspects(replies, case.is_any)
    found = _own_rules(case, replies["ptrd"], zone_set)
    subject = topic.of(said, zone_set)
    expert = oracle.Oracle(zone_set, ports)
    for one in verdict.judge(said, at_once=case.in_class_any):
        about = _about(case, one.aspect, subject)
        fails, text = one.fails, _text(case, said, one)
        with_ptrd = one.ptrd_with
        if fails and one.aspect == "truncation" and said["ptrd"]["truncation"] and settle.knot_truncates(case, replies, ports):
            with_ptrd = (*with_ptrd, "knot")
        decision = decision_for(one.aspect, about, with_ptrd) if fails else None
        if decision is not None:
            fails, text = False, f"ptrd {f'with {decision.peer} ' if decision.peer else ''}alone: {decision.reason}"
        elif fails and (together := settle.by_zones_together(case, replies, one, expert, ports)).reason:
            fails, text = False, f"ptrd alone takes its zones together: {together.reason}"
            if together.for_work:
                found.append(Finding(False, WORK, _LEAVES_OUT, about, ()))
        elif fails and settle.by_room(case, said, replies, one, ports):
            fails, text = False, f"{text}, by what fits"
        elif fails and settle.by_work(case, said, replies, one, ports):
            fails, text = False, f"{text}, for the work"
            found.append(Finding(False, WORK, _LEAVES_OUT, about, ()))
        elif fails and settle.by_choice(case, said, replies, one, ports):
            fails, text = False, f"{text}, by the choice of a set for ANY"
        found.append(Finding(fails, one.aspect, text, about, one.ptrd_with))
    return found + settle.missing_glue(replies, found, expert, Finding)


def _has_a_say(label, case, raw):
    # BIND's built-in CH view answers at most three times per second.
    return not (label == "bind" and raw[label] is None and case.kind.startswith(("chaos", "class", "other_class")))


def _read(data):
    if data is None:
        return None
    try:
        return wire.Reply(data)
    except wire.Malformed as error:
        return f"malformed: {error}"


def _about(case, aspect, subject):
    words = [case.kind, topic.of_message(case)] if aspect in _MESSAGE_ASPECTS else []
    if aspect in _NAME_ASPECTS:
        words.append(subject)
    return ", ".join(word for word in words if word)


def _text(case, said, finding):
    aspect = finding.aspect
    if case.in_class_any:
        return "class ANY: all differ" if not finding.agreed else f"class ANY: {'+'.join(finding.agreed)} agree"
    values = {label: said[label][aspect] for label in said if aspect in said[label]}
    differing = [label for label in PEERS if label in values and values[label] != values["ptrd"]]
    if not finding.agreed:
        if aspect in ("answer", "authority", "additional"):
            return "all differ"
        if aspect == "rcode":
            return "all differ: " + ", ".join(f"{label} {describe.rcode_or_answer(value)}" for label, value in values.items())
        return "all differ; next to ptrd " + "; ".join(
            f"{label} {describe.difference(aspect, values[label], values['ptrd'])}" for label in differing)
    agreed = values[finding.agreed[0]]
    alone = "ptrd" if finding.fails else next(label for label in PEERS if label in values and values[label] != agreed)
    return f"{alone} alone {describe.difference(aspect, values[alone], agreed)}"


def _own_rules(case, reply, zone_set):
    """Rules for ptrd, whatever others do."""
    if reply is None:
        return []
    if not isinstance(reply, wire.Reply):
        return [Finding(True, "rule", "a reply that cannot be read", "", ())]
    broken = list(reply.rule_breaks)
    if reply.flags & wire.CD:
        broken.append("CD, which is nothing to an authoritative server (RFC 4035 3.1.6)")
    if topic.of_message(case) == "unknown opcode" and reply.rcode not in (_NOTIMP, _NOTAUTH, _BADVERS):
        broken.append("neither NOTIMP nor what OPT and TSIG ask for, for an unknown opcode (RFC 8906 3.1.3)")
    if case.in_class_any and reply.flags & wire.AA:
        broken.append("AA for class ANY (RFC 1035 6.2)")
    if zone_set.signed_apexes:
        broken += signed_rules.breaks(reply, zone_set)
    if reply.size > case.limit:
        broken.append("more octets than the client takes")
    return [Finding(True, "rule", text, "", ()) for text in broken]
