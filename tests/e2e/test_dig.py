#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""dig's output for answers with more than one record: the transcripts in tests/e2e/transcripts."""

import glob
import os
import re
import shlex
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import ptrd
import test_socket

TRANSCRIPTS = os.path.join(ptrd.ROOT, "tests", "e2e", "transcripts")
OPTIONS = ("+nocmd", "+nostats", "+nocookie", "+tries=1", "+time=3")


def asked(port, command):
    """dig's output with the message id set to 0; `command` is a line such as `dig -x 192.0.2.1`."""
    program, *arguments = shlex.split(command)
    assert program == "dig"
    result = ptrd.run("dig", "@127.0.0.1", "-p", str(port), *OPTIONS, *arguments)
    return re.sub(r"id: \d+", "id: 0", result.stdout).strip()


class TranscriptsTest(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        folder = ptrd.temporary_folder()
        cls.port = test_socket.free_port()
        cls.server = ptrd.Ptrd(ptrd.compile_image(f"{folder}/image", TRANSCRIPTS), "--socket", f"127.0.0.1:{cls.port}",
                               "--server-id", "ns1-rack7", "--server-version", "ptrd").start()
        cls.addClassCleanup(cls.server.stop)

    def check(self, name):
        """The transcript's first line is the command, the rest is the expected output of dig."""
        with open(os.path.join(TRANSCRIPTS, name + ".txt")) as file:
            prompt, _, expected = file.read().partition("\n")
        self.assertEqual(asked(self.port, prompt.removeprefix("$ ")), expected.strip())

    def test_all_are_tested(self):
        """Each transcript has a test here."""
        names = {os.path.basename(path).removesuffix(".txt") for path in glob.glob(os.path.join(TRANSCRIPTS, "*.txt"))}
        self.assertEqual(names, {test.removeprefix("test_") for test in dir(self) if test.startswith("test_")} - {"all_are_tested"})

    def test_referral(self):
        """Below a cut: its NS without AA, and glue for the server inside only (RFC 1034 4.3.2 3b)."""
        self.check("referral")

    def test_wildcard(self):
        """A name that does not exist gets the wildcard's record under its own name (RFC 4592)."""
        self.check("wildcard")

    def test_dname(self):
        """The DNAME, the CNAME made of it, and what that leads to (RFC 6672 3.2)."""
        self.check("dname")

    def test_rfc2317(self):
        """The address's CNAME, and the PTR from the customer's zone on the same server."""
        self.check("rfc2317")

    def test_any(self):
        """One record set is the whole answer (RFC 8482 4.1)."""
        self.check("any")

    def test_nsid(self):
        """The server's id comes with the answer (RFC 5001)."""
        self.check("nsid")

    def test_badvers(self):
        """EDNS version 1 is refused with BADVERS and our version, 0 (RFC 6891 6.1.3)."""
        self.check("badvers")

    def test_chaos(self):
        """Class CH returns the version that was set (RFC 4892)."""
        self.check("chaos")

    def test_not_ours(self):
        """A name in none of the zones: REFUSED, with the extended error "Not Authoritative" (RFC 8914 4.21)."""
        self.check("not_ours")

    def test_nxdomain(self):
        """A missing name gets the SOA, its TTL cut to the negative one (RFC 2308 3)."""
        self.check("nxdomain")


class UntoldTest(unittest.TestCase):
    def test_untold_by_default(self):
        """Without --server-id and --server-version nothing is disclosed: REFUSED in class CH, no NSID."""
        folder = ptrd.temporary_folder()
        port = test_socket.free_port()
        with ptrd.Ptrd(ptrd.compile_image(f"{folder}/image", TRANSCRIPTS), "--socket", f"127.0.0.1:{port}"):
            for question in ("version.bind", "id.server", "hostname.bind", "version.server"):
                self.assertIn("status: REFUSED", asked(port, f"dig {question} CH TXT"))
            self.assertNotIn("NSID", asked(port, "dig -x 192.0.2.1 +nsid"))


if __name__ == "__main__":
    unittest.main()
