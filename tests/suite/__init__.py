# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""The tests that tools/test runs: all as jobs, in parallel where they do not disturb each other."""
