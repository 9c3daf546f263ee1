# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""The contents of zones: each function adds one difficult case to one zone."""

import names
import rdata

_OUTSIDE = ("host.elsewhere.invalid", "ns1.provider.invalid", "a.b.c.d.invalid", "nowhere", "9.9.9.9.in-addr.arpa")


class Context:
    """The zones of a set under construction, so that one can point into another."""

    def __init__(self, rng, builders):
        self.rng = rng
        self.builders = builders
        self.targets = []  # names that some record points to: worth querying

    def name(self, builder):
        """A target name: existing or not, in this zone, another, or none."""
        rng = self.rng
        kind = rng.random()
        if kind < 0.12:
            found = names.name(rng.choice(_OUTSIDE))
        else:
            zone = builder if kind < 0.65 else rng.choice(self.builders)
            found = self._name_in(zone)
        if rng.random() < 0.1:
            found = names.random_case(rng, found)
        self.targets.append(found)
        return found

    def _name_in(self, zone):
        rng = self.rng
        kind = rng.random()
        if kind < 0.6 and zone.owners:
            found = rng.choice(zone.owners)
        elif kind < 0.7 and zone.cuts:
            found = zone.below(rng.choice(zone.cuts))
        elif kind < 0.75:
            found = zone.apex
        else:
            found = zone.fresh()
        if found[:1] == (b"*",):  # more often a name covered by a wildcard than the wildcard itself
            found = rng.choice((found, zone.below(found[1:])))
        if rng.random() < 0.1:
            found = zone.below(found)
        return found if names.is_valid(found) else zone.apex

    def text(self, builder):
        return names.to_text(self.name(builder))

    def records(self, builder, rdtype, count=1):
        return [rdata.make(self.rng, rdtype, lambda: self.text(builder)) for _ in range(count)]


def apex(context, builder):
    """SOA and NS, the name servers in this zone, in another one, or outside all; and other data at an apex."""
    rng = context.rng
    numbers = f"{rng.randrange(1 << 32)} 7200 3600 1209600 {rng.choice((0, 60, 300, 3600, 86400, 0x7FFFFFFF))}"
    mailbox = rng.choice((names.name("hostmaster.example"), names.name("Host-Master.a.test"), (b"hostmaster",) + builder.apex))
    if not all(label.isalnum() for label in builder.apex) or not builder.apex:
        mailbox = names.name("hostmaster.example")  # ptrzone rejects a mailbox at 0/26
    builder.add(builder.apex, "SOA", f"{context.text(builder)} {names.to_text(mailbox)} {numbers}")
    for _ in range(rng.randint(1, 3)):
        where = rng.random()
        if where < 0.6:
            server = (rng.choice((b"ns", b"ns1", b"NS2", b"a")),) + builder.apex
        elif where < 0.8:
            server = (b"ns",) + rng.choice(context.builders).apex
        else:
            server = names.name(rng.choice(_OUTSIDE))
        if names.is_at_or_below(server, builder.apex):  # BIND wants an address for a name server in the zone
            addresses(context, builder, server)
        context.targets.append(server)
        builder.add(builder.apex, "NS", names.to_text(server))


def apex_extra(context, builder):
    for rdtype in context.rng.sample(("MX", "TXT", "A", "AAAA", "CAA", "SRV", "RP", "TYPE65280"), context.rng.randint(1, 4)):
        builder.add(builder.apex, rdtype, *context.records(builder, rdtype, context.rng.randint(1, 3)))


def addresses(context, builder, owner):
    rng = context.rng
    if rng.random() < 0.8:
        builder.add(owner, "A", *sorted({rdata.a(rng) for _ in range(rng.randint(1, 2))}))
    if rng.random() < 0.4 or not builder.types_at(owner):
        builder.add(owner, "AAAA", rdata.aaaa(rng))


def hosts(context, builder):
    """Plain data: PTR sets in reverse zones, addresses elsewhere."""
    rng = context.rng
    for _ in range(rng.randint(2, 8)):
        owner = builder.fresh()
        if builder.family == "forward":
            addresses(context, builder, owner)
        else:
            builder.add(owner, "PTR", *context.records(builder, "PTR", rng.choice((1, 1, 1, 2, 4))))
        if rng.random() < 0.15:
            builder.add(owner, "TXT", *context.records(builder, "TXT"))


def mixed_types(context, builder):
    rng = context.rng
    for _ in range(rng.randint(1, 3)):
        owner = builder.fresh()
        for rdtype in rng.sample(rdata.PLAIN_TYPES, rng.randint(1, 4)):
            builder.add(owner, rdtype, *context.records(builder, rdtype, rng.randint(1, 3)))


def empty_non_terminals(context, builder):
    """A record many labels below the next one above it."""
    rdtype = context.rng.choice(("TXT", "TXT", "PTR", "CNAME", "TYPE1234"))
    records = [context.text(builder)] if rdtype == "CNAME" else context.records(builder, rdtype)
    builder.add(builder.below(builder.fresh(), 2, 12), rdtype, *records)


