#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""The kernel's share in DPDK mode: ptrd owns every frame of the interface, and what is no query reaches the kernel by
a TAP interface that has the server's addresses. The veth itself has none, so nothing else can have answered."""

import contextlib
import ctypes
import hashlib
import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import dnscases
import frames
import leftovers
import netns
import ptrd
from test_af_xdp import kernel_packets, raw_socket, wait_for, wire_between

TAP = "ptrd0"
GOOD = "10.2.0.192.in-addr.arpa"
# Without xdp_prog= libxdp's own program gives the socket every frame.
AF_XDP = "net_af_xdp0,iface=server0,busy_budget=0"


class TakenPair(netns.Pair):
    """A pair whose server side is ptrd's alone: no addresses, and the kernel does not speak on it."""

    def __enter__(self):
        super().__enter__()
        server = self.server
        server.run("sysctl", "-qw", f"net.ipv6.conf.{server.interface}.disable_ipv6=1")
        server.ip("address", "flush", "dev", server.interface)
        return self


def hide_from_kernel(host):
    """For drivers on packet sockets, which only get a copy of each frame: has the kernel ignore its own. IPv6 is off on
    the interface; the way back of IPv4 is not by it (RFC 3704), and ARP there is none."""
    for name, value in (("rp_filter", 1), ("arp_ignore", 8)):
        host.run("sysctl", "-qw", f"net.ipv4.conf.{host.interface}.{name}={value}")


def start(pair, image, *arguments, device=AF_XDP):
    # Neighbours that nobody answered for in an earlier test would be unreachable a while longer.
    pair.client.ip("neighbour", "flush", "all")
    addresses = ["--address", f"{pair.server.v4}/24", "--address", f"{pair.server.v6}/64"]
    return ptrd.Ptrd(image, "--dpdk", device, *addresses, *arguments, prefix=pair.server.command()).start()


def check_sums(test, stats):
    """What the counters promise: nothing is lost between them."""
    parts = {group: ptrd.total(stats[group]) for group in ("answered", "dropped", "punted")}
    test.assertEqual(stats["rx"], sum(parts.values()), stats)
    if "exception" in stats:
        way = stats["exception"]
        test.assertEqual(stats["punted"], way["to_kernel"] + way["to_kernel_failed"], stats)
        test.assertEqual(way["to_kernel_failed"], 0, stats)


def ping(host, address, *options, count=3, seconds=5):
    """Replies to echo requests, up to `count`. Without -w ping would wait for the last ones but two round trips long, which
    on a busy machine is too short."""
    output = subprocess.run(
        host.command("ping", "-n", "-c", str(count), "-i", "0.05", "-w", str(seconds), *options, address),
        capture_output=True, text=True, check=False).stdout
    found = re.search(r"(\d+) received", output)
    return min(int(found[1]), count) if found else 0


class EchoServer:
    """TCP on the server's side: gives back what it gets, until the other end has done."""

    def __init__(self, host, address, port):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with host.inside():
            self._listener = socket.create_server((address, port), family=family)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                with connection:
                    while data := connection.recv(65536):
                        connection.sendall(data)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)


