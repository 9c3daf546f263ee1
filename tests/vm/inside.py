# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Runs in the virtual machine: makes it ready, and runs tests. Arguments: the build folder, the host's temporary one, the tests'
names."""

import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))


def main():
    build, temporary, *names = sys.argv[1:]
    with open("/proc/sys/vm/nr_hugepages", "w") as file:
        file.write("256")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    # Nobody else loads drivers here.
    subprocess.run(["modprobe", "--all", "tun", "vfio-pci", "e1000e", "virtio_net"], check=True)
    os.chdir(ROOT)
    environment = {**os.environ, "PTRD_BUILD": build, "PTRD_TEMPORARY": temporary, "PYTHONPATH": HERE, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run([sys.executable, "-m", "tests.e2e", *names], env=environment, stdin=subprocess.DEVNULL,
                          stderr=subprocess.STDOUT, check=False).returncode


sys.exit(main())
