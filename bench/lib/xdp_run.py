# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Runs ptrd, dpdk-testpmd, Knot DNS and bare XDP programs on one end of a veth pair, and load from the other end."""

import contextlib
import glob
import ipaddress
import json
import os
import re
import signal
import subprocess
import time

import leftovers
import ptrd

ZONE = "100.51.198.in-addr.arpa"
NAMES = 250


class Failed(Exception):
    """A run that could not be measured, with the reason."""


def write_zone(folder):
    """The zone that all of them serve, and the names to query, in the format of kxdpgun and dnsperf. Returns both files."""
    zone, queries = f"{folder}/{ZONE}.zone", f"{folder}/queries"
    with open(zone, "w") as file:
        file.write("@ 3600 IN SOA ns.example. host.example. 1 3600 900 604800 60\n@ 3600 IN NS ns.example.\n")
        file.writelines(f"{number} 3600 IN PTR host-{number}.example.net.\n" for number in range(NAMES))
    with open(queries, "w") as file:
        file.writelines(f"{number}.{ZONE} PTR\n" for number in range(NAMES))
    return zone, queries


@contextlib.contextmanager
def ptrd_xdp(pair, image, cpu, _folder):
    with _running_ptrd(pair, image, "--xdp", pair.server.interface, "--lcores", str(cpu)) as note:
        yield note


@contextlib.contextmanager
def ptrd_dpdk(pair, image, cpu, _folder):
    with _running_ptrd(pair, image, "--dpdk", _vdev(pair), "--lcores", str(cpu)) as note:
        yield note


@contextlib.contextmanager
def ptrd_kernel(pair, image, cpu, _folder):
    with _running_ptrd(pair, image, "--xdp", pair.server.interface, "--lcores", str(cpu), "--kernel-answers", "first",
                       up=lambda: _receive_on(pair, cpu)) as note:
        yield note


@contextlib.contextmanager
def kernel_swap(pair, _image, cpu, _folder):
    pair.server.ip("link", "set", "dev", pair.server.interface, "xdpdrv", "obj", f"{ptrd.BUILD}/bench/bpf/swap.bpf.o", "sec", "xdp")
    _receive_on(pair, cpu)
    yield {}
    pair.server.ip("link", "set", "dev", pair.server.interface, "xdp", "off")


def _receive_on(pair, cpu):
    """Runs XDP programs on the server's CPU: a veth would run them on the sender's."""
    interface = pair.server.interface
    pair.server.run("sh", "-c", f"echo 1 >/sys/class/net/{interface}/threaded")
    threads = []
    for path in glob.glob("/proc/[0-9]*/comm"):
        with contextlib.suppress(OSError), open(path) as file:
            if file.read().startswith(f"napi/{interface}-"):
                threads.append(int(path.split("/")[2]))
    if not threads:
        raise Failed(f"the kernel has no receive thread for {interface}")
    for thread in threads:
        os.sched_setaffinity(thread, {cpu})
        os.setpriority(os.PRIO_PROCESS, thread, -20)


@contextlib.contextmanager
def _running_ptrd(pair, image, *arguments, up=lambda: None):
    note = {}
    with ptrd.Ptrd(image, *arguments, prefix=pair.server.command_in_our_mounts()) as server:
        up()
        yield note
        stats = server.stop()
    parts = {name: ptrd.total(stats[name]) for name in ("answered", "dropped", "punted")}
    if stats["rx"] != sum(parts.values()):
        raise Failed(f"rx is not answered + dropped + punted: {stats}")
    note.update(parts, kernel=ptrd.total(stats.get("kernel", {}).get("answered", 0)), lost=sum(value for name, value in stats.get("kernel", {}).items() if name.startswith("lost_")))


@contextlib.contextmanager
def swap(pair, _image, cpu, folder):
    everywhere = ",".join(map(str, sorted(os.sched_getaffinity(0))))
    with _process(pair, f"{folder}/testpmd", "dpdk-testpmd", f"--lcores=0@({everywhere}),1@{cpu}", "--in-memory", "--no-pci",
                  "--no-telemetry", f"--vdev={_vdev(pair)}", "--", "-i", "--forward-mode=5tswap", "--nb-cores=1", "--auto-start"):
        _take_queries_to(pair.server)
        yield {}
    # A killed process leaves its program on the interface.
    pair.server.ip("link", "set", "dev", pair.server.interface, "xdp", "off")


