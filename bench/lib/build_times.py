# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""The cost of each step of a build: CPU time as recorded by timed_compiler, wall time from ninja's log."""

import dataclasses
import os


@dataclasses.dataclass
class Step:
    output: str
    target: str     # the program or library that it belongs to
    source: str     # empty: a link, or not a compiler
    cpu: float      # seconds; 0 if not a compiler
    wall: float     # seconds


def steps(folder):
    """All steps of the build folder, unsorted."""
    cpu = _cpu_seconds(os.path.join(folder, "times"))
    found = []
    for output, wall in _wall_seconds(os.path.join(folder, ".ninja_log")).items():
        target, source = _parts(output)
        found.append(Step(output, target, source, cpu.get(output, 0.0), wall))
    return found


def by_target(found):
    """{target: {"cpu", "wall", "files"}}, of all its steps together, most expensive first."""
    targets = {}
    for step in found:
        target = targets.setdefault(step.target, {"cpu": 0.0, "wall": 0.0, "files": 0})
        target["cpu"] += step.cpu
        target["wall"] += step.wall
        target["files"] += 1 if step.source else 0
    return dict(sorted(targets.items(), key=lambda item: (-item[1]["cpu"], -item[1]["wall"], item[0])))


def by_file(found):
    """{"TARGET: SOURCE": {"cpu", "wall"}}, most expensive first."""
    files = {f"{step.target}: {step.source}": {"cpu": step.cpu, "wall": step.wall} for step in found if step.source}
    return dict(sorted(files.items(), key=lambda item: (-item[1]["cpu"], item[0])))


def _cpu_seconds(path):
    with open(path) as file:
        return {output: float(seconds) for seconds, output in (line.rstrip("\n").split("\t") for line in file)}


# Lines of ninja's log: start and end in ms since the start of the build, time of the file, output, hash of the command.
def _wall_seconds(path):
    with open(path) as file:
        rows = [line.rstrip("\n").split("\t") for line in file if not line.startswith("#")]
    return {row[3]: (int(row[1]) - int(row[0])) / 1e3 for row in rows}


# meson: the object of a source file is TARGET.p/SOURCE.o, with _ for / in SOURCE if it is in another folder.
def _parts(output):
    target, private, rest = output.partition(".p/")
    return (target, rest.removesuffix(".o")) if private and rest.endswith(".o") else (output, "")
