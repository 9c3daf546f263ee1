# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Reduces a failing case: fewer zones, fewer records, a plainer query, as long as it fails in the same way."""

import dataclasses
import time

import exchange
import image
import names
import servers
from queries import TYPES, Query
from reply import names_in


class Shrinker:
    def __init__(self, build, examine, seconds):
        self.build = build
        self.examine = examine   # (case, zone set, raw replies, ports) -> findings
        self.deadline = time.monotonic() + seconds

    def reduce(self, case, zone_set, finding):
        """The smallest case and zone set found in time that still show that finding, and the raw replies; None for these where
        it does not show itself again."""
        kind = finding.exactly
        if kind not in self._kinds(case, zone_set):
            return case, zone_set, None
        replies = self._replies(case, zone_set)
        near = self._accepted(zone_set.without(_far(zone_set, case, replies)))
        if near.zones and kind in self._kinds(case, near):
            zone_set = near
        zone_set = self._fewer(case, zone_set, kind, [part for part in zone_set.removable() if part[1] is None])
        zone_set = self._fewer(case, zone_set, kind, [part for part in zone_set.removable() if part[1] is not None])
        if isinstance(case, Query):
            case = self._plainer(case, zone_set, kind)
        return case, zone_set, self._replies(case, zone_set)

    def _accepted(self, zone_set):
        with servers.temporary_folder() as folder:
            try:
                return image.accepted_part(self.build, zone_set, folder)[0]
            except image.NotCompiled:
                return zone_set

    def _fewer(self, case, zone_set, kind, parts):
        """Removes halves, quarters and so on, and finally single items."""
        gone = []
        size = max(1, len(parts) // 2)
        while parts and time.monotonic() < self.deadline:
            kept, at, progress = [], 0, False
            while at < len(parts):
                chunk = parts[at:at + size]
                at += size
                if time.monotonic() < self.deadline and kind in self._kinds(case, zone_set.without(gone + chunk)):
                    gone += chunk
                    progress = True
                else:
                    kept += chunk
            parts = kept
            if size == 1 and not progress:
                break
            size = max(1, size // 2)
        return zone_set.without(gone)

    def _plainer(self, case, zone_set, kind):
        steps = ({"flags": 0}, {"payload": None, "dnssec_ok": False}, {"dnssec_ok": False}, {"rdclass": 1}, {"rdtype": TYPES["TXT"]},
                 {"name": names.lower(case.name)})
        for step in steps:
            plainer = dataclasses.replace(case, **step)
            if plainer != case and kind in self._kinds(plainer, zone_set):
                case = plainer
        while len(case.name) > 1:  # labels in front that do not matter
            shorter = dataclasses.replace(case, name=case.name[1:])
            if kind not in self._kinds(shorter, zone_set):
                break
            case = shorter
        return case

    def _kinds(self, case, zone_set):
        found = self._with_servers(case, zone_set, lambda replies, ports: self.examine(case, zone_set, replies, ports))
        return {finding.exactly for finding in found or ()}

    def _replies(self, case, zone_set):
        return self._with_servers(case, zone_set, lambda replies, _: replies)

    def _with_servers(self, case, zone_set, action):
        if not zone_set.zones:
            return None
        with servers.temporary_folder() as folder:
            try:
                with servers.Running(folder, zone_set, self.build) as running:
                    got = exchange.ask([case], zone_set, running.ports)
                    return action({label: replies[0] for label, replies in got.items()}, running.ports)
            except servers.Refused:
                return None


def _far(zone_set, case, replies):
    """Records at names that occur in no reply, nor above such names."""
    spoken = set()
    for message in [case.wire(), *replies.values()]:
        spoken |= names_in(message)
    above = {name[cut:] for name in spoken for cut in range(len(name) + 1)}
    parts = []
    for number, zone in enumerate(zone_set.zones):
        if names.lower(zone.apex) not in above:
            parts.append((number, None))
    for number, index in zone_set.removable():
        if index is None:
            continue
        owner = names.lower(zone_set.zones[number].records[index].owner)
        if owner not in above and not (owner[:1] == (b"*",) and owner[1:] in above):
            parts.append((number, index))
    return parts
