# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""A small registry in one network namespace: ptrd serves the parent zone, Knot, NSD and BIND the children, unbound resolves."""

import contextlib
import ipaddress
import os
import subprocess
import time

import dns.exception
import dns.message
import dns.query
import dns.reversename

import leftovers
import netns
import ptrd

RESOLVER = "198.18.0.53"
INFRASTRUCTURE = "198.18.1.1"  # Knot: example., the reverse zones of all these addresses
PARENT_SERVER = "198.18.2.1"
PARENT = "196.in-addr.arpa"
KNOT, NSD, BIND = "198.18.11.1", "198.18.12.1", "198.18.13.1"
SERVERS = {"knot": KNOT, "nsd": NSD, "bind": BIND}
ROGUES = {f"rogue{i}": f"198.18.{20 + i}.1" for i in range(1, 10)}  # names of ours for what rogue.py does
ALLOWED = ("--allow-address", "198.18.0.0/15", "--allow-address", "fd00:18::/32")  # all of these are special-purpose addresses
NAMES = {**SERVERS, **ROGUES, "resolver": RESOLVER, "ns-registry": PARENT_SERVER, "infra": INFRASTRUCTURE}
TIMERS = "14400 3600 1209600 3600"
START_SECONDS = 20


def v6_of(address):
    """The IPv6 address that belongs to one of our IPv4 addresses, in its own /48."""
    return str(ipaddress.ip_address("fd00:18:{2}::{3}".format(*address.split("."))))


def zone_text(apex, servers, serial=1, timers=TIMERS, more=""):
    """A child zone; `servers` are first labels below example."""
    ns = "".join(f"@ NS {server}.example.\n" for server in servers)
    return f"$ORIGIN {apex}.\n$TTL 3600\n@ SOA {servers[0]}.example. hostmaster.example. {serial} {timers}\n{ns}{more}"


