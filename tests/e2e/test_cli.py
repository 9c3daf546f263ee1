#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""ptrzone's compile, lookup, dump and info."""

import json
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import dns.name
import dns.rdatatype
import dns.reversename

import dnscases
import ptrd
import test_socket


class CliTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = ptrd.temporary_folder()
        cls.image = dnscases.compile_all(cls.folder)

    def lookup(self, *question):
        result = ptrd.ptrzone("lookup", self.image, *question)
        self.assertEqual(result.returncode, 0, result)
        self.assertEqual(result.stderr, "", result)
        return result.stdout

    def test_lookup_by_address(self):
        """An IPv4 or IPv6 address is looked up as its PTR name; the answer reads as dig's."""
        for address, target in (("192.0.2.10", "ns1.example.net."), ("2001:db8:0:53::2", "ns2.example.net."),
                                ("2001:DB8:0001:0025::0025", "mx1.example.net.")):
            answer = self.lookup(address)
            self.assertIn(";; ->>HEADER<<- opcode: QUERY, status: NOERROR", answer)
            record = next(line.split() for line in answer.splitlines() if line and not line.startswith(";"))
            self.assertEqual(dns.name.from_text(record[0]), dns.reversename.from_address(address))
            self.assertEqual(record[1:], ["86400", "IN", "PTR", target])

    def test_lookup_by_name(self):
        """A name is looked up as it is, with PTR or the type that is given."""
        self.assertIn("ns1.example.net.", self.lookup("10.2.0.192.in-addr.arpa"))
        self.assertIn("ns1.example.net.", self.lookup("10.2.0.192.IN-ADDR.ARPA."))
        self.assertIn("prisoner.iana.org.", self.lookup("10.in-addr.arpa", "SOA"))
        self.assertIn("kept free", self.lookup("192.0.2.30", "TXT"))
        self.assertIn("TYPE65280", self.lookup("unknown.e2e.example", "TYPE65280"))

    def test_lookup_of_what_is_not_there(self):
        """NXDOMAIN, NODATA and REFUSED are answers like any other: status 0, the SOA in the authority section."""
        for question, status in ((["192.0.2.77"], "NXDOMAIN"), (["192.0.2.30"], "NOERROR"), (["203.0.112.1"], "REFUSED"),
                                 (["8.b.d.0.1.0.0.2.ip6.arpa", "A"], "NOERROR")):
            answer = self.lookup(*question)
            self.assertIn(f"status: {status},", answer)
            self.assertEqual("SOA" in answer, status != "REFUSED", answer)

    def test_lookup_agrees_with_the_zones(self):
        """A sample of all names gives the records of the zones."""
        for name, rdtype in dnscases.model().questions(step=97):
            expected = dnscases.model().expected(name, rdtype)
            if expected.kind == "answer":
                answer = self.lookup(str(name), dns.rdatatype.to_text(rdtype))
                answer_lines = [line for line in answer.splitlines() if line and not line.startswith(";")]
                self.assertGreaterEqual(len(answer_lines), len(expected.records), answer)

    def test_lookup_wrong_usage(self):
        """An unknown type and an invalid name are errors with status 2 or 1 and one line."""
        for question in (["192.0.2.10", "NOSUCHTYPE"], ["a..b"], ["x" * 64 + ".example"]):
            result = ptrd.ptrzone("lookup", self.image, *question)
            self.assertIn(result.returncode, (1, 2), result)
            self.assertEqual(len(result.stderr.splitlines()), 1, result)

    def test_mistaken(self):
        """A prefix is looked up nowhere; an address, a prefix or a name where dump takes a zone is in a zone, which the message names."""
        for prefix in ("192.0.2.0/24", "2001:db8::/32"):
            result = ptrd.ptrzone("lookup", self.image, prefix)
            self.assertEqual((result.returncode, result.stdout, len(result.stderr.splitlines())), (2, "", 1), result)
            self.assertIn("is a prefix", result.stderr)
        for what in ("192.0.2.10", "192.0.2.0/24", "10.2.0.192.in-addr.arpa"):
            result = ptrd.ptrzone("dump", self.image, what)
            self.assertEqual((result.returncode, result.stdout, len(result.stderr.splitlines())), (1, "", 1), result)
            self.assertIn(f"{what} is not a zone, but in 2.0.192.in-addr.arpa.: try `ptrzone dump {self.image} 2.0.192.in-addr.arpa.`", result.stderr)
        self.assertEqual(ptrd.ptrzone("dump", self.image, "2.0.192.in-addr.arpa.").returncode, 0)
        for what in ("203.0.112.1", "nowhere.test"):
            self.assertIn(f"no zone {what}; `ptrzone info", ptrd.ptrzone("dump", self.image, what).stderr)

    def test_counts_of_one(self):
        """One zone, one address: counts of one have the singular in what compile, info and map print."""
        with open(f"{self.folder}/one.zone", "w") as file:
            file.write("$ORIGIN 2.0.192.in-addr.arpa.\n@ 60 SOA ns1.example.net. h.example.net. 1 2h 15m 2w 5m\n@ 60 NS ns1.example.net.\n@ 60 NS ns2.example.net.\n;@range 192.0.2.7/32 h{d}.example.net. 60\n")
        compiled = ptrd.ptrzone("compile", "-o", f"{self.folder}/one.ptri", file.name)
        self.assertRegex(compiled.stdout, r"^.*/one\.ptri: 1 zone, 3 records, \d+ bytes\n$")
        self.assertRegex(ptrd.ptrzone("info", f"{self.folder}/one.ptri").stdout, r": format \d+, 3 records, [^\n]*\n  1 template: for 0 of the records, 1 more IPv4 address, 0 IPv6 prefixes; ")
        drawn = ptrd.ptrzone("map", f"{self.folder}/one.ptri", "-o", f"{self.folder}/one.svg", "--prefix", "192.0.2.0/24").stdout
        self.assertIn("name from a template  1 address\n", drawn)
        self.assertIn("in a zone, no name    255 addresses\n", drawn)

    def test_info(self):
        """info counts zones and records; with --json as JSON."""
        result = ptrd.ptrzone("info", self.image)
        self.assertEqual(result.returncode, 0, result)
        info = json.loads(ptrd.ptrzone("info", self.image, "--json").stdout)
        zones = dnscases.model().zones.values()
        self.assertEqual(info["zones"] if isinstance(info["zones"], int) else len(info["zones"]), len(zones))
        records = sum(len(rdataset) for zone in zones for name in zone.nodes for rdataset in zone.nodes[name])
        # The parent's copy of a child's NS records is never served where the child is here too.
        twice = sum(len(zone.get_rdataset(other.origin, dns.rdatatype.NS) or ()) for zone in zones for other in zones
                    if zone is not other)
        self.assertIn(info["records"], (records, records - twice))
        self.assertEqual(info["bytes"], os.path.getsize(self.image))
        self.assertAlmostEqual(info["bytes_per_record"], info["bytes"] / info["records"], delta=0.1)

    def test_compile_is_repeatable(self):
        """The same zones give the same bytes, whatever the number of jobs."""
        with open(self.image, "rb") as file:
            first = file.read()
        for jobs in ("1", "2"):
            again = f"{self.folder}/jobs{jobs}.ptri"
            ptrd.compile_image(again, "--jobs", jobs, ptrd.ZONES, ptrd.TEST_ZONES)
            with open(again, "rb") as file:
                self.assertEqual(file.read(), first)

    def test_one_text_for_many_apexes(self):
        """APEX=FILE compiles one text under several apexes, as AS112 does (RFC 7534)."""
        text = os.path.join(ptrd.ZONES, "as112", "dd-empty.db")
        image = ptrd.compile_image(f"{self.folder}/many.ptri", *(f"{i}.172.in-addr.arpa={text}" for i in range(16, 32)))
        for i in range(16, 32):
            result = ptrd.ptrzone("lookup", image, f"{i}.172.in-addr.arpa", "SOA")
            self.assertIn("prisoner.iana.org.", result.stdout)
        self.assertIn("status: REFUSED", ptrd.ptrzone("lookup", image, "32.172.in-addr.arpa", "SOA").stdout)

    def test_dump_and_recompile(self):
        """What dump prints compiles to an image that answers every question alike, byte for byte."""
        folder = ptrd.temporary_folder()
        for origin in dnscases.model().zones:
            zone = origin.to_text(omit_final_dot=True)
            result = ptrd.ptrzone("dump", self.image, zone)
            self.assertEqual(result.returncode, 0, result)
            with open(f"{folder}/{zone}.zone", "w") as file:
                file.write(result.stdout)
        again = ptrd.compile_image(f"{folder}/again.ptri", folder)
        questions = dnscases.model().questions() + [(name, dnscases.PTR) for name in dnscases.model().empty_non_terminals()] + \
            [(dnscases.name(f"{i}.2.0.192.in-addr.arpa"), dnscases.PTR) for i in range(256)]
        ports = [test_socket.free_port(), test_socket.free_port()]
        with ptrd.Ptrd(self.image, "--socket", f"127.0.0.1:{ports[0]}"), ptrd.Ptrd(again, "--socket", f"127.0.0.1:{ports[1]}"):
            first, second = (dnscases.Client("127.0.0.1", port) for port in ports)
            for name, rdtype in questions:
                wire = dnscases.query(name, rdtype, use_edns=0, payload=1232).to_wire()
                response = first.ask(wire)
                self.assertIsNotNone(response)
                self.assertEqual(response, second.ask(wire), f"{name} {rdtype}")
            first.close()
            second.close()

    def test_dump_of_unusual_records(self):
        """Names with signs that zone text escapes, and types that few know come back from a dump: the image is
        the same to the byte."""
        text = f"{self.folder}/unusual.zone"
        with open(text, "w") as file:
            file.write("""$ORIGIN 2.0.192.in-addr.arpa.
$TTL 3600
@ SOA ns1.example.net. host\\.master.example.net. 1 4h 1h 2w 1h
@ NS ns1.example.net.
@ NS ns2.example.net.
1 PTR a\\+b\\#.example.
\\# PTR hash.example.
a\\+b\\@\\;\\$ TXT "\\"quoted\\" \\\\ \\195\\169;" ""
wks TYPE11 \\# 5 C000020106
empty TYPE65280 \\# 0
loc LOC 42 21 54 N 71 6 18.5 W -24m 30m 10m 0.2m
apl APL 1:192.168.32.0/21 !2:ff00::/8
ipseckey IPSECKEY 10 3 2 gateway.example. AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==
rrsig RRSIG PTR 5 3 86400 20300322173103 20300220173103 2642 example. AQID
nsec NSEC . A MX TYPE1234
svcb SVCB 1 svc.example. alpn=h2,h3 port=853 ipv4hint=192.0.2.1 key7="/q{?dns}"
caa CAA 128 issue "ca.example; policy=ev"
naptr NAPTR 100 50 "s" "z3950+I2L" "" _z3950._tcp.example.
""")
        image = ptrd.compile_image(f"{self.folder}/unusual.ptri", text)
        dump = ptrd.ptrzone("dump", image)
        self.assertEqual(dump.returncode, 0, dump)
        with open(f"{self.folder}/again.zone", "w") as file:
            file.write(dump.stdout)
        again = ptrd.compile_image(f"{self.folder}/unusual_again.ptri", file.name)
        with open(image, "rb") as first, open(again, "rb") as second:
            self.assertEqual(first.read(), second.read())

    def test_dump_of_everything(self):
        """dump without a zone prints all of them."""
        result = ptrd.ptrzone("dump", self.image)
        self.assertEqual(result.returncode, 0, result)
        self.assertEqual(result.stdout.count("\tSOA\t") + result.stdout.count(" SOA "), len(dnscases.model().zones))

    def test_dump_of_no_such_zone(self):
        """A zone that is not in the image is named, status 1."""
        result = ptrd.ptrzone("dump", self.image, "4.3.2.in-addr.arpa")
        self.assertEqual(result.returncode, 1, result)
        self.assertIn("4.3.2.in-addr.arpa", result.stderr)


if __name__ == "__main__":
    unittest.main()
