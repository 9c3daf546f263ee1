# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Zones and questions of a fictitious access provider, from isp_zones in the build folder."""

import json
import os
import shutil

import measure
import ptrd


def zones(folder, records, family="4", seed=1, unique=False, size="medium", questions=None, count=100_000, hits=0.9):
    """The folder of the zones below `folder`; created unless it exists. `questions`: also write this query file."""
    what = {"records": records, "family": family, "seed": seed, "unique": unique, "size": size}
    path, note = os.path.join(folder, "zones"), os.path.join(folder, "zones.json")
    there = _read(note) == what
    if there and not questions:
        return path
    if not there:
        shutil.rmtree(path, ignore_errors=True)
    command = [f"{ptrd.BUILD}/bench/isp_zones", path, "--records", str(records), "--family", family, "--seed", str(seed),
               "--zones", size]
    command += ["--unique"] if unique else []
    command += ["--queries", questions, "--count", str(count), "--hits", str(hits)] if questions else []
    measure.command(*command)
    with open(note, "w") as file:
        json.dump(what, file)
    return path


def _read(path):
    try:
        with open(path) as file:
            return json.load(file)
    except (OSError, ValueError):
        return None
