#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""ptrd --auto: which port it selects, and what it logs."""

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

    def selected(self, running):
        """The line that says what was selected."""
        lines = [line for line in running.log.splitlines() if "--auto selected" in line]
        self.assertEqual(len(lines), 1, running.log)
        return lines[0]

    def failing(self, *arguments):
        """Exit status and the error line of a ptrd that must not start."""
        result = ptrd.run(*self.pair.server.command_in_our_mounts(ptrd.PTRD, "--image", self.image, *arguments))
        return result.returncode, [line for line in result.stderr.splitlines() if " records" not in line][-1]

    def test_af_xdp(self):
        """On an interface that supports it AF_XDP is selected, with its options; the reason against DPDK is logged."""
        interface = self.pair.server.interface
        with self.server("--keep", "--kernel-answers", "first", "--address", "203.0.113.9") as running:
            self.assertIn(f"selected AF_XDP on {interface}; not DPDK: DPDK needs the PCI address of a card", self.selected(running))
            self.assertIn("answers in the kernel first", running.log)
            xdphost.take_bounced_frames(self.pair)
            for address in (self.pair.server.v4, self.pair.server.v6):
                self.assertIsNotNone(xdphost.asked(self.pair, address))
            stats = running.stop()
        self.assertEqual(stats["kernel"]["answered"]["answer"], 2, stats)
        self.assertIsNotNone(xdphost.program_of(self.pair), "--keep")

    def test_sockets(self):
        """If another program is on the interface, kernel sockets on its addresses answer, UDP and TCP; the line names both reasons."""
        interface = self.pair.server.interface
        self.pair.server.ip("link", "set", "dev", interface, "xdp", "obj", ptrd.XDP_PROGRAM, "sec", "xdp")
        with self.server() as running:
            line = self.selected(running)
            self.assertIn(f"selected kernel sockets on {interface}; not DPDK: ", line)
            self.assertIn("; not AF_XDP: ", line)
            self.assertIn("dns_filter", line)
            for address in (self.pair.server.v4, self.pair.server.v6):
                self.assertIsNotNone(xdphost.asked(self.pair, address))
                answer = self.pair.client.run("dig", f"@{address}", "+tcp", "+short", "+tries=1", "-x", "192.0.2.10")
                self.assertEqual(answer.strip(), "ns1.example.net.")
        self.assertIsNotNone(xdphost.program_of(self.pair), "the other program is left alone")

    def test_no_rights(self):
        """A process that may only bind low ports gets sockets, and a log line with what AF_XDP would have needed."""
        folder = ptrd.temporary_folder()
        program = f"{folder}/ptrd"
        subprocess.run(["cp", ptrd.PTRD, program], check=True)
        os.chmod(program, 0o755)
        rights = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=+net_bind_service",
                  "--ambient-caps=+net_bind_service", "--bounding-set=-all,+net_bind_service"]
        running = ptrd.Ptrd(self.image, "--auto", self.pair.server.interface, program=program,
                            prefix=[*self.pair.server.command_in_our_mounts(), *rights])
        with running:
            self.assertIn("AF_XDP needs root", self.selected(running))
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
        """An unknown interface or device, or an invalid address, is an error; no other driver is tried."""
        for arguments, wanted, says in (
                (("--auto", "nosuch0"), 1, "nosuch0: no such interface"),
                (("--auto", "ffff:ff:1f.7"), 1, "no such PCI device"),
                (("--auto", self.pair.server.interface, "--address", "203.0.113"), 2, "'203.0.113' is not an address")):
            with self.subTest(arguments):
                status, line = self.failing(*arguments)
                self.assertEqual(status, wanted)
                self.assertIn(says, line)

    def test_wrong_usage(self):
        """--auto replaces --dpdk and --xdp, and their options need one of the three."""
        for arguments in (("--auto", "lo", "--xdp", "lo"), ("--auto", "lo", "--dpdk", "net_null0"),
                          ("--socket", "127.0.0.1:5399", "--keep"), ("--socket", "127.0.0.1:5399", "--kernel-answers", "off")):
            with self.subTest(arguments):
                self.assertEqual(self.failing(*arguments)[0], 2)


if __name__ == "__main__":
    unittest.main()
