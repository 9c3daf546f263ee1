#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""rdns: names, zones, domain objects, and the parent zone, which ptrd then serves to dig."""

import gzip
import json
import os
import pty
import re
import resource
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import leftovers
import ptrd
import test_socket

RDNS = os.path.join(ptrd.BUILD, "tools", "rdns")
WRONG = os.path.join(ptrd.ROOT, "tests", "unit", "rdns", "wrong")
HERE = os.path.join(ptrd.ROOT, "tests", "e2e", "rdns")
REGISTRY = os.path.join(HERE, "registry.rpsl")
SOA = "ns1.example.net hostmaster.example.net 2026010100 14400 3600 1209600 3600"
ZONE = ("--apex", "196.in-addr.arpa", "--soa", SOA, "--ns", "ns1.example.net", "--ns", "ns2.example.net")
FINDING = re.compile(r"(?P<file>.+?):(?P<line>\d+): (?P<severity>error|warning): ((?P<object>\S+): )?(?P<text>.+) \[(?P<rule>[a-z-]+)\]")


def rdns(*arguments, **options):
    return ptrd.run(RDNS, *arguments, **options)


class NamesTest(unittest.TestCase):
    def lines(self, *arguments, status=0, **options):
        result = rdns(*arguments, **options)
        self.assertEqual(result.returncode, status, result)
        return result.stdout.splitlines()

    def test_name(self):
        """Addresses to names and back. The seed's slip: 196.0.1.2 is not 2.1.0.192.in-addr.arpa."""
        self.assertEqual(self.lines("name", "196.0.1.2"), ["2.1.0.196.in-addr.arpa."])
        self.assertEqual(self.lines("name", "2.1.0.192.in-addr.arpa"), ["192.0.1.2"])
        name = self.lines("name", "2001:db8::53")[0]
        self.assertTrue(name.startswith("3.5.0.0.0.0") and name.endswith(".8.b.d.0.1.0.0.2.ip6.arpa."), name)
        self.assertEqual(self.lines("name", name.upper()), ["2001:db8::53"])
        self.assertEqual(self.lines("name", "-", input="192.0.2.1\n\n1.2.0.192.in-addr.arpa.\r\n"), ["1.2.0.192.in-addr.arpa.", "192.0.2.1"])

    def test_name_refused(self):
        """Neither an address nor a reverse name: one line that says why; the others are still answered."""
        result = rdns("name", "005.1.168.192.in-addr.arpa", "192.0.2.1", "8.b.d.0.1.0.0.2.ipv6.arpa", "x\x1b", "192.0.2.0/24")
        self.assertEqual((result.returncode, result.stdout), (2, "1.2.0.192.in-addr.arpa.\n"))
        errors = result.stderr.splitlines()
        self.assertEqual(len(errors), 4, errors)
        self.assertIn("ip6.arpa", errors[1])
        self.assertIn("\\027", errors[2])
        self.assertEqual(rdns("name", "-", input="x\n").returncode, 1)

    def test_zones(self):
        """The registries' examples, and classless delegation with the parent's records."""
        self.assertEqual(self.lines("zones", "196.1.0.0/22"), [f"{n}.1.196.in-addr.arpa." for n in range(4)])
        self.assertEqual(self.lines("zones", "2001:db8:8000::/33"), [f"{n}.8.b.d.0.1.0.0.2.ip6.arpa." for n in "89abcdef"])
        for style, label in (("dash", "64-65"), ("slash", "64/31"), ("rfc4183", "64-31")):
            zone = f"{label}.2.0.192.in-addr.arpa."
            self.assertEqual(self.lines("zones", "--style", style, "192.0.2.64/31"),
                             [zone, "; for the parent zone, 2.0.192.in-addr.arpa."]
                             + [f"{n}.2.0.192.in-addr.arpa. 432000 IN CNAME {n}.{zone}" for n in (64, 65)])
            self.assertEqual(self.lines("zones", "--style", style, "--prefixes", zone), ["192.0.2.64/31"])
        self.assertEqual(self.lines("zones", "--prefixes", *[f"{n}.1.196.in-addr.arpa" for n in (3, 0, 2, 1)]), ["196.1.0.0/22"])
        for wrong in ("192.0.2.1/24", "192.0.2.0/33", "x"):
            self.assertEqual(rdns("zones", wrong).returncode, 2)

    def test_zones_of_ranges(self):
        """A range as registries write it, in one word or three, of either family, is exactly its zones; several may follow one another."""
        two = ["2.0.192.in-addr.arpa.", "3.0.192.in-addr.arpa."]
        for words in (("192.0.2.0 - 192.0.3.255",), ("192.0.2.0-192.0.3.255",), ("192.0.2.0", "-", "192.0.3.255"), ("192.0.2.0-", "192.0.3.255")):
            self.assertEqual(self.lines("zones", *words), two)
        self.assertEqual(self.lines("zones", "192.0.2.0/24", "2001:db8::", "-", "2001:db8:1:ffff:ffff:ffff:ffff:ffff", "192.0.3.0/24"),
                         [two[0], "0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.", "1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.", two[1]])
        part = self.lines("zones", "192.0.2.254 - 192.0.3.255")
        self.assertEqual(part, ["254-255.2.0.192.in-addr.arpa.", "; for the parent zone, 2.0.192.in-addr.arpa."]
                         + [f"{n}.2.0.192.in-addr.arpa. 432000 IN CNAME {n}.254-255.2.0.192.in-addr.arpa." for n in (254, 255)] + two[1:])
        self.assertEqual(self.lines("zones", "--prefixes", "254-255.2.0.192.in-addr.arpa", two[1]), ["192.0.2.254/31", "192.0.3.0/24"])
        for wrong, said in ((("192.0.2.0", "-"), "'' is not an address"), (("192.0.3.0 - 192.0.2.0",), "ends before it begins"),
                            (("192.0.2.0 - ::1",), "both IPv4 or both IPv6"), (("-",), "is not an address")):
            result = rdns("zones", *wrong)
            self.assertEqual((result.returncode, result.stdout, result.stderr.count("\n")), (2, "", 1), result)
            self.assertIn(said, result.stderr)

    def test_mistaken(self):
        """An address, a prefix or a range where a zone is expected, and the reverse: one line that says what to give."""
        zone = "2.0.192.in-addr.arpa"
        soa = ZONE[2:]
        for arguments, said in ((("check", "192.0.2.1"), f"192.0.2.1 is an address; its zone is usually that of its /24, {zone}: try `rdns check {zone}`"),
                                (("check", "2001:db8::1"), "`rdns check 0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa`"),
                                (("check", "192.0.2.0/24"), f"`rdns check {zone}`"),
                                (("check", "192.0.2.0 - 192.0.3.255"), "is a range of 2 zones"),
                                (("check", zone, "--ns", "192.0.2.1"), "NAME=192.0.2.1"),
                                (("zonefile", "--apex", "192.0.2.0/24", *soa, REGISTRY), f"its zone is {zone}"),
                                (("zones", "--prefixes", "192.0.2.0/24"), f"its zone is {zone}"),
                                (("objects", "192.0.2.0/24"), "--new 192.0.2.0/24"),
                                (("objects", "192.0.2.0-192.0.3.255"), "--new 192.0.2.0-192.0.3.255"),
                                (("name", "192.0.2.0 - 192.0.3.255"), "`rdns zones`"),
                                (("objects", "--new", "192.0.2.0", "-", "192.0.3.255"), "quoted word")):
            result = rdns(*arguments)
            self.assertEqual((result.returncode, result.stdout, result.stderr.count("\n")), (2, "", 1), result)
            self.assertIn(said, result.stderr)
        for what, said in ((f"1.{zone}", "is the reverse name of 192.0.2.1"), (zone, "is a zone, of the addresses 192.0.2.0/24"),
                           ("192.0.2.0/24", "is a prefix"), ("192.0.2.0-192.0.2.9", "is a range")):
            result = rdns("verify", what, "--resolver", "127.0.0.1")
            self.assertEqual((result.returncode, result.stdout, result.stderr.count("\n")), (1, "", 1), result)
            self.assertIn(said, result.stderr)

    def test_usage(self):
        """Wrong usage gives status 2 and one line."""
        for arguments in ((), ("name",), ("objects",), ("zonefile", REGISTRY), ("policy", REGISTRY), ("zones", "--style", "x", "::/8"),
                          ("objects", "--new", "192.0.2.0/24", REGISTRY), ("objects", "--nserver", "a.example")):
            result = rdns(*arguments)
            self.assertEqual((result.returncode, result.stdout, result.stderr.count("\n")), (2, "", 1), (arguments, result))


