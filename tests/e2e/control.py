# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""ptrctl and the control socket, and images whose every answer tells which image it is from."""

import json
import os
import socket

import ptrd

PTRCTL = os.path.join(ptrd.BUILD, "tools", "ptrctl")
APEX = "2.0.192.in-addr.arpa"
_SOA = "$TTL 60\n@ SOA ns1.{1}.example. host.example. {0} 3600 600 86400 60\n@ NS ns1.{1}.example.\n"


def ptrctl(path, *arguments, **options):
    return ptrd.run(PTRCTL, "-s", path, *arguments, **options)


def connect(path, timeout=10):
    client = socket.socket(socket.AF_UNIX)
    client.connect(path)  # waits for room in the backlog, which it would not with a time-out
    client.settimeout(timeout)
    return client


def response(client):
    """The next line from the socket, as an object."""
    line = b""
    while not line.endswith(b"\n"):
        part = client.recv(65536)
        if not part:
            raise EOFError(line)
        line += part
    return json.loads(line)


def request(path, **members):
    with connect(path) as client:
        client.sendall(json.dumps(members).encode() + b"\n")
        return response(client)


def write_zone(path, stamp, serial, records=254, several=4):
    """A zone of 192.0.2.0/24 and more: each target carries the stamp, and each third name has `several`."""
    with open(path, "w", encoding="ascii") as file:
        file.write(_SOA.format(serial, stamp))
        for number in range(records):
            owner = f"{number % 250}.{number // 250}" if records > 254 else str(number)
            for part in range(several if number % 3 == 0 else 1):
                file.write(f"{owner} PTR h{number}-{part}.{stamp}.example.\n")
    return path


def stamped_image(folder, stamp, serial=1, apex=APEX, **options):
    zone = write_zone(f"{folder}/{stamp}.zone", stamp, serial, **options)
    return ptrd.compile_image(f"{folder}/{stamp}.ptri", f"{apex}={zone}")
