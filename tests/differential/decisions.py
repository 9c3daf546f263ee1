# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Cases in which ptrd agrees with one peer against two, and why. A difference from that peer still fails."""

import dataclasses
import re


@dataclasses.dataclass(frozen=True)
class Decision:
    aspects: tuple   # of verdict.ORDER
    about: str       # regular expression, found in the topic of the case (topic.of, a query's or odd message's kind)
    peer: str        # the one that ptrd agrees with; empty if a rule of examine.py defines what ptrd must do
    reason: str      # with RFC and section


DECISIONS = (
    Decision(("cd",), r"", "", "RFC 4035 3.1.6: CD is nothing to an authoritative server, and examine.py sees that it is never set"),
    Decision(("truncation",), r"^referral$", "knot", "RFC 9471 3.1: TC where glue for name servers below the cut does not fit"),
    Decision(("rcode", "answer", "truncation"), r"DNAME below itself", "nsd",
             "RFC 1034 3.6.2: a renaming without end is followed once; Knot and BIND go on until the name is too long"),
    Decision(("truncation", "authority"), r"^NSEC, label that ends with a zero$", "bind",
             "RFC 4034 6.1, RFC 4035 3.1.3.2: one NSEC may cover the name and the wildcard, and is sent once; Knot and NSD add one that covers neither"),
    Decision(("rcode",), r"record of another class", "knot",
             "RFC 1035 4.1.1 keeps no record out of a query: those that mean nothing here are passed over, whatever their class"),
    Decision(("rcode",), r"unknown opcode", "", "RFC 8906 3.1.3: NOTIMP, as examine.py sees; what else such a message holds cannot be judged"),
)


def decision_for(aspect, about, ptrd_with):
    """The decision that makes a difference right, or None."""
    for decision in DECISIONS:
        if aspect in decision.aspects and (not decision.peer or decision.peer in ptrd_with) and re.search(decision.about, about):
            return decision
    return None
