#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Zone text as other programs and people write it: what ptrzone says of it, and whether BIND reads the same records from it."""

import os
import random
import re
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import ptrd

APEX = "2.0.192.in-addr.arpa"
HEAD = "$TTL 1h\n@ IN SOA ns1.example.net. host.example.net. 1 4h 1h 2w 1h\n@ IN NS ns1.example.net.\n@ IN NS ns2.example.net.\n"
# What dnscmd /ZoneExport and Windows DNS itself write.
WINDOWS = """\
;
;  Database file 2.0.192.in-addr.arpa.dns for Default zone scope in zone 2.0.192.in-addr.arpa.
;      Zone version:  5
;

@                       IN  SOA dc1.example.net. hostmaster.example.net. (
                        \t5            ; serial number
                        \t900          ; refresh
                        \t600          ; retry
                        \t86400        ; expire
                        \t3600       ) ; default TTL

@                       NS\tdc1.example.net.
@                       NS\tdc2.example.net.

;
;  WINSR lookup record
;

@                       0\tWINSR\tLOCAL L2 C900 ( example.net. )

;
;  Zone records
;

10                      [AGE:3652014]\t1200\tPTR\thost10.example.net.
                        [AGE:3652015]\t1200\tPTR\thost10b.example.net.
11                      3600\tPTR\thost11.example.net.
"""

# Characters of names that need no escape (RFC 1035 5.1), beside letters, digits and hyphens.
NAME_SIGNS = "!#%&'+,:<=>?[]^`{|}~@_*/"
HEX = "0123456789abcdefABCDEF"
BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


