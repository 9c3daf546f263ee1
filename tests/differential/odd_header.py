# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Odd headers and counts: opcodes, flags, records and questions that are too many or missing (RFC 8906, RFC 9619)."""

import names
from odd_parts import apex_question, body, kind, opt, option, record


@kind
def short(maker):
    """Less than a header."""
    return body(maker.flags(), maker.question())[:maker.rng.randrange(10)]


@kind
def response(maker):
    """QR=1: never answered (RFC 8906 3.2.1 is about queries alone)."""
    return body(0x8000 | maker.rng.choice((0, 0x0400, 0x2800, 0x2000, 3)), maker.question())


@kind
def opcode(maker):
    return body(maker.rng.choice((1, 2, 3, 6, 7, 8, 15)) << 11 | maker.flags(), maker.question())


@kind
def opcode_bare(maker):
    return body(maker.rng.choice((1, 2, 3, 6, 8, 15)) << 11 | maker.flags(), counts=(0, 0, 0, 0))


@kind
def opcode_with_opt(maker):
    return body(maker.rng.choice((1, 2, 3, 6, 8, 15)) << 11 | maker.flags(), maker.question(), opt(), (1, 0, 0, 1))


@kind
def notify(maker):
    return body(4 << 11 | maker.rng.choice((0, 0x0400)), apex_question(maker, "SOA"))


@kind
def notify_other(maker):
    return body(4 << 11, maker.question())


@kind
def update(maker):
    return body(5 << 11, apex_question(maker, "SOA"))


@kind
def update_with_record(maker):
    return body(5 << 11, apex_question(maker, "SOA"), record(owner=b"\1a\xc0\x0c"), (1, 0, 1, 0))


@kind
def update_not_ours(maker):
    return body(5 << 11, names.to_wire(names.name("not.ours.invalid")) + b"\0\6\0\1")


@kind
def aa_in_query(maker):
    return body(0x0400 | maker.flags(), maker.question())


@kind
def tc_in_query(maker):
    return body(0x0200 | maker.flags(), maker.question())


@kind
def ra_in_query(maker):
    return body(0x0080 | maker.flags(), maker.question())


@kind
def rcode_in_query(maker):
    return body(maker.rng.randrange(1, 16) | maker.flags(), maker.question())


@kind
def no_question(maker):
    return body(maker.flags(), counts=(0, 0, 0, 0))


@kind
def no_question_opt(maker):
    return body(maker.flags(), b"", opt(), (0, 0, 0, 1))


@kind
def no_question_cookie(maker):
    """RFC 7873 5.4: a query for a cookie alone."""
    return body(maker.flags(), b"", opt(options=option(10, b"12345678")), (0, 0, 0, 1))


@kind
def no_question_counted(maker):
    return body(maker.flags(), maker.question(), counts=(0, 0, 0, 0))


@kind
def two_questions(maker):
    return body(maker.flags(), maker.question() + maker.question(), counts=(2, 0, 0, 0))


@kind
def two_questions_opt(maker):
    return body(maker.flags(), maker.question() + maker.question(), opt(), (2, 0, 0, 1))


@kind
def missing_second_question(maker):
    return body(maker.flags(), maker.question(), counts=(2, 0, 0, 0))


@kind
def many_questions_counted(maker):
    return body(maker.flags(), maker.question(), counts=(0xFFFF, 0, 0, 0))


@kind
def answer_in_query(maker):
    return body(maker.flags(), maker.question(), record(), (1, 1, 0, 0))


@kind
def authority_in_query(maker):
    return body(maker.flags(), maker.question(), record(), (1, 0, 1, 0))


@kind
def additional_in_query(maker):
    return body(maker.flags(), maker.question(), record(), (1, 0, 0, 1))


@kind
def additional_before_opt(maker):
    return body(maker.flags(), maker.question(), record() + opt(), (1, 0, 0, 2))


@kind
def additional_behind_opt(maker):
    return body(maker.flags(), maker.question(), opt() + record(), (1, 0, 0, 2))


@kind
def missing_answer(maker):
    return body(maker.flags(), maker.question(), counts=(1, 1, 0, 0))


@kind
def missing_additional(maker):
    return body(maker.flags(), maker.question(), counts=(1, 0, 0, 1))


@kind
def cut_record(maker):
    return body(maker.flags(), maker.question(), record()[:maker.rng.randrange(1, 16)], (1, 0, 0, 1))


@kind
def record_too_long(maker):
    return body(maker.flags(), maker.question(), record()[:-6] + b"\0\x20abcd", (1, 0, 0, 1))
