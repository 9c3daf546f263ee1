#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""What the log says of an interface on which nothing, or nothing usable, arrives; and of one that ptrd cannot open."""

import os
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import dnscases
import netns
import ptrd
import xdphost


class PortAdviceCases:
    """The cases, for a port that `server(pair)` opens."""

    def logs(self, running, text, seconds=20):
        xdphost.wait_until(self, lambda: text in running.log, seconds)

    def test_interface_is_down(self):
        """An interface that is not up is named, with the command; when it is up the log says so, and queries are answered."""
        interface = self.pair.server.interface
        self.pair.server.ip("link", "set", interface, "down")
        with self.server() as running:
            self.logs(running, f"the interface is down, and no query arrives; bring it up: ip link set {interface} up\n")
            self.pair.server.ip("link", "set", interface, "up")
            self.logs(running, f"{interface}: the link is up\n")
            xdphost.wait_until(self, lambda: xdphost.asked(self.pair, timeout=0.2) is not None)

    def test_no_carrier(self):
        """A link whose other end stays down is named after a while."""
        self.pair.client.ip("link", "set", self.pair.client.interface, "down")
        with self.server() as running:
            time.sleep(2)
            self.assertNotIn("no carrier", running.log)
            self.logs(running, "the link has no carrier, and no query arrives; ")

    def test_partial_checksums(self):
        """A peer that leaves checksums to hardware, as a container does by default: its queries are dropped and counted, the log says
        once why and what to do; and that helps."""
        with self.server() as running:
            self.assertIsNotNone(xdphost.asked(self.pair))
            self.pair.client.run("ethtool", "-K", self.pair.client.interface, "tx", "on")
            for address in (None, self.pair.server.v6):
                self.assertIsNone(xdphost.asked(self.pair, address, timeout=0.3))
            self.logs(running, "ethtool -K INTERFACE tx off\n")
            self.assertIsNone(xdphost.asked(self.pair, timeout=0.3))
            time.sleep(1.5)
            self.pair.client.run("ethtool", "-K", self.pair.client.interface, "tx", "off")
            self.assertIsNotNone(xdphost.asked(self.pair))
            stats = running.stop()
        self.assertEqual(stats["dropped"]["udp_partial"], 3, stats)
        self.assertEqual(stats["dropped"]["udp_checksum"], 0, stats)
        self.assertRegex(running.log, r"\n[^\n]*server0[^\n]*: [12] quer[^\n]*\(udp_partial\)".replace("server0", self.pair.server.interface))
        self.assertEqual(running.log.count("udp_partial"), 1, running.log)


class XdpAdviceTest(PortAdviceCases, unittest.TestCase):
    def setUp(self):
        self.pair = self.enterContext(xdphost.new_pair())
        self.image = dnscases.compile_all(ptrd.temporary_folder())

    def server(self):
        return xdphost.server(self.pair, self.image)

    def test_not_ethernet(self):
        """An interface whose frames have no Ethernet header is refused."""
        self.pair.server.ip("tuntap", "add", "tun7", "mode", "tun")
        result = ptrd.run(*self.pair.server.command_in_our_mounts(ptrd.PTRD, "--image", self.image, "--xdp", "tun7", "--duration", "1"))
        self.assertEqual(result.returncode, 1, result)
        self.assertIn("ptrd: tun7: not an Ethernet interface; ", result.stderr)


class DpdkAdviceTest(PortAdviceCases, unittest.TestCase):
    def setUp(self):
        self.pair = self.enterContext(netns.Pair())
        self.image = dnscases.compile_all(ptrd.temporary_folder())
        self.device = f"net_af_xdp0,iface={self.pair.server.interface},xdp_prog={ptrd.XDP_PROGRAM},busy_budget=0"

    def server(self):
        return ptrd.Ptrd(self.image, "--dpdk", self.device, prefix=self.pair.server.command())

    def logs(self, running, text, seconds=20):
        super().logs(running, text.replace(f"{self.pair.server.interface}: the link", f"{self.device}: the link"), seconds)

    def test_another_program(self):
        """An interface that has another XDP program: the error names it and the way to remove it, and it stays where it is."""
        interface = self.pair.server.interface
        self.pair.server.ip("link", "set", "dev", interface, "xdpdrv", "obj", ptrd.XDP_PROGRAM, "sec", "xdp")
        result = ptrd.run(*self.pair.server.command(ptrd.PTRD, "--image", self.image, "--dpdk", self.device, "--duration", "1"))
        self.assertEqual(result.returncode, 1, result)
        self.assertRegex(result.stderr, rf"{interface} has another XDP program, 'dns_filter' with id \d+; "
                                        rf"remove it: ip link set dev {interface} xdp off\n$")
        self.assertIsNotNone(xdphost.program_of(self.pair))


if __name__ == "__main__":
    unittest.main()
