#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""The control socket, and clients that misbehave."""

import grp
import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import control
import leftovers
import ptrd
import test_socket
from controlcase import ControlCase


class SocketTest(ControlCase):
    def test_stale_socket(self):
        """The socket of a killed ptrd is replaced; at the end the socket is gone."""
        server = self.start()
        os.kill(server.pid, signal.SIGKILL)
        server._process.wait()
        self.assertTrue(os.path.exists(self.path))
        self.port = test_socket.free_port()
        again = self.start()
        self.ptrctl("status")
        again.stop()
        self.assertFalse(os.path.exists(self.path))

    def test_live_socket(self):
        """A second ptrd with the same socket is refused, and the first one keeps it; so it is when its queue is full."""
        server = self.start()
        os.kill(server.pid, signal.SIGSTOP)
        waiting = []
        try:
            for _ in range(200):  # until the backlog is full
                client = socket.socket(socket.AF_UNIX)
                client.setblocking(False)
                waiting.append(client)
                try:
                    client.connect(self.path)
                except BlockingIOError:
                    break
            for _ in range(2):
                result = ptrd.run(ptrd.PTRD, "--image", self.image, "--socket", f"127.0.0.1:{test_socket.free_port()}",
                                  "--control", self.path, "--duration", "1", timeout=10)
                self.assertEqual(result.returncode, 1, result)
                self.assertIn("another ptrd is listening there", result.stderr)
        finally:
            os.kill(server.pid, signal.SIGCONT)
            for client in waiting:
                client.close()
        self.ptrctl("status")

    def test_two_start_at_once(self):
        """Of two that start at the same moment on a stale socket one gets it."""
        for _ in range(5):
            with socket.socket(socket.AF_UNIX) as left:
                left.bind(self.path)
            both = [subprocess.Popen([ptrd.PTRD, "--image", self.image, "--socket", f"127.0.0.1:{test_socket.free_port()}",
                                      "--control", self.path], stderr=subprocess.DEVNULL, preexec_fn=leftovers.die_with_parent)
                    for _ in range(2)]
            self.wait_for(lambda: any(process.poll() is not None for process in both))  # pylint: disable=cell-var-from-loop
            self.wait_for(lambda: control.ptrctl(self.path, "status").returncode == 0)
            for process in both:
                process.terminate()
            self.assertEqual(sorted(process.wait(20) for process in both), [0, 1])
            self.assertFalse(os.path.exists(self.path))

    def test_other_files_are_left_alone(self):
        """A file that is not a socket, a path that is too long, a missing folder: rejected with one line, nothing removed."""
        with open(self.path, "w", encoding="ascii") as file:
            file.write("precious")
        for path, text in ((self.path, "not a socket"), (f"{self.folder}/{'x' * 120}", "longer than"), (f"{self.folder}/no/s", "create the directory")):
            with self.subTest(path):
                result = ptrd.run(ptrd.PTRD, "--image", self.image, "--socket", f"127.0.0.1:{self.port}", "--control", path, "--duration", "1")
                self.assertEqual(result.returncode, 1, result)
                self.assertIn(text, result.stderr)
        with open(self.path, encoding="ascii") as file:
            self.assertEqual(file.read(), "precious")

    def test_mode_and_group(self):
        """The socket is 0660 whatever the umask, and the group's that was asked for; others get no further than connect."""
        config = self.config(f"control: {{socket: {self.path}, group: adm}}\n")
        self.start("-c", config, prefix=("sh", "-c", 'umask 0; exec "$@"', "sh"))
        about = os.stat(self.path)
        self.assertEqual(stat.S_IMODE(about.st_mode), 0o660)
        self.assertEqual(about.st_gid, grp.getgrnam("adm").gr_gid)
        public = shutil.copy(control.PTRCTL, f"{self.folder}/ptrctl")
        stranger = ptrd.run(*ptrd.as_nobody(public, "-s", self.path, "status"))
        self.assertEqual(stranger.returncode, 1, stranger)
        self.assertIn("Permission denied", stranger.stderr)
        member = ptrd.run("setpriv", "--reuid=65534", f"--regid={about.st_gid}", "--clear-groups", public, "-s", self.path, "status")
        self.assertEqual(member.returncode, 0, member)

    def test_unknown_group(self):
        """An unknown group stops ptrd before it answers."""
        config = self.config(f"control: {{socket: {self.path}, group: nosuchgroup}}\nlisten: 127.0.0.1:{self.port}\nimage: {self.image}\n")
        result = ptrd.run(ptrd.PTRD, "-c", config, "--duration", "1")
        self.assertEqual(result.returncode, 1, result)
        self.assertIn("no such group: nosuchgroup", result.stderr)

    def test_many_clients(self):
        """A hundred clients at once are all answered, each with as many responses as it had requests."""
        self.start()
        clients = [control.connect(self.path) for _ in range(100)]
        for client in clients:
            client.sendall(b'{"command": "status"}\n' * 3 + b'{"command": "log-level"}\n')
        for client in clients:
            file = client.makefile()
            for _ in range(3):
                self.assertTrue(json.loads(file.readline())["ok"])
            self.assertEqual(json.loads(file.readline())["level"], "info")
            client.close()

    def test_more_clients_than_places(self):
        """With all connections in use, the client idle longest is closed, and the new one is answered."""
        self.start()
        clients = [control.connect(self.path) for _ in range(300)]
        clients[-1].sendall(b'{"command": "status"}\n')
        self.assertTrue(control.response(clients[-1])["ok"])
        self.assertEqual(clients[0].recv(10), b"")
        for client in clients:
            client.close()

    def test_garbage(self):
        """Each invalid request gets an error response, and the connection stays open."""
        self.start()
        lines = (b"", b"status", b"{", b"[]", b"1", b"null", b"{}", b'{"command": 1}', b'{"command": "stop"}', b"\xff\xfe\x00",
                 b'{"command": "status", "x": 1}', b'{"command": "reload", "force": "yes"}', b'{"command": "reload", "image": []}',
                 b'{"command": "log-level", "level": "loud"}', b"[" * 60000, b'{"a":' * 10000, b'{"command": "\xff"}')
        with control.connect(self.path) as client:
            for line in lines:
                client.sendall(line + b"\n")
                told = control.response(client)
                self.assertIs(told["ok"], False, line[:40])
                self.assertNotEqual(told["error"], "")
            client.sendall(b'{"command": "status"}\r\n')
            self.assertTrue(control.response(client)["ok"])

    def test_endless_line(self):
        """An endless line is cut off at 64 KiB with an error; memory does not grow."""
        server = self.start()
        with control.connect(self.path) as client:
            sent = 0
            with self.assertRaises(OSError):
                while sent < 50_000_000:
                    sent += client.send(b"x" * 65536)
            told = control.response(client)
            self.assertIn("64 KiB", told["error"])
        self.assertLess(sent, 2_000_000)
        self.ptrctl("status")

    def test_client_that_never_reads(self):
        """A client that sends endlessly and reads nothing blocks only its own socket; others are answered at once."""
        self.start()
        with control.connect(self.path, timeout=0.5) as client:
            sent = 0
            with self.assertRaises(TimeoutError):
                while sent < 100_000_000:
                    sent += client.send(b'{"command": "stats"}\n' * 1000)
            began = time.monotonic()
            self.ptrctl("status")
            self.assertLess(time.monotonic() - began, 5)
            # After ten seconds it has lost its place.
            client.settimeout(15)
            with self.assertRaises(OSError):
                while True:
                    client.send(b"x" * 100000)

    def test_clients_that_vanish(self):
        """Clients that disconnect before their response leak nothing: the number of descriptors is unchanged."""
        server = self.start()
        before = len(os.listdir(f"/proc/{server.pid}/fd"))
        for _ in range(300):
            with control.connect(self.path) as client:
                client.sendall(b'{"command": "reload"}\n{"comm')
        self.wait_for(lambda: len(os.listdir(f"/proc/{server.pid}/fd")) <= before + 1)  # and the file for a rollback
        self.ptrctl("status")


if __name__ == "__main__":
    unittest.main()
