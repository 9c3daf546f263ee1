# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Huge pages for a run, released at its end; those of a killed run are released by the next one."""

import glob
import os
import re

import leftovers

_POOL = "/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages"
_NOTES = "/run/ptrd-bench-huge-pages-"  # and a process id: how many pages it added


def free_mib():
    """Of all sizes."""
    mib = 0
    for folder in glob.glob("/sys/kernel/mm/hugepages/hugepages-*kB"):
        mib += _number(f"{folder}/free_hugepages") * (int(re.search(r"-(\d+)kB", folder)[1]) // 1024)
    return mib


def reserve(mib):
    """Keeps that many MiB free until this process ends; False, and nothing reserved, if they are not available."""
    for note in glob.glob(f"{_NOTES}*"):
        if not os.path.exists(f"/proc/{note.removeprefix(_NOTES)}"):
            _give_back(note)
    missing = -(-(mib - free_mib()) // 2)
    if missing <= 0:
        return True
    note = f"{_NOTES}{os.getpid()}"
    try:
        before = _number(_POOL)
        _write(note, missing)
        give_back = leftovers.register(lambda: _give_back(note))
        _write(_POOL, before + missing)
        _write(note, _number(_POOL) - before)
    except PermissionError:
        return False
    if free_mib() < mib:
        give_back()
        return False
    return True


def _give_back(note):
    _write(_POOL, max(0, _number(_POOL) - _number(note)))
    os.unlink(note)


def _number(path):
    with open(path) as file:
        return int(file.read())


def _write(path, number):
    with open(path, "w") as file:
        file.write(str(number))
