#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""ptrd --xdp on a veth pair: its own AF_XDP port and its own program in the kernel."""

import contextlib
import glob
import itertools
import json
import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import dnscases
import frames
import leftovers
import netns
import ptrd
import test_af_xdp

PINS = "/sys/fs/bpf/ptrd"
GOOD = "10.2.0.192.in-addr.arpa"
_numbers = itertools.count()


def sweep_pins():
    """Removes what test processes that are gone have left pinned."""
    for path in glob.glob(f"{PINS}/px*-*"):
        if not os.path.exists(f"/proc/{path.rsplit('-', 1)[1]}"):
            shutil.rmtree(path, ignore_errors=True)


def new_pair(queues=1):
    """A pair whose server side has a name that no other test uses: pins go by name."""
    sweep_pins()
    pair = netns.Pair(f"px{next(_numbers)}-{os.getpid()}", queues)
    leftovers.register(lambda: shutil.rmtree(pins(pair), ignore_errors=True))
    return pair


def pins(pair):
    return f"{PINS}/{pair.server.interface}"


def server(pair, image, *arguments):
    return ptrd.Ptrd(image, "--xdp", pair.server.interface, *arguments, prefix=pair.server.command_in_our_mounts())


def client(pair, address=None):
    with pair.client.inside():
        return dnscases.Client(address or pair.server.v4)


def asked(pair, address=None, timeout=1.0):
    """The response to a plain question, or None; each time from a port of its own."""
    one = client(pair, address)
    try:
        return one.ask(dnscases.query(GOOD).to_wire(), timeout)
    finally:
        one.close()


def program_of(pair):
    """The XDP program on the server's interface as ip shows it; None where there is none."""
    return json.loads(pair.server.ip("-j", "link", "show", pair.server.interface))[0].get("xdp", {}).get("prog")


def link_id(pair):
    """The id of the pinned BPF link."""
    shown = subprocess.run(["bpftool", "-j", "link", "show", "pinned", f"{pins(pair)}/link"], check=True, capture_output=True)
    return json.loads(shown.stdout)["id"]


def kill(process):
    os.kill(process.pid, signal.SIGKILL)
    process._process.wait()


def wait_until(test, holds):
    end = time.monotonic() + 2
    while not holds():
        test.assertLess(time.monotonic(), end)
        time.sleep(0.02)


class XdpTest(test_af_xdp.AfXdpTest):
    """Everything that holds over DPDK's net_af_xdp holds over ptrd's own port."""

    PROGRAM = "ptrd_xdp"
    QUEUES = 1

    @classmethod
    def bring_up(cls):
        pair = new_pair(cls.QUEUES)
        return pair, lambda: server(pair, dnscases.compile_all(ptrd.temporary_folder())).start()

    def test_log(self):
        """The log says in which mode the program and the sockets run."""
        queues = "1 queue" if self.QUEUES == 1 else f"{self.QUEUES} queues"
        self.assertIn(f"(AF_XDP, native XDP, {queues}, copy mode)", self.server.log)

    def test_other_destinations(self):
        """A query for an address that is not the interface's goes to the kernel, which here sends it nowhere."""
        good = dnscases.query(GOOD)
        for path in test_af_xdp.wire_between(self.pair):
            path.destination = "198.18.0.77" if path.version == 4 else "fd00:18::77"
            with self.subTest(path=path), test_af_xdp.raw_socket(self.pair.client) as raw:
                raw.settimeout(0.3)
                raw.send(frames.query_frame(path, good.to_wire()))
                self.assertIsNone(test_af_xdp.wait_for(raw, lambda frame: test_af_xdp.is_reply(frame, good.id)))

    def test_idle(self):
        """A server that nobody asks sleeps: less than a tenth of a CPU over a second; the next query is answered at once."""
        time.sleep(0.2)
        before = cpu_seconds(self.server.pid)
        time.sleep(1.0)
        self.assertLess(cpu_seconds(self.server.pid) - before, 0.1)
        self.assertIsNotNone(asked(self.pair, timeout=0.05))