class ObjectsTest(unittest.TestCase):
    def test_fixtures(self):
        """All wrong objects at once: each finding has the right form; JSON has the same; the correct object has none."""
        files = sorted(os.path.join(WRONG, name) for name in os.listdir(WRONG))
        text, as_json = rdns("objects", *files), rdns("objects", "--format", "json", *files)
        self.assertEqual((text.returncode, as_json.returncode, text.stderr), (1, 1, ""))
        *lines, last = text.stdout.splitlines()
        findings = [FINDING.fullmatch(line) for line in lines]
        self.assertNotIn(None, findings)
        document = json.loads(as_json.stdout)
        self.assertEqual([(m["file"], int(m["line"]), m["severity"], m["object"] or "", m["rule"], m["text"]) for m in findings],
                         [(f["file"], f["line"], f["severity"], f["object"], f["rule"], f["text"]) for f in document["findings"]])
        self.assertEqual(document["summary"]["errors"], sum(m["severity"] == "error" for m in findings))
        self.assertTrue(last.endswith(f"{document['summary']['errors']} errors, {document['summary']['warnings']} warnings"), last)
        alone = rdns("objects", f"{WRONG}/nothing-wrong.rpsl")
        self.assertEqual((alone.returncode, alone.stdout.count("\n")), (0, 1), alone)

    def test_sources(self):
        """Standard input, a .gz and a file give the same counts; an unreadable file is named with status 1."""
        folder = ptrd.temporary_folder()
        with open(REGISTRY, "rb") as file:
            text = file.read()
        with gzip.open(f"{folder}/r.rpsl.gz", "wb") as file:
            file.write(text)
        wanted = "4 domain objects, 0 of e164.arpa, 1 of other classes skipped: 0 errors, 0 warnings\n"
        for result in (rdns("objects", REGISTRY), rdns("objects", f"{folder}/r.rpsl.gz"), rdns("objects", "-", input=text.decode())):
            self.assertEqual((result.returncode, result.stdout, result.stderr), (0, wanted, ""))
        twice = rdns("objects", REGISTRY, f"{folder}/r.rpsl.gz")
        self.assertEqual(twice.stdout.count("[hierarchy-duplicate]"), 4, "objects of several files are compared")
        missing = rdns("objects", f"{folder}/none")
        self.assertEqual((missing.returncode, missing.stderr.count(f"{folder}/none")), (1, 1))
        with open(f"{folder}/r.rpsl.gz", "r+b") as file:
            file.truncate(os.path.getsize(f"{folder}/r.rpsl.gz") - 12)
        self.assertIn("truncated", rdns("objects", f"{folder}/r.rpsl.gz").stderr)

    def test_template_by_source(self):
        """Each registry's template applies to its objects: without descr: one of RIPE's is complete, one of AFRINIC's or APNIC's is not."""
        folder = ptrd.temporary_folder()
        text = ("domain: 2.0.192.in-addr.arpa\nadmin-c: A\ntech-c: A\nzone-c: A\nnserver: ns1.example.net\nnserver: ns2.example.net\n"
                "mnt-by: M\nsource: ")
        for source, said in (("RIPE", ""), ("AFRINIC", "descr: is missing [attribute-missing]"), ("APNIC", "descr: is missing [attribute-missing]")):
            with open(f"{folder}/{source}.rpsl", "w") as file:
                file.write(text + source + "\n")
            result = rdns("objects", file.name)
            self.assertEqual((result.returncode, result.stdout.count("[")), (1, 1) if said else (0, 0), result)
            self.assertIn(said, result.stdout)

    def test_range_of_one(self):
        """A range of one address is refused as a domain, read or to be written; the parent's zone still has one that a registry took."""
        one = f"{WRONG}/domain-dash-one.rpsl"
        self.assertIn("[domain-dash-one]", rdns("objects", one).stdout)
        new = rdns("objects", "--new", "192.0.2.5/32", "--nserver", "a.example.net", "--nserver", "b.example.net")
        self.assertEqual((new.returncode, new.stdout), (1, ""))
        self.assertIn("single address", new.stderr)
        zone = rdns("zonefile", "--apex", "2.0.192.in-addr.arpa", *ZONE[2:], one)
        self.assertIn("\n5.2.0.192.in-addr.arpa. 432000 IN CNAME 5.5-5.2.0.192.in-addr.arpa.\n", zone.stdout)

    def test_rubbish(self):
        """A binary, random bytes, one endless line: findings in little memory, and no control characters for a terminal."""
        folder = ptrd.temporary_folder()
        with open(f"{folder}/random", "wb") as file:
            file.write(os.urandom(2_000_000))
        with open(f"{folder}/zeros", "wb") as file:
            file.truncate(300_000_000)
        with open(f"{folder}/line", "wb") as file:
            file.write(b"domain: 1.1.196.in-addr.arpa\ndescr: " + b"x" * 50_000_000)
        for path in (RDNS, f"{folder}/random", f"{folder}/zeros", f"{folder}/line"):
            with self.subTest(path):
                process = subprocess.run([RDNS, "objects", path], capture_output=True, check=False, timeout=60,
                                         preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (100 << 20, 100 << 20)))
                self.assertEqual((process.returncode, process.stderr), (1, b""))
                self.assertIsNone(re.search(rb"[^\n -~]", process.stdout))
                self.assertRegex(process.stdout, rb"\[(syntax|line-too-long)\]\n")

    def test_progress(self):
        """On a terminal a line shows the progress, and is cleared; elsewhere there is none."""
        folder = ptrd.temporary_folder()
        os.mkfifo(f"{folder}/pipe")
        master, slave = pty.openpty()
        process = subprocess.Popen([RDNS, "objects", "pipe"], cwd=folder, stdout=subprocess.PIPE, stderr=slave, preexec_fn=leftovers.die_with_parent)
        os.close(slave)
        with open(f"{folder}/pipe", "wb", buffering=0) as pipe, open(REGISTRY, "rb") as registry:
            text = registry.read()
            shown = b""
            for _ in range(100):  # until a fifth of a second has passed
                pipe.write(text + b"\n" * 50000)
                os.set_blocking(master, False)
                try:
                    shown += os.read(master, 4096)
                except BlockingIOError:
                    pass
                if b"objects" in shown:
                    break
                time.sleep(0.02)
        process.communicate(timeout=30)
        os.set_blocking(master, True)
        try:
            shown += os.read(master, 65536)
        except OSError:
            pass
        os.close(master)
        self.assertRegex(shown, rb"\rpipe [\d.]+ MB, [\d.]+ MB/s, \d+ objects, \d+/s")
        self.assertTrue(shown.endswith(b"\r\x1b[K"), shown)

    def test_new(self):
        """New objects: one per zone, with glue where needed, which parse without a finding."""
        result = rdns("objects", "--new", "196.1.2.0/23", "--nserver", "ns1.2.1.196.in-addr.arpa 196.1.2.53", "--nserver", "ns2.example.net",
                      "--admin-c", "AA1-TEST", "--mnt-by", "AA-MNT", "--source", "TEST", "--descr", "Caf\u00e9")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual(re.findall(r"^domain: +(\S+)", result.stdout, re.MULTILINE), ["2.1.196.in-addr.arpa", "3.1.196.in-addr.arpa"])
        self.assertEqual(re.findall(r"^nserver: +(ns1.*)", result.stdout, re.MULTILINE),
                         ["ns1.2.1.196.in-addr.arpa 196.1.2.53", "ns1.2.1.196.in-addr.arpa"])
        self.assertEqual(rdns("objects", "-", input=result.stdout).returncode, 0)
        ranged = rdns("objects", "--new", "196.1.2.0 - 196.1.4.255", "--nserver", "a.example.net", "--nserver", "b.example.net", "--admin-c", "AA1-TEST",
                      "--mnt-by", "AA-MNT")
        self.assertEqual(re.findall(r"^domain: +(\S+)", ranged.stdout, re.MULTILINE), [f"{n}.1.196.in-addr.arpa" for n in (2, 3, 4)])
        ds = "12345 13 2 " + "ab" * 32
        classless = rdns("objects", "--new", "192.0.2.64/26", "--nserver", "a.example.net", "--nserver", "b.example.net", "--ds", ds, "--source", "RIPE")
        self.assertIn("64-127.2.0.192.in-addr.arpa\n", classless.stdout)
        self.assertIn(ds.upper(), classless.stdout)
        self.assertIn("--mnt-by not given", classless.stderr)
        for wrong in (("--nserver", "a.example.net"), ("--nserver", "a.example.net", "--nserver", "b.example.net", "--ds", ds)):
            refused = rdns("objects", "--new", "192.0.2.64/26", *wrong)
            self.assertEqual((refused.returncode, refused.stdout), (1, ""), refused)


class ZonefileTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = ptrd.temporary_folder()
        cls.zone = f"{cls.folder}/196.in-addr.arpa.zone"
        cls.made = rdns("zonefile", *ZONE, "-o", cls.zone, REGISTRY)

    def test_made(self):
        """Every object in the zone is a delegation; two zone checkers report nothing."""
        self.assertEqual((self.made.returncode, self.made.stderr), (0, ""))
        self.assertIn("3 delegations", self.made.stdout)
        self.assertIn("1 outside the zone", self.made.stdout)
        check = ptrd.ptrzone("check", "--strict", self.zone)
        self.assertEqual(check.returncode, 0, check.stdout)
        named = ptrd.run("named-checkzone", "-i", "local", "196.in-addr.arpa", self.zone)
        self.assertEqual(named.returncode, 0, named.stdout)
        self.assertNotIn("warning", named.stdout)
        self.assertEqual(rdns("zonefile", *ZONE, REGISTRY).stdout, open(self.zone).read(), "standard output has the same")

    def test_served(self):
        """ptrd serves it: a referral with glue, one with DS, and the CNAME into a classless zone with its referral."""
        image = ptrd.compile_image(f"{self.folder}/image.ptri", self.zone)
        port = test_socket.free_port()
        with ptrd.Ptrd(image, "--socket", f"127.0.0.1:{port}"):
            def dig(*question):
                result = ptrd.run("dig", "@127.0.0.1", "-p", str(port), "+norec", "+nocookie", "+noall", "+comments", "+answer",
                                  "+authority", "+additional", "+tries=1", "+time=3", *question)
                return {" ".join(line.split()) for line in result.stdout.splitlines()}

            glue = dig("-x", "196.2.7.1")
            self.assertLessEqual({"2.196.in-addr.arpa. 86400 IN NS ns1.2.196.in-addr.arpa.", "2.196.in-addr.arpa. 86400 IN NS ns2.2.196.in-addr.arpa.",
                                  "ns1.2.196.in-addr.arpa. 86400 IN A 196.2.0.53", "ns1.2.196.in-addr.arpa. 86400 IN AAAA 2001:db8::53",
                                  "ns2.2.196.in-addr.arpa. 86400 IN A 196.2.1.53"}, glue)
            self.assertTrue(any(re.match(r";; flags: qr; QUERY: 1, ANSWER: 0, AUTHORITY: 2", line) for line in glue), glue)
            self.assertIn("1.1.196.in-addr.arpa. 86400 IN NS ns2.example.net.", dig("-x", "196.1.1.9"))
            signed = {line.replace(" ", "") for line in dig("1.1.196.in-addr.arpa", "DS")}
            self.assertIn("1.1.196.in-addr.arpa.86400INDS12345132" + "0123456789ABCDEF" * 4, signed)
            alias = dig("-x", "196.1.3.100")
            self.assertLessEqual({"100.3.1.196.in-addr.arpa. 432000 IN CNAME 100.64-127.3.1.196.in-addr.arpa.",
                                  "64-127.3.1.196.in-addr.arpa. 86400 IN NS ns1.64-127.3.1.196.in-addr.arpa.",
                                  "ns1.64-127.3.1.196.in-addr.arpa. 86400 IN A 196.1.3.65"}, alias)
            for outside in ("196.1.3.63", "196.1.3.128"):
                self.assertTrue(any("status: NXDOMAIN" in line for line in dig("-x", outside)), outside)

    def test_nothing_half(self):
        """With an object that cannot be delegated the old file stays, unless such objects are skipped."""
        out = f"{self.folder}/kept.zone"
        with open(out, "w") as file:
            file.write("old\n")
        bad = f"{WRONG}/glue-missing.rpsl"
        result = rdns("zonefile", *ZONE, "-o", out, REGISTRY, bad)
        self.assertEqual((result.returncode, result.stdout, open(out).read()), (1, "", "old\n"))
        self.assertIn("[glue-missing]", result.stderr)
        self.assertEqual(sorted(name for name in os.listdir(self.folder) if name.startswith("kept")), ["kept.zone"])
        result = rdns("zonefile", *ZONE, "--skip-bad", "-o", out, REGISTRY, bad)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(open(out).read(), open(self.zone).read())
        self.assertEqual(rdns("zonefile", *ZONE, "-o", f"{self.folder}/none/x", REGISTRY).returncode, 1)

    def test_least_specific(self):
        """Of nested objects the upper is delegated; the order of files does not matter."""
        below, extra = f"{WRONG}/hierarchy-below.rpsl", f"{WRONG}/hierarchy-overlap.rpsl"
        one = rdns("zonefile", "--apex", "in-addr.arpa", *ZONE[2:], below, REGISTRY, extra)
        other = rdns("zonefile", "--apex", "in-addr.arpa", *ZONE[2:], extra, REGISTRY, below)
        self.assertEqual((one.returncode, one.stdout), (0, other.stdout))
        self.assertNotIn("\n1.1.196.in-addr.arpa. ", one.stdout)
        self.assertIn("\n1.196.in-addr.arpa. IN NS ", one.stdout)
        self.assertIn("skipped: 1.196.in-addr.arpa is already delegated", one.stderr)
        self.assertIn("[hierarchy-overlap]", one.stderr)

    def test_arguments(self):
        """A wrong SOA, apex, or name server is reported before a file is read."""
        for change, said in (({"--soa": "a. h@b. 1 2 3 4 5"}, "at sign"), ({"--soa": "a. b. 1"}, "SOA"), ({"--apex": "196.ipv6.arpa"}, "ip6.arpa"),
                             ({"--ns": "ns1.196.in-addr.arpa"}, "address"), ({"--ns": "192.0.2.1"}, "is an address")):
            given = {"--apex": "196.in-addr.arpa", "--soa": SOA, "--ns": "ns1.example.net", **change}
            result = rdns("zonefile", *[word for pair in given.items() for word in pair], "/nonexistent")
            self.assertEqual((result.returncode, said in result.stderr), (2, True), result)


