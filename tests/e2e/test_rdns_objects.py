#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""A small registry: objects, ptrd as the parent, children on Knot, NSD and BIND, some lame, and the procedure kept over days."""

import json
import os
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import leftovers
import ptrd
import registry
import rogue

QUICK = ("--resolver", registry.RESOLVER, "--timeout", "0.3", "--retries", "1", "--server-rate", "1000", "--rate", "5000", *registry.ALLOWED)
ZONES = [f"{i}.2.196.in-addr.arpa" for i in range(30)]
# The lame servers, and how: REFUSED by BIND, silence, an answer without AA.
REFUSED, SILENT, NO_AA, ALL_LAME = ZONES[3], ZONES[11], ZONES[17], ZONES[23]
LAME = {(REFUSED, "bind"): "not-for-zone", (SILENT, "rogue1"): "no-answer", (NO_AA, "rogue2"): "no-aa",
        (ALL_LAME, "bind"): "not-for-zone", (ALL_LAME, "rogue1"): "no-answer"}


def servers_of(zone):
    lame = [server for one, server in LAME if one == zone]
    if zone == ALL_LAME:
        return lame
    healthy = list(registry.SERVERS)
    first = healthy[int(zone.split(".")[0]) % 3]
    return [first, *(lame or [next(s for s in healthy if s != first)])] if first not in lame else ["knot", *lame]


def without_aa(query):
    """Like a server that has lost its zone, but still knows the SOA and NS records."""
    if query.question[0].rdtype not in (6, 2):
        return rogue.refused(query)
    reply = rogue.answer(query)
    reply.flags &= ~0x0400
    return reply.to_wire()


def child_zones(lame=True):
    """Zone texts by server; without `lame` BIND has what it refuses otherwise."""
    zones = {server: {} for server in registry.SERVERS}
    for zone in ZONES:
        for server in servers_of(zone):
            if server in zones and (not lame or (zone, server) not in LAME):
                last = f"1 PTR host1.{zone.split('.')[0]}.example.\n"
                zones[server][zone] = registry.zone_text(zone, servers_of(zone), more=last)
    return zones


def domain_object(zone, servers):
    """RPSL, as the registry has it."""
    nservers = "".join(f"nserver: {server}.example\n" for server in servers)
    return f"domain: {zone}\ndescr: a test\nadmin-c: T1-TEST\ntech-c: T1-TEST\nzone-c: T1-TEST\n{nservers}mnt-by: T-MNT\nsource: TEST\n"


class ObjectsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = registry.Registry({zone: servers_of(zone) for zone in ZONES}, child_zones())
        cls.world.__enter__()
        cls.addClassCleanup(cls.world.__exit__)
        for name, behaviour in (("rogue1", rogue.silent), ("rogue2", without_aa)):
            address = registry.ROGUES[name]
            for one in (address, registry.v6_of(address)):
                cls.world.add_rogue(lambda one=one, behaviour=behaviour: rogue.Rogue(one, behaviour, behaviour))
        cls.objects = cls.write_objects("objects", ZONES)

    @classmethod
    def write_objects(cls, name, zones):
        return cls.world.write(name, "\n".join(domain_object(zone, servers_of(zone)) for zone in zones))

    def state(self, name):
        path = f"{self.world.folder}/{self.id().rpartition('.')[2]}-{name}.json"
        self.addCleanup(lambda: os.path.exists(path) and os.unlink(path))
        return path

    def check(self, state, day, *arguments, objects=None, status=1):
        result = self.world.rdns("check", "--objects", objects or self.objects, "--state", state, "--now", day, *QUICK, "--json",
                                 *arguments)
        self.assertEqual(result.returncode, status, result)
        return json.loads(result.stdout)

    @staticmethod
    def actions(output):
        return sorted((due["action"], due["zone"].rstrip("."), due.get("server", "").split(".")[0]) for due in output["due"])

    def test_finds_exactly_the_lame(self):
        """Of 30 delegations the five lame servers are found, each with its kind, and no other."""
        output = self.check(self.state("a"), "2026-03-01")
        found = {(due["zone"].rstrip("."), due["server"].split(".")[0]): due["lame"] for due in output["due"]}
        self.assertEqual(found, LAME)
        self.assertEqual({due["action"] for due in output["due"]}, {"recorded"})
        self.assertEqual((output["objects"], output["lame"]), (len(ZONES), len(LAME)))

    def test_the_resolver_resolves(self):
        """unbound resolves PTRs through ptrd's delegations, also where one of the servers is lame."""
        for zone in ZONES:
            if zone == ALL_LAME:
                continue  # unbound tries for longer than a test should take
            with self.subTest(zone=zone, servers=servers_of(zone)):
                reply = self.world.ask(registry.RESOLVER, f"1.{zone}")
                targets = [str(record) for rrset in reply.answer for record in rrset]
                self.assertEqual(targets, [f"host1.{zone.split('.')[0]}.example."])

    def test_procedure(self):
        """Day 0 records, day 3 brings the first notice, day 30 removal: of the server, or of an object with no other."""
        state = self.state("a")
        few = self.write_objects("few", [REFUSED, ALL_LAME, ZONES[0]])
        self.check(state, "2026-03-01", objects=few)
        self.assertEqual(self.actions(self.check(state, "2026-03-02", objects=few)), [])
        notices = self.check(state, "2026-03-04", objects=few)["due"]
        self.assertEqual({(due["action"], due["notice"], due["days"]) for due in notices}, {("notice", 1, 3)})
        self.assertEqual(len(notices), 3)
        self.assertEqual(self.actions(self.check(state, "2026-03-31", objects=few)),
                         [("remove-object", ALL_LAME, ""), ("remove-server", REFUSED, "bind")])

    def test_one_answer_clears(self):
        """A server that answers again is cleared, and said to be so on that day only."""
        state = self.state("a")
        lame = self.world.write("lame", domain_object(REFUSED, ["knot", "bind"]))
        self.check(state, "2026-03-01", objects=lame)
        with open(state) as file:
            kept = json.load(file)
        servers = kept["zones"][REFUSED + "."]["lame"]
        servers["knot.example."] = {**servers["bind.example."]}  # as if Knot had been lame as well
        self.world.write(os.path.basename(state), json.dumps(kept))
        self.assertEqual(self.actions(self.check(state, "2026-03-02", objects=lame)), [("cleared", REFUSED, "knot")])
        self.assertEqual(self.actions(self.check(state, "2026-03-03", objects=lame)), [])

    def test_killed_and_resumed(self):
        """kill -9 in the middle: the state file is whole, the next run continues after it, and everything is found."""
        state, plain = self.state("killed"), self.state("plain")
        slow = [*self.world.host.command(os.path.join(ptrd.BUILD, "tools", "rdns")), "check", "--objects", self.objects, "--state",
                state, "--now", "2026-03-01", "--resolver", registry.RESOLVER, "--parallel", "2", "--server-rate", "4", "--timeout", "0.3",
                "--retries", "0", "-4", "--no-ptr", *registry.ALLOWED]
        done = 0
        for _ in range(2):
            process = subprocess.Popen(slow, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=leftovers.die_with_parent)
            stop = leftovers.register(process.kill)
            end, before = time.monotonic() + 20, done
            while time.monotonic() < end and done == before and process.poll() is None:
                time.sleep(0.05)
                if os.path.exists(state):
                    with open(state) as file:
                        done = json.load(file)["run"]["done"]
            stop()
            self.assertEqual(process.wait(), -signal.SIGKILL)
            self.assertGreater(done, before)
            self.assertLess(done, len(ZONES))
        output = self.check(state, "2026-03-01")
        self.assertEqual(self.actions(output), self.actions(self.check(plain, "2026-03-01")))
        # The remaining run had less to do.
        self.assertEqual(self.read(state)["zones"], self.read(plain)["zones"])
        self.assertEqual(self.read(state)["run"]["done"], len(ZONES))

    def test_interrupted(self):
        """SIGTERM ends with status 1 and one line; the state is kept."""
        state = self.state("a")
        process = subprocess.Popen(
            [*self.world.host.command(os.path.join(ptrd.BUILD, "tools", "rdns")), "check", "--objects", self.objects, "--state", state,
             "--now", "2026-03-01", "--resolver", registry.RESOLVER, "--parallel", "1", "--server-rate", "2", *registry.ALLOWED],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=leftovers.die_with_parent)
        time.sleep(1)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=10)
        self.assertEqual((process.returncode, out), (1, ""))
        self.assertRegex(err, r"^rdns: stopped after \d+ of 30 delegations; run the same command again to continue\n$")
        self.assertEqual(self.read(state)["run"]["day"], "2026-03-01")

    def test_bad_files(self):
        """A missing file, a foreign state file, an invalid date: one line each."""
        bad = self.world.write("bad", '{"version": 0}')
        for arguments, status, said in ((("--objects", "/nowhere", "--state", "x"), 1, "/nowhere: "),
                                        (("--objects", self.objects, "--state", bad), 1, "not a state file"),
                                        (("--objects", self.objects, "--state", "x", "--now", "2026-02-30"), 2, "2026-02-30")):
            result = self.world.rdns("check", *arguments, *QUICK)
            self.assertEqual((result.returncode, result.stdout), (status, ""), result)
            self.assertEqual(len(result.stderr.splitlines()), 1, result)
            self.assertIn(said, result.stderr)

    def test_wrong_objects(self):
        """Objects that are wrong are counted; those whose domain can be read are still checked."""
        mixed = self.world.write("mixed", "domain: nonsense\n\n" + domain_object(ZONES[0], servers_of(ZONES[0])))
        result = self.world.rdns("check", "--objects", mixed, "--state", self.state("a"), *QUICK)
        self.assertEqual(result.returncode, 0, result)
        self.assertRegex(result.stderr, r"mixed: \d+ findings?; rdns objects .*mixed lists them\n$")
        self.assertIn(": 1 delegation, 0 failed", result.stdout)

    @staticmethod
    def read(path):
        with open(path) as file:
            return json.load(file)


if __name__ == "__main__":
    unittest.main()
