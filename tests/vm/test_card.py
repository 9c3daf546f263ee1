# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""ptrd on network cards on the PCI bus: DPDK's own drivers, which the card's buffers, checksums and interrupts are left to, and
AF_XDP over a driver other than veth. For the virtual machine of guest.py: each card has another at the end of its cable."""

import contextlib
import os
import re
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))

import dnscases
import exceptionhost
import frames
import guest
import netns
import ptrd
import test_af_xdp
import test_exception
import test_same_bytes
import xdphost

_PCI = "/sys/bus/pci"


def setUpModule():
    # On any other machine these would be somebody's cards.
    with open("/proc/cmdline") as file:
        if "ptrd_modules=" not in file.read():
            raise unittest.SkipTest("only in the virtual machine")


def address_of(slot):
    return f"0000:00:{slot:02x}.0"


def drive(slot, driver):
    """Gives the card to a driver."""
    device = f"{_PCI}/devices/{address_of(slot)}"
    for path, text in ((f"{device}/driver/unbind", address_of(slot)), (f"{device}/driver_override", driver),
                       (f"{_PCI}/drivers_probe", address_of(slot))):
        with contextlib.suppress(FileNotFoundError), open(path, "w") as file:
            file.write(text)


def interface_of(slot):
    """The kernel's name of the card, once there is one."""
    end = time.monotonic() + 5
    while time.monotonic() < end:
        for folder, names, _ in os.walk(f"{_PCI}/devices/{address_of(slot)}/"):
            if os.path.basename(folder) == "net" and names:
                return names[0]
        time.sleep(0.05)
    raise AssertionError(f"the card {address_of(slot)} has no interface")


class _Server(netns.Host):
    mac = None  # the card's, which the kernel may not see


class CardPair:
    """`with CardPair(cable) as pair`: two namespaces with a card each, as netns.Pair has with a veth's ends. With `dpdk` the
    server's is not the kernel's."""

    def __init__(self, cable, dpdk=True):
        self._cable, self._dpdk = cable, dpdk
        self.device = address_of(cable.server)
        self.server = _Server("card-server", None, "198.18.0.1", "fd00:18::1")
        self.server.mac = guest.mac_of(cable.server)
        self.client = netns.Host("card-client", None, "198.18.0.2", "fd00:18::2")

    def __enter__(self):
        drive(self._cable.server, "vfio-pci" if self._dpdk else self._cable.driver)
        with contextlib.ExitStack() as undo:
            for host in (self.server, self.client):
                netns._run("ip", "netns", "add", host.name)
                # A card whose namespace goes is the first one's again.
                undo.callback(netns._run, "ip", "netns", "delete", host.name)
                host.ip("link", "set", "lo", "up")
            self._take(self.client, self._cable.client)
            # Virtio cards take no tags but those of VLAN interfaces.
            self.client.ip("link", "set", self.client.interface, "promisc", "on")
            if not self._dpdk:
                self._take(self.server, self._cable.server)
            self._undo = undo.pop_all()
        return self

    @staticmethod
    def _take(host, slot):
        host.interface = interface_of(slot)
        netns._run("ip", "link", "set", host.interface, "netns", host.name)
        # AF_XDP sees neither a checksum that is left to a card nor a tag that one has taken off.
        host.run("ethtool", "-K", host.interface, "tx", "off", "rxvlan", "off", "txvlan", "off")
        host.configure()

    def __exit__(self, *_):
        self._undo.close()

    def wait(self):
        """Until the server's kernel can be reached: a card takes a while to find that it has a cable."""
        for address in (self.server.v4, self.server.v6):
            if not exceptionhost.ping(self.client, address, count=1, seconds=15):
                raise AssertionError(f"{address} does not answer")


@contextlib.contextmanager
def answering(pair, image, *arguments):
    """ptrd on the pair's card by DPDK, once the cable is up."""
    server = exceptionhost.start(pair, image, *arguments, device=pair.device)
    try:
        pair.wait()
        yield server
    finally:
        server.kill()


class CardCases(test_exception.ExceptionCases):
    """All that has to reach the kernel by the TAP, beside queries."""

    @classmethod
    def new_pair(cls):
        pair = CardPair(cls.cable)
        cls.device = pair.device
        return pair

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pair.wait()

    def test_interface(self):
        """The interface has the card's MAC and the addresses that were given."""
        shown = self.pair.server.ip("address", "show", exceptionhost.TAP)
        for text in (self.pair.server.mac.hex(":"), f"{self.pair.server.v4}/24", f"{self.pair.server.v6}/64"):
            self.assertIn(text, shown)

    def test_priority_tag(self):
        """A query whose tag has a priority and no VLAN (0) is answered with the same tag."""
        path, _ = test_af_xdp.wire_between(self.pair)
        path.vlan = 0
        message = dnscases.query(exceptionhost.GOOD)
        with test_af_xdp.raw_socket(self.pair.client) as raw:
            raw.send(frames.query_frame(path, message.to_wire()))
            reply = test_af_xdp.wait_for(raw, lambda frame: test_af_xdp.is_reply(frame, message.id))
        self.assertIsNotNone(reply)
        self.assertEqual(reply[12:16], b"\x81\0\0\0")


