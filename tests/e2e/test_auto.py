#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""ptrd --auto: which way into ptrd it picks, and what it says about it."""

import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import dnscases
import ptrd
import xdphost


class AutoTest(unittest.TestCase):
    def setUp(self):
        self.pair = self.enterContext(xdphost.new_pair())
        self.image = dnscases.compile_all(ptrd.temporary_folder())

    def server(self, *arguments, **options):
        return ptrd.Ptrd(self.image, "--auto", self.pair.server.interface, *arguments,
                         prefix=self.pair.server.command_in_our_mounts(), **options)

    def picked(self, running):
        """The one line that says what was picked."""
        lines = [line for line in running.log.splitlines() if "--auto picked" in line]
        self.assertEqual(len(lines), 1, running.log)
        return lines[0]

    def failing(self, *arguments):
        """Exit status and the error line of a ptrd that must not start."""
        result = ptrd.run(*self.pair.server.command_in_our_mounts(ptrd.PTRD, "--image", self.image, *arguments))
        return result.returncode, [line for line in result.stderr.splitlines() if " records" not in line][-1]

    def test_af_xdp(self):
        """On an interface that takes it AF_XDP is picked, with its options; the reason against DPDK is given."""
        interface = self.pair.server.interface
        with self.server("--keep", "--kernel-answers", "first", "--address", "203.0.113.9") as running:
            self.assertIn(f"picked AF_XDP on {interface}; not DPDK: that takes the PCI address of a card", self.picked(running))
            self.assertIn("answers in the kernel first", running.log)
            xdphost.take_bounced_frames(self.pair)
            for address in (self.pair.server.v4, self.pair.server.v6):
                self.assertIsNotNone(xdphost.asked(self.pair, address))
            stats = running.stop()
        self.assertEqual(stats["kernel"]["answered"]["answer"], 2, stats)
        self.assertIsNotNone(xdphost.program_of(self.pair), "--keep")

    def test_sockets(self):
        """Where another program is on the interface, kernel sockets on its addresses answer, UDP and TCP; the line names both reasons."""
        interface = self.pair.server.interface
        self.pair.server.ip("link", "set", "dev", interface, "xdp", "obj", ptrd.XDP_PROGRAM, "sec", "xdp")
        with self.server() as running:
            line = self.picked(running)
            self.assertIn(f"picked kernel sockets on {interface}; not DPDK: ", line)
            self.assertIn("; not AF_XDP: ", line)
            self.assertIn("dns_filter", line)
            for address in (self.pair.server.v4, self.pair.server.v6):
                self.assertIsNotNone(xdphost.asked(self.pair, address))
                answer = self.pair.client.run("dig", f"@{address}", "+tcp", "+short", "+tries=1", "-x", "192.0.2.10")
                self.assertEqual(answer.strip(), "ns1.example.net.")
        self.assertIsNotNone(xdphost.program_of(self.pair), "the other program is left alone")

    def test_no_rights(self):
        """Whoever may only bind low ports gets sockets, and reads what AF_XDP would have needed."""
        folder = ptrd.temporary_folder()
        program = f"{folder}/ptrd"
        subprocess.run(["cp", ptrd.PTRD, program], check=True)
        os.chmod(program, 0o755)
        rights = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=+net_bind_service",
                  "--ambient-caps=+net_bind_service", "--bounding-set=-all,+net_bind_service"]
        running = ptrd.Ptrd(self.image, "--auto", self.pair.server.interface, program=program,
                            prefix=[*self.pair.server.command_in_our_mounts(), *rights])
        with running:
            self.assertIn("AF_XDP needs root", self.picked(running))
            self.assertIsNotNone(xdphost.asked(self.pair))

    def test_no_address(self):
        """An interface with neither AF_XDP nor an address cannot be answered on: one line says both."""
        interface = self.pair.server.interface
        self.pair.server.ip("link", "set", "dev", interface, "xdp", "obj", ptrd.XDP_PROGRAM, "sec", "xdp")
        self.pair.server.ip("address", "flush", "dev", interface)
        status, line = self.failing("--auto", interface)
        self.assertEqual(status, 1)
        self.assertIn("dns_filter", line)
        self.assertIn("has no address for kernel sockets", line)

    def test_errors(self):
        """What is no interface or device, and a wrong address, are named; no other driver is tried then."""
        for arguments, wanted, says in (
                (("--auto", "nosuch0"), 1, "nosuch0: there is no such interface"),
                (("--auto", "ffff:ff:1f.7"), 1, "there is no such PCI device"),
                (("--auto", self.pair.server.interface, "--address", "203.0.113"), 2, "'203.0.113' is no address")):
            with self.subTest(arguments):
                status, line = self.failing(*arguments)
                self.assertEqual(status, wanted)
                self.assertIn(says, line)

    def test_wrong_usage(self):
        """--auto stands in place of --dpdk and --xdp, and what is for them needs one of the three."""
        for arguments in (("--auto", "lo", "--xdp", "lo"), ("--auto", "lo", "--dpdk", "net_null0"),
                          ("--socket", "127.0.0.1:5399", "--keep"), ("--socket", "127.0.0.1:5399", "--kernel-answers", "off")):
            with self.subTest(arguments):
                self.assertEqual(self.failing(*arguments)[0], 2)


if __name__ == "__main__":
    unittest.main()
