#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Ranges: names that a rule makes, from zone text to the wire; compared with Knot's mod-synthrecord on the same prefixes."""

import contextlib
import ipaddress
import json
import os
import random
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import dns.reversename

import leftovers
import ptrd
import test_socket

SOA = "@ 3600 IN SOA ns1.example. host.example. 1 7200 3600 1209600 300\n@ 3600 IN NS ns1.example.\n@ 3600 IN NS ns2.example.\n"

V4 = SOA + """;@range 10.0.0.0/8 dyn4-{ip}.isp.example. 400
7.2.1.10.in-addr.arpa. 3600 IN PTR seven.example.
9.2.1.10.in-addr.arpa. 3600 IN TXT "no PTR"
x.11.2.1.10.in-addr.arpa. 3600 IN TXT "below an address"
5.1.10.in-addr.arpa. 3600 IN NS ns.elsewhere.example.
"""
V6 = SOA + """;@range 2001:db8::/32 dyn6-{ip6}.isp.example. 400
"""
ZONES = {"10.in-addr.arpa": V4, "8.b.d.0.1.0.0.2.ip6.arpa": V6}


def write_zones(folder):
    for apex, text in ZONES.items():
        with open(os.path.join(folder, apex + ".zone"), "w") as file:
            file.write(text)


@contextlib.contextmanager
def knot(folder, port):
    """knotd with the same ranges as modules."""
    config = os.path.join(folder, "knot.conf")
    with open(config, "w") as file:
        file.write(f"""
server:
    rundir: "{folder}"
    listen: 127.0.0.1@{port}
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
control:
    listen: "{folder}/knot.sock"
database:
    storage: "{folder}"
mod-synthrecord:
  - id: four
    type: reverse
    prefix: dyn4-
    origin: isp.example
    ttl: 400
    network: 10.0.0.0/8
  - id: six
    type: reverse
    prefix: dyn6-
    origin: isp.example
    ttl: 400
    network: 2001:db8::/32
template:
  - id: default
    storage: "{folder}"
    zonefile-sync: -1
    zonefile-load: whole
    journal-content: none
zone:
  - domain: 10.in-addr.arpa
    file: 10.in-addr.arpa.zone
    module: mod-synthrecord/four
  - domain: 8.b.d.0.1.0.0.2.ip6.arpa
    file: 8.b.d.0.1.0.0.2.ip6.arpa.zone
    module: mod-synthrecord/six
""")
    with open(os.path.join(folder, "knot.log"), "w") as log:
        process = subprocess.Popen(["knotd", "-c", config], stdout=log, stderr=log, preexec_fn=leftovers.die_with_parent)
    try:
        for _ in range(100):
            with contextlib.suppress(Exception):
                ask(port, "10.in-addr.arpa", "SOA", timeout=0.2)
                break
            time.sleep(0.1)
        else:
            raise AssertionError(open(os.path.join(folder, "knot.log")).read())
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)


def ask(port, name, rdtype, timeout=5):
    query = dns.message.make_query(name, rdtype)
    query.flags &= ~dns.flags.RD
    return dns.query.udp(query, "127.0.0.1", port=port, timeout=timeout)


def gist(reply):
    """What must agree: response code, AA, the answer, and the SOA of a negative answer."""
    return (dns.rcode.to_text(reply.rcode()), bool(reply.flags & dns.flags.AA),
            sorted(rrset.to_text().lower() for rrset in reply.answer),
            sorted((str(rrset.name), dns.rdatatype.to_text(rrset.rdtype)) for rrset in reply.authority))


def reverse(address):
    return dns.reversename.from_address(str(address)).to_text()


class RangesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = ptrd.temporary_folder()
        write_zones(cls.folder)
        cls.image = ptrd.compile_image(os.path.join(cls.folder, "ranges.ptri"), cls.folder)

    def serve(self, image):
        port = test_socket.free_port()
        server = ptrd.Ptrd(image, "--socket", f"127.0.0.1:{port}").start()
        self.addCleanup(server.stop)
        return port

    def test_as_knot(self):
        """Addresses, their neighbours, other types, names on the way and names below: the same replies as mod-synthrecord's."""
        chance = random.Random(6)
        names = [reverse(f"10.1.2.{i}") for i in range(0, 256, 3)] + [reverse(f"10.1.2.{i}") for i in (7, 8, 9)]
        names += [reverse(ipaddress.IPv4Address((10 << 24) + chance.getrandbits(24))) for _ in range(200)]
        base = int(ipaddress.IPv6Address("2001:db8::"))
        # Not those that end in zeros: Knot never leaves out the last groups, RFC 5952 4.2.3 does when they are the most.
        names += [reverse(ipaddress.IPv6Address(base + (chance.getrandbits(chance.choice((8, 16, 64, 96))) | 1))) for _ in range(200)]
        names += [reverse(ipaddress.IPv6Address(base + (chance.getrandbits(16) << chance.choice((16, 32, 48, 64)) | 1)))
                  for _ in range(50)]
        names += ["1." + reverse("10.200.1.1"), "5.1.10.in-addr.arpa.", reverse("10.1.5.77"), "300.1.2.10.in-addr.arpa.",
                  "11.2.1.10.in-addr.arpa.", reverse("192.0.2.1"), "77.10.in-addr.arpa.", "1.77.10.in-addr.arpa.",
                  "1.10.in-addr.arpa.", "f.f.8.b.d.0.1.0.0.2.ip6.arpa.", reverse("2001:db8::")]
        ours = self.serve(self.image)
        theirs = test_socket.free_port()
        with knot(self.folder, theirs):
            for name in names:
                for rdtype in ("PTR", "TXT"):
                    self.assertEqual(gist(ask(ours, name, rdtype)), gist(ask(theirs, name, rdtype)), (name, rdtype))

    def test_dig(self):
        """The answers as shown by dig."""
        port = self.serve(self.image)
        for address, target in (("10.255.0.1", "dyn4-10-255-0-1.isp.example."), ("10.1.2.7", "seven.example."),
                                ("2001:db8::", "dyn6-2001-db8--0.isp.example."),
                                ("2001:db8:1::5:0:6", "dyn6-2001-db8-1--5-0-6.isp.example.")):
            result = ptrd.run("dig", "@127.0.0.1", "-p", str(port), "+short", "+norec", "-x", address)
            self.assertEqual(result.stdout.strip(), target)

    def test_dump_and_back(self):
        """A dump of declared ranges compiles to an image with the same answers and the same dump."""
        text = ptrd.ptrzone("dump", self.image, "10.in-addr.arpa").stdout
        self.assertIn(";@range 10.0.0.0/8 dyn4-{a}-{b}-{c}-{d}.isp.example. 400\n", text)
        file = os.path.join(ptrd.temporary_folder(), "10.in-addr.arpa.zone")
        with open(file, "w") as out:
            out.write(text)
        again = ptrd.compile_image(file + ".ptri", file)
        self.assertEqual(ptrd.ptrzone("dump", again).stdout, text)
        for name in ("10.1.2.8", "10.1.2.9", "10.1.2.7", "10.1.5.1", "1.10.in-addr.arpa", "10.9.9.9"):
            self.assertEqual(ptrd.ptrzone("lookup", again, name).stdout, ptrd.ptrzone("lookup", self.image, name).stdout)

    def test_dump_is_exact(self):
        """Ranges are dumped as they were declared, hidden ones too, and the dump compiles to the same bytes."""
        folder = ptrd.temporary_folder()
        ranges = [";@range 10.0.0.0/9 h{d}.x. 5", ";@range 10.0.1.0/24 h{d}.x. 5", ";@range 10.0.2.4/31 r{d}.x. 5", ";@range 10.8.0.0/15 r{d}.x. 5",
                  ";@range 10.8.0.0/16 h{d}.x. 5", ";@range 10.9.0.0/16 h{d}.x. 5", ";@range 10.64.0.0/12 h{d}.x. 5"]
        with open(os.path.join(folder, "10.in-addr.arpa.zone"), "w") as out:
            out.write(SOA + "".join(line + "\n" for line in reversed(ranges)))
            out.write("".join(f"{host}.1.0 5 IN PTR h{host}.x.\n" for host in range(256)))  # folded to the same rule
            out.write("4.2.0 5 IN PTR four.x.\n5.2.0 5 IN PTR five.x.\n")
        with open(os.path.join(folder, "64.10.in-addr.arpa.zone"), "w") as out:
            out.write(SOA + ";@range 10.64.0.0/16 h{d}.x. 5\n")
        image = ptrd.compile_image(folder + "/one.ptri", folder)
        dumps = ptrd.temporary_folder()
        for zone, declared in (("10.in-addr.arpa", ranges), ("64.10.in-addr.arpa", [";@range 10.64.0.0/16 h{d}.x. 5"])):
            text = ptrd.ptrzone("dump", image, zone).stdout
            self.assertEqual([line for line in text.splitlines() if line.startswith(";@range")], declared)
            with open(os.path.join(dumps, zone + ".zone"), "w") as out:
                out.write(text)
        again = ptrd.compile_image(dumps + "/two.ptri", dumps)
        with open(image, "rb") as first, open(again, "rb") as second:
            self.assertEqual(first.read(), second.read())

    def test_info(self):
        """Ranges are counted apart from records."""
        info = json.loads(ptrd.ptrzone("info", "--json", self.image).stdout)
        self.assertEqual(info["templates"], 2)
        self.assertEqual(info["records"], 10)
        self.assertEqual(info["synthesised_ipv6_prefixes"], 1)
        self.assertEqual(info["synthesised_addresses"], (1 << 24) - 256 - 3)
        self.assertLess(info["bytes_per_address"], 0.01)

    def test_folded(self):
        """Networks of names by rule need almost no space, and the dump is that of the records."""
        folder = ptrd.temporary_folder()
        file = os.path.join(folder, "10.in-addr.arpa.zone")
        with open(file, "w") as out:
            out.write(SOA)
            for net in range(64):
                for host in range(1, 255):
                    target = f"h{host}.{net}.pool.example." if host % 50 else f"named-{net}-{host}.example."
                    out.write(f"{host}.{net}.0.10.in-addr.arpa. 3600 IN PTR {target}\n")
        plain = ptrd.ptrzone("compile", "--no-fold", "-o", folder + "/plain.ptri", file)
        self.assertEqual(plain.returncode, 0, plain)
        folded = ptrd.compile_image(folder + "/folded.ptri", file)
        self.assertEqual(ptrd.ptrzone("dump", folded).stdout, ptrd.ptrzone("dump", folder + "/plain.ptri").stdout)
        info = json.loads(ptrd.ptrzone("info", "--json", folded).stdout)
        self.assertEqual(info["folded_records"], 64 * 249)
        self.assertLess(info["bytes_per_record"], 5)

    def test_generate(self):
        """$GENERATE also becomes a rule."""
        folder = ptrd.temporary_folder()
        file = os.path.join(folder, "2.0.192.in-addr.arpa.zone")
        with open(file, "w") as out:
            out.write(SOA + "$GENERATE 0-255 $ 3600 PTR host-$.pool.example.\n")
        info = json.loads(ptrd.ptrzone("info", "--json", ptrd.compile_image(folder + "/x.ptri", file)).stdout)
        self.assertEqual((info["records"], info["folded_records"], info["templates"]), (259, 256, 1))

    def test_forward(self):
        """The forward records: of each PTR record, of each address of an IPv4 range except those with their own records, once."""
        folder = ptrd.temporary_folder()
        file = os.path.join(folder, "2.0.192.in-addr.arpa.zone")
        with open(file, "w") as out:
            out.write(SOA + ";@range 192.0.2.0/24 h{d}.x. 5\n7 60 IN PTR seven.x.\n8 60 IN TXT none\n")
        for what in (file, ptrd.compile_image(folder + "/x.ptri", file)):
            lines = ptrd.ptrzone("forward", what).stdout.splitlines()
            expected = [f"h{i}.x.\t5\tIN\tA\t192.0.2.{i}" for i in range(256) if i not in (7, 8)]
            self.assertEqual(sorted(lines), sorted(expected + ["seven.x.\t60\tIN\tA\t192.0.2.7"]))
        with open(file, "w") as out:
            out.write(SOA + ";@range 192.0.2.0/24 h{d}.x. 5\n;@range 192.0.2.0/26 h{d}.x. 5\n;@range 192.0.2.16/30 h{d}.x. 5\n")
        lines = ptrd.ptrzone("forward", file).stdout.splitlines()
        self.assertEqual(sorted(lines), sorted(f"h{i}.x.\t5\tIN\tA\t192.0.2.{i}" for i in range(256)))
        self.assertIn(";@range 2001:db8::/32 dyn6-{ip6}.isp.example. 400", self.forward_of_v6())

    def forward_of_v6(self):
        return ptrd.ptrzone("forward", os.path.join(self.folder, "8.b.d.0.1.0.0.2.ip6.arpa.zone")).stdout

    def test_errors(self):
        """One line that says where; exit status 1 and no image."""
        folder = ptrd.temporary_folder()
        file = os.path.join(folder, "10.in-addr.arpa.zone")
        for line, message in (
                (";@range 10.0.0.0/8 {e}.x.", ":4:20: error: unknown placeholder '{e}'"),
                (";@range 11.0.0.0/8 {d}.x.", ":4: error: range 11.0.0.0/8 is not in the zone 10.in-addr.arpa."),
                (";@range 10.0.0.0/8 {d}--{c}.x.", ":4:20: error: 10.0.0.10 gets '10--0', a label with hyphens"),
                (";@range 10.0.0.0/8 {d}.x.\n@ IN DNSKEY 256 3 8 AwEAAQ==", ":4: error: range 10.0.0.0/8 is in the signed zone")):
            with open(file, "w") as out:
                out.write(SOA + line + "\n")
            result = ptrd.ptrzone("compile", "-o", folder + "/x.ptri", file)
            self.assertEqual(result.returncode, 1, result)
            self.assertIn(file + message, result.stderr)
            self.assertFalse(os.path.exists(folder + "/x.ptri"))


if __name__ == "__main__":
    unittest.main()
