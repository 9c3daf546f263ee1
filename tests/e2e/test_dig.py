#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""dig's output for answers with more than one record: the transcripts in tests/e2e/transcripts; ptrzone lookup beside dig."""

import glob
import itertools
import os
import re
import shlex
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import ptrd
import test_socket

TRANSCRIPTS = os.path.join(ptrd.ROOT, "tests", "e2e", "transcripts")
OPTIONS = ("+nocmd", "+nostats", "+nocookie", "+tries=1", "+time=3")


def asked(port, command):
    """dig's output with the message id set to 0; `command` is a line such as `dig -x 192.0.2.1`."""
    program, *arguments = shlex.split(command)
    assert program == "dig"
    result = ptrd.run("dig", "@127.0.0.1", "-p", str(port), *OPTIONS, *arguments)
    return re.sub(r"id: \d+", "id: 0", result.stdout).strip()


class TranscriptsTest(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        folder = ptrd.temporary_folder()
        cls.port = test_socket.free_port()
        cls.server = ptrd.Ptrd(ptrd.compile_image(f"{folder}/image", TRANSCRIPTS), "--socket", f"127.0.0.1:{cls.port}",
                               "--server-id", "ns1-rack7", "--server-version", "ptrd").start()
        cls.addClassCleanup(cls.server.stop)

    def check(self, name):
        """The transcript's first line is the command, the rest is the expected output of dig."""
        with open(os.path.join(TRANSCRIPTS, name + ".txt")) as file:
            prompt, _, expected = file.read().partition("\n")
        self.assertEqual(asked(self.port, prompt.removeprefix("$ ")), expected.strip())

    def test_all_are_tested(self):
        """Each transcript has a test here."""
        names = {os.path.basename(path).removesuffix(".txt") for path in glob.glob(os.path.join(TRANSCRIPTS, "*.txt"))}
        self.assertEqual(names, {test.removeprefix("test_") for test in dir(self) if test.startswith("test_")} - {"all_are_tested"})

    def test_referral(self):
        """Below a cut: its NS without AA, and glue for the server inside only (RFC 1034 4.3.2 3b)."""
        self.check("referral")

    def test_wildcard(self):
        """A name that does not exist gets the wildcard's record under its own name (RFC 4592)."""
        self.check("wildcard")

    def test_dname(self):
        """The DNAME, the CNAME made of it, and what that leads to (RFC 6672 3.2)."""
        self.check("dname")

    def test_rfc2317(self):
        """The address's CNAME, and the PTR from the customer's zone on the same server."""
        self.check("rfc2317")

    def test_any(self):
        """One record set is the whole answer (RFC 8482 4.1)."""
        self.check("any")

    def test_nsid(self):
        """The server's id comes with the answer (RFC 5001)."""
        self.check("nsid")

    def test_zone_version(self):
        """With an empty ZONEVERSION option, labels of the zone's name, type and serial come with the answer (RFC 9660)."""
        self.check("zone_version")

    def test_badvers(self):
        """EDNS version 1 is refused with BADVERS and our version, 0 (RFC 6891 6.1.3)."""
        self.check("badvers")

    def test_chaos(self):
        """Class CH returns the version that was set (RFC 4892)."""
        self.check("chaos")

    def test_not_ours(self):
        """A name in none of the zones: REFUSED, with the extended error "Not Authoritative" (RFC 8914 4.21)."""
        self.check("not_ours")

    def test_nxdomain(self):
        """A missing name gets the SOA, its TTL cut to the negative one (RFC 2308 3)."""
        self.check("nxdomain")


class UntoldTest(unittest.TestCase):
    def test_untold_by_default(self):
        """Without --server-id and --server-version nothing is disclosed: REFUSED in class CH, no NSID."""
        folder = ptrd.temporary_folder()
        port = test_socket.free_port()
        with ptrd.Ptrd(ptrd.compile_image(f"{folder}/image", TRANSCRIPTS), "--socket", f"127.0.0.1:{port}"):
            for question in ("version.bind", "id.server", "hostname.bind", "version.server"):
                self.assertIn("status: REFUSED", asked(port, f"dig {question} CH TXT"))
            self.assertNotIn("NSID", asked(port, "dig -x 192.0.2.1 +nsid"))


# Data in which dig's text and that of zone files may differ. (CERT is left out: dig has names for its numbers.)
DATA = r"""
AFSDB 1 a\+b.example.net.
APL 1:192.168.32.0/21 !1:192.168.38.0/28 2:ff00::/8
CAA 0 issue "ca.example.net; x=\"1\""
CNAME a\+b\.c.example.net.
DHCID AAIBY2/AuCccgoJbsaxcQc9TUapptP69lOjxfNuVAA2kjEA=
EUI48 00-00-5e-00-53-2a
EUI64 00-00-5e-ef-10-00-00-2a
HINFO "a b" c
HTTPS 1 . alpn="h2,h3" port=8443 ipv4hint=192.0.2.1
HTTPS 2 a\+b.example.net. mandatory=alpn alpn="h2,h3" no-default-alpn ech=AEj+DQ== ipv6hint=2001:db8::1 key667="hello\"\200"
IPSECKEY 10 3 2 a\+b.example.net. AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==
L64 10 2001:0DB8:1140:1000
LOC 42 21 54.123 N 71 06 18 W -24.15m 30m 0.05m 0.2m
LOC 52 22 23 N 4 53 32 E 0m 0.00m 10000m 10m
MX 10 a\#b.example.net.
NAPTR 100 10 "u" "E2U+sip" "!^.*$!sip:info@example.com!" .
NID 10 0014:4fff:ff20:ee64
NSEC3PARAM 1 0 10 -
RP a\.b.example.net. txt\,.example.net.
SRV 1 2 3 a\+b.example.net.
SSHFP 1 1 0123456789abcdef0123456789abcdef01234567
TLSA 3 1 1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
TXT "a\"b\\c;d\000\255 e" plain
TYPE65280 \# 3 0102ff
URI 10 1 "ftp://ftp1.example.com/public"
""".strip().splitlines()
QUESTIONS = [r"a\+b", r"a\#b", "a!b", r"a\000b", r"a\"b", r"a\$b", r"a\@b", r"a\.b", r"a\\b", "a,b", r"a\032b", "a_b", "A", "*"]


class LookupTest(unittest.TestCase):
    """ptrzone lookup prints what dig prints for the same question: the same words, whatever octets names have."""

    @classmethod
    def setUpClass(cls):
        cls.folder = ptrd.temporary_folder()
        # A target with each octet, and a name that owns it as well.
        records = [f"{octet} PTR a\\{octet:03}b.example.net." for octet in range(256)]
        records += [f"o{octet}\\{octet:03} PTR host.example.net." for octet in range(256)]
        records += [f"t{number} {record}" for number, record in enumerate(DATA)]
        with open(f"{cls.folder}/names.zone", "w") as file:
            file.write("$TTL 1h\n$ORIGIN 2.0.192.in-addr.arpa.\n@ SOA ns1.example.net. a\\.b\\+c.example.net. 1 2h 15m 2w 5m\n@ NS ns1.example.net.\n"
                       + "".join(record + "\n" for record in records))
        cls.image = ptrd.compile_image(f"{cls.folder}/image", f"{cls.folder}/names.zone")
        cls.port = test_socket.free_port()
        cls.server = ptrd.Ptrd(cls.image, "--socket", f"127.0.0.1:{cls.port}").start()
        cls.addClassCleanup(cls.server.stop)

    @staticmethod
    def words(text):
        """Its questions and records, each as a list of words."""
        return [line.split() for line in text.splitlines() if line.strip() and not line.startswith(";;")]

    def dig(self, questions):
        with open(f"{self.folder}/questions", "w") as file:
            file.write("".join(f"{name} {rdtype}\n" for name, rdtype in questions))
        return self.words(ptrd.run("dig", "@127.0.0.1", "-p", str(self.port), "+noall", "+question", "+answer", "+authority", "+noedns", "+nosplit",
                                   "+tcp", "+tries=1", "+time=3", "-f", f"{self.folder}/questions").stdout)

    def lookup(self, questions):
        text = ""
        for rdtype, group in itertools.groupby(questions, key=lambda question: question[1]):
            text += ptrd.ptrzone("lookup", self.image, "-", rdtype, input="".join(name + "\n" for name, _ in group)).stdout
        return self.words(text)

    def check(self, questions):
        questions = [(f"{name}.2.0.192.in-addr.arpa.", rdtype) for name, rdtype in questions]
        expected = self.dig(questions)
        self.assertGreaterEqual(len(expected), 2 * len(questions))
        self.assertEqual(self.lookup(questions), expected)

    def test_octets_of_targets(self):
        """Every octet in a target: only what RFC 1035 5.1 says is escaped."""
        self.check([(octet, "PTR") for octet in range(256)])

    def test_octets_of_owners(self):
        """Every octet that a question can bring, in the owner, and in names that do not exist."""
        self.check([(f"o{octet}\\{octet:03}", "PTR") for octet in range(256)] + [(name, "PTR") for name in QUESTIONS])

    def test_types(self):
        """Data of every type with a text of its own."""
        self.check([(f"t{number}", record.split()[0]) for number, record in enumerate(DATA)])

    def test_dump_stays_readable(self):
        """dump escapes for readers of zone text as before, and is read back as the same."""
        dump = ptrd.ptrzone("dump", self.image).stdout
        self.assertIn("\ta\\+b.example.net.\n", dump)
        with open(f"{self.folder}/again.zone", "w") as file:
            file.write(dump)
        again = ptrd.compile_image(f"{self.folder}/again", f"{self.folder}/again.zone")
        self.assertEqual(ptrd.ptrzone("diff", self.image, again).returncode, 0)


if __name__ == "__main__":
    unittest.main()
