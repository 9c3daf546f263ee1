# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""One round of bench/peers: each server once, on its own veth pair."""

import dataclasses
import itertools
import os

import measure
import netns
import peer_loads
import peer_report
import peer_servers
import xdp_run

PROBES = 32
FIRST_RATE = 10_000


@dataclasses.dataclass
class Material:
    """The parameters common to all servers."""
    folder: str
    zones: str      # folder of zone files
    image: str
    questions: str  # file
    records: int
    compile_seconds: float


def probes_of(material):
    """Names that have an answer, from zones all over the set: when all are answered, the set is loaded."""
    names = []
    files = sorted(os.listdir(material.zones))
    for name in files[::max(1, len(files) // PROBES)]:
        with open(os.path.join(material.zones, name)) as file:
            for line in itertools.islice(file, 1000):
                words = line.split()
                if "PTR" in words[1:4] and "RRSIG" not in words:
                    names.append(words[0] if words[0].endswith(".") else f"{words[0]}.{name.removesuffix('.zone')}.")
                    break
    return names


def starts(labels, material, timeout):
    """Starts each server once, on its own veth pair, until all probes are answered: {server: {what: number}}."""
    probes = probes_of(material)
    results = {}
    for label in labels:
        with netns.Pair(f"pxs{os.getpid()}") as pair:
            server = peer_servers.SERVERS[label](pair, material.zones, material.image, None, material.folder)
            with peer_servers.running(server, probes, timeout) as seconds:
                pids = server.pids()
                memory, cpu = measure.resident_bytes(pids), measure.cpu_seconds(pids)
        results[label] = {"start": seconds, "cpu": cpu, "memory": memory, "bytes_per_record": memory / material.records}
        print(f"{label}: {seconds:.3f} s, CPU {cpu:.2f} s, {memory / 1e6:.0f} MB", flush=True)
    return results


def one_round(arguments, number, material):
    """{server: {what: number}}; the order rotates from round to round."""
    turn = number % len(arguments.servers)
    results = {}
    for label in arguments.servers[turn:] + arguments.servers[:turn]:
        with netns.Pair(f"pxp{os.getpid()}") as pair:
            peer_loads.prepare(pair, arguments.generator)
            run = _limit if label in peer_servers.LIMITS else _server
            results[label] = run(arguments, label, pair, material)
        shown = ", ".join(f"{key} {value:.4g}" for key, value in results[label].items() if value is not None)
        print(f"round {number + 1} {label}: {shown}", flush=True)
    return results


def _limit(arguments, label, pair, material):
    """They send queries back unchanged, so only a generator that does not check answers counts them."""
    try:
        with peer_servers.LIMITS[label].running(pair, arguments.server_cpu, material.folder):
            load = peer_loads.load(pair, "kxdpgun", material.questions, arguments.load_cpu, arguments.seconds)
    except xdp_run.Failed as error:
        raise measure.Failed(str(error)) from None
    if load.answered == 0:
        raise measure.Failed(f"{label} sent nothing back")
    return {"answered": load.answered, "sent": load.sent}


def _server(arguments, label, pair, material):
    server = peer_servers.SERVERS[label](pair, material.zones, material.image, arguments.server_cpu, material.folder)
    from_ptrd = label.startswith("ptrd")
    generator = arguments.generator

    def loaded(rate, seconds=arguments.seconds):
        return peer_loads.load(pair, generator, material.questions, arguments.load_cpu, seconds, rate,
                               material.image if from_ptrd and generator == "ptrload" else None, arguments.dnssec)

    with peer_servers.running(server, probes_of(material), arguments.start_timeout) as start:
        memory = measure.resident_bytes(server.pids())
        rate = _saturating_rate(lambda rate: loaded(rate, max(1, arguments.seconds // 4)), generator)
        before = measure.cpu_seconds(server.pids())
        peak = loaded(rate)
        cpu = measure.cpu_seconds(server.pids()) - before
        if peak.answered < 1 or peak.wrong > 0:
            raise measure.Failed(f"{label} answered {peak.answered:.0f} q/s, {peak.wrong} wrong: {server.log()}")
        half = loaded(max(1, int(peak.answered / 2)))
        result = {"start": start, "memory": memory, "bytes_per_record": memory / material.records, "answered": peak.answered,
                  "sent": peak.sent, "of_generator": float(peak.of_generator() or peak.answered > 0.98 * peak.asked), "cpu_us": cpu / (peak.answered * arguments.seconds) * 1e6,
                  "p50_us": half.latency_us.get("p50"), "p99_us": half.latency_us.get("p99"),
                  "compile": material.compile_seconds if from_ptrd else None}
        if peer_loads.is_open_loop(generator) and not arguments.no_overload:
            result.update(_overload(peak, loaded))
    return {key: value for key, value in result.items() if value is not None}


def _saturating_rate(load_at, generator):
    """The rate with the most answers: some servers answer less under more load."""
    if not peer_loads.is_open_loop(generator):
        return peer_loads.UNLIMITED
    loads, rate, failures = [], FIRST_RATE, 0
    # Two rates in a row with losses, or that the generator cannot send: a single one may be an outlier.
    while failures < 2:
        loads.append(load_at(rate))
        failures = failures + 1 if loads[-1].answered < 0.95 * rate else 0
        rate *= 2
    best = max(loads, key=_by_answers).asked
    loads += [load_at(int(best * share)) for share in (0.7, 0.85, 1.2, 1.4)]
    return max(loads, key=_by_answers).asked


def _by_answers(load):
    """A load at the generator's limit varies with its outliers."""
    return not load.of_generator(), load.answered


def _overload(peak, loaded):
    """Goodput as a share of the peak; omitted if the generator is the limit."""
    shares = {}
    for multiple in peer_report.MULTIPLES:
        load = loaded(int(multiple * peak.answered))
        if not load.of_generator():
            shares[f"goodput_{multiple}"] = load.answered / peak.answered
    return shares
