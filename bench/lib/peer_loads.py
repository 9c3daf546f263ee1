# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Load on a server from the other end of its veth pair: one function for all generators."""

import dataclasses
import json
import os
import subprocess

import measure
import ptrd
import xdp_run

# More than such a pair can carry; what a generator cannot send is its limit, and shows in `sent`.
UNLIMITED = 3_000_000


@dataclasses.dataclass
class Load:
    """Queries per second over the run: requested from the generator, sent, answered, and answered but lost in its own rings."""
    asked: float
    sent: float
    answered: float
    wrong: int = 0
    overrun: float = 0
    latency_us: dict = dataclasses.field(default_factory=dict)  # percentile: microseconds

    def of_generator(self):
        """Whether the generator was the limit rather than the server: it did not send everything, or lost replies itself. One that
        waits for answers is always asked for more than it can send."""
        return self.asked < UNLIMITED and (self.sent < 0.9 * self.asked or self.overrun > 0.01 * self.sent)


def ptrload_path():
    """The generator of the build folder, or None."""
    path = os.environ.get("PTRLOAD", os.path.join(ptrd.BUILD, "tools", "ptrload"))
    return path if os.access(path, os.X_OK) else None


def best_generator():
    return "ptrload" if ptrload_path() else "kxdpgun"


def load(pair, generator, questions, cpu, seconds, rate=UNLIMITED, image=None, dnssec=False):
    """Runs one of GENERATORS against the pair's server. `image`: the image that ptrload compares answers with. `dnssec`: with the DO
    bit, which kxdpgun does not set."""
    return GENERATORS[generator](pair, questions, cpu, seconds, rate, image, dnssec)


def prepare(pair, generator):
    """Prepares a pair before a server starts on it."""
    if generator == "ptrload":  # it verifies UDP checksums, which a veth leaves to hardware that does not exist
        pair.server.run("ethtool", "-K", pair.server.interface, "tx", "off")


def is_open_loop(generator):
    """Whether it sends at its rate regardless of answers: otherwise nothing is ever overloaded."""
    return generator != "dnsperf"


def _ptrload(pair, questions, cpu, seconds, rate, image, dnssec):
    """Every answer is matched to its query; byte for byte, if it comes from ptrd."""
    words = pair.client.command_in_our_mounts(
        ptrload_path() or "ptrload", "--server", pair.server.v4, "--queries", questions, "--xdp", pair.client.interface, "--cpus", str(cpu),
        "--rate", str(rate), "--seconds", str(seconds), "--timeout", "0.5", "--json", "-", *(["--dnssec"] if dnssec else []),
        # Another build's generator may not read this build's images.
        *(["--image", image] if image and "PTRLOAD" not in os.environ else []))
    try:
        result = ptrd.run(*words, timeout=seconds + 120)
        told = json.loads(result.stdout)
    except (OSError, subprocess.SubprocessError) as error:
        raise measure.Failed(f"ptrload: {error}") from None
    except ValueError:
        raise measure.Failed(f"ptrload: {result.stderr.strip()}") from None
    return Load(rate, told["sent"] / told["seconds"], told["answered"] / told["seconds"], told["wrong"],
                told["overrun"] / told["seconds"], told["latency_us"])


def _kxdpgun(pair, questions, cpu, seconds, rate, _image, _dnssec):
    try:
        sent, answered = xdp_run.kxdpgun(pair, questions, cpu, seconds, rate, 10)
    except xdp_run.Failed as error:
        raise measure.Failed(str(error)) from None
    return Load(rate, sent, answered)


def _dnsperf(pair, questions, cpu, seconds, rate, _image, dnssec):
    """It waits for answers, so the rate is only a limit."""
    limit = [] if rate >= UNLIMITED else ["-Q", str(rate)]
    words = pair.client.command("taskset", "-c", str(cpu), "dnsperf", "-s", pair.server.v4, "-d", questions, "-l", str(seconds),
                                "-c", "16", *(["-D"] if dnssec else []), *limit)
    try:
        output = ptrd.run(*words, timeout=seconds + 120).stdout
        sent, answered = (int(xdp_run.find(rf"Queries {what}:\s+(\d+)", output)) / seconds for what in ("sent", "completed"))
    except (subprocess.SubprocessError, xdp_run.Failed) as error:
        raise measure.Failed(str(error)) from None
    return Load(rate, sent, answered)


GENERATORS = {"ptrload": _ptrload, "kxdpgun": _kxdpgun, "dnsperf": _dnsperf}
