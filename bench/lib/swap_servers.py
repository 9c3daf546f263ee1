# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Two zones, and servers that switch from one to the other: how each starts, and switches."""

import contextlib
import glob
import json
import os
import signal
import socket
import struct
import subprocess
import time

import control
import dnscases
import leftovers
import ptrd

ZONE = "10.in-addr.arpa"
STAMPS = ("aaaaaaaa", "bbbbbbbb")
_SERIAL_DIGITS = 10
_SOA = f"@ 3600 IN SOA ns.example. host.example. %0{_SERIAL_DIGITS}d 3600 900 1209600 60\n@ 3600 IN NS ns.example.\n"
_TAKES_OVER_SECONDS = 300


class Failed(Exception):
    """A run that could not be measured, with the reason."""


class Zones:
    """The two zones: text for servers that read it, images for ptrd."""

    def __init__(self, folder, records):
        self.texts = [f"{folder}/{stamp}.zone" for stamp in STAMPS]
        for path, stamp in zip(self.texts, STAMPS):
            with open(path, "w", encoding="ascii") as file:
                file.write(_SOA % 1)
                file.writelines(f"{n & 255}.{n >> 8 & 255}.{n >> 16} 3600 IN PTR h{n}.{stamp}.example.\n" for n in range(records))
        self.images = [ptrd.compile_image(f"{folder}/{stamp}.ptri", f"{ZONE}={text}") for stamp, text in zip(STAMPS, self.texts)]
        self.image_bytes = max(map(os.path.getsize, self.images))

    def renumber(self, which, serial):
        """Changes the serial in the text, in place."""
        with open(self.texts[which], "r+b") as file:
            file.seek(_SOA.index("%"))
            file.write(b"%0*d" % (_SERIAL_DIGITS, serial))


class PtrdSubject:
    """ptrd over one of its ports."""

    reads_text = False

    def __init__(self, zones, folder, cpu, *arguments, prefix):
        self._path = f"{folder}/ptrd.sock"
        self._zones = zones
        prefix = [*prefix, "taskset", "-c", str(cpu)]
        self._server = ptrd.Ptrd(zones.images[0], *arguments, "--lcores", str(cpu), "--control", self._path, prefix=prefix, timeout=120)

    @contextlib.contextmanager
    def running(self):
        with self._server as server, control.connect(self._path, timeout=300) as self._operator:
            self.pids = lambda: [server.pid]
            yield
            self.stats = server.stop()
        parts = sum(ptrd.total(self.stats[name]) for name in ("answered", "dropped", "punted"))
        if self.stats["rx"] != parts:
            raise Failed(f"rx is not answered + dropped + punted: {self.stats}")

    def change(self, number):
        """Switches to the other zone; returns when it is in service. Like ptrctl reload, but without a process whose start
        takes milliseconds of a CPU that the worker or the load needs."""
        self._operator.sendall(json.dumps({"command": "reload", "image": self._zones.images[number % 2]}).encode() + b"\n")
        result = control.response(self._operator)
        if not result.get("ok"):
            raise Failed(f"reload: {result}")


def ptrd_xdp(pair, zones, folder, cpu, kernel_answers="off"):
    """With answers in the kernel each image has a copy there, which is not part of the process's memory."""
    return PtrdSubject(zones, folder, cpu, "--xdp", pair.server.interface, "--kernel-answers", kernel_answers,
                       prefix=pair.server.command_in_our_mounts())


def ptrd_fallback(pair, zones, folder, cpu):
    return ptrd_xdp(pair, zones, folder, cpu, "fallback")


def ptrd_dpdk(pair, zones, folder, cpu):
    device = f"net_af_xdp0,iface={pair.server.interface},xdp_prog={ptrd.XDP_PROGRAM},busy_budget=0"
    return PtrdSubject(zones, folder, cpu, "--dpdk", device, prefix=pair.server.command())


