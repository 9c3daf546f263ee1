#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Signed reverse zones of ptrd, validated by unbound and delv from a signed root of the test's own: the root, arpa and the zones above and
below ptrd's are Knot's. Faults planted in zones fail to validate, which shows that the check can fail."""

import contextlib
import dataclasses
import os
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import dns.dnssec
import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype

import leftovers
import netns
import ptrd

sys.path.append(os.path.join(ptrd.ROOT, "tests", "differential"))

import names
import signing

TOP, PTRD, VALIDATOR, RESOLVER = (f"127.0.0.{number}" for number in (2, 3, 4, 5))
HOSTS = f"""top.nic. 3600 IN A {TOP}
child.nic. 3600 IN A {TOP}
ptrd.nic. 3600 IN A {PTRD}
"""
SIGNED = {  # apex: how it is signed
    "2.0.192.in-addr.arpa": signing.Signing("ldns", "ECDSAP256SHA256", "NSEC"),
    "18.198.in-addr.arpa": signing.Signing("bind", "ED25519", "NSEC3", "abcd"),
    "113.0.203.in-addr.arpa": signing.Signing("knot", "ECDSAP256SHA256", "opt-out"),
    "8.b.d.0.1.0.0.2.ip6.arpa": signing.Signing("bind", "RSASHA256", "NSEC"),
}
ADDRESS = {apex: ".".join(["1"] * (32 - 8 if "ip6" in apex else 6 - apex.count(".") - 1)) for apex in SIGNED}  # relative to the apex
PLAINLY = signing.Signing("bind", "ECDSAP256SHA256", "NSEC")  # all other zones
SECURE, INSECURE, BOGUS = "secure", "insecure", "SERVFAIL"
OPT_OUT = "secure, insecure under opt-out"  # RFC 5155 9.2


def soa_and_ns(apex, server):
    return f"{apex}. 3600 IN SOA {server} hostmaster.nic. 1 7200 3600 1209600 300\n{apex}. 3600 IN NS {server}\n"


def reverse_zone(apex, ds):
    """The text of one of ptrd's zones; `ds` gives the DS records of a child."""
    other = next(name for name in SIGNED if name != apex)
    lines = soa_and_ns(apex, "ptrd.nic.")
    for owner, rdata in (
        (ADDRESS[apex], "PTR one.nic."), ("two", "PTR two.nic."), ("two", "TXT two"), ("*.wild", "PTR wild.nic."),
        ("b.wild", "TXT beside"), ("x.y.ent", "PTR below.nic."), ("d", f"DNAME t.{apex}."), ("1.t", "PTR renamed.nic."),
        ("here", f"CNAME {ADDRESS[apex]}.{apex}."), ("to-signed", f"CNAME 1.sub.{apex}."), ("to-plain", f"CNAME 1.plain.{apex}."),
        ("to-other", f"CNAME {ADDRESS[other]}.{other}."), ("to-nothing", f"CNAME nothing.{apex}."), ("to-wild", f"CNAME any.wild.{apex}."),
        ("to-renamed", f"CNAME 1.d.{apex}."),
        ("sub", "NS child.nic."), ("plain", "NS child.nic."), ("own", "NS ptrd.nic."), ("bare", "NS ptrd.nic."),
    ):
        lines += f"{owner}.{apex}. 3600 IN {rdata}\n"
    return lines + "".join(f"{child}.{apex}. 3600 IN DS {data}\n" for child in ("sub", "own") for data in ds(f"{child}.{apex}"))


def child_zone(apex, server):
    return soa_and_ns(apex, server) + f"1.{apex}. 3600 IN PTR child.nic.\n"


