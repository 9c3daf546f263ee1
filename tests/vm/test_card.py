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
import guest
import netns
import ptrd
import test_exception
import test_same_bytes
import xdphost

_PCI = "/sys/bus/pci"


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
            if os.path.basename(folder) == "net":
                return names[0]
        time.sleep(0.05)
    raise AssertionError(f"the card {address_of(slot)} has no interface")


class _Server(netns.Host):
    mac = None  # the card's, which the kernel may not see


class CardPair:
    """`with CardPair(model, driver) as pair`: a namespace with a card each, as netns.Pair has with a veth's ends. The server's
    is its kernel's, or a driver's for user space."""

    def __init__(self, model, driver=None):
        server, client = guest.CABLES[model]
        self.device = address_of(server)
        self._driver, self._slots = driver or model.partition("-")[0].replace("virtio", "virtio-pci"), (server, client)
        self.server = _Server("card-server", "none", "198.18.0.1", "fd00:18::1")
        self.server.mac = bytes.fromhex(f"5254000000{server:02x}")
        self.client = netns.Host("card-client", "", "198.18.0.2", "fd00:18::2")

    def __enter__(self):
        server, client = self._slots
        drive(server, self._driver)
        with contextlib.ExitStack() as undo:
            for host in (self.server, self.client):
                netns._run("ip", "netns", "add", host.name)
                # A card whose namespace goes is the first one's again.
                undo.callback(netns._run, "ip", "netns", "delete", host.name)
                host.ip("link", "set", "lo", "up")
            self._take(self.client, client)
            # Virtio cards take no tags but those of VLAN interfaces.
            self.client.ip("link", "set", self.client.interface, "promisc", "on")
            if self._driver != "vfio-pci":
                self._take(self.server, server)
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
        server.stop()


class CardCases(test_exception.ExceptionCases):
    """All that has to reach the kernel by the TAP, beside queries."""

    @classmethod
    def new_pair(cls):
        pair = CardPair(cls.model, "vfio-pci")
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


class E1000eTest(CardCases, unittest.TestCase):
    """An 82574L: the card verifies and writes checksums, and has a send queue for the kernel."""

    model, described = "e1000e", "checksums verified by the card and written by the card"


class VirtioTest(CardCases, unittest.TestCase):
    """A virtio card: all in software."""

    model, described = "virtio-net-pci", "DPDK net_virtio"


class CardSameBytesTest(test_same_bytes.SameBytes, unittest.TestCase):
    """The table of test_same_bytes.py over the cards."""

    def test_e1000e(self):
        """DPDK over an 82574L."""
        self.over_dpdk("e1000e")

    def test_virtio(self):
        """DPDK over a virtio card."""
        self.over_dpdk("virtio-net-pci")

    def over_dpdk(self, model):
        with CardPair(model, "vfio-pci") as pair:
            with answering(pair, self.image, *test_same_bytes.NAMES):
                self.check_over(pair)

    def test_virtio_af_xdp(self):
        """AF_XDP over the kernel's virtio driver."""
        with CardPair("virtio-net-pci") as pair, xdphost.server(pair, self.image, "--kernel-answers", "off",
                                                                *test_same_bytes.NAMES):
            pair.wait()
            self.check_over(pair)

    def test_virtio_kernel_first(self):
        """Answers inside the kernel, sent by XDP_TX over that driver."""
        with CardPair("virtio-net-pci") as pair:
            with xdphost.server(pair, self.image, "--kernel-answers", "first", *test_same_bytes.NAMES) as server:
                pair.wait()
                self.check_over(pair)
                stats = server.stop()
        self.assertGreater(ptrd.total(stats["kernel"]["answered"]), 0, stats)


class InterruptTest(unittest.TestCase):
    """--idle interrupt: the worker sleeps until the card wakes it."""

    def check(self, model, *arguments):
        with CardPair(model, "vfio-pci") as pair:
            image = dnscases.compile_all(ptrd.temporary_folder())
            with answering(pair, image, "--idle", "interrupt", "--lcores", "1", *arguments) as server:
                with pair.client.inside():
                    client = dnscases.Client(pair.server.v4)
                with contextlib.closing(client):
                    wire = dnscases.query(exceptionhost.GOOD).to_wire()
                    self.assertIsNotNone(client.ask(wire))
                    before = interrupts(pair.device)
                    for _ in range(20):
                        time.sleep(0.05)
                        self.assertIsNotNone(client.ask(wire))
                self.assertGreaterEqual(interrupts(pair.device) - before, 15)
                # It would have used all the time of a CPU, five seconds and more.
                self.assertLess(exceptionhost.cpu_seconds(server.pid, "rte-worker-1"), 1)

    def test_virtio(self):
        """A virtio card's interrupts wake it."""
        self.check("virtio-net-pci")

    def test_e1000e(self):
        """An 82574L's do as one for all (MSI); as several (MSI-X) DPDK's driver does not get them."""
        self.check("e1000e", "--", "--vfio-intr=msi")


def interrupts(device):
    """How many the card has raised."""
    with open("/proc/interrupts") as file:
        return sum(int(number) for line in file if device in line for number in re.findall(r"(?<= )\d+(?= )", line.split(":", 1)[1])[:2])


if __name__ == "__main__":
    unittest.main()
