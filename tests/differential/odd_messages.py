# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Messages that are not plain queries: malformed, of another opcode, with unusual EDNS, with records where none belong."""

import dataclasses
import struct

import names
import odd_edns  # noqa: F401, the kinds register themselves
import odd_header  # noqa: F401
import odd_question  # noqa: F401
from odd_parts import KINDS
from servers import UDP_PAYLOAD


@dataclasses.dataclass(frozen=True)
class Odd:
    kind: str
    message: bytes
    limit: int  # octets that the reply may have

    may_be_silent = True
    in_class_any = False
    is_any = False

    def wire(self):
        return self.message

    def dig(self):
        return f"{self.kind}: echo {self.message.hex()} | xxd -r -p | nc -u -w1 127.0.0.1 PORT | xxd"


class Maker:
    """`queries`: a queries.Maker for the zone set; the odd messages are about the same names."""

    def __init__(self, rng, queries):
        self.rng = rng
        self.queries = queries

    def make(self):
        make = self.rng.choice(KINDS)
        number = self.rng.randrange(1 << 16).to_bytes(2, "big")
        behind_id = make(self)
        limit = UDP_PAYLOAD if b"\0\0\x29" in behind_id else 512
        return Odd(make.__name__, number + behind_id, limit)

    def question(self, rdtype=None):
        query = self.queries.make_plain()
        return names.to_wire(query.name) + struct.pack("!HH", query.rdtype if rdtype is None else rdtype, 1)

    def flags(self):
        return self.rng.choice((0, 0, 0x0100, 0x0120, 0x0010))
