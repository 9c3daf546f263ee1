# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Parallel jobs: which may run at once, their output in one piece, and an end that leaves nothing behind."""

import ctypes
import dataclasses
import os
import signal
import subprocess
import time

_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
_STOP_SECONDS = 15  # between SIGTERM and SIGKILL: time for a job to clean up
_MARK = "PTRD_TEST_JOB"  # in the environment of everything that a job starts
# In an empty network, with its own pins and namespace names: no two jobs use the same port or name, and everything disappears with
# the job.
_APART = ("unshare", "--net", "--mount", "sh", "-c", """ip link set lo up && mkdir -p /run/netns && mount -t tmpfs tmpfs /run/netns &&
    { [ ! -d /sys/fs/bpf ] || mount -t bpf bpf /sys/fs/bpf; } && exec "$@" """, "sh")
_libc = ctypes.CDLL(None, use_errno=True)


@dataclasses.dataclass
class Outcome:
    """The result of a job: counts of tests, the text to show, and the tests' times as (seconds, name)."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    text: str = ""
    times: list = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Job:
    """A command.

    `judge(status, log)` gives its Outcome. `cpus` of the machine's are its own, with `alone` all.
    `needs` are names of jobs that must have succeeded; `then()` gives more jobs once this one has. One of no `cpus` hardly needs any, or is
    a `background` job: it gets what the others leave of all CPUs.
    `network`: it needs the machine's own network; the others get an empty one each.
    """

    name: str
    part: str
    command: list
    judge: callable
    needs: tuple = ()
    cpus: int = 1
    alone: bool = False
    background: bool = False
    network: bool = False
    seconds: int = 900  # timeout: then it is stopped, and has failed
    environment: dict = dataclasses.field(default_factory=dict)
    progress: callable = None  # progress, from the log
    then: callable = None

    process: subprocess.Popen = None
    log: str = ""
    began: float = 0
    took: float = 0
    outcome: Outcome = None

    def read_log(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return file.read()


class Runner:
    """Runs jobs in their order, as many at once as there are CPUs; `report(job)` is called for each finished one."""

    def __init__(self, cpus, folder, report, tell):
        self._cpus, self._folder, self._report, self._tell = cpus, folder, report, tell
        self._running = []
        # Orphans of a job become our children, so that none outlives it.
        _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1)

    def run(self, jobs):
        waiting, ended = list(jobs), {}
        while waiting or self._running:
            for job in [job for job in waiting if any(ended.get(need) is False for need in job.needs)]:
                waiting.remove(job)  # its build has failed, which has been counted
                ended[job.name] = False
            while (job := self._next(waiting, ended)) is not None:
                waiting.remove(job)
                self._start(job, alone=not waiting and not self._running)
            for job in [job for job in self._running if self._has_ended(job)]:
                self._running.remove(job)
                self._finish(job)
                ended[job.name] = job.process.returncode == 0
                if job.then and ended[job.name]:
                    waiting = job.then() + waiting
            self._reap_orphans()
            self._tell(self._running, waiting)
            time.sleep(0.05)

    def stop(self):
        """Stops all running jobs."""
        running, self._running = self._running, []
        for job in running:
            _signal_group(job.process.pid, signal.SIGTERM)
        end = time.monotonic() + _STOP_SECONDS
        while time.monotonic() < end and any(job.process.poll() is None for job in running):
            time.sleep(0.05)
        for job in running:
            _signal_group(job.process.pid, signal.SIGKILL)
            job.process.wait()
        self._end_orphans()

    def _next(self, waiting, ended):
        if any(job.alone for job in self._running):
            return None
        free = self._cpus - sum(job.cpus for job in self._running)
        for job in waiting:
            if not all(ended.get(need) for need in job.needs):
                continue
            if job.alone:
                if not self._running and all(other.alone for other in waiting):  # the others come first
                    return job
            elif min(job.cpus, self._cpus) <= free:
                return job
        return None

    def _start(self, job, alone):
        job.log = os.path.join(self._folder, f"{len(os.listdir(self._folder)):03}.log")
        job.cpus = self._cpus if alone else min(job.cpus, self._cpus)
        threads = self._cpus if job.background else job.cpus
        command = [word.format(cpus=threads) if word == "-j{cpus}" else word for word in job.command]
        if not job.network:
            command = [*_APART, *command]
        with open(job.log, "wb") as log:
            job.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                                           start_new_session=True,
                                           preexec_fn=_in_background if job.background else _die_with_parent,
                                           env={**os.environ, **job.environment, _MARK: str(os.getpid()) + job.log})
        job.began = time.monotonic()
        self._running.append(job)

    def _has_ended(self, job):
        if time.monotonic() - job.began > job.seconds:
            _signal_group(job.process.pid, signal.SIGTERM)
            try:
                job.process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                pass
            _signal_group(job.process.pid, signal.SIGKILL)
            job.process.wait()
            with open(job.log, "a", encoding="utf-8") as log:
                log.write(f"\nstopped after {job.seconds} s\n")
        return job.process.poll() is not None

    def _finish(self, job):
        job.took = time.monotonic() - job.began
        _signal_group(job.process.pid, signal.SIGKILL)
        self._end_orphans(job)
        job.outcome = job.judge(job.process.returncode, job.read_log())
        self._report(job)

    def _orphans(self):
        """Our children that are not jobs were left by a job."""
        ours = {running.process.pid for running in self._running}
        return [pid for pid in _children() if pid not in ours]

    def _reap_orphans(self):
        """As init would: to a job that looks for a process of its own, one that has ended but is not waited for still runs."""
        for pid in self._orphans():
            os.waitpid(pid, os.WNOHANG)

    def _end_orphans(self, job=None):
        """Kills the orphans of a job, or without it of any."""
        for pid in self._orphans():
            if job is None or f"{_MARK}={os.getpid()}{job.log}" in _environment(pid):
                try:
                    os.kill(pid, signal.SIGKILL)
                    os.waitpid(pid, 0)
                except (ProcessLookupError, ChildProcessError):
                    pass


def _environment(pid):
    try:
        with open(f"/proc/{pid}/environ", errors="replace") as file:
            return file.read().split("\0")
    except OSError:
        return []


def _children():
    with open(f"/proc/self/task/{os.getpid()}/children") as file:
        return [int(pid) for pid in file.read().split()]


def _signal_group(leader, number):
    try:
        os.killpg(leader, number)
    except ProcessLookupError:
        pass


def _die_with_parent():
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _in_background():
    """The lowest priority, among the session's processes and, where the kernel schedules sessions, among these."""
    _die_with_parent()
    os.nice(19)
    try:
        with open("/proc/self/autogroup", "w") as file:
            file.write("19")
    except OSError:
        pass