class Registry:
    """`delegations`: child apex to the first labels of its servers below example., or to whole lines with glue.

    `zones`: server ("knot", "nsd", "bind") to apex to zone text. `unresolved`: zones below which the resolver finds nothing and does
    not look. `with Registry(...) as registry`.
    """

    def __init__(self, delegations, zones, unresolved=()):
        self.delegations = delegations
        self.unresolved = unresolved
        self.zones = zones
        self.folder = ptrd.temporary_folder()
        os.chmod(self.folder, 0o777)
        leftovers.sweep_namespaces(netns._PREFIX)  # pylint: disable=protected-access
        self.host = netns.Host(f"{netns._PREFIX}registry-{os.getpid()}", "lo", None, None)  # pylint: disable=protected-access
        self._stack = contextlib.ExitStack()

    def __enter__(self):
        try:
            self._make_namespace()
            self._start_all()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_):
        self._stack.close()

    def rdns(self, *arguments, **options):
        """Runs rdns in the namespace."""
        return ptrd.run(*self.host.command(os.path.join(ptrd.BUILD, "tools", "rdns"), *arguments), **options)

    def ask(self, address, name, rdtype="PTR"):
        """A query from the namespace, with RD; retried like a stub resolver, since unbound also tries silent servers."""
        with self.host.inside():
            for tries_left in reversed(range(4)):
                try:
                    return dns.query.udp(dns.message.make_query(name, rdtype), address, timeout=5)
                except dns.exception.Timeout:
                    if tries_left == 0:
                        raise

    def prime(self, zone):
        """Makes the resolver cache the zone's SOA and NS."""
        for rdtype in ("SOA", "NS"):
            self.ask(RESOLVER, zone, rdtype)

    def add_rogue(self, make):
        """Calls `make()` in the namespace; its result is closed at the end."""
        with self.host.inside():
            self._stack.callback(make().close)

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="ascii") as file:
            file.write(text)
        return path

    def _make_namespace(self):
        subprocess.run(["ip", "netns", "add", self.host.name], check=True)
        delete = leftovers.register(lambda: subprocess.run(["ip", "netns", "delete", self.host.name], check=False))
        self._stack.callback(delete)
        self.host.ip("link", "set", "lo", "up")
        for address in {*NAMES.values(), "198.18.98.1", "198.18.99.1"}:
            self.host.ip("address", "add", f"{address}/32", "dev", "lo")
            self.host.ip("address", "add", f"{v6_of(address)}/128", "dev", "lo", "nodad")

    def _start_all(self):
        parent = zone_text(PARENT, ["ns-registry"], more="".join(self._delegation(apex) for apex in self.delegations))
        image = ptrd.compile_image(f"{self.folder}/parent.ptri", self.write(f"{PARENT}.zone", parent))
        sockets = [word for address in (PARENT_SERVER, f"[{v6_of(PARENT_SERVER)}]") for word in ("--socket", f"{address}:53")]
        self._stack.enter_context(ptrd.Ptrd(image, *sockets, prefix=self.host.command()))
        self._start_knot("infra", INFRASTRUCTURE, self._infrastructure())
        for server, start in (("knot", self._start_knot), ("nsd", self._start_nsd), ("bind", self._start_bind)):
            start(server, SERVERS[server], self.zones.get(server, {}))
        self._start_unbound()
        for address, name in ((INFRASTRUCTURE, "example."), (RESOLVER, "knot.example."), *(
                (SERVERS[server], next(iter(zones))) for server, zones in self.zones.items())):
            self._await(address, name)

    def _delegation(self, apex):
        """NS records; an entry with a blank is a complete line (glue, odd servers)."""
        return "".join(f"{apex}. NS {server}.example.\n" if " " not in server else server + "\n"
                       for server in self.delegations[apex])

    @staticmethod
    def _infrastructure():
        """Zone texts: names to addresses and back, in both families."""
        forward, back4, back6 = "", "", ""
        for name, address in NAMES.items():
            forward += f"{name} A {address}\n{name} AAAA {v6_of(address)}\n"
            back4 += f"{dns.reversename.from_address(address)} PTR {name}.example.\n"
            back6 += f"{dns.reversename.from_address(v6_of(address))} PTR {name}.example.\n"
        forward += "alias CNAME knot.example.\nunnamed A 198.18.99.1\n"
        return {"example": zone_text("example", ["infra"], more=forward),
                "18.198.in-addr.arpa": zone_text("18.198.in-addr.arpa", ["infra"], more=back4),
                "8.1.0.0.0.0.d.f.ip6.arpa": zone_text("8.1.0.0.0.0.d.f.ip6.arpa", ["infra"], more=back6)}

    def _files(self, label, zones):
        return [(apex, self.write(f"{label}-{apex}.zone", text)) for apex, text in zones.items()]

    def _start(self, label, command):
        log = self._stack.enter_context(open(f"{self.folder}/{label}.log", "wb"))
        process = subprocess.Popen(self.host.command(*command), stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,  # pylint: disable=consider-using-with
                                   cwd=self.folder, start_new_session=True, preexec_fn=leftovers.die_with_parent)

        def stop():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, 9)
            process.wait()
        self._stack.callback(leftovers.register(stop))

    def _start_knot(self, label, address, zones):
        folder = f"{self.folder}/{label}.d"
        os.mkdir(folder)
        lines = "".join(f'  - domain: "{apex}"\n    file: "{path}"\n' for apex, path in self._files(label, zones))
        self._start(label, ["knotd", "-c", self.write(f"{label}.conf", f"""
server:
    rundir: "{folder}"
    listen: [ {address}@53, {v6_of(address)}@53 ]
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
database:
    storage: "{folder}"
template:
  - id: default
    storage: "{folder}"
    zonefile-sync: -1
    zonefile-load: whole
    journal-content: none
    semantic-checks: off
zone:
{lines}""")])

    def _start_nsd(self, label, address, zones):
        lines = "".join(f'zone:\n  name: "{apex}"\n  zonefile: "{path}"\n' for apex, path in self._files(label, zones))
        self._start(label, ["nsd", "-d", "-c", self.write(f"{label}.conf", f"""
server:
  ip-address: {address}
  ip-address: {v6_of(address)}
  server-count: 1
  username: ""
  database: ""
  zonesdir: "{self.folder}"
  pidfile: "{self.folder}/{label}.pid"
  xfrdfile: "{self.folder}/{label}.xfrd"
  xfrdir: "{self.folder}"
  zonelistfile: "{self.folder}/{label}.list"
remote-control:
  control-enable: no
{lines}""")])

    def _start_bind(self, label, address, zones):
        lines = "".join(f'zone "{apex}" {{ type primary; file "{path}"; }};\n' for apex, path in self._files(label, zones))
        self._start(label, ["named", "-g", "-n", "1", "-c", self.write(f"{label}.conf", f"""
options {{
  directory "{self.folder}";
  listen-on {{ {address}; }};
  listen-on-v6 {{ {v6_of(address)}; }};
  pid-file none;
  lock-file none;
  session-keyfile "{self.folder}/{label}.key";
  recursion no;
  notify no;
  empty-zones-enable no;
  check-names primary ignore;
  check-integrity no;
}};
controls {{ }};
{lines}""")])

    def _start_unbound(self):
        unresolved = "".join(f'  local-zone: "{zone}." static\n' for zone in self.unresolved)
        stubs = "".join(f'stub-zone:\n  name: "{zone}"\n  stub-addr: {address}\n' for zone, address in (
            ("example", INFRASTRUCTURE), ("18.198.in-addr.arpa", INFRASTRUCTURE), ("8.1.0.0.0.0.d.f.ip6.arpa", INFRASTRUCTURE),
            (PARENT, PARENT_SERVER)))
        self._start("unbound", ["unbound", "-d", "-c", self.write("unbound.conf", f"""
server:
  interface: {RESOLVER}
  interface: {v6_of(RESOLVER)}
  access-control: 0.0.0.0/0 allow_snoop
  access-control: ::/0 allow_snoop
  username: ""
  chroot: ""
  directory: "{self.folder}"
  pidfile: ""
  use-syslog: no
  logfile: ""
  do-daemonize: no
  module-config: "iterator"
  local-zone: "18.198.in-addr.arpa." nodefault
  local-zone: "d.f.ip6.arpa." nodefault
  num-threads: 1
  so-reuseport: no
  unknown-server-time-limit: 50
{unresolved}remote-control:
  control-enable: no
{stubs}""")])

    def _await(self, address, name):
        query = dns.message.make_query(name, "SOA")
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            with contextlib.suppress(Exception), self.host.inside():
                if dns.query.udp(query, address, timeout=0.3).rcode() == 0:
                    return
            time.sleep(0.05)
        logs = "".join(open(path, errors="replace").read()[-800:] for path in  # pylint: disable=consider-using-with
                       (f"{self.folder}/{label}.log" for label in ("infra", "knot", "nsd", "bind", "unbound")))
        raise AssertionError(f"{address} does not answer for {name}:\n{logs}")
