# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Messages to several servers at once and their replies; None is silence."""

import collections
import resource
import select
import socket
import struct
import time

import names

ADDRESS = "127.0.0.1"
_WINDOW = 48             # outstanding per server: fewer than fit in the kernel's receive buffers
_MISSES = 4 * _WINDOW    # consecutive queries without a reply after which a server is given up
_PATIENCE = (1.0, 2.0, 4.0)
_ODD_CHUNK = 32          # odd messages sent before the next look at the replies
_ODD_BATCH = 250
_GRACE = 0.15            # silence: this long after the reply to the message sent after it
_MAX = 65535


def ask_once(address, port, message, timeout):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.connect((address, port))
        sock.settimeout(timeout)
        try:
            sock.send(message)
            return sock.recv(_MAX)
        except OSError:
            return None


def ask_tcp(port, message, timeout=5):
    """The reply over TCP, without a size limit."""
    try:
        with socket.create_connection((ADDRESS, port), timeout) as sock:
            # A server that sends the length separately would wait 40 ms for the acknowledgement.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            sock.sendall(struct.pack("!H", len(message)) + message)
            return _receive(sock, struct.unpack("!H", _receive(sock, 2))[0])
    except OSError:
        return None


def _receive(sock, size):
    data = b""
    while len(data) < size:
        part = sock.recv(size - len(data))
        if not part:
            raise OSError("closed")
        data += part
    return data


class _Lane:
    """One server's share of the work: a window of queries in flight, matched by their id."""

    def __init__(self, port, messages):
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.setblocking(False)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self.sock.connect((ADDRESS, port))
        self.messages = messages
        self.replies = [None] * len(messages)
        self.waiting = {}                    # id: (index, tries)
        self.deadlines = collections.deque()  # (when, id, index, tries)
        self.next = 0
        self.next_id = 0
        self.misses = 0  # in a row

    @property
    def done(self):
        return self.misses > _MISSES or self.next == len(self.messages) and not self.waiting

    def fill(self, now):
        while len(self.waiting) < _WINDOW and self.next < len(self.messages):
            self._send(self.next, 0, now)
            self.next += 1

    def _send(self, index, tries, now):
        self.next_id = (self.next_id + 1) & 0xFFFF
        while self.next_id in self.waiting:
            self.next_id = (self.next_id + 1) & 0xFFFF
        self.waiting[self.next_id] = (index, tries)
        self.deadlines.append((now + _PATIENCE[tries], self.next_id, index, tries))
        try:
            self.sock.send(self.next_id.to_bytes(2, "big") + self.messages[index][2:])
        except OSError:
            pass  # equivalent to a loss on the wire

    def drain(self):
        while True:
            try:
                reply = self.sock.recv(_MAX)
            except BlockingIOError:
                return
            except OSError:  # refused: no longer listening
                self.misses += 1
                continue
            self.misses = 0
            found = self.waiting.pop(int.from_bytes(reply[:2], "big"), None)
            if found is not None:
                self.replies[found[0]] = reply

    def expire(self, now):
        while self.deadlines and self.deadlines[0][0] < now:
            _, number, index, tries = self.deadlines.popleft()
            if self.waiting.get(number) != (index, tries):
                continue
            del self.waiting[number]
            self.misses += 1
            if tries + 1 < len(_PATIENCE):
                self._send(index, tries + 1, now)
        if self.deadlines and len(self.deadlines) > 4 * _WINDOW:
            self.deadlines = collections.deque(
                entry for entry in self.deadlines if self.waiting.get(entry[1]) == (entry[2], entry[3]))


