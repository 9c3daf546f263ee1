#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Runs tests in a virtual machine with Debian's own kernel and network cards: python3 -m tests.vm [--long] [TEST...].

By default those that need it: the cards (test_card.py), and that this kernel takes and runs the XDP programs. With --long also
all other end-to-end tests of AF_XDP. Output and exit status as those of tests.e2e, which see.
"""

import argparse
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(ROOT, "tests", "e2e")]

import guest
import kernel
import ptrd

SHORT = ["test_debian_kernel", "test_memory_nodes", "test_card", "test_same_bytes.SameBytesTest.test_af_xdp", "test_same_bytes.SameBytesTest.test_kernel_first",
         "test_same_bytes.SameBytesTest.test_kernel_alone"]
LONG = ["test_xdp", "test_xdp_survival", "test_kernel_answers", "test_exception", "test_af_xdp"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--long", action="store_true")
    parser.add_argument("tests", nargs="*", metavar="TEST", help="module, or module.class.test")
    arguments = parser.parse_args()
    names = arguments.tests or SHORT + (LONG if arguments.long else [])
    folder = f"{ptrd.BUILD}/vm"
    debian = kernel.fetch(folder)
    temporary = ptrd.temporary_folder()
    initial = f"{temporary}/initial"
    kernel.initial_file_system(initial, debian, f"{HERE}/init")
    return guest.run(debian, initial, [ROOT, ptrd.BUILD, temporary], [f"{HERE}/inside.py", ptrd.BUILD, temporary, *names], 3600 if arguments.long else 900,
                     lambda line: print(line, flush=True))


sys.exit(main())
