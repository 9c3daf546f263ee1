#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""ptrzone compile with several threads: the same bytes, and progress on a terminal only."""

import os
import pty
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import ptrd

RECORDS = 300_000


class CompileTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = ptrd.temporary_folder()
        cls.zones = os.path.join(cls.folder, "zones")
        os.mkdir(cls.zones)
        for net, count in ((0, 65536), (1, 300), (2, RECORDS - 65536 - 300)):
            # The last one, longer than all others together, lies above its neighbours; a third of it they hide.
            apex = f"{net}.10.in-addr.arpa" if net < 2 else "10.in-addr.arpa"
            with open(os.path.join(cls.zones, f"{apex}.zone"), "w") as file:
                file.write("$TTL 3600\n@ SOA ns1.isp.example. host.isp.example. 1 7200 3600 1209600 900\n"
                           "@ NS ns1.isp.example.\n@ NS ns2.isp.example.\n")
                for number in range(count):
                    owner = f"{number & 255}.{number >> 8}"
                    if net == 2:
                        owner = f"{number & 255}.{number >> 8 & 255}.{number >> 16}"
                    file.write(f"{owner} PTR host-{number % 70001}.pool{number % 7}.isp.example.\n")

    def image(self, name, *arguments):
        path = os.path.join(self.folder, name)
        result = ptrd.ptrzone("compile", "-o", path, *arguments, self.zones)
        self.assertEqual((result.returncode, result.stderr), (0, ""), result)
        with open(path, "rb") as file:
            return file.read()

    def test_jobs_give_the_same_bytes(self):
        """Whatever --jobs is, the image is the same, byte for byte, and a pipe gets no progress bar."""
        one = self.image("one.ptri", "--jobs", "1")
        for jobs in ("2", "3", "8"):
            self.assertTrue(self.image("many.ptri", "--jobs", jobs) == one, f"--jobs {jobs} gives another image")

    def test_terminal_has_a_bar(self):
        """On a terminal standard error shows records, rate, bytes and time left, and ends empty; standard output is unchanged."""
        master, slave = pty.openpty()
        # Slowed down, so that there is something to see on a fast machine too: the reader waits for a pipe to be filled.
        fifo = os.path.join(self.folder, "9.10.in-addr.arpa.zone")
        os.mkfifo(fifo)
        with subprocess.Popen([ptrd.PTRZONE, "compile", "-o", os.path.join(self.folder, "bar.ptri"), self.zones, fifo],
                              stdout=subprocess.PIPE, stderr=slave, text=True) as process:
            os.close(slave)
            with open(fifo, "w") as pipe:
                pipe.write("@ 60 SOA ns1.isp.example. host.isp.example. 1 7200 3600 1209600 900\n@ 60 NS ns1.isp.example.\n")
                pipe.flush()
                shown = b""
                while b"left" not in shown:
                    shown += os.read(master, 4096)
                pipe.write("@ 60 NS ns2.isp.example.\n")
            while True:
                try:
                    more = os.read(master, 4096)
                except OSError:  # the other end is closed
                    break
                if not more:
                    break
                shown += more
            output = process.stdout.read()
            self.assertEqual(process.wait(), 0)
        os.close(master)
        self.assertRegex(shown.decode(), r"\[#*\s*\]\s+\d+ %  [\d.]+ M records, [\d.]+ M/s, \d+ of \d+ MB, \d+:\d\d left")
        self.assertTrue(shown.endswith(b"\r\x1b[K"), shown[-100:])
        self.assertIn("4 zones,", output)


if __name__ == "__main__":
    unittest.main()
