# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Runs the programs of the build folder (environment PTRD_BUILD, default "build")."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time

import leftovers

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, os.environ.get("PTRD_BUILD", "build"))
PTRD = os.path.join(BUILD, "tools", "ptrd")
PTRZONE = os.path.join(BUILD, "tools", "ptrzone")
XDP_PROGRAM = os.path.join(BUILD, "bpf", "dns_filter.bpf.o")
ZONES = os.path.join(ROOT, "zones")
TEST_ZONES = os.path.join(ROOT, "tests", "e2e", "zones")


def temporary_folder():
    """A folder that everyone may read, removed at the end."""
    path = tempfile.mkdtemp(prefix="ptrd-e2e-")
    os.chmod(path, 0o755)
    leftovers.register(lambda: shutil.rmtree(path, ignore_errors=True))
    return path


def as_nobody(*command):
    return ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *command]


def run(*command, timeout=60, **options):
    """Runs a command to its end; returns returncode, stdout, stderr."""
    # Without preexec_fn, for which Python forks: that takes several times the CPU time of a vfork and the short command itself.
    return subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False, **options)


def ptrzone(*arguments, **options):
    return run(PTRZONE, *arguments, **options)


def compile_image(image, *paths):
    """Compiles zones; must succeed."""
    result = ptrzone("compile", "-o", image, *paths)
    if result.returncode != 0:
        raise AssertionError(f"ptrzone compile ended with {result.returncode}: {result.stderr}")
    return image


def children(pid):
    """This process's children by name."""
    found = {}
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/children") as file:
            for child in map(int, file.read().split()):
                with contextlib.suppress(OSError), open(f"/proc/{child}/comm") as name:
                    found[name.read().strip()] = child
    return found


def total(counters):
    """The sum of a group of counters, which may be one number or numbers by name."""
    return sum(map(total, counters.values())) if isinstance(counters, dict) else counters


class Ptrd:
    """`with Ptrd(image, "--socket", ...) as server`: up from "ready" to the end of the block.

    `prefix` goes before the command line: Host.command() of a namespace, or as_nobody().
    """

    def __init__(self, image, *arguments, prefix=(), program=PTRD, timeout=30):
        self._folder = temporary_folder()
        os.chmod(self._folder, 0o777)  # an unprivileged ptrd writes its counters here
        self._stats = os.path.join(self._folder, "stats.json")
        # The rest may end with arguments for DPDK.
        self._command = [*prefix, program, "--image", image, "--stats-json", self._stats, *arguments]
        self._timeout = timeout
        self._lines = []
        self._ready = threading.Event()
        self._process = None

    @property
    def log(self):
        return "".join(self._lines)

    @property
    def pid(self):
        return self._process.pid

    def launch(self):
        """Starts it without waiting until it is ready."""
        self._process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                         stderr=subprocess.PIPE, text=True, errors="replace",
                                         preexec_fn=leftovers.die_with_parent)
        self._close = leftovers.register(self._kill)
        self._reader = threading.Thread(target=self._read_log, daemon=True)
        self._reader.start()
        return self

    def start(self):
        self.launch()
        end = time.monotonic() + self._timeout
        while not self._ready.wait(0.05):
            if self._process.poll() is not None:
                self._reader.join(5)
                if self._ready.is_set():
                    break  # it had little to do and is through already
                raise AssertionError(f"ptrd ended with {self._process.returncode} before it was ready:\n{self.log}")
            if time.monotonic() > end:
                self._close()
                raise AssertionError(f"ptrd was not ready within {self._timeout} s:\n{self.log}")
        return self

    def stop(self):
        """Stops ptrd; returns its counters."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        return self.wait()

    def kill(self):
        """Stops ptrd if it is still running."""
        self._close()

    def wait(self):
        """Waits for ptrd to exit by itself (--duration); returns its counters."""
        try:
            status = self._process.wait(self._timeout)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"ptrd does not end:\n{self.log}") from None
        finally:
            self._close()
        self._reader.join(5)
        if status != 0:
            raise AssertionError(f"ptrd ended with {status}:\n{self.log}")
        with open(self._stats) as file:
            return json.load(file)

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, *_):
        if self._process.poll() is None:
            if kind is None:
                self.stop()
            else:
                self._close()

    def _read_log(self):
        with self._process.stderr as stderr:
            for line in stderr:
                self._lines.append(line)
                if line.startswith("ptrd: ready"):
                    self._ready.set()

    def _kill(self):
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
