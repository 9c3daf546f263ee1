#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Runs end-to-end tests: python3 -m tests.e2e [MODULE...], all of them by default.

One line for each test, details of what failed, and "N passed, N failed, N skipped" last.
"""

import glob
import os
import sys
import time
import traceback
import unittest

import tests.e2e


class _Result(unittest.TestResult):
    """Counts tests, not their subtests: a test with five bad subtests has failed once."""

    def __init__(self):
        super().__init__()
        self.passed = self.failed = self.skipped_tests = 0

    def startTest(self, test):
        super().startTest(test)
        self._bad, self._skipped, self._began = False, False, time.monotonic()

    def stopTest(self, test):
        super().stopTest(test)
        self.passed += not self._bad and not self._skipped
        self.failed += self._bad
        self.skipped_tests += self._skipped and not self._bad
        verdict = "FAILED" if self._bad else "skipped" if self._skipped else "ok"
        print(f"{verdict:7} {test.id().removeprefix('tests.e2e.')} ({time.monotonic() - self._began:.1f} s)", flush=True)

    def addFailure(self, test, error):
        self._bad = True
        self._explain(test, error)

    def addError(self, test, error):
        if isinstance(test, unittest.TestCase):
            self._bad = True
        else:  # setUpClass and its like, outside of any test
            self.failed += 1
            print(f"FAILED  {test}")
        self._explain(test, error)

    def addSubTest(self, test, subtest, error):
        if error is not None:
            self._bad = True
            self._explain(subtest, error)

    def addSkip(self, test, reason):
        self._skipped = True
        if not isinstance(test, unittest.TestCase):
            self.skipped_tests += 1

    @staticmethod
    def _explain(test, error):
        print(f"-- {test}\n{''.join(traceback.format_exception(*error))}", flush=True)


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    modules = sys.argv[1:] or [os.path.basename(path)[:-3] for path in sorted(glob.glob(f"{here}/test_*.py"))]
    suite = unittest.defaultTestLoader.loadTestsFromNames(modules)
    result = _Result()
    suite.run(result)
    print(f"{result.passed} passed, {result.failed} failed, {result.skipped_tests} skipped")
    return 1 if result.failed or not result.passed else 0


sys.exit(main())
