# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Checks the documents (*.md): their length, the files and links that they name, the width of tables.

    python3 -m tests.style.documents         check the tree; each fault is one line

A path in backquotes has to exist, from the root or from the document's own folder. Words in capitals stand for any name:
`tools/PROGRAM/options.cpp`.
"""

import glob
import os
import re
import sys

# Lines at most.
LENGTHS = {"README.md": 150, "src/README.md": 200}
# Characters of a table's cell at most.
CELLS = {"bench/README.md": 100}
# A path from the root is recognized by these, any other path to a source file by its suffix.
TOP = ("src", "include", "bpf", "zones", "tests", "bench", "tools")
SOURCES = (".c", ".h", ".cpp", ".hpp", ".py", ".md", ".scd", ".build")

_FENCED = re.compile(r"^```.*?^```[^\n]*$", re.DOTALL | re.MULTILINE)
_QUOTED = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\[[^]]*\]\(([^)\s]+)\)", re.DOTALL)
_ANY = re.compile(r"(?<![A-Za-z])[A-Z]{2,}(?![A-Za-z])")
_PATH = re.compile(r"[A-Za-z0-9_.*-]+(?:/[A-Za-z0-9_.*-]+)*/?")


def documents(root):
    """The paths of all documents below the root, except in build folders and hidden ones."""
    for folder, folders, names in os.walk(root):
        hidden = (".", "build") if folder == root else (".",)
        folders[:] = sorted(name for name in folders if not name.startswith(hidden))
        for name in sorted(names):
            if name.endswith(".md"):
                yield os.path.relpath(os.path.join(folder, name), root)


def without_fenced(text):
    """The text with its fenced blocks blank, so that line numbers stay."""
    return _FENCED.sub(lambda match: "\n" * match.group(0).count("\n"), text)


def path_in(quoted):
    """The path that a text in backquotes is or begins with ("tools/demo --once"); None if it is something else."""
    word = quoted.split()[0] if quoted.strip() else ""
    if not _PATH.fullmatch(word):
        return None
    top, below, _ = word.partition("/")
    if below and top in TOP:
        return word
    return word if word.endswith(SOURCES) else None


def exists(root, document, path):
    """Whether such a file or folder exists, relative to the root or to the document's folder."""
    pattern = path if path.endswith(".md") else _ANY.sub("*", path)
    return any(glob.glob(os.path.join(root, place, pattern)) for place in ("", os.path.dirname(document)))


def anchors(text):
    """The names by which the headings of a document are linked to, as GitHub makes them."""
    headings = re.findall(r"^#+ +(.*?) *$", without_fenced(text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def link_fault(root, document, target):
    """The error in a link, or None."""
    if re.match(r"[a-z]+:", target):
        return None
    path, _, anchor = target.partition("#")
    full = os.path.normpath(os.path.join(root, os.path.dirname(document), path)) if path else os.path.join(root, document)
    if not os.path.exists(full):
        return f"links to {target}, which does not exist"
    if anchor:
        with open(full, encoding="utf-8") as file:
            if anchor not in anchors(file.read()):
                return f"links to {target}; no heading there has that name"
    return None


def cells(line):
    """The cells of a table row; none if the line is not one."""
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip())[1:-1]] if line.startswith("|") else []


def faults_in(root, document, text):
    """The faults of one document, each as a line."""
    lines = text.count("\n")
    if lines > LENGTHS.get(document, lines):
        yield f"{document}: has {lines} lines; at most {LENGTHS[document]} are allowed"
    prose = without_fenced(text)
    for number, line in enumerate(prose.splitlines(), 1):
        for path in filter(None, map(path_in, _QUOTED.findall(line))):
            if not exists(root, document, path):
                yield f"{document}:{number}: names {path}, which does not exist"
        for cell in cells(line):
            if len(cell) > CELLS.get(document, len(cell)):
                yield f"{document}:{number}: a cell of {len(cell)} characters; at most {CELLS[document]} are allowed"
    for match in _LINK.finditer(prose):
        fault = link_fault(root, document, match.group(1))
        if fault:
            yield f"{document}:{prose.count(chr(10), 0, match.start()) + 1}: {fault}"


def check(root):
    """The faults of all documents."""
    faults = []
    for document in documents(root):
        with open(os.path.join(root, document), encoding="utf-8") as file:
            faults += faults_in(root, document, file.read())
    return faults


def main(root):
    faults = check(root)
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))))