class PeerSubject:
    """A server that reads zone text: the zone's file is a link that is switched to the other text, whose serial grows each time."""

    reads_text = True

    def __init__(self, pair, zones, folder, cpus):
        self.home = f"{folder}/{self.label}"
        os.makedirs(self.home, exist_ok=True)
        self.file = f"{self.home}/zone"
        self.pair, self.zones, self._cpus, self._serial = pair, zones, cpus, 1

    @contextlib.contextmanager
    def running(self):
        self._turn(0)
        # Packets from a kernel socket over veth have no checksum unless offloading is off.
        self.pair.server.run("ethtool", "-K", self.pair.server.interface, "tx", "off")
        with open(f"{self.home}/log", "w") as log:
            process = subprocess.Popen(self.pair.server.command_in_our_mounts("taskset", "-c", self._cpus, *self.command()),
                                       stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
                                       preexec_fn=leftovers.die_with_parent)
        end = leftovers.register(lambda: _end(process))
        self.pids = lambda: _descendants(process.pid)
        try:
            self._await_serial(process)
            yield
        finally:
            end()
        self.pair.server.run("ip", "link", "set", "dev", self.pair.server.interface, "xdp", "off")

    def change(self, number):
        self._turn(number % 2)
        result = ptrd.run(*self.pair.server.command(*self.reload()), timeout=_TAKES_OVER_SECONDS)
        if result.returncode != 0:
            raise Failed(f"{self.reload()}: {result.stdout}{result.stderr}")
        self._await_serial()

    def _turn(self, which):
        self._serial += 1
        self.zones.renumber(which, self._serial)
        os.symlink(self.zones.texts[which], f"{self.file}.new")
        os.replace(f"{self.file}.new", self.file)

    def _await_serial(self, process=None):
        """Returns when the serial is served."""
        with self.pair.client.inside():
            asking = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        query = dnscases.query(ZONE, "SOA").to_wire()
        deadline = time.monotonic() + _TAKES_OVER_SECONDS
        with asking:
            asking.settimeout(0.05)
            while _serial_in(_ask(asking, self.pair.server.v4, query)) != self._serial:
                if process and process.poll() is not None:
                    raise Failed(f"{self.label} did not start; see {self.home}/log")
                if time.monotonic() > deadline:
                    raise Failed(f"{self.label} does not load the zone")
                time.sleep(0.005)


class Knot(PeerSubject):
    """Knot DNS in XDP mode."""

    label = "knot"

    def command(self):
        with open(f"{self.home}/knot.conf", "w") as file:
            file.write(f"""
server:
  rundir: {self.home}
  listen: {self.pair.server.v4}@53
  background-workers: 1
xdp:
  listen: {self.pair.server.interface}
database:
  storage: {self.home}
zone:
  - domain: {ZONE}
    file: {self.file}
    zonefile-sync: -1
    zonefile-load: whole
    journal-content: none
    semantic-checks: off
""")
        return ["knotd", "-c", f"{self.home}/knot.conf"]

    def reload(self):
        return ["knotc", "-s", f"{self.home}/knot.sock", "-t", str(_TAKES_OVER_SECONDS), "-b", "zone-reload", ZONE]


class Nsd(PeerSubject):
    """NSD over kernel sockets."""

    label = "nsd"

    def command(self):
        with open(f"{self.home}/nsd.conf", "w") as file:
            file.write(f"""
server:
  ip-address: {self.pair.server.v4}
  server-count: 1
  username: ""
  chroot: ""
  database: ""
  zonesdir: "{self.home}"
  pidfile: "{self.home}/nsd.pid"
  xfrdfile: "{self.home}/xfrd.state"
  xfrdir: "{self.home}"
  zonelistfile: "{self.home}/zone.list"
  minimal-responses: yes
  round-robin: no
  rrl-ratelimit: 0
  rrl-whitelist-ratelimit: 0
remote-control:
  control-enable: yes
  control-interface: {self.home}/nsd.sock
zone:
  name: {ZONE}
  zonefile: {self.file}
""")
        return ["nsd", "-d", "-c", f"{self.home}/nsd.conf"]

    def reload(self):
        return ["nsd-control", "-c", f"{self.home}/nsd.conf", "reload"]


SUBJECTS = {"ptrd-xdp": ptrd_xdp, "ptrd-fallback": ptrd_fallback, "ptrd-dpdk": ptrd_dpdk, "knot": Knot, "nsd": Nsd}


def _descendants(pid):
    found = [pid]
    for path in glob.glob(f"/proc/{pid}/task/*/children"):
        with contextlib.suppress(OSError), open(path) as file:
            for child in file.read().split():
                found += _descendants(int(child))
    return found


def _end(process):
    """The whole session of the server: NSD has children."""
    for number, seconds in ((signal.SIGTERM, 20), (signal.SIGKILL, 5)):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
            return


def _ask(asking, server, query):
    try:
        asking.sendto(query, (server, 53))
        return asking.recv(4096)
    except OSError:
        return b""


def _serial_in(reply):
    """The serial in a reply with our SOA record after the question; the owner is compressed, and the names in it may be."""
    if len(reply) < 12 or reply[7] == 0:
        return None
    with contextlib.suppress(struct.error, IndexError):
        end = _skip(reply, _skip(reply, 12) + 4) + 10
        return struct.unpack_from(">I", reply, _skip(reply, _skip(reply, end)))[0]
    return None


def _skip(message, at):
    """The offset after the name at `at`."""
    while message[at] != 0:
        if message[at] >= 0xC0:
            return at + 2
        at += 1 + message[at]
    return at + 1
