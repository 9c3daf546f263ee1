#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""ptrd on a card and on kernel sockets at once: what the fast path leaves to the kernel is answered there."""

import os
import re
import signal
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import dns.rdatatype

import dnscases
import frames
import netns
import ptrd
import tcp
import test_af_xdp
import test_socket
import xdphost
import zonemodel


def is_answer(frame):
    """A UDP datagram from port 53 with QR set."""
    decoded = frames.decode(frame)
    return decoded is not None and decoded.path.source_port == 53 and decoded.payload[2] & 0x80 != 0


class BesideTest(unittest.TestCase):
    """TCP, fragments, IP options and extension headers are answered by the sockets, plain UDP by the card's worker."""

    def test_dpdk(self):
        """With DPDK's net_af_xdp and the filter program."""
        with netns.Pair() as pair:
            device = f"net_af_xdp0,iface={pair.server.interface},xdp_prog={ptrd.XDP_PROGRAM},busy_budget=0"
            self.check(pair, "--dpdk", device, prefix=pair.server.command())

    def test_xdp(self):
        """With AF_XDP."""
        with xdphost.new_pair() as pair:
            self.check(pair, "--xdp", pair.server.interface, prefix=pair.server.command_in_our_mounts())

    @unittest.skipUnless(len(os.sched_getaffinity(0)) > 1, "there is no other CPU")
    def test_cpus_of_dpdk(self):
        """Without lcores DPDK's worker has the last CPU, and all other threads but DPDK's own keep off it."""
        last = max(os.sched_getaffinity(0))
        folder = ptrd.temporary_folder()
        with ptrd.Ptrd(dnscases.compile_all(folder), "--dpdk", "net_null0", "--exception", f"pc{os.getpid()}",
                       "--socket", f"127.0.0.1:{test_socket.free_port()}", "--control", f"{folder}/control") as server:
            allowed = {}
            for thread in os.listdir(f"/proc/{server.pid}/task"):
                with open(f"/proc/{server.pid}/task/{thread}/comm") as name:
                    allowed[f"{name.read().strip()} {thread}"] = os.sched_getaffinity(int(thread))
        ours = {name: cpus for name, cpus in allowed.items() if not re.match("eal-|telemetry", name)}
        self.assertEqual([cpus for name, cpus in ours.items() if name.startswith("rte-worker")], [{last}])
        self.assertEqual([name for name, cpus in ours.items() if last in cpus and not name.startswith("rte-worker")], [], allowed)
        self.assertTrue(any("ptrd-exception" in name for name in ours), allowed)

    @unittest.skipUnless(len(os.sched_getaffinity(0)) > 1, "there is no other CPU")
    def test_cpus(self):
        """The card's worker has the CPU of its lcores key to itself: TCP, swaps and the rest run on the others. A reload still
        accepts that key."""
        cpu = min(os.sched_getaffinity(0))
        folder = ptrd.temporary_folder()
        with xdphost.new_pair() as pair:
            with open(f"{folder}/ptrd.yaml", "w", encoding="ascii") as file:
                file.write(f"lcores: '{cpu}'\nxdp: {{interface: {pair.server.interface}}}\nlisten: ['{pair.server.v4}:53']\n"
                           f"control: {{socket: {folder}/control}}\n")
            with ptrd.Ptrd(dnscases.compile_all(folder), "-c", f"{folder}/ptrd.yaml", prefix=pair.server.command_in_our_mounts()) as server:
                def affinities():
                    return [os.sched_getaffinity(int(thread)) for thread in os.listdir(f"/proc/{server.pid}/task")]

                # A worker moves to its CPU itself, when it first runs.
                xdphost.wait_until(self, lambda: {cpu} in affinities())
                allowed = affinities()
                os.kill(server.pid, signal.SIGHUP)
                xdphost.wait_until(self, lambda: "swapped in" in server.log)
                server.stop()
        self.assertEqual(allowed.count({cpu}), 1, allowed)
        self.assertGreater(len(allowed), 3, allowed)
        self.assertEqual(sum(cpu in cpus for cpus in allowed), 1, allowed)

    def check(self, pair, *port, prefix):
        addresses = (pair.server.v4, pair.server.v6)
        server = ptrd.Ptrd(dnscases.compile_all(ptrd.temporary_folder()), *port, "--socket", f"{pair.server.v4}:53",
                           "--socket", f"[{pair.server.v6}]:53", prefix=prefix).start()
        for address in addresses:
            self.ask(pair, address)
        packets = test_af_xdp.kernel_packets(pair)
        for what, parts in packets:
            with self.subTest(what), test_af_xdp.raw_socket(pair.client) as raw:
                for part in parts:
                    raw.send(part)
                self.assertIsNotNone(test_af_xdp.wait_for(raw, is_answer))
        stats = server.stop()
        self.assertIn("UDP with 1 thread each", server.log)
        self.assertEqual(stats["tcp"]["messages"], 6, stats)
        self.assertEqual(stats["rx"], 4 + 6 + len(packets), stats)
        self.assertEqual(stats["rx"], ptrd.total(stats["answered"]), stats)

    def ask(self, pair, address):
        plain, whole = dnscases.query(test_af_xdp.GOOD), dnscases.query("size3000.e2e.example", dns.rdatatype.TXT)
        with pair.client.inside():
            udp, stream = dnscases.Client(address), tcp.Client(address)
        for message in (plain, whole):
            expected = dnscases.model().expected(message.question[0].name, message.question[0].rdtype)
            zonemodel.check(self, message, udp.ask(message.to_wire()), expected)
            zonemodel.check(self, message, stream.ask(message.to_wire()), expected, 65535)
        udp.close()
        stream.close()
        answer = pair.client.run("dig", f"@{address}", "+tcp", "+short", "+tries=1", "-x", "192.0.2.10")
        self.assertEqual(answer.strip(), "ns1.example.net.")


if __name__ == "__main__":
    unittest.main()
