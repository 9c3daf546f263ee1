# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""A virtual machine with Debian's kernel, the host's file system and network cards on the PCI bus, in QEMU.

It sees the host's files as they are, but for /dev, /proc, /run, /sys and /tmp, which it has of its own; what it writes it keeps in memory, and is gone with it. It is emulated: slow, but it starts
in seconds on any machine, needs no rights, and has no way to a network.
"""

import dataclasses
import re
import subprocess
import threading

import leftovers


@dataclasses.dataclass(frozen=True)
class Cable:
    """With a card of QEMU's `model` at each end, the kernel's `driver` of it, and their slots on the PCI bus."""

    model: str
    driver: str
    server: int
    client: int
    options: str = ""


INTEL = Cable("e1000e", "e1000e", 0x10, 0x11)
# AF_XDP goes with none of what a virtio card would do by itself.
VIRTIO = Cable("virtio-net-pci", "virtio-pci", 0x12, 0x13, ",disable-legacy=on,iommu_platform=on,csum=off,gso=off,guest_csum=off"
               ",guest_tso4=off,guest_tso6=off,guest_ufo=off")
# Two memory nodes, each with a CPU.
_NODES = 2
_MEMORY_OF_NODE = "1536M"


def mac_of(slot):
    return bytes.fromhex(f"5254000000{slot:02x}")


def run(kernel, initial, folders, command, seconds, each_line):
    """Has the guest run a Python program with its arguments; hands over its output, line by line. Gives its exit status.

    `folders` are there wherever they lie, also below a folder that the guest mounts over.
    """
    arguments = ["qemu-system-x86_64", "-machine", "q35", "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", str(_NODES), "-m", "3G",
                 "-nodefaults", "-no-user-config", "-no-reboot", "-display", "none", "-serial", "stdio",
                 "-device", "intel-iommu,intremap=on,caching-mode=on", "-device", "virtio-rng-pci",
                 "-virtfs", "local,path=/,mount_tag=machine,security_model=none,readonly=on,multidevs=remap",
                 "-kernel", kernel.image, "-initrd", initial, "-append",
                 "console=ttyS0 quiet panic=-1 rdinit=/init intel_iommu=on net.ifnames=0 random.trust_cpu=on "
                 f"ptrd_modules={kernel.modules} ptrd_folders={':'.join(folders)} -- {' '.join(command)}"]
    for node in range(_NODES):
        arguments += ["-object", f"memory-backend-ram,id=memory{node},size={_MEMORY_OF_NODE}",
                      "-numa", f"node,nodeid={node},cpus={node},memdev=memory{node}"]
    for hub, cable in enumerate((INTEL, VIRTIO)):
        for slot in (cable.server, cable.client):
            arguments += ["-netdev", f"hubport,id=port{slot},hubid={hub}",
                          "-device", f"{cable.model},netdev=port{slot},addr={slot:#x},mac={mac_of(slot).hex(':')}{cable.options}"]
    with subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          errors="replace", preexec_fn=leftovers.die_with_parent) as process:
        forget = leftovers.register(process.kill)
        stop = threading.Timer(seconds, process.kill)
        stop.start()
        status, kernel_says = None, []
        for line in process.stdout:
            line = re.sub(r"\x1b[\[c][?0-9;]*[a-zA-Z]?", "", line).rstrip()
            if found := re.fullmatch(r"guest: exit status (\d+)", line):
                status = int(found[1])
            elif re.match(r"\[ *\d+\.\d+\] ", line):
                kernel_says.append(line)
            elif line:
                each_line(line)
        stop.cancel()
        forget()
        errors = process.stderr.read()
    if status is None:
        last = "\n".join([*kernel_says[-20:], errors[-1000:]])
        raise AssertionError(f"the guest ended, or was ended after {seconds} s, without an exit status:\n{last}")
    return status
