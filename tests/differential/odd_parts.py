# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""The parts of odd messages; `kind` registers a function that makes one kind of them.

Such a function takes a Maker of odd_messages and gives the octets behind the id.
"""

import struct

import names
from queries import TYPES

KINDS = []


def kind(function):
    KINDS.append(function)
    return function


def body(flags=0, question=b"", records=b"", counts=(1, 0, 0, 0)):
    return struct.pack("!HHHHH", flags, *counts) + question + records


def opt(payload=1232, ttl=0, options=b"", owner=b"\0"):
    return owner + struct.pack("!HHIH", 41, payload, ttl, len(options)) + options


def record(owner=b"\xc0\x0c", rdtype=1, rdclass=1, ttl=60, rdata=b"\xc0\0\2\1"):
    return owner + struct.pack("!HHIH", rdtype, rdclass, ttl, len(rdata)) + rdata


def option(code, data=b""):
    return struct.pack("!HH", code, len(data)) + data


def with_opt(maker, **how):
    return body(maker.flags(), maker.question(), opt(**how), (1, 0, 0, 1))


def apex_question(maker, rdtype):
    return names.to_wire(maker.rng.choice(maker.queries.apexes)) + struct.pack("!HH", TYPES[rdtype], 1)
