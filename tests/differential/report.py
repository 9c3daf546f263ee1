# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""The summary: failures with their smallest example, and where the peers differ from one another."""

import describe
from servers import LABELS

_ABOUTS = 8


def failure(kind, case, zone_set, raw):
    """A complete failure report: zone text, command, four replies. `raw` is None if it could not be reproduced."""
    print(f"\nFAILED in round {kind.example.number}: {_title(kind)}" + ("" if raw else "  (not seen again when asked alone: as it came)"))
    print("  " + case.dig())
    _indented(zone_set.text(), 4)
    for label in LABELS:
        print(f"  {label}:")
        _indented(describe.message((raw or kind.example.raw)[label]), 4)


def brief(kind):
    print(f"FAILED in round {kind.example.number}: {_title(kind)}, such as {kind.example.case.dig()}")


def peers(kinds):
    if not kinds:
        return
    print("\nWhere the peers differ from one another: times, what, who, [about what], whom ptrd agrees with, an example")
    for kind in kinds:
        sides = ", ".join(f"{'+'.join(labels) or 'nobody'} {times}" for labels, times in kind.sides.most_common())
        print(f"{kind.count:7} {_title(kind)}\n        ptrd with: {sides}\n        {kind.example.case.dig()}")


def refusals(found):
    """Records that the checks of `ptrzone compile` excluded from the comparison."""
    if not found:
        return
    print("\nWhat ptrzone compile refuses and every peer loads, left out above: times, what, an example")
    for kind, cases in sorted(found.items(), key=lambda item: -len(item[1])):
        text, record = min(cases, key=lambda case: len(case[1]))
        print(f"{len(cases):7} {kind}\n        {text}\n        {record}")


def _title(kind):
    abouts = [f"{about or '-'} {times}" for about, times in kind.abouts.most_common(_ABOUTS)]
    if len(kind.abouts) > _ABOUTS:
        abouts.append(f"{len(kind.abouts) - _ABOUTS} more")
    _, aspect, text = kind.finding.key
    return f"{aspect}: {text}  ({kind.count})" + (f"  [{', '.join(abouts)}]" if list(kind.abouts) != [""] else "")


def _indented(text, by):
    for line in text.splitlines():
        print(" " * by + line if line else "")