def echo(host, address, port, data):
    """`data` through an EchoServer and back."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with host.inside():
        connection = socket.socket(family, socket.SOCK_STREAM)
    with connection:
        connection.settimeout(10)
        connection.connect((address, port))

        def send():
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)

        sender = threading.Thread(target=send)
        sender.start()
        received = bytearray()
        while part := connection.recv(65536):
            received += part
        sender.join()
    return bytes(received)


class ExceptionTest(unittest.TestCase):
    """One ptrd with kernel sockets beside the card, for whatever of DNS the workers leave to the kernel."""

    device = AF_XDP
    described = "the first worker sends"

    @classmethod
    def prepare(cls, pair):
        pass

    @classmethod
    def setUpClass(cls):
        cls.pair = cls.enterClassContext(TakenPair())
        cls.prepare(cls.pair)
        sockets = ["--socket", f"{cls.pair.server.v4}:53", "--socket", f"[{cls.pair.server.v6}]:53"]
        cls.server = start(cls.pair, dnscases.compile_all(ptrd.temporary_folder()), *sockets, device=cls.device)

    @classmethod
    def tearDownClass(cls):
        stats = cls.server.stop()
        check_sums(cls("test_log"), stats)

    def addresses(self):
        return self.pair.server.v4, self.pair.server.v6

    def test_log(self):
        """The ready line says which way the rest takes."""
        self.assertIn(f"by {TAP} to the kernel", self.server.log)
        self.assertIn(self.described, self.server.log)

    def test_interface(self):
        """The interface has the card's MAC and MTU and the addresses that were given, and is up."""
        tap, = json.loads(self.pair.server.ip("-j", "address", "show", TAP))
        card, = json.loads(self.pair.server.ip("-j", "link", "show", self.pair.server.interface))
        self.assertEqual((tap["address"], tap["mtu"]), (card["address"], card["mtu"]))
        self.assertIn("UP", tap["flags"])
        given = {(entry["local"], entry["prefixlen"]) for entry in tap["addr_info"]}
        self.assertLessEqual({(self.pair.server.v4, 24), (self.pair.server.v6, 64)}, given)

    def test_ping(self):
        """ping, small and of many fragments, over IPv4 and IPv6, with neighbours unknown at first."""
        for address in self.addresses():
            self.pair.client.ip("neighbour", "flush", "all")
            self.pair.server.ip("neighbour", "flush", "all")
            with self.subTest(address):
                self.assertEqual(ping(self.pair.client, address), 3)
                self.assertEqual(ping(self.pair.client, address, "-s", "8000"), 3)

    def test_kernel_asks_first(self):
        """The server's own kernel finds its neighbours through the card."""
        self.pair.server.ip("neighbour", "flush", "all")
        for address in (self.pair.client.v4, self.pair.client.v6):
            with self.subTest(address):
                self.assertEqual(ping(self.pair.server, address), 3)

    def test_port_unreachable(self):
        """UDP to a port where nobody listens is refused by ICMP."""
        for address in self.addresses():
            with self.pair.client.inside():
                other = dnscases.Client(address, 5353)
            with self.subTest(address), contextlib.closing(other), self.assertRaises(ConnectionRefusedError):
                for _ in range(20):
                    other._socket.send(b"x")
                    time.sleep(0.05)

    def test_udp_from_the_kernel(self):
        """A UDP service beside ptrd gets and gives datagrams with right checksums, small and fragmented."""
        for address in self.addresses():
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            with self.pair.server.inside():
                service = socket.socket(family, socket.SOCK_DGRAM)
            with self.pair.client.inside():
                client = socket.socket(family, socket.SOCK_DGRAM)
            with service, client:
                service.bind((address, 7007))
                service.settimeout(2)
                client.connect((address, 7007))
                client.settimeout(2)
                for size in (1, 17, 1400, 5000):
                    data = os.urandom(size)
                    client.send(data)
                    received, peer = service.recvfrom(65535)
                    service.sendto(received[::-1], peer)
                    with self.subTest(address=address, size=size):
                        self.assertEqual(client.recv(65535), data[::-1])

    def test_tcp(self):
        """A megabyte there and back over TCP arrives whole, over IPv4 and IPv6."""
        data = os.urandom(1 << 20)
        for address in self.addresses():
            with self.subTest(address), EchoServer(self.pair.server, address, 2222):
                came = echo(self.pair.client, address, 2222, data)
                self.assertEqual(hashlib.sha256(came).digest(), hashlib.sha256(data).digest())

    def test_checksums(self):
        """What the kernel sends has whole checksums when it leaves the card: nothing is left to an offload."""
        with self.pair.server.inside():
            service = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        with service, raw_socket(self.pair.client) as raw:
            service.bind((self.pair.server.v4, 7008))
            service.sendto(b"checksummed", (self.pair.client.v4, 7009))
            frame = wait_for(raw, lambda f: (d := frames.decode(f)) is not None and d.path.source_port == 7008)
        self.assertIsNotNone(frame)
        self.assertEqual(frames.decode(frame).problems, [])

    def test_the_kernels_forms_of_udp(self):
        """Queries as fragments, with IP options or extension headers are answered by the kernel sockets."""
        for what, packets in kernel_packets(self.pair):
            with self.subTest(what), raw_socket(self.pair.client) as raw:
                for packet in packets:
                    raw.send(packet)
                reply = wait_for(raw, lambda f: (d := frames.decode(f)) is not None and d.path.source_port == 53)
                self.assertIsNotNone(reply)
                decoded = frames.decode(reply)
                self.assertEqual(decoded.problems, [])
                self.assertIn(b"\3ns1\7example\3net", decoded.payload)

    def test_queries_stay_with_the_workers(self):
        """Plain queries are answered beside all that."""
        for address in self.addresses():
            self.assertEqual(self.pair.client.run("dig", f"@{address}", "+short", "+tries=1", "-x", "192.0.2.10").strip(),
                             "ns1.example.net.")

    def test_tags(self):
        """802.1Q tags pass both ways as they are."""
        server, client = self.pair.server, self.pair.client
        out, _ = wire_between(self.pair)
        out.vlan, out.destination_port = 7, 7010
        back = out.reversed()
        with raw_socket(client) as wire, raw_socket(server, TAP) as tap:
            for path, sender, receiver in ((out, wire, tap), (back, tap, wire)):
                frame = frames.query_frame(path, b"tagged" * 4)
                sender.send(frame)
                self.assertEqual(wait_for(receiver, lambda f, path=path: f[12:16] == b"\x81\0\0\7"), frame)

    def test_vlan_interfaces(self):
        """A VLAN interface on the TAP talks with one on the wire."""
        server, client = self.pair.server, self.pair.client
        for host, link, number in ((server, TAP, 1), (client, client.interface, 2)):
            try:
                host.ip("link", "add", "link", link, "name", "tag7", "type", "vlan", "id", "7")
            except subprocess.CalledProcessError:
                self.skipTest("this kernel has no VLAN interfaces")
            self.addCleanup(host.ip, "link", "delete", "tag7")
            host.ip("address", "add", f"198.18.7.{number}/24", "dev", "tag7")
            host.ip("address", "add", f"fd00:187::{number}/64", "dev", "tag7", "nodad")
            host.ip("link", "set", "tag7", "up")
        for address in ("198.18.7.1", "fd00:187::1"):
            with self.subTest(address):
                self.assertEqual(ping(client, address), 3)
                self.assertEqual(ping(client, address, "-s", "1400"), 3)


