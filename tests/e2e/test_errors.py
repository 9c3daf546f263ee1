#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Invalid input and failures: the exit status, and a line that says what is wrong, where, and how to fix it."""

import contextlib
import os
import re
import socket
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import control
import frames
import leftovers
import ptrd
import test_pcap
import test_socket

SOA = "@ IN SOA ns.example. host.example. 1 3600 900 604800 60\n@ IN NS ns.example.\n"


class ErrorCase(unittest.TestCase):
    def setUp(self):
        self.folder = ptrd.temporary_folder()

    def path(self, name):
        return f"{self.folder}/{name}"

    def write(self, name, content):
        with open(self.path(name), "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        return self.path(name)

    def image(self):
        return ptrd.compile_image(self.path("good.ptri"), self.write("2.0.192.in-addr.arpa.zone", SOA + "1 PTR a.example.\n"))

    def assert_fails(self, result, status, *parts, lines=1):
        """The status is right, nothing crashed, and stderr is one line of ours with `parts` in it (any case)."""
        what = f"status {result.returncode}\n-- stderr\n{result.stderr}"
        self.assertEqual(result.returncode, status, what)
        # DPDK's own log lines may be mixed with ours, and the line that says which image was loaded.
        ours = [line for line in result.stderr.splitlines()
                if re.match(r"(ptrd|ptrzone): ", line) and not re.search(r": \d+ zones?, \d+ records?$", line)]
        self.assertEqual(len(ours), lines, what)
        for part in parts:
            self.assertIn(part.lower(), result.stderr.lower(), what)


class UsageTest(ErrorCase):
    def test_wrong_usage(self):
        """Unknown options, missing and surplus arguments end with status 2 and say so on stderr."""
        for command in ([ptrd.PTRD, "--no-such-option"], [ptrd.PTRD], [ptrd.PTRD, "--image"],
                        [ptrd.PTRD, "--image", "x", "--socket", "127.0.0.1:5300", "--duration", "soon"],
                        [ptrd.PTRD, "--image", "x"], [ptrd.PTRZONE], [ptrd.PTRZONE, "bake"], [ptrd.PTRZONE, "compile"],
                        [ptrd.PTRZONE, "compile", "-o"], [ptrd.PTRZONE, "compile", "-o", self.path("x")],
                        [ptrd.PTRZONE, "lookup"], [ptrd.PTRZONE, "info"], [ptrd.PTRZONE, "dump", "a", "b", "c"]):
            with self.subTest(command=command[1:]):
                result = ptrd.run(*command)
                self.assertEqual(result.returncode, 2, result)
                self.assertNotEqual(result.stderr, "", result)
                self.assertEqual(result.stdout, "", result)

    def test_help_and_version(self):
        """--help and --version work and end with status 0."""
        for program in (ptrd.PTRD, ptrd.PTRZONE):
            for option in ("--help", "--version"):
                with self.subTest(program=os.path.basename(program), option=option):
                    result = ptrd.run(program, option)
                    self.assertEqual(result.returncode, 0, result)
                    self.assertNotEqual(result.stdout, "", result)

    def test_bad_socket_addresses(self):
        """An invalid ADDRESS:PORT is named, with status 1 or 2."""
        image = self.image()
        for address in ("nonsense", "127.0.0.1", "127.0.0.1:", "127.0.0.1:70000", "127.0.0.1:-1", "[::1", "::1:53:x", ":"):
            with self.subTest(address=address):
                result = ptrd.run(ptrd.PTRD, "--image", image, "--socket", address, "--duration", "1")
                self.assertIn(result.returncode, (1, 2), result)
                self.assertIn(address, result.stderr)


class OutputTest(ErrorCase):
    def test_full_disk(self):
        """Output that cannot be written is one line and status 1, however much of it there is and in however many writes."""
        image = ptrd.compile_image(self.path("zones.ptri"), ptrd.ZONES)
        for command in (["rdns", "zones", "10.0.0.0/9"], ["rdns", "zones", *(f"10.{i}.0.0/17" for i in range(20))],
                        ["ptrzone", "info", image], ["ptrzone", "dump", image], ["ptrzone", "lookup", image, "192.0.2.1"]):
            program = os.path.join(ptrd.BUILD, "tools", command[0])
            with self.subTest(command), open("/dev/full", "w", encoding="ascii") as full:
                result = subprocess.run([program, *command[1:]], stdout=full, stderr=subprocess.PIPE, text=True, timeout=20, check=False)
                self.assertEqual(result.returncode, 1)
                self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)


