#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""rdns check against real name servers in a namespace, healthy, lame and misbehaving: exactly the expected findings."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import leftovers
import ptrd
import registry
import rogue

ALL = ("knot", "nsd", "bind")
RESOLVER = ("--resolver", registry.RESOLVER)
TIMES = ("--timeout", "0.4", "--retries", "1", "--server-rate", "1000")
QUICK = RESOLVER + TIMES + registry.ALLOWED


def child(number):
    return f"{number}.1.196.in-addr.arpa"


CARELESS = "198.18.98.1"
# Each zone demonstrates one case.
HEALTHY, SILENT, NOBODY, NOT_SERVED, RECURSIVE, SOAS, SETS, NAMES, GLUE, RNAME, BAD_TIMES, FLOOD = map(child, range(1, 13))
ROGUE = {name: child(100 + i) for i, name in enumerate(registry.ROGUES)}

FLOOD_SERVERS = 600
INSIDE = f"{GLUE}. NS in.{GLUE}.\nin.{GLUE}. A {registry.KNOT}\n{GLUE}. NS bare.{GLUE}."
DELEGATIONS = {
    HEALTHY: ALL, SILENT: ("knot", "rogue1"), NOBODY: ("knot", "rogue2"), NOT_SERVED: ("knot", "bind"),
    RECURSIVE: ("knot", "resolver"), SOAS: ("knot", "nsd"), SETS: ("knot", "nsd"), NAMES: ("knot", "alias", "missing", "unnamed"),
    GLUE: (f"{GLUE}. NS in.{GLUE}.", f"in.{GLUE}. A {registry.NSD}", f"{GLUE}. NS knot.example."),
    RNAME: ("knot", "nsd"), BAD_TIMES: ("knot", "nsd"),
    FLOOD: [line for i in range(FLOOD_SERVERS)
            for line in (f"{FLOOD}. NS {i:x}.{FLOOD}.", f"{i:x}.{FLOOD}. A 127.1.{i >> 8}.{i & 255}")],
    **{zone: ("knot", name) for name, zone in ROGUE.items() if name not in ("rogue1", "rogue2")},
}


def knot_zones():
    zones = {apex: registry.zone_text(apex, servers) for apex, servers in DELEGATIONS.items() if "knot" in servers}
    zones[SOAS] = registry.zone_text(SOAS, ["knot", "nsd"], serial=7)
    zones[SETS] = registry.zone_text(SETS, ["knot", "bind"])
    zones[RNAME] = zones[RNAME].replace("hostmaster.example.", r"host\@master." + RNAME + ".")
    zones[BAD_TIMES] = registry.zone_text(BAD_TIMES, ["knot", "nsd"], timers="1000000 60 1000 60")
    zones[GLUE] = registry.zone_text(GLUE, ["knot"], more=f"@ NS in\nin A {registry.KNOT}\n")
    return zones


def nsd_zones():
    zones = {apex: registry.zone_text(apex, servers) for apex, servers in DELEGATIONS.items() if "nsd" in servers}
    zones[SOAS] = registry.zone_text(SOAS, ["knot", "nsd"], serial=8, timers="14400 3600 1209600 60")
    zones[SETS] = registry.zone_text(SETS, ["knot", "nsd"])
    for apex in (RNAME, BAD_TIMES):
        zones[apex] = knot_zones()[apex]
    zones[GLUE] = knot_zones()[GLUE]
    return zones


def start_rogues(world):
    """rogue1 is silent; nothing is listening at rogue2's address."""
    address = registry.ROGUES
    agree = lambda query: rogue.answer(query, ns=("knot.example.", "rogue9.example.")).to_wire()
    both = {"rogue1": (rogue.silent, rogue.silent), "rogue3": (rogue.other_id, rogue.silent),
            "rogue4": (rogue.compression_loop, rogue.compression_loop), "rogue5": (rogue.truncated, None),
            "rogue6": (rogue.right, None), "rogue7": (rogue.flood_then_answer, rogue.right),
            "rogue8": (rogue.truncated, rogue.truncated), "rogue9": (agree, agree)}
    for name, (udp, tcp) in both.items():
        for one in (address[name], registry.v6_of(address[name])):
            elsewhere = None
            if name == "rogue9":
                elsewhere = "198.18.99.1" if ":" not in one else registry.v6_of("198.18.99.1")
            world.add_rogue(lambda one=one, udp=udp, tcp=tcp, elsewhere=elsewhere: rogue.Rogue(one, udp, tcp, elsewhere))


