# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Signed zones for measurements: ECDSA P-256, one key a zone, NSEC, by NLnet Labs' signer."""

import concurrent.futures
import os
import shutil
import tempfile

import measure

SIGNER = ("ldns-signzone", "ldns-keygen")
CHECKERS = {
    "ptrzone check --dnssec": lambda apex, path: (f"{os.environ['PTRD_BUILD']}/tools/ptrzone", "check", "--dnssec", path),
    "kzonecheck -d": lambda apex, path: ("kzonecheck", "-d", "on", "-o", apex, path),
    "ldns-verify-zone": lambda apex, path: ("ldns-verify-zone", "-V", "0", path),
    "dnssec-verify": lambda apex, path: ("dnssec-verify", "-q", "-z", "-o", apex, path),
}


def sign(zones, folder):
    """Signs each zone of a folder into another one, unless it is there; returns that."""
    os.makedirs(folder, exist_ok=True)
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        list(pool.map(lambda name: _sign_one(f"{zones}/{name}", f"{folder}/{name}"), sorted(os.listdir(zones))))
    return folder


def _sign_one(zone, signed):
    if os.path.exists(signed) and os.path.getmtime(signed) >= os.path.getmtime(zone):
        return
    apex = os.path.basename(zone).removesuffix(".zone")
    with tempfile.TemporaryDirectory(dir=os.path.dirname(signed)) as keys:
        # The signer takes keys by their path without suffix, the generator writes them where it runs.
        key = measure.command("sh", "-c", f"cd '{keys}' && ldns-keygen -k -a ECDSAP256SHA256 '{apex}'").output.split()[-1]
        measure.command("ldns-signzone", "-o", apex, "-f", f"{keys}/signed", zone, f"{keys}/{key}")
        os.replace(f"{keys}/signed", signed)


def missing():
    """The programs of the signer that are not installed."""
    return [program for program in SIGNER if shutil.which(program) is None]


def check(zones):
    """What checking all signatures and chains of a folder's zones costs: {checker: measure.Cost summed up}."""
    costs = {}
    for checker, command in CHECKERS.items():
        if "/" not in command("", "")[0] and shutil.which(command("", "")[0]) is None:
            continue
        each = [measure.command(*command(name.removesuffix(".zone"), f"{zones}/{name}")) for name in sorted(os.listdir(zones))]
        costs[checker] = measure.Cost(sum(cost.seconds for cost in each), sum(cost.cpu_seconds for cost in each),
                                      max(cost.peak_bytes for cost in each), "")
    return costs
