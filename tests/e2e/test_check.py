#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""ptrzone check on a folder of wrong zones, compared with named-checkzone, kzonecheck and nsd-checkzone."""

import functools
import glob
import os
import re
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import ptrd

WRONG = os.path.join(ptrd.ROOT, "tests", "unit", "zone", "wrong")
FINDING = re.compile(r"(?P<file>.+?)(:(?P<line>\d+))?: (?P<severity>error|warning): (?P<text>.+)")
COUNTS = re.compile(r"(\d+) zones?, (\d+) records?: (\d+) errors?, (\d+) warnings?")
# The reader refuses these, for now.
READER = ("ttl-too-great.zone",)
SOA = "@ IN SOA ns1.example.net. host.example.net. 1 4h 1h 2w 1h\n@ IN NS ns1.example.net.\n@ IN NS ns2.example.net.\n"


def wrong_zones():
    return sorted(glob.glob(os.path.join(WRONG, "*.zone")))


def expected_findings(path):
    """The findings that the comments of a wrong zone announce: `;! severity: part of the text`, on the line that it is about."""
    findings = []
    with open(path) as file:
        for number, line in enumerate(file, 1):
            for whole, severity, text in re.findall(r";! (file )?(error|warning): ([^;\n]*[^; \n])", line):
                findings.append((None if whole else str(number), severity, text))
    return findings


def apex_of(path):
    with open(path) as file:
        return re.search(r"^\$ORIGIN (\S+)", file.read(), re.MULTILINE)[1]


def named_checkzone(path):
    # -i local: names elsewhere are not looked up.
    result = ptrd.run("named-checkzone", "-i", "local", apex_of(path), path)
    lines = [line for line in result.stdout.splitlines() if line != "OK" and ": loaded serial " not in line]
    return result.returncode != 0, bool(lines)


def kzonecheck(path):
    result = ptrd.run("kzonecheck", "-o", apex_of(path), path)  # dies of bad-data.zone
    return result.returncode != 0, result.returncode != 0 or bool(result.stdout + result.stderr)


def nsd_checkzone(path):
    result = ptrd.run("nsd-checkzone", apex_of(path), path)
    return result.returncode != 0, bool(re.search("error|warning", result.stdout + result.stderr))


@functools.lru_cache(maxsize=None)
def checked(path):
    """What ptrzone check says of a wrong zone, for two tests."""
    return ptrd.ptrzone("check", path)


class WrongZonesTest(unittest.TestCase):
    def test_folder_of_wrong_zones(self):
        """Each wrong zone has the findings that its comments announce, on their lines, and no others; sorted, then counted."""
        result = ptrd.ptrzone("check", WRONG)
        self.assertEqual(result.returncode, 1, result)
        self.assertEqual(result.stderr, "")
        *lines, last = result.stdout.splitlines()
        found, order = {}, []
        for line in lines:
            match = FINDING.fullmatch(line)
            self.assertIsNotNone(match, line)
            found.setdefault(match["file"], []).append(match)
            order.append((match["file"], int(match["line"] or 0)))
        self.assertEqual(order, sorted(order))
        for path in wrong_zones():
            with self.subTest(os.path.basename(path)):
                rest = found.pop(path, [])
                for line, severity, text in expected_findings(path):
                    match = next((m for m in rest if (m["line"], m["severity"]) == (line, severity) and text in m["text"]), None)
                    self.assertIsNotNone(match, f"line {line}: {severity}: {text}")
                    rest.remove(match)
                self.assertEqual([m.group() for m in rest], [])
        self.assertEqual(found, {})
        counts = [int(n) for n in COUNTS.fullmatch(last).groups()]
        self.assertEqual(counts[2], sum(": error: " in line for line in lines))
        self.assertEqual(counts[3], sum(": warning: " in line for line in lines))

    def test_beside_the_other_checkers(self):
        """What all three other checkers reject is an error here, and what none of them rejects is not; what two of them report has a
        finding."""
        for path in wrong_zones():
            with self.subTest(os.path.basename(path)):
                ours = checked(path)
                theirs = [named_checkzone(path), kzonecheck(path), nsd_checkzone(path)]
                told = f"BIND, Knot, NSD (refused, complained): {theirs}\n{ours.stdout}"
                refused = sum(refused for refused, _ in theirs)
                if refused in (0, 3) and os.path.basename(path) not in READER:
                    self.assertEqual(ours.returncode, 1 if refused else 0, told)
                if sum(complained for _, complained in theirs) >= 2:
                    self.assertGreater(len(ours.stdout.splitlines()), 1, told)

    def test_nothing_wrong(self):
        """The zone that looks odd but has no finding here is accepted silently by all three others."""
        path = os.path.join(WRONG, "nothing-wrong.zone")
        self.assertEqual([named_checkzone(path), kzonecheck(path), nsd_checkzone(path)], [(False, False)] * 3)

    def test_each_error_refuses_compilation(self):
        """A zone with an error is not compiled; one with warnings is, unless --strict is given."""
        folder = ptrd.temporary_folder()
        for path in wrong_zones():
            with self.subTest(os.path.basename(path)):
                result = checked(path)
                findings = result.stdout.splitlines()[:-1]
                errors = [line for line in findings if ": error: " in line]
                self.assertEqual(result.returncode, 1 if errors else 0, result)
                for options, refused in (((), errors), (("--strict",), findings)):
                    image = f"{folder}/image.ptri"
                    result = ptrd.ptrzone("compile", *options, "-o", image, path)
                    self.assertEqual(result.returncode, 1 if refused else 0, result)
                    self.assertEqual(os.path.exists(image), not refused)
                    if not refused:
                        os.remove(image)
                    told = [line for line in result.stderr.splitlines() if not line.startswith("ptrzone: ")]
                    self.assertEqual(told, [line.replace(": warning: ", ": error: ") if options else line for line in findings])
                strict = ptrd.ptrzone("check", "--strict", path)
                self.assertEqual(strict.returncode, 1 if findings else 0, strict)