def ask(cases, zone_set, ports):
    """The replies of every server to every case: {label: [reply, ...]}."""
    apex = names.to_wire(zone_set.zones[0].apex)
    sentinel = b"\0\0\0\0\0\1\0\0\0\0\0\0" + apex + b"\0\6\0\1"
    plain = [index for index, case in enumerate(cases) if not case.may_be_silent]
    odd = [index for index, case in enumerate(cases) if case.may_be_silent]
    replies = {label: [None] * len(cases) for label in ports}
    for indices, got in ((plain, ask_all(ports, [cases[index].wire() for index in plain])),
                         (odd, ask_each(ports, [cases[index].wire() for index in odd], sentinel))):
        for label, found in got.items():
            for index, reply in zip(indices, found):
                replies[label][index] = reply
    return replies


def ask_all(ports, messages):
    """Every message, with an id of our own, to every server; returns {label: [reply, ...]}. For messages that are answered."""
    lanes = {label: _Lane(port, messages) for label, port in ports.items()}
    poll = select.poll()
    for lane in lanes.values():
        poll.register(lane.sock, select.POLLIN)
    by_fd = {lane.sock.fileno(): lane for lane in lanes.values()}
    try:
        while not all(lane.done for lane in lanes.values()):
            now = time.monotonic()
            for lane in lanes.values():
                if not lane.done:
                    lane.fill(now)
            for fd, _ in poll.poll(50):
                by_fd[fd].drain()
            now = time.monotonic()
            for lane in lanes.values():
                lane.expire(now)
    finally:
        for lane in lanes.values():
            lane.sock.close()
    return {label: lane.replies for label, lane in lanes.items()}


class _Odd:
    """A message followed by one that every server answers: when that has been answered, the first was ignored."""

    def __init__(self, label, port, index, message, sentinel):
        self.label, self.index = label, index
        self.message, self.sentinel = message, sentinel
        self.reply = None
        self.settled = None
        self.tries = 0
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.setblocking(False)
        self.sock.connect((ADDRESS, port))

    def send(self, now):
        self.deadline = now + 1.0 * (1 + self.tries)
        self.tries += 1
        for data in (self.message, self.sentinel):
            try:
                self.sock.send(data)
            except OSError:
                pass

    def take(self, now):
        while True:
            try:
                data = self.sock.recv(_MAX)
            except BlockingIOError:
                return
            except OSError:
                continue
            if data[:2] == self.sentinel[:2]:
                self.settled = self.settled or now
            elif self.reply is None:
                self.reply = data

    def is_over(self, now):
        if self.settled is not None and (self.reply is not None or now > self.settled + _GRACE):
            return True
        if self.settled is None and now > self.deadline:
            if self.tries == 4:
                return True
            self.send(now)
        return False


def ask_each(ports, messages, sentinel):
    """The same for messages that may be ignored, sent unchanged; `sentinel` is a query that is answered."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < 4096 <= hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (4096, hard))
    replies = {label: [None] * len(messages) for label in ports}
    for start in range(0, len(messages), _ODD_BATCH):
        batch = range(start, min(start + _ODD_BATCH, len(messages)))
        work = [_Odd(label, port, index, messages[index], _unlike(messages[index], sentinel))
                for index in batch for label, port in ports.items()]
        try:
            _run_odd(work)
        finally:
            for odd in work:
                odd.sock.close()
        for odd in work:
            replies[odd.label][odd.index] = odd.reply
    return replies


def _unlike(message, sentinel):
    """The sentinel with an id that is not the message's."""
    number = (int.from_bytes(message[:2], "big") ^ 0x5555) & 0xFFFF
    return number.to_bytes(2, "big") + sentinel[2:]


def _run_odd(work):
    poll = select.poll()
    by_fd = {}
    to_send = collections.deque(work)
    while to_send or by_fd:
        now = time.monotonic()
        for _ in range(min(_ODD_CHUNK * 4, len(to_send))):
            odd = to_send.popleft()
            by_fd[odd.sock.fileno()] = odd
            poll.register(odd.sock, select.POLLIN)
            odd.send(now)
        for fd, _ in poll.poll(10):
            by_fd[fd].take(time.monotonic())
        now = time.monotonic()
        for fd in [fd for fd, odd in by_fd.items() if odd.is_over(now)]:
            poll.unregister(fd)
            del by_fd[fd]
