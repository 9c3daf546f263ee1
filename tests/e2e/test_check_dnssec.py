#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""ptrzone check --dnssec on zones that BIND's and NLnet Labs' signers signed, sound and with one fault each, beside what
dnssec-verify, kzonecheck, ldns-verify-zone and validns say of them."""

import os
import re
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import ptrd

APEX = "2.0.192.in-addr.arpa"
ZONE = """$TTL 3600
@ SOA ns1.example.net. hostmaster.example.net. 1 7200 3600 1209600 3600
@ NS ns1.example.net.
@ NS ns2.example.net.
1 PTR a.example.net.
2 PTR b.example.net.
10 PTR c.example.net.
200 PTR d.example.net.
*.w PTR wild.example.net.
sub NS ns1.customer.example.
sub NS ns2.customer.example.
secure NS ns.secure
secure NS ns2.customer.example.
secure DS 12345 13 2 0123456789012345678901234567890123456789012345678901234567890123
ns.secure A 192.0.2.65
x.y.z TXT "below two empty non-terminals"
"""
CHECKERS = "bind", "knot", "ldns", "validns"
ALL = " ".join(CHECKERS)


def stamp(days):
    return time.strftime("%Y%m%d%H%M%S", time.gmtime(time.time() + days * 86400))


def say(name, kind=None):
    """A filter of lines by owner below the apex, and type; a signature's type is that which it covers, behind `RRSIG `."""
    owner = f"{name}.{APEX}." if name else f"{APEX}."

    def chosen(line):
        fields = line.split()
        own = " ".join(fields[3:5]) if fields[3] == "RRSIG" else fields[3]
        return fields[0].lower() == owner and (kind is None or own == kind)

    return chosen


def without(lines, *filters):
    rest = [line for line in lines if not any(chosen(line) for chosen in filters)]
    assert len(rest) < len(lines), "nothing to take out"
    return rest


def changed(lines, chosen, old, new):
    result = [re.sub(old, new, line, count=1) if chosen(line) else line for line in lines]
    assert result != lines, "nothing to change"
    return result


def records_of(text):
    """The lines of a zone's text that are records, fields one blank apart."""
    return [" ".join(line.split()) for line in text.splitlines() if line and not line.startswith(";")]


class Signer:
    """Makes signed zones in a folder, by RSA unless told otherwise: validns can verify nothing else."""

    def __init__(self, folder):
        self.folder = folder
        self.zone = os.path.join(folder, "zone")
        with open(self.zone, "w") as file:
            file.write(f"$ORIGIN {APEX}.\n{ZONE}")
        self.keys = {}

    def call(self, *command):
        result = ptrd.run(*command, cwd=self.folder)
        assert result.returncode == 0, result
        return result.stdout.strip()

    def key_pair(self, algorithm):
        if algorithm not in self.keys:
            make = ("dnssec-keygen", "-q", "-a", algorithm)
            self.keys[algorithm] = self.call(*make, "-f", "KSK", APEX), self.call(*make, APEX)
        return self.keys[algorithm]

    def bind(self, *options, algorithm="RSASHA256", extra=""):
        """The lines of the zone as dnssec-signzone signs it, a record each."""
        keys = self.key_pair(algorithm)
        source, out = os.path.join(self.folder, "with-keys"), os.path.join(self.folder, "signed")
        with open(source, "w") as file, open(self.zone) as zone:
            file.write(zone.read() + "".join(f"$INCLUDE {key}.key\n" for key in keys) + extra)
        self.call("dnssec-signzone", "-q", "-O", "full", "-o", APEX, "-f", out, *options, source, *keys)
        with open(out) as file:
            return records_of(file.read())

    def ldns(self, *options, algorithm="RSASHA256"):
        out = os.path.join(self.folder, "signed")
        self.call("ldns-signzone", "-o", APEX, "-f", out, *options, self.zone, *self.key_pair(algorithm))
        with open(out) as file:
            return records_of(file.read())


class DnssecTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = ptrd.temporary_folder()
        cls.signer = Signer(cls.folder)

    def write(self, lines):
        path = os.path.join(self.folder, "checked.zone")
        with open(path, "w") as file:
            file.write("\n".join(lines) + "\n")
        return path

    def check(self, lines, *options):
        result = ptrd.ptrzone("check", "--dnssec", *options, self.write(lines))
        return result.returncode, result.stdout + result.stderr

    def others(self, lines):
        """The other checkers that refuse the zone."""
        path = self.write(lines)
        commands = {
            "bind": ("dnssec-verify", "-q", "-o", APEX, path),
            "knot": ("kzonecheck", "-d", "on", "-o", APEX, path),
            "ldns": ("ldns-verify-zone", path),
            "validns": ("validns", "-z", APEX + ".", "-p", "all", path),
        }
        return [name for name in CHECKERS if ptrd.run(*commands[name]).returncode != 0]

    def test_sound_zones(self):
        """Zones of both signers, by each algorithm, with NSEC, NSEC3 and opt-out, have no finding but iterations."""
        for algorithm in "ECDSAP256SHA256", "ECDSAP384SHA384", "ED25519", "ED448", "RSASHA256", "RSASHA512":
            for what, lines in (
                ("NSEC", self.signer.bind(algorithm=algorithm)),
                ("NSEC3", self.signer.bind("-3", "-", "-H", "0", algorithm=algorithm)),
                ("opt-out", self.signer.bind("-A", "-3", "abcd", "-H", "3", algorithm=algorithm)),
                ("ldns NSEC", self.signer.ldns(algorithm=algorithm)),
                ("ldns opt-out", self.signer.ldns("-n", "-p", "-s", "abcd", "-t", "1", algorithm=algorithm)),
            ):
                with self.subTest(algorithm=algorithm, denial=what):
                    status, text = self.check(lines)
                    self.assertEqual(status, 0, text)
                    if algorithm == "RSASHA256":  # validns verifies no other with OpenSSL 3
                        self.assertEqual(self.others(lines), ["validns"] if what == "ldns opt-out" else [])
                    self.assertRegex(text, r"the first one that is valid now expires in \d+ days")
                    self.assertEqual("NSEC3PARAM: " in text, "opt-out" in what, text)
                    self.assertRegex(text, f"0 errors, {1 if 'opt-out' in what else 0} warning")

    def expect(self, what, lines, finding, refused_by, status=1):
        with self.subTest(what):
            got, text = self.check(lines)
            self.assertEqual(got, status, text)
            self.assertRegex(text, finding)
            self.assertEqual(" ".join(self.others(lines)), refused_by)

    def test_signatures(self):
        """What is wrong with signatures is found, record by record; behind it, who of the others refuses the zone."""
        good = self.signer.bind()
        self.expect("missing", without(good, say("1", "RRSIG PTR")), "error: 1.*PTR: no signature", "bind knot ldns")
        self.expect("data changed", changed(good, say("1", "PTR"), "a.example", "e.example"),
                    "error: 1.*RRSIG of PTR by key .*: it does not verify", ALL)
        self.expect("labels", changed(good, say("1", "RRSIG PTR"), "PTR 8 6 ", "PTR 8 5 "), "number of labels is wrong", ALL)
        self.expect("signer", changed(good, say("1", "RRSIG PTR"), rf" {APEX}\. ", " example. "), "its signer or", ALL)
        self.expect("TTL above the original", changed(good, say("1"), " 3600 ", " 7200 "), "its original TTL 3600 is not", "bind knot validns", 0)
        self.expect("expired", self.signer.bind("-P", "-s", stamp(-60), "-e", stamp(-5)), r"expired 5 days ago, on ", ALL)
        self.expect("not yet valid", self.signer.bind("-P", "-s", stamp(2), "-e", stamp(30)), "not valid before ", ALL)
        self.expect("about to expire", self.signer.bind("-e", stamp(1.5)), r"warning: .*expires in 3[56] hours", "", 0)
        self.expect("on glue", good + [f"ns.secure.{APEX}. 3600 IN RRSIG A 13 7 3600 {stamp(30)} {stamp(-1)} 1 {APEX}. YWJj"],
                    "below secure.*where nothing is the zone's own", "knot ldns validns", 0)
        self.expect("at a cut", good + [f"sub.{APEX}. 3600 IN RRSIG NS 13 6 3600 {stamp(30)} {stamp(-1)} 1 {APEX}. YWJj"],
                    "RRSIG of NS: not the zone's own records", "knot ldns validns", 0)

    def test_keys(self):
        """Keys that are missing, unusable, or of an algorithm that does not sign."""
        good = self.signer.bind()
        zone_key = next(line for line in good if say("", "DNSKEY")(line) and " 256 3 " in line)
        self.expect("none", without(good, say("", "DNSKEY")), "has signatures but no DNSKEY record", ALL)
        self.expect("one missing", [line for line in good if line != zone_key], "the zone has no such key", ALL)
        self.expect("no zone key", changed(good, lambda line: line == zone_key, " 256 3 ", " 0 3 "), "not a zone key", ALL)
        both = self.signer.key_pair("ED25519")
        more = "".join(f"$INCLUDE {key}.key\n" for key in both)
        self.expect("an algorithm that does not sign", self.signer.bind("-P", extra=more),
                    "no signature by a key of ED25519", "validns", 0)
        self.expect("a CDS of no key", good + [f"{APEX}. 3600 IN CDS 1 13 2 " + 64 * "0"], "CDS: no DNSKEY record", ALL)

    def test_nsec(self):
        """Faults of the NSEC chain."""
        good = self.signer.bind()
        self.expect("open chain", without(good, say("10", "NSEC"), say("10", "RRSIG NSEC")), "error: 10.*: no NSEC record", ALL)
        self.expect("a name less", without(good, say("10")), "NSEC: its next name is 10.*, but the zone's is 2", ALL)
        self.expect("a name more", good + [f"11.{APEX}. 3600 IN PTR e.example.net."], "10.*NSEC: its next name is 2", ALL)
        self.expect("bitmap", changed(good, say("1", "NSEC"), " PTR RRSIG", " TXT RRSIG"),
                    "its types are not those of the name: it lacks PTR, has TXT", ALL)
        self.expect("below a cut", good + [f"ns.secure.{APEX}. 3600 IN NSEC {APEX}. A"], "NSEC: below secure", ALL, 0)
        none = [line for line in good if " NSEC " not in line]
        self.expect("no denial", none, "neither NSEC nor NSEC3", ALL)
        both = good + [line for line in self.signer.bind("-3", "-", "-H", "0") if " NSEC3" in line]
        self.expect("NSEC beside NSEC3", both, "has both NSEC and NSEC3 records", "bind knot validns")

    def test_nsec3(self):
        """Faults of the NSEC3 chain, with and without opt-out."""
        good = self.signer.bind("-3", "-", "-H", "0")
        records = sorted((line for line in good if re.search(r"\sNSEC3\s", line) and "RRSIG" not in line.split()[3]), key=str.lower)
        first, second = records[0].split(), records[1].split()
        gone = lambda line: line.split()[0].lower() == second[0].lower()
        self.expect("open chain", without(good, gone), "NSEC3: its next hash is .*, but the zone's is ", ALL)
        self.expect("next hash", changed(good, lambda line: line == records[0], re.escape(second[0].split(".")[0]), 32 * "0"),
                    "NSEC3: its next hash is 0000", ALL)
        self.expect("no NSEC3PARAM", without(good, say("", "NSEC3PARAM"), say("", "RRSIG NSEC3PARAM")), "no NSEC3PARAM record at its apex", "bind knot validns")
        self.expect("a name less", without(good, say("10")), "no name of the zone has this hash", "bind ldns validns")
        self.expect("a name more", good + [f"11.{APEX}. 3600 IN PTR e.example.net."], r"error: 11.*no NSEC3 record \(its hash is ", ALL)
        self.expect("other parameters", changed(good, lambda line: line == records[0], "NSEC3 1 0 0 -", "NSEC3 1 0 0 AB"),
                    "no NSEC3PARAM record has its algorithm", ALL)
        many = self.signer.bind("-3", "-", "-H", "10")
        self.expect("iterations", many, "NSEC3PARAM: 10 iterations; should be 0", "", 0)
        opt_out = self.signer.bind("-A", "-3", "-", "-H", "0")
        self.expect("a delegation more under opt-out", opt_out + [f"more.{APEX}. 3600 IN NS ns{i}.example.net." for i in (1, 2)],
                    "0 errors", "", 0)
        self.expect("a delegation more without opt-out", good + [f"more.{APEX}. 3600 IN NS ns{i}.example.net." for i in (1, 2)],
                    "error: more.*no NSEC3 record", "knot ldns validns")

    def test_usage(self):
        """An unsigned zone is a warning, --strict makes it an error; the days want --dnssec."""
        status, text = self.check([f"$ORIGIN {APEX}."] + ZONE.splitlines())
        self.assertEqual(status, 0)
        self.assertIn(f"warning: the zone {APEX}. is not signed", text)
        self.assertEqual(self.check([f"$ORIGIN {APEX}."] + ZONE.splitlines(), "--strict")[0], 1)
        soon = self.signer.bind("-e", stamp(1.5))
        self.assertNotIn("expires in 3", self.check(soon, "--expires-within", "1")[1].replace("valid now expires", ""))
        self.assertEqual(ptrd.ptrzone("check", "--expires-within", "1", self.write(soon)).returncode, 2)
        self.assertEqual(ptrd.ptrzone("check", "--dnssec", "--expires-within", "x", self.write(soon)).returncode, 2)


if __name__ == "__main__":
    unittest.main()
