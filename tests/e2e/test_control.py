#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""ptrctl with a running ptrd."""

import json
import os
import shutil
import signal
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import control
import ptrd
from controlcase import ControlCase


class PtrctlTest(ControlCase):
    def test_status(self):
        """status shows process, image and counters; its exit status is 0 while ptrd runs, 3 before and after."""
        self.ptrctl("status", status=3)
        server = self.start()
        self.stamp()
        text = self.ptrctl("status")
        self.assertIn(f"process {server.pid}", text)
        self.assertIn(f"{self.image}: 1 zone,", text)
        told = json.loads(self.ptrctl("status", "--json"))
        self.assertEqual((told["pid"], told["rx"], told["answered"], told["swaps"]), (server.pid, 1, 1, 0))
        os.kill(server.pid, signal.SIGKILL)
        server._process.wait()
        self.assertTrue(os.path.exists(self.path))
        self.ptrctl("status", status=3)
        self.ptrctl("reload", status=1)

    def test_wrong_usage(self):
        """No subcommand, an unknown one, and unknown options end with 2."""
        for arguments in ((), ("restart",), ("status", "--fast"), ("reload", "a", "b"), ("detach",)):
            with self.subTest(arguments):
                self.ptrctl(*arguments, status=2)

    def test_reload_and_rollback(self):
        """A reload takes another image into service, a rollback undoes it, and a second one undoes the rollback."""
        self.start()
        two = control.stamped_image(self.folder, "two", serial=11)
        self.assertEqual(self.stamp(), "one")
        self.ptrctl("rollback", status=1)
        self.assertIn(f"{two}: 1 zone,", self.ptrctl("reload", two))
        self.assertEqual(self.stamp(), "two")
        self.ptrctl("rollback")
        self.assertEqual(self.stamp(), "one")
        self.ptrctl("rollback")
        self.assertEqual(self.stamp(), "two")
        self.assertEqual(control.request(self.path, command="status")["swaps"], 3)

    def test_reload_of_the_same_path(self):
        """Without an image the file in service is read again; a relative path is the caller's."""
        self.start()
        shutil.copy(control.stamped_image(self.folder, "two", serial=11), f"{self.folder}/new")
        os.rename(f"{self.folder}/new", self.image)
        self.assertEqual(self.stamp(), "one")
        self.ptrctl("reload")
        self.assertEqual(self.stamp(), "two")
        result = control.ptrctl(self.path, "reload", "one.ptri", cwd=self.folder)
        self.assertEqual(result.returncode, 0, result)

    def test_older_serial(self):
        """An image whose serial goes back is refused, unless forced."""
        self.start()
        older = control.stamped_image(self.folder, "older", serial=9)
        error = self.ptrctl("reload", older, status=1)
        self.assertIn("serial 9 in the new image and 10 in service", error)
        self.assertEqual(self.stamp(), "one")
        self.ptrctl("reload", "--force", older)
        self.assertEqual(self.stamp(), "older")

    def test_bad_images(self):
        """Missing, truncated, damaged and foreign files, a folder and a pipe are rejected, and the old image stays in service."""
        self.start()
        with open(control.stamped_image(self.folder, "two", serial=11), "rb") as file:
            good = file.read()
        bad = {"cut": good[:len(good) // 2 // 64 * 64], "odd": good[:-1], "empty": b"", "foreign": b"x" * len(good),
               "damaged": good[:-65] + bytes([good[-65] ^ 1]) + good[-64:]}
        for name, data in bad.items():
            with open(f"{self.folder}/{name}", "wb") as file:
                file.write(data)
        os.mkfifo(f"{self.folder}/pipe")
        for name in (*bad, "pipe", "nowhere", "."):
            with self.subTest(name):
                path = f"{self.folder}/{name}"
                self.assertIn(path.removesuffix("/."), self.ptrctl("reload", path, status=1))
                self.assertEqual(self.stamp(), "one")
        told = control.request(self.path, command="status")
        self.assertEqual((told["swaps"], told["refused"]), (0, 8))
        reloads = {result: count for result, count in told["reloads"].items() if count > 0}
        self.assertEqual(reloads, {"unreadable": 1, "bad_image": 7})
        self.assertEqual(control.request(self.path, command="stats")["reloads"], told["reloads"])
        self.assertIn("reloads refused since the start: 1 unreadable, 7 bad_image", self.ptrctl("status"))
        self.assertRegex(self.ptrctl("stats"), r"(?m)^reloads\.bad_image +7$")
        refused = control.request(self.path, command="reload", image=f"{self.folder}/empty")
        self.assertEqual((refused["reason"], refused["error"]),
                         ("bad_image", f"{self.folder}/empty: the file is empty; compile it again with ptrzone"))
        self.assertNotEqual(told["last_error"], "")

    def test_overwritten_in_place(self):
        """Overwriting or truncating the image's file does not affect the image in service; a reload then rejects it."""
        self.start()
        with open(self.image, "r+b") as file:
            file.write(b"\xff" * 4096)
        self.assertEqual(self.stamp(), "one")
        os.truncate(self.image, 100)
        self.assertEqual(self.stamp(), "one")
        self.ptrctl("reload", status=1)
        self.assertEqual(self.stamp(), "one")

    def test_zones_and_stats(self):
        """zones lists serials and records as they are in service; stats counts what was asked."""
        self.start()
        for _ in range(5):
            self.stamp()
        zones = json.loads(self.ptrctl("zones", "--json"))["zones"]
        self.assertEqual([(zone["zone"].rstrip("."), zone["serial"]) for zone in zones], [(control.APEX, 10)])
        self.assertIn(str(zones[0]["records"]), self.ptrctl("zones"))
        self.ptrctl("reload", control.stamped_image(self.folder, "two", serial=77))
        self.assertRegex(self.ptrctl("zones"), rf"{control.APEX}\.? +77 ")
        stats = json.loads(self.ptrctl("stats", "--json"))
        self.assertEqual(stats["stats"]["rx"], 5)
        self.assertEqual(stats["services"][0]["transport"], "udp")
        self.assertEqual(stats["services"][0]["answered"], stats["stats"]["answered"])
        self.assertRegex(self.ptrctl("stats"), r"(?m)^rx +5$")

    def test_many_zones(self):
        """More zones than a response may have come in pages, in order, each once, with the total in each; ptrctl shows all."""
        zones = []
        for number in range(2300):
            zones.append(f"{number % 250}.{number // 250}.10.in-addr.arpa={self.folder}/small.zone")
        with open(f"{self.folder}/small.zone", "w", encoding="ascii") as file:
            file.write("$TTL 60\n@ SOA ns.example. host.example. 1 3600 600 86400 60\n@ NS ns.example.\n")
        self.start(image=ptrd.compile_image(f"{self.folder}/many.ptri", *zones))
        names, after, sizes = [], None, []
        while after != "":
            page = control.request(self.path, command="zones", **({"after": after} if after else {}))
            self.assertEqual(page["total"], 2300)
            sizes.append(len(page["zones"]))
            names += [zone["zone"] for zone in page["zones"]]
            after = page.get("next", "")
        self.assertEqual(sizes, [1000, 1000, 300])
        self.assertEqual(len(set(names)), 2300)
        shown = json.loads(self.ptrctl("zones", "--json"))
        self.assertEqual([zone["zone"] for zone in shown["zones"]], names)
        self.assertEqual(len(self.ptrctl("zones").splitlines()), 2301)
        # After a name of a zone; after the last; after text that is not a name.
        self.assertEqual(control.request(self.path, command="zones", after="1.0.10.in-addr.arpa.")["zones"][0]["zone"], names[names.index("1.0.10.in-addr.arpa.") + 1])
        self.assertEqual(control.request(self.path, command="zones", after="example")["zones"], [])
        self.assertIn("is not a zone name", control.request(self.path, command="zones", after="a..b")["error"])

    def test_path_that_forges_a_line(self):
        """A new line or an escape sequence in a reload's path creates no separate line in the log, nor in the operator's output."""
        server = self.start()
        path = f"{self.folder}/none\nptrd: ready\x1b[2J\u009b"
        refused = control.request(self.path, command="reload", image=path)
        self.assertFalse(refused["ok"])
        self.assertIn("none\\010ptrd: ready\\027[2J\\194\\155", self.ptrctl("status"))
        self.assertNotIn("\x1b", self.ptrctl("status"))
        server.stop()
        lines = [line for line in server.log.splitlines() if "none" in line]
        self.assertEqual(len(lines), 1, server.log)
        self.assertIn("none\\010ptrd: ready\\027[2J", lines[0])
        self.assertNotIn("ptrd: ready\x1b", server.log)

    def test_stats_are_those_of_the_end(self):
        """The counters that ptrctl shows are those that --stats-json gets at the end."""
        server = self.start()
        for _ in range(3):
            self.stamp()
        shown = json.loads(self.ptrctl("stats", "--json"))["stats"]
        end = server.stop()
        for name in ("rx", "answered", "dropped", "punted", "tx"):
            self.assertEqual(shown[name], end[name])

    def test_log_level(self):
        """The log level changes at once, and can be queried."""
        server = self.start()
        self.assertEqual(self.ptrctl("log"), "info\n")
        self.assertEqual(self.ptrctl("log", "error"), "error\n")
        self.ptrctl("reload")
        self.ptrctl("log", "info")
        self.ptrctl("reload")
        self.ptrctl("log", "loud", status=1)
        server.stop()
        self.assertEqual(server.log.count("in service; read in"), 1, server.log)


class BusyTest(ControlCase):
    def test_reloads_at_once(self):
        """Of twenty reloads at once each is done or rejected as "busy", at least one of each; status answers meanwhile."""
        large = control.stamped_image(self.folder, "large", records=200000, several=1, apex="in-addr.arpa")
        server = self.start(image=large)
        outcomes = []
        clients = [control.connect(self.path, 30) for _ in range(20)]
        with control.connect(self.path) as asking:
            # It finds all of these at once, and the question last.
            os.kill(server.pid, signal.SIGSTOP)
            for client in clients:
                client.sendall(b'{"command": "reload"}\n')
            asking.sendall(b'{"command": "status"}\n')
            os.kill(server.pid, signal.SIGCONT)
            told = control.response(asking)
        self.assertTrue(told["reloading"], told)
        for client in clients:
            outcomes.append(control.response(client))
            client.close()
        done = [one for one in outcomes if one["ok"]]
        self.assertGreaterEqual(len(done), 1)
        self.assertGreaterEqual(len(outcomes), len(done) + 1)
        for one in outcomes:
            if not one["ok"]:
                self.assertTrue(one["busy"], one)
        self.assertEqual(control.request(self.path, command="status")["swaps"], len(done))

    def test_stop_during_a_reload(self):
        """SIGTERM in the middle of a reload ends ptrd in order, and the client hears of the outcome or the end."""
        large = control.stamped_image(self.folder, "large", records=200000, several=1, apex="in-addr.arpa")
        server = self.start(image=large)
        with control.connect(self.path) as client:
            client.sendall(b'{"command": "reload"}\n')
            time.sleep(0.01)
            server.stop()
            self.assertIn(client.recv(1000)[:11], (b'{"ok":true,', b""))
        self.assertFalse(os.path.exists(self.path))


if __name__ == "__main__":
    unittest.main()
