# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""The parts of the suite as jobs."""

import ast
import glob
import os
import re
import sys

from tests.suite import judge
from tests.suite.jobs import Job

PARTS = ("style", "unit", "e2e", "vm", "fuzz", "differential")
# Run only when named: another build of most of the code.
EXTRA_PARTS = ("threads",)
SANITIZED = "build-fuzz"
THREAD_SANITIZED = "build-tsan"
# Where libFuzzer's 4,096 octets are not enough: fragmented datagrams.
_LARGEST = {"cost": ["-max_len=65507"]}
# libFuzzer's choice of inputs by the rarity of what they reach takes longer than a run of these targets.
_UNWEIGHTED = {"image": ["-entropic=0"]}
_PYTHON = sys.executable
_FUZZ_SECONDS, _FUZZ_LONG_RUNS = 20, 10_000_000
# Sanitizers stop at the first finding of either kind.
_SANITIZERS = {"UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1", "TSAN_OPTIONS": "halt_on_error=1"}
_CLANG = {"CC": "clang", "CXX": "clang++", "CC_LD": "lld", "CXX_LD": "lld"}
# Each random case takes several times as long there, and is taken by the release build too.
_FEWER = {"RC_PARAMS": "max_success=20", "PTRD_STRIDE": "5"}
# Not run a second time under sanitizers. bpf: it tests code in the kernel, which no sanitizer sees; the code that it compares with,
# the answer engine and frames, has its own unit tests and fuzzers there. bench: what makes zones for measurements, from nobody's input.
_RELEASE_ONLY = ("bench", "bpf")
# Run under sanitizers only: workers run nothing of these layers for a packet, so that what optimization makes of them is seen by e2e.
_SANITIZED_ONLY = ("client", "config", "dnssec", "json", "lint", "load", "map", "operate", "rdns", "rdns_check", "tools", "zone",
                   "zone_sources")
# Those with threads, for ThreadSanitizer.
_THREADED = ("datapath", "image", "load", "operate", "policy", "port", "process", "service", "swap", "tools", "zone")
# The modules that take longest, first to start; the others follow by name.
_LONG_MODULES = ("test_tcp_limits", "test_gap", "test_swap", "test_bench", "test_xdp_survival", "test_ptrload")


