#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""An image that crashes verification ends only a child process of ptrd. strace(1) crashes the child: at its call of seccomp(2),
which no other process of ptrd's makes."""

import contextlib
import os
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import control
import controlcase
import dnscases
import leftovers
import ptrd
import xdphost

CRASH = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=seccomp", "-e", "inject=seccomp:signal=SEGV"]


@contextlib.contextmanager
def crashing(pid):
    """Every child of the process crashes when it enters its sandbox."""
    tracer = subprocess.Popen([*CRASH, "-p", str(pid)], preexec_fn=leftovers.die_with_parent)
    forget = leftovers.register(tracer.kill)
    try:
        while True:
            with open(f"/proc/{pid}/status") as file:
                if f"TracerPid:\t{tracer.pid}\n" in file.read():
                    break
            time.sleep(0.02)
        yield
    finally:
        tracer.terminate()
        tracer.wait()
        forget()


def has_ended(pid):
    """Also true for a zombie."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


class CrashTest(controlcase.ControlCase):
    def test_start(self):
        """At the start: one line that says so, and exit status 1, after which the unit does not start ptrd again."""
        result = ptrd.run(*CRASH, ptrd.PTRD, "--image", self.image, "--socket", f"127.0.0.1:{self.port}", "--duration", "1")
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        self.assertIn(f"{self.image}: its verification was killed by signal 11", result.stderr)

    def test_reload(self):
        """A reload is rejected, and ptrd keeps answering; one that does not crash is accepted afterwards."""
        server = self.start()
        two = control.stamped_image(self.folder, "two", serial=11)
        with crashing(ptrd.children(server.pid)["ptrd-reader"]):
            self.assertIn(f"{two}: its verification was killed by signal 11", self.ptrctl("reload", two, status=1))
        self.assertEqual(self.stamp(), "one")
        told = control.request(self.path, command="status")
        self.assertEqual((told["swaps"], told["refused"]), (0, 1))
        self.ptrctl("reload", two)
        self.assertEqual(self.stamp(), "two")

    def test_watched(self):
        """The same with watch-image: a file that comes to the image's path."""
        server = self.start("--watch-image")
        with crashing(ptrd.children(server.pid)["ptrd-reader"]):
            os.replace(control.stamped_image(self.folder, "two", serial=11), self.image)
            self.wait_for(lambda: "killed by signal 11" in server.log)
        self.assertEqual(self.stamp(), "one")

    def test_helper_is_gone(self):
        """Without the helper process no image is read, which a reload reports; ptrd keeps answering and exits normally."""
        server = self.start()
        os.kill(ptrd.children(server.pid)["ptrd-reader"], signal.SIGKILL)
        self.assertIn("ptrd-reader", self.ptrctl("reload", status=1))
        self.assertEqual(self.stamp(), "one")
        server.stop()

    def test_helper_goes_with_ptrd(self):
        """Stopped or killed, ptrd leaves no process behind."""
        for end in (signal.SIGTERM, signal.SIGKILL):
            server = self.start()
            helper = ptrd.children(server.pid)["ptrd-reader"]
            os.kill(server.pid, end)
            server._process.wait()
            self.wait_for(lambda helper=helper: has_ended(helper))


class CrashOverXdpTest(unittest.TestCase):
    def test_start(self):
        """A start that crashes, or whose image is refused, leaves the program of the ptrd before in place, answering."""
        with xdphost.new_pair() as pair:
            xdphost.take_bounced_frames(pair)
            image = dnscases.compile_all(ptrd.temporary_folder())
            before = xdphost.server(pair, image).start()
            self.assertIsNotNone(xdphost.asked(pair))
            xdphost.kill(before)
            program = xdphost.program_of(pair)["id"]
            damaged = f"{ptrd.temporary_folder()}/damaged"
            with open(image, "rb") as good, open(damaged, "wb") as bad:
                data = good.read()
                bad.write(data[:-65] + bytes([data[-65] ^ 1]) + data[-64:])
            for prefix, path in ((CRASH, image), ([], damaged)):
                result = ptrd.run(*pair.server.command_in_our_mounts(*prefix, ptrd.PTRD, "--image", path, "--xdp",
                                                                     pair.server.interface, "--duration", "1"))
                with self.subTest(path):
                    self.assertEqual(result.returncode, 1, result.stderr)
                    self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
                    self.assertEqual(xdphost.program_of(pair)["id"], program)
                    self.assertIsNotNone(xdphost.asked(pair), "the program answers")


if __name__ == "__main__":
    unittest.main()