class World:
    """One registry for all tests of this file."""

    running = None

    @classmethod
    def get(cls):
        if cls.running is None:
            healthy = {HEALTHY: registry.zone_text(HEALTHY, ALL)}
            # Only their glue is known; unbound would take seconds.
            world = registry.Registry(DELEGATIONS, {"knot": knot_zones(), "nsd": nsd_zones(), "bind": healthy}, unresolved=(FLOOD, ))
            cls.running = world.__enter__()
            unittest.addModuleCleanup(cls.close)
            start_rogues(cls.running)
        return cls.running

    @classmethod
    def close(cls):
        cls.running.__exit__()
        cls.running = None


class Checks:
    """Common to both kinds of tests."""

    maxDiff = None

    def check(self, zone, *arguments, status, times=TIMES, allowed=registry.ALLOWED):
        result = World.get().rdns("check", zone, *RESOLVER, *times, *allowed, "--json", *arguments)
        self.assertEqual(result.returncode, status, result)
        report = json.loads(result.stdout)
        self.assertEqual(report["failed"], status == 1)
        return report

    def findings(self, report, without=()):
        """The findings, as pairs of id and server."""
        return sorted({(f["id"], f["server"]) for f in report["findings"] if f["id"] not in without})

    def lame(self, report):
        return {server["name"]: server["lame"] for server in report["servers"]}

    def at(self, name):
        """The labels of a server's two addresses in findings."""
        address = registry.NAMES[name]
        return [f"{name}.example. {address}", f"{name}.example. {registry.v6_of(address)}"]


