# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Frames with queries, and checks of the replies to them."""

import ipaddress
import random
import struct
import time

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype

import frames
from replay_zone import SOA_MINIMUM, SOA_TTL

CLIENTS = {4: ipaddress.ip_network("198.18.0.0/16"), 6: ipaddress.ip_network("2001:2::/48")}  # RFC 6890
SERVER = {4: "198.19.0.53", 6: "2001:2:0:ffff::53"}
# Offsets of source address, destination address and ports in an untagged frame without IP options.
_FIELDS = {4: (slice(26, 30), slice(30, 34), slice(34, 36), slice(36, 38)),
           6: (slice(22, 38), slice(38, 54), slice(54, 56), slice(56, 58))}
# RFC 6891, section 6.1.2: the root, OPT, 1232 bytes, no flags, no options.
_OPT = struct.pack("!BHHIH", 0, 41, 1232, 0, 0)


def query_frames(family, names, edns, seed):
    """A PTR query for each name (text, with final dot), each from a different client and port."""
    chance = random.Random(seed)
    clients = 60000
    for number, name in enumerate(names):
        path = frames.Path(str(CLIENTS[family][1 + number % clients]), SERVER[family], source_port=1024 + number // clients)
        labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
        # RFC 1035, section 4.1.1: RD, one question.
        header = struct.pack("!HHHHHH", chance.randrange(65536), 0x0100, 1, 0, 0, 1 if edns else 0)
        yield frames.query_frame(path, header + labels + struct.pack("!HH", 12, 1) + (_OPT if edns else b"")).ljust(60, b"\0")


def with_cookies(plain, secret):
    """The same IPv4 queries with an OPT record that has a valid cookie (RFC 9018 4) of each client."""
    now = int(time.time())
    for frame in plain:
        query = frames.decode(frame)
        client_cookie = frame[26:34]  # any eight bytes; here addresses
        head = struct.pack("!BBHI", 1, 0, 0, now)
        cookie = client_cookie + head + siphash24(secret, client_cookie + head + frame[26:30])
        message = query.payload[:10] + b"\0\1" + query.payload[12:] + _OPT[:-2] + struct.pack("!HHH", 4 + len(cookie), 10, len(cookie)) + cookie
        yield frames.query_frame(query.path, message)


def siphash24(key, message):
    """SipHash-2-4, written here once more, so that it checks ptrd's."""
    mask = (1 << 64) - 1
    k0, k1 = struct.unpack("<QQ", key)
    v = [k0 ^ 0x736F6D6570736575, k1 ^ 0x646F72616E646F6D, k0 ^ 0x6C7967656E657261, k1 ^ 0x7465646279746573]

    def turn(x, n):
        return (x << n | x >> (64 - n)) & mask

    def rounds(count):
        for _ in range(count):
            v[0] = v[0] + v[1] & mask
            v[1] = turn(v[1], 13) ^ v[0]
            v[0] = turn(v[0], 32)
            v[2] = v[2] + v[3] & mask
            v[3] = turn(v[3], 16) ^ v[2]
            v[0] = v[0] + v[3] & mask
            v[3] = turn(v[3], 21) ^ v[0]
            v[2] = v[2] + v[1] & mask
            v[1] = turn(v[1], 17) ^ v[2]
            v[2] = turn(v[2], 32)

    whole = len(message) // 8 * 8
    words = [*struct.unpack(f"<{whole // 8}Q", message[:whole]),
             int.from_bytes(message[whole:].ljust(7, b"\0"), "little") | (len(message) & 255) << 56]
    for word in words:
        v[3] ^= word
        rounds(2)
        v[0] ^= word
    v[2] ^= 255
    rounds(4)
    return struct.pack("<Q", v[0] ^ v[1] ^ v[2] ^ v[3])


def wrong_replies(asked, captured, targets_of, most):
    """A sentence for each error in the captured frames; none if each query has the right reply.

    Each query must have its one reply; what the reply says is looked at for `most` of them. `targets_of`: names to
    those of them that exist, with TTL and target.
    """
    unanswered = {_from_whom(frame): frame for frame in asked}
    chosen = set(random.Random(1).sample(sorted(unanswered), min(most, len(unanswered))))
    queries = {client: dns.message.from_wire(frames.decode(unanswered[client]).payload) for client in chosen}
    targets = targets_of({query.question[0].name for query in queries.values()})
    wrong = []
    for frame in captured:
        client = _to_whom(frame)
        query_frame = unanswered.pop(client, None)
        if query_frame is None:
            wrong.append(f"a frame that nobody asked for: {frame.hex()}")
        elif client in chosen:
            query = queries[client]
            problems = _frame_problems(query_frame, frame, query, targets.get(query.question[0].name))
            if problems:
                wrong.append(f"{query.question[0].name}: {', '.join(problems)}")
    return wrong + [f"no reply to {frame.hex()}" for frame in unanswered.values()]


def _from_whom(frame):
    source, _, port, _ = _FIELDS[4 if len(frame) > 14 and frame[12:14] == b"\x08\x00" else 6]
    return frame[source] + frame[port]


def _to_whom(frame):
    _, destination, _, port = _FIELDS[4 if len(frame) > 14 and frame[12:14] == b"\x08\x00" else 6]
    return frame[destination] + frame[port]


def _frame_problems(query_frame, frame, query, target):
    decoded = frames.decode(frame)
    if decoded is None:
        return ["no UDP"]
    problems = list(decoded.problems)
    if decoded.path != frames.decode(query_frame).path.reversed():
        problems.append(f"addresses {decoded.path}")
    return problems + _message_problems(query, decoded.payload, target)


def _message_problems(query, wire, target):
    try:
        reply = dns.message.from_wire(wire)
    except dns.exception.DNSException as error:
        return [f"not DNS: {error}"]
    problems = []

    def compare(what, got, wanted):
        if got != wanted:
            problems.append(f"{what} {got} instead of {wanted}")

    plain = query.to_wire()[12:12 + len(query.question[0].name.to_wire()) + 4]
    compare("id", reply.id, query.id)
    compare("question", wire[12:12 + len(plain)], plain)
    compare("flags", dns.flags.to_text(reply.flags), "QR AA RD")
    compare("EDNS version", reply.edns, query.edns)
    compare("rcode", reply.rcode(), dns.rcode.NXDOMAIN if target is None else dns.rcode.NOERROR)
    answers = [(r.name, r.rdtype, r.ttl, rdata.target) for r in reply.answer for rdata in r
               if r.rdtype == dns.rdatatype.PTR]
    authority = [(r.rdtype, r.ttl) for r in reply.authority]
    if target is None:
        compare("answer", reply.answer, [])
        # RFC 2308, section 3
        compare("authority", authority, [(dns.rdatatype.SOA, min(SOA_TTL, SOA_MINIMUM))])
    else:
        compare("answer", answers, [(query.question[0].name, dns.rdatatype.PTR, *target)])
        compare("authority", authority, [])
    return problems
