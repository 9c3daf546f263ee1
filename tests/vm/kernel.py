# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Debian's own kernel: its package fetched and unpacked into a folder, and the initial file system that it starts with."""

import glob
import os
import re
import shutil
import subprocess

# What it takes to reach the machine's file system; all else is loaded from there.
_BOOT_MODULES = ("virtio_pci", "9pnet_virtio", "9p", "overlay")


class Kernel:
    """`image` is the kernel, `modules` the folder lib/modules of its package."""

    def __init__(self, folder):
        self.image, = glob.glob(f"{folder}/boot/vmlinuz-*")
        self.modules = f"{folder}/lib/modules"
        self.version, = os.listdir(self.modules)

    def boot_modules(self):
        """Paths of the modules in the initial file system, each behind those that it needs."""
        needs = {}
        with open(f"{self.modules}/{self.version}/modules.dep") as file:
            for line in file:
                path, others = line.split(":")
                needs[os.path.basename(path)] = (path, others.split()[::-1])
        paths = []
        for name in _BOOT_MODULES:
            path, others = needs[f"{name}.ko"]
            paths += [each for each in (*others, path) if each not in paths]
        return [f"{self.modules}/{self.version}/{path}" for path in paths]


def fetch(folder):
    """The kernel of linux-image-amd64; unpacked there once."""
    os.makedirs(folder, exist_ok=True)
    there = next(iter(glob.glob(f"{folder}/linux-image-*[0-9]-amd64")), None)
    if there is None:
        _run("apt-get", "-q", "update")
        depends = _run("apt-cache", "depends", "--important", "linux-image-amd64")
        package = re.search(r"Depends: (linux-image-\S+)", depends)[1]
        there = f"{folder}/{package}"
        _run("apt-get", "-q", "download", package, cwd=folder)
        archive, = glob.glob(f"{folder}/{package}_*.deb")
        shutil.rmtree(f"{there}.new", ignore_errors=True)
        _run("dpkg-deb", "-x", archive, f"{there}.new")
        os.remove(archive)
        version, = os.listdir(f"{there}.new/lib/modules")
        _run("depmod", "-b", f"{there}.new", version)
        os.rename(f"{there}.new", there)
    return Kernel(there)


def initial_file_system(path, kernel, init):
    """Writes it, in the format that kernels read (newc, Documentation/driver-api/early-userspace/buffer-format.rst): busybox,
    the modules in order under /modules, and the script `init`."""
    files = {"bin/busybox": "/usr/bin/busybox", "init": init}
    files |= {f"modules/{number:02}-{os.path.basename(module)}": module for number, module in enumerate(kernel.boot_modules())}
    with open(path, "wb") as archive:
        for folder in ("bin", "modules", "proc", "sys", "dev", "machine", "changes", "root"):
            archive.write(_entry(folder, 0o040755, b""))
        for name, source in files.items():
            with open(source, "rb") as file:
                archive.write(_entry(name, 0o100755, file.read()))
        archive.write(_entry("TRAILER!!!", 0, b""))


def _entry(name, mode, data):
    encoded = name.encode() + b"\0"
    _entry.inode += 1
    fields = (_entry.inode, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(encoded), 0)
    header = b"070701" + "".join(f"{field:08x}" for field in fields).encode() + encoded
    return header + bytes(-len(header) % 4) + data + bytes(-len(data) % 4)


_entry.inode = 0


def _run(*command, cwd=None):
    result = subprocess.run(command, check=False, capture_output=True, text=True, cwd=cwd)
    if result.returncode != 0:
        raise AssertionError(f"{' '.join(command)} failed: {result.stderr.strip()}")
    return result.stdout