class OwnQueueTest(ExceptionTest):
    """The same over a device with a send queue to spare, which then is the kernel's."""

    device = "net_pcap0,rx_iface_in=server0,tx_iface=server0,tx_iface=server0"
    described = "have a send queue of their own"

    @classmethod
    def prepare(cls, pair):
        hide_from_kernel(pair.server)
        # net_pcap gives every device of its own this MAC.
        pair.server.ip("link", "set", pair.server.interface, "address", "02:70:63:61:70:00")


class FloodTest(unittest.TestCase):
    def test_ping_flood_beside_queries(self):
        """While pings come as fast as they are answered, no query of a steady load is lost, and all counters add up."""
        with TakenPair() as pair:
            server = start(pair, dnscases.compile_all(ptrd.temporary_folder()))
            self.assertEqual(ping(pair.client, pair.server.v4), 3)
            folder = ptrd.temporary_folder()
            queries = os.path.join(folder, "queries.txt")
            with open(queries, "w") as file:
                file.writelines(f"{number}.2.0.192.in-addr.arpa PTR\n" for number in range(256))
            pinger = subprocess.Popen(pair.client.command("ping", "-q", "-f", "-s", "1000", pair.server.v4), text=True,
                                      stdout=subprocess.PIPE, preexec_fn=leftovers.die_with_parent)
            load = pair.client.run("dnsperf", "-s", pair.server.v4, "-d", queries, "-l", "5", "-Q", "10000")
            pinger.send_signal(signal.SIGINT)
            pings = re.search(r"(\d+) packets transmitted, (\d+) received", pinger.communicate(timeout=10)[0])
            stats = server.stop()
        sent, received = map(int, pings.groups())
        self.assertRegex(load, r"Queries lost: +0 ")
        self.assertGreater(received, 100)
        self.assertLess(sent - received, max(20, sent / 100), "the last ones may be on their way when ping is told to end")
        check_sums(self, stats)
        self.assertGreaterEqual(stats["punted_by"]["protocol"], received)
        self.assertGreaterEqual(stats["exception"]["from_kernel"], received)
        self.assertEqual(ptrd.total(stats["answered"]), int(re.search(r"Queries completed: +(\d+)", load)[1]))
        print(f"        {received} pings beside {ptrd.total(stats['answered'])} queries")

    def test_the_way_to_the_kernel_is_full(self):
        """With the exception thread stopped a ring's worth of frames waits for the kernel, the rest is counted as
        exception_full, and queries are answered as ever; when it goes on, all that waited reaches the kernel."""
        with TakenPair() as pair:
            server = start(pair, dnscases.compile_all(ptrd.temporary_folder()))
            with pair.client.inside():
                client = dnscases.Client(pair.server.v4)
            self.assertIsNotNone(client.ask(dnscases.query(GOOD).to_wire()))
            path, _ = wire_between(pair)
            path.destination_port = 9
            junk = frames.query_frame(path, b"x")
            with raw_socket(pair.client) as raw, stopped(thread_of(server.pid, "ptrd-exception")):
                for _ in range(20):
                    for _ in range(100):
                        raw.send(junk)
                    self.assertIsNotNone(client.ask(dnscases.query(GOOD).to_wire()))
            client.close()
            stats = server.stop()
        check_sums(self, stats)
        self.assertEqual(stats["answered"]["answer"], 21, stats)
        self.assertEqual(stats["punted_by"]["port"] + stats["dropped"]["exception_full"], 2000, stats)
        self.assertLessEqual(stats["punted_by"]["port"], 512, stats)
        self.assertGreater(stats["punted_by"]["port"], 400, "but for some ARP or ND in between, the ring is used")