class CheckTest(unittest.TestCase):
    def setUp(self):
        self.folder = ptrd.temporary_folder()

    def write(self, name, text):
        path = f"{self.folder}/{name}"
        with open(path, "w") as file:
            file.write(text)
        return path

    def test_examples_are_clean(self):
        """The zones of the repository have no findings; those of these tests no errors."""
        result = ptrd.ptrzone("check", "--strict", ptrd.ZONES)
        self.assertEqual((result.returncode, len(result.stdout.splitlines())), (0, 1), result)
        self.assertEqual(ptrd.ptrzone("check", ptrd.TEST_ZONES).returncode, 0)

    def test_closing_line(self):
        """The last line counts zones, records and findings, also when there are none."""
        clean = self.write("2.0.192.in-addr.arpa.zone", SOA + "1 PTR a.example.\n2 PTR b.example.\n")
        result = ptrd.ptrzone("check", clean)
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "1 zone, 5 records: 0 errors, 0 warnings\n", ""))
        self.write("100.51.198.in-addr.arpa.zone", SOA + "1 PTR a_b.example.\n2 CNAME a.example.\n2 TXT b\n")
        result = ptrd.ptrzone("check", self.folder)
        self.assertEqual(result.returncode, 1, result)
        self.assertEqual(result.stdout.splitlines()[-1], "2 zones, 11 records: 1 error, 1 warning")

    def test_signatures_keep_their_ttls(self):
        """Each signature of a name has the TTL of what it covers (RFC 4034 3): dump and diff show it, and what compile made of the
        dump is the same. A zone without a DNSKEY record is not a signed one, and a warning says so."""
        text = SOA + "".join(f"1 {ttl} {data}\n" for ttl, data in (
            (3600, "PTR a.example."), (300, "NSEC @ PTR RRSIG NSEC"), (3600, "RRSIG PTR 13 6 3600 20361229090458 20261129090458 9078 @ AQID"),
            (300, "RRSIG NSEC 13 6 300 20361229090458 20261129090458 9078 @ AQID")))
        image, again = f"{self.folder}/a.ptri", f"{self.folder}/b.ptri"
        path = self.write("2.0.192.in-addr.arpa.zone", "$TTL 3600\n" + text)
        result = ptrd.ptrzone("compile", "-o", image, path)
        self.assertEqual((result.returncode, result.stderr.count("\n")), (0, 1), result)
        self.assertIn(f"{path}:7: warning: the zone 2.0.192.in-addr.arpa. has signatures, but no DNSKEY record: ", result.stderr)
        dump = ptrd.ptrzone("dump", image).stdout
        ttls = r"1\.2\.0\.192\.in-addr\.arpa\.\t(\d+)\tIN\t(RRSIG\t\w+|\w+)"
        self.assertEqual(sorted(re.findall(ttls, dump)), [("300", "NSEC"), ("300", "RRSIG\tNSEC"), ("3600", "PTR"), ("3600", "RRSIG\tPTR")])
        dumped = self.write("dumped.zone", dump)
        self.assertEqual(ptrd.ptrzone("compile", "-o", again, f"2.0.192.in-addr.arpa={dumped}").returncode, 0)
        self.assertEqual(ptrd.ptrzone("diff", image, again).returncode, 0)
        self.write("2.0.192.in-addr.arpa.zone", "$TTL 3600\n" + text.replace("1 300", "1 200"))
        self.assertEqual(ptrd.ptrzone("compile", "-o", again, path).returncode, 0)
        difference = ptrd.ptrzone("diff", image, again)
        self.assertEqual(difference.returncode, 1)
        self.assertEqual(re.findall("([-+]) ?" + ttls, difference.stdout), [
            ("-", "300", "RRSIG\tNSEC"), ("+", "200", "RRSIG\tNSEC"), ("-", "300", "NSEC"), ("+", "200", "NSEC")], difference.stdout)

    def test_paths(self):
        """PATH is a file, a folder, or APEX=FILE; one file under several apexes is reported once."""
        text = self.write("common.db", SOA + "1 PTR a_b.example.\n")
        result = ptrd.ptrzone("check", *(f"{i}.18.198.in-addr.arpa={text}" for i in range(8)))
        self.assertEqual(result.returncode, 0, result)
        self.assertEqual(result.stdout.splitlines(), [
            f"{text}:4: warning: PTR target a_b.example. is not a host name: label 'a_b' contains '_'",
            "8 zones, 32 records: 0 errors, 1 warning"])

    def test_files_that_cannot_be_read(self):
        """A missing file or folder is an error, and the rest is still checked."""
        clean = self.write("2.0.192.in-addr.arpa.zone", SOA)
        for path in (f"{self.folder}/nowhere.zone", f"{self.folder}/nowhere"):
            result = ptrd.ptrzone("check", path, clean)
            self.assertEqual(result.returncode, 1, result)
            self.assertIn(f"{path}: error: ", result.stdout)
            self.assertTrue(result.stdout.endswith("1 zone, 3 records: 1 error, 0 warnings\n"), result)

    def test_wrong_usage(self):
        """A missing path, and an unknown option, are wrong usage: status 2."""
        for arguments in ([], ["--no-such-option", self.folder]):
            result = ptrd.ptrzone("check", *arguments)
            self.assertEqual(result.returncode, 2, result)
            self.assertNotEqual(result.stderr, "")

    def test_findings_are_limited(self):
        """An error throughout a zone is reported a hundred times, and then counted."""
        path = self.write("10.in-addr.arpa.zone", SOA + "".join(
            f"$GENERATE 0-255 $.{i}.{j} PTR h_$.example.\n" for i in range(256) for j in range(4)))
        result = ptrd.ptrzone("check", path, timeout=30)
        self.assertEqual(result.returncode, 0, result)
        lines = result.stdout.splitlines()
        self.assertEqual(len(lines), 102)
        self.assertEqual(lines[-2], f"{path}:1027: warning: and 262044 more up to here: a PTR target that is not a host name")
        self.assertEqual(lines[-1], "1 zone, 262147 records: 0 errors, 101 warnings")

    def test_speaks_for_all_files(self):
        """A finding in an included file names that file."""
        part = self.write("part.db", "1 PTR a_b.example.\n")
        self.write("2.0.192.in-addr.arpa.zone", SOA + "$INCLUDE part.db\n")
        result = ptrd.ptrzone("check", self.folder)
        self.assertIn(f"{part}:1: warning: ", result.stdout)

    def test_include_from_elsewhere(self):
        """A zone's $INCLUDE of a file elsewhere does not disclose it; the message names the option that permits it."""
        elsewhere = ptrd.temporary_folder()
        with open(f"{elsewhere}/part.db", "w", encoding="ascii") as file:
            file.write("topsecret words\n")
        path = self.write("2.0.192.in-addr.arpa.zone", SOA + f"$INCLUDE {elsewhere}/part.db\n$INCLUDE /etc/passwd\n")
        for command in (("check",), ("compile", "-o", f"{self.folder}/x.ptri"), ("lint",), ("forward",), ("diff", path)):
            result = ptrd.ptrzone(*command, path)
            self.assertNotEqual(result.returncode, 0, result)
            self.assertNotIn("topsecret", result.stdout + result.stderr)
            self.assertNotIn("root", result.stdout + result.stderr)
            self.assertIn("'/etc/passwd': outside the zone file's directory; permit it with --allow-include PATH", result.stdout + result.stderr)
        result = ptrd.ptrzone("check", "--allow-include", elsewhere, "--allow-include", "/etc/passwd", path)
        self.assertIn(f"{elsewhere}/part.db:1: error: ", result.stdout)
        self.assertIn("/etc/passwd:1: error: ", result.stdout)
        self.assertNotIn("topsecret", result.stdout)
        self.assertNotIn("root", result.stdout)
        with open(f"{elsewhere}/part.db", "w", encoding="ascii") as file:
            file.write("1 PTR a.example.\n")
        path = self.write("2.0.192.in-addr.arpa.zone", SOA + f"$INCLUDE {elsewhere}/part.db\n")
        for command in (("check",), ("compile", "-o", f"{self.folder}/x.ptri"), ("lint",), ("forward",), ("diff", path)):
            self.assertEqual(ptrd.ptrzone(*command, "--allow-include", elsewhere, path).returncode, 0, command)


if __name__ == "__main__":
    unittest.main()