class CheckTest(Checks, unittest.TestCase):
    def test_healthy(self):
        """A delegation to Knot, NSD and BIND over both families: no findings, all are authoritative."""
        report = self.check(HEALTHY, status=0)
        self.assertEqual(report["findings"], [])
        self.assertEqual(self.lame(report), {f"{name}.example.": "none" for name in ALL})
        self.assertEqual(sorted(a for s in report["servers"] for a in s["addresses"]),
                         sorted(a for name in ALL for a in (registry.SERVERS[name], registry.v6_of(registry.SERVERS[name]))))

    def test_one_family(self):
        """-4 queries no IPv6 address, -6 no IPv4 address."""
        for flag, family in (("-4", "."), ("-6", ":")):
            report = self.check(HEALTHY, flag, status=0)
            self.assertEqual(report["findings"], [])
            for server in report["servers"]:
                self.assertEqual(len(server["addresses"]), 1)
                self.assertIn(family, server["addresses"][0])

    def test_text(self):
        """As text: a line for each server and finding, and the total."""
        result = World.get().rdns("check", SILENT, *QUICK)
        self.assertEqual(result.returncode, 1, result)
        lines = [line.strip() for line in result.stdout.splitlines()]
        self.assertEqual(lines[0], SILENT + ".")
        self.assertRegex(lines[1], r"^knot\.example\. +authoritative \(")
        self.assertRegex(lines[2], r"^rogue1\.example\. +lame: no answer \(")
        self.assertIn("error 20: rogue1.example. 198.18.21.1: no reply over UDP and TCP [no-answer]", lines)
        self.assertEqual(lines[-1], "failed: 40 points")

    def test_silent(self):
        """The first kind of lame: a server that receives queries and does not answer."""
        report = self.check(SILENT, status=1)
        self.assertEqual(self.lame(report), {"knot.example.": "none", "rogue1.example.": "no-answer"})
        self.assertEqual(self.findings(report), [("no-answer", at) for at in self.at("rogue1")])

    def test_nobody_there(self):
        """The same if nothing is listening: known from port unreachable, without waiting."""
        report = self.check(NOBODY, status=1, times=("--timeout", "50"))
        self.assertEqual(self.lame(report)["rogue2.example."], "no-answer")
        self.assertEqual({f["text"] for f in report["findings"]}, {"nothing is listening there over UDP and TCP"})

    def test_refused(self):
        """The second kind: BIND answers REFUSED for a zone that it does not have."""
        report = self.check(NOT_SERVED, status=1)
        self.assertEqual(self.lame(report), {"knot.example.": "none", "bind.example.": "not-for-zone"})
        self.assertEqual(self.findings(report), [("not-for-zone", at) for at in self.at("bind")])

    def test_without_aa(self):
        """The third kind: a resolver acts as a name server, answers from its cache without AA and offers recursion."""
        World.get().prime(RECURSIVE)
        report = self.check(RECURSIVE, status=1)
        self.assertEqual(self.lame(report), {"knot.example.": "none", "resolver.example.": "no-aa"})
        self.assertEqual(self.findings(report), sorted([(i, at) for at in self.at("resolver") for i in ("no-aa", "recursion")]))

    def test_differing_soa(self):
        """Serials and another field differ between Knot and NSD."""
        report = self.check(SOAS, status=1)
        self.assertEqual(self.findings(report), [("serials-differ", ""), ("soa-differs", "")])
        self.assertEqual(report["points"], 40)

    def test_ns_sets(self):
        """The servers disagree about the NS set; the parent lists one more, and the child one that the parent lacks."""
        report = self.check(SETS, status=1)
        self.assertEqual(self.findings(report), [("child-ns-not-in-parent", "bind.example."), ("ns-sets-differ", "")])

    def test_server_names(self):
        """A server's name is an alias, another has no address; an address without PTR and one with a wrong PTR are reported."""
        report = self.check(NAMES, status=1)
        found = self.findings(report, without=("duplicate-address",))
        self.assertIn(("ns-is-alias", "alias.example."), found)
        self.assertIn(("no-address", "missing.example."), found)
        self.assertIn(("ptr-missing", "unnamed.example. 198.18.99.1"), found)
        self.assertIn("duplicate-address", {f["id"] for f in report["findings"]})  # the alias' address is Knot's
        self.assertEqual(self.lame(report)["missing.example."], "no-answer")

    def test_glue(self):
        """The parent's glue is another address than the zone's own."""
        report = self.check(GLUE, status=1)
        self.assertEqual(self.findings(report, without=("duplicate-address",)), [("glue-differs", f"in.{GLUE}.")])

    def test_rname(self):
        """An at sign in the SOA's mailbox."""
        self.assertEqual(self.findings(self.check(RNAME, status=1)), [("rname-at-sign", "")])

    def test_timers(self):
        """expire below refresh and out of range, retry out of range: 28 points."""
        report = self.check(BAD_TIMES, status=1)
        self.assertEqual(self.findings(report), [("expire-below-refresh", ""), ("expire-range", ""), ("retry-range", "")])
        self.assertEqual(report["points"], 28)

    def test_given_servers(self):
        """--ns replaces the parent's list; one server is too few."""
        report = self.check(HEALTHY, "--ns", f"knot.example={registry.KNOT}", status=1)
        self.assertEqual({i for i, _ in self.findings(report)}, {"few-servers", "child-ns-not-in-parent"})

    def test_not_delegated(self):
        """A zone that the parent does not have is one line and status 1."""
        result = World.get().rdns("check", child(250), *QUICK)
        self.assertEqual((result.returncode, result.stdout), (1, ""), result)
        self.assertEqual(len(result.stderr.splitlines()), 1)
        self.assertIn("not delegated", result.stderr)

    def test_wrong_usage(self):
        """Neither zone nor file, a bad address, a bad resolver: status 2 and one line."""
        for arguments in ([], ["a..b"], [HEALTHY, "--ns", "x=1.2.3"], [HEALTHY, "--resolver", "nowhere"], [HEALTHY, "-4", "-6"],
                          ["--objects", "x"]):
            result = World.get().rdns("check", *arguments)
            self.assertEqual(result.returncode, 2, result)
            self.assertEqual(len(result.stderr.splitlines()), 1, result)


