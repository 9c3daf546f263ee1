# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""A running ptrd and its operator, for tests."""

import time
import unittest

import control
import dnscases
import ptrd
import test_socket


class ControlCase(unittest.TestCase):
    def setUp(self):
        self.folder = ptrd.temporary_folder()
        self.path = f"{self.folder}/s.sock"
        self.port = test_socket.free_port()
        self.image = control.stamped_image(self.folder, "one", serial=10)

    def start(self, *arguments, image=None, **options):
        server = ptrd.Ptrd(image or self.image, "--socket", f"127.0.0.1:{self.port}", "--control", self.path, *arguments, **options)
        return self.enterContext(server)

    def config(self, text):
        path = f"{self.folder}/ptrd.yaml"
        with open(path, "w", encoding="ascii") as file:
            file.write(text)
        return path

    def ptrctl(self, *arguments, status=0):
        result = control.ptrctl(self.path, *arguments)
        self.assertEqual(result.returncode, status, result)
        if status != 0:
            self.assertEqual(result.stderr.count("\n"), 1, result)
        return result.stdout if status == 0 else result.stderr

    def stamp(self):
        """The stamp that a query's answer carries."""
        client = dnscases.Client("127.0.0.1", self.port)
        response = client.ask(dnscases.query(f"1.{control.APEX}").to_wire())
        client.close()
        import dns.message
        return str(dns.message.from_wire(response).answer[0][0].target).split(".")[1]

    def wait_for(self, holds, seconds=20):
        end = time.monotonic() + seconds
        while not holds():
            self.assertLess(time.monotonic(), end)
            time.sleep(0.02)
