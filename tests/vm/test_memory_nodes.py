# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""ptrd on a machine with two memory nodes (NUMA), which the virtual one has."""

import contextlib
import os
import re
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))

import control
import dnscases
import ptrd
import test_socket

_ZONE = "$TTL 60\n@ IN SOA ns.example. host.example. 1 1 1 1 60\n@ IN NS ns.example.\n"


class MemoryNodesTest(unittest.TestCase):
    def test_a_copy_on_each(self):
        """The image lies whole on each node, after the start and after a reload."""
        folder = ptrd.temporary_folder()
        with open(f"{folder}/18.198.in-addr.arpa.zone", "w") as file:
            file.write(_ZONE)
            file.writelines(f"{i % 250}.{i // 250} PTR unlike-{i * 7919 % 65521:x}-{i}.h{i % 977}.example.\n" for i in range(40_000))
        image = ptrd.compile_image(f"{folder}/image", f"{folder}/18.198.in-addr.arpa.zone")
        port = test_socket.free_port()
        with ptrd.Ptrd(image, "--socket", f"127.0.0.1:{port}", "--control", f"{folder}/control") as server:
            for _ in range(2):
                self.assertEqual(nodes_with(server.pid, os.path.getsize(image)), {0, 1})
                with contextlib.closing(dnscases.Client("127.0.0.1", port)) as client:
                    self.assertIsNotNone(client.ask(dnscases.query("7.9.18.198.in-addr.arpa").to_wire()))
                reloaded = control.ptrctl(f"{folder}/control", "reload", image)
                self.assertEqual(reloaded.returncode, 0, reloaded.stderr)


def nodes_with(process, size):
    """The memory nodes that have a mapping of `size` bytes and not much more, all of it written, to themselves."""
    nodes = set()
    with open(f"/proc/{process}/numa_maps") as file:
        for line in file:
            pages = {int(node): int(count) for node, count in re.findall(r"N(\d+)=(\d+)", line)}
            page = int(re.search(r"kernelpagesize_kB=(\d+)|$", line)[1] or 4) * 1024
            if "anon=" in line and len(pages) == 1 and size <= sum(pages.values()) * page < size + (4 << 20):
                nodes |= pages.keys()
    return nodes


if __name__ == "__main__":
    unittest.main()
