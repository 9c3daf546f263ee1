# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""A steady load on ptrd --xdp across kill -9 and two returns: which of its queries were answered."""

import dataclasses
import json
import os
import subprocess
import time

import leftovers
import ptrd
import xdphost

LOAD = os.path.join(ptrd.BUILD, "tools", "ptrload")
ZONE = "100.51.198.in-addr.arpa"
NAMES = 250
_BIN = 10  # ms


@dataclasses.dataclass
class Event:
    what: str
    at: float  # seconds of CLOCK_MONOTONIC, as in the table


@dataclasses.dataclass
class Run:
    summary: dict  # the JSON of ptrload
    bins: list     # (second, sent, answered, slowest answer in ms)
    events: list
    stats: dict    # of the last ptrd

    @property
    def start(self):
        return self.bins[0][0]


def write_image(folder, more_records=0):
    """What is asked for, and more that only make the image large."""
    soa = "@ 3600 IN SOA ns.example. host.example. 1 3600 900 604800 60\n@ 3600 IN NS ns.example.\n"
    small, large = f"{folder}/{ZONE}.zone", f"{folder}/10.in-addr.arpa.zone"
    with open(small, "w") as file:
        file.write(soa)
        file.writelines(f"{number} 3600 IN PTR host-{number}.example.net.\n" for number in range(NAMES))
    with open(large, "w") as file:
        file.write(soa)
        file.writelines(f"{n & 255}.{n >> 8 & 255}.{n >> 16} 3600 IN PTR host-{n}.{n % 997}.example.net.\n"
                        for n in range(more_records))
    return ptrd.compile_image(f"{folder}/image.ptri", small, large)


def _write_queries():
    path = f"{ptrd.temporary_folder()}/queries"
    with open(path, "w", encoding="ascii") as file:
        file.writelines(f"{number}.{ZONE} PTR\n" for number in range(NAMES))
    return path


def run(pair, image, table, rate, *arguments, pause=1.0):
    """Load from the client while ptrd is killed and started again, and stopped with --keep and started again.

    `pause` seconds lie between all these events; `table` is a file that gets what ptrload saw by 10 ms.
    """
    xdphost.take_bounced_frames(pair)
    events = []

    def happened(what):
        events.append(Event(what, time.monotonic()))

    def started():
        happened("start")
        server = xdphost.server(pair, image, "--keep", *arguments).start()
        happened("ready")
        time.sleep(pause)
        return server

    server = xdphost.server(pair, image, "--keep", *arguments).start()
    load = subprocess.Popen(
        pair.client.command(LOAD, "--server", pair.server.v4, "--queries", _write_queries(), "--rate", str(rate), "--seconds",
                            str(6 * pause + 3), "--bins", str(_BIN), "--tsv", table, "--json", "-"),
        stdout=subprocess.PIPE, text=True, preexec_fn=leftovers.die_with_parent)
    forget = leftovers.register(load.kill)
    time.sleep(pause)
    happened("kill -9")
    xdphost.kill(server)
    time.sleep(pause)
    server = started()
    happened("stop")
    server.stop()
    happened("stopped")
    time.sleep(pause)
    server = started()
    output, _ = load.communicate(timeout=120)
    forget()
    stats = server.stop()
    with open(table) as file:
        bins = [(float(second), int(sent), int(answered), float(slowest))
                for second, sent, answered, slowest in map(str.split, file)]
    return Run(json.loads(output), bins, events, stats)


def draw(result, table, path):
    """The graph of answered queries: PATH.png, and PATH.txt for a terminal."""
    labels = ""
    for event in result.events:
        at = f"{event.at - result.start:.3f}"
        labels += f'set arrow from {at}, graph 0 to {at}, graph 1 nohead dashtype 2\n'
        labels += f'set label "{event.what}" at {at}, graph 1.02 rotate by 40\n'
    for terminal, ending in (("png size 1400,500", "png"), ("dumb 150,30", "txt")):
        script = f"""
set terminal {terminal}
set output "{path}.{ending}"
set xlabel "seconds"
set ylabel "queries in 10 ms"
set yrange [0:*]
set tmargin 6
set key bottom right
{labels}
plot "{table}" using ($1-{result.start}):2 with lines title "sent", \\
     "" using ($1-{result.start}):3 with points pointtype 7 pointsize 0.4 title "answered"
"""
        subprocess.run(["gnuplot"], input=script, text=True, check=True)
