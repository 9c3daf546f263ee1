# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Tests in a virtual machine, for what the machine's own kernel and cards cannot show; see __main__.py."""
