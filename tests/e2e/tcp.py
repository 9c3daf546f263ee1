# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""DNS over TCP from the client's side."""

import socket
import struct
import time

import dnscases


def framed(wire):
    """The message with its length in front (RFC 1035, 4.2.2)."""
    return struct.pack("!H", len(wire)) + wire


class Client:
    """A connection to ptrd; the same to use as dnscases.Client."""

    def __init__(self, address, port=53, source=None, timeout=10.0):
        self.socket = socket.create_connection((address, port), timeout, (source, 0) if source else None)
        self._left = b""

    def send(self, *messages):
        """All in one write."""
        self.socket.sendall(b"".join(map(framed, messages)))

    def receive(self):
        """The next message, or None if the server has closed the connection."""
        length = self._take(2)
        return None if length is None else self._take(struct.unpack("!H", length)[0])

    def ask(self, wire):
        self.send(wire)
        return self.receive()

    def probe(self, wire):
        good = dnscases.query("10.2.0.192.in-addr.arpa")
        good.id = 0xFFFF ^ int.from_bytes(wire[:2], "big")
        good = good.to_wire()
        self.send(wire, good)
        odd = None
        while True:
            response = self.receive()
            if response is None:
                raise AssertionError("the connection was closed")
            if response[:2] == good[:2]:
                return odd
            odd = response

    def finish(self):
        """Closes the connection once the server has done so on its side, and so has counted it."""
        self.socket.shutdown(socket.SHUT_WR)
        while self.socket.recv(1 << 16):
            pass
        self.close()

    def wait_until_read(self, seconds=20):
        """Until the server, on this machine, has read all that was sent."""
        ours, theirs = self.socket.getsockname()[1], self.socket.getpeername()[1]
        end = time.monotonic() + seconds
        while True:
            with open("/proc/net/tcp") as file:
                for fields in map(str.split, file):
                    if fields[1].endswith(f":{theirs:04X}") and fields[2].endswith(f":{ours:04X}") and fields[4].endswith(":00000000"):
                        return
            if time.monotonic() > end:
                raise TimeoutError("the server does not read")
            time.sleep(0.005)

    def reset(self):
        """Ends the connection with RST instead of FIN."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _take(self, size):
        while len(self._left) < size:
            more = self.socket.recv(1 << 16)
            if not more:
                return None
            self._left += more
        taken, self._left = self._left[:size], self._left[size:]
        return taken
