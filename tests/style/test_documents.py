# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""The check of documents finds what it is for: each case plants one fault in a small tree."""

import os
import tempfile
import unittest

from tests.style import documents


class Documents(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name
        self.write("src/wire/name.cpp", "")
        self.write("src/wire/README.md", "# Wire\n\n## Names and `labels`\n")

    def write(self, path, text):
        path = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def faults(self, path, text):
        self.write(path, text)
        return documents.check(self.root)

    def test_good(self):
        """Paths from the root and from the document's folder, names in capitals, links and headings are found."""
        self.write("tools/demo", "")
        self.assertEqual(self.faults("README.md", "`src/wire/name.cpp`, `src/LAYER/name.cpp`, `src/wire/`, `tools/demo --once`,\n"
                                     "[wire](src/wire/README.md#names-and-labels), [far](https://example.net/x)\n"), [])
        self.assertEqual(self.faults("src/wire/README.md", "# Names and labels\n`name.cpp`\n"), [])

    def test_other_words(self):
        """Options, commands, keys and files of the operator in backquotes are not taken for paths of the tree."""
        self.assertEqual(self.faults("README.md", "`--socket`, `/etc/ptrd/ptrd.yaml`, `zones.ptri`, `ip route add x/y`, `tcp.idle`, "
                                     "`image::verify`\n"), [])

    def test_missing_file(self):
        """A file that does not exist is named with its line."""
        self.assertEqual(self.faults("README.md", "a\n`src/wire/nome.cpp`\n"),
                         ["README.md:2: names src/wire/nome.cpp, which does not exist"])
        self.assertEqual(self.faults("README.md", "`name.cpp`\n"), ["README.md:1: names name.cpp, which does not exist"])

    def test_fenced(self):
        """The contents of a fenced block are not checked, and do not change the line numbers after it."""
        self.assertEqual(self.faults("README.md", "```\n$ cat `src/no.cpp` [x](y)\n```\n[x](y)\n"),
                         ["README.md:4: links to y, which does not exist"])

    def test_links(self):
        """A link to a missing file or heading is a fault."""
        self.assertEqual(self.faults("src/README.md", "[wire](wire/README.md)\n[no](wire/NO.md)\n[no](wire/README.md#no)\n"),
                         ["src/README.md:2: links to wire/NO.md, which does not exist",
                          "src/README.md:3: links to wire/README.md#no; no heading there has that name"])

    def test_length(self):
        """README.md and src/README.md have a limit; other documents do not."""
        self.assertEqual(self.faults("README.md", "a\n" * 150), [])
        self.assertEqual(self.faults("README.md", "a\n" * 151), ["README.md: has 151 lines; at most 150 are allowed"])
        os.remove(os.path.join(self.root, "README.md"))
        self.assertEqual(self.faults("src/README.md", "a\n" * 201), ["src/README.md: has 201 lines; at most 200 are allowed"])
        os.remove(os.path.join(self.root, "src/README.md"))
        self.assertEqual(self.faults("src/wire/README.md", "a\n" * 201), [])

    def test_cells(self):
        """A cell in bench/README.md has at most 100 characters; an escaped bar does not end one."""
        self.assertEqual(self.faults("bench/README.md", f"| a | {'b' * 100} |\n|---|---|\n"), [])
        self.assertEqual(self.faults("bench/README.md", f"| a | {'b' * 50}\\|{'b' * 49} |\n"),
                         ["bench/README.md:1: a cell of 101 characters; at most 100 are allowed"])

    def test_build_folders(self):
        """Build folders of the root are left out, rooms of that name are not."""
        self.write("build-demo/README.md", "[no](no.md)\n")
        self.assertEqual(len(self.faults("src/build/README.md", "[no](no.md)\n")), 1)


if __name__ == "__main__":
    unittest.main()
