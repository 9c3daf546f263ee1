# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Replies in a normal form that can be compared: dnspython is correct, but too slow for hundreds of thousands of them."""

import struct

_HEADER = struct.Struct("!HHHHHH")
_FIXED = struct.Struct("!HHIH")

QR, AA, TC, RD, RA, Z, AD, CD = 0x8000, 0x0400, 0x0200, 0x0100, 0x0080, 0x0040, 0x0020, 0x0010
FLAGS = {"qr": QR, "aa": AA, "tc": TC, "rd": RD, "ra": RA, "z": Z, "ad": AD, "cd": CD}
OPT, NAPTR, RRSIG = 41, 35, 46
_MAX_JUMPS = 127  # no name has more labels

# Type: octets before the first name, names. The first are those of RFC 1035, whose names alone may be compressed (RFC 3597 4).
_COMPRESSIBLE = {2: (0, 1), 3: (0, 1), 4: (0, 1), 5: (0, 1), 6: (0, 2), 7: (0, 1), 8: (0, 1), 9: (0, 1), 12: (0, 1),
                 14: (0, 2), 15: (2, 1)}
_NAMES = {**_COMPRESSIBLE, 17: (0, 2), 18: (2, 1), 21: (2, 1), 23: (0, 1), 26: (2, 2), 33: (6, 1), 36: (2, 1), 39: (0, 1)}


class Malformed(Exception):
    """The message is malformed; says where."""


class Reply:
    """A message, its names in lower case and without compression, each section a sorted tuple of records, each once.

    A record is (owner, type, class, TTL, RDATA); `edns` is (version, flags, UDP payload) or None, and `options` the codes of
    its options. `rcode` includes the OPT record's part. `question` is the section as it came, octet for octet.
    """

    __slots__ = ("size", "opcode", "rcode", "flags", "question", "answer", "authority", "additional", "edns", "options",
                 "rule_breaks")

    def __init__(self, message, names=None):
        self.size = len(message)
        self.rule_breaks = []
        try:
            self._read(message, {} if names is None else names)
        except (struct.error, IndexError) as error:
            raise Malformed(f"{error} in {message.hex()}") from error

    def _read(self, message, names):
        _, flags, questions, answers, authorities, additionals = _HEADER.unpack_from(message)
        self.opcode = flags >> 11 & 15
        self.rcode = flags & 15
        self.flags = flags & 0x87F0
        self.edns, self.options = None, ()
        at = 12
        for _ in range(questions):
            at = _read_name(message, at, names)[1] + 4
        self.question = message[12:at]
        if at > len(message):
            raise Malformed("question beyond the end")
        self.answer, at = self._section(message, at, answers, names)
        self.authority, at = self._section(message, at, authorities, names)
        self.additional, at = self._section(message, at, additionals, names)
        if at != len(message):
            self.rule_breaks.append(f"{len(message) - at} octets behind the last record")

    def _section(self, message, at, count, names):
        records = []
        for _ in range(count):
            owner, at = _read_name(message, at, names)
            rdtype, rdclass, ttl, length = _FIXED.unpack_from(message, at)
            at += 10
            end = at + length
            if end > len(message):
                raise Malformed("RDATA beyond the end")
            if rdtype == OPT:
                self._take_opt(owner, rdclass, ttl, message[at:end])
            else:
                records.append((owner, rdtype, rdclass, ttl, self._rdata(message, rdtype, at, end, names)))
            at = end
        different = sorted(set(records))
        if len(different) < len(records):
            self.rule_breaks.append("a record twice in one section")
        return tuple(different), at

    def _take_opt(self, owner, rdclass, ttl, rdata):
        if self.edns is not None or owner != b"\0":
            self.rule_breaks.append("a second OPT, or one not at the root")
        self.rcode |= ttl >> 24 << 4
        self.edns = (ttl >> 16 & 255, ttl & 0xFFFF, rdclass)
        options = []
        at = 0
        while at < len(rdata):
            code, length = struct.unpack_from("!HH", rdata, at)
            options.append(code)
            at += 4 + length
        self.options = tuple(options)

    def _rdata(self, message, rdtype, at, end, names):
        layout = _NAMES.get(rdtype)
        if layout is None:
            return self._naptr(message, at, end, names) if rdtype == NAPTR else message[at:end]
        before, count = layout
        parts = [message[at:at + before]]
        at += before
        for _ in range(count):
            name, behind = _read_name(message, at, names)
            if behind - at != len(name) and rdtype not in _COMPRESSIBLE:
                self.rule_breaks.append(f"compressed name in RDATA of type {rdtype} (RFC 3597 4)")
            parts.append(name)
            at = behind
        if at > end:
            raise Malformed("name beyond its RDATA")
        parts.append(message[at:end])
        return b"".join(parts)

    def _naptr(self, message, at, end, names):
        start = at
        at += 4
        for _ in range(3):
            at += message[at] + 1
        name, behind = _read_name(message, at, names)
        if behind - at != len(name):
            self.rule_breaks.append("compressed name in NAPTR (RFC 3597 4)")
        if behind != end:
            raise Malformed("NAPTR ends elsewhere than its RDATA")
        return message[start:at] + name

    @property
    def truncated(self):
        return bool(self.flags & TC)


def type_covered(record):
    """The record's type; a signature's is that of the set that it covers."""
    return int.from_bytes(record[4][:2], "big") if record[1] == RRSIG else record[1]


def set_of(record):
    """What records of one RRset have in common; the signatures over one other set are an RRset of their own."""
    return record[0], record[1], type_covered(record)


def name_and_above(name):
    """A name in wire form and those above it, the root last."""
    while True:
        yield name
        if name == b"\0":
            return
        name = name[name[0] + 1:]


def names_in(message):
    """All names in a message, as tuples of labels in lower case; as far as it can be parsed."""
    names = {}
    try:
        Reply(message or b"", names)
    except Malformed:
        pass
    return {_labels(name) for name, _ in names.values()}


def _labels(wire):
    labels = []
    while wire[0]:
        labels.append(wire[1:wire[0] + 1])
        wire = wire[wire[0] + 1:]
    return tuple(labels)


def _read_name(message, at, names, jumps=0):
    """The name in lower case, and the offset after it. `names`: names parsed before, by their offset."""
    known = names.get(at)
    if known is not None:
        return known
    labels = []
    cursor = at
    while True:
        length = message[cursor]
        if length == 0:
            labels.append(b"\0")
            behind = cursor + 1
            break
        if length >= 0xC0:
            target = (length & 0x3F) << 8 | message[cursor + 1]
            if target >= at or jumps == _MAX_JUMPS:
                raise Malformed("pointer forward, or too many of them")
            labels.append(_read_name(message, target, names, jumps + 1)[0])
            behind = cursor + 2
            break
        if length > 63:
            raise Malformed("label type")
        cursor += 1 + length
        labels.append(message[cursor - length - 1:cursor].lower())
    known = names[at] = (b"".join(labels), behind)
    if len(known[0]) > 255:
        raise Malformed("name too long")
    return known
