# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""The four servers, each in the foreground on its own loopback port with all its files in one temporary folder."""

import ctypes
import glob
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import exchange
import image
import names

ADDRESS = "127.0.0.1"
UDP_PAYLOAD = 1232
_FOLDER = "ptrd-differential-"
_START_SECONDS = 30
_SETTLE_SECONDS = 5
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


PROGRAMS = {"knotd": "knot", "nsd": "nsd", "named": "bind9"}  # program: Debian package


class Refused(Exception):
    """A server does not serve a zone of the set."""

    def __init__(self, server, reason):
        super().__init__(f"{server}: {reason}")
        self.server = server


class Server:
    """One server program; subclasses say how it is configured."""

    label = ""

    def __init__(self, folder, port):
        self.folder = os.path.join(folder, self.label)
        os.mkdir(self.folder)
        self.port = port
        self.process = None

    def start(self, files):
        self._log = open(os.path.join(self.folder, "log"), "wb")  # pylint: disable=consider-using-with
        self.process = subprocess.Popen(  # pylint: disable=consider-using-with
            self.command(files), stdin=subprocess.DEVNULL, stdout=self._log, stderr=subprocess.STDOUT,
            cwd=self.folder, start_new_session=True, preexec_fn=_die_with_parent)

    def command(self, files):
        raise NotImplementedError

    def stop(self):
        """Kills it and whatever it forked; it has nothing to clean up."""
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        self._log.close()

    def log(self):
        with open(os.path.join(self.folder, "log"), encoding="utf-8", errors="replace") as file:
            return file.read()[-2000:]

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="ascii") as file:
            file.write(text)
        return path


class Knot(Server):
    label = "knot"

    def command(self, files):
        zones = "".join(f'  - domain: "{apex}"\n    file: "{path}"\n' for apex, path in files)
        return ["knotd", "-c", self.write("knot.conf", f"""
server:
    rundir: "{self.folder}"
    listen: {ADDRESS}@{self.port}
    identity: ""
    version: ""
    nsid: ""
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
    udp-max-payload: {UDP_PAYLOAD}
control:
    listen: "{self.folder}/knot.sock"
log:
  - target: stderr
    any: warning
database:
    storage: "{self.folder}"
template:
  - id: default
    storage: "{self.folder}"
    zonefile-sync: -1
    zonefile-load: whole
    journal-content: none
    semantic-checks: off
zone:
{zones}""")]


class Nsd(Server):
    """It sends at most 100 error replies per second and process: for many odd messages it needs many processes."""

    label = "nsd"

    def __init__(self, folder, port, workers):
        super().__init__(folder, port)
        self.workers = workers

    def command(self, files):
        zones = "".join(f'zone:\n  name: "{apex}"\n  zonefile: "{path}"\n' for apex, path in files)
        return ["nsd", "-d", "-c", self.write("nsd.conf", f"""
server:
  ip-address: {ADDRESS}@{self.port}
  server-count: {self.workers}
  reuseport: yes
  username: ""
  chroot: ""
  database: ""
  zonesdir: "{self.folder}"
  pidfile: "{self.folder}/nsd.pid"
  xfrdfile: "{self.folder}/xfrd.state"
  xfrdir: "{self.folder}"
  zonelistfile: "{self.folder}/zone.list"
  hide-version: yes
  hide-identity: yes
  minimal-responses: yes
  refuse-any: no
  round-robin: no
  answer-cookie: no
  rrl-ratelimit: 0
  rrl-whitelist-ratelimit: 0
  ipv4-edns-size: {UDP_PAYLOAD}
remote-control:
  control-enable: no
{zones}""")]


class Bind(Server):
    label = "bind"

    def command(self, files):
        zones = "".join(f'zone "{apex}" {{ type primary; file "{path}"; }};\n' for apex, path in files)
        return ["named", "-g", "-n", "1", "-c", self.write("named.conf", f"""
options {{
  directory "{self.folder}";
  listen-on port {self.port} {{ {ADDRESS}; }};
  listen-on-v6 {{ none; }};
  pid-file none;
  lock-file none;
  session-keyfile "{self.folder}/session.key";
  recursion no;
  allow-query {{ any; }};
  allow-transfer {{ none; }};
  notify no;
  minimal-responses no-auth;
  minimal-any yes;
  zero-no-soa-ttl no;
  answer-cookie no;
  dnssec-validation no;
  empty-zones-enable no;
  version none;
  hostname none;
  server-id none;
  max-udp-size {UDP_PAYLOAD};
  edns-udp-size {UDP_PAYLOAD};
  check-names primary ignore;
  check-integrity no;
  check-mx ignore;
  check-mx-cname ignore;
  check-srv-cname ignore;
  check-sibling no;
  check-wildcard no;
  check-dup-records ignore;
  check-spf ignore;
}};
controls {{ }};
logging {{ category default {{ default_stderr; }}; category queries {{ null; }}; category query-errors {{ null; }};
  category lame-servers {{ null; }}; }};
{zones}""")]