def _take_queries_to(host):
    """Gives dns_filter on the host's interface its own MAC and addresses, as ptrd would: testpmd does not."""
    link, = json.loads(host.ip("-j", "link", "show", host.interface))
    own = {"station": [("00 " * 4, host.mac.hex(" ") + " 00 00")],
           "addresses": [(address.hex(" "), "01") for address in (
               ipaddress.ip_address(host.v6).packed, bytes(10) + b"\xff\xff" + ipaddress.ip_address(host.v4).packed)]}
    for number in json.loads(ptrd.run("bpftool", "-j", "prog", "show", "id", str(link["xdp"]["prog"]["id"])).stdout)["map_ids"]:
        name = json.loads(ptrd.run("bpftool", "-j", "map", "show", "id", str(number)).stdout)["name"]
        for key, value in own.get(name, []):
            done = ptrd.run("bpftool", "map", "update", "id", str(number), "key", "hex", *key.split(), "value", "hex", *value.split())
            if done.returncode != 0:
                raise Failed(f"dns_filter's map {name}: {done.stderr}{done.stdout}")


@contextlib.contextmanager
def knot(pair, _image, cpu, folder):
    home = f"{folder}/knot"
    os.makedirs(home, exist_ok=True)
    with open(f"{home}/knot.conf", "w") as file:
        file.write(f"""
server:
  rundir: {home}
  listen: {pair.server.v4}@53
xdp:
  listen: {pair.server.interface}
database:
  storage: {home}
zone:
  - domain: {ZONE}
    file: {folder}/{ZONE}.zone
    zonefile-sync: -1
""")
    with _process(pair, f"{folder}/knot.log", "taskset", "-c", str(cpu), "knotd", "-c", f"{home}/knot.conf"):
        yield {}


SERVERS = {"ptrd": ptrd_xdp, "ptrd-dpdk": ptrd_dpdk, "5tswap": swap, "knot": knot, "ptrd-kernel": ptrd_kernel,
           "kernel-swap": kernel_swap}


def kxdpgun(pair, queries, cpu, seconds, rate, batch):
    """Queries and replies per second; the load's interface needs a program so that veth receives frames in bulk: its own."""
    output = _load(pair, cpu, "kxdpgun", "-t", str(seconds), "-Q", str(rate), "-b", str(batch), "-F", str(cpu), "-i", queries,
                   "-I", pair.client.interface, pair.server.v4)
    return tuple(int(find(rf"total {what}:\s+(\d+)", output)) / seconds for what in ("queries", "replies"))


def dnsperf(pair, queries, cpu, seconds, _rate, _batch):
    """The same; dnsperf sends as fast as answers arrive."""
    output = _load(pair, cpu, "dnsperf", "-s", pair.server.v4, "-d", queries, "-l", str(seconds))
    return tuple(int(find(rf"Queries {what}:\s+(\d+)", output)) / seconds for what in ("sent", "completed"))


LOADS = {"kxdpgun": kxdpgun, "dnsperf": dnsperf}


def _vdev(pair):
    return f"net_af_xdp0,iface={pair.server.interface},xdp_prog={ptrd.XDP_PROGRAM},busy_budget=0"


def find(pattern, output):
    found = re.search(pattern, output)
    if not found:
        raise Failed(f"unexpected output of the load:\n{output}")
    return found[1]


def _load(pair, cpu, *command):
    result = ptrd.run(*pair.client.command("taskset", "-c", str(cpu), *command), timeout=300)
    return result.stdout + result.stderr


@contextlib.contextmanager
def _process(pair, log, *command):
    """Runs from two seconds before the block; its output goes to `log`."""
    with open(log, "w") as file:
        # Its standard input stays open: testpmd would stop at end of file.
        process = subprocess.Popen(pair.server.command_in_our_mounts(*command), stdin=subprocess.PIPE, stdout=file,
                                   stderr=subprocess.STDOUT, preexec_fn=leftovers.die_with_parent)
    forget = leftovers.register(process.kill)
    try:
        time.sleep(2)
        if process.poll() is not None:
            raise Failed(f"{command[0]} did not start; see {log}")
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdin.close()
        forget()
