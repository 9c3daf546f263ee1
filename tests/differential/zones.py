# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Zones as lists of records, their text, and sets of zones that can lose records while a failing case is reduced."""

import dataclasses
import functools
import os

import names
import signing
from reply import name_and_above
from signing import Signing

_UNSIGNED_SHARE = 0.15
_TRIES = 3  # by another signer, or in another way


@dataclasses.dataclass(frozen=True)
class Record:
    owner: tuple
    ttl: int
    rdtype: str
    rdata: str  # as in a zone file, its names absolute

    def text(self):
        return f"{names.to_text(self.owner)}\t{self.ttl}\tIN\t{self.rdtype}\t{self.rdata}"


@dataclasses.dataclass(frozen=True)
class Zone:
    apex: tuple
    records: tuple
    signing: Signing = None  # None: unsigned

    def text(self):
        return "".join(record.text() + "\n" for record in self.records)

    @functools.cached_property
    def served(self):
        """The text that servers load; raises NotSigned."""
        return self.text() if self.signing is None else self.signing.sign(self.apex, self.text())

    def title(self):
        return names.to_text(self.apex) + (f", {self.signing.text()}" if self.signing else "")


@dataclasses.dataclass(frozen=True)
class ZoneSet:
    zones: tuple

    def write(self, folder):
        """Writes z0.zone, z1.zone, ...; returns (apex as text, path) of each."""
        files = []
        for number, zone in enumerate(self.zones):
            path = os.path.join(folder, f"z{number}.zone")
            with open(path, "w", encoding="ascii") as file:
                file.write(zone.served)
            files.append((names.to_text(zone.apex), path))
        return files

    def text(self):
        return "\n".join(f"; zone {zone.title()}\n{zone.text()}" for zone in self.zones)

    @functools.cached_property
    def names_by_apex(self):
        """{apex: its zone's owners and all names above them}, in wire form and lower case."""
        found = {}
        for zone in self.zones:
            owners = {names.to_wire(names.lower(record.owner)) for record in zone.records}
            found[names.to_wire(names.lower(zone.apex))] = {above for owner in owners for above in name_and_above(owner)}
        return found

    @functools.cached_property
    def signed_apexes(self):
        """The apexes of signed zones, in wire form and lower case."""
        return {names.to_wire(names.lower(zone.apex)) for zone in self.zones if zone.signing}

    @functools.cached_property
    def names_above_apexes(self):
        """The apexes and all names above them."""
        return {above for apex in self.names_by_apex for above in name_and_above(apex)}

    def removable(self):
        """What a reduction may remove: (zone index, None) for a zone, (zone index, record index) for a record."""
        zones = [(number, None) for number in range(len(self.zones))]
        return zones + [(number, index) for number, zone in enumerate(self.zones) for index in _droppable(zone)]

    def without(self, parts):
        parts = set(parts)
        zones = []
        for number, zone in enumerate(self.zones):
            if (number, None) in parts:
                continue
            kept = tuple(record for index, record in enumerate(zone.records) if (number, index) not in parts)
            # The same zone need not be signed again.
            zones.append(zone if len(kept) == len(zone.records) else dataclasses.replace(zone, records=kept))
        return ZoneSet(tuple(zones))

    def signed(self, rng):
        """The same zones, most of them signed; those that no signer takes are as they were."""
        return ZoneSet(tuple(_signed(zone, rng) for zone in self.zones))


def _signed(zone, rng):
    if rng.random() < _UNSIGNED_SHARE:
        return zone
    for _ in range(_TRIES):
        signed = dataclasses.replace(zone, signing=signing.choose(rng))
        try:
            signed.served
        except signing.NotSigned:
            continue
        return signed
    return zone


def _droppable(zone):
    """Everything but the SOA and one NS at the apex, without which no server accepts a zone."""
    seen_ns = False
    for index, record in enumerate(zone.records):
        if record.rdtype == "SOA":
            continue
        if record.rdtype == "NS" and not seen_ns and names.lower(record.owner) == names.lower(zone.apex):
            seen_ns = True
            continue
        yield index
