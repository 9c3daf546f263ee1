# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""`ptrzone compile`, and zone sets without the records that its checks reject but the peers load."""

import functools
import os
import re
import subprocess

# Used if `ptrzone compile` has them: then nothing is dropped, and NSEC3 hashes may be iterated.
_WANTED = {"--no-check": ["--no-check"], "--nsec3-iterations": ["--nsec3-iterations", "10"]}
_ERROR = re.compile(r"z(\d+)\.zone:(\d+): error: (.*)")
_ROUNDS = 30


class NotCompiled(Exception):
    """Carries the output of ptrzone."""


def compile_image(build, files, image):
    """`files`: (apex, path) of each zone, named as ZoneSet.write names them."""
    program = os.path.join(build, "tools", "ptrzone")
    command = [program, "compile", "-o", image, *_options(program), *(f"{apex}={path}" for apex, path in files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NotCompiled("\n".join(line for line in done.stderr.splitlines() if "warning:" not in line))


@functools.cache
def _options(program):
    text = subprocess.run([program, "compile", "--help"], capture_output=True, text=True, check=False).stdout
    return [word for option, words in _WANTED.items() if option in text for word in words]


def accepted_part(build, zone_set, folder):
    """The zone set without what ptrzone rejects, and [(message, record)]; raises NotCompiled if there is no such subset."""
    refused = []
    for _ in range(_ROUNDS):
        try:
            compile_image(build, zone_set.write(folder), os.path.join(folder, "trial.ptri"))
            return zone_set, refused
        except NotCompiled as error:
            found = [(int(zone), int(line) - 1, text) for zone, line, text in _ERROR.findall(str(error))]
            if not found:
                raise
        refused += [(text, zone_set.zones[zone].records[line].text()) for zone, line, text in found]
        removable = set(zone_set.removable())
        # Without its SOA or last NS there is no zone.
        zone_set = zone_set.without({(zone, line) if (zone, line) in removable else (zone, None) for zone, line, _ in found})
    raise NotCompiled("the checks find something new each time that records are dropped")


def kind_of_refusal(text):
    """The message without the parts that depend on the record."""
    return re.sub(r"\d+", "N", re.sub(r"[^ ]*\.(?=[ ,;)]|$)|[^ ]*\.[^ ]+|'[^']*'+|\(.*\)", "...", text))
