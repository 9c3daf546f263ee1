#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Malicious image files: each gives one clear error at once, and a running ptrd keeps serving."""

import os
import struct
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import ptrd
from controlcase import ControlCase
from hostile_image import NODE_FLAGS, NODE_LABELLED, NODE_RRSET_COUNT, NODE_RRSETS, ZONE_NAME, ZONE_NAME_SIZE, HostileImage


def smash(image):
    """An empty zone name, whose labels an unbounded walk would follow for 8 KB."""
    zone = image.header("zones")
    image.set(zone, ZONE_NAME_SIZE, 0, "<B")
    image.set(zone, ZONE_NAME, image.append(b"\1" * 8192))


def root_wraps(image):
    image.set_header("root", 0xFFFFFFFF)


def list_wraps(image):
    image.set(image.header("root"), NODE_LABELLED, 0xFFFFFFFE)


def child_wraps(image):
    unit = image.get(image.header("root"), NODE_LABELLED)
    image.set(unit // 8, unit % 8 * 8 + 4, 0xFFFFFFFF)


def slot_wraps(image):
    for line, offset in list(image.slots()):
        image.set(line, offset, 0xFFFFFFFE)


def share(image):
    """3000 names share 60 sets of 60,000 records: 42 MB, which would be checked in quadratic time."""
    def one(rrtype):
        records = (b"\xC0\x0C" + struct.pack(">HHIH", rrtype, 1, 0, 0)) * 60000
        whole = struct.pack("<HHI", rrtype, 60000, len(records)) + records
        return whole + bytes(-len(whole) % 8)

    sets = 60
    unit = image.append(b"".join(one(1000 + number) for number in range(sets)))
    for line, offset in image.slots():
        node = image.get(line, offset)
        if image.get(node, NODE_FLAGS, "<B") == 0 and image.get(node, NODE_RRSET_COUNT, "<H") == 1:
            image.set(node, NODE_RRSETS, unit)
            image.set(node, NODE_RRSET_COUNT, sets, "<H")


CASES = {smash: "a zone's name", root_wraps: "a name's line", list_wraps: "a list of names", child_wraps: "a name's line",
         slot_wraps: "a name missing from the label index", share: "data referenced twice"}


class HostileImageTest(ControlCase):
    def setUp(self):
        super().setUp()
        zone = f"{self.folder}/texts.zone"
        with open(zone, "w", encoding="ascii") as file:
            file.write("$TTL 60\n@ SOA ns.example. host.example. 1 3600 600 604800 60\n@ NS ns.example.\nns A 192.0.2.53\n")
            file.writelines(f"n{number} TXT t\n" for number in range(3000))
        self.good = ptrd.compile_image(f"{self.folder}/texts.ptri", f"example={zone}")

    def hostile(self, change):
        image = HostileImage(self.good)
        change(image)
        return image.save(f"{self.folder}/{change.__name__}")

    def zeros(self):
        path = f"{self.folder}/zeros"
        with open(path, "wb") as file:
            file.truncate(4 << 30)
        return path

    def assert_refused(self, result, *parts):
        self.assertEqual(result.returncode, 1, result)
        self.assertEqual(result.stderr.count("\n"), 1, result)
        for part in parts:
            self.assertIn(part, result.stderr)

    def test_info(self):
        """ptrzone info reports what is wrong with each, within seconds."""
        self.assertEqual(ptrd.ptrzone("info", HostileImage(self.good).save(f"{self.folder}/unchanged")).returncode, 0)
        for change, what in CASES.items():
            with self.subTest(change.__name__):
                path = self.hostile(change)
                start = time.monotonic()
                self.assert_refused(ptrd.ptrzone("info", path), path, "damaged: " + what)
                self.assertLess(time.monotonic() - start, 5)
        self.assert_refused(ptrd.ptrzone("info", self.zeros()), "not a ptrd image")

    def test_reload_and_start(self):
        """ptrctl reload rejects each in one line, and ptrd keeps serving; nor does ptrd start with one."""
        server = self.start()
        for change, what in CASES.items():
            with self.subTest(change.__name__):
                self.assertIn("damaged: " + what, self.ptrctl("reload", "--force", self.hostile(change), status=1))
                self.assertEqual(self.stamp(), "one")
        self.assertIn("not a ptrd image", self.ptrctl("reload", "--force", self.zeros(), status=1))
        self.assertEqual(self.stamp(), "one")
        self.assertNotIn("Sanitizer", server.log)
        for path in (self.hostile(smash), self.zeros()):
            result = ptrd.run(ptrd.PTRD, "--image", path, "--socket", f"127.0.0.1:{self.port + 1}", "--duration", "1")
            self.assertEqual(result.returncode, 1, result)
            self.assertIn(path, result.stderr)

    def test_image_size(self):
        """--image-size limits the image, at the start and on reload."""
        size = os.path.getsize(self.image)
        self.start("--image-size", str(size))
        self.assertIn("too large", self.ptrctl("reload", "--force", self.good, status=1))
        self.assertEqual(self.stamp(), "one")
        result = ptrd.run(ptrd.PTRD, "--image", self.good, "--image-size", str(size), "--socket", f"127.0.0.1:{self.port + 1}",
                          "--duration", "1")
        self.assert_refused(result, self.good, "too large")

    def test_no_file(self):
        """A pipe, a device and a folder are rejected without being opened: nothing blocks."""
        pipe = f"{self.folder}/pipe"
        os.mkfifo(pipe)
        for path in (pipe, "/dev/zero", self.folder):
            with self.subTest(path=path):
                self.assert_refused(ptrd.ptrzone("info", path, timeout=10), f"{path}: not a regular file")
                result = ptrd.run(ptrd.PTRD, "--image", path, "--socket", f"127.0.0.1:{self.port}", "--duration", "1", timeout=10)
                self.assert_refused(result, path)


if __name__ == "__main__":
    unittest.main()