class PolicyTest(unittest.TestCase):
    def test_policy(self):
        """10.5: each delegation with its verdict and the inetnum that it is based on; status 1 if one is invalid."""
        inetnums = f"{HERE}/inetnums.rpsl"
        result = rdns("policy", "--inetnums", inetnums, REGISTRY)  # an option takes one value, the rest are files
        self.assertEqual((result.returncode, result.stderr), (1, ""))
        lines = [line.removeprefix(REGISTRY + ":") for line in result.stdout.splitlines()]
        self.assertEqual(lines, [
            "2: invalid: 1.1.196.in-addr.arpa: allocated by 196.1.0.0/16 (line 4), but no more specific inetnum, an assignment or "
            "sub-allocation, is in 196.1.1.0/24",
            "18: valid: 2.196.in-addr.arpa: assigned by 196.2.0.0/16 (line 10)",
            "29: valid: 64-127.3.1.196.in-addr.arpa: assigned by 196.1.3.64/26 (line 7)",
            "39: invalid: 1.197.in-addr.arpa: no inetnum contains it: the space is not registered",
            "2 valid, 2 invalid, 0 whose domain cannot be read; 4 inetnums"])
        document = json.loads(rdns("policy", "--format", "json", "--only-invalid", "--inetnums", inetnums, REGISTRY).stdout)
        self.assertEqual([entry["domain"] for entry in document["delegations"]], ["1.1.196.in-addr.arpa", "1.197.in-addr.arpa"])
        self.assertEqual(document["summary"]["valid"], 2)
        nothing = rdns("policy", "--inetnums", REGISTRY, REGISTRY)
        self.assertEqual((nothing.returncode, nothing.stdout), (1, ""))
        self.assertIn("no inetnum", nothing.stderr)

    def test_statuses_by_source(self):
        """AFRINIC's inet6num have ASSIGNED PA, which are assigned; the RIPE NCC's do not."""
        folder = ptrd.temporary_folder()
        zone = "1.0.0.0.0.0.e.f.f.0.c.2.ip6.arpa"
        for source, verdict in (("AFRINIC", "valid"), ("RIPE", "invalid")):
            for name, text in (("domain", f"domain: {zone}\ndescr: x\nadmin-c: A\ntech-c: A\nzone-c: A\nnserver: ns1.example.net\n"
                                f"nserver: ns2.example.net\nmnt-by: M\nsource: {source}\n"),
                               ("inet6num", f"inet6num: 2c0f:fe00:1::/48\nstatus: ASSIGNED PA\nsource: {source}\n")):
                with open(f"{folder}/{name}", "w") as file:
                    file.write(text)
            result = rdns("policy", "--inetnums", f"{folder}/inet6num", f"{folder}/domain")
            self.assertEqual(result.returncode, 0 if verdict == "valid" else 1, result)
            self.assertTrue(result.stdout.startswith(f"{folder}/domain:1: {verdict}: {zone}: "), result.stdout)


if __name__ == "__main__":
    unittest.main()