# What, name relative to the apex, type, RCODE, and whether it is secure.
CASES = (
    ("address", None, "PTR", "NOERROR", SECURE),
    ("NODATA at an address", None, "TXT", "NOERROR", SECURE),
    ("two sets", "two", "TXT", "NOERROR", SECURE),
    ("NXDOMAIN", "nothing", "PTR", "NXDOMAIN", OPT_OUT),
    ("NXDOMAIN before the first name", "\\000", "PTR", "NXDOMAIN", OPT_OUT),
    ("NXDOMAIN behind the last name", "zz", "PTR", "NXDOMAIN", OPT_OUT),
    ("NXDOMAIN below a name", "a.b.two", "PTR", "NXDOMAIN", OPT_OUT),
    ("NXDOMAIN below an empty non-terminal", "z.y.ent", "PTR", "NXDOMAIN", OPT_OUT),
    ("wildcard", "any.wild", "PTR", "NOERROR", OPT_OUT),
    ("wildcard, labels below", "a.b.c.wild", "PTR", "NOERROR", OPT_OUT),
    ("wildcard NODATA", "any.wild", "TXT", "NOERROR", OPT_OUT),
    ("the wildcard itself", "*.wild", "PTR", "NOERROR", SECURE),
    ("NXDOMAIN that a name beside the wildcard makes", "x.b.wild", "PTR", "NXDOMAIN", OPT_OUT),
    ("empty non-terminal", "y.ent", "PTR", "NOERROR", SECURE),
    ("empty non-terminal above another", "ent", "PTR", "NOERROR", SECURE),
    ("renamed", "1.d", "PTR", "NOERROR", SECURE),
    ("NXDOMAIN, renamed", "2.d", "PTR", "NXDOMAIN", OPT_OUT),
    ("DNAME", "d", "DNAME", "NOERROR", SECURE),
    ("NODATA at a DNAME", "d", "PTR", "NOERROR", SECURE),
    ("alias", "here", "PTR", "NOERROR", SECURE),
    ("CNAME", "here", "CNAME", "NOERROR", SECURE),
    ("alias, NODATA at its end", "here", "TXT", "NOERROR", SECURE),
    ("alias into a signed child", "to-signed", "PTR", "NOERROR", SECURE),
    ("alias into an insecure child", "to-plain", "PTR", "NOERROR", INSECURE),
    ("alias into another zone", "to-other", "PTR", "NOERROR", SECURE),
    ("alias to nothing", "to-nothing", "PTR", "NXDOMAIN", OPT_OUT),
    ("alias to a wildcard", "to-wild", "PTR", "NOERROR", OPT_OUT),
    ("alias to a renamed name", "to-renamed", "PTR", "NOERROR", SECURE),
    ("signed child", "1.sub", "PTR", "NOERROR", SECURE),
    ("signed child of the same image", "1.own", "PTR", "NOERROR", SECURE),
    ("NXDOMAIN in a signed child", "2.sub", "PTR", "NXDOMAIN", SECURE),
    ("NXDOMAIN in a signed child of the same image", "2.own", "PTR", "NXDOMAIN", SECURE),
    ("insecure child", "1.plain", "PTR", "NOERROR", INSECURE),
    ("NXDOMAIN in an insecure child", "2.plain", "PTR", "NXDOMAIN", INSECURE),
    ("insecure child of the same image", "1.bare", "PTR", "NOERROR", INSECURE),
    ("DS", "sub", "DS", "NOERROR", SECURE),
    ("DS, of the same image", "own", "DS", "NOERROR", SECURE),
    ("no DS", "plain", "DS", "NOERROR", OPT_OUT),
    ("no DS, of the same image", "bare", "DS", "NOERROR", OPT_OUT),
    ("SOA", "", "SOA", "NOERROR", SECURE),
    ("NS", "", "NS", "NOERROR", SECURE),
    ("DNSKEY", "", "DNSKEY", "NOERROR", SECURE),
    ("NSEC3PARAM", "", "NSEC3PARAM", "NOERROR", SECURE),
    ("NODATA at the apex", "", "PTR", "NOERROR", SECURE),
)