class OddText:
    """Records in forms that BIND reads. A part of a record's data is a string, or a list of strings between which blanks may be."""

    def __init__(self, seed):
        self._random = random.Random(seed)

    def name(self):
        labels = ["".join(self._random.choices("abcXYZ019-" + NAME_SIGNS, k=self._random.randint(1, 8)))
                  for _ in range(self._random.randint(1, 3))]
        if self._random.random() < 0.1:
            labels[0] += self._random.choice(["\\.", "\\032", "\\@", "\\;", "\\\\", '\\"'])
        return self._random.choice([".".join(labels), ".".join(labels) + ".", "@"])

    def digits(self, alphabet, size, end=""):
        text = "".join(self._random.choices(alphabet, k=size)) + end
        cuts = sorted(self._random.sample(range(1, len(text)), min(len(text) - 1, self._random.randint(0, 4))))
        return [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)])]

    def hexadecimal(self, octets):
        return self.digits(HEX, 2 * octets)

    def base64(self):
        octets = self._random.randint(2, 30)
        whole, rest = divmod(octets, 3)
        # Bits of the last digit that say nothing are zero.
        return self.digits(BASE64, 4 * whole, {0: "", 1: "AQ==", 2: "AQI="}[rest])

    def string(self):
        if self._random.random() < 0.3:
            return "".join(self._random.choices("abc0=+", k=self._random.randint(1, 12)))
        text = "".join(self._random.choices("abc 0;()=+é\\", k=self._random.randint(0, 12))).replace("\\", '\\"')
        return f'"{text}"'

    def types(self):
        names = ["A", "MX", "PTR", "TYPE1234", "AMTRELAY", "HIP", "WKS", "DLV", "DSYNC", "MB"]
        return [part for name in self._random.sample(names, self._random.randint(1, 5)) for part in (name,)]

    def number(self, bits):
        return str(self._random.randrange(1 << bits))

    def record(self):
        """Type and data."""
        number, name, string = self.number, self.name, self.string
        key = [number(16), number(8), str(self._random.choice([5, 8, 13])), self.base64()]
        digest = [number(16), number(8), "2", self.hexadecimal(32)]
        address = f"192.0.2.{number(8)}"
        return self._random.choice([
            ("PTR", [name()]), ("RT", [number(16), name()]), ("CNAME", [name()]), ("MX", [number(16), name()]), ("MB", [name()]),
            ("SRV", [number(16), number(16), number(16), name()]), ("RP", [name(), name()]), ("AFSDB", [number(16), name()]),
            ("NAPTR", [number(16), number(16), '"s"', '"SIP+D2U"', '""', name()]), ("PX", [number(16), name(), name()]),
            ("TXT", [string() for _ in range(self._random.randint(1, 4))]), ("HINFO", [string(), string()]),
            ("CAA", ["0", "issue", string()]), ("A", [address]), ("AAAA", ["2001:db8::" + number(8)]),
            ("DNSKEY", key), ("CDNSKEY", key), ("DS", digest), ("CDS", digest), ("DLV", digest), ("TLSA", ["3", "1", "1", self.hexadecimal(32)]),
            ("SSHFP", ["4", "2", self.hexadecimal(32)]), ("OPENPGPKEY", [self.base64()]), ("CERT", ["1", number(16), "8", self.base64()]),
            ("DHCID", [self.base64()]), ("SMIMEA", ["3", "0", "0", self.hexadecimal(9)]),
            ("RRSIG", [self._random.choice(["A", "AMTRELAY", "TYPE300"]), "8", "3", number(31), "20380101000000", "20250101000000", number(16),
                       "a+b.example.", self.base64()]),
            ("NSEC", [name(), *self.types()]), ("CSYNC", [number(32), "3", *self.types()]),
            ("NSEC3", ["1", "1", number(8), "".join(self.hexadecimal(4)), "2t7b4g4vsa5smi47k61mv5bv1a22bojr", *self.types()]),
            ("IPSECKEY", ["10", "1", "2", address, self.base64()]), ("IPSECKEY", ["10", "3", "2", name(), self.base64()]),
            ("SVCB", [number(8), name(), "alpn=h2", self._random.choice(["dohpath=/dns{?dns}", 'key9="a b"', "port=53"])]),
            ("AMTRELAY", [number(8), number(1), "1", address]), ("AMTRELAY", [number(8), number(1), "3", name()]),
            ("AMTRELAY", [number(8), number(1), "2", "2001:db8::" + number(8)]), ("AMTRELAY", [number(8), "0", "0", "."]),
            ("HIP", ["2", "".join(self.hexadecimal(16)), "".join(self.base64()), *(name() for _ in range(self._random.randint(0, 2)))]),
            ("WKS", [address, self._random.choice(["TCP", "UDP", "6"]), "domain", "123", number(12)]),
            ("ISDN", [string(), string()]), ("ISDN", ["150862028003217"]), ("X25", ["311061700956"]),
            ("RESINFO", ["qnamemin", "exterr=15-17"]), ("WALLET", [string()]), ("GPOS", ["-32.6882", "116.8652", '"10.0"']),
            ("DSYNC", ["CDS", self._random.choice(["NOTIFY", "7"]), number(16), name()]),
            ("NSAP", ["0x47.0005.80.005a00.0000.0001.e133.ffffff000161.00"]), ("NINFO", [string()]), ("TALINK", [name(), name()]),
            ("RKEY", ["0", *key[1:]]), ("TA", digest), ("EID", [self.hexadecimal(5)]), ("AVC", [string()]), ("SINK", ["1", "2", "3", self.base64()]),
            ("TYPE65280", ["\\#", "6", self.hexadecimal(6)]), ("TYPE12", ["\\#", "3", ["01", "6", "100"]]),
        ])

    def line(self, owner):
        """One record of the zone, with white space, parentheses and comments in any place that allows them."""
        mnemonic, data = self.record()
        words = self._random.choice([[], ["IN"], ["CLASS1"], ["60"], ["in", "1h"], ["1h30m", "Class1"], ["60", "IN"]])
        mnemonic = self._random.choice([mnemonic, mnemonic.lower()])
        words = [*words, mnemonic, *(piece for part in data for piece in ([part] if isinstance(part, str) else part))]
        if self._random.random() < 0.6:
            return owner + "".join(self._random.choice([" ", "\t", "  "]) + word for word in words) + self._random.choice(["", " ; c (\"", "\r"])
        opened = self._random.randrange(len(words))
        out = owner
        for index, word in enumerate(words):
            gap = self._random.choice([" ", " ", "\n", " ; comment ) \" é\n", "\r\n\t"]) if index > opened else " "
            out += gap + (self._random.choice(["(", "( "]) if index == opened else "") + word
        return out + self._random.choice([")", " )", "\n)", " ; c\n ) ; c"])

    def zone(self, records):
        lines = [self.line(f"{number}{self._random.choice(['', self._random.choice(NAME_SIGNS)])}") for number in range(records)]
        return HEAD + "\n".join(lines) + "\n"


