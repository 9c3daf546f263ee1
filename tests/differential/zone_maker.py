# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Sets of zones: their apexes, nesting, and contents."""

import features
import names
import zones
from builder import Builder, Everywhere


def make(rng, all_delegated=False):
    """A zone set, and the names that its records point to; `all_delegated`: without zones that the zone above does not delegate."""
    everywhere = Everywhere()
    builders = [Builder(rng, apex, family, everywhere) for apex, family in _apexes(rng)]
    context = features.Context(rng, builders)
    for builder in builders:
        features.apex(context, builder)
    for builder in builders:
        if rng.random() < 0.1 and _apex_dname(context, builder):
            continue
        chosen = rng.choices(list(features.WEIGHTS), list(features.WEIGHTS.values()), k=rng.choice((0, 3, 6, 10, 16)))
        for feature in chosen:
            feature(context, builder)
    for child in builders:
        parent = _parent(child, builders)
        if parent is not None and (all_delegated or rng.random() < 0.7):
            features.delegate(context, parent, child.apex)
    if all_delegated:
        builders = _delegated(builders)
    return zones.ZoneSet(tuple(builder.zone() for builder in builders)), context.targets


def _apex_dname(context, builder):
    """RFC 6672 2.3: a zone that consists only of an apex with a DNAME."""
    return builder.add(builder.apex, "DNAME", context.text(builder))


def _delegated(builders):
    kept = []
    for builder in sorted(builders, key=lambda builder: len(builder.apex)):
        parent = _parent(builder, kept)
        if parent is None or "NS" in parent.types_at(builder.apex):
            kept.append(builder)
    return kept


def _parent(child, builders):
    above = [builder for builder in builders if names.is_below(child.apex, builder.apex)]
    return max(above, key=lambda builder: len(builder.apex), default=None)


def _apexes(rng):
    """10 to 14 apexes in families, nested and side by side."""
    found = _v4(rng) + _v6(rng) + _forward(rng)
    if rng.random() < 0.3:
        found += _v4(rng)
    rare = [("arpa", "forward"), ("in-addr.arpa", "v4"), ("ip6.arpa", "v6"), ("", "forward"), ("com", "forward")]
    found += [(names.name(text), family) for text, family in rare if rng.random() < 0.12]
    unique = list(dict(found).items())
    rng.shuffle(unique)
    return unique[:rng.randint(10, 14)]


def _v4(rng):
    first = rng.choice(("10", "192", "198", "1", "172"))
    eight = names.name(f"{first}.in-addr.arpa")
    sixteen = (rng.choice((b"0", b"2", b"168")),) + eight
    net = (rng.choice((b"0", b"1", b"2", b"100")),) + sixteen
    found = [eight, sixteen, net, (b"7",) + sixteen, (b"3", b"4") + eight]
    found.append((rng.choice((b"0-63", b"0/26", b"64/26")),) + net)
    found.append((rng.choice((b"5", b"005", b"256", b"_x")),) + net)
    rng.shuffle(found)
    return [(apex, "v4") for apex in found[:rng.randint(4, 6)]]


def _v6(rng):
    block = names.name("8.b.d.0.1.0.0.2.ip6.arpa")
    site = (rng.choice((b"0", b"a")),) * 4 + block
    subnet = (b"0",) * 3 + (rng.choice((b"1", b"f")),) + site
    deep = (b"0",) * 8 + subnet
    found = [block, site, subnet, deep, (b"1",) + block]
    rng.shuffle(found)
    return [(apex, "v6") for apex in found[:rng.randint(2, 4)]]


def _forward(rng):
    found = ["example", "sub.example", "deep.down.sub.example", "test", "example.net", "xn--zckzah", "other.example", "b.test"]
    rng.shuffle(found)
    return [(names.name(text), "forward") for text in found[:rng.randint(3, 5)]]
