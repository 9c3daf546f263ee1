# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Changesets in their binary form (src/change/changeset.hpp), and a client that sends them over the control socket."""

import json
import socket
import struct

PTR, SOA, ANY = 12, 6, 255
CLASS_IN, CLASS_NONE, CLASS_ANY = 1, 254, 255


def name(text):
    """A name in wire form."""
    labels = [label.encode() for label in text.rstrip(".").split(".") if label]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def record(owner, kind, ttl=0, rdata=b"", rclass=CLASS_IN):
    return name(owner) + struct.pack("!HHIH", kind, rclass, ttl, len(rdata)) + rdata


def add_ptr(owner, target, ttl=300):
    return record(owner, PTR, ttl, name(target))


def remove_ptrs(owner):
    return record(owner, PTR, rclass=CLASS_ANY)


def changeset(apex, records, serial=None):
    """`serial`: the one that the zone must have; None: any."""
    body = name(apex) + b"".join(records)
    head = struct.pack("!4sIIIBBH", b"PtC1", 20 + len(body), len(records), serial or 0, serial is not None, 0, 0)
    return head + body


def replace_ptr(apex, owner, target, serial=None, ttl=300):
    return changeset(apex, [remove_ptrs(owner), add_ptr(owner, target, ttl)], serial)


class Client:
    """A connection to the control socket. Requests may be sent before the responses to earlier ones are read."""

    def __init__(self, path, timeout=20):
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(timeout)
        self._socket.connect(path)
        self._lines = self._socket.makefile("rb")

    def send(self, batch):
        self.send_all([batch])

    def send_all(self, batches):
        """Several requests at once."""
        self._socket.sendall(b"".join(b'{"command":"apply","bytes":%d}\n' % len(batch) + batch for batch in batches))

    def receive(self):
        line = self._lines.readline()
        if not line:
            raise EOFError("the control socket was closed")
        return json.loads(line)

    def apply(self, batch):
        self.send(batch)
        return self.receive()

    def ask(self, **request):
        self._socket.sendall(json.dumps(request).encode() + b"\n")
        return self.receive()

    def close(self):
        self._lines.close()
        self._socket.close()