def workers(pid):
    """The worker threads' ids by name."""
    found = {}
    for path in glob.glob(f"/proc/{pid}/task/*/comm"):
        with open(path) as file:
            name = file.read().strip()
        if name.startswith("xdp-"):
            found[name] = int(path.split("/")[4])
    return found


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class XdpQueuesTest(XdpTest):
    """The same on an interface with two queues."""

    QUEUES = 2

    def test_every_queue(self):
        """Queries that arrive on either queue are answered: the client sends from both CPUs, which picks the queue."""
        cpus = sorted(os.sched_getaffinity(0))
        try:
            for cpu in cpus:
                os.sched_setaffinity(0, {cpu})
                for _ in range(20):
                    self.assertIsNotNone(asked(self.pair), f"sent from CPU {cpu}")
        finally:
            os.sched_setaffinity(0, cpus)
        statistics = self.pair.server.run("ethtool", "-S", self.pair.server.interface)
        for queue in range(self.QUEUES):
            self.assertGreater(int(re.search(rf"rx_queue_{queue}_xdp_packets: (\d+)", statistics)[1]), 5)
        self.assertEqual(set(workers(self.server.pid)), {"xdp-0", "xdp-1"})


class XdpCountersTest(test_af_xdp.AfXdpCountersTest):
    PROGRAM, bring_up, QUEUES = "ptrd_xdp", classmethod(XdpTest.bring_up.__func__), 1

    def test_counters(self):
        """Every frame is in one counter of the worker's, and in one of the program's."""
        super().test_counters()
        kernel = self.stats["kernel"]
        self.assertEqual(kernel["redirected"], self.stats["rx"] + kernel["lost_no_buffer"] + kernel["lost_ring_full"], kernel)
        self.assertEqual(kernel["lost_no_buffer"] + kernel["lost_ring_full"], 0, kernel)
        self.assertEqual(kernel["passed_no_socket"], 0, kernel)

    def test_passed(self):
        """What is left to the kernel counts by reason."""
        pair, start = self.bring_up()
        with pair:
            running = start()
            v4, v6 = test_af_xdp.wire_between(pair)
            good = dnscases.query(GOOD).to_wire()
            with test_af_xdp.raw_socket(pair.client) as raw:
                for _, packets in test_af_xdp.kernel_packets(pair):
                    for packet in packets:
                        raw.send(packet)
                for path in (v4, v6):
                    path.destination_port = 5353
                    raw.send(frames.query_frame(path, good))
                    path.destination_port = 53
                    path.destination = "198.18.0.77" if path.version == 4 else "fd00:18::77"
                    raw.send(frames.query_frame(path, good))
            self.assertIsNotNone(asked(pair))
            kernel = running.stop()["kernel"]
        self.assertEqual(kernel["passed_ip_form"], 3, kernel)            # two IPv4 fragments, options
        self.assertGreaterEqual(kernel["passed_protocol"], 3, kernel)    # IPv6's, and neighbour discovery
        self.assertGreaterEqual(kernel["passed_port"], 2, kernel)
        self.assertEqual(kernel["passed_address"], 2, kernel)
        self.assertEqual(kernel["redirected"], 1, kernel)

    def test_overload(self):
        """Bursts larger than the rings lose nothing without a counter."""
        pair, start = self.bring_up()
        with pair:
            running = start()
            good = frames.query_frame(test_af_xdp.wire_between(pair)[0], dnscases.query(GOOD).to_wire())
            number = 20000
            with test_af_xdp.raw_socket(pair.client) as raw:
                os.kill(running.pid, signal.SIGSTOP)
                for _ in range(number):
                    with contextlib.suppress(OSError):
                        raw.send(good)
                os.kill(running.pid, signal.SIGCONT)
            time.sleep(0.3)
            self.assertIsNotNone(asked(pair), "it goes on after that")
            stats = running.stop()
        kernel = stats["kernel"]
        self.assertEqual(kernel["redirected"], stats["rx"] + kernel["lost_no_buffer"] + kernel["lost_ring_full"], stats)
        self.assertGreater(kernel["lost_no_buffer"] + kernel["lost_ring_full"], 10000, stats)
        self.assertEqual(stats["rx"], sum(ptrd.total(stats[key]) for key in ("answered", "dropped", "punted")), stats)


