# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""What tools/test runs: all tests as jobs, side by side where they do not disturb one another."""
