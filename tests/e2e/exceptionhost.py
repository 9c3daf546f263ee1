# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""ptrd in DPDK mode with a TAP interface to the kernel, on a veth pair."""

import contextlib
import ctypes
import json
import os
import re
import socket
import subprocess
import threading

import netns
import ptrd

TAP = "ptrd0"
GOOD = "10.2.0.192.in-addr.arpa"
# Without xdp_prog= libxdp's own program gives the socket every frame.
AF_XDP = "net_af_xdp0,iface=server0,busy_budget=0"


class TakenPair(netns.Pair):
    """A pair whose server side belongs to ptrd: no addresses, and the kernel sends nothing on it."""

    def __enter__(self):
        super().__enter__()
        server = self.server
        server.run("sysctl", "-qw", f"net.ipv6.conf.{server.interface}.disable_ipv6=1")
        server.ip("address", "flush", "dev", server.interface)
        return self


def hide_from_kernel(host):
    """For drivers on packet sockets, which only get a copy of each frame: has the kernel ignore its own. IPv6 is off on
    the interface; the way back of IPv4 is not by it (RFC 3704), and ARP there is none."""
    for name, value in (("rp_filter", 1), ("arp_ignore", 8)):
        host.run("sysctl", "-qw", f"net.ipv4.conf.{host.interface}.{name}={value}")


def start(pair, image, *arguments, device=AF_XDP):
    # Neighbours that nobody answered for in an earlier test would be unreachable a while longer.
    pair.client.ip("neighbour", "flush", "all")
    addresses = ["--address", f"{pair.server.v4}/24", "--address", f"{pair.server.v6}/64"]
    return ptrd.Ptrd(image, "--dpdk", device, *addresses, *arguments, prefix=pair.server.command()).start()


def check_sums(test, stats):
    """Checks that the counters add up: nothing is lost between them."""
    parts = {group: ptrd.total(stats[group]) for group in ("answered", "dropped", "punted")}
    test.assertEqual(stats["rx"], sum(parts.values()), stats)
    if "exception" in stats:
        way = stats["exception"]
        test.assertEqual(stats["punted"], way["to_kernel"] + way["to_kernel_failed"], stats)
        test.assertEqual(way["to_kernel_failed"], 0, stats)


def ping(host, address, *options, count=3, seconds=5):
    """Replies to echo requests, up to `count`. Without -w ping would wait for the last ones but two round trips long, which
    on a busy machine is too short."""
    output = subprocess.run(
        host.command("ping", "-n", "-c", str(count), "-i", "0.05", "-w", str(seconds), *options, address),
        capture_output=True, text=True, check=False).stdout
    found = re.search(r"(\d+) received", output)
    return min(int(found[1]), count) if found else 0


class EchoServer:
    """A TCP echo server on the server's side, until the other end closes."""

    def __init__(self, host, address, port):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with host.inside():
            self._listener = socket.create_server((address, port), family=family)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                with connection:
                    while data := connection.recv(65536):
                        connection.sendall(data)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)


def echo(host, address, port, data):
    """`data` through an EchoServer and back."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with host.inside():
        connection = socket.socket(family, socket.SOCK_STREAM)
    with connection:
        connection.settimeout(10)
        connection.connect((address, port))

        def send():
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)

        sender = threading.Thread(target=send)
        sender.start()
        received = bytearray()
        while part := connection.recv(65536):
            received += part
        sender.join()
    return bytes(received)


def processed(pair, interface):
    """Frames that the kernel on the server's side has received by the interface."""
    link, = json.loads(pair.server.ip("-j", "-s", "link", "show", interface))
    return link["stats64"]["rx"]["packets"]


def thread_of(pid, name):
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/comm") as file:
            if file.read().strip() == name:
                return int(task)
    raise AssertionError(f"no thread {name}")


def cpu_seconds(pid, thread):
    """What the process's thread of that name has used of a CPU."""
    with open(f"/proc/{pid}/task/{thread_of(pid, thread)}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def stopped(thread):
    """Stops one thread of another process, the others run on: ptrace(2)."""
    seize, interrupt, detach, wall = 0x4206, 0x4207, 17, 0x40000000
    libc = ctypes.CDLL(None, use_errno=True)
    for request in (seize, interrupt):
        if libc.ptrace(request, thread, None, None) != 0:
            raise OSError(ctypes.get_errno(), "ptrace")
    os.waitpid(thread, wall)
    try:
        yield
    finally:
        libc.ptrace(detach, thread, None, None)