class ImageTest(ErrorCase):
    def refused(self, path, *parts):
        """Both programs refuse the image with one line and status 1."""
        port = test_socket.free_port()
        self.assert_fails(ptrd.run(ptrd.PTRD, "--image", path, "--socket", f"127.0.0.1:{port}", "--duration", "1"), 1, *parts)
        self.assert_fails(ptrd.ptrzone("info", path), 1, *parts)
        self.assert_fails(ptrd.ptrzone("lookup", path, "192.0.2.1"), 1, *parts)

    def test_missing(self):
        """A missing image is named, and so is one that ptrd may not read; ptrd says what to do."""
        self.refused(self.path("nowhere.ptri"), self.path("nowhere.ptri"))
        listen = ("--socket", f"127.0.0.1:{test_socket.free_port()}", "--duration", "1")
        result = ptrd.run(ptrd.PTRD, "--image", self.path("nowhere.ptri"), *listen)
        self.assert_fails(result, 1, "nowhere.ptri: No such file or directory; compile it with ptrzone, or give another path\n")
        image = self.image()
        os.chmod(image, 0o600)
        result = ptrd.run(*ptrd.as_nobody(test_socket.public_copy(self.folder), "--image", image, *listen))
        self.assert_fails(result, 1, f"{image}: Permission denied; it must be readable by the user that ptrd runs as\n")

    def test_empty(self):
        """An empty file is not an image."""
        self.refused(self.write("empty.ptri", b""), "empty.ptri", "the file is empty")

    def test_foreign(self):
        """Files of other kinds, and a folder, are not images."""
        with open("/bin/true", "rb") as file:
            program = file.read()
        for name, content in (("text.ptri", "; a zone\n" + SOA * 100), ("program.ptri", program), ("zeros.ptri", bytes(1 << 20)),
                              ("ones.ptri", b"\xff" * 8192), ("one.ptri", b"p")):
            with self.subTest(name):
                self.refused(self.write(name, content), name)
        self.refused(self.folder, self.folder)

    def test_truncated(self):
        """An image truncated anywhere is rejected."""
        with open(self.image(), "rb") as file:
            whole = file.read()
        for size in sorted({1, 7, 63, 64, 65, 128, 4096, len(whole) // 2, len(whole) - 64, len(whole) - 1}):
            if 0 < size < len(whole):
                with self.subTest(size=size):
                    self.refused(self.write("short.ptri", whole[:size]), "short.ptri")

    def test_extended(self):
        """An image with trailing data is rejected."""
        with open(self.image(), "rb") as file:
            whole = file.read()
        self.refused(self.write("long.ptri", whole + bytes(64)), "long.ptri")

    def test_flipped_bits(self):
        """A single wrong bit anywhere is detected, without a crash."""
        with open(self.image(), "rb") as file:
            whole = bytearray(file.read())
        # Each of the header's bytes, then a sample.
        places = list(range(0, min(128, len(whole)), 3)) + list(range(128, len(whole), max(1, len(whole) // 40)))
        for place in places:
            with self.subTest(place=place):
                whole[place] ^= 1 << place % 8
                self.assert_fails(ptrd.ptrzone("info", self.write("flipped.ptri", bytes(whole))), 1, "flipped.ptri")
                whole[place] ^= 1 << place % 8


class PortTest(ErrorCase):
    def test_no_such_interface(self):
        """An interface that does not exist is named."""
        result = ptrd.run(ptrd.PTRD, "--image", self.image(), "--dpdk", "net_af_xdp0,iface=nosuch0", "--duration", "1")
        self.assert_fails(result, 1, "nosuch0")

    def dpdk_fails(self, device, *parts, arguments=()):
        """ptrd with this device fails with one line alone, which has `parts` in it and nothing about telemetry."""
        result = ptrd.run(ptrd.PTRD, "--image", self.image(), "--duration", "1", "--dpdk", device, *arguments)
        self.assert_fails(result, 1, *parts)
        self.assertNotIn("TELEMETRY", result.stderr)
        self.assertEqual((len(result.stderr.splitlines()), result.stdout), (2, ""), result)

    def test_no_such_device(self):
        """A PCI device that is not there, an interface in its place, and a driver that does not exist are named, with what to give."""
        self.dpdk_fails("0000:ff:1f.7", "ptrd: 0000:ff:1f.7: no such PCI device; list them with lspci -D\n")
        self.dpdk_fails("lo", "ptrd: lo is an interface; ", "net_af_xdp0,iface=lo", "--xdp lo")
        self.dpdk_fails("net_nosuch0", "ptrd: DPDK has no driver for 'net_nosuch0'; give the PCI address")
        self.dpdk_fails("net_null0,nonsense=1", "ptrd: net_null0,nonsense=1: DPDK's driver refuses it; check its arguments")

    def test_other_pci_devices(self):
        """A PCI device that is not DPDK's: the driver that has it, or that it is not a network card."""
        for device in os.listdir("/sys/bus/pci/devices"):
            driver = f"/sys/bus/pci/devices/{device}/driver"
            if os.path.exists(driver) and os.path.basename(os.readlink(driver)) == "vfio-pci":
                continue
            with open(f"/sys/bus/pci/devices/{device}/class", encoding="ascii") as file:
                network = file.read().startswith("0x02")
            with self.subTest(device):
                self.dpdk_fails(device, device, "bind it to vfio-pci" if network else "not a network card")
                break

    def test_no_such_capture(self):
        """A missing capture file is named as the cause."""
        device = f"net_pcap0,rx_pcap={self.path('no.pcap')},tx_pcap={self.path('a.pcap')}"
        self.dpdk_fails(device, f"(DPDK says: open_single_rx_pcap(): Couldn't open {self.path('no.pcap')}: ")

    def test_capture_beyond_the_buffers(self):
        """A capture with more packets than buffers, replayed for ever: the error says how many --mbufs it takes, and with these it works."""
        frame = frames.query_frame(test_pcap.V4, b"x" * 12)
        frames.write_pcap(self.path("q.pcap"), [frame] * 9000)
        device = f"net_pcap0,rx_pcap={self.path('q.pcap')},infinite_rx=1"
        self.dpdk_fails(device, "Not enough mbufs", "keeps every packet of the file in a buffer: give --mbufs 17191\n")
        result = ptrd.run(ptrd.PTRD, "--image", self.image(), "--dpdk", device, "--duration", "0.1", "--mbufs", "17191")
        self.assertEqual(result.returncode, 0, result)

    def test_arguments_for_eal(self):
        """What DPDK's EAL does not accept is quoted, without its page of usage."""
        self.dpdk_fails("net_null0", "does not accept 'net_null0' with the arguments '--nonsense' (dpdk.eal, or those after --) "
                                     "(DPDK says: unrecognized option '--nonsense')", arguments=("--", "--nonsense"))
        self.dpdk_fails("net_null0", "(DPDK says: EAL: Option -l is ignored", arguments=("--", "-l", "0"))

    def test_too_many_buffers(self):
        """More packet buffers than the machine has memory for are refused with both numbers; nothing runs out of memory."""
        with open("/proc/meminfo", encoding="ascii") as file:
            available = int(re.search(r"MemAvailable:\s+(\d+)", file.read())[1]) >> 10
        if available > 40_000:
            self.skipTest("the machine has memory for all buffers that can be configured")
        self.dpdk_fails("net_null0", "MiB of memory, for 16777216 packet buffers; ", arguments=("--mbufs", str(1 << 24)))

    def test_one_cpu_for_two_workers(self):
        """A CPU that --lcores names twice is wrong usage."""
        result = ptrd.run(ptrd.PTRD, "--image", self.image(), "--dpdk", "net_null0", "--lcores", "0,0")
        self.assert_fails(result, 2, "--lcores: CPU 0 is there twice; each worker needs its own")

    def test_mbufs(self):
        """Fewer packet buffers than the queues need are refused with their number, and any where there is no DPDK."""
        result = ptrd.run(ptrd.PTRD, "--image", self.image(), "--dpdk", "net_null0", "--mbufs", "8190", "--duration", "1")
        self.assert_fails(result, 1, "net_null0: 8190 mbufs", "8191", "--mbufs")
        self.assertNotIn("DPDK says", result.stderr)
        result = ptrd.run(ptrd.PTRD, "--image", self.image(), "--socket", "127.0.0.1:0", "--mbufs", "9000", "--duration", "1")
        self.assert_fails(result, 2, "--mbufs", "works with DPDK only")

    def test_addresses_that_bind_refuses(self):
        """An address that is there twice, and a link-local one without its interface, are wrong usage."""
        for addresses, part in ((["127.0.0.1:5300"] * 2, "127.0.0.1:5300 is there twice"),
                                (["[fe80::1]:5300"], "a link-local address needs its interface, as in [fe80::1%eth0]:53")):
            result = ptrd.run(ptrd.PTRD, "--image", self.image(), *(f"--socket={address}" for address in addresses))
            self.assert_fails(result, 2, "--socket: ", part)

    def test_foreign_address(self):
        """An address that is not this machine's is named."""
        result = ptrd.run(ptrd.PTRD, "--image", self.image(), "--socket", "203.0.113.1:5300", "--duration", "1")
        self.assert_fails(result, 1, "203.0.113.1")

    def test_port_in_use(self):
        """A port in use by another server is named."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.bind(("127.0.0.1", 0))
            address = f"127.0.0.1:{other.getsockname()[1]}"
            result = ptrd.run(ptrd.PTRD, "--image", self.image(), "--socket", address, "--duration", "1")
        self.assert_fails(result, 1, address)

    def test_no_privileges(self):
        """Without privileges, DPDK on an interface and port 53 fail with a line that says what to do."""
        program, image = test_socket.public_copy(self.folder), self.image()
        for port in (("--socket", "127.0.0.1:53"), ("--dpdk", "net_af_xdp0,iface=lo")):
            with self.subTest(port=port):
                result = ptrd.run(*ptrd.as_nobody(program, "--image", image, *port, "--duration", "1"))
                self.assert_fails(result, 1)
                self.assertRegex(result.stderr.lower(), "root|privilege|permission|cap_")

    def test_counters_cannot_be_written(self):
        """A missing folder for --stats-json is named before ptrd starts, or at its end; the status is 1."""
        path = self.path("nowhere/stats.json")
        result = ptrd.run(ptrd.PTRD, "--image", self.image(), "--socket", f"127.0.0.1:{test_socket.free_port()}",
                          "--duration", "1", "--stats-json", path)
        self.assertEqual(result.returncode, 1, result)
        self.assertIn(f"{path}: cannot write the statistics: No such file or directory\n", result.stderr)

    def test_control_socket_is_a_folder(self):
        """A folder in the control socket's place is named, without the advice to remove it; ptrctl says that it is not a socket."""
        result = ptrd.run(ptrd.PTRD, "--image", self.image(), "--socket", f"127.0.0.1:{test_socket.free_port()}",
                          "--duration", "1", "--control", self.folder)
        self.assert_fails(result, 1, f"control socket {self.folder}: a directory; give the path of a socket in it")
        self.assertNotIn("remove", result.stderr)
        result = control.ptrctl(self.folder, "status")
        self.assertEqual((result.returncode, result.stderr),
                         (3, f"ptrctl: {self.folder}: not a socket; give ptrd's control socket with -s\n"))

    def test_too_few_threads(self):
        """Where the system starts no more threads, or opens no more files, ptrd ends with one line that says which limit to raise."""
        listen = ("--socket", f"127.0.0.1:{test_socket.free_port()}", "--socket-threads", "200", "--duration", "1")
        # Each thread reserves 8 MiB of address space for its stack.
        result = ptrd.run("prlimit", f"--as={900 << 20}", ptrd.PTRD, "--image", self.image(), *listen)
        self.assert_fails(result, 1, "ptrd: cannot start a thread: Resource temporarily unavailable; raise the limit on threads")
        result = ptrd.run("prlimit", "--nofile=8", ptrd.PTRD, "--image", self.image(), *listen[:2])
        self.assertEqual(result.returncode, 1, result)
        self.assertIn("Too many open files; raise the limit on open files", result.stderr.splitlines()[-1])


class ZoneTest(ErrorCase):
    def compile(self, *paths):
        """Compiles to bad.ptri, which must not be created."""
        result = ptrd.ptrzone("compile", "-o", self.path("bad.ptri"), *paths)
        try:
            self.assertFalse(os.path.exists(self.path("bad.ptri")), f"something was written: {result}")
        finally:
            with contextlib.suppress(FileNotFoundError):
                os.remove(self.path("bad.ptri"))
        return result

    def test_every_error_is_listed(self):
        """Each error of a zone is reported with file and line; the status is 1 and nothing is written."""
        zone = self.write("2.0.192.in-addr.arpa.zone", SOA + "1 PTR a.example.\n2 PTR\n3 A 300.1.1.1\n4 PTR b.example.\n5 NOTYPE x\n")
        result = self.compile(zone)
        self.assertEqual(result.returncode, 1, result)
        for line in (4, 5, 7):
            self.assertRegex(result.stderr, rf"(?m)^(\S+: )?{re.escape(zone)}:{line}: ")
        for line in (3, 6):
            self.assertNotIn(f"{zone}:{line}:", result.stderr)

    def test_kinds_of_errors(self):
        """Errors in a zone are found, at their lines."""
        for name, text, line in (
                ("no SOA", "@ IN NS ns.example.\n", None),
                ("empty", "", None),
                ("two SOA records", SOA + SOA.replace(" 1 3600", " 2 3600"), 3),
                ("a name outside the zone", SOA + "1.3.0.192.in-addr.arpa. PTR a.example.\n", 3),
                ("CNAME and other data", SOA + "1 CNAME a\n1 PTR b.example.\n", None),
                ("a label of 64 bytes", SOA + "x" * 64 + " PTR a.example.\n", 3),
                ("an unclosed parenthesis", SOA + "1 TXT ( \"a\"\n", None),
                ("an unclosed quote", SOA + "1 TXT \"a\n2 PTR b.example.\n", None),
                ("$INCLUDE of nothing", SOA + "$INCLUDE nowhere.db\n", 3),
                ("$GENERATE without an end", SOA + "$GENERATE 1- $ PTR a$.example.\n", 3),
                ("$GENERATE backwards", SOA + "$GENERATE 9-1 $ PTR a$.example.\n", 3),
                ("$GENERATE of far too much", SOA + "$GENERATE 0-4294967295 $ PTR a$.example.\n", 3),
                ("$GENERATE with an open brace", SOA + "$GENERATE 1-3 ${0 PTR a$.example.\n", 3)):
            with self.subTest(name):
                zone = self.write("2.0.192.in-addr.arpa.zone", text)
                result = self.compile(zone)
                self.assertEqual(result.returncode, 1, result)
                self.assertIn(zone, result.stderr)
                if line is not None:
                    self.assertIn(f"{zone}:{line}:", result.stderr)

    def test_include_of_itself(self):
        """A file that includes itself is an error, not an endless loop."""
        zone = self.write("2.0.192.in-addr.arpa.zone", SOA + "$INCLUDE 2.0.192.in-addr.arpa.zone\n")
        self.assertEqual(self.compile(zone).returncode, 1)

    def test_one_bad_of_many(self):
        """One bad zone among good ones, and nothing is written."""
        self.write("2.0.192.in-addr.arpa.zone", SOA + "1 PTR a.example.\n")
        self.write("100.51.198.in-addr.arpa.zone", SOA + "1 PTR\n")
        result = self.compile(self.folder)
        self.assertEqual(result.returncode, 1, result)
        self.assertIn("100.51.198.in-addr.arpa.zone:3:", result.stderr)

    def test_missing_files(self):
        """A missing zone file or folder, and a folder without zones, are named."""
        os.mkdir(self.path("empty"))
        for path in (self.path("nowhere.zone"), self.path("nowhere"), self.path("empty"), f"10.in-addr.arpa={self.path('no.db')}"):
            with self.subTest(path):
                result = self.compile(path)
                self.assertEqual(result.returncode, 1, result)
                self.assertIn(path.rsplit("=", 1)[-1], result.stderr)

    def test_target_cannot_be_written(self):
        """A target in a missing folder is named."""
        zone = self.write("2.0.192.in-addr.arpa.zone", SOA)
        result = ptrd.ptrzone("compile", "-o", self.path("nowhere/x.ptri"), zone)
        self.assert_fails(result, 1, self.path("nowhere/x.ptri"))

    def test_failed_compile_keeps_the_old_image(self):
        """A compile that fails leaves the image of before, byte for byte."""
        image = self.image()
        with open(image, "rb") as file:
            before = file.read()
        bad = self.write("100.51.198.in-addr.arpa.zone", SOA + "1 PTR\n")
        self.assertEqual(ptrd.ptrzone("compile", "-o", image, bad).returncode, 1)
        with open(image, "rb") as file:
            self.assertEqual(file.read(), before)


    def test_too_little_memory(self):
        """Wherever memory runs out in a compile, it says so, and no file is left."""
        zone = self.write("10.in-addr.arpa.zone", "$TTL 60\n" + SOA + "".join(
            f"{i & 255}.{i >> 8}.1 PTR h.n{i}.example.\n" for i in range(60_000)))
        image = self.path("i.ptri")
        told = 0
        for megabytes in range(80, 0, -2):
            result = ptrd.run("prlimit", f"--as={megabytes << 20}", ptrd.PTRZONE, "compile", "--jobs", "1", "-o", image, zone)
            if result.returncode == 127:
                break  # not even the libraries have room
            if result.returncode == 0:
                os.unlink(image)
                continue
            self.assertEqual(result.returncode, 1, f"{megabytes} MB: {result.stderr}")
            self.assertFalse(os.path.exists(image), f"{megabytes} MB")
            told += "not enough memory" in result.stderr
        self.assertGreater(told, 0)


class KilledCompileTest(ErrorCase):
    def test_kill_in_the_middle(self):
        """kill -9 at any moment of a compile leaves no file, or the old one, under the target's name."""
        zone = self.write("18.198.in-addr.arpa.zone", SOA + "".join(
            f"$GENERATE 0-255 $.{i} PTR host-{i}-$.with.a.name.of.some.length.example.\n" for i in range(256)))
        began = time.monotonic()
        old = ptrd.compile_image(self.path("old.ptri"), zone)
        whole = time.monotonic() - began
        with open(old, "rb") as file:
            old_bytes = file.read()
        killed = 0
        for step in range(12):
            fresh = self.path(f"fresh{step}.ptri")
            for target, before in ((fresh, None), (old, old_bytes)):
                process = subprocess.Popen([ptrd.PTRZONE, "compile", "-o", target, zone], stdout=subprocess.DEVNULL,
                                           stderr=subprocess.DEVNULL, preexec_fn=leftovers.die_with_parent)
                time.sleep(whole * (step + 0.5) / 12)
                process.kill()
                if process.wait() == -9:
                    killed += 1
                else:
                    whole *= 0.8  # the machine was busier when it was measured
                if before is None:
                    if os.path.exists(target):  # then it was through, and is whole
                        self.assertEqual(ptrd.ptrzone("info", target).returncode, 0)
                else:
                    self.assertEqual(ptrd.ptrzone("info", target).returncode, 0)
        self.assertGreater(killed, 6, "too few were killed in time to show anything")
        self.assertEqual(ptrd.compile_image(old, zone), old)


if __name__ == "__main__":
    unittest.main()