def wildcard(context, builder):
    """A wildcard; names that block it: with data, as empty non-terminals, below it; wildcards below those."""
    rng = context.rng
    base = rng.choice((builder.apex, builder.fresh(), builder.below(builder.fresh())))
    star = (b"*",) + base
    if rng.random() < 0.25:
        builder.add(star, "CNAME", context.text(builder))
    else:
        for rdtype in rng.sample(rdata.PLAIN_TYPES, rng.randint(1, 2)):
            builder.add(star, rdtype, *context.records(builder, rdtype, rng.randint(1, 2)))
    if rng.random() < 0.4:
        builder.add(builder.below(base, 1, 2), "TXT", *context.records(builder, "TXT"))
    if rng.random() < 0.3:
        builder.add(builder.below(builder.below(base), 1, 2), "PTR", context.text(builder))
    if rng.random() < 0.3:
        builder.add((b"*",) + builder.below(base), "A", rdata.a(rng))
    if rng.random() < 0.2:
        builder.add(builder.below(star), "TXT", *context.records(builder, "TXT"))
    if rng.random() < 0.2:
        builder.add((b"*",) + star, "TXT", *context.records(builder, "TXT"))


def cut(context, builder):
    """A delegation, its name servers in every place they can be, and data that it hides."""
    owner = builder.fresh()
    if names.lower(owner) == names.lower(builder.apex):
        return
    delegate(context, builder, owner)


def delegate(context, builder, owner):
    rng = context.rng
    for _ in range(rng.choice((1, 1, 2, 2, 3, 6))):
        server = _name_server(context, builder, owner)
        context.targets.append(server)
        if not builder.add(owner, "NS", names.to_text(server)):
            return
    if rng.random() < 0.3:
        builder.add(owner, "DS", *context.records(builder, "DS", rng.randint(1, 2)))
    if rng.random() < 0.15:
        addresses(context, builder, owner)
    if rng.random() < 0.3:
        hide(context, builder, owner)


def _name_server(context, builder, owner):
    rng = context.rng
    kind = rng.random()
    if kind < 0.35:  # below the cut, mostly with glue
        server = builder.below((b"ns",) + owner, 0, 1)
    elif kind < 0.45:  # at the cut itself
        server = owner
    elif kind < 0.6 and builder.cuts:  # glue below another cut of the zone
        server = builder.below((b"ns",) + rng.choice(builder.cuts), 0, 1)
    elif kind < 0.7:  # in the zone, not below a cut
        server = (b"ns",) + builder.apex
    else:
        return context.name(builder)
    if not names.is_valid(server):
        return owner
    if rng.random() < 0.8:
        addresses(context, builder, server)
    return server


def hide(context, builder, owner):
    """Data below a cut, which no query sees."""
    rng = context.rng
    for _ in range(rng.randint(1, 3)):
        hidden = builder.below(owner, 1, 3)
        rdtype = rng.choice(("TXT", "A", "AAAA", "PTR", "CNAME", "NS", "DNAME", "DS"))
        if rng.random() < 0.2 and rdtype not in ("NS", "DNAME", "DS"):
            hidden = (b"*",) + hidden[1:]
        alias = rdtype in ("NS", "CNAME", "DNAME")
        builder.add(hidden, rdtype, *([context.text(builder)] if alias else context.records(builder, rdtype)))


def cname(context, builder):
    """One alias, or a chain with any kind of end."""
    rng = context.rng
    owner = builder.fresh()
    for _ in range(rng.choice((1, 1, 1, 2, 3, 5))):
        target = context.name(builder)
        builder.add(owner, "CNAME", names.to_text(target))
        if not names.is_at_or_below(target, builder.apex):
            return
        owner = target


def cname_loop(context, builder):
    rng = context.rng
    ring = [builder.fresh() for _ in range(rng.randint(1, 4))]
    zones = [builder] + [rng.choice((builder, builder, rng.choice(context.builders))) for _ in ring[1:]]
    ring = [zone.fresh() if zone is not builder else owner for zone, owner in zip(zones, ring)]
    for index, (zone, owner) in enumerate(zip(zones, ring)):
        zone.add(owner, "CNAME", names.to_text(ring[(index + 1) % len(ring)]))


def cname_long_chain(context, builder):
    """Around and beyond the lengths at which servers give up."""
    base = builder.below(builder.apex)
    length = context.rng.choice((8, 10, 11, 12, 15, 16, 17, 18, 20, 21, 25))
    for index in range(length):
        builder.add((f"n{index}".encode(),) + base, "CNAME", names.to_text((f"n{index + 1}".encode(),) + base))
    builder.add((f"n{length}".encode(),) + base, "TXT", *context.records(builder, "TXT"))


