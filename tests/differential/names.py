# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Domain names as tuples of labels (bytes), the leftmost first; the root is ()."""

MAX_NAME = 255   # octets with the root's, RFC 1035 2.3.4
MAX_LABEL = 63

_PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_*/")


def name(text):
    """A name from plain text without escapes: "1.2.in-addr.arpa"."""
    return tuple(label.encode() for label in text.split(".") if label)


def to_text(labels):
    """Absolute, for zone files and dig; every special octet is escaped (RFC 1035 5.1)."""
    if not labels:
        return "."
    return "".join(_label_text(label) + "." for label in labels)


def _label_text(label):
    return "".join(chr(octet) if octet in _PLAIN else f"\\{octet:03d}" for octet in label)


def to_wire(labels):
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def size(labels):
    return sum(len(label) + 1 for label in labels) + 1


def is_valid(labels):
    return size(labels) <= MAX_NAME and all(0 < len(label) <= MAX_LABEL for label in labels)


def lower(labels):
    return tuple(label.lower() for label in labels)


def is_below(labels, ancestor):
    """Strictly below, ignoring case."""
    return len(labels) > len(ancestor) and is_at_or_below(labels, ancestor)


def is_at_or_below(labels, ancestor):
    return not ancestor or lower(labels[-len(ancestor):]) == lower(ancestor)


def random_case(rng, labels):
    return tuple(bytes(rng.choice((octet, octet ^ 0x20)) if 65 <= octet & 0xDF <= 90 else octet for octet in label)
                 for label in labels)
