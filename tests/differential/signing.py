# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Signs zones: by dnssec-signzone, ldns-signzone or kzonesign, with one key for all of a zone.

Keys, and Knot's database of them, are in one temporary folder for the whole run, and are made once for each algorithm.
"""

import dataclasses
import functools
import glob
import os
import re
import subprocess
import tempfile
import time

import dns.exception
import dns.name
import dns.rdataclass
import dns.rdatatype
import dns.zonefile

import names

PROGRAMS = {"dnssec-signzone": "bind9-utils", "ldns-signzone": "ldnsutils", "kzonesign": "knot-dnssecutils"}
_ALGORITHMS = ("ECDSAP256SHA256", "ECDSAP256SHA256", "ED25519", "RSASHA256")
_DENIALS = ("NSEC", "NSEC", "NSEC3", "opt-out")
_SALTS = ("", "", "abcd")
_ITERATIONS = (0, 0, 0, 3)
_SECONDS = 60
_LONGEST_FOR_NSEC3 = names.MAX_NAME - 2
_RAW = re.compile(r"\\(?:03[2-9]|0[4-9]\d|1[01]\d|12[0-6])")  # printable octets in an escape


class NotSigned(Exception):
    """The signer refuses the zone; carries its output."""


@dataclasses.dataclass(frozen=True)
class Signing:
    """How a zone is signed."""

    tool: str        # of TOOLS
    algorithm: str   # as dnssec-keygen names it
    denial: str      # NSEC, NSEC3 or opt-out
    salt: str = ""   # hexadecimal
    iterations: int = 0
    days: tuple = ()  # from and until when signatures are valid, counted from now; for bind only

    def text(self):
        parameters = "" if self.denial == "NSEC" else f", salt {self.salt or '-'}, {self.iterations} iterations"
        return f"signed by {self.tool} with {self.algorithm}, {self.denial}{parameters}"

    def sign(self, apex, text):
        """The text of the signed zone; `apex` as labels. Raises NotSigned."""
        with tempfile.TemporaryDirectory(dir=_keys_folder()) as folder:
            source, signed = os.path.join(folder, "zone"), os.path.join(folder, "signed")
            with open(source, "w", encoding="ascii") as file:
                file.write(text)
            TOOLS[self.tool](self, names.to_text(apex), source, signed)
            with open(signed, encoding="ascii") as file:
                sets = _read(apex, file.read())
        if self.denial != "NSEC" and any(names.size(one.name.labels[:-1]) > _LONGEST_FOR_NSEC3 for one in sets):
            raise NotSigned("no room for an asterisk before a name, without which dnssec-signzone and nsd end")
        return _one_form(sets)


def choose(rng):
    denial = rng.choice(_DENIALS)
    salt, iterations = ("", 0) if denial == "NSEC" else (rng.choice(_SALTS), rng.choice(_ITERATIONS))
    return Signing(rng.choice(tuple(TOOLS)), rng.choice(_ALGORITHMS), denial, salt, iterations)


def nsec3_hashes(text):
    """The first labels of a signed zone's NSEC3 records, as bytes."""
    return [found.encode() for found in sorted(set(re.findall(r"(?m)^([0-9A-Za-v]{32})\.\S*\t\d+\tIN\tNSEC3\t", text)))]


def _read(apex, text):
    """The RRsets of a zone's text, RRSIG sets by the type covered."""
    try:
        return dns.zonefile.read_rrsets(text, name=None, rdclass=None, default_rdclass=dns.rdataclass.IN,
                                        origin=dns.name.Name((*apex, b"")), relativize=False)
    except (dns.exception.DNSException, ValueError) as error:
        raise NotSigned(f"text that cannot be read: {error}") from error


def _one_form(sets):
    """Text that every server reads: signers write names with octets that not every reader takes as they are. Signatures get the TTL of
    their set (RFC 4034 3): dnssec-signzone lowers it to the time for which they are valid, which servers then heed or not."""
    lines = []
    ttls = {(one.name, one.rdtype): one.ttl for one in sets}
    for one in sets:
        owner = names.to_text(one.name.labels[:-1])
        ttl = ttls[one.name, one.covers or one.rdtype]
        for data in one:
            octets = data.to_wire()
            lines.append(f"{owner}\t{ttl}\tIN\t{dns.rdatatype.to_text(one.rdtype)}\t\\# {len(octets)} {octets.hex()}\n")
    return "".join(sorted(lines, key=lambda line: "\tSOA\t" not in line))


