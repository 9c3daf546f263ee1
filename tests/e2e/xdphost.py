# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""ptrd --xdp on a veth pair, and its traces on the interface."""

import glob
import itertools
import json
import os
import shutil
import signal
import subprocess
import time

import dnscases
import leftovers
import netns
import ptrd

PINS = "/sys/fs/bpf/ptrd"
GOOD = "10.2.0.192.in-addr.arpa"
_numbers = itertools.count()


def sweep_pins():
    """Removes pins left by test processes that are gone."""
    for path in glob.glob(f"{PINS}/px*-*"):
        if not os.path.exists(f"/proc/{path.rsplit('-', 1)[1]}"):
            shutil.rmtree(path, ignore_errors=True)


def new_pair(queues=1):
    """A pair whose server side has a name that no other test uses: pins go by name."""
    sweep_pins()
    pair = netns.Pair(f"px{next(_numbers)}-{os.getpid()}", queues)
    leftovers.register(lambda: shutil.rmtree(pins(pair), ignore_errors=True))
    return pair


def take_bounced_frames(pair):
    """Lets the client have what a program sends by XDP_TX: a veth without its own program never wakes up for it."""
    interface = pair.client.interface
    pair.client.ip("link", "set", "dev", interface, "xdpdrv", "obj", ptrd.XDP_PROGRAM, "sec", "xdp")


def pins(pair):
    return f"{PINS}/{pair.server.interface}"


def server(pair, image, *arguments):
    return ptrd.Ptrd(image, "--xdp", pair.server.interface, *arguments, prefix=pair.server.command_in_our_mounts())


def client(pair, address=None):
    with pair.client.inside():
        return dnscases.Client(address or pair.server.v4)


def asked(pair, address=None, timeout=1.0):
    """The response to a plain question, or None; each time from a different port."""
    one = client(pair, address)
    try:
        return one.ask(dnscases.query(GOOD).to_wire(), timeout)
    finally:
        one.close()


def program_of(pair):
    """The XDP program on the server's interface as ip shows it; None where there is none."""
    return json.loads(pair.server.ip("-j", "link", "show", pair.server.interface))[0].get("xdp", {}).get("prog")


def link_id(pair):
    """The id of the pinned BPF link."""
    shown = subprocess.run(["bpftool", "-j", "link", "show", "pinned", f"{pins(pair)}/link"], check=True, capture_output=True)
    return json.loads(shown.stdout)["id"]


def kill(process):
    os.kill(process.pid, signal.SIGKILL)
    process._process.wait()


def wait_until(test, holds, seconds=20):
    end = time.monotonic() + seconds
    while not holds():
        test.assertLess(time.monotonic(), end)
        time.sleep(0.02)


def workers(pid):
    """The worker threads' ids by name."""
    found = {}
    for path in glob.glob(f"/proc/{pid}/task/*/comm"):
        with open(path) as file:
            name = file.read().strip()
        if name.startswith("xdp-"):
            found[name] = int(path.split("/")[4])
    return found


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
