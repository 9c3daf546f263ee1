# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Two network namespaces with a veth pair, so that no packet of a test meets the machine's own network."""

import contextlib
import ctypes
import itertools
import json
import os
import subprocess
import time

import leftovers

_CLONE_NEWNET = 0x40000000
_PREFIX = "ptrd-e2e-"
_libc = ctypes.CDLL(None, use_errno=True)
_numbers = itertools.count()


def _run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


class Host:
    """One side of the pair: a namespace with one interface."""

    def __init__(self, name, interface, v4, v6):
        self.name, self.interface, self.v4, self.v6 = name, interface, v4, v6

    def ip(self, *arguments):
        return _run("ip", "-n", self.name, *arguments)

    def command(self, *arguments):
        """The command line that runs `arguments` in here."""
        return ["ip", "netns", "exec", self.name, *arguments]

    def command_in_our_mounts(self, *arguments):
        """As `command`, but for what needs the machine's own /sys/fs/bpf: `ip netns exec` hides that behind a fresh /sys."""
        return ["nsenter", f"--net=/run/netns/{self.name}", *arguments]

    def run(self, *arguments):
        return _run(*self.command(*arguments))

    @property
    def mac(self):
        return bytes.fromhex(json.loads(self.ip("-j", "link", "show", self.interface))[0]["address"].replace(":", ""))

    @contextlib.contextmanager
    def inside(self):
        """Sockets that this thread opens meanwhile belong to this namespace, also afterwards."""
        with open("/proc/thread-self/ns/net") as home, open(f"/run/netns/{self.name}") as here:
            _set_namespace(here.fileno())
            try:
                yield
            finally:
                _set_namespace(home.fileno())

    def configure(self):
        """Gives the interface its addresses and brings it up."""
        self.ip("address", "add", f"{self.v4}/24", "dev", self.interface)
        self.ip("address", "add", f"{self.v6}/64", "dev", self.interface, "nodad")
        self.ip("link", "set", self.interface, "up")


def _set_namespace(descriptor):
    if _libc.setns(descriptor, _CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


class Pair:
    """`with Pair() as pair`: pair.server and pair.client can reach each other over IPv4 and IPv6."""

    def __init__(self, server_interface="server0", queues=1):
        leftovers.sweep_namespaces(_PREFIX)
        number = next(_numbers)
        self._queues = str(queues)
        self.server = Host(f"{_PREFIX}server{number}-{os.getpid()}", server_interface, "198.18.0.1", "fd00:18::1")
        self.client = Host(f"{_PREFIX}client{number}-{os.getpid()}", "client0", "198.18.0.2", "fd00:18::2")

    def __enter__(self):
        self._close = leftovers.register(self._delete)
        server, client = self.server, self.client
        for host in (server, client):
            _run("ip", "netns", "add", host.name)
            host.ip("link", "set", "lo", "up")
        # One queue by default: net_af_xdp takes a veth for a device with a single one.
        queues = ["numrxqueues", self._queues, "numtxqueues", self._queues]
        server.ip("link", "add", server.interface, *queues, "type", "veth",
                  "peer", "name", client.interface, *queues, "netns", client.name)
        # A veth leaves checksums and VLAN tags to hardware that is not there: AF_XDP would see neither.
        client.run("ethtool", "-K", client.interface, "tx", "off", "txvlan", "off")
        server.run("ethtool", "-K", server.interface, "txvlan", "off")
        for host in (server, client):
            host.configure()
        self._wait_for_link()
        return self

    def __exit__(self, *_):
        self._close()

    def _wait_for_link(self):
        for _ in range(200):
            links = json.loads(self.client.ip("-j", "link", "show", self.client.interface))
            if links[0]["operstate"] == "UP":
                return
            time.sleep(0.1)
        raise RuntimeError("the veth pair does not come up")

    def _delete(self):
        # The veth pair, and an XDP program on it, go with the namespaces.
        for host in (self.server, self.client):
            subprocess.run(["ip", "netns", "delete", host.name], check=False, stderr=subprocess.DEVNULL)
