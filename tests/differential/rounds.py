# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""One round: a zone set, queries about it, the replies of four servers."""

import collections
import dataclasses
import random

import exchange
import image
import odd_messages
import queries
import servers
import signed_queries
import zone_maker
from examine import WORK, examine

_ODD_SHARE = 0.08
_NSD_WORKERS = 16


@dataclasses.dataclass
class Example:
    case: object
    zone_set: object
    raw: dict
    number: int  # its round


@dataclasses.dataclass
class Kind:
    """Findings of one kind: how often, about what, with whom ptrd agreed, and the smallest case seen."""

    count: int = 0
    abouts: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    sides: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    example: Example = None
    finding: object = None  # the example's


class Tally:
    """Over all rounds: cases, and findings by kind."""

    def __init__(self):
        self.cases = self.failed = self.zones = self.refused = 0
        self.kinds = collections.defaultdict(Kind)
        self.accidents = []  # a server exited, ptrd did not start
        self.refusals = {}   # rejected by ptrzone: kind: [(message, record)]

    def add(self, number, case, zone_set, raw, findings):
        self.cases += 1
        self.failed += any(finding.fails for finding in findings)
        for finding in findings:
            kind = self.kinds[finding.key]
            kind.count += 1
            kind.abouts[finding.about] += 1
            kind.sides[finding.ptrd_with] += 1
            if kind.example is None or _size(case, zone_set) < _size(kind.example.case, kind.example.zone_set):
                kind.example, kind.finding = Example(case, zone_set, raw, number), finding

    def accident(self, text):
        self.accidents.append(text)
        self.cases += 1
        self.failed += 1

    @property
    def truncated_for_work(self):
        return sum(kind.count for key, kind in self.kinds.items() if key[1] == WORK)

    def sorted(self, fails):
        return sorted((kind for key, kind in self.kinds.items() if key[0] == fails), key=lambda kind: -kind.count)


def _size(case, zone_set):
    """Smaller cases are reduced first."""
    return len(case.wire()) + sum(len(zone.records) for zone in zone_set.zones)


def make(seed, number, count, signed=False, accept=lambda zone_set: zone_set):
    """The zone set and the cases of a round; `accept` may take records out of the one before the others are made."""
    rng = random.Random(f"{seed}/{number}")
    zone_set, targets = zone_maker.make(rng, all_delegated=signed)
    zone_set = accept(zone_set)
    if signed:
        zone_set = zone_set.signed(rng)
        asked = signed_queries.Maker(rng, zone_set, targets)
        return zone_set, [asked.make() for _ in range(count)]
    plain = queries.Maker(rng, zone_set, targets)
    odd = odd_messages.Maker(rng, plain)
    return zone_set, [odd.make() if rng.random() < _ODD_SHARE else plain.make() for _ in range(count)]


def run(seed, number, count, build, tally, signed=False):
    with servers.temporary_folder() as folder:
        def accept(zone_set):
            part, refused = image.accepted_part(build, zone_set, folder)
            for text, record in refused:
                tally.refusals.setdefault(image.kind_of_refusal(text), []).append((text, record))
            return part

        try:
            zone_set, cases = make(seed, number, count, signed, accept)
            with servers.Running(folder, zone_set, build, _NSD_WORKERS) as running:
                replies = exchange.ask(cases, zone_set, running.ports)
                gone = running.dead()
                if gone:
                    unanswered = [case.dig() for case, reply in zip(cases, replies[gone[0]]) if reply is None]
                    tally.accident(f"round {number}: {gone[0]} ended by itself; unanswered first: {unanswered[:3]}")
                    return
                pairs = [(case, {label: found[index] for label, found in replies.items()}) for index, case in enumerate(cases)]
                if signed:
                    pairs += signed_queries.again_over_tcp(pairs, running.ports)
                for case, raw in pairs:
                    tally.add(number, case, zone_set, raw, examine(case, zone_set, raw, running.ports))
        except image.NotCompiled as error:
            tally.accident(f"round {number}: ptrzone compiles no part of the zones: {error}")
            return
        except servers.Refused as refusal:
            if refusal.server == "ptrd":
                tally.accident(f"round {number}: {refusal}")
            else:
                tally.refused += 1
            return
    tally.zones += len(zone_set.zones)
