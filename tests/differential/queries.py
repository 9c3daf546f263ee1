# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Well-formed queries about a zone set: names that exist, are near existing ones, or do not exist, with every type, flag and size."""

import dataclasses
import struct

import features
import names
from builder import odd_label
from servers import UDP_PAYLOAD

_HEADER = struct.Struct("!HHHHHH")

TYPES = {"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "PTR": 12, "HINFO": 13, "MX": 15, "TXT": 16, "RP": 17, "AFSDB": 18, "SIG": 24,
         "KEY": 25, "AAAA": 28, "LOC": 29, "SRV": 33, "NAPTR": 35, "KX": 36, "DNAME": 39, "DS": 43, "SSHFP": 44, "RRSIG": 46,
         "NSEC": 47, "DNSKEY": 48, "NSEC3": 50, "NSEC3PARAM": 51, "TLSA": 52, "SVCB": 64, "HTTPS": 65, "SPF": 99, "IXFR": 251,
         "AXFR": 252, "MAILB": 253, "MAILA": 254, "ANY": 255, "URI": 256, "CAA": 257, "TYPE1234": 1234, "TYPE65280": 65280}
_TYPE_NAMES = {number: text for text, number in TYPES.items()}
_CLASSES = {1: "IN", 3: "CH", 4: "HS", 254: "NONE", 255: "ANY"}
_COMMON = ("A", "AAAA", "PTR", "TXT", "MX", "SRV", "NS", "SOA", "CNAME", "DNAME", "DS", "ANY")
_PLAIN = ("A", "PTR", "TXT", "SOA", "NS", "MX")
_RARE = tuple(text for text in TYPES if text not in _COMMON)
_SPECIAL = {TYPES[text] for text in ("ANY", "DS", "AXFR", "IXFR")}
_META = {0, 41, *range(128, 256)}  # RFC 6895 3.1
_SIZES = (0, 100, 511, 512, 513, 600, 800, 1000, 1200, 1231, 1232, 1233, 1400, 4096, 65535)
RD, AD, CD, Z = 0x0100, 0x0020, 0x0010, 0x0040


@dataclasses.dataclass(frozen=True)
class Query:
    name: tuple
    rdtype: int
    rdclass: int = 1
    flags: int = 0
    payload: int = None    # EDNS UDP size; None: no EDNS
    dnssec_ok: bool = False
    over_tcp: bool = False

    may_be_silent = False

    def wire(self):
        edns = self.payload is not None
        message = _HEADER.pack(0, self.flags, 1, 0, 0, int(edns)) + names.to_wire(self.name)
        message += struct.pack("!HH", self.rdtype, self.rdclass)
        if edns:
            message += struct.pack("!BHHIH", 0, 41, self.payload, 0x8000 if self.dnssec_ok else 0, 0)
        return message

    @property
    def limit(self):
        """Maximum size of the reply in octets."""
        if self.over_tcp:
            return 0xFFFF
        return 512 if self.payload is None else min(max(self.payload, 512), UDP_PAYLOAD)

    @property
    def kind(self):
        """The query's label in reports: its class if unusual, its type if servers treat it differently."""
        if self.rdclass != 1:
            return f"class {_CLASSES.get(self.rdclass, 'unknown')}"
        if self.rdtype in _SPECIAL:
            return f"type {self.type_text()}"
        return "meta type" if self.rdtype in _META else ""

    @property
    def in_class_any(self):
        """Servers differ on QCLASS ANY: two equal RCODEs mean little."""
        return self.rdclass == 255

    @property
    def is_any(self):
        """Whether servers choose among the sets of the name."""
        return self.rdtype in (TYPES["ANY"], TYPES["RRSIG"])

    def type_text(self):
        return _TYPE_NAMES.get(self.rdtype, f"TYPE{self.rdtype}")

    def dig(self):
        words = ["dig @127.0.0.1 -p PORT +norec +nocookie +noall +comments +question +answer +authority +additional",
                 "+tcp" if self.over_tcp else "+ignore"]
        words += [word for bit, word in ((RD, "+rec"), (CD, "+cdflag"), (AD, "+adflag"), (Z, "+zflag")) if self.flags & bit]
        if not self.flags & AD:
            words.append("+noadflag")
        words.append("+noedns" if self.payload is None else f"+bufsize={self.payload}")
        if self.dnssec_ok:
            words.append("+dnssec")
        rdtype = self.type_text()
        if rdtype == "IXFR":
            rdtype = "IXFR=1 +notcp"
        words += [f"-c {_CLASSES.get(self.rdclass, f'CLASS{self.rdclass}')}", f"-t {rdtype}", f"-q '{names.to_text(self.name)}'"]
        return " ".join(words)