def dname(context, builder):
    """A renamed subtree: into this zone, another one or none, into another DNAME, into itself, too long."""
    rng = context.rng
    owner = builder.below(builder.apex, 1, 2)
    kind = rng.random()
    if kind < 0.15:
        target = names.name("moved.elsewhere.invalid")
    elif kind < 0.25:
        target = tuple(b"l" * 40 for _ in range(4)) + builder.apex[-2:]
    elif kind < 0.3:
        target = ()
    elif kind < 0.4:
        target = builder.below(owner)
    elif kind < 0.5:
        target = rng.choice(context.builders).apex
    elif kind < 0.6:
        target = builder.below(builder.apex)
    else:
        target = context.name(builder)
        target = rng.choice((target, target[1:]))
    if not names.is_valid(target) or not builder.add(owner, "DNAME", names.to_text(target)):
        return
    context.targets += [builder.below(owner), builder.below(owner, 1, 3)]
    if names.is_at_or_below(target, builder.apex):
        kept = rng.choice(("A", "TXT", "PTR"))
        builder.add(builder.below(target), kept, *context.records(builder, kept))
    if rng.random() < 0.3:
        builder.add(owner, "TXT", *context.records(builder, "TXT"))
    if rng.random() < 0.4:
        builder.add(builder.fresh(), "CNAME", names.to_text(builder.below(owner, 1, 2)))


def classless(context, builder):
    """RFC 2317: one CNAME per address into a range's name, which is a zone, a cut, or plain names here."""
    rng = context.rng
    net = builder.apex if len(builder.apex) >= 5 else builder.below(builder.apex, 5 - len(builder.apex), 5 - len(builder.apex))
    child = rng.choice((b"0-63", b"0/26", b"64-127", b"64/26", b"user1")) if rng.random() < 0.8 else b"128-191"
    base = (child,) + net
    kind = rng.random()
    if kind < 0.5:
        delegate(context, builder, base)
    elif kind < 0.6:
        base = names.name("range.customer.invalid")
    for octet in rng.sample(range(64), rng.randint(2, 6)):
        label = str(octet).encode()
        builder.add((label,) + net, "CNAME", names.to_text((label,) + base))
        if kind >= 0.6 and rng.random() < 0.7:
            builder.add((label,) + base, "PTR", context.text(builder))


def big_set(context, builder):
    """RRsets around the sizes at which they no longer fit in a reply."""
    rng = context.rng
    owner = builder.fresh()
    rdtype, count = rng.choice((("TXT", 8), ("TXT", 30), ("A", 28), ("A", 80), ("PTR", 15), ("PTR", 60), ("MX", 20),
                                ("SRV", 15), ("AAAA", 40), ("TLSA", 9), ("TLSA", 28), ("NS", 14), ("NS", 40)))
    if rdtype == "NS":
        for index in range(count):
            server = (f"ns{index}".encode(),) + rng.choice((owner, builder.apex))
            if not names.is_valid(server):
                return
            builder.add(owner, "NS", names.to_text(server))
            builder.add(server, "A", rdata.a(rng))
        return
    builder.add(owner, rdtype, *context.records(builder, rdtype, count))


def long_name(context, builder):
    """Owners and targets of 250 octets and more, 255 included."""
    rng = context.rng
    owner = longest(rng, builder.below(builder.apex), rng.choice((250, 254, 255)))
    builder.add(owner, "TXT", *context.records(builder, "TXT"))
    builder.add(builder.fresh(), "CNAME", names.to_text(owner))
    context.targets.append(owner)


def longest(rng, base, octets):
    """`base` with labels prepended until the name has about that many octets."""
    while octets - names.size(base) >= 2:
        room = octets - names.size(base) - 1
        label = min(63, room)
        if room - label == 1:
            label -= 1
        base = (bytes(rng.choice(b"abcdefxyz0123") for _ in range(label)),) + base
    return base


def many_labels(context, builder):
    """127 labels: as many as a name can have."""
    base = builder.apex
    while names.size(base) + 2 <= 255:
        base = (context.rng.choice((b"1", b"0")),) + base
    builder.add(base[context.rng.randint(0, 3):], "TXT", *context.records(builder, "TXT"))


def services(context, builder):
    rng = context.rng
    base = builder.below(builder.apex)
    builder.add((b"_sip", b"_udp") + base, "SRV", *context.records(builder, "SRV", rng.randint(1, 4)))
    builder.add(base, "MX", *context.records(builder, "MX", rng.randint(1, 4)))
    builder.add(base, "NAPTR", *context.records(builder, "NAPTR", 2))


# The frequency of each.
WEIGHTS = {hosts: 8, mixed_types: 5, empty_non_terminals: 3, wildcard: 6, cut: 6, cname: 5, cname_loop: 2, cname_long_chain: 1,
           dname: 5, classless: 2, big_set: 2, long_name: 1, many_labels: 1, services: 2, apex_extra: 3}
