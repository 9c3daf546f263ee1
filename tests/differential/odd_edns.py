# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Odd OPT and TSIG records (RFC 6891, RFC 8945)."""

import struct

from odd_parts import body, kind, opt, option, record, with_opt


@kind
def version(maker):
    return with_opt(maker, ttl=maker.rng.choice((1, 2, 100, 255)) << 16 | maker.rng.choice((0, 0x8000)))


@kind
def version_no_question(maker):
    return body(maker.flags(), b"", opt(ttl=1 << 16), (0, 0, 0, 1))


@kind
def version_with_option(maker):
    return with_opt(maker, ttl=1 << 16, options=option(maker.rng.choice((3, 100)), b""))


@kind
def extended_rcode(maker):
    return with_opt(maker, ttl=maker.rng.randrange(1, 256) << 24)


@kind
def edns_flags(maker):
    return with_opt(maker, ttl=maker.rng.choice((0x4000, 0x0001, 0x7FFF, 0xFFFF)))


@kind
def two_opts(maker):
    return body(maker.flags(), maker.question(), opt() + opt(maker.rng.choice((512, 1232))), (1, 0, 0, 2))


@kind
def opt_in_answer(maker):
    return body(maker.flags(), maker.question(), opt(), (1, 1, 0, 0))


@kind
def opt_in_authority(maker):
    return body(maker.flags(), maker.question(), opt(), (1, 0, 1, 0))


@kind
def opt_owner(maker):
    return with_opt(maker, owner=maker.rng.choice((b"\1a\0", b"\xc0\x0c")))


@kind
def opt_owner_pointer(maker):
    """A pointer to a root label is the root."""
    return body(maker.flags(), b"\0\0\2\0\1", opt(owner=b"\xc0\x0c"), (1, 0, 0, 1))


@kind
def opt_cut(maker):
    return body(maker.flags(), maker.question(), opt()[:maker.rng.randrange(1, 11)], (1, 0, 0, 1))


@kind
def option_too_long(maker):
    return with_opt(maker, options=struct.pack("!HH", maker.rng.choice((3, 8, 10, 15, 65001)), 50) + b"abc")


@kind
def option_cut(maker):
    return with_opt(maker, options=b"\0\3\0"[:maker.rng.randint(1, 3)])


@kind
def unknown_option(maker):
    return with_opt(maker, options=option(maker.rng.choice((100, 65001, 65535)), b"abc"))


@kind
def many_options(maker):
    return with_opt(maker, options=option(65001) * 30 + option(3))


@kind
def nsid(maker):
    return with_opt(maker, options=option(3))


@kind
def nsid_with_data(maker):
    return with_opt(maker, options=option(3, b"data"))


@kind
def zone_version(maker):
    return with_opt(maker, options=option(19))


@kind
def cookie(maker):
    return with_opt(maker, options=option(10, b"12345678"))


@kind
def cookie_full(maker):
    return with_opt(maker, options=option(10, b"12345678" + b"abcdefgh" * 2))


@kind
def cookie_bad_length(maker):
    return with_opt(maker, options=option(10, b"1" * maker.rng.choice((0, 1, 7, 9, 15, 41))))


@kind
def client_subnet(maker):
    return with_opt(maker, options=option(8, maker.rng.choice((b"\0\1\x18\0\xc0\0\2", b"\0\2\x38\0\x20\1\r\xb8\0\0\0"))))


@kind
def client_subnet_bad(maker):
    return with_opt(maker, options=option(8, maker.rng.choice((b"", b"\0\1", b"\0\1\x18\x18\xc0\0\2", b"\0\1\x21\0\xc0\0\2\0\0", b"\0\7\0\0"))))


@kind
def keepalive(maker):
    return with_opt(maker, options=option(11, maker.rng.choice((b"", b"\0\1"))))


@kind
def padding(maker):
    return with_opt(maker, options=option(12, bytes(40)))


@kind
def key_tag(maker):
    return with_opt(maker, options=option(14, maker.rng.choice((b"\x4a\x5c", b"\x4a"))))


@kind
def tsig(maker):
    """TSIG with an unknown key (RFC 8945 5.2.1)."""
    rdata = b"\x0bhmac-sha256\0" + bytes(6) + b"\1\x2c\0\x20" + bytes(32) + b"\0\0" + b"\0\0" + b"\0\0"
    return body(maker.flags(), maker.question(), record(b"\7unknown\3key\0", 250, 255, 0, rdata), (1, 0, 0, 1))


@kind
def tsig_before_opt(maker):
    rdata = b"\x0bhmac-sha256\0" + bytes(6) + b"\1\x2c\0\x20" + bytes(32) + b"\0\0" + b"\0\0" + b"\0\0"
    tsig = record(b"\7unknown\3key\0", 250, 255, 0, rdata)
    return body(maker.flags(), maker.question(), tsig + opt(), (1, 0, 0, 2))


@kind
def tsig_malformed(maker):
    return body(maker.flags(), maker.question(), record(b"\7unknown\3key\0", 250, 255, 0, b"abc"), (1, 0, 0, 1))


@kind
def sig0(maker):
    rdata = b"\0\0\x08\0" + bytes(4) + bytes(8) + b"\0\1\3key\0" + bytes(64)
    return body(maker.flags(), maker.question(), record(b"\0", 24, 255, 0, rdata), (1, 0, 0, 1))