class IntelTest(CardCases, unittest.TestCase):
    """An 82574L: the card verifies and writes checksums, and has a send queue for the kernel."""

    cable, described = guest.INTEL, "checksums verified by the card and written by the card"


class VirtioTest(CardCases, unittest.TestCase):
    """A virtio card: all in software."""

    cable, described = guest.VIRTIO, "DPDK net_virtio, 1 queue, checksums verified in software and written in software"


class CardSameBytesTest(test_same_bytes.SameBytes, unittest.TestCase):
    """The table of test_same_bytes.py over the cards."""

    def test_intel(self):
        """DPDK over an 82574L."""
        self.over_dpdk(guest.INTEL)

    def test_virtio(self):
        """DPDK over a virtio card."""
        self.over_dpdk(guest.VIRTIO)

    def over_dpdk(self, cable):
        with CardPair(cable) as pair, answering(pair, self.image, *test_same_bytes.NAMES):
            self.check_over(pair)

    def test_virtio_af_xdp(self):
        """AF_XDP over the kernel's virtio driver."""
        with CardPair(guest.VIRTIO, dpdk=False) as pair, xdphost.server(pair, self.image, "--kernel-answers", "off",
                                                                *test_same_bytes.NAMES):
            pair.wait()
            self.check_over(pair)

    def test_virtio_kernel_first(self):
        """Answers inside the kernel, sent by XDP_TX over that driver."""
        with CardPair(guest.VIRTIO, dpdk=False) as pair:
            with xdphost.server(pair, self.image, "--kernel-answers", "first", *test_same_bytes.NAMES) as server:
                pair.wait()
                self.check_over(pair)
                stats = server.stop()
        self.assertGreaterEqual(ptrd.total(stats["kernel"]["answered"]), 2 * sum(query.plain for query in self.queries), stats)


class ChecksumTest(unittest.TestCase):
    """Bad checksums are dropped and counted, whether the card or ptrd verifies them."""

    def check(self, cable):
        with CardPair(cable) as pair, answering(pair, dnscases.compile_all(ptrd.temporary_folder())) as server:
            wire = dnscases.query(exceptionhost.GOOD).to_wire()
            v4, v6 = test_af_xdp.wire_between(pair)
            bad = [frames.query_frame(v4, wire, checksum=0x1234)] * 3 + [frames.query_frame(v6, wire, checksum=0x1234)] * 2
            bad_ip = frames.ethernet(v4, frames.ipv4(v4, frames.udp(v4, wire), checksum=0x1234))
            with test_af_xdp.raw_socket(pair.client) as raw:
                for frame in (*bad, *[bad_ip] * 4, frames.query_frame(v4, wire, checksum=0)):
                    raw.send(frame)
            with pair.client.inside():
                client = dnscases.Client(pair.server.v4)
            with contextlib.closing(client):
                self.assertIsNotNone(client.ask(wire))
            stats = server.stop()
        self.assertEqual(stats["dropped"]["udp_checksum"], 5, stats)
        self.assertEqual(stats["dropped"]["ip_checksum"], 4, stats)
        self.assertEqual(stats["answered"]["answer"], 2, stats)

    def test_intel(self):
        """By the card."""
        self.check(guest.INTEL)

    def test_virtio(self):
        """By ptrd."""
        self.check(guest.VIRTIO)


class InterruptTest(unittest.TestCase):
    """--idle interrupt: the worker sleeps until the card wakes it."""

    def check(self, cable, *arguments):
        with CardPair(cable) as pair:
            image = dnscases.compile_all(ptrd.temporary_folder())
            with answering(pair, image, "--idle", "interrupt", "--idle-polls", "100", "--lcores", "1", *arguments) as server:
                with pair.client.inside():
                    client = dnscases.Client(pair.server.v4)
                with contextlib.closing(client):
                    wire = dnscases.query(exceptionhost.GOOD).to_wire()
                    self.assertIsNotNone(client.ask(wire))
                    before, cpu_before = interrupts(pair.device), exceptionhost.cpu_seconds(server.pid, "rte-worker-1")
                    began = time.monotonic()
                    for _ in range(20):
                        time.sleep(0.05)
                        self.assertIsNotNone(client.ask(wire))
                self.assertGreaterEqual(interrupts(pair.device) - before, 15)
                # Polling would have taken all of that second and more.
                self.assertLess(exceptionhost.cpu_seconds(server.pid, "rte-worker-1") - cpu_before, (time.monotonic() - began) / 2)

    def test_virtio(self):
        """A virtio card's interrupts wake it."""
        self.check(guest.VIRTIO)

    def test_intel(self):
        """An 82574L's do as one for all (MSI); as several (MSI-X) DPDK's driver does not get them."""
        self.check(guest.INTEL, "--", "--vfio-intr=msi")


def interrupts(device):
    """How many the card has raised."""
    with open("/proc/interrupts") as file:
        return sum(int(number) for line in file if device in line for number in re.findall(r"(?<= )\d+(?= )", line.split(":", 1)[1])[:2])