class Suite:
    """The jobs of the parts that were chosen."""

    def __init__(self, parts, build, folder, long):
        self._parts, self._build, self._folder, self._long = parts, build, folder, long

    def jobs(self):
        """The jobs known before anything is built; a build's own jobs follow it. Long ones come first."""
        jobs = self._builds()
        for part in ("style", "vm", "differential", "e2e"):
            if part in self._parts:
                jobs += getattr(self, f"_{part}")()
        return jobs

    def _builds(self):
        werror = f"-Dwerror={'true' if os.environ.get('CI') else 'false'}"
        jobs = []
        if {"unit", "e2e", "vm", "differential"} & set(self._parts):
            jobs.append(self._builder("release", self._build, "* " + _without(_SANITIZED_ONLY), "--buildtype=release", "-Dtests=true", werror))
            jobs[-1].then, jobs[-1].cpus = self._unit_tests, 1 << 10  # all: most wait for it
        if {"unit", "fuzz"} & set(self._parts):
            # One folder for unit tests and fuzz targets: both want clang and the same flags.
            wanted = {"unit": "tests/unit/*_test " + _without(_RELEASE_ONLY),
                      "fuzz": "tests/fuzz/*_fuzz"}
            jobs.append(self._builder(
                "sanitized", SANITIZED, " ".join(pattern for part, pattern in wanted.items() if part in self._parts),
                "-Dbuildtype=custom", "-Doptimization=1", "-Ddebug=false", "-Dtests=true", "-Dbench=false", "-Dfuzz=true",
                "-Db_sanitize=address,undefined", "-Db_lundef=false", werror))
            jobs[-1].environment = _CLANG
            jobs[-1].then = self._sanitized_tests
            # Nothing waits for it before the tests that mostly sleep have run. They want a CPU now and then, and at once.
            jobs[-1].cpus, jobs[-1].background = 0, True
        if "threads" in self._parts:
            # DPDK's rings use fences otherwise, which the sanitizer does not understand.
            jobs.append(self._builder(
                "for threads", THREAD_SANITIZED, " ".join(f"tests/unit/{layer}_test" for layer in _THREADED), "-Dbuildtype=custom",
                "-Doptimization=1", "-Ddebug=false", "-Dcpp_args=-gline-tables-only -DRTE_USE_C11_MEM_MODEL", "-Dtests=true",
                "-Dbench=false", "-Dman=false", "-Db_sanitize=thread", "-Db_lundef=false", werror))
            jobs[-1].environment, jobs[-1].cpus = _CLANG, 1 << 10
            jobs[-1].then = lambda: self._gtests(THREAD_SANITIZED, part="threads")
        return jobs

    def _builder(self, name, folder, targets, *options):
        return Job(f"build {name}", "build", [_PYTHON, "-m", "tests.suite.build", folder, "-j{cpus}", targets, *options],
                   judge.build, seconds=7200, progress=ninja_progress)

    def _unit_tests(self):
        return self._gtests(self._build, _SANITIZED_ONLY) if "unit" in self._parts else []

    def _sanitized_tests(self):
        jobs = []
        if "unit" in self._parts:
            jobs += self._gtests(SANITIZED, _RELEASE_ONLY)
        if "fuzz" in self._parts:
            jobs += [self._fuzzer(path) for path in sorted(glob.glob("tests/fuzz/*_fuzz.cpp"))]
        return jobs

    def _gtests(self, folder, without=(), part="unit"):
        programs = sorted(path for pattern in ("*", "*/*") for path in glob.glob(f"{folder}/tests/unit/{pattern}_test")
                          if os.path.isfile(path) and os.path.basename(path)[:-len("_test")] not in without)
        # Some do more in a long run (PTRD_LONG).
        environment = {**_SANITIZERS, **({"PTRD_LONG": "1"} if self._long else _FEWER if folder != self._build else {})}
        return [Job(program, part, [program, "--gtest_color=no"], judge.gtest, environment=environment) for program in programs]

    def _fuzzer(self, source):
        """Inputs that it finds stay out of the tree; one that breaks it is kept in the build folder. The short run always takes the
        same way, so that the suite fails for what a change did; new ways are the long run's."""
        target = os.path.basename(source)[:-len("_fuzz.cpp")]
        corpus, findings = f"{self._folder}/corpus-{target}", f"{SANITIZED}/findings"
        os.makedirs(corpus)
        os.makedirs(findings, exist_ok=True)
        dictionary = [f"-dict={path}" for path in glob.glob(f"tests/fuzz/{target}.dict")]
        limit = (f"-runs={_FUZZ_LONG_RUNS}", "-seed=0") if self._long else (f"-max_total_time={_FUZZ_SECONDS}", "-seed=1")
        return Job(f"fuzz {target}", "fuzz", [
            f"{SANITIZED}/tests/fuzz/{target}_fuzz", *limit, *dictionary, *_LARGEST.get(target, ()), *_UNWEIGHTED.get(target, ()), "-timeout=10", "-rss_limit_mb=2048", "-print_final_stats=1", "-verbosity=1",
            f"-artifact_prefix={findings}/{target}-", corpus, f"tests/fuzz/seeds/{target}"],
            judge.fuzzer, environment=_SANITIZERS, seconds=7 * 86400 if self._long else 120)

    def _style(self):
        return [*(Job(f"style {what}", "style", ["tools/lib/style", what], judge.single, cpus=0) for what in ("clang-format", "zones")),
                *(job for what in ("layers", "documents") for job in (
                    Job(f"style {what}", "style", [_PYTHON, "-m", f"tests.style.{what}"], judge.single, cpus=0),
                    Job(f"style: the check of {what}", "style", [_PYTHON, "-m", "unittest", f"tests.style.test_{what}"], judge.single,
                        cpus=0)))]

    def _vm(self):
        # The machine's own network, because the kernel package is downloaded. Its two virtual CPUs, emulated, take about one of the
        # machine's.
        return [Job("vm", "vm", [_PYTHON, "-m", "tests.vm", *(["--long"] if self._long else [])], judge.end_to_end, needs=("build release",),
                    network=True, seconds=4000 if self._long else 1000, environment=self._programs())]

    def _differential(self):
        arguments = ["--build", self._build, *(["--long"] if self._long else [])]
        compared = [Job(f"differential: {what}", "differential", [_PYTHON, "tests/differential/run.py", *arguments, *more],
                        judge.differential, needs=("build release",), seconds=86400 if self._long else 900)
                    for what, more in (("replies compared", []), ("signed zones", ["--signed"]))]
        return [*compared,
                Job("differential: reading and judging replies", "differential",
                    [_PYTHON, "-m", "unittest", "discover", "-s", "tests/differential"], judge.single, cpus=0)]

    def _e2e(self):
        modules = sorted(os.path.basename(path)[:-3] for path in glob.glob("tests/e2e/test_*.py"))
        modules.sort(key=lambda name: _LONG_MODULES.index(name) if name in _LONG_MODULES else len(_LONG_MODULES))
        return [Job(f"e2e {name}", "e2e", [_PYTHON, "-m", "tests.e2e", name], judge.end_to_end, needs=("build release",),
                    alone=runs_alone(f"tests/e2e/{name}.py"), environment=self._programs()) for name in modules]

    def _programs(self):
        return {"PTRD_BUILD": self._build}


def _without(layers):
    """The patterns that leave out the unit tests of these layers."""
    return " ".join(f"!tests/unit/{folder}{name}_test" for name in layers for folder in ("", "*/"))


def runs_alone(path):
    """Whether the module has ALONE, the reason why nothing may run beside it."""
    with open(path, encoding="utf-8") as file:
        tree = ast.parse(file.read())
    return any(isinstance(node, ast.Assign) and node.targets[0].id == "ALONE" for node in tree.body
               if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name))


def ninja_progress(log):
    """How far ninja is."""
    steps = re.findall(r"^\[(\d+)/(\d+)\]", log, re.MULTILINE)
    return "step {} of {}".format(*steps[-1]) if steps else ""
