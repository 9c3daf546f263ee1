# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Prints the table as Markdown."""

from . import CHECKERS, ROWS

_WORDS = {"a": "accepts", "w": "warns", "r": "refuses"}
_LONGEST = 60


def _shown(text):
    """A text in one line, without what would end a cell."""
    text = text.rstrip("\n").encode("unicode_escape").decode().replace("\\\\", "\\").replace("|", "\\|")
    return text if len(text) <= _LONGEST else text[:_LONGEST] + " ..."


def main():
    section = None
    for row in ROWS:
        if row.section != section:
            section = row.section
            print(f"\n## {section}\n\n| what | text | {' | '.join(CHECKERS)} | why |\n|---|---|{'---|' * (len(CHECKERS) + 1)}")
        verdicts = " | ".join(_WORDS[letter] for letter in row.ours + row.peers)
        print(f"| {row.what} | `{_shown(row.shown)}` | {verdicts} | {row.why} |")


if __name__ == "__main__":
    main()
