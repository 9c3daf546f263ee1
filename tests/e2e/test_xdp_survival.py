#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""What ptrd --xdp leaves on the interface, adopts, and rejects."""

import json
import os
import resource
import shutil
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import dnscases
import frames
import leftovers
import ptrd
import test_af_xdp
import xdphost


class XdpSurvivalTest(unittest.TestCase):
    def setUp(self):
        self.pair = self.enterContext(xdphost.new_pair())
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
        """A stopped ptrd leaves neither program nor pins."""
        with xdphost.server(self.pair, self.image):
            self.assertIsNotNone(xdphost.program_of(self.pair))
            self.assertTrue(os.path.exists(f"{xdphost.pins(self.pair)}/link"))
        self.assertIsNone(xdphost.program_of(self.pair))
        self.assertFalse(os.path.exists(xdphost.pins(self.pair)))

    def test_restarts(self):
        """Five clean restarts in a row: each answers."""
        for _ in range(5):
            with xdphost.server(self.pair, self.image):
                self.assertIsNotNone(xdphost.asked(self.pair))

    def test_kill_and_adopt(self):
        """After kill -9 the program stays and answers; the next start replaces it under the same link."""
        xdphost.take_bounced_frames(self.pair)
        first = xdphost.server(self.pair, self.image).start()
        before = xdphost.asked(self.pair)
        self.assertIsNotNone(before)
        link, program = xdphost.link_id(self.pair), xdphost.program_of(self.pair)["id"]
        xdphost.kill(first)
        self.assertEqual(xdphost.program_of(self.pair)["id"], program)
        self.assertEqual(xdphost.asked(self.pair)[2:], before[2:])
        with xdphost.server(self.pair, self.image) as second:
            self.assertEqual(xdphost.link_id(self.pair), link, "the link has been there all the time")
            self.assertNotEqual(xdphost.program_of(self.pair)["id"], program)
            self.assertIn("adopted", second.log)
            self.assertIsNotNone(xdphost.asked(self.pair))
            kernel = second.stop()["kernel"]
        self.assertEqual(kernel["redirected"], 2, "the first one's and the second one's")
        self.assertEqual(kernel["answered"]["answer"], 1, "in between")
        self.assertEqual(kernel["passed_no_socket"], 0)
        self.assertIsNone(xdphost.program_of(self.pair))

    def test_counters_are_carried_over(self):
        """The program's counters continue from one ptrd to the next, any number of times."""
        for _ in range(3):
            running = xdphost.server(self.pair, self.image).start()
            self.assertIsNotNone(xdphost.asked(self.pair))
            xdphost.kill(running)
        with xdphost.server(self.pair, self.image) as last:
            self.assertIsNotNone(xdphost.asked(self.pair))
            self.assertEqual(last.stop()["kernel"]["redirected"], 4)
        with xdphost.server(self.pair, self.image) as fresh:
            self.assertEqual(fresh.stop()["kernel"]["redirected"], 0, "a clean stop ends the count")

    def test_counters_of_another_build(self):
        """Counters of another build continue under their own names; unknown ones start at 0, which the log says."""
        running = xdphost.server(self.pair, self.image).start()
        self.assertIsNotNone(xdphost.asked(self.pair))
        xdphost.kill(running)
        # As if that build had counted elsewhere: "passed_link" in the place of "redirected", and one that no longer exists.
        for key, name in ((0, b"passed_link"), (3, b"gone_for_good")):
            value = [str(byte) for byte in name.ljust(32, b"\0")]
            subprocess.run(["bpftool", "map", "update", "pinned", f"{xdphost.pins(self.pair)}/counter_names", "key", str(key),
                            "0", "0", "0", "value", *value], check=True)
        with xdphost.server(self.pair, self.image) as second:
            kernel = second.stop()["kernel"]
        self.assertEqual(kernel["redirected"], 0)
        self.assertGreaterEqual(kernel["passed_link"], 1)
        self.assertIn("its program's counters, gone_for_good is not carried over", second.log)

    def test_counters_without_names(self):
        """Counters of a build without counter names are not adopted."""
        running = xdphost.server(self.pair, self.image).start()
        self.assertIsNotNone(xdphost.asked(self.pair))
        xdphost.kill(running)
        os.unlink(f"{xdphost.pins(self.pair)}/counter_names")
        with xdphost.server(self.pair, self.image) as second:
            self.assertEqual(second.stop()["kernel"]["redirected"], 0)
        self.assertIn("they start at 0", second.log)

    def test_never_without_a_program(self):
        """While ptrd is killed and started again, five times or more, the interface always has a program."""
        running = xdphost.server(self.pair, self.image).start()
        looks = starts = 0
        while starts < 5 or looks <= 50:
            starts += 1
            before = xdphost.program_of(self.pair)["id"]
            xdphost.kill(running)
            running = xdphost.server(self.pair, self.image).launch()
            end = time.monotonic() + 20
            while "ready" not in running.log:
                self.assertLess(time.monotonic(), end)
                self.assertIsNotNone(xdphost.program_of(self.pair))
                looks += 1
            self.assertNotEqual(xdphost.program_of(self.pair)["id"], before)
            self.assertLess(starts, 50)
        running.stop()

    def test_keep(self):
        """--keep leaves the program at a clean stop, and the next start adopts it."""
        with xdphost.server(self.pair, self.image, "--keep"):
            link = xdphost.link_id(self.pair)
        self.assertIsNotNone(xdphost.program_of(self.pair))
        with xdphost.server(self.pair, self.image) as second:
            self.assertEqual(xdphost.link_id(self.pair), link)
            self.assertIn("adopted", second.log)
            self.assertIsNotNone(xdphost.asked(self.pair))
        self.assertIsNone(xdphost.program_of(self.pair))

    def test_way_out(self):
        """rm -r on the pins of a dead ptrd removes its program; the next start is a fresh one."""
        xdphost.kill(xdphost.server(self.pair, self.image).start())
        self.assertIsNotNone(xdphost.program_of(self.pair))
        subprocess.run(["rm", "-r", xdphost.pins(self.pair)], check=True)
        xdphost.wait_until(self, lambda: xdphost.program_of(self.pair) is None)
        with xdphost.server(self.pair, self.image) as second:
            self.assertNotIn("adopted", second.log)
            self.assertIsNotNone(xdphost.asked(self.pair))

    def test_second_instance(self):
        """A second ptrd on the interface is rejected, and the first one continues."""
        with xdphost.server(self.pair, self.image):
            self.assertIn("another ptrd is running there", self.failing())
            self.assertIsNotNone(xdphost.asked(self.pair))
            self.assertIsNotNone(xdphost.program_of(self.pair))

    def test_foreign_program(self):
        """A foreign program attached through netlink is left alone; the error names it and how to remove it, which works."""
        interface = self.pair.server.interface
        self.pair.server.ip("link", "set", "dev", interface, "xdp", "obj", ptrd.XDP_PROGRAM, "sec", "xdp")
        foreign = xdphost.program_of(self.pair)["id"]
        line = self.failing()
        self.assertIn("dns_filter", line)
        self.assertIn(f"ip link set dev {interface} xdp off", line)
        self.assertEqual(xdphost.program_of(self.pair)["id"], foreign)
        self.assertFalse(os.path.exists(xdphost.pins(self.pair)))
        self.pair.server.ip("link", "set", "dev", interface, "xdp", "off")
        with xdphost.server(self.pair, self.image):
            self.assertIsNotNone(xdphost.asked(self.pair))

    def test_failed_start_leaves_nothing(self):
        """If another part of ptrd cannot start, the interface is unchanged."""
        self.failing("--socket", "192.0.2.55:53")
        self.assertIsNone(xdphost.program_of(self.pair))
        self.assertFalse(os.path.exists(xdphost.pins(self.pair)))

    def test_beside_sockets(self):
        """With --socket on the same address, TCP's place and fragments are the socket's, plain queries AF_XDP's."""
        address = self.pair.server.v4
        with xdphost.server(self.pair, self.image, "--socket", f"{address}:53") as running:
            self.assertIsNotNone(xdphost.asked(self.pair))
            fragmented = next(packets for what, packets in test_af_xdp.kernel_packets(self.pair) if "IPv4 in two" in what)
            with test_af_xdp.raw_socket(self.pair.client) as raw:
                for packet in fragmented:
                    raw.send(packet)
                self.assertIsNotNone(test_af_xdp.wait_for(raw, lambda frame: frames.decode(frame) is not None))
            stats = running.stop()
        self.assertEqual(stats["answered"]["answer"], 2, stats)
        self.assertEqual(stats["kernel"]["redirected"], 1, stats)

    def test_generic_mode(self):
        """If the driver accepts no program (here: a peer with more queues to send on), it runs in generic mode, and says so."""
        interface, peer = self.pair.server.interface, self.pair.client.interface
        self.pair.server.ip("link", "del", interface)
        self.pair.server.ip("link", "add", interface, "numrxqueues", "1", "numtxqueues", "1", "type", "veth",
                            "peer", "name", peer, "numrxqueues", "2", "numtxqueues", "2", "netns", self.pair.client.name)
        self.pair.client.run("ethtool", "-K", peer, "tx", "off", "txvlan", "off")
        self.pair.client.run("ethtool", "-L", peer, "tx", "2")
        for host in (self.pair.server, self.pair.client):
            host.configure()
        self.pair._wait_for_link()
        with xdphost.server(self.pair, self.image) as running:
            self.assertIn("generic XDP", running.log)
            self.assertIn("it runs in generic mode, which is slower", running.log)
            self.assertIsNotNone(xdphost.asked(self.pair))
            self.assertIsNotNone(xdphost.asked(self.pair, self.pair.server.v6))

    def test_jumbo_frames(self):
        """With a large MTU ptrd still starts and answers."""
        for host in (self.pair.server, self.pair.client):
            host.ip("link", "set", host.interface, "mtu", "9000")
        with xdphost.server(self.pair, self.image):
            self.assertIsNotNone(xdphost.asked(self.pair))

    def test_interface_vanishes(self):
        """When the interface goes away, ptrd says so, idles, and ends cleanly."""
        running = xdphost.server(self.pair, self.image).start()
        self.assertIsNotNone(xdphost.asked(self.pair))
        self.pair.server.ip("link", "del", self.pair.server.interface)
        xdphost.wait_until(self, lambda: "is gone" in running.log)
        before = xdphost.cpu_seconds(running.pid)
        time.sleep(1.0)
        self.assertLess(xdphost.cpu_seconds(running.pid) - before, 0.1)
        stats = running.stop()
        self.assertEqual(stats["rx"], 1, stats)
        self.assertEqual(running.log.count("is gone"), 1)
        self.assertFalse(os.path.exists(xdphost.pins(self.pair)))

    def test_interface_comes_back(self):
        """Pins of an interface that is gone do not hinder a new one of the same name."""
        xdphost.kill(xdphost.server(self.pair, self.image).start())
        interface = self.pair.server.interface
        self.pair.server.ip("link", "del", interface)
        self.pair.server.ip("link", "add", interface, "type", "veth", "peer", "name", self.pair.client.interface,
                            "netns", self.pair.client.name)
        self.pair.client.run("ethtool", "-K", self.pair.client.interface, "tx", "off")
        for host in (self.pair.server, self.pair.client):
            host.configure()
        self.pair._wait_for_link()
        with xdphost.server(self.pair, self.image) as running:
            self.assertNotIn("adopted", running.log)
            self.assertIsNotNone(xdphost.asked(self.pair))

    def test_same_name_elsewhere(self):
        """Pins of a living interface in another network namespace are not adopted."""
        xdphost.kill(xdphost.server(self.pair, self.image).start())
        name = f"px-other-{os.getpid()}"
        interface = self.pair.server.interface
        subprocess.run(["ip", "netns", "add", name], check=True)
        delete = leftovers.register(lambda: subprocess.run(["ip", "netns", "delete", name], check=False))
        subprocess.run(["ip", "-n", name, "link", "add", interface, "type", "veth", "peer", "name", "other0"], check=True)
        result = ptrd.run("nsenter", f"--net=/run/netns/{name}", ptrd.PTRD, "--image", self.image, "--xdp", interface)
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn("belongs to another interface of that name", result.stderr)
        delete()

    def test_own_mounts(self):
        """Under `ip netns exec`, where the pins end with ptrd, it answers and warns; after kill -9 the program is gone."""
        running = ptrd.Ptrd(self.image, "--xdp", self.pair.server.interface, prefix=self.pair.server.command()).start()
        self.assertIn("the program will not outlive ptrd", running.log)
        self.assertIsNotNone(xdphost.asked(self.pair))
        xdphost.kill(running)
        xdphost.wait_until(self, lambda: xdphost.program_of(self.pair) is None)

    def test_taken_queue(self):
        """If another program has an AF_XDP socket on a queue, ptrd says so and leaves that queue alone."""
        other = test_af_xdp.start(self.pair, self.image)
        self.assertIn("another program has one there", self.failing())
        self.assertFalse(os.path.exists(xdphost.pins(self.pair)))
        self.assertIsNotNone(xdphost.asked(self.pair))
        other.stop()

    def test_no_such_interface(self):
        """An unknown interface is named."""
        result = ptrd.run(ptrd.PTRD, "--image", self.image, "--xdp", "nosuch0")
        self.assertEqual(result.returncode, 1)
        self.assertIn("nosuch0: no such interface", result.stderr)

    def test_without_rights(self):
        """An unprivileged user gets one line that says what is missing."""
        program = shutil.copy(ptrd.PTRD, f"{ptrd.temporary_folder()}/ptrd")
        result = ptrd.run(*ptrd.as_nobody(program, "--image", self.image, "--xdp", "lo"))
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn("AF_XDP needs root, --socket does not", result.stderr)

    def test_kernel_refuses_answers(self):
        """If the kernel rejects the program with its answers, ptrd says so and loads the one without."""
        log = f"{ptrd.temporary_folder()}/strace"
        traced = ["strace", "-D", "-qq", "-e", "trace=bpf", "-o", log]
        whole, ready = self.size_loaded(traced)
        self.assertIn("answers in the kernel as a fallback", ready)
        without, _ = self.size_loaded([], "--kernel-answers", "off")
        self.assertLess(without, whole / 2)
        with open(log) as file:
            calls = [line for line in file if line.startswith("bpf(")]
        loading, = (number for number, line in enumerate(calls, 1) if "BPF_PROG_LOAD" in line and 'prog_name="ptrd_xdp"' in line)
        # libbpf tries a second time, for the verifier's log.
        refused, ready = self.size_loaded([*traced, "-e", f"inject=bpf:error=EACCES:when={loading}..{loading + 1}"])
        self.assertIn("accepts the XDP program only without its answers", ready)
        self.assertIn("answers in the kernel off", ready)
        self.assertEqual(refused, without)

    def size_loaded(self, prefix, *arguments):
        """Size of the program after verification, and ptrd's output."""
        with ptrd.Ptrd(self.image, "--xdp", self.pair.server.interface, *arguments,
                       prefix=[*self.pair.server.command_in_our_mounts(), *prefix]) as server:
            program = str(xdphost.program_of(self.pair)["id"])
            shown = subprocess.run(["bpftool", "-j", "prog", "show", "id", program], check=True, capture_output=True)
        return json.loads(shown.stdout)["bytes_xlated"], server.log

    def test_locked_memory(self):
        """A small limit on locked memory does not matter to root."""
        def small_limit():
            leftovers.die_with_parent()
            resource.setrlimit(resource.RLIMIT_MEMLOCK, (65536, 65536))

        running = subprocess.Popen(xdphost.server(self.pair, self.image)._command, preexec_fn=small_limit,
                                   stderr=subprocess.DEVNULL)
        try:
            xdphost.wait_until(self, lambda: xdphost.asked(self.pair, timeout=0.2) is not None)
        finally:
            running.terminate()
            running.wait(10)


if __name__ == "__main__":
    unittest.main()
