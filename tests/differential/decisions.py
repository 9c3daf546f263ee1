# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Where ptrd sides with one peer against two, and why. What it does otherwise than that peer still fails."""

import dataclasses
import re


@dataclasses.dataclass(frozen=True)
class Decision:
    aspects: tuple   # of verdict.ORDER
    about: str       # regular expression, found in what the case is about (topic.of, a query's or odd message's kind)
    peer: str        # the one that ptrd agrees with
    reason: str      # with RFC and section


DECISIONS = (
    Decision(("answer", "authority", "additional", "rcode", "truncation"), r"alias", "nsd",
             "RFC 1034 4.3.2 3a: the search starts again with the new name, in whichever of our zones that lies; Knot and BIND "
             "stay in the first one"),
    Decision(("cd",), r"version", "knot", "RFC 4035 3.1.6: CD is nothing to an authoritative server; cleared in every reply alike"),
)


def decision_for(aspect, about, ptrd_with):
    """The decision that makes a difference right, or None."""
    for decision in DECISIONS:
        if aspect in decision.aspects and decision.peer in ptrd_with and re.search(decision.about, about):
            return decision
    return None