class Zone:
    """A zone's text once it is signed, in lines that can be changed."""

    def __init__(self, apex, text, how=None):
        self.apex = apex
        self.lines = (how.sign(names.name(apex), text) if how else text).splitlines()

    def ds(self):
        """The data of the DS record of each of its keys, as text."""
        keys = [line.split("\t")[4] for line in self.lines if line.split("\t")[3:4] == ["DNSKEY"]]
        return [dns.dnssec.make_ds(f"{self.apex}.", dns.rdata.from_text("IN", "DNSKEY", key), "SHA256").to_text() for key in keys]

    def write(self, folder):
        path = os.path.join(folder, f"{self.apex or 'root'}.zone")
        with open(path, "w", encoding="ascii") as file:
            file.write("\n".join(self.lines) + "\n")
        return path

    def change(self, owner, rdtype, how):
        """Calls `how` with the RDATA in octets of each record of the owner, relative to the apex, and of the type: for signatures
        "RRSIG TYPE". It returns the new data, or None for no record."""
        changed = []
        for line in self.lines:
            fields = line.split("\t")
            data = bytes.fromhex(fields[4].split()[-1])
            own = f"RRSIG {dns.rdatatype.to_text(int.from_bytes(data[:2], 'big'))}" if fields[3] == "RRSIG" else fields[3]
            if fields[0].lower() == (f"{owner}." if owner else "") + f"{self.apex}." and own == rdtype:
                data = how(data)
                if data is None:
                    continue
                fields[4] = f"\\# {len(data)} {data.hex()}"
            changed.append("\t".join(fields))
        assert changed != self.lines, f"no {rdtype} at {owner}"
        self.lines = changed

    def nsec3_owner(self, owner):
        """The owner, relative to the apex, of the NSEC3 record for a name."""
        record = next(line for line in self.lines if line.split("\t")[3] == "NSEC3PARAM")
        data = bytes.fromhex(record.split()[-1])
        full = dns.name.from_text((f"{owner}." if owner else "") + self.apex)
        return dns.dnssec.nsec3_hash(full, data[5:], int.from_bytes(data[2:4], "big"), 1).lower()


def changed(data):
    """Of a signature its last octet."""
    return data[:-1] + bytes([data[-1] ^ 1])


def removed(_data):
    return None


# What, the zone's denial (None: both), owner and type of the record, how it is changed, the name and type that then fail. A zone that
# lacks a record of its chain is not here: it does not compile (test_compile_signed.py).
FAULTS = (
    ("changed signature", None, None, "RRSIG PTR", changed, None, "PTR"),
    ("no signature", None, "two", "RRSIG PTR", removed, "two", "PTR"),
    ("changed signature of an alias", None, "here", "RRSIG CNAME", changed, "here", "PTR"),
    ("changed signature of a DNAME", None, "d", "RRSIG DNAME", changed, "1.d", "PTR"),
    ("changed signature of a wildcard", None, "*.wild", "RRSIG PTR", changed, "any.wild", "PTR"),
    ("changed signature of DS", None, "sub", "RRSIG DS", changed, "1.sub", "PTR"),
    ("changed signature of DS, of the same image", None, "own", "RRSIG DS", changed, "1.own", "PTR"),
    ("changed signature of the NSEC that covers a name", "NSEC", "here", "RRSIG NSEC", changed, "nothing", "PTR"),
    ("changed signature of the NSEC of a name", "NSEC", "two", "RRSIG NSEC", changed, "two", "A"),
    ("changed signature of the NSEC of an insecure cut", "NSEC", "plain", "RRSIG NSEC", changed, "1.plain", "PTR"),
    ("no signature of NSEC", "NSEC", "to-other", "RRSIG NSEC", removed, "to-other-after", "PTR"),
    ("changed signature of the NSEC3 of an encloser", "NSEC3", "", "RRSIG NSEC3", changed, "nothing", "PTR"),
    ("changed signature of the NSEC3 of a name", "NSEC3", "two", "RRSIG NSEC3", changed, "two", "A"),
    ("changed signature of the NSEC3 of an insecure cut", "NSEC3", "plain", "RRSIG NSEC3", changed, "1.plain", "PTR"),
)
FAULTY = {how.denial: apex for apex, how in SIGNED.items() if how.denial == "NSEC3" or how.tool == "ldns"}  # the zones that have them
EXPIRED, WRONG_DS = "113.0.203.in-addr.arpa", "8.b.d.0.1.0.0.2.ip6.arpa"


