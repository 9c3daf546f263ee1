# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Knot, NSD and BIND on the loopback interface, with zone files as they are, and dig's replies."""

import contextlib
import os
import re
import signal
import subprocess
import tempfile
import time

import leftovers
import ptrd
import test_socket

# Not the one that dig asks from: a socket of dig could get the server's port, and then hears itself.
ADDRESS, CLIENT = "127.0.0.2", "127.0.0.1"
BIND = "127.0.0.1"  # it listens only on addresses that interfaces have
_STATUS = re.compile(r"^;; ->>HEADER<<- .* status: (\w+),.*\n;; flags: ([a-z ]+);", re.MULTILINE)
_QUESTION = re.compile(r"^;; QUESTION SECTION:\n;(\S+)\.\s", re.MULTILINE)


def dig(port, names):
    """Replies for PTR by name: response code, flags, and the records that dig prints: the name's own, if there are any, since
    servers differ in what they add to these."""
    with tempfile.NamedTemporaryFile("w", encoding="ascii") as batch:
        batch.writelines(f"{name} PTR\n" for name in names)
        batch.flush()
        shown = ptrd.run("dig", f"@{ADDRESS}", "-b", CLIENT, "-p", str(port), "+norec", "+nocookie", "-f", batch.name, timeout=300).stdout
    replies = {}
    for reply in shown.split(";; Got answer:\n")[1:]:
        records = sorted(re.sub(r"\s+", " ", line).lower() for line in reply.splitlines() if line and line[0] != ";")
        name = _QUESTION.search(reply)[1]
        replies[name] = (*_STATUS.search(reply).groups(), [record for record in records if record.startswith(f"{name}. ")] or records)
    if set(replies) != set(names):
        raise AssertionError(f"dig got {len(replies)} replies of {len(names)}: {shown[-1000:]}")
    return replies


@contextlib.contextmanager
def knot(zones, port=None, secret=None):
    """knotd with zones as a list of (apex, file); gives its port once it answers. With `secret` it requires cookies, made by that."""
    folder, port = ptrd.temporary_folder(), port or test_socket.free_port()
    cookies = f'mod-cookies:\n  - id: all\n    badcookie-slip: 1\n    secret: 0x{secret}\n' if secret else ""
    module = "    global-module: mod-cookies/all\n" if secret else ""
    entries = "".join(f'  - domain: "{apex}"\n    file: "{file}"\n' for apex, file in zones)
    with _running(folder, port, ["knotd", "-c", f"{folder}/conf"], f"""
server:
    rundir: "{folder}"
    listen: {ADDRESS}@{port}
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
control:
    listen: "{folder}/socket"
log:
  - target: stderr
    any: error
database:
    storage: "{folder}"
{cookies}template:
  - id: default
    storage: "{folder}"
    zonefile-sync: -1
    zonefile-load: whole
    journal-content: none
{module}zone:
{entries}""", zones[-1][0]):
        yield port


@contextlib.contextmanager
def nsd(zones):
    """nsd likewise."""
    folder, port = ptrd.temporary_folder(), test_socket.free_port()
    entries = "".join(f'zone:\n  name: "{apex}"\n  zonefile: "{file}"\n' for apex, file in zones)
    with _running(folder, port, ["nsd", "-d", "-c", f"{folder}/conf"], f"""
server:
  ip-address: {ADDRESS}@{port}
  server-count: 1
  username: ""
  chroot: ""
  database: ""
  zonesdir: "{folder}"
  pidfile: "{folder}/pid"
  xfrdfile: "{folder}/xfrd.state"
  xfrdir: "{folder}"
  zonelistfile: "{folder}/zone.list"
  rrl-ratelimit: 0
  round-robin: no
remote-control:
  control-enable: no
{entries}""", zones[-1][0]):
        yield port


@contextlib.contextmanager
def bind(options, zones=""):
    """named at BIND with these lines in its `options`, and its zones; gives its port once it answers."""
    folder, port = ptrd.temporary_folder(), test_socket.free_port()
    with _running(folder, port, ["named", "-g", "-n", "1", "-c", f"{folder}/conf"], f"""
options {{
  directory "{folder}";
  listen-on port {port} {{ {BIND}; }};
  listen-on-v6 {{ none; }};
  pid-file none;
  lock-file none;
  session-keyfile "{folder}/session.key";
  dnssec-validation no;
  empty-zones-enable no;
{options}}};
controls {{ }};
{zones}""", "version.bind CH TXT", BIND):
        yield port


@contextlib.contextmanager
def _running(folder, port, command, config, asked, address=ADDRESS):
    """A server that is ready when it answers what is asked: an apex, or a question as dig takes it."""
    with open(f"{folder}/conf", "w", encoding="ascii") as file:
        file.write(config)
    with open(f"{folder}/log", "w", encoding="ascii") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                                   preexec_fn=leftovers.die_with_parent)

    def stop():  # with the processes that it forked
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    now = leftovers.register(stop)
    try:
        _wait_until_answered(process, port, folder, asked if " " in asked else f"{asked} SOA", address)
        yield
    finally:
        now()


def _wait_until_answered(process, port, folder, question, address):
    """The last zone of the list may be the last that is loaded."""
    client = ADDRESS if address == CLIENT else CLIENT
    end = time.monotonic() + 60
    while True:
        asked = ptrd.run("dig", f"@{address}", "-b", client, "-p", str(port), "+norec", "+tries=1", "+time=1", *question.split())
        if "status: NOERROR" in asked.stdout and "flags: qr aa" in asked.stdout:
            return
        if process.poll() is not None or time.monotonic() > end:
            with open(f"{folder}/log", encoding="utf-8", errors="replace") as file:
                raise AssertionError(f"no answer for {question}: {file.read()[-2000:]}")
        time.sleep(0.1)
