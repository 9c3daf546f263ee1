# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""What the rows of the table are made of."""

APEX = "2.0.192.in-addr.arpa"
TTL = "$TTL 1h\n"
SOA = "@ SOA ns1.example.net. hostmaster.example.net. 1 4h 1h 2w 1h\n"
NS = "@ NS ns1.example.net.\n@ NS ns2.example.net.\n"
HEAD = TTL + SOA + NS
CUT = "a NS ns1.example.net.\na NS ns2.example.net.\n"
LONG = ".".join(["a" * 63] * 3) + "."
DIGEST = "0" * 64
HASH = "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom"
KEY = "QavfEUKn0B1PRgW2V/95URNZzkGELnBM9huCEZDbRiRUXE8W6LmTtg0GU/CFk8jUT1XxBkw/I1BGKd/9euCAIQ=="
SIGNED = "20361229090458 20261129090458 9078 @ AQID"

# Why ptrzone alone refuses, or nearly alone.
OUTSIDE = "no answer can contain it; BIND and Knot DNS leave it out"
META = "RFC 6895 3.1: a query for that type means something else"
OBSOLETE = "obsolete (RFC 3755); its TYPEn form is read"


class Whole(str):
    """The text of a whole zone; others follow HEAD."""


def soa(data):
    """A zone whose SOA record has these data."""
    return Whole(TTL + "@ SOA " + data + "\n" + NS)


class Row:
    """A text and what the checkers say of it."""

    def __init__(self, section, verdicts, what, text, why=""):  # pylint: disable=too-many-arguments
        self.section, self.what, self.why = section, what, why
        self.ours, self.peers = verdicts.split()
        # Text is given as one octet per character.
        self.text = (text if isinstance(text, Whole) else HEAD + text + "\n").encode("latin-1")
        self.shown = text if isinstance(text, Whole) and text[:len(TTL)] != TTL else text.removeprefix(HEAD).removeprefix(TTL)

    def __str__(self):
        return f"{self.section}: {self.what}"
