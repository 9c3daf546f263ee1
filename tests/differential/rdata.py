# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""RDATA text of every type in the zones."""

PLAIN_TYPES = ("A", "AAAA", "TXT", "PTR", "MX", "SRV", "NAPTR", "RP", "HINFO", "CAA", "SSHFP", "LOC", "AFSDB", "KX", "SPF",
               "TLSA", "URI", "TYPE65280", "TYPE1234")


def a(rng):
    return f"192.0.2.{rng.randrange(256)}"


def aaaa(rng):
    return f"2001:db8::{rng.randrange(1 << 16):x}"


def make(rng, rdtype, target):
    """One record's data; `target()` gives a name's text."""
    return _MAKERS[rdtype](rng, target)


def _octets(rng, count):
    return "".join(f"{rng.randrange(256):02x}" for _ in range(count))


def _text(rng, count):
    return '"' + "".join(rng.choice("abcdef 0123456789") for _ in range(count)) + '"'


def _unknown(rng, _target):
    count = rng.choice((0, 1, 4, 20))
    return f"\\# {count} {_octets(rng, count)}"


_MAKERS = {
    "A": lambda rng, target: a(rng),
    "AAAA": lambda rng, target: aaaa(rng),
    "TXT": lambda rng, target: " ".join(_text(rng, rng.choice((0, 3, 20))) for _ in range(rng.randint(1, 3))),
    "SPF": lambda rng, target: _text(rng, 12),
    "PTR": lambda rng, target: target(),
    "MX": lambda rng, target: f"{rng.randrange(100)} {target()}",
    "KX": lambda rng, target: f"{rng.randrange(100)} {target()}",
    "AFSDB": lambda rng, target: f"1 {target()}",
    "SRV": lambda rng, target: f"{rng.randrange(9)} {rng.randrange(9)} {rng.randrange(65536)} {target()}",
    "NAPTR": lambda rng, target: f'100 {rng.randrange(99)} "s" "SIP+D2U" "" {target()}',
    "RP": lambda rng, target: f"{target()} {target()}",
    "HINFO": lambda rng, target: f"{_text(rng, 4)} {_text(rng, 5)}",
    "CAA": lambda rng, target: f'0 issue "ca{rng.randrange(9)}.example"',
    "SSHFP": lambda rng, target: f"1 1 {_octets(rng, 20)}",
    "LOC": lambda rng, target: f"52 {rng.randrange(60)} 0.000 N 4 {rng.randrange(60)} 0.000 E 10.00m 1m 100m 10m",
    "TLSA": lambda rng, target: f"3 1 1 {_octets(rng, 32)}",
    "URI": lambda rng, target: f'10 {rng.randrange(9)} "https://example/{rng.randrange(99)}"',
    "DS": lambda rng, target: f"{rng.randrange(65536)} 8 2 {_octets(rng, 32)}",
    "TYPE65280": _unknown,
    "TYPE1234": _unknown,
}
