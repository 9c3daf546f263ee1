#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""ptrzone compile, dump and info on zones that BIND's, NLnet Labs' and Knot's signers signed: each zone gets its records back, and what
could not be answered rightly is refused."""

import json
import os
import re
import shutil
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import dns.rdatatype
import dns.zone

import ptrd

UPPER, LOWER = "10.in-addr.arpa", "3.10.in-addr.arpa"
START = "$ORIGIN {}.\n$TTL 3600\n@ SOA ns1.example. host.example. 1 7200 3600 1209600 300\n@ NS ns1.example.\n@ NS ns2.example.\n"
TEXT = {
    UPPER: "".join(f"{i}.1.1 PTR h{i}.example.\n" for i in range(40)) + "3 NS ns.child.example.\n4 NS ns.other.example.\n"
           "5 NS ns.third.example.\n5 DS 4711 13 2 " + "AB" * 32 + "\n0-63 CNAME x.example.\n*.w TXT wild\nd DNAME d.example.\n",
    LOWER: "".join(f"{i}.1 PTR l{i}.example.\n" for i in range(200)) + "* TXT w\n",
}


def records(path, apex):
    """Owner, type, TTL and data of each record of a zone."""
    zone = dns.zone.from_file(path, origin=apex + ".", relativize=False, allow_include=False)
    return {(str(name).lower(), dns.rdatatype.to_text(rdataset.rdtype), dns.rdatatype.to_text(rdataset.covers), rdataset.ttl, str(rdata))
            for name, node in zone.nodes.items() for rdataset in node for rdata in rdataset}


class CompileSignedTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = ptrd.temporary_folder()
        cls.image = cls.path("zones.ptri")
        cls.keys = {}
        for apex, algorithm in ((UPPER, "ED25519"), (LOWER, "ECDSAP256SHA256")):
            make = ("dnssec-keygen", "-q", "-a", algorithm)
            cls.keys[apex] = [cls.call(*make, *flags, apex) for flags in (("-f", "KSK"), ())]
            with open(cls.path(apex), "w", encoding="ascii") as file:
                file.write(START.format(apex) + TEXT[apex])
        with open(cls.path(UPPER), "a", encoding="ascii") as file:
            file.write(cls.call("dnssec-dsfromkey", cls.keys[LOWER][0]) + "\n")

    @classmethod
    def path(cls, name):
        return os.path.join(cls.folder, name)

    @classmethod
    def call(cls, *command):
        result = ptrd.run(*command, cwd=cls.folder)
        assert result.returncode == 0, result
        return result.stdout.strip()

    def bind(self, apex, *options):
        """The zone as dnssec-signzone signs it; the path of its text."""
        out = self.path(apex + ".signed")
        self.call("dnssec-signzone", "-q", "-S", "-O", "full", "-o", apex, "-f", out, *options, apex)
        return out

    def ldns(self, apex, *options):
        out = self.path(apex + ".signed")
        self.call("ldns-signzone", "-o", apex, "-f", out, *options, apex, *self.keys[apex])
        return out

    def knot(self, apex, *policy):
        """The same with kzonesign, which makes its own keys."""
        folder = ptrd.temporary_folder()
        shutil.copy(self.path(apex), f"{folder}/zone")
        with open(f"{folder}/knot.conf", "w", encoding="ascii") as file:
            file.write("policy:\n  - id: own\n    algorithm: ECDSAP256SHA256\n    single-type-signing: on\n")
            file.writelines(f"    {line}\n" for line in policy)
            file.write(f"database:\n  storage: {folder}\nzone:\n  - domain: {apex}\n    file: {folder}/zone\n    dnssec-policy: own\n")
        os.mkdir(f"{folder}/out")
        self.call("kzonesign", "-c", f"{folder}/knot.conf", "-o", f"{folder}/out", apex)
        return f"{folder}/out/zone"

    def compile(self, *arguments):
        result = ptrd.ptrzone("compile", "-o", self.image, *arguments)
        return result.returncode, result.stdout + result.stderr

    def dumped(self, apex):
        result = ptrd.ptrzone("dump", self.image, apex)
        self.assertEqual(result.returncode, 0, result)
        with open(self.path("dumped"), "w", encoding="ascii") as file:
            file.write(result.stdout)
        return records(self.path("dumped"), apex)

    def zone_info(self, apex):
        zones = json.loads(ptrd.ptrzone("info", "--json", self.image).stdout)["zones"]
        return next(zone for zone in zones if zone["name"] == apex + ".")

    def test_records_come_back(self):
        """Both of two nested zones, by each signer, with NSEC, NSEC3, salt and opt-out: all but the NS records that the upper one has at
        the apex of the lower one, which a server of both never gives."""
        ways = {
            "BIND NSEC": (self.bind, (), "nsec"),
            "BIND NSEC3": (self.bind, ("-3", "-", "-H", "0"), "nsec3"),
            "BIND salt, opt-out": (self.bind, ("-3", "abcd", "-A", "-H", "0"), "nsec3"),
            "ldns NSEC": (self.ldns, (), "nsec"),
            "ldns NSEC3": (self.ldns, ("-n", "-t", "0", "-s", "1234"), "nsec3"),
            "Knot NSEC": (self.knot, (), "nsec"),
            "Knot NSEC3": (self.knot, ("nsec3: on", "nsec3-iterations: 0", "nsec3-opt-out: on"), "nsec3"),
        }
        for what, (sign, options, denial) in ways.items():
            with self.subTest(what):
                signed = {apex: sign(apex, *options) for apex in (UPPER, LOWER)}
                status, text = self.compile(*(f"{apex}={path}" for apex, path in signed.items()))
                self.assertEqual(status, 0, text)
                for apex, path in signed.items():
                    own = records(path, apex)
                    if apex == UPPER:
                        own = {record for record in own if record[:2] != (LOWER + ".", "NS")}
                    self.assertEqual(self.dumped(apex), own)
                    zone = self.zone_info(apex)
                    self.assertEqual((zone["denial"], zone["records"]), (denial, len(own)))
                    soonest = min(record[4].split()[4] for record in own if record[1] == "RRSIG")
                    self.assertEqual(re.sub("[-T:Z]", "", zone["expires"]), soonest)

    def test_owners_of_nsec3_records_do_not_exist(self):
        """RFC 5155 7.2.8: a query for one is answered as for any name that is not there."""
        path = self.bind(LOWER, "-3", "-", "-H", "0")
        self.assertEqual(self.compile(path)[0], 0)
        owner = next(record[0] for record in records(path, LOWER) if record[1] == "NSEC3")
        # The wildcard stands for it, as it does for all names of the zone that are not there.
        self.assertIn("status: NOERROR", ptrd.ptrzone("lookup", self.image, owner, "TXT").stdout)
        self.assertIn('"w"', ptrd.ptrzone("lookup", self.image, owner, "TXT").stdout)
        self.assertIn("ANSWER: 0", ptrd.ptrzone("lookup", self.image, owner, "NSEC3").stdout)

    def test_info(self):
        """info says of each zone whether it is signed, how it denies, and when its first signature expires."""
        with open(self.path("plain"), "w", encoding="ascii") as file:
            file.write(START.format("2.0.192.in-addr.arpa"))
        signed = self.bind(LOWER, "-s", "20260101000000", "-e", "20380119031408")
        self.assertEqual(self.compile(signed, self.path("plain"))[0], 0)
        text = ptrd.ptrzone("info", self.image).stdout
        self.assertIn("\nzone 2.0.192.in-addr.arpa. serial 1 records 3 unsigned\n", text)
        self.assertRegex(text, r"\nzone 3\.10\.in-addr\.arpa\. serial 1 records \d+ signed nsec expires 2038-01-19T03:14:08Z\n")
        self.assertNotIn("denial", self.zone_info("2.0.192.in-addr.arpa"))

    def refused(self, lines, *options):
        """Why the zone with these lines is refused: one line, of the file. With --keep-going the other zone is compiled."""
        bad, good = self.path("bad"), self.path("good")
        with open(bad, "w", encoding="ascii") as file:
            file.write("\n".join(lines) + "\n")
        with open(good, "w", encoding="ascii") as file:
            file.write(START.format("2.0.192.in-addr.arpa"))
        status, text = self.compile(*options, bad, good)
        self.assertEqual(status, 1, text)
        errors = [line for line in text.splitlines() if ": error: " in line]
        self.assertEqual(len(errors), 1, text)
        found = re.fullmatch(rf"{re.escape(bad)}(?::\d+)?: error: zone {re.escape(LOWER)}\. is signed, but (.*)", errors[0])
        self.assertTrue(found, text)
        status, text = self.compile(*options, "--keep-going", bad, good)
        self.assertEqual(status, 3, text)
        self.assertIn(f"zone {LOWER}. is left out: 1 error", text)
        self.assertIn("1 zone, 3 records", text)
        return found[1]

    def lines(self, path):
        with open(path, encoding="ascii") as file:
            return [" ".join(line.split()) for line in file if not line.startswith(";")]

    def test_iterations(self):
        """More than --nsec3-iterations are refused; by default each is one too many (RFC 9276)."""
        lines = self.lines(self.bind(LOWER, "-3", "-", "-H", "5"))
        for options, most in ((), 0), (("--nsec3-iterations", "4"), 4):
            self.assertEqual(self.refused(lines, *options),
                             f"its NSEC3 records have 5 additional iterations, and at most {most} are allowed; sign it again with 0 "
                             "(RFC 9276 3.1), or raise the limit")
        self.assertEqual(self.compile("--nsec3-iterations", "5", self.path("bad"))[0], 0)

    def test_gaps_in_chains(self):
        """A chain with a gap is refused, at the first one and with what is missing; without it a name could be denied, or not denied,
        wrongly."""
        gap = "its {} chain has a gap, so that not all could be denied: {}; sign it again"
        nsec = self.lines(self.bind(LOWER))

        def own(line, name, *types):
            return line.startswith(f"{name}{LOWER}. ") and any(f" IN {each}" in line for each in types)

        link = "NSEC ", "RRSIG NSEC "
        for what, lines, fault in (
            ("no link", [line for line in nsec if not own(line, "7.1.", *link)], f"7.1.{LOWER}.: no NSEC record"),
            ("nor anything else", [line for line in nsec if not own(line, "7.1.", *link, "RRSIG PTR ")], f"7.1.{LOWER}.: no NSEC record"),
            ("no name", [line for line in nsec if not line.startswith(f"7.1.{LOWER}. ")],
             f"69.1.{LOWER}. NSEC: its next name is 7.1.{LOWER}., but the zone's is 70.1.{LOWER}."),
            ("a name more", nsec + [f"07.1.{LOWER}. 3600 IN TXT more"],
             f"0.1.{LOWER}. NSEC: its next name is 1.1.{LOWER}., but the zone's is 07.1.{LOWER}."),
            ("an address more", nsec + [f"250.1.{LOWER}. 3600 IN PTR more.example."],
             f"25.1.{LOWER}. NSEC: its next name is 26.1.{LOWER}., but the zone's is 250.1.{LOWER}."),
            ("a next name that is not there", [line.replace(f"NSEC 8.1.{LOWER}.", f"NSEC 7.1.1.{LOWER}.") for line in nsec],
             f"79.1.{LOWER}. NSEC: its next name is 7.1.1.{LOWER}., but the zone's is 8.1.{LOWER}."),
            ("not back to the apex", [line.replace(f"NSEC {LOWER}. ", f"NSEC *.{LOWER}. ") for line in nsec],
             f"99.1.{LOWER}. NSEC: its next name is *.{LOWER}., but the zone's is {LOWER}."),
        ):
            with self.subTest(what):
                self.assertEqual(self.refused(lines), gap.format("NSEC", fault))
        for options in (("-3", "-", "-H", "0"), ("-3", "abcd", "-A", "-H", "0")):
            nsec3 = self.lines(self.bind(LOWER, *options))
            hashes = sorted(line.split(".")[0] for line in nsec3 if " IN NSEC3 " in line)
            # Not the apex's, of which the builder has a sentence of its own.
            top = next(line.split(".")[0] for line in nsec3 if " IN NSEC3 " in line and " SOA " in line)
            middle = next(i for i in range(1, 50) if hashes[i] != top)
            before, gone, after = hashes[middle - 1:middle + 2]
            lines = [line for line in nsec3 if not line.startswith(gone + ".")]
            with self.subTest("a hash less", options=options):
                self.assertRegex(self.refused(lines).upper(),
                                 f"NSEC3 CHAIN HAS A GAP, .*: {before}.{LOWER}. NSEC3: ITS NEXT HASH IS {gone}, BUT THE ZONE'S IS {after}".upper())
            with self.subTest("closed without a hash", options=options):
                self.assertRegex(self.refused([line.replace(f" {gone} ", f" {after} ") for line in lines]).upper(),
                                 rf"NSEC3 CHAIN HAS A GAP, .*: NO NSEC3 RECORD \(ITS HASH IS {gone}\)")
            with self.subTest("an address more", options=options):
                self.assertRegex(self.refused(nsec3 + [f"9.9.{LOWER}. 3600 IN PTR more.example."]), "NSEC3 chain has a gap, .*9.*: no NSEC3 record")

    def test_iterations_of_the_previous_image(self):
        """A zone of --previous with more iterations than are allowed today is left out with its reason; the others are written."""
        signed, broken, good = self.bind(LOWER, "-3", "-", "-H", "5"), self.path("broken"), self.path("good")
        previous = self.path("previous.ptri")
        result = ptrd.ptrzone("compile", "-o", previous, "--nsec3-iterations", "5", signed)
        self.assertEqual(result.returncode, 0, result)
        with open(broken, "w", encoding="ascii") as file:
            file.write(START.format(LOWER) + "1 PTR (\n")
        with open(good, "w", encoding="ascii") as file:
            file.write(START.format("2.0.192.in-addr.arpa"))
        again = "--keep-going", "--previous", previous, broken, good
        status, text = self.compile(*again)
        self.assertEqual(status, 3, text)
        self.assertIn(f"zone {LOWER}. is left out and cannot be taken from {previous}: zone {LOWER}. is signed, but its NSEC3 records have 5 "
                      "additional iterations, and at most 0 are allowed; ", text)
        self.assertIn(": 1 zone, 3 records, ", text)
        self.assertIn("; 1 left out, 0 taken from ", text)
        status, text = self.compile("--nsec3-iterations", "5", *again)
        self.assertEqual(status, 3, text)
        self.assertIn(f"zone {LOWER}. is taken from {previous}, serial 1: 1 error at {broken}:", text)
        self.assertIn("; 0 left out, 1 taken from ", text)

    def test_nothing_to_deny_with(self):
        """A signed zone without NSEC and NSEC3, or without what leads to them."""
        nsec3 = self.lines(self.bind(LOWER, "-3", "-", "-H", "0"))
        nsec = self.lines(self.bind(LOWER))
        without = "it has neither an NSEC record at its apex nor the NSEC3 records that an NSEC3PARAM record there names, "
        no_chain = [line for line in nsec if " IN NSEC " not in line]
        self.assertIn(without, self.refused(no_chain))
        self.assertIn(without, self.refused([line for line in nsec3 if " NSEC3PARAM " not in line]))
        self.assertIn(without, self.refused([line for line in nsec3 if " IN NSEC3 " not in line]))
        record = next(line for line in nsec3 if " IN NSEC3 " in line).split()[0]
        unsigned = [line for line in nsec3 if not line.startswith(record + " ") or " IN NSEC3 " in line]
        self.assertEqual(self.refused(unsigned), f"the NSEC3 record at {record.split('.')[0].lower()} has no signature; sign the zone again")
        # Of a zone without keys the same records are data.
        with open(self.path("bad"), "w", encoding="ascii") as file:
            file.writelines(line + "\n" for line in no_chain if " DNSKEY " not in line)
        self.assertEqual(self.compile(self.path("bad"))[0], 0)


if __name__ == "__main__":
    unittest.main()