class Ptrd(Server):
    label = "ptrd"

    def __init__(self, folder, port, build):
        super().__init__(folder, port)
        self.build = build

    def command(self, files):
        compiled = os.path.join(self.folder, "x.ptri")
        try:
            image.compile_image(self.build, files, compiled)
        except image.NotCompiled as error:
            raise Refused(self.label, str(error)) from error
        return [os.path.join(self.build, "tools", "ptrd"), "--image", compiled, "--socket", f"{ADDRESS}:{self.port}"]


PEERS = ("knot", "nsd", "bind")
LABELS = (*PEERS, "ptrd")


class Running:
    """All four servers with one zone set: `with Running(folder, zone_set, build) as servers`; `workers` is Nsd's."""

    def __init__(self, folder, zone_set, build, workers=1):
        self.folder = folder
        self.workers = workers
        self.zone_set = zone_set
        self.build = build
        self.servers = []

    def __enter__(self):
        try:
            files = self.zone_set.write(self.folder)
            ports = free_ports(4)
            self.servers = [Knot(self.folder, ports[0]), Nsd(self.folder, ports[1], self.workers), Bind(self.folder, ports[2]),
                            Ptrd(self.folder, ports[3], self.build)]
            *peers, ptrd = self.servers
            for peer in peers:
                peer.start(files)
            for peer in peers:
                self._await(peer)
            ptrd.start(files)  # last: what it rejects the peers have accepted
            self._await(ptrd)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for server in self.servers:
            server.stop()

    @property
    def ports(self):
        return {server.label: server.port for server in self.servers}

    def dead(self):
        """Labels of servers that have exited by themselves."""
        return [server.label for server in self.servers if server.process.poll() is not None]

    def _await(self, server):
        """Every zone's SOA must be there: a zone that a server rejects is not a case."""
        deadline = time.monotonic() + _START_SECONDS
        for zone in self.zone_set.zones:
            query = b"\0\1\0\0\0\1\0\0\0\0\0\0" + names.to_wire(zone.apex) + b"\0\6\0\1"
            while True:
                reply = exchange.ask_once(ADDRESS, server.port, query, 0.05)
                if reply is not None and reply[3] & 15 == 0 and reply[2] & 4:
                    break
                if server.process.poll() is not None:
                    raise Refused(server.label, f"ended: {server.log()}")
                if reply is not None:  # Knot answers SERVFAIL briefly, before a zone is loaded
                    deadline = min(deadline, time.monotonic() + _SETTLE_SECONDS)
                if time.monotonic() > deadline:
                    raise Refused(server.label, f"does not serve {names.to_text(zone.apex)}: {server.log()}")
                time.sleep(0.01)


def temporary_folder():
    """A folder for a zone set and its servers, to be used in `with`; its name identifies the owner."""
    return tempfile.TemporaryDirectory(prefix=f"{_FOLDER}{os.getpid()}-")


def sweep():
    """Removes folders that a killed run left."""
    for path in glob.glob(os.path.join(tempfile.gettempdir(), _FOLDER + "*")):
        owner = os.path.basename(path)[len(_FOLDER):].split("-")[0]
        if not os.path.exists(f"/proc/{owner}"):
            shutil.rmtree(path, ignore_errors=True)


def free_ports(count):
    """Ports that are currently free for both UDP and TCP."""
    held, ports = [], []
    while len(ports) < count:
        tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        held += [tcp, udp]
        tcp.bind((ADDRESS, 0))
        try:
            udp.bind((ADDRESS, tcp.getsockname()[1]))
        except OSError:
            continue
        ports.append(tcp.getsockname()[1])
    for one in held:
        one.close()
    return ports


def _die_with_parent():
    # Not SIGKILL: NSD must be able to end its children.
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
