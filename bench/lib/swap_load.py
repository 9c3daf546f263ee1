# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""ptrload against a server that changes zones, and the memory of the server."""

import contextlib
import json
import os
import signal
import subprocess
import threading
import time

import leftovers
import ptrd

from swap_servers import Failed

PTRLOAD = os.path.join(ptrd.BUILD, "tools", "ptrload")


class Load:
    """ptrload over AF_XDP from the client's end; answers may come from either zone. Results have `elsewhere` in addition to `lost`:
    how many of the lost queries the veth pair or ptrload's own rings dropped."""

    def __init__(self, pair, zones, cpu, sample):
        self._pair = pair
        images = [argument for image in zones.images for argument in ("--image", image)]
        self._command = pair.client.command(PTRLOAD, "-s", pair.server.v4, "--xdp", pair.client.interface, "--cpus", str(cpu),
                                            "--sample", str(sample), *images, "--json", "-")

    def find(self, start, seconds, precision):
        """The rate without loss, and what limits it: if that is the generator, which other processes may have kept from its CPU,
        the best of three searches."""
        found = (0, "")
        for _ in range(3):
            found = max(found, self._find(start, seconds, precision))
            if found[1] == "server":
                break
        return found

    def _find(self, start, seconds, precision):
        result = ptrd.run(*self._command, "--find", "--rate", str(start), "--seconds", str(seconds), "--precision", str(precision),
                          timeout=600)
        found = json.loads(result.stdout or "{}").get("no_loss")
        if result.returncode != 0 or not found:
            raise Failed(f"ptrload found no rate: {result.stderr}")
        return found["rate"], found["limited_by"]

    def steady(self, rate, seconds):
        before = self._dropped()
        result = ptrd.run(*self._command, "--rate", str(rate), "--seconds", str(seconds), timeout=seconds + 120)
        return self._told(before, result.stdout, result.stderr)

    @contextlib.contextmanager
    def during(self, rate):
        """Load for the duration of the block; the yielded dictionary has the result afterwards."""
        before = self._dropped()
        process = subprocess.Popen([*self._command, "--rate", str(rate), "--seconds", "86400"], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True, preexec_fn=leftovers.die_with_parent)
        forget = leftovers.register(process.kill)
        told = {}
        try:
            time.sleep(1)
            yield told
            process.send_signal(signal.SIGINT)
            told.update(self._told(before, *process.communicate(timeout=120)))
        finally:
            forget()
            process.wait()

    def _dropped(self):
        """Frames that found the veth pair's rings full, in both directions."""
        total = 0
        for end in (self._pair.client, self._pair.server):
            link = json.loads(end.run("ip", "-j", "-s", "link", "show", "dev", end.interface))[0]
            total += link["stats64"]["tx"]["dropped"]
        return total

    def _told(self, before, output, errors):
        try:
            told = json.loads(output)
        except json.JSONDecodeError:
            raise Failed(f"ptrload: {errors}") from None
        return told | {"elsewhere": self._dropped() - before + told["overrun"]}


class Memory(threading.Thread):
    """The memory of a server's processes, `before` the block and its peak in it, in bytes. A single process reports its own peak;
    for several the proportional shares are summed ten times per second, since NSD's processes share pages."""

    def __init__(self, pids):
        super().__init__(daemon=True)
        self._pids, self._end = pids, threading.Event()

    def run(self):
        while not self._end.wait(0.1):
            self.peak = max(self.peak, _held(self._pids()))

    def __enter__(self):
        self._single = self._pids() if len(self._pids()) == 1 else []
        for pid in self._single:
            with open(f"/proc/{pid}/clear_refs", "w") as file:
                file.write("5")  # the peak counts from now
        self.before = self.peak = _most(self._single[0]) if self._single else _held(self._pids())
        if not self._single:
            self.start()
        return self

    def __exit__(self, *_):
        if self._single:
            self.peak = _most(self._single[0])
        else:
            self._end.set()
            self.join()


def _most(pid):
    with open(f"/proc/{pid}/status") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmHWM:"))


def _held(pids):
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError), open(f"/proc/{pid}/smaps_rollup") as file:
            total += next((int(line.split()[1]) * 1024 for line in file if line.startswith("Pss:")), 0)
    return total
