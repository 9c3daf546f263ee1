# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""End-to-end tests: ptrd and ptrzone as they are run, judged by dnspython. Needs root; see tools/test."""

import os
import sys

# So that a test file runs as tests.e2e.test_x and by itself with the same imports.
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