class LoopbackWatch:
    """Records packets to port 53 of addresses in 127/8 from now on."""

    def __init__(self, world):
        with world.host.inside():
            self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0800))
            self.socket.bind(("lo", 0x0800))
        self.socket.setsockopt(socket.SOL_SOCKET, 33, 16 << 20)  # SO_RCVBUFFORCE
        self.socket.setblocking(False)

    def destinations(self):
        """The addresses so far. Ends the watch."""
        seen = set()
        while True:
            try:
                packet = self.socket.recv(2048)
            except BlockingIOError:
                self.socket.close()
                return seen
            header = 4 * (packet[0] & 15)
            if packet[16] == 127 and packet[header + 2:header + 4] == b"\x00\x35":
                seen.add(socket.inet_ntoa(packet[16:20]))


class BoundsTest(Checks, unittest.TestCase):
    """The author of a delegation cannot choose which addresses rdns queries, or how many."""

    PARENT = tuple(word for address in (registry.PARENT_SERVER, registry.v6_of(registry.PARENT_SERVER))
                   for word in ("--allow-address", address))

    def texts(self, report, finding):
        return [f["text"] for f in report["findings"] if f["id"] == finding]

    def test_special_purpose_addresses(self):
        """Servers at addresses of benchmark and ULA networks are not queried without the option; the report names each, and fails."""
        report = self.check(HEALTHY, allowed=self.PARENT, status=1)
        self.assertEqual(self.findings(report), [("special-address", f"{name}.example.") for name in sorted(ALL)])
        self.assertEqual(set(self.lame(report).values()), {"unknown"})
        self.assertRegex(self.texts(report, "special-address")[0], r"(benchmarking \(RFC 2544\)|unique local \(RFC 4193\)) and 1 more \(use --allow-address")

    def test_addresses_on_the_command_line(self):
        """An address given with --ns is queried, special or not."""
        report = self.check(HEALTHY, "--ns", f"knot.example={registry.KNOT}", allowed=(), status=1)
        self.assertEqual(self.lame(report), {"knot.example.": "none"})

    def test_parent_at_a_special_address(self):
        """The parent's servers are limited likewise: one line that names the address and the option."""
        result = World.get().rdns("check", HEALTHY, *RESOLVER, *TIMES)
        self.assertEqual((result.returncode, len(result.stderr.splitlines())), (1, 1), result)
        self.assertRegex(result.stderr, r"not queried: .*\(RFC \d+\) \(--allow-address\)")

    def test_flood_of_servers(self):
        """A parent that names 600 servers in 127/8: nothing is sent there; with the option, to 32 of them."""
        watch = LoopbackWatch(World.get())
        report = self.check(FLOOD, allowed=self.PARENT, status=1)
        self.assertEqual(watch.destinations(), set())
        self.assertEqual(self.texts(report, "too-many-servers"), [f"{FLOOD_SERVERS} name servers, only the first 32 were checked (--max-servers)"])
        self.assertEqual(len(self.texts(report, "special-address")), 32)
        watch = LoopbackWatch(World.get())
        report = self.check(FLOOD, allowed=(*self.PARENT, "--allow-address", "127.0.0.0/8"), status=1)
        self.assertEqual(len(watch.destinations()), 32)
        self.assertEqual(len(self.texts(report, "too-many-servers")), 1)

    def test_bounds_are_settable(self):
        """Servers, addresses of one and of all: what is omitted is a finding."""
        for arguments, finding, count, asked in ((("--max-servers", "1"), "too-many-servers", 1, 2), (("--max-addresses", "1"), "too-many-addresses", 3, 3),
                                                 (("--max-all-addresses", "4"), "too-many-addresses", 1, 4)):
            report = self.check(HEALTHY, *arguments, status=1)
            self.assertEqual(len(self.texts(report, finding)), count, report)
            self.assertEqual(sum(len(server["addresses"]) for server in report["servers"]), asked)

    def test_time_of_a_zone(self):
        """When a zone's time is up, the report says so without further waiting; the same during the search for the parent."""
        start = time.monotonic()
        report = self.check(SILENT, "--zone-time", "1", status=1, times=("--timeout", "20"))
        self.assertLess(time.monotonic() - start, 5)
        self.assertEqual(len(self.texts(report, "time-is-up")), 1)
        self.assertEqual(self.lame(report)["rogue1.example."], "unknown")
        start = time.monotonic()
        result = World.get().rdns("check", HEALTHY, "--resolver", registry.ROGUES["rogue1"], "--zone-time", "0.5", "--timeout", "20", *registry.ALLOWED)
        self.assertLess(time.monotonic() - start, 5)
        self.assertEqual(result.returncode, 1)
        self.assertIn("--zone-time", result.stderr)


