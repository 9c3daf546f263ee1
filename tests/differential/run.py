#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Sends ptrd, Knot, NSD and BIND the same queries about the same zones; fails if two of the others agree and ptrd differs."""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import time

import report
import rounds
import servers
import signing
from examine import examine
from shrink import Shrinker

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
_REDUCED = 12            # kinds of failure that are reduced and printed in full
_FOR_WORK = 0.02         # share of the replies that ptrd may truncate for their work, or leave optional addresses out of
_FOR_WORK_AT_LEAST = 100  # of a run of few zones
_REDUCE_SECONDS = 10     # for each of them


def main():
    options = _options()
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGHUP, _interrupt)
    seed = options.seed if options.seed is not None else random.randrange(1 << 32) if options.long else 1
    _prepare(options.build)
    began = time.monotonic()
    tally = rounds.Tally()
    per_round = -(-options.queries // options.rounds)
    number = options.first
    while number < options.first + options.rounds + tally.refused:
        _progress(f"round {number}, to {options.first + options.rounds - 1}: {tally.cases} cases, {tally.failed} failed")
        rounds.run(seed, number, per_round, options.build, tally, options.signed)
        number += 1
        if tally.refused > options.rounds:
            raise SystemExit("more zone sets refused by a peer than served: see what the generator makes")
    _progress("")
    took = time.monotonic() - began
    _report(options, tally)
    for_work = tally.truncated_for_work
    most = max(_FOR_WORK_AT_LEAST, int(_FOR_WORK * tally.cases))
    print(f"\n{for_work} replies truncated for their work, or without some addresses, {most} at most")
    if for_work > most:
        tally.accident("more replies are truncated or incomplete for their work than those about ordinary zones may be")
        print("FAILED: " + tally.accidents[-1])
    print(f"seed {seed}, {number - options.first} zone sets ({tally.refused} refused by a peer), {tally.zones} zones, {took:.0f} s")
    print(f"{tally.cases - tally.failed} passed, {tally.failed} failed")
    return 1 if tally.failed else 0


def _options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--signed", action="store_true", help="signed zones, most queries with DO; a quarter of the numbers below")
    parser.add_argument("--rounds", type=int, metavar="N", help="zone sets of 10 to 14 zones (20; 500 with --long)")
    parser.add_argument("--queries", type=int, metavar="N", help="total queries (100000; 5000000 with --long)")
    parser.add_argument("--seed", metavar="S", help="random seed of zones and queries (1; a random one with --long)")
    parser.add_argument("--from", type=int, default=0, dest="first", metavar="ROUND",
                        help="round to begin with (0); as a failure names it, with that run's queries a round: "
                             "--from ROUND --rounds 1 --queries 5000 repeats it")
    parser.add_argument("--long", action="store_true", help="25 times the zones and 50 times the queries")
    parser.add_argument("--build", metavar="DIR", default=os.path.join(ROOT, "build"), help="build folder (build)")
    options = parser.parse_args()
    options.build = os.path.abspath(options.build)
    share = 4 if options.signed else 1
    options.rounds = options.rounds or (500 if options.long else 20) // share
    options.queries = options.queries or (5000000 if options.long else 100000) // share
    return options


def _prepare(build):
    """Checks that all programs exist."""
    for program, package in {**servers.PROGRAMS, **signing.PROGRAMS}.items():
        if shutil.which(program) is None:
            sys.exit(f"{program} is not installed: apt-get install {package}")
    if not all(os.path.exists(os.path.join(build, "tools", program)) for program in ("ptrd", "ptrzone")):
        subprocess.run(["ninja", "-C", build, "tools/ptrd", "tools/ptrzone"], check=True, stdout=sys.stderr)
    servers.sweep()


def _report(options, tally):
    failures = tally.sorted(fails=True)
    for index, kind in enumerate(failures):
        if index >= _REDUCED and not options.long:
            report.brief(kind)
            continue
        _progress(f"reducing {index + 1} of {len(failures)}")
        shrinker = Shrinker(options.build, examine, _REDUCE_SECONDS)
        case, zone_set, raw = shrinker.reduce(kind.example.case, kind.example.zone_set, kind.finding)
        _progress("")
        report.failure(kind, case, zone_set, raw)
    for text in tally.accidents:
        print(f"FAILED {text}")
    report.peers(tally.sorted(fails=False))
    report.refusals(tally.refusals)


def _progress(text):
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def _interrupt(*_):
    raise KeyboardInterrupt


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:  # by now the servers have ended and their files are gone
        sys.exit("interrupted")
