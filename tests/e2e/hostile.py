#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""A client that takes all it can get over TCP: python3 hostile.py KIND PORT CONNECTIONS. Ends when its standard input does.

One process, one epoll, 250 connections from each 127.2.x.0/24. Prints "ready" once all are connected.
"""

import os
import select
import socket
import struct
import sys
import time

QUESTION = b"\x012\x019\x010\x03192\x07in-addr\x04arpa\0"  # 2.9.0.192.in-addr.arpa, which owns a set that fills a message
PER_NETWORK = 250


def framed(message):
    return struct.pack("!H", len(message)) + message


def header(records=0):
    return struct.pack("!HHHHHH", 0x1234, 0, 1, 0, 0, records)


def large_set():
    return framed(header() + QUESTION + b"\0\x0c\0\1")


def pointer_chain():
    """8,000 pointers to pointers, and 4,000 records whose owners lead through all of them."""
    body = QUESTION + b"\0\x0c\0\1"
    start = 12 + len(body) + 11
    pointers = bytearray(b"\0")
    last = start
    while start + len(pointers) < 0x3FF0:
        place = start + len(pointers)
        pointers += struct.pack("!H", 0xC000 | last)
        last = place
    body += b"\0" + struct.pack("!HHIH", 10, 1, 0, len(pointers)) + pointers
    record = struct.pack("!HHHIH", 0xC000 | last, 10, 1, 0, 0)
    count = (65535 - 12 - len(body)) // len(record)
    return framed(header(1 + count) + body + count * record)


# What each connection says over and over, and whether it takes the replies.
KINDS = {
    "sets": (large_set() * 64, True),
    "chains": (pointer_chain(), True),
    "large": (framed(header(1) + QUESTION + b"\0\x0c\0\1" + b"\0" + struct.pack("!HHIH", 10, 1, 0, 65000) + bytes(65000)), True),
    "deaf": (large_set() * 64, False),
    "slow": (b"\xff", False),
    "idle": (b"", False),
}


class Connection:
    def __init__(self, port, number, said):
        self.socket = socket.socket()
        self.socket.bind((f"127.2.{number // PER_NETWORK}.{number % PER_NETWORK + 1}", 0))
        self.socket.connect(("127.0.0.1", port))
        self.socket.setblocking(False)
        self.said = said
        self.at = 0

    def write(self):
        self.at += self.socket.send(self.said[self.at:])
        self.at %= len(self.said)


def main():
    kind, port, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    said, reads = KINDS[kind]
    os.nice(10)  # what is measured is the server's time, not who gets the machine's
    poll = select.epoll()
    connections = {}
    for number in range(count):
        connection = Connection(port, number, said)
        connections[connection.socket.fileno()] = connection
        wanted = select.EPOLLIN if kind in ("idle", "slow") else select.EPOLLIN | select.EPOLLOUT
        poll.register(connection.socket, wanted if reads else wanted & ~select.EPOLLIN)
    poll.register(sys.stdin, select.EPOLLIN | select.EPOLLHUP)
    print("ready", flush=True)
    dripped = time.monotonic()
    while True:
        for descriptor, events in poll.poll(0.1, 128):
            if descriptor == sys.stdin.fileno():
                return
            connection = connections[descriptor]
            try:
                if events & select.EPOLLIN:
                    connection.socket.recv(1 << 17)
                if events & select.EPOLLOUT:
                    connection.write()
                if events & (select.EPOLLHUP | select.EPOLLERR):
                    poll.unregister(descriptor)
            except BlockingIOError:
                pass
            except OSError:
                poll.unregister(descriptor)
        if kind == "slow" and time.monotonic() - dripped > 0.2:
            dripped = time.monotonic()
            for connection in connections.values():
                try:
                    connection.write()
                except OSError:
                    pass


if __name__ == "__main__":
    main()
