# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""The share of the machine that a measurement gets."""

import contextlib
import os


def go_first():
    """Runs ahead of other sessions' processes, if the kernel groups processes by session (sched(7))."""
    with contextlib.suppress(OSError):
        os.setsid()
    with contextlib.suppress(OSError), open("/proc/self/autogroup", "w") as file:
        file.write("-20")