class Maker:
    """Queries about one zone set."""

    def __init__(self, rng, zone_set, targets):
        self.rng = rng
        self.apexes = [zone.apex for zone in zone_set.zones]
        self.types = {}  # owner: types it has
        for zone in zone_set.zones:
            for record in zone.records:
                self.types.setdefault(record.owner, set()).add(TYPES[record.rdtype])
        self.owners = list(self.types)
        self.rich = [owner for owner, types in self.types.items() if types & {2, 5, 39} or b"*" in owner]
        self.targets = targets
        self.ancestors = sorted({owner[cut:] for owner in self.owners for cut in range(1, len(owner))})

    def make(self):
        rng = self.rng
        base = self._base()
        name = self._near(base)
        if rng.random() < 0.2:
            name = names.random_case(rng, name)
        flags = sum(bit for bit, share in ((RD, 0.5), (AD, 0.2), (CD, 0.1), (Z, 0.05)) if rng.random() < share)
        payload = None if rng.random() < 0.35 else rng.choice((1232, 1232, 4096, rng.choice(_SIZES)))
        rdclass = 1 if rng.random() < 0.99 else rng.choice((3, 4, 254, 255, 2, 7))
        dnssec_ok = payload is not None and rng.random() < 0.3
        return Query(name, self._type(base), rdclass, flags, payload, dnssec_ok)

    def make_plain(self):
        """A query for which every server has an answer of the usual kind."""
        return Query(self._near(self._base()), TYPES[self.rng.choice(_PLAIN)])

    def _base(self):
        rng = self.rng
        kind = rng.random()
        if kind < 0.35:
            return rng.choice(self.owners)
        if kind < 0.6:
            return rng.choice(self.rich or self.owners)
        if kind < 0.72 and self.targets:
            return rng.choice(self.targets)
        if kind < 0.82:
            return rng.choice(self.apexes)
        return rng.choice(self.ancestors)

    def _near(self, base):
        rng = self.rng
        name = base
        if b"*" in base and rng.random() < 0.7:
            index = base.index(b"*")
            name = base[:index] + self._labels(base, 1, 3) + base[index + 1:]
        kind = rng.random()
        if kind < 0.42:
            pass
        elif kind < 0.62:
            name = self._labels(base, 1, 3) + name
        elif kind < 0.67:
            name = rng.choice(((b"*",), (b"*", b"*"), (b"*", b"a"), (b"a", b"*"))) + name
        elif kind < 0.77:
            name = name[1:]
        elif kind < 0.87 and name:
            name = self._labels(base, 1, 1) + name[1:]
        elif kind < 0.9 and len(name) > 2:
            index = rng.randrange(len(name) - 1)
            name = name[:index] + self._labels(base, 1, 1) + name[index + 1:]
        elif kind < 0.93:
            name = features.longest(rng, name, rng.choice((240, 250, 254, 255)))
        elif kind < 0.95:
            name = self._labels(base, 1, 2) + rng.choice(self.apexes)
        elif kind < 0.97:
            name = rng.choice((names.name("not.ours.invalid"), names.name("arpa"), (), names.name("in-addr.arpa"), (b"x",)))
        return name if names.is_valid(name) else base

    def _labels(self, base, least, most):
        return tuple(self._label(base) for _ in range(self.rng.randint(least, most)))

    def _label(self, base):
        rng = self.rng
        kind = rng.random()
        if kind < 0.08:
            return odd_label(rng)
        if kind < 0.4:
            return rng.choice((b"0", b"1", b"2", b"3", b"f", b"255", b"005", b"256", b"0-63"))
        if kind < 0.6 and base:
            return rng.choice(base)
        if kind < 0.8:
            return rng.choice(rng.choice(self.owners) or (b"x",))
        return rng.choice((b"a", b"b", b"ns", b"www", b"x", b"_tcp", b"nope", b"mail"))

    def _type(self, base):
        rng = self.rng
        kind = rng.random()
        own = self.types.get(base)
        if own and kind < 0.45:
            return rng.choice(sorted(own))
        if kind < 0.9:
            return TYPES[rng.choice(_COMMON)]
        if kind < 0.97:
            return TYPES[rng.choice(_RARE)]
        return rng.choice((0, 3, 10, 41, 128, 249, 250, 65535, rng.randrange(65536)))
