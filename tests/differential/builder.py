# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""A zone under construction; rejects what some server would not load."""

import names
import zones

_TTLS = (0, 1, 60, 300, 3600, 86400, 0x7FFFFFFF)


class Everywhere:
    """Owners and DNAMEs of all zones of a set: NSD keeps one tree, and rejects a zone with names below another one's DNAME."""

    def __init__(self):
        self.owners = set()
        self.dnames = set()


class Builder:
    def __init__(self, rng, apex, family, everywhere):
        self.rng = rng
        self.everywhere = everywhere
        self.apex = apex
        self.family = family  # "v4", "v6" or "forward": how owners look
        self._nodes = {}      # owner in lower case: {type: [Record]}
        self.cuts = []

    def add(self, owner, rdtype, *rdata):
        """Adds one RRset, or more records to it; False if some server would reject the zone."""
        key = names.lower(owner)
        if not self._may_add(key, rdtype):
            return False
        node = self._nodes.setdefault(key, {})
        records = node.setdefault(rdtype, [])
        ttl = records[0].ttl if records else self.rng.choice(_TTLS)
        if rdtype in ("CNAME", "DNAME", "SOA"):
            rdata = () if records else rdata[:1]
        known = {record.rdata.lower() for record in records}
        for text in rdata:
            if text.lower() not in known:
                known.add(text.lower())
                records.append(zones.Record(self._owner_case(owner), ttl, rdtype, text))
        self.everywhere.owners.add(key)
        if rdtype == "DNAME":
            self.everywhere.dnames.add(key)
        if rdtype == "NS" and key != names.lower(self.apex) and owner not in self.cuts:
            self.cuts.append(owner)
        return True

    def _may_add(self, key, rdtype):
        if not names.is_valid(key) or not names.is_at_or_below(key, self.apex):
            return False
        at_apex = key == names.lower(self.apex)
        types = self._nodes.get(key, {}).keys()
        if "CNAME" in types and rdtype != "CNAME" or rdtype == "CNAME" and types - {"CNAME"}:
            return False
        if any(names.is_below(key, dname) for dname in self.everywhere.dnames):
            return False
        if rdtype == "DNAME":
            below = any(names.is_below(other, key) for other in self.everywhere.owners)
            return not below and key[:1] != (b"*",) and (at_apex or "NS" not in types)
        if rdtype == "NS" and not at_apex:
            return b"*" not in key and "DNAME" not in types
        return rdtype not in ("SOA", "CNAME") or at_apex == (rdtype == "SOA")

    def _owner_case(self, owner):
        return names.random_case(self.rng, owner) if self.rng.random() < 0.15 else owner

    @property
    def owners(self):
        return list(self._nodes)

    def types_at(self, owner):
        return self._nodes.get(names.lower(owner), {}).keys()

    def zone(self):
        records = [record for node in self._nodes.values() for records in node.values() for record in records]
        records.sort(key=lambda record: record.rdtype != "SOA")
        return zones.Zone(self.apex, tuple(records))

    # Names similar to the zone's own.

    def label(self):
        rng = self.rng
        if rng.random() < 0.07:
            return odd_label(rng)
        if self.family == "v4":
            if rng.random() < 0.1:
                return rng.choice((b"005", b"01", b"00", b"256", b"1e1", b"_x", b"0-63", b"0/26", b"64-127", b"1000"))
            return str(rng.choice((rng.randrange(8), rng.randrange(256)))).encode()
        if self.family == "v6":
            return rng.choice((b"0", b"0", b"1", b"2", b"a", b"f", b"F", b"d", b"10", b"g")[:9 if rng.random() < 0.9 else 10])
        return rng.choice((b"a", b"b", b"c", b"www", b"mail", b"ns", b"host", b"x-y", b"_tcp", b"1", b"sub"))

    def below(self, base, least=1, most=1):
        """A name some labels below `base`, no longer than names may be."""
        labels = tuple(self.label() for _ in range(self.rng.randint(least, most)))
        while labels and not names.is_valid(labels + base):
            labels = labels[1:]
        return labels + base

    def fresh(self):
        """A name in the zone, mostly new: whole addresses, other depths, below existing names."""
        rng = self.rng
        if self.family == "v4" and rng.random() < 0.5:
            return self.below(self.apex, *(2 * (max(1, 6 - len(self.apex)),)))
        if self.family == "v6" and rng.random() < 0.4:
            zeros = rng.randint(0, 12)
            depth = max(1, 34 - len(self.apex) - zeros)
            return tuple(self.label() for _ in range(rng.randint(1, min(4, depth)))) + (b"0",) * zeros + self.apex
        base = rng.choice((self.apex, rng.choice(self.owners) if self.owners else self.apex))
        return self.below(base, 1, 3)


def odd_label(rng):
    """Octets that need escapes, labels of full length, asterisks that are not wildcards."""
    return rng.choice((
        lambda: bytes(rng.randrange(256) for _ in range(rng.randint(1, 5))),
        lambda: rng.choice((b"a.b", b"*a", b"a*", b"**", b"@", b"$x", b"a b", b"\"", b";", b"\\", b"(", b"\0", b"\xff", b"\xc0\x0c")),
        lambda: bytes(rng.choice(b"abcXYZ0189-") for _ in range(63)),
        lambda: rng.choice((b"xn--80ak6aa92e", b"-", b"_", b"A--b", b"0x1f", b"+1", b"1 ")),
    ))()
