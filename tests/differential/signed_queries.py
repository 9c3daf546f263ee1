# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Queries about signed zones: most with DO, for the types of DNSSEC, for owner names of NSEC3 records and next to existing names."""

import dataclasses

import exchange
import names
import queries
import reply as wire
import signing
from queries import TYPES

_TYPES = tuple(TYPES[text] for text in ("DS", "DNSKEY", "RRSIG", "NSEC", "NSEC3", "NSEC3PARAM", "ANY", "SOA"))
_SIZES = (1232, 1232, 1232, 4096, 512, 800)


class Maker(queries.Maker):
    """Queries about one zone set, of which zones are signed."""

    def __init__(self, rng, zone_set, targets):
        super().__init__(rng, zone_set, targets)
        self.hashed = [(label,) + zone.apex for zone in zone_set.zones if zone.signing
                       for label in signing.nsec3_hashes(zone.served)]

    def make(self):
        rng = self.rng
        dnssec_ok = rng.random() < 0.8
        payload = rng.choice(_SIZES) if dnssec_ok or rng.random() < 0.5 else None
        flags = sum(bit for bit, share in ((queries.RD, 0.3), (queries.AD, 0.2), (queries.CD, 0.1)) if rng.random() < share)
        return dataclasses.replace(super().make(), rdclass=1, flags=flags, payload=payload, dnssec_ok=dnssec_ok)

    def _near(self, base):
        rng = self.rng
        kind = rng.random()
        name = base
        if kind < 0.05 and self.hashed:
            name = rng.choice(self.hashed)
            if rng.random() < 0.3:
                name = self._labels(base, 1, 1) + name
        elif kind < 0.15:
            name = rng.choice((_after, _below_first, _before, _last))(base)
        else:
            return super()._near(base)
        return name if names.is_valid(name) else base

    def _type(self, base):
        return self.rng.choice(_TYPES) if self.rng.random() < 0.25 else super()._type(base)


def _after(name):
    """The next sibling that a name could have."""
    return ((name[0] + b"\0",) + name[1:]) if name else name


def _below_first(name):
    """The first name that could be below it (RFC 4034 6.1)."""
    return (b"\0",) + name


def _before(name):
    """A sibling shortly before it."""
    if not name:
        return name
    last = name[0][-1]
    shorter = name[0][:-1] + (bytes([last - 1]) + b"\xff" if last else b"")
    return (shorter or b"\0",) + name[1:]


def _last(name):
    """A name after all that are below it."""
    return (b"\xff\xff",) + name


def again_over_tcp(pairs, ports):
    """(case, raw replies) over TCP for each question of which a server truncated the reply: there all of it is compared."""
    found = {}
    for case, raw in pairs:
        if any(data is not None and len(data) > 3 and data[2] & wire.TC >> 8 for data in raw.values()):
            found.setdefault((names.lower(case.name), case.rdtype, case.dnssec_ok), case)
    result = []
    for case in found.values():
        case = dataclasses.replace(case, over_tcp=True)
        message = b"\0\1" + case.wire()[2:]
        result.append((case, {label: exchange.ask_tcp(port, message) for label, port in ports.items()}))
    return result