class ReplayTest(unittest.TestCase):
    """Two workers that get nothing but the kernel's frames, millions a second, without an end."""

    def test_endless_flood(self):
        """Buffers come back from wherever frames end, and no worker makes a system call for any of it."""
        folder = ptrd.temporary_folder()
        path = frames.Path("198.18.0.2", "198.18.0.1", destination_port=9)
        replay = os.path.join(folder, "kernel.pcap")
        frames.write_pcap(replay, [frames.query_frame(path, b"junk" * 8)] * 32 + [
            frames.ethernet(path, frames.ipv4(path, bytes(20), protocol=frames.TCP))] * 32)
        calls = os.path.join(folder, "calls.txt")
        with TakenPair() as pair:
            server = start(pair, dnscases.compile_all(folder), "--lcores", "0,1",
                           device=f"net_pcap0,rx_pcap={replay},rx_pcap={replay},infinite_rx=1")
            workers = [str(thread_of(server.pid, f"rte-worker-{number}")) for number in (1, 2)]
            tracer = subprocess.Popen(["strace", "-qq", "-o", calls, "-p", workers[0], "-p", workers[1]],
                                      preexec_fn=leftovers.die_with_parent, stderr=subprocess.PIPE, text=True)
            time.sleep(2)
            tracer.send_signal(signal.SIGINT)
            self.assertEqual(tracer.communicate(timeout=10)[1], "")
            before = processed(pair, TAP)
            time.sleep(0.5)
            self.assertGreater(processed(pair, TAP), before, "the kernel still gets frames, so buffers there are still")
            stats = server.stop()
        with open(calls) as file:
            self.assertEqual(file.read(), "")
        check_sums(self, stats)
        self.assertGreater(stats["rx"], 100000, "both pools would long be empty")
        self.assertGreater(stats["dropped"]["exception_full"], 0)
        self.assertGreater(stats["punted_by"]["port"], 1024)
        self.assertGreater(stats["punted_by"]["protocol"], 1024)


def processed(pair, interface):
    """Frames that the kernel on the server's side has received by the interface."""
    link, = json.loads(pair.server.ip("-j", "-s", "link", "show", interface))
    return link["stats64"]["rx"]["packets"]


class LifeTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pair = cls.enterClassContext(TakenPair())
        cls.image = dnscases.compile_all(ptrd.temporary_folder())

    def links(self):
        return {link["ifname"] for link in json.loads(self.pair.server.ip("-j", "link", "show"))}

    def test_restart(self):
        """The interface goes with ptrd, killed or stopped, and the next start has it again."""
        for end in ("stop", "kill", "stop"):
            server = start(self.pair, self.image)
            self.assertIn(TAP, self.links())
            self.assertEqual(ping(self.pair.client, self.pair.server.v4), 3)
            if end == "stop":
                check_sums(self, server.stop())
            else:
                os.kill(server.pid, signal.SIGKILL)
                with self.assertRaises(AssertionError):
                    server.wait()
                # What net_af_xdp attached outlives the process, and would keep the frames from the next one.
                self.pair.server.ip("link", "set", self.pair.server.interface, "xdp", "off")
            self.assertNotIn(TAP, self.links())

    def test_name(self):
        """--exception names the interface; one that is taken is refused with a way out."""
        arguments = ["--image", self.image, "--dpdk", AF_XDP, "--exception", "rest0"]
        with ptrd.Ptrd(self.image, *arguments[2:], prefix=self.pair.server.command()):
            self.assertIn("rest0", self.links())
            other = ptrd.run(*self.pair.server.command(ptrd.PTRD, "--image", self.image, "--dpdk", "net_ring0",
                                                       "--exception", "rest0"))
        self.assertEqual(other.returncode, 1, other.stderr)
        self.assertIn("another process has rest0: take another name with --exception", other.stderr)

    def test_made_before(self):
        """An interface that the operator made and gave addresses is used as it is, and stays."""
        ip = self.pair.server.ip
        ip("tuntap", "add", "kept0", "mode", "tap")
        self.addCleanup(ip, "link", "delete", "kept0")
        ip("address", "add", f"{self.pair.server.v4}/24", "dev", "kept0")
        self.pair.client.ip("neighbour", "flush", "all")
        with ptrd.Ptrd(self.image, "--dpdk", AF_XDP, "--exception", "kept0", prefix=self.pair.server.command()):
            self.assertEqual(ping(self.pair.client, self.pair.server.v4), 3)
        self.assertIn(self.pair.server.v4, ip("address", "show", "kept0"))

    def test_off(self):
        """Without it all but queries is dropped, as the ready line says, and no interface is made."""
        for arguments in ([], ["--exception", "off"]):
            with ptrd.Ptrd(self.image, "--dpdk", AF_XDP, *arguments, prefix=self.pair.server.command()) as server:
                self.assertNotIn(TAP, self.links())
                self.assertIn("whatever else arrives is dropped", server.log)
                self.assertEqual(ping(self.pair.client, self.pair.server.v4, seconds=1), 0)
                stats = server.stop()
            check_sums(self, stats)
            self.assertNotIn("exception", stats)
            self.assertGreater(stats["punted"], 0)

    def test_taken_away(self):
        """Somebody deletes the interface: queries are still answered, what no longer reaches the kernel is counted, and the
        thread does not spin."""
        client, server_ip = self.pair.client, self.pair.server.v4
        server = start(self.pair, self.image)
        self.assertEqual(ping(client, server_ip), 3)
        self.pair.server.ip("link", "delete", TAP)
        before = cpu_seconds(server.pid, "ptrd-exception")
        ping(client, server_ip, seconds=1)
        self.assertLess(cpu_seconds(server.pid, "ptrd-exception") - before, 0.3)
        self.assertEqual(client.run("dig", f"@{server_ip}", "+short", "+tries=1", "-x", "192.0.2.10").strip(),
                         "ns1.example.net.")
        stats = server.stop()
        way = stats["exception"]
        self.assertGreater(way["to_kernel_failed"], 0)
        self.assertEqual(stats["punted"], way["to_kernel"] + way["to_kernel_failed"], stats)

    def test_wrong_usage(self):
        """Bad names and addresses are refused before anything is touched."""
        for arguments, text in ((["--address", "192.0.2.1/33"], "'192.0.2.1/33' is no address"),
                                (["--address", "2001:db8::1/0"], "is no address"),
                                (["--exception", "a/b"], "'a/b' is no name"),
                                (["--exception", "sixteen-letters-"], "is no name"),
                                (["--exception", "off", "--address", "192.0.2.1/24"], "--exception off")):
            with self.subTest(arguments):
                result = ptrd.run(ptrd.PTRD, "--image", self.image, "--dpdk", "net_ring0", *arguments)
                self.assertEqual(result.returncode, 2, result.stderr)
                self.assertIn(text, result.stderr)
                self.assertEqual(result.stderr.count("\n"), 1)
        result = ptrd.run(ptrd.PTRD, "--image", self.image, "--socket", "127.0.0.1:5399", "--address", "192.0.2.1/24")
        self.assertEqual(result.returncode, 2, result.stderr)


def thread_of(pid, name):
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/comm") as file:
            if file.read().strip() == name:
                return int(task)
    raise AssertionError(f"no thread {name}")


def cpu_seconds(pid, thread):
    """What the process's thread of that name has used of a CPU."""
    with open(f"/proc/{pid}/task/{thread_of(pid, thread)}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def stopped(thread):
    """Stops one thread of another process, the others run on: ptrace(2)."""
    seize, interrupt, detach, wall = 0x4206, 0x4207, 17, 0x40000000
    libc = ctypes.CDLL(None, use_errno=True)
    for request in (seize, interrupt):
        if libc.ptrace(request, thread, None, None) != 0:
            raise OSError(ctypes.get_errno(), "ptrace")
    os.waitpid(thread, wall)
    try:
        yield
    finally:
        libc.ptrace(detach, thread, None, None)


if __name__ == "__main__":
    unittest.main()