class RogueTest(Checks, unittest.TestCase):
    """Servers in Python that behave like no honest server."""

    def rogue(self, name, status=1):
        report = self.check(ROGUE[name], status=status)
        strays = [f["text"] for f in report["findings"] if f["id"] == "stray-replies"]
        return self.lame(report)[f"{name}.example."], {i for i, _ in self.findings(report)}, strays

    def test_other_ids(self):
        """Replies with wrong ids are counted, and are not answers."""
        lame, found, strays = self.rogue("rogue3")
        self.assertEqual((lame, found), ("no-answer", {"no-answer", "stray-replies"}))
        self.assertIn("4 with other ids", strays[0])  # two tries with EDNS, two without

    def test_compression_loop(self):
        """A name that points to itself is malformed, over UDP and TCP."""
        lame, found, strays = self.rogue("rogue4")
        self.assertEqual((lame, found), ("no-answer", {"no-answer", "stray-replies"}))
        self.assertRegex(strays[0], r" [1-9]\d* malformed")

    def test_truncated_without_tcp(self):
        """TC, and nothing listening on TCP: no answer."""
        lame, found, _ = self.rogue("rogue5")
        self.assertEqual((lame, found), ("no-answer", {"no-answer"}))

    def test_truncated_for_ever(self):
        """TC over UDP and over TCP too: it ends, without an answer."""
        lame, found, _ = self.rogue("rogue8")
        self.assertEqual((lame, found), ("no-answer", {"no-answer", "stray-replies"}))

    def test_tcp_refused(self):
        """Everything works except that TCP connections are refused."""
        lame, found, _ = self.rogue("rogue6")
        self.assertEqual(lame, "none")
        self.assertIn("no-tcp", found)

    def test_flood(self):
        """Seven messages that are not the answer come first: each is ignored, and the answer is found."""
        lame, found, strays = self.rogue("rogue7")
        self.assertEqual(lame, "none")
        self.assertNotIn("no-udp", found)
        # Both queries, for SOA and NS, get them all.
        self.assertIn("2 with other ids, 2 to other questions, 10 malformed", strays[0])

    def test_wrong_source(self):
        """Right answers that come from another address are ignored; over TCP this cannot happen."""
        lame, found, strays = self.rogue("rogue9")
        self.assertEqual(lame, "none")
        self.assertIn("no-udp", found)
        self.assertRegex(strays[0], r" [1-9]\d* from other addresses")

    def test_checksums(self):
        """Of Knot and a server that ignores checksums only the latter answers the packet with a wrong one."""
        world = World.get()
        world.add_rogue(lambda: rogue.Careless(CARELESS))
        report = self.check(HEALTHY, "--ns", f"knot.example={registry.KNOT}", "--ns", f"careless.test={CARELESS}", "-4", "--checksums",
                            status=1)
        self.assertEqual([f["server"] for f in report["findings"] if f["id"] == "bad-checksums"], [f"careless.test. {CARELESS}"])


if __name__ == "__main__":
    unittest.main()
