# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Cleans up in all cases: at the end, on a signal, and after a killed run."""

import atexit
import ctypes
import os
import signal
import subprocess

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)
_actions = []


def register(action):
    """Calls `action()` when the process ends, latest first; returns a function that calls it now instead."""
    _actions.append(action)

    def now():
        if action in _actions:
            _actions.remove(action)
            action()

    return now


def _run_all():
    while _actions:
        try:
            _actions.pop()()
        except Exception as error:  # one failed clean-up must not keep the others from running
            print(f"clean-up: {error}")


def _on_signal(number, _frame):
    # Not sys.exit: unittest treats SystemExit as a failed test and continues.
    _run_all()
    _kill_children()
    os._exit(128 + number)


def _kill_children():
    """Those that `die_with_parent` does not reach: short commands."""
    for task in os.listdir("/proc/self/task"):
        with open(f"/proc/self/task/{task}/children") as file:
            for pid in file.read().split():
                os.kill(int(pid), signal.SIGKILL)


def die_with_parent():
    """For Popen's preexec_fn: the child is killed when the test process is."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def sweep_namespaces(prefix):
    """Removes namespaces named `prefix`...-PID of a process that is gone."""
    names = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=True).stdout
    for line in names.splitlines():
        name = line.split()[0]
        if name.startswith(prefix) and not os.path.exists(f"/proc/{name.rsplit('-', 1)[1]}"):
            subprocess.run(["ip", "netns", "delete", name], check=False)


atexit.register(_run_all)
for _number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(_number, _on_signal)