class XdpWorkerTest(unittest.TestCase):
    def setUp(self):
        self.pair = self.enterContext(new_pair(queues=2))
        self.image = dnscases.compile_all(ptrd.temporary_folder())

    def test_lcores(self):
        """--lcores pins the workers, in turn."""
        cpus = sorted(os.sched_getaffinity(0))[:2]
        with server(self.pair, self.image, "--lcores", ",".join(map(str, cpus))) as running:
            expected = {f"xdp-{number}": {cpus[number % len(cpus)]} for number in range(2)}
            wait_until(self, lambda: {name: os.sched_getaffinity(thread)
                                      for name, thread in workers(running.pid).items()} == expected)
            self.assertIsNotNone(asked(self.pair))

    def test_system_calls(self):
        """Between its first query and its last a worker's only system calls are the kick and, when idle, the wait."""
        trace = f"{ptrd.temporary_folder()}/trace"
        running = server(self.pair, self.image)
        running._command = ["strace", "-f", "-qq", "-o", trace, *running._command]
        running.start()
        try:
            wait_until(self, lambda: len(workers(self.traced(running.pid))) == 2)
            ids = workers(self.traced(running.pid)).values()
            for _ in range(3):
                for _ in range(20):
                    self.assertIsNotNone(asked(self.pair))
                time.sleep(0.3)
        finally:
            os.kill(self.traced(running.pid), signal.SIGTERM)
            running.wait()
        with open(trace) as file:
            calls = [line.split(maxsplit=1) for line in file]
        made = {number: [re.match(r"\w+", call)[0] for pid, call in calls if int(pid) == number and call[0].isalpha()]
                for number in ids}
        self.assertGreaterEqual(sum(names.count("sendto") for names in made.values()), 60)
        for names in made.values():
            kicks = [at for at, name in enumerate(names) if name == "sendto"]
            if kicks:
                self.assertLessEqual(set(names[kicks[0]:kicks[-1]]), {"sendto", "poll", "restart_syscall"})

    @staticmethod
    def traced(tracer):
        with open(f"/proc/{tracer}/task/{tracer}/children") as file:
            return int(file.read().split()[0])


class XdpAddressesTest(unittest.TestCase):
    def setUp(self):
        self.pair = self.enterContext(new_pair())
        self.image = dnscases.compile_all(ptrd.temporary_folder())
        for address in ("203.0.113.9/32", "fd00:99::9/128"):
            self.pair.client.ip("route", "add", address, "dev", self.pair.client.interface)
        self.pair.client.ip("neighbour", "add", "203.0.113.9", "lladdr", self.mac(), "dev", self.pair.client.interface)
        self.pair.client.ip("neighbour", "add", "fd00:99::9", "lladdr", self.mac(), "dev", self.pair.client.interface)

    def mac(self):
        return self.pair.server.mac.hex(":")

    def test_addresses_come_and_go(self):
        """An address that the interface gets is answered for within a second, and no more when it is gone."""
        with server(self.pair, self.image):
            for address, change in (("203.0.113.9", "203.0.113.9/32"), ("fd00:99::9", "fd00:99::9/128")):
                self.assertIsNone(asked(self.pair, address, 0.2))
                self.pair.server.ip("address", "add", change, "dev", self.pair.server.interface)
                time.sleep(0.5)
                self.assertIsNotNone(asked(self.pair, address))
                self.pair.server.ip("address", "del", change, "dev", self.pair.server.interface)
                time.sleep(0.5)
                self.assertIsNone(asked(self.pair, address, 0.2))

    def test_given_addresses(self):
        """--address adds one that is on no interface; the interface's own stay."""
        with server(self.pair, self.image, "--address", "203.0.113.9", "--address", "fd00:99::9"):
            for address in ("203.0.113.9", "fd00:99::9", self.pair.server.v4, self.pair.server.v6):
                self.assertIsNotNone(asked(self.pair, address), address)

    def test_no_address(self):
        """Without any address ptrd takes nothing, and says so."""
        self.pair.server.ip("address", "flush", "dev", self.pair.server.interface)
        running = server(self.pair, self.image).start()
        good = dnscases.query(GOOD).to_wire()
        with test_af_xdp.raw_socket(self.pair.client) as raw:
            for path in test_af_xdp.wire_between(self.pair):
                raw.send(frames.query_frame(path, good))
        time.sleep(0.2)
        stats = running.stop()
        self.assertIn("has no address", running.log)
        self.assertEqual(stats["rx"], 0, stats)
        self.assertEqual(stats["kernel"]["passed_address"], 2, stats)

    def test_wrong_address(self):
        """What is no address is named."""
        result = ptrd.run(*self.pair.server.command_in_our_mounts(
            ptrd.PTRD, "--image", self.image, "--xdp", self.pair.server.interface, "--address", "203.0.113"))
        self.assertEqual(result.returncode, 1)
        self.assertIn("'203.0.113' is no address", result.stderr)