class World:
    """All zones: ptrd's, and the root, arpa and the like and children, which are Knot's."""

    def __init__(self):
        self.ours, self.top = {}, {}
        for apex in SIGNED:
            for place, child, server in ((self.top, "sub", "child.nic."), (self.ours, "own", "ptrd.nic.")):
                place[f"{child}.{apex}"] = Zone(f"{child}.{apex}", child_zone(f"{child}.{apex}", server), PLAINLY)
            for place, child, server in ((self.top, "plain", "child.nic."), (self.ours, "bare", "ptrd.nic.")):
                place[f"{child}.{apex}"] = Zone(f"{child}.{apex}", child_zone(f"{child}.{apex}", server))
            self.sign(apex, SIGNED[apex])
        self.ds = {apex: self.ours[apex].ds() for apex in SIGNED}
        self.delegate()

    def sign(self, apex, how):
        every = {**self.ours, **self.top}
        self.ours[apex] = Zone(apex, reverse_zone(apex, lambda child: every[child].ds()), how)

    def delegate(self):
        """Makes the zones above ptrd's, with their DS records as in `ds`."""
        for apex, below in (("in-addr.arpa", [name for name in SIGNED if "in-addr" in name]), ("ip6.arpa", [name for name in SIGNED if "ip6" in name]),
                            ("arpa", ["in-addr.arpa", "ip6.arpa"]), ("", ["arpa"])):
            text = soa_and_ns(apex, "top.nic.") + (HOSTS if not apex else "")
            for child in below:
                text += f"{child}. 3600 IN NS {'ptrd' if child in SIGNED else 'top'}.nic.\n"
                text += "".join(f"{child}. 3600 IN DS {data}\n" for data in self.ds[child])
            self.top[apex] = Zone(apex, text, PLAINLY)
            self.ds[apex] = self.top[apex].ds()

    @contextlib.contextmanager
    def served(self, host):
        """With Knot, ptrd and two resolvers in the namespace: one that validates, and one that does not, for delv."""
        folder = ptrd.temporary_folder()
        image = ptrd.compile_image(f"{folder}/image", *(f"{apex}.={zone.write(folder)}" for apex, zone in self.ours.items()))
        root_key = next(line for line in self.top[""].lines if line.split("\t")[3] == "DNSKEY").split("\t")[4]
        key = dns.rdata.from_text("IN", "DNSKEY", root_key).to_text().split(None, 3)
        key[3] = key[3].replace(" ", "")
        with open(f"{folder}/anchor", "w", encoding="ascii") as file:
            file.write(f". IN DNSKEY {' '.join(key)}\n")
        with open(f"{folder}/anchors", "w", encoding="ascii") as file:
            file.write(f'trust-anchors {{ . static-key {" ".join(key[:3])} "{key[3]}"; }};\n')
        with contextlib.ExitStack() as stack:
            stack.enter_context(_started(host, folder, "knot", ["knotd", "-c"], _knot_conf(folder, self.top)))
            stack.enter_context(ptrd.Ptrd(image, "--socket", f"{PTRD}:53", prefix=host.command()))
            for address, modules in ((VALIDATOR, "validator iterator"), (RESOLVER, "iterator")):
                stack.enter_context(_started(host, folder, f"unbound-{address}", ["unbound", "-d", "-c"], _unbound_conf(folder, address, modules)))
            for address, question in ((TOP, ". SOA"), (VALIDATOR, ". SOA"), (RESOLVER, ". SOA")):
                _await(host, address, question)
            yield folder