class ZoneTextTest(unittest.TestCase):
    def setUp(self):
        self.folder = ptrd.temporary_folder()

    def write(self, text, name=APEX + ".zone", encoding="utf-8"):
        path = f"{self.folder}/{name}"
        with open(path, "w", encoding=encoding, newline="") as file:
            file.write(text)
        return path

    def check(self, text, **options):
        """Status and findings, without the file's name."""
        path = self.write(text, **options)
        result = ptrd.ptrzone("check", path)
        self.assertEqual(result.stderr, "")
        return result.returncode, [line.removeprefix(path + ":").lstrip() for line in result.stdout.splitlines()[:-1]]

    def named_text(self, path):
        """A zone as BIND writes it: sorted, each record on a line, types that it has no form for in that of RFC 3597 5."""
        result = ptrd.run("named-compilezone", "-i", "none", "-k", "ignore", "-n", "ignore", "-r", "ignore", "-s", "full",
                          "-o", "-", APEX + ".", path)
        lines = [line for line in result.stdout.splitlines() if "\tIN " in line or " IN " in line]
        self.assertEqual(result.returncode, 0, result.stderr)
        return sorted(re.sub(r"\s+", " ", line) for line in lines if not line.startswith(";"))

    def test_same_records_as_bind(self):
        """Some hundreds of odd records: BIND makes the same zone of the text and of what ptrzone dumps after compiling it."""
        for seed in range(4):
            with self.subTest(seed=seed):
                path = self.write(OddText(seed).zone(150))
                image = f"{self.folder}/image.ptri"
                result = ptrd.ptrzone("compile", "-o", image, path)
                self.assertEqual(result.returncode, 0, result.stderr)
                dump = ptrd.ptrzone("dump", image)
                self.assertEqual(dump.returncode, 0, dump.stderr)
                again = self.write(dump.stdout, name="dump")
                expected = self.named_text(path)
                self.assertGreater(len(expected), 150)
                self.assertEqual(self.named_text(again), expected)
                # And ptrzone reads its own dump to the same bytes.
                result = ptrd.ptrzone("compile", "-o", image + "2", f"{APEX}={again}")
                self.assertEqual(result.returncode, 0, result.stderr)
                self.assertEqual(ptrd.ptrzone("dump", image + "2").stdout, dump.stdout)

    def test_types_as_bind_prints_them(self):
        """Types that libzscanner does not know are dumped as BIND writes them, with all of their forms."""
        lines = (
            "AMTRELAY 10 0 1 203.0.113.15", "AMTRELAY 10 1 3 relay.example.", "AMTRELAY 10 0 2 2001:db8::15", "AMTRELAY 0 0 0 .",
            "HIP 2 200100107B1A74DF365639CC39F1D578 AQID", "HIP 2 200100107B1A74DF365639CC39F1D578 AQID rvs.example. rvs2.example.",
            'ISDN "150862028003217" "004"', 'ISDN "150862028003217"', 'X25 "311061700956"', "WKS 10.0.0.1 6 21 23 25 53", "WKS 10.0.0.1 17",
            "DLV 60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118", "TA 60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118",
            'RESINFO "qnamemin" "exterr=15-17"', 'WALLET "BTC" "1abc"', 'AVC "x"', 'NINFO "x" "y"', "DSYNC CDS NOTIFY 5359 cds.example.",
            "DSYNC CSYNC 5 53 x.example.", "MB a.example.", "MG a.example.", "MR a.example.", "PX 10 a.example. b.example.",
            'GPOS "-32.6882" "116.8652" "10.0"', "NSAP 0x47000580005a0000000001e133ffffff00016100", "NSAP-PTR a.example.", "EID 12AF39",
            "NIMLOC 12AF39", "SINK 1 2 3 AQID", "RKEY 0 3 5 AQID", "TALINK a.example. b.example.", "NSEC a.example. A MB WKS HIP DSYNC AMTRELAY",
            "RRSIG AMTRELAY 5 3 3600 20380101000000 20250101000000 2642 example. AQID")
        path = self.write(HEAD + "".join(f"x{number} {line}\n" for number, line in enumerate(lines)))
        image = ptrd.compile_image(f"{self.folder}/image.ptri", path)
        dumped = [re.sub(r"\s+", " ", line) for line in ptrd.ptrzone("dump", image).stdout.splitlines() if not line.startswith("$")]
        self.assertEqual(sorted(dumped), self.named_text(path))
        for number, line in enumerate(lines):
            self.assertIn(f"x{number}.{APEX}. 3600 IN {line}", dumped)

    def test_export_of_windows_dns(self):
        """An export of Windows DNS compiles; the warnings say what is left out, once for all time stamps."""
        for text in (WINDOWS, WINDOWS.replace("\n", "\r\n")):
            status, findings = self.check(text)
            self.assertEqual((status, [finding for finding in findings if ": SOA: " not in finding]), (0, [
                "20: warning: the record is not served: WINS and WINSR are rules by which Windows DNS looks names up",
                "26: warning: [AGE:...], a time stamp of Windows DNS, is ignored, here and in other records"]))
        image = ptrd.compile_image(f"{self.folder}/image.ptri", self.write(WINDOWS))
        self.assertEqual(re.findall(r"^(\d+)\.\S+\t(\d+)\tIN\tPTR\t(\S+)$", ptrd.ptrzone("dump", image).stdout, re.MULTILINE),
                         [("10", "1200", "host10.example.net."), ("10", "1200", "host10b.example.net."), ("11", "3600", "host11.example.net.")])

    def test_encodings(self):
        """UTF-16 is named, with the command that converts it, which helps; a byte order mark is skipped with a warning."""
        text = HEAD + "1 PTR a.example.\n"
        status, findings = self.check(text, encoding="utf-16")
        self.assertEqual((status, findings), (1, ["error: the file is UTF-16; convert it to UTF-8 with iconv -f UTF-16 -t UTF-8"]))
        path = f"{self.folder}/{APEX}.zone"
        converted = ptrd.run(*re.search(r"iconv .*", findings[0])[0].split(), path).stdout
        self.assertEqual(self.check(converted), (0, []))
        self.assertEqual(self.check(text, encoding="utf-8-sig"), (
            0, ["1: warning: the byte order mark at the start is skipped; BIND, Knot and NSD refuse it"]))

    def test_line_ends(self):
        """Lines in either form may alternate, whichever comes first."""
        lines = (HEAD + "1 PTR a.example.\n2 TXT ( \"x\"\n y )\n").splitlines()
        dumps = set()
        for first, second in (("\n", "\r\n"), ("\r\n", "\n"), ("\n", "\n"), ("\r\n", "\r\n")):
            path = self.write("".join(line + (second if number % 2 else first) for number, line in enumerate(lines)))
            image = ptrd.compile_image(f"{self.folder}/image.ptri", path)
            dumps.add(ptrd.ptrzone("dump", image).stdout)
        self.assertEqual(len(dumps), 1)

    def test_messages_name_the_cause(self):
        """Each message says what is wrong in the text as it is written, and what to do."""
        for line, expected in (
                ("18 IN IN PTR a.example.", "error: the class is given twice, as 'IN' and 'IN'"),
                ("18 PTR münchen.example.", "error: 'm\\195\\188nchen.example.' contains U+00FC; write names in ASCII (xn--...), and other text in quotes"),
                ("18\u00a0PTR a.example.", "error: '18\\194\\160PTR' contains U+00A0, a no-break space; replace it with a blank"),
                ("18 PTR ( a+b.example.", "error: the record's '(' has no matching ')'"),
                ("18 A6 0 2001:db8::1", "error: unsupported record type at 'A6'; write other types as TYPE123 \\# length hex (RFC 3597 5)"),
                ("18 SIG A", "error: the data of SIG are read only in the form TYPE24 \\# length hex (RFC 3597 5)"),
                ("18 AMTRELAY 10 0 1 x", "error: AMTRELAY: invalid IPv4 address 'x'"),
                ("18 NSEC3 1 1 1 - 2t7b4g4= A", "error: Base32hex in an NSEC3 record has no padding (RFC 5155 3.3)"),
                ("18 2147483648 PTR a.example.", "warning: TTL 2147483648 is above 2147483647; it is taken as 0 (RFC 2181 8)")):
            with self.subTest(line):
                status, findings = self.check(HEAD + line + "\n19 PTR b.example.\n")
                self.assertEqual(findings, [f"5: {expected}"])
                self.assertEqual(status, 1 if expected.startswith("error") else 0)


if __name__ == "__main__":
    unittest.main()
