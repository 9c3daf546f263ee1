# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Checks that includes only point downward, and draws what each layer includes.

    python3 -m tests.style.layers            check the tree; each include that points upward is one line
    python3 -m tests.style.layers --draw     print the picture that src/README.md shows
"""

import collections
import os
import re
import sys

# Each room (a folder of src/, with its headers in include/ptrd/) and the rooms that it builds on, from the bottom up. A room may
# include these and what they build on, nothing else. A folder that is not named here belongs to the room above it.
ROOMS = {
    "wire": (),
    "file": (),
    "json": (),
    "change": ("wire", "file"),
    "image": ("wire",),
    "dnssec": ("wire",),
    "image/verify": ("image",),
    "image/build": ("image", "dnssec", "file"),
    "image/patch": ("image/build",),
    "change/apply": ("change", "image/patch"),
    "answer": ("image",),
    "answer/ask": ("answer",),
    "frame": ("wire",),
    "policy": ("answer", "file"),
    "datapath": ("policy", "frame", "json"),
    "port": ("datapath",),
    "port/dpdk": ("port",),
    "port/xdp": ("port",),
    "process": ("port",),
    "swap": ("process", "change/apply"),
    "service": ("swap", "port/dpdk", "port/xdp"),
    "config": ("service", "file"),
    "operate": ("config",),
    "load": ("port", "frame"),
    "load/transport": ("load", "port/dpdk", "port/xdp"),
    "zone": ("image/build",),
    "zone/check": ("zone", "answer"),
    "zone/dnssec": ("zone/check", "dnssec"),
    "zone/read": ("zone",),
    "zone/sources": ("zone/read",),
    "zone/compile": ("zone/check", "zone/sources"),
    "lint": ("zone/compile", "json"),
    "map": ("answer/ask",),
    "client": ("wire",),
    "rdns": ("wire", "file"),
    "rdns/objects": ("rdns",),
    "rdns/verify": ("rdns", "client"),
    "rdns/check": ("rdns/objects", "rdns/verify", "json"),
}
# The rooms that include headers shared by the kernel's programs and user space (bpf/).
SHARED_WITH_BPF = ("policy", "port/xdp", "load/transport")
# The core links no library for packets and no thread.
CORE = ("wire", "file", "change", "image", "image/verify", "image/build", "image/patch", "change/apply", "answer", "answer/ask", "frame")
NOT_IN_CORE = re.compile(r"rte_|bpf/|xdp/|spdlog|asio|yaml-cpp|prometheus|nlohmann|thread\b|pthread")

_INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def room_of(path):
    """The room of a file, named by its path below src/ or include/ptrd/; None for others (README.md, generated headers)."""
    folder = os.path.dirname(path)
    while folder and folder not in ROOMS:
        folder = os.path.dirname(folder)
    return folder or None


def below(room):
    """All rooms that `room` may include, itself among them."""
    found, queue = set(), [room]
    while queue:
        name = queue.pop()
        if name not in found:
            found.add(name)
            queue += ROOMS[name]
    return found


def sources(root):
    """(path below the root, path by which it is included, text) of each source of the layers."""
    for top in ("src", "include/ptrd"):
        for folder, _, names in sorted(os.walk(os.path.join(root, top))):
            for name in sorted(names):
                if name.endswith((".cpp", ".hpp", ".h", ".c")):
                    path = os.path.join(folder, name)
                    with open(path, encoding="utf-8") as file:
                        yield os.path.relpath(path, root), os.path.relpath(path, os.path.join(root, top)), file.read()


def read(root):
    """What each room includes, {room: {room: includes}}, and the faults, each as one line."""
    includes = {room: collections.Counter() for room in ROOMS}
    faults = []
    for path, name, text in sources(root):
        room = room_of(name)
        if room is None:
            if not name.startswith("libraries/"):
                faults.append(f"{path}: this folder is not a layer; name it in tests/style/layers.py")
            continue
        for quote, target in _INCLUDE.findall(text):
            if quote == "<":
                if room in CORE and NOT_IN_CORE.match(target):
                    faults.append(f"{path}: includes <{target}>; the core ({', '.join(CORE)}) may not")
                continue
            if target.startswith("bpf/"):
                if room not in SHARED_WITH_BPF:
                    faults.append(f"{path}: includes {target}; only {' and '.join(SHARED_WITH_BPF)} may")
                continue
            other = room_of(target.removeprefix("ptrd/"))
            if other is None:
                if "/" in target:
                    faults.append(f"{path}: includes {target}, which is in no layer")
                continue
            if other not in below(room):
                faults.append(f"{path}: includes {target}; {room} may include only {', '.join(sorted(below(room) - {room})) or 'itself'}")
            elif other != room:
                includes[room][other] += 1
    return includes, faults


def draw(includes):
    """The picture: a line a room, the highest first, with the rooms that its files include and how often."""
    width = max(map(len, ROOMS))
    lines = []
    for room in reversed(ROOMS):
        targets = sorted(includes[room], key=list(ROOMS).index, reverse=True)
        lines.append(f"{room.ljust(width)}  {'->' if targets else '  '}  {'  '.join(targets)}".rstrip())
    return "\n".join(lines) + "\n"


def picture_in(readme):
    """The picture that a README shows: the fenced block after the line that names this module."""
    match = re.search(r"tests\.style\.layers --draw.*?\n```[a-z]*\n(.*?)```", readme, re.DOTALL)
    return match.group(1) if match else None


def main(arguments, root):
    includes, faults = read(root)
    if arguments == ["--draw"]:
        print(draw(includes), end="")
        return 0
    if arguments:
        print(__doc__, file=sys.stderr)
        return 2
    with open(os.path.join(root, "src/README.md"), encoding="utf-8") as file:
        if picture_in(file.read()) != draw(includes):
            faults.append("src/README.md: its picture of the layers is not that of python3 -m tests.style.layers --draw")
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))))