def _knot_conf(folder, zones):
    entries = "".join(f'  - domain: "{apex}."\n    file: "{zone.write(folder)}"\n' for apex, zone in zones.items())
    return f"""
server:
    rundir: "{folder}"
    listen: {TOP}@53
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
control:
    listen: "{folder}/knot.sock"
log:
  - target: stderr
    any: error
database:
    storage: "{folder}"
template:
  - id: default
    storage: "{folder}"
    zonefile-sync: -1
    zonefile-load: whole
    journal-content: none
zone:
{entries}"""


def _unbound_conf(folder, address, modules):
    """It asks for each name itself, so that every answer is ptrd's: nothing is made of proofs that it has."""
    with open(f"{folder}/hints", "w", encoding="ascii") as file:
        file.write(f". 3600 IN NS top.nic.\ntop.nic. 3600 IN A {TOP}\n")
    return f"""
server:
  interface: {address}
  outgoing-interface: {address}
  access-control: 127.0.0.0/8 allow
  directory: "{folder}"
  username: ""
  chroot: ""
  pidfile: ""
  use-syslog: no
  verbosity: 1
  num-threads: 1
  module-config: "{modules}"
  root-hints: "{folder}/hints"
  trust-anchor-file: "{folder}/anchor"
  do-not-query-localhost: no
  do-ip6: no
  unblock-lan-zones: yes
  aggressive-nsec: no
  qname-minimisation: no
  val-log-level: 2
remote-control:
  control-enable: no
"""


@contextlib.contextmanager
def _started(host, folder, name, command, config):
    with open(f"{folder}/{name}.conf", "w", encoding="ascii") as file:
        file.write(config)
    with open(f"{folder}/{name}.log", "w", encoding="ascii") as log:
        process = subprocess.Popen(host.command(*command, f"{folder}/{name}.conf"), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                   preexec_fn=leftovers.die_with_parent)

    def stop():
        process.kill()
        process.wait()

    now = leftovers.register(stop)
    try:
        yield
    finally:
        now()


def full(owner, apex):
    """The name of an owner relative to the apex; None is an address."""
    owner = ADDRESS[apex] if owner is None else owner
    return (f"{owner}." if owner else "") + f"{apex}."


def ask(host, address, name, rdtype):
    """The reply to a query with DO."""
    query = dns.message.make_query(name, rdtype, want_dnssec=True)
    with host.inside():
        return dns.query.udp_with_fallback(query, address, timeout=20)[0]


def _await(host, address, question):
    end = time.monotonic() + 30
    while True:
        with contextlib.suppress(OSError, dns.exception.DNSException):
            query = dns.message.make_query(*question.split())
            with host.inside():
                if dns.query.udp(query, address, timeout=1).rcode() == dns.rcode.NOERROR:
                    return
        if time.monotonic() > end:
            raise AssertionError(f"no answer at {address}")
        time.sleep(0.05)


def unbound_says(host, name, rdtype):
    """RCODE, and secure or insecure by the AD flag."""
    reply = ask(host, VALIDATOR, name, rdtype)
    rcode = dns.rcode.to_text(reply.rcode())
    return (rcode, BOGUS) if rcode == BOGUS else (rcode, SECURE if reply.flags & dns.flags.AD else INSECURE)


def delv_says(host, folder, name, rdtype):
    """RCODE as far as delv tells it, and what it has found."""
    done = ptrd.run(*host.command_in_our_mounts("delv", f"@{RESOLVER}", "-a", f"{folder}/anchors", "+root=.", "-q", name, "-t", rdtype))
    text = done.stdout + done.stderr
    rcode = "NXDOMAIN" if "ncache nxdomain" in text else "NOERROR"
    if "resolution failed" in text and "resolution failed: ncache" not in text:  # as it calls a denial
        return BOGUS, BOGUS
    if "unsigned answer" in text or "; negative response, unsigned" in text:
        return rcode, INSECURE
    return rcode, SECURE if "fully validated" in text else text


class ValidationTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = contextlib.ExitStack()
        cls.addClassCleanup(cls.stack.close)
        cls.host = cls.stack.enter_context(netns.Pair()).server
        cls.world = World()
        cls.folder = cls.stack.enter_context(cls.world.served(cls.host))

    def test_unbound(self):
        """Each kind of answer is secure where the chain of trust leads there, insecure where it does not."""
        for apex, how in SIGNED.items():
            for what, owner, rdtype, rcode, security in CASES:
                if security == OPT_OUT:
                    security = INSECURE if how.denial == "opt-out" else SECURE
                with self.subTest(what, zone=apex):
                    self.assertEqual(unbound_says(self.host, full(owner, apex), rdtype), (rcode, security))

    def test_delv(self):
        """The same; a process for each question is slow, so for two zones."""
        for apex in FAULTY.values():
            for what, owner, rdtype, rcode, security in CASES:
                with self.subTest(what, zone=apex):
                    said = delv_says(self.host, self.folder, full(owner, apex), rdtype)
                    self.assertEqual(said, (rcode, SECURE if security == OPT_OUT else security))


class FaultTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """Faults at many names of two zones; one zone has expired, one has the DS of another key."""
        world = World()
        for what, denial, owner, rdtype, how, *_ in FAULTS:
            for apex in [FAULTY[denial]] if denial else FAULTY.values():
                zone = world.ours[apex]
                zone.change(zone.nsec3_owner(owner) if rdtype.endswith("NSEC3") else ADDRESS[apex] if owner is None else owner, rdtype, how)
        world.sign(EXPIRED, dataclasses.replace(SIGNED[EXPIRED], tool="bind", days=(-20, -5)))
        world.ds[EXPIRED] = world.ours[EXPIRED].ds()
        world.ds[WRONG_DS] = [f"{data[:-1]}{int(data[-1], 16) ^ 1:x}" for data in world.ds[WRONG_DS]]
        world.delegate()
        cls.stack = contextlib.ExitStack()
        cls.addClassCleanup(cls.stack.close)
        cls.host = cls.stack.enter_context(netns.Pair()).server
        cls.folder = cls.stack.enter_context(world.served(cls.host))

    def fails(self, owner, apex, rdtype):
        name = full(owner, apex)
        self.assertEqual(unbound_says(self.host, name, rdtype)[1], BOGUS)
        self.assertEqual(delv_says(self.host, self.folder, name, rdtype)[1], BOGUS)

    def test_faults(self):
        for what, denial, _, _, _, owner, rdtype in FAULTS:
            for apex in [FAULTY[denial]] if denial else FAULTY.values():
                with self.subTest(what, zone=apex):
                    self.fails(owner, apex, rdtype)

    def test_what_is_sound_beside_them(self):
        """The same zones, so that it is each fault that fails."""
        for apex in FAULTY.values():
            for owner, rdtype in (("", "SOA"), ("", "DNSKEY"), ("1.t", "PTR"), ("*.wild", "TXT"), ("b.wild", "A"), ("1.bare", "PTR")):
                with self.subTest(zone=apex, owner=owner, type=rdtype):
                    self.assertEqual(unbound_says(self.host, full(owner, apex), rdtype),
                                     ("NOERROR", INSECURE if "bare" in owner else SECURE))

    def test_expired(self):
        for owner, rdtype in ((None, "PTR"), ("nothing", "PTR"), ("", "SOA")):
            with self.subTest(owner=owner):
                self.fails(owner, EXPIRED, rdtype)

    def test_wrong_ds(self):
        for owner, rdtype in ((None, "PTR"), ("nothing", "PTR"), ("", "SOA")):
            with self.subTest(owner=owner):
                self.fails(owner, WRONG_DS, rdtype)


if __name__ == "__main__":
    unittest.main()
