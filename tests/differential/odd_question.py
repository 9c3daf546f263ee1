# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Odd questions: names that end nowhere or point anywhere, trailing junk; classes and types without data."""

import struct

import names
from odd_parts import apex_question, body, kind, opt, option, record


@kind
def junk_behind(maker):
    return body(maker.flags(), maker.question(), bytes(maker.rng.randrange(256) for _ in range(maker.rng.randint(1, 20))))


@kind
def zeros_behind(maker):
    return body(maker.flags(), maker.question(), bytes(maker.rng.randint(1, 20)))


@kind
def junk_behind_opt(maker):
    return body(maker.flags(), maker.question(), opt() + b"junk", (1, 0, 0, 1))


@kind
def header_only(maker):
    return body(maker.flags())


@kind
def cut_question(maker):
    question = maker.question()
    return body(maker.flags(), question[:maker.rng.randrange(len(question))])


@kind
def label_beyond_end(maker):
    return body(maker.flags(), b"\1a\x3fbcd")


@kind
def long_label(maker):
    """The label types 01 and 10 (RFC 6891 5 obsoletes the one that was)."""
    return body(maker.flags(), maker.rng.choice((b"\x40", b"\x41\1", b"\x80", b"\x7f")) + b"a" * 70 + b"\0\0\1\0\1")


@kind
def long_name(maker):
    return body(maker.flags(), b"\x3f" + b"a" * 63 + (b"\x3f" + b"b" * 63) * 3 + b"\0\0\1\0\1")


@kind
def pointer_to_itself(maker):
    return body(maker.flags(), b"\xc0\x0c\0\1\0\1")


@kind
def pointer_into_header(maker):
    return body(maker.flags(), maker.rng.choice((b"\xc0\4", b"\xc0\0", b"\1a\xc0\5")) + b"\0\1\0\1")


@kind
def pointer_forward(maker):
    return body(maker.flags(), b"\xc0\x12\0\1\0\1\7example\0")


@kind
def pointer_in_a_loop(maker):
    return body(maker.flags(), b"\1a\xc0\x0c\0\1\0\1")


@kind
def chaos(maker):
    name = maker.rng.choice(("version.bind", "version.server", "id.server", "hostname.bind", "authors.bind", "VERSION.BIND"))
    return body(maker.flags(), names.to_wire(names.name(name)) + struct.pack("!HH", maker.rng.choice((16, 16, 16, 255, 1)), 3))


@kind
def chaos_opt(maker):
    name = maker.rng.choice(("version.bind", "id.server"))
    return body(maker.flags(), names.to_wire(names.name(name)) + b"\0\x10\0\3", opt(), (1, 0, 0, 1))


@kind
def other_class(maker):
    return body(maker.flags(), maker.question()[:-2] + struct.pack("!H", maker.rng.choice((0, 2, 3, 4, 254, 65535))))


@kind
def axfr(maker):
    return body(maker.flags(), apex_question(maker, "AXFR"))


@kind
def ixfr(maker):
    rdata = names.to_wire(names.name("a.b")) * 2 + bytes(20)
    return body(maker.flags(), apex_question(maker, "IXFR"), record(rdtype=6, rdata=rdata), (1, 0, 1, 0))


@kind
def ixfr_bare(maker):
    return body(maker.flags(), apex_question(maker, "IXFR"))


@kind
def random(maker):
    return bytes(maker.rng.randrange(256) for _ in range(maker.rng.randint(0, 60)))


@kind
def mutated(maker):
    """A query with EDNS, some octets changed."""
    data = bytearray(body(maker.flags(), maker.question(), opt(options=option(65001, b"ab")), (1, 0, 0, 1)))
    for _ in range(maker.rng.randint(1, 3)):
        data[maker.rng.randrange(len(data))] = maker.rng.randrange(256)
    return bytes(data)
