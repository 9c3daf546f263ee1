# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""ptrd and other name servers on one end of a veth pair, all with the same zones and a single answering thread."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import time

import dns.flags
import dns.message
import dns.rcode

import leftovers
import measure
import ptrd
import xdp_run

PORT = 53
PROBE_SECONDS = 0.002
STOP_SECONDS = 30  # between SIGTERM and SIGKILL


class Server:
    """One server program in its own folder; subclasses define its configuration. `cpu` None: any CPU."""

    label = ""
    version_command = ()

    def __init__(self, pair, zones, image, cpu, folder):
        self.pair, self.zones, self.image, self.cpu = pair, zones, image, cpu
        self.folder = os.path.join(folder, self.label)
        os.makedirs(self.folder, exist_ok=True)
        self._process = None

    def command(self):
        raise NotImplementedError

    def zone_files(self):
        """(apex, path) of each zone, sorted."""
        return [(name.removesuffix(".zone"), os.path.join(self.zones, name)) for name in sorted(os.listdir(self.zones))]

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w") as file:
            file.write(text)
        return path

    def launch(self):
        pinned = [] if self.cpu is None else ["taskset", "-c", str(self.cpu)]
        words = self.pair.server.command_in_our_mounts(*pinned, *self.command())
        with open(os.path.join(self.folder, "log"), "w") as log:
            self._process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                                             cwd=self.folder, process_group=0, preexec_fn=leftovers.die_with_parent)
        self._forget = leftovers.register(self._kill)

    def log(self):
        with open(os.path.join(self.folder, "log"), errors="replace") as file:
            return file.read()[-1500:]

    def pids(self):
        """The server's processes: those of its process group. (A new session would lose the effect of priority.go_first.)"""
        found = []
        for name in filter(str.isdigit, os.listdir("/proc")):
            with contextlib.suppress(OSError), open(f"/proc/{name}/stat") as file:
                if int(file.read().rsplit(")", 1)[1].split()[2]) == self._process.pid:
                    found.append(int(name))
        return found

    def stop(self):
        """Ends it; the next one may use the same files."""
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._kill()
        self._forget()

    def _kill(self):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def wait_until_ready(self, probes, timeout):
        """Seconds until each probe, a question that has an answer, was answered. A server loads zone by zone, so use several."""
        start = time.monotonic()
        left = [dns.message.make_query(name, "PTR").to_wire() for name in probes]
        with self.pair.client.inside(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
            asker.settimeout(PROBE_SECONDS)
            while left:
                if self._process.poll() is not None:
                    raise measure.Failed(f"{self.label} exited with {self._process.returncode}: {self.log()}")
                if time.monotonic() - start > timeout:
                    raise measure.Failed(f"{self.label} does not answer within {timeout} s: {self.log()}")
                if self._answered(asker, left[-1]):
                    left.pop()
        return time.monotonic() - start

    def _answered(self, asker, question):
        try:
            asker.sendto(question, (self.pair.server.v4, PORT))
            reply = asker.recv(4096)
        except TimeoutError:
            return False
        except OSError:  # not listening yet
            time.sleep(PROBE_SECONDS)
            return False
        return reply[:2] == question[:2] and reply[3] & 15 == dns.rcode.NOERROR and reply[6:8] != b"\0\0"


@contextlib.contextmanager
def running(server, probes, timeout):
    """Runs in the block; yields the seconds until it was ready."""
    start = time.monotonic()
    server.launch()
    try:
        server.wait_until_ready(probes, timeout)
        yield time.monotonic() - start
    finally:
        server.stop()


class PtrdSocket(Server):
    label = "ptrd"
    version_command = (ptrd.PTRD, "--version")

    def command(self):
        return [ptrd.PTRD, "--image", self.image, "--socket", f"{self.pair.server.v4}:{PORT}", "--socket-threads", "1"]


class PtrdXdp(Server):
    label = "ptrd-xdp"
    version_command = (ptrd.PTRD, "--version")

    def command(self):
        worker = ["--lcores", str(self.cpu)] if self.cpu is not None else []
        return [ptrd.PTRD, "--image", self.image, "--xdp", self.pair.server.interface, *worker]


class Knot(Server):
    label = "knot"
    version_command = ("knotd", "-V")

    def address(self):
        return f"{self.pair.server.v4}@{PORT}"

    def listen(self):
        return ""

    def command(self):
        zones = "".join(f"  - domain: {apex}\n    file: {path}\n" for apex, path in self.zone_files())
        return ["knotd", "-c", self.write("knot.conf", f"""
server:
  rundir: {self.folder}
  listen: {self.address()}
  udp-workers: 1
  tcp-workers: 1
{self.listen()}
log:
  - target: stderr
    any: warning
database:
  storage: {self.folder}
template:
  - id: default
    storage: {self.folder}
    zonefile-sync: -1
    zonefile-load: whole
    journal-content: none
    semantic-checks: off
zone:
{zones}""")]


class KnotXdp(Knot):
    label = "knot-xdp"

    def listen(self):
        return f"xdp:\n  listen: {self.pair.server.interface}\n"


class Nsd(Server):
    label = "nsd"
    version_command = ("nsd", "-v")

    def command(self):
        zones = "".join(f"zone:\n  name: {apex}\n  zonefile: {path}\n" for apex, path in self.zone_files())
        return ["nsd", "-d", "-c", self.write("nsd.conf", f"""
server:
  ip-address: {self.pair.server.v4}@{PORT}
  server-count: 1
  username: ""
  chroot: ""
  database: ""
  zonesdir: {self.folder}
  pidfile: {self.folder}/nsd.pid
  xfrdfile: {self.folder}/xfrd.state
  xfrdir: {self.folder}
  zonelistfile: {self.folder}/zone.list
  minimal-responses: yes
  rrl-ratelimit: 0
remote-control:
  control-enable: no
{zones}""")]


class Bind(Server):
    label = "bind"
    version_command = ("named", "-v")

    def command(self):
        zones = "".join(f'zone "{apex}" {{ type primary; file "{path}"; }};\n' for apex, path in self.zone_files())
        return ["named", "-f", "-n", "1", "-c", self.write("named.conf", f"""
options {{
  directory "{self.folder}";
  listen-on port {PORT} {{ {self.pair.server.v4}; }};
  listen-on-v6 {{ none; }};
  pid-file none;
  lock-file none;
  session-keyfile "{self.folder}/session.key";
  recursion no;
  allow-query {{ any; }};
  allow-transfer {{ none; }};
  notify no;
  minimal-responses yes;
  dnssec-validation no;
  empty-zones-enable no;
  check-integrity no;
}};
controls {{ }};
logging {{ category default {{ null; }}; category queries {{ null; }}; category query-errors {{ null; }};
  category lame-servers {{ null; }}; }};
{zones}""")]


class Pdns(Server):
    """With its bind backend and its packet cache, as by default."""

    label = "pdns"
    version_command = ("pdns_server", "--version")

    def command(self):
        zones = "".join(f'zone "{apex}" {{ type master; file "{path}"; }};\n' for apex, path in self.zone_files())
        named = self.write("named.conf", f'options {{ directory "{self.folder}"; }};\n{zones}')
        return ["pdns_server", f"--config-dir={self.folder}", "--daemon=no", "--guardian=no", "--launch=bind",
                f"--bind-config={named}", f"--local-address={self.pair.server.v4}", f"--local-port={PORT}",
                f"--socket-dir={self.folder}", "--receiver-threads=1", "--distributor-threads=1", "--loglevel=3",
                "--disable-axfr=yes", "--module-dir=/usr/lib/x86_64-linux-gnu/pdns", "--setuid=", "--setgid="]


class Limit:
    """Programs that send every frame back without DNS: the upper limit of this machine. A context manager of xdp_run."""

    def __init__(self, label, start):
        self.label, self._start = label, start

    @contextlib.contextmanager
    def running(self, pair, cpu, folder):
        home = os.path.join(folder, self.label)
        os.makedirs(home, exist_ok=True)
        with self._start(pair, None, cpu, home):
            yield


SERVERS = {each.label: each for each in (PtrdSocket, PtrdXdp, Knot, KnotXdp, Nsd, Bind, Pdns)}
LIMITS = {"5tswap": Limit("5tswap", xdp_run.swap), "xdp-echo": Limit("xdp-echo", xdp_run.kernel_swap)}


def version_of(label):
    """The version that the program prints; empty for the limits."""
    if label not in SERVERS:
        return ""
    result = subprocess.run(SERVERS[label].version_command, capture_output=True, text=True, check=False)
    found = re.search(r"\d+\.\d+\.\d+\S*", result.stdout + result.stderr)
    return found[0] if found else ""
