#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""ptrzone compile --keep-going: one bad zone does not hold up the others."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import control
import leftovers
import peers
import ptrd
import test_socket

ALL, SOME, NONE, USAGE = 0, 3, 1, 2
SOA = "$TTL 3600\n@ SOA ns1.isp.example. host.isp.example. {} 7200 3600 1209600 900\n@ NS ns1.isp.example.\n@ NS ns2.isp.example.\n"
BAD = "7 PTR (\n"  # the parenthesis is never closed: an error for every server


def write_zone(folder, apex, text, serial=1):
    path = os.path.join(folder, f"{apex}.zone")
    with open(path, "w", encoding="ascii") as file:
        file.write(SOA.format(serial) + text)
    return path


def read(path):
    with open(path, "rb") as file:
        return file.read()


class KeepGoingTest(unittest.TestCase):
    def setUp(self):
        """Three zones of customers; the second one has an error in its last line."""
        self.folder = ptrd.temporary_folder()
        self.zones = os.path.join(self.folder, "zones")
        self.out = os.path.join(self.folder, "out.ptri")
        os.mkdir(self.zones)
        for net in (1, 2, 3):
            write_zone(self.zones, f"{net}.2.10.in-addr.arpa", f"1 PTR a{net}.example.\n" + BAD * (net == 2))

    def compile(self, status, *arguments, paths=None):
        result = ptrd.ptrzone("compile", "-o", self.out, *arguments, *(paths or [self.zones]))
        self.assertEqual(result.returncode, status, result)
        return result

    def image(self, *paths):
        """An image of zones without errors, as bytes."""
        return read(ptrd.compile_image(os.path.join(self.folder, "good.ptri"), *paths))

    def good(self, *nets):
        return [os.path.join(self.zones, f"{net}.2.10.in-addr.arpa.zone") for net in nets]

    def earlier(self, apex="2.2.10.in-addr.arpa", text="1 PTR earlier.example.\n;@range 10.2.2.64/26 r{d}.example.\n", serial=41):
        """The path of an image with an earlier state of a zone, and that zone as dump shows it."""
        folder = ptrd.temporary_folder()
        image = ptrd.compile_image(f"{folder}/old.ptri", write_zone(folder, apex, text, serial))
        dumped = os.path.join(folder, "dump.zone")
        with open(dumped, "w", encoding="ascii") as file:
            file.write(ptrd.ptrzone("dump", image, apex).stdout)
        return image, dumped

    def lookup(self, name):
        return ptrd.ptrzone("lookup", self.out, name).stdout

    def test_without(self):
        """Without --keep-going an error means that nothing is written, and an earlier image stays."""
        with open(self.out, "w", encoding="ascii") as file:
            file.write("as it was")
        result = self.compile(NONE)
        self.assertIn("; " + self.out + " was not written", result.stderr)
        self.assertEqual(read(self.out), b"as it was")
        self.assertEqual(self.compile(USAGE, "--previous", self.out).stderr.count("\n"), 1)

    def test_one_bad_zone(self):
        """The image is that of the good zones alone, whatever --jobs; the bad one is named with its finding."""
        alone = self.image(*self.good(1, 3))
        bad = self.good(2)[0]
        for jobs in ("1", "2", "8"):
            result = self.compile(SOME, "--keep-going", "--jobs", jobs)
            self.assertEqual(read(self.out), alone)
            self.assertIn(f"{bad}:6: error: ", result.stderr)
            self.assertIn(f"ptrzone: zone 2.2.10.in-addr.arpa. is left out: 1 error at {bad}:6\n", result.stderr)
            self.assertEqual(result.stdout, f"{self.out}: 2 zones, 8 records, {len(alone)} bytes; 1 left out\n")
        self.assertIn("status: REFUSED", self.lookup("10.2.2.1"))
        self.assertIn("a3.example.", self.lookup("10.2.3.1"))

    def test_all_good(self):
        """Without errors --keep-going changes nothing, and the previous image is not used."""
        previous, _ = self.earlier()
        os.unlink(self.good(2)[0])
        result = self.compile(ALL, "--keep-going", "--previous", previous)
        self.assertEqual(result.stderr, "")
        self.assertNotIn("left out", result.stdout)
        self.assertEqual(read(self.out), self.image(self.zones))

    def test_previous(self):
        """A bad zone is taken from the previous image: the image is that of the good zones with the dump of that zone."""
        previous, dumped = self.earlier()
        expected = self.image(*self.good(1, 3), f"2.2.10.in-addr.arpa={dumped}")
        for jobs in ("1", "2", "8"):
            result = self.compile(SOME, "--keep-going", "--previous", previous, "--jobs", jobs)
            self.assertEqual(read(self.out), expected)
        self.assertIn(f"zone 2.2.10.in-addr.arpa. is taken from {previous}, serial 41: 1 error at ", result.stderr)
        self.assertTrue(result.stdout.endswith(f"; 0 left out, 1 taken from {previous}\n"), result.stdout)
        self.assertIn("earlier.example.", self.lookup("10.2.2.1"))
        self.assertIn("r65.example.", self.lookup("10.2.2.65"))
        # The image is its own next previous one.
        again = self.compile(SOME, "--keep-going", "--previous", self.out)
        self.assertIn("1 taken from", again.stdout)
        self.assertEqual(read(self.out), expected)

    def test_not_in_previous(self):
        """A bad zone that the previous image does not have is left out; so is all of it that is in no file."""
        previous, _ = self.earlier("9.2.10.in-addr.arpa", "1 PTR other.example.\n")
        result = self.compile(SOME, "--keep-going", "--previous", previous)
        self.assertIn(f"zone 2.2.10.in-addr.arpa. is left out and not in {previous}: 1 error", result.stderr)
        self.assertEqual(read(self.out), self.image(*self.good(1, 3)))

    def test_bad_previous(self):
        """A previous image that is damaged, missing or something else: one line, nothing is written."""
        previous, dumped = self.earlier()
        damaged = os.path.join(self.folder, "damaged.ptri")
        data = bytearray(read(previous))
        data[len(data) // 2] ^= 1
        with open(damaged, "wb") as file:
            file.write(data)
        for path in (damaged, os.path.join(self.folder, "missing"), dumped, self.zones):
            result = self.compile(NONE, "--keep-going", "--previous", path)
            self.assertTrue(result.stderr.startswith(f"ptrzone: {path}: "), result.stderr)
            self.assertEqual(result.stderr.count("\n"), 1)
            self.assertFalse(os.path.exists(self.out))

    def test_nothing_left(self):
        """If no zone is good, nothing is written; with a previous image there may be one."""
        with open(self.out, "w", encoding="ascii") as file:
            file.write("as it was")
        for paths in (self.good(2), ["/nonexistent"], [f"x.example={self.folder}/missing", "..=x"]):
            result = self.compile(NONE, "--keep-going", paths=paths)
            self.assertIn(f"; {self.out} was not written\n", result.stderr)
            self.assertIn(" is left out: 1 error", result.stderr)
            self.assertEqual(read(self.out), b"as it was")
        previous, _ = self.earlier()
        self.compile(SOME, "--keep-going", "--previous", previous, paths=self.good(2))
        self.assertIn("earlier.example.", self.lookup("10.2.2.1"))

    def test_files_without_zone(self):
        """What gives no zone is named by its path; with a previous image it counts as the zone of its name."""
        previous, dumped = self.earlier()
        empty = ptrd.temporary_folder()
        no_soa = os.path.join(self.folder, "part.zone")
        with open(no_soa, "w", encoding="ascii") as file:
            file.write("$TTL 60\n1 PTR a.example.\n")
        bad = [no_soa, empty, "/nonexistent", "b..c=x", f"2.2.10.in-addr.arpa={self.folder}/gone"]
        result = self.compile(SOME, "--keep-going", paths=[*self.good(1, 3), *bad])
        for path in (no_soa, empty, "/nonexistent", "b..c=x", f"{self.folder}/gone"):
            self.assertIn(f"ptrzone: {path} is left out: 1 error\n", result.stderr)
        self.assertIn("; 5 left out\n", result.stdout)
        self.assertEqual(read(self.out), self.image(*self.good(1, 3)))
        result = self.compile(SOME, "--keep-going", "--previous", previous, paths=[*self.good(1, 3), *bad])
        self.assertIn(f"; 4 left out, 1 taken from {previous}\n", result.stdout)
        self.assertEqual(read(self.out), self.image(*self.good(1, 3), f"2.2.10.in-addr.arpa={dumped}"))

    def test_strict(self):
        """With --strict a warning leaves its zone out, too."""
        warned = write_zone(self.zones, "1.2.10.in-addr.arpa", "1 PTR a.example.\n1 PTR a.example.\n")
        self.assertEqual(self.compile(SOME, "--keep-going").stdout.count("; 1 left out"), 1)
        result = self.compile(SOME, "--keep-going", "--strict")
        self.assertIn(f"zone 1.2.10.in-addr.arpa. is left out: 1 error at {warned}:6", result.stderr)
        self.assertEqual(read(self.out), self.image(*self.good(3)))

    def test_below_another_zone(self):
        """A zone above one that is left out answers by its own text, with a warning: its delegation is a referral, its records
        there are back, and other names are NXDOMAIN."""
        delegation = "2 NS ns.customer.example.\n2 NS ns2.customer.example.\n"
        upper = write_zone(self.zones, "2.10.in-addr.arpa", delegation)
        warning = "ptrzone: warning: zone 2.10.in-addr.arpa. answers for the names of 2.2.10.in-addr.arpa., which is left out\n"
        self.assertIn(warning, self.compile(SOME, "--keep-going").stderr)
        referral = self.lookup("10.2.2.1")
        self.assertRegex(referral, r"status: NOERROR.*\n;; flags: qr;")
        self.assertIn("ns.customer.example.", referral)
        write_zone(self.zones, "2.10.in-addr.arpa", "1.2 PTR upper.example.\n")
        self.assertIn(warning, self.compile(SOME, "--keep-going").stderr)
        self.assertIn("upper.example.", self.lookup("10.2.2.1"))
        self.assertIn("status: NXDOMAIN", self.lookup("10.2.2.9"))
        self.assertEqual(read(self.out), self.image(upper, *self.good(1, 3)))
        # Taken from the previous image, it hides them.
        result = self.compile(SOME, "--keep-going", "--previous", self.earlier()[0])
        self.assertNotIn("warning", result.stderr)
        self.assertIn("earlier.example.", self.lookup("10.2.2.1"))

    def test_alias_of_another_zone(self):
        """A name server that is an alias in another zone is an error of the zone that names it, and of no other: what check
        says of the files decides."""
        customer = write_zone(self.zones, "customer.test", "www CNAME web\nweb A 192.0.2.1\n")
        write_zone(self.zones, "3.2.10.in-addr.arpa", "@ NS www.customer.test.\n")
        checked = ptrd.ptrzone("check", "--strict", self.zones).stdout
        result = self.compile(SOME, "--keep-going", "--strict")
        wrong = set(re.findall(r"zones/(\S+)\.zone:\d+.*: error", checked))
        self.assertEqual(wrong, set(re.findall(r"zone (\S+)\. is left out", result.stderr)))
        self.assertEqual(wrong, {"2.2.10.in-addr.arpa", "3.2.10.in-addr.arpa"})
        self.assertEqual(read(self.out), self.image(*self.good(1), customer))

    def test_killed(self):
        """A compile that is killed leaves the earlier image as it was."""
        before = self.image(*self.good(1))
        shutil.copy(os.path.join(self.folder, "good.ptri"), self.out)
        fifo = os.path.join(self.folder, "pipe")
        os.mkfifo(fifo)
        with subprocess.Popen([ptrd.PTRZONE, "compile", "--keep-going", "--previous", self.out, "-o", self.out, self.zones,
                               f"9.2.10.in-addr.arpa={fifo}"],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=leftovers.die_with_parent) as process:
            with open(fifo, "w", encoding="ascii") as pipe:
                pipe.write(SOA.format(1) + BAD)
                pipe.flush()
                process.send_signal(signal.SIGKILL)
                process.wait()
        self.assertEqual(read(self.out), before)


class TenThousandZonesTest(unittest.TestCase):
    """One bad zone of 10,000, beside what Knot and NSD serve from the same files."""

    COUNT = 10_000
    WRONG = 4321

    @classmethod
    def setUpClass(cls):
        cls.folder = ptrd.temporary_folder()
        cls.zones = os.path.join(cls.folder, "zones")
        cls.image = os.path.join(cls.folder, "zones.ptri")
        cls.previous = os.path.join(cls.folder, "previous.ptri")
        os.mkdir(cls.zones)
        cls.files = [(cls.apex(number), cls.write(number, 1)) for number in range(cls.COUNT)]
        ptrd.compile_image(cls.previous, cls.zones)
        cls.write(cls.WRONG, 2, BAD)
        cls.write(cls.WRONG + 1, 2)

    @classmethod
    def apex(cls, number):
        return f"{number % 250}.{number // 250}.10.in-addr.arpa"

    @classmethod
    def write(cls, number, serial, more=""):
        return write_zone(cls.zones, cls.apex(number), f"1 PTR h{number}.v{serial}.example.\n{more}", serial)

    def compile(self, *arguments):
        result = ptrd.ptrzone("compile", "--keep-going", *arguments, "-o", self.image, self.zones)
        self.assertEqual(result.returncode, SOME, result)
        self.assertEqual(re.findall(r"zone (\S+)\. is", result.stderr), [self.apex(self.WRONG)])

    def test_beside_knot_and_nsd(self):
        """All three answer alike for the 9,999 good zones. For the bad one Knot and NSD have SERVFAIL; ptrd REFUSED, as for a zone
        that it does not have, or the answer as it last was."""
        names = [f"1.{apex}" for apex, _ in self.files] + [f"2.{apex}" for apex, _ in self.files[::50]]
        wrong = f"1.{self.apex(self.WRONG)}"
        self.compile()
        with contextlib.ExitStack() as stack:
            port = test_socket.free_port()
            server = stack.enter_context(ptrd.Ptrd(self.image, "--socket", f"{peers.ADDRESS}:{port}"))
            ours = peers.dig(port, names)
            for serve in (peers.knot, peers.nsd):
                theirs = peers.dig(stack.enter_context(serve(self.files)), names)
                different = [name for name in names if ours[name] != theirs[name]]
                self.assertEqual(different, [wrong], [(ours[name], theirs[name]) for name in different[:3]])
                self.assertEqual(theirs[wrong][0], "SERVFAIL")
            self.assertEqual(ours[wrong], ("REFUSED", "qr", []))
            server.stop()
        self.compile("--previous", self.previous)
        port = test_socket.free_port()
        with ptrd.Ptrd(self.image, "--socket", f"{peers.ADDRESS}:{port}"):
            again = peers.dig(port, names)
        self.assertEqual(again[wrong], ("NOERROR", "qr aa", [f"{wrong}. 3600 in ptr h{self.WRONG}.v1.example."]))
        self.assertEqual({name: again[name] for name in names if again[name] != ours[name]}, {wrong: again[wrong]})

    def test_reload(self):
        """Under `ptrctl reload`, the bad zone goes on as it was and its neighbour has its new text."""
        port = test_socket.free_port()
        path = f"{self.folder}/control"
        served = os.path.join(self.folder, "served.ptri")
        shutil.copy(self.previous, served)
        names = [f"1.{self.apex(number)}" for number in range(self.WRONG - 50, self.WRONG + 50)]
        with ptrd.Ptrd(served, "--socket", f"{peers.ADDRESS}:{port}", "--control", path):
            before = peers.dig(port, names)
            self.compile("--previous", served)
            os.replace(self.image, served)
            reloaded = control.ptrctl(path, "reload")
            self.assertEqual(reloaded.returncode, 0, reloaded)
            after = peers.dig(port, names)
        changed = f"1.{self.apex(self.WRONG + 1)}"
        self.assertEqual([name for name in names if after[name] != before[name]], [changed])
        self.assertIn(".v2.", after[changed][2][0])


if __name__ == "__main__":
    unittest.main()
