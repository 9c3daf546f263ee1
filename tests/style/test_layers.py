# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""The check of layers finds what it is for: each case plants one fault in a small tree."""

import os
import tempfile
import unittest

from tests.style import layers


class Layers(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name

    def write(self, path, *includes):
        path = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write("".join(f"#include {include}\n" for include in includes))

    def faults(self):
        return layers.read(self.root)[1]

    def test_downward(self):
        """Includes of what a layer builds on, near or far, are counted and not faults."""
        self.write("include/ptrd/wire/name.hpp", "<string>")
        self.write("src/image/verify/data.cpp", '"image/verify/data.hpp"', '"ptrd/wire/name.hpp"')
        self.write("src/operate/server.cpp", '"service/tcp/service.hpp"', '"ptrd/wire/name.hpp"')
        includes, faults = layers.read(self.root)
        self.assertEqual(faults, [])
        self.assertEqual(includes["operate"], {"service": 1, "wire": 1})
        self.assertEqual(includes["image/verify"], {"wire": 1})

    def test_upward(self):
        """An include that points upward is named with its file and what that file may include."""
        self.write("include/ptrd/image/view.hpp", '"ptrd/answer/engine.hpp"')
        self.assertEqual(self.faults(), ["include/ptrd/image/view.hpp: includes ptrd/answer/engine.hpp; image may include only wire"])

    def test_sideways(self):
        """Rooms side by side do not include one another."""
        self.write("src/image/build/writer.cpp", '"image/verify/claims.hpp"')
        self.assertEqual(self.faults(), ["src/image/build/writer.cpp: includes image/verify/claims.hpp; image/build may include only "
                                         "dnssec, file, image, wire"])

    def test_libraries_in_the_core(self):
        """The core includes neither DPDK nor threads."""
        self.write("src/frame/inbound.cpp", "<rte_mbuf.h>")
        self.write("src/answer/reply.cpp", "<thread>")
        self.write("src/port/dpdk/eal.cpp", "<rte_eal.h>", "<thread>")
        self.assertEqual([fault.split(";")[0] for fault in self.faults()],
                         ["src/answer/reply.cpp: includes <thread>", "src/frame/inbound.cpp: includes <rte_mbuf.h>"])

    def test_kernel_headers(self):
        """Headers shared with the kernel's programs are included only where those programs are loaded."""
        self.write("src/port/xdp/program.cpp", '"bpf/consts.h"')
        self.write("src/service/service.cpp", '"bpf/consts.h"')
        self.assertEqual(len(self.faults()), 1)
        self.assertIn("src/service/service.cpp: includes bpf/consts.h", self.faults()[0])

    def test_unknown_folder(self):
        """A new folder has to be given its place."""
        self.write("src/misc/helper.hpp")
        self.assertEqual(self.faults(), ["src/misc/helper.hpp: this folder is not a layer; name it in tests/style/layers.py"])

    def test_picture(self):
        """The picture in a README is found, and has a line for each room, the highest first."""
        picture = layers.draw(layers.read(self.root)[0])
        self.assertEqual(len(picture.splitlines()), len(layers.ROOMS))
        self.assertEqual(picture.splitlines()[-1], "wire")
        self.assertEqual(layers.picture_in("`python3 -m tests.style.layers --draw`\n\n```\n" + picture + "```\n"), picture)


if __name__ == "__main__":
    unittest.main()
