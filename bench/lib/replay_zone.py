# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Zones for a replay, names to query, and the right answers."""

import glob
import ipaddress
import os
import random

import dns.name

import isp

# 250 hosts in each /24 of 10.0.0.0/8; 4096 customers in each of 65536 /48.
MOST_RECORDS = 65536 * 250
# The same as in isp_zones.
SOA_TTL, SOA_MINIMUM, OTHER_TTL = 3600, 900, 7200


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


def make(folder, family, records, seed, count, miss):
    """One zone in `folder`; returns `count` names to query, in random order, a share `miss` of which does not exist. All
    are different if there are that many records."""
    os.makedirs(folder, exist_ok=True)
    write_zone(os.path.join(folder, f"{apex(family)}zone"), family, records, seed)
    chance = random.Random(seed + 1)
    numbers = chance.sample(range(records), count) if count <= records else [chance.randrange(records) for _ in range(count)]
    misses = set(chance.sample(range(count), round(miss * count)))
    return [(gap if i in misses else address)(family, number).reverse_pointer + "." for i, number in enumerate(numbers)]


def make_isp(folder, family, records, seed, count, miss):
    """The same for an access provider's mix of names (isp_zones)."""
    questions = f"{folder}.questions"
    isp.zones(os.path.dirname(folder), records, str(family), seed, questions=questions, count=count, hits=1 - miss)
    with open(questions) as file:
        return [line.split()[0] for line in file]


def write_zone(path, family, records, seed):
    """Most targets contain the address, one in 16 is an individual name; TTLs differ."""
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


def read_targets(folder, names):
    """TTL and target of those of `names` (dns.name.Name) that are in the zone files."""
    wanted = {name.to_text(): name for name in names}
    targets = {}
    for path in glob.glob(f"{folder}/*.zone"):
        with open(path) as file:
            origin, default_ttl = "", 0
            for line in file:
                fields = line.split()
                if fields[0] == "$ORIGIN":
                    origin = "." + fields[1]
                elif fields[0] == "$TTL":
                    default_ttl = int(fields[1])
                elif fields[-2] == "PTR" and (name := wanted.get(fields[0] + origin)):
                    ttl = int(fields[1]) if fields[1].isdigit() else default_ttl
                    targets[name] = ttl, dns.name.from_text(fields[-1])
    return targets