def _bind(signing, apex, source, signed):
    key = _key(signing.algorithm, apex, source)
    with open(f"{key}.key", encoding="ascii") as record, open(source, "a", encoding="ascii") as zone:
        zone.write(record.read())
    options = []
    if signing.denial != "NSEC":
        options = ["-3", signing.salt or "-", "-H", str(signing.iterations), *(["-A"] if signing.denial == "opt-out" else [])]
    for option, days in zip(("-s", "-e"), signing.days):
        options += [option, time.strftime("%Y%m%d%H%M%S", time.gmtime(time.time() + days * 86400))]
    _run("dnssec-signzone", "-q", "-P", "-z", "-n", "1", "-O", "full", *options, "-o", apex, "-f", signed, source, key)


def _ldns(signing, apex, source, signed):
    with open(source, encoding="ascii") as file:
        if _RAW.search(file.read()):
            raise NotSigned("ldns-signzone writes some octets of names without the escape that they need")
    denial = []
    if signing.denial != "NSEC":
        salt = ["-s", signing.salt] if signing.salt else []
        denial = ["-n", "-t", str(signing.iterations), *salt, *(["-p"] if signing.denial == "opt-out" else [])]
    _run("ldns-signzone", "-o", apex, "-f", signed, *denial, source, _key(signing.algorithm, apex, source))


def _knot(signing, apex, source, signed):
    """Its salt is one that it makes, as long as the one asked for."""
    nsec3 = signing.denial != "NSEC"
    folder = os.path.dirname(source)
    with open(os.path.join(folder, "conf"), "w", encoding="ascii") as file:
        file.write(f"""
database:
    storage: "{folder}"
policy:
  - id: own
    algorithm: {signing.algorithm.lower()}
    single-type-signing: on
    ksk-lifetime: 0
    rrsig-lifetime: 30d
    rrsig-refresh: 7d
    zone-max-ttl: 1d
    propagation-delay: 0
    nsec3: {"on" if nsec3 else "off"}
    nsec3-iterations: {signing.iterations}
    nsec3-salt-length: {len(signing.salt) // 2}
    nsec3-opt-out: {"on" if signing.denial == "opt-out" else "off"}
zone:
  - domain: "{apex}"
    storage: "{folder}"
    file: "{source}"
    semantic-checks: off
    dnssec-signing: on
    dnssec-policy: own
""")
    out = os.path.join(folder, "out")
    os.mkdir(out)
    _run("kzonesign", "-c", os.path.join(folder, "conf"), "-o", out, apex)
    os.rename(glob.glob(os.path.join(glob.escape(out), "*"))[0], signed)


TOOLS = {"bind": _bind, "ldns": _ldns, "knot": _knot}


def _run(*command):
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=_SECONDS, check=False,
                          cwd=_keys_folder())
    if done.returncode != 0:
        raise NotSigned(f"{command[0]}: {(done.stderr + done.stdout).strip()[-500:]}")


@functools.cache
def _folder_of_this_process():
    return tempfile.TemporaryDirectory(prefix=f"ptrd-differential-{os.getpid()}-keys-")


def _keys_folder():
    return _folder_of_this_process().name


@functools.cache
def _key_pair(algorithm):
    """The base name of a key; it was made for another name than a zone's, which is no part of the key."""
    size = ["-b", "2048"] if algorithm.startswith("RSA") else []
    done = subprocess.run(["dnssec-keygen", "-q", "-K", _keys_folder(), "-a", algorithm, *size, "-f", "KSK", "example"],
                          capture_output=True, text=True, timeout=_SECONDS, check=True)
    return os.path.join(_keys_folder(), done.stdout.strip())


def _key(algorithm, apex, source):
    """The base name of the algorithm's key, as one of the zone with this apex, beside its source."""
    made, tag = _key_pair(algorithm), os.path.basename(_key_pair(algorithm)).partition("+")[2]
    base = os.path.join(os.path.dirname(source), f"Kzone.+{tag}")
    with open(f"{made}.key", encoding="ascii") as file:
        record = next(line for line in file if not line.startswith(";"))
    with open(f"{base}.key", "w", encoding="ascii") as file:
        file.write(record.replace("example. ", f"{apex} 3600 ", 1))
    os.link(f"{made}.private", f"{base}.private")
    return base