class XdpSurvivalTest(unittest.TestCase):
    def setUp(self):
        self.pair = self.enterContext(new_pair())
        self.image = dnscases.compile_all(ptrd.temporary_folder())

    def failing(self, *arguments):
        """The error line of a ptrd that must not start."""
        result = ptrd.run(*self.pair.server.command_in_our_mounts(
            ptrd.PTRD, "--image", self.image, "--xdp", self.pair.server.interface, "--duration", "1", *arguments))
        self.assertEqual(result.returncode, 1, result.stderr)
        lines = [line for line in result.stderr.splitlines() if " records" not in line]
        self.assertEqual(len(lines), 1, result.stderr)
        return lines[0]

    def test_clean_stop(self):
        """A ptrd that is told to stop leaves neither program nor pins."""
        with server(self.pair, self.image):
            self.assertIsNotNone(program_of(self.pair))
            self.assertTrue(os.path.exists(f"{pins(self.pair)}/link"))
        self.assertIsNone(program_of(self.pair))
        self.assertFalse(os.path.exists(pins(self.pair)))

    def test_restarts(self):
        """Five clean restarts in a row: each answers."""
        for _ in range(5):
            with server(self.pair, self.image):
                self.assertIsNotNone(asked(self.pair))

    def test_kill_and_adopt(self):
        """After kill -9 the program stays and passes queries on; the next start replaces it under the same link."""
        first = server(self.pair, self.image).start()
        self.assertIsNotNone(asked(self.pair))
        link, program = link_id(self.pair), program_of(self.pair)["id"]
        kill(first)
        self.assertEqual(program_of(self.pair)["id"], program)
        self.assertIsNone(asked(self.pair, timeout=0.3))
        with server(self.pair, self.image) as second:
            self.assertEqual(link_id(self.pair), link, "the link has been there all the time")
            self.assertNotEqual(program_of(self.pair)["id"], program)
            self.assertIn("adopted", second.log)
            self.assertIsNotNone(asked(self.pair))
            kernel = second.stop()["kernel"]
        self.assertEqual(kernel["redirected"], 2, "the first one's and the second one's")
        self.assertGreaterEqual(kernel["passed_no_socket"], 1, "in between")
        self.assertIsNone(program_of(self.pair))

    def test_never_without_a_program(self):
        """While ptrd is killed and started again ten times, the interface always has a program."""
        running = server(self.pair, self.image).start()
        seen = set()
        for _ in range(10):
            kill(running)
            running = server(self.pair, self.image)
            starter = subprocess.Popen(running._command, stderr=subprocess.DEVNULL, preexec_fn=leftovers.die_with_parent)
            running._process = starter
            for _ in range(15):
                program = program_of(self.pair)
                self.assertIsNotNone(program)
                seen.add(program["id"])
                time.sleep(0.01)
        self.assertGreater(len(seen), 8)
        starter.send_signal(signal.SIGTERM)
        starter.wait(10)

    def test_keep(self):
        """--keep leaves the program at a clean stop, and the next start adopts it."""
        with server(self.pair, self.image, "--keep"):
            link = link_id(self.pair)
        self.assertIsNotNone(program_of(self.pair))
        with server(self.pair, self.image) as second:
            self.assertEqual(link_id(self.pair), link)
            self.assertIn("adopted", second.log)
            self.assertIsNotNone(asked(self.pair))
        self.assertIsNone(program_of(self.pair))

    def test_way_out(self):
        """rm -r on the pins of a dead ptrd takes its program off; the next start is a fresh one."""
        kill(server(self.pair, self.image).start())
        self.assertIsNotNone(program_of(self.pair))
        subprocess.run(["rm", "-r", pins(self.pair)], check=True)
        wait_until(self, lambda: program_of(self.pair) is None)
        with server(self.pair, self.image) as second:
            self.assertNotIn("adopted", second.log)
            self.assertIsNotNone(asked(self.pair))

    def test_second_instance(self):
        """A second ptrd on the interface is refused, and the first one goes on."""
        with server(self.pair, self.image):
            self.assertIn("another ptrd answers there", self.failing())
            self.assertIsNotNone(asked(self.pair))
            self.assertIsNotNone(program_of(self.pair))

    def test_foreign_program(self):
        """A program that somebody attached by netlink is left alone; the error names it and the way out, which works."""
        interface = self.pair.server.interface
        self.pair.server.ip("link", "set", "dev", interface, "xdp", "obj", ptrd.XDP_PROGRAM, "sec", "xdp")
        foreign = program_of(self.pair)["id"]
        line = self.failing()
        self.assertIn("dns_filter", line)
        self.assertIn(f"ip link set dev {interface} xdp off", line)
        self.assertEqual(program_of(self.pair)["id"], foreign)
        self.assertFalse(os.path.exists(pins(self.pair)))
        self.pair.server.ip("link", "set", "dev", interface, "xdp", "off")
        with server(self.pair, self.image):
            self.assertIsNotNone(asked(self.pair))

    def test_failed_start_leaves_nothing(self):
        """Where another part of ptrd cannot start, the interface is as it was."""
        self.failing("--socket", "192.0.2.55:53")
        self.assertIsNone(program_of(self.pair))
        self.assertFalse(os.path.exists(pins(self.pair)))

    def test_beside_sockets(self):
        """With --socket on the same address, TCP's place and fragments are the socket's, plain queries AF_XDP's."""
        address = self.pair.server.v4
        with server(self.pair, self.image, "--socket", f"{address}:53") as running:
            self.assertIsNotNone(asked(self.pair))
            fragmented = next(packets for what, packets in test_af_xdp.kernel_packets(self.pair) if "IPv4 in two" in what)
            with test_af_xdp.raw_socket(self.pair.client) as raw:
                for packet in fragmented:
                    raw.send(packet)
                self.assertIsNotNone(test_af_xdp.wait_for(raw, lambda frame: frames.decode(frame) is not None))
            stats = running.stop()
        self.assertEqual(stats["answered"]["answer"], 2, stats)
        self.assertEqual(stats["kernel"]["redirected"], 1, stats)

    def test_generic_mode(self):
        """Where the driver takes no program (here: a peer with more queues to send on), it runs in generic mode, and says so."""
        interface, peer = self.pair.server.interface, self.pair.client.interface
        self.pair.server.ip("link", "del", interface)
        self.pair.server.ip("link", "add", interface, "numrxqueues", "1", "numtxqueues", "1", "type", "veth",
                            "peer", "name", peer, "numrxqueues", "2", "numtxqueues", "2", "netns", self.pair.client.name)
        self.pair.client.run("ethtool", "-K", peer, "tx", "off", "txvlan", "off")
        self.pair.client.run("ethtool", "-L", peer, "tx", "2")
        for host in (self.pair.server, self.pair.client):
            host.configure()
        self.pair._wait_for_link()
        with server(self.pair, self.image) as running:
            self.assertIn("generic XDP", running.log)
            self.assertIn("it runs in generic mode, which is slower", running.log)
            self.assertIsNotNone(asked(self.pair))
            self.assertIsNotNone(asked(self.pair, self.pair.server.v6))

    def test_jumbo_frames(self):
        """With a large MTU ptrd starts and answers all the same."""
        for host in (self.pair.server, self.pair.client):
            host.ip("link", "set", host.interface, "mtu", "9000")
        with server(self.pair, self.image):
            self.assertIsNotNone(asked(self.pair))

    def test_interface_vanishes(self):
        """When the interface goes away, ptrd says so, idles, and ends cleanly."""
        running = server(self.pair, self.image).start()
        self.assertIsNotNone(asked(self.pair))
        self.pair.server.ip("link", "del", self.pair.server.interface)
        wait_until(self, lambda: "is gone" in running.log)
        before = cpu_seconds(running.pid)
        time.sleep(1.0)
        self.assertLess(cpu_seconds(running.pid) - before, 0.1)
        stats = running.stop()
        self.assertEqual(stats["rx"], 1, stats)
        self.assertEqual(running.log.count("is gone"), 1)
        self.assertFalse(os.path.exists(pins(self.pair)))

    def test_interface_comes_back(self):
        """Pins of an interface that is gone do not hinder a new one of the same name."""
        kill(server(self.pair, self.image).start())
        interface = self.pair.server.interface
        self.pair.server.ip("link", "del", interface)
        self.pair.server.ip("link", "add", interface, "type", "veth", "peer", "name", self.pair.client.interface,
                            "netns", self.pair.client.name)
        self.pair.client.run("ethtool", "-K", self.pair.client.interface, "tx", "off")
        for host in (self.pair.server, self.pair.client):
            host.configure()
        self.pair._wait_for_link()
        with server(self.pair, self.image) as running:
            self.assertNotIn("adopted", running.log)
            self.assertIsNotNone(asked(self.pair))

    def test_same_name_elsewhere(self):
        """Pins of a living interface in another network namespace are not taken over."""
        kill(server(self.pair, self.image).start())
        name = f"px-other-{os.getpid()}"
        interface = self.pair.server.interface
        subprocess.run(["ip", "netns", "add", name], check=True)
        delete = leftovers.register(lambda: subprocess.run(["ip", "netns", "delete", name], check=False))
        subprocess.run(["ip", "-n", name, "link", "add", interface, "type", "veth", "peer", "name", "other0"], check=True)
        result = ptrd.run("nsenter", f"--net=/run/netns/{name}", ptrd.PTRD, "--image", self.image, "--xdp", interface)
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn("belongs to an interface of that name elsewhere", result.stderr)
        delete()

    def test_own_mounts(self):
        """Under `ip netns exec`, where the pins end with ptrd, it answers and warns; after kill -9 the program is gone."""
        running = ptrd.Ptrd(self.image, "--xdp", self.pair.server.interface, prefix=self.pair.server.command()).start()
        self.assertIn("the program will not outlive ptrd", running.log)
        self.assertIsNotNone(asked(self.pair))
        kill(running)
        wait_until(self, lambda: program_of(self.pair) is None)

    def test_taken_queue(self):
        """Where another program has an AF_XDP socket on a queue, ptrd says so and leaves that one alone."""
        other = test_af_xdp.start(self.pair, self.image)
        self.assertIn("another program has one there", self.failing())
        self.assertFalse(os.path.exists(pins(self.pair)))
        self.assertIsNotNone(asked(self.pair))
        other.stop()

    def test_no_such_interface(self):
        """A name that no interface has is named."""
        result = ptrd.run(ptrd.PTRD, "--image", self.image, "--xdp", "nosuch0")
        self.assertEqual(result.returncode, 1)
        self.assertIn("nosuch0: there is no such interface", result.stderr)

    def test_without_rights(self):
        """An unprivileged user gets one line that says what is missing."""
        program = shutil.copy(ptrd.PTRD, f"{ptrd.temporary_folder()}/ptrd")
        result = ptrd.run(*ptrd.as_nobody(program, "--image", self.image, "--xdp", "lo"))
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn("AF_XDP needs root, --socket does not", result.stderr)

    def test_locked_memory(self):
        """A small limit on locked memory does not matter to root."""
        limit = lambda: resource.setrlimit(resource.RLIMIT_MEMLOCK, (65536, 65536))
        running = subprocess.Popen(server(self.pair, self.image)._command, preexec_fn=lambda: (leftovers.die_with_parent(), limit()),
                                   stderr=subprocess.DEVNULL)
        try:
            wait_until(self, lambda: asked(self.pair, timeout=0.2) is not None)
        finally:
            running.terminate()
            running.wait(10)


if __name__ == "__main__":
    unittest.main()
