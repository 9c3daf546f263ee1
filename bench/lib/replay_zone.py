# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""A made-up access provider's zone, queries about it, and what the right replies are."""

import dataclasses
import ipaddress
import random

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype

import frames

# 250 hosts in each /24 of 10.0.0.0/8; 4096 customers in each of 65536 /48.
MOST_RECORDS = 65536 * 250
SOA_TTL, SOA_MINIMUM, OTHER_TTL = 3600, 900, 7200
CLIENTS = {4: ipaddress.ip_network("198.18.0.0/16"), 6: ipaddress.ip_network("2001:2::/48")}  # RFC 6890
SERVER = {4: "198.19.0.53", 6: "2001:2:0:ffff::53"}


def address(family, number):
    """Of record `number`."""
    if family == 4:
        return ipaddress.IPv4Address(0x0A000001 + number // 250 * 256 + number % 250)
    return ipaddress.IPv6Address(0x20010DB8 << 96 | number >> 12 << 80 | (number & 0xFFF) << 68 | 1)


def gap(family, number):
    """An address near that of record `number` that has no record."""
    if family == 4:
        return ipaddress.IPv4Address(int(address(4, number)) & ~0xFF | 251 + number % 5)
    return address(6, number) + 1 + number % 1000


def apex(family):
    return "10.in-addr.arpa." if family == 4 else "8.b.d.0.1.0.0.2.ip6.arpa."


def write_zone(path, family, records, seed):
    """Most targets have the address in them, one in 16 is a name of its own; TTLs differ."""
    chance = random.Random(seed)
    with open(path, "w") as file:
        file.write(f"$ORIGIN {apex(family)}\n"
                   f"@ {SOA_TTL} IN SOA ns1.isp.example. hostmaster.isp.example. 1 7200 3600 1209600 {SOA_MINIMUM}\n"
                   f"@ {SOA_TTL} IN NS ns1.isp.example.\n")
        for number in range(records):
            where = address(family, number)
            owner = where.reverse_pointer.removesuffix("." + apex(family)[:-1])
            if chance.random() < 1 / 16:
                file.write(f"{owner} {OTHER_TTL} IN PTR mail{chance.randrange(4)}.firm-{chance.randrange(10**9)}.example.\n")
            else:
                start = str(where).replace(".", "-").replace("::", "-").replace(":", "-")
                file.write(f"{owner} {SOA_TTL} IN PTR {start}.dyn.region{number // 256 % 64:02}.isp.example.\n")


@dataclasses.dataclass
class Asked:
    path: frames.Path
    message: dns.message.Message

    @property
    def name(self):
        return self.message.question[0].name

    def frame(self):
        return frames.query_frame(self.path, self.message.to_wire()).ljust(60, b"\0")


def make_queries(family, records, count, miss, edns, seed):
    """`count` queries about random records, a share of `miss` about gaps; no two from the same client and port."""
    chance = random.Random(seed + 1)
    misses = set(chance.sample(range(count), round(miss * count)))
    asked = {}
    while len(asked) < count:
        number = chance.randrange(records)
        where = (gap if len(asked) in misses else address)(family, number)
        query = dns.message.make_query(where.reverse_pointer + ".", dns.rdatatype.PTR, id=chance.randrange(65536),
                                       use_edns=0 if edns else False, payload=1232 if edns else None)
        clients = CLIENTS[family]
        path = frames.Path(str(clients[chance.randrange(1, clients.num_addresses - 1)]), SERVER[family],
                           source_port=chance.randrange(1024, 65536))
        asked[path.source, path.source_port] = Asked(path, query)
    return asked


def read_targets(path, names):
    """TTL and target of those of `names` (dns.name.Name) that the zone text has."""
    wanted = {name.to_text(): name for name in names}
    targets, origin = {}, ""
    with open(path) as file:
        for line in file:
            fields = line.split()
            if fields[0] == "$ORIGIN":
                origin = "." + fields[1]
            elif fields[3] == "PTR" and (name := wanted.get(fields[0] + origin)):
                targets[name] = int(fields[1]), dns.name.from_text(fields[4])
    return targets


def wrong_replies(asked, captured, zone_path):
    """A sentence for each thing that is wrong with the captured frames; none when each query has its right reply."""
    targets = read_targets(zone_path, {query.name for query in asked.values()})
    unanswered = dict(asked)
    wrong = []
    for frame in captured:
        decoded = frames.decode(frame)
        query = decoded and unanswered.pop((decoded.path.destination, decoded.path.destination_port), None)
        if query is None:
            wrong.append(f"a frame that nobody asked for: {frame.hex()}")
            continue
        problems = list(decoded.problems)
        if decoded.path != query.path.reversed():
            problems.append(f"addresses {decoded.path}")
        problems += _message_problems(query.message, decoded.payload, targets.get(query.name))
        if problems:
            wrong.append(f"{query.name}: {', '.join(problems)}")
    return wrong + [f"{query.name}: no reply" for query in unanswered.values()]


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
