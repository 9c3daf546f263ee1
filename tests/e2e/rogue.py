# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Name servers that misbehave, in Python: each is a function from the query to the reply.

`Rogue(address, behaviour)` answers on UDP and TCP port 53 in the namespace that it was made in.
"""

import contextlib
import socket
import struct
import threading

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

PORT = 53
SOA = "ns.rogue.example. hostmaster.rogue.example. 1 14400 3600 1209600 3600"


def answer(query, ns=("ns.rogue.example.",)):
    """A correct, authoritative answer."""
    reply = dns.message.make_response(query)
    reply.flags |= dns.flags.AA
    question = query.question[0]
    data = {dns.rdatatype.SOA: [SOA], dns.rdatatype.NS: list(ns)}.get(question.rdtype)
    if data:
        reply.answer.append(dns.rrset.from_text(question.name, 3600, "IN", dns.rdatatype.to_text(question.rdtype), *data))
    return reply


def refused(query):
    reply = dns.message.make_response(query)
    reply.set_rcode(dns.rcode.REFUSED)
    return reply.to_wire()


def compression_loop(query):
    """The answer's owner is a pointer to itself."""
    wire = query.to_wire()
    question = wire[12:12 + len(query.question[0].name.to_wire()) + 4]
    header = wire[:2] + b"\x84\x00\x00\x01\x00\x01\x00\x00\x00\x00"
    here = 0xC000 | (len(header) + len(question))
    return header + question + struct.pack("!HHHIH", here, 6, 1, 3600, 2) + struct.pack("!H", here)


def other_id(query):
    wire = bytearray(answer(query).to_wire())
    wire[0] ^= 0x55
    return bytes(wire)


def other_question(query):
    return answer(dns.message.make_query("other.example.", query.question[0].rdtype, id=query.id)).to_wire()


def truncated(query):
    reply = dns.message.make_response(query)
    reply.flags |= dns.flags.AA | dns.flags.TC
    return reply.to_wire()


def cut_short(query):
    """An answer that ends in the middle of its record."""
    return answer(query).to_wire()[:-7]


def flood_then_answer(query):
    """Everything that must be ignored, and then the answer."""
    return [b"", b"\0" * 11, other_id(query), other_question(query), compression_loop(query), cut_short(query), query.to_wire(),
            answer(query).to_wire()]


class Rogue:
    """`udp` and `tcp` give bytes or a list of messages for a query, None for silence; tcp None: connections are refused.

    `udp_source`: another address that replies over UDP come from.
    """

    def __init__(self, address, udp, tcp=None, udp_source=None):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self._stack = contextlib.ExitStack()
        sockets = [self._bound(family, socket.SOCK_DGRAM, address)]
        self._reply_from = sockets[0] if udp_source is None else self._bound(family, socket.SOCK_DGRAM, udp_source)
        self._start(self._serve_udp, sockets[0], udp)
        if tcp is not None:
            listener = self._bound(family, socket.SOCK_STREAM, address)
            listener.listen(16)
            self._start(self._serve_tcp, listener, tcp)

    def close(self):
        self._stack.close()

    def _bound(self, family, kind, address):
        bound = self._stack.enter_context(socket.socket(family, kind))
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((address, PORT))
        bound.settimeout(0.2)
        return bound

    def _start(self, target, bound, behaviour):
        stop = threading.Event()
        thread = threading.Thread(target=target, args=(bound, behaviour, stop), daemon=True)
        thread.start()
        self._stack.callback(thread.join)
        self._stack.callback(stop.set)

    def _serve_udp(self, bound, behaviour, stop):
        while not stop.is_set():
            with contextlib.suppress(TimeoutError):
                message, client = bound.recvfrom(4096)
                for reply in messages(behaviour, message):
                    self._reply_from.sendto(reply, client)

    @staticmethod
    def _serve_tcp(listener, behaviour, stop):
        while not stop.is_set():
            with contextlib.suppress(TimeoutError, ConnectionError, struct.error), contextlib.ExitStack() as stack:
                connection = stack.enter_context(listener.accept()[0])
                connection.settimeout(2)
                size = struct.unpack("!H", connection.recv(2, socket.MSG_WAITALL))[0]
                for reply in messages(behaviour, connection.recv(size, socket.MSG_WAITALL)):
                    connection.sendall(struct.pack("!H", len(reply)) + reply)


class Careless:
    """Answers every UDP packet to `address` without checking its checksum: it reads from a raw socket (IPv4)."""

    def __init__(self, address):
        self._raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP)
        self._raw.bind((address, 0))
        self._raw.settimeout(0.2)
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)  # to send from the port, and to keep the kernel quiet
        self._udp.bind((address, PORT))
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self):
        self._stop.set()
        self._thread.join()
        self._raw.close()
        self._udp.close()

    def _serve(self):
        while not self._stop.is_set():
            with contextlib.suppress(TimeoutError):
                packet, (client, _) = self._raw.recvfrom(4096)
                header = (packet[0] & 15) * 4
                source, destination = struct.unpack_from("!HH", packet, header)
                if destination == PORT:
                    self._udp.sendto(right(dns.message.from_wire(packet[header + 8:])), (client, source))


def messages(behaviour, message):
    """The result of a behaviour, as a list."""
    said = behaviour(dns.message.from_wire(message))
    return [] if said is None else said if isinstance(said, list) else [said]


def right(query):
    return answer(query).to_wire()


def silent(_query):
    return None
