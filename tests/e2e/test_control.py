#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""A running ptrd and its operator: ptrctl, the control socket, SIGHUP, the watch on the image, the configuration file."""

import grp
import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import control
import dnscases
import ptrd
import test_socket
import xdphost


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

    def wait_for(self, holds, seconds=5):
        end = time.monotonic() + seconds
        while not holds():
            self.assertLess(time.monotonic(), end)
            time.sleep(0.02)


class PtrctlTest(ControlCase):
    def test_status(self):
        """status tells process, image and counters; its exit status is 0 while ptrd runs, 3 before and after."""
        self.ptrctl("status", status=3)
        server = self.start()
        self.stamp()
        text = self.ptrctl("status")
        self.assertIn(f"process {server.pid}", text)
        self.assertIn(f"{self.image}: 1 zones", text)
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
        """A reload takes another image into service, a rollback leads back, and once more forth."""
        self.start()
        two = control.stamped_image(self.folder, "two", serial=11)
        self.assertEqual(self.stamp(), "one")
        self.ptrctl("rollback", status=1)
        self.assertIn(f"{two}: 1 zones", self.ptrctl("reload", two))
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
        self.assertIn("serial 9 there and 10 in service", error)
        self.assertEqual(self.stamp(), "one")
        self.ptrctl("reload", "--force", older)
        self.assertEqual(self.stamp(), "older")

    def test_bad_images(self):
        """Missing, truncated, damaged and foreign files, a folder and a pipe are refused, and the old image serves on."""
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
        self.assertNotEqual(told["last_error"], "")

    def test_overwritten_in_place(self):
        """Who writes over the image's file, or cuts it, does not touch what is in service; the reload then refuses it."""
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
        """The log level changes at once, and tells itself."""
        server = self.start()
        self.assertEqual(self.ptrctl("log"), "info\n")
        self.assertEqual(self.ptrctl("log", "error"), "error\n")
        self.ptrctl("reload")
        self.ptrctl("log", "info")
        self.ptrctl("reload")
        self.ptrctl("log", "loud", status=1)
        server.stop()
        self.assertEqual(server.log.count("in service; read in"), 1, server.log)

    def test_top(self):
        """top shows rates by service, kind and reason; on a terminal it redraws until q."""
        self.start()
        stop = threading.Event()

        def ask():
            while not stop.is_set():
                self.stamp()
                time.sleep(0.01)

        asker = threading.Thread(target=ask)
        asker.start()
        frame = self.ptrctl("top", "--once")
        stop.set()
        asker.join()
        rows = [line.split() for line in frame.splitlines()]
        total = next(row for row in rows if row and row[-1] == "all")
        self.assertGreater(int(total[0]), 5, frame)
        self.assertTrue(any(row[-1:] == ["answer"] and int(row[0].removesuffix("/s")) > 5 for row in rows), frame)
        import pty
        primary, secondary = pty.openpty()
        process = subprocess.Popen([control.PTRCTL, "-s", self.path, "top"], stdin=secondary, stdout=secondary)
        time.sleep(1.5)
        os.write(primary, b"q")
        self.assertEqual(process.wait(5), 0)
        self.assertIn(b"received/s", os.read(primary, 65536))
        os.close(primary)
        os.close(secondary)


class BusyTest(ControlCase):
    def test_reloads_at_once(self):
        """Of twenty reloads at once each is done or told "busy", at least one of either; status answers meanwhile."""
        large = control.stamped_image(self.folder, "large", records=200000, several=1, apex="in-addr.arpa")
        self.start(image=large)
        outcomes = []
        clients = [control.connect(self.path, 30) for _ in range(20)]
        for client in clients:
            client.sendall(b'{"command": "reload"}\n')
        told = control.request(self.path, command="status")
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


class SocketTest(ControlCase):
    def test_stale_socket(self):
        """What a killed ptrd left is replaced; at the end the socket is gone."""
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
            for _ in range(200):  # until nobody more fits the backlog
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
                self.assertIn("another ptrd listens there", result.stderr)
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
                                      "--control", self.path, "--duration", "1"], stderr=subprocess.DEVNULL) for _ in range(2)]
            self.assertEqual(sorted(process.wait(10) for process in both), [0, 1])
            self.assertFalse(os.path.exists(self.path))

    def test_other_files_are_left_alone(self):
        """A file that is no socket, a path too long, a folder that is not there: refused with a line, nothing removed."""
        with open(self.path, "w", encoding="ascii") as file:
            file.write("precious")
        for path, text in ((self.path, "no socket"), (f"{self.folder}/{'x' * 120}", "longer than"), (f"{self.folder}/no/s", "make the folder")):
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
        """A group that is not there ends ptrd before it answers."""
        config = self.config(f"control: {{socket: {self.path}, group: nosuchgroup}}\nlisten: 127.0.0.1:{self.port}\nimage: {self.image}\n")
        result = ptrd.run(ptrd.PTRD, "-c", config, "--duration", "1")
        self.assertEqual(result.returncode, 1, result)
        self.assertIn("no group nosuchgroup", result.stderr)

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
        """With every place taken the client idle longest goes, and the newcomer is answered."""
        self.start()
        clients = [control.connect(self.path) for _ in range(300)]
        clients[-1].sendall(b'{"command": "status"}\n')
        self.assertTrue(control.response(clients[-1])["ok"])
        self.assertEqual(clients[0].recv(10), b"")
        for client in clients:
            client.close()

    def test_garbage(self):
        """What is no request is an error response each, and the connection stays."""
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
        """A line without an end is cut off at 64 KiB with an error; ptrd does not grow."""
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
        """One that asks without end and reads nothing is held at its own socket; others are answered at once."""
        self.start()
        with control.connect(self.path, timeout=0.5) as client:
            sent = 0
            with self.assertRaises(TimeoutError):
                while sent < 100_000_000:
                    sent += client.send(b'{"command": "stats"}\n' * 1000)
            began = time.monotonic()
            self.ptrctl("status")
            self.assertLess(time.monotonic() - began, 2)
            # After ten seconds it has lost its place.
            client.settimeout(15)
            with self.assertRaises(OSError):
                while True:
                    client.send(b"x" * 100000)

    def test_clients_that_vanish(self):
        """Clients that go before their response cost nothing: descriptors are as many as before."""
        server = self.start()
        before = len(os.listdir(f"/proc/{server.pid}/fd"))
        for _ in range(300):
            with control.connect(self.path) as client:
                client.sendall(b'{"command": "reload"}\n{"comm')
        self.wait_for(lambda: len(os.listdir(f"/proc/{server.pid}/fd")) <= before + 1)  # and the file for a rollback
        self.ptrctl("status")


class ConfigTest(ControlCase):
    def base(self, more=""):
        return self.config(f"image: {self.image}\nlisten: 127.0.0.1:{self.port}\ncontrol: {{socket: {self.path}}}\n{more}")

    def run_ptrd(self, *arguments):
        return ptrd.run(ptrd.PTRD, *arguments)

    def test_check_config(self):
        """--check-config ends with 0 for a good file and says nothing; with 1 and the place for a bad one."""
        good = self.run_ptrd("--check-config", "-c", self.base())
        self.assertEqual((good.returncode, good.stdout, good.stderr), (0, "", ""))
        path = self.base("tcp:\n  idel: 3\n")
        bad = self.run_ptrd("--check-config", "-c", path)
        self.assertEqual(bad.returncode, 1)
        self.assertEqual(bad.stderr, f"ptrd: {path}:5:3: unknown key tcp.idel; the nearest known one is tcp.idle\n")
        missing = self.run_ptrd("--check-config", "-c", self.config("log-level: info\n"))
        self.assertEqual(missing.returncode, 1)
        self.assertIn("image is missing", missing.stderr)
        self.assertEqual(self.run_ptrd("--check-config", "-c", f"{self.folder}/nowhere").returncode, 1)

    def test_reference(self):
        """The reference file is good."""
        result = self.run_ptrd("--check-config", "-c", os.path.join(ptrd.ROOT, "tools", "dist", "ptrd.yaml"))
        self.assertEqual((result.returncode, result.stderr), (0, ""))

    def test_options_stand_in_place_of_keys(self):
        """An option beside -c stands in place of the file's key; two that do not go together are wrong usage."""
        other = test_socket.free_port()
        path = self.base("server-id: file\nserver-version: file\n")
        server = self.enterContext(ptrd.Ptrd(self.image, "-c", path, "--socket", f"127.0.0.1:{other}", "--server-id", "option"))
        self.assertIn(f"ready: answering on 127.0.0.1:{other} (", server.log)
        asked = ptrd.run("dig", "@127.0.0.1", "-p", str(other), "+short", "+tries=1", "CH", "TXT", "id.server").stdout
        self.assertEqual(asked.strip(), '"option"')
        asked = ptrd.run("dig", "@127.0.0.1", "-p", str(other), "+short", "+tries=1", "CH", "TXT", "version.bind").stdout
        self.assertEqual(asked.strip(), '"file"')
        wrong = self.run_ptrd("-c", path, "--keep")
        self.assertEqual(wrong.returncode, 2, wrong)

    def test_sighup(self):
        """SIGHUP takes image and log level from the file, and names the keys that need a restart."""
        path = self.base()
        server = self.enterContext(ptrd.Ptrd(self.image, "-c", path))  # --image stands in place of the file's
        os.kill(server.pid, signal.SIGHUP)
        self.wait_for(lambda: "swapped in" in server.log)
        server.stop()
        plain = subprocess.Popen([ptrd.PTRD, "-c", path], stderr=subprocess.PIPE, text=True)
        try:
            self.wait_for(lambda: control.ptrctl(self.path, "status").returncode == 0)
            two = control.stamped_image(self.folder, "two", serial=11)
            self.image = two
            self.base("tcp: {idle: 3}\nlog-level: debug\n")
            plain.send_signal(signal.SIGHUP)
            self.wait_for(lambda: control.request(self.path, command="status")["image"]["path"] == two)
            self.assertEqual(self.stamp(), "two")
            self.assertEqual(control.request(self.path, command="status")["log_level"], "debug")
            self.base("nonsense: 1\n")
            plain.send_signal(signal.SIGHUP)
            time.sleep(0.3)
            self.assertEqual(self.stamp(), "two")
        finally:
            plain.terminate()
            log = plain.communicate(timeout=10)[1]
        self.assertEqual(plain.returncode, 0, log)
        self.assertRegex(log, r"next start only: tcp.idle\n")
        self.assertIn("unknown key nonsense", log)


class WatchTest(ControlCase):
    def test_renamed_into_place(self):
        """With --watch-image a file renamed to the image's path is in service by itself; a bad one is refused, the next good one taken."""
        server = self.start("--watch-image")
        two = control.stamped_image(self.folder, "two", serial=11)
        shutil.copy(two, f"{self.folder}/new")
        self.assertEqual(self.stamp(), "one")
        os.rename(f"{self.folder}/new", self.image)
        self.wait_for(lambda: self.stamp() == "two")
        with open(f"{self.folder}/new", "wb") as file:
            file.write(b"bad")
        os.rename(f"{self.folder}/new", self.image)
        self.wait_for(lambda: control.request(self.path, command="status")["refused"] == 1)
        self.assertEqual(self.stamp(), "two")
        zone = control.write_zone(f"{self.folder}/three.zone", "three", 12)
        ptrd.compile_image(self.image, f"{control.APEX}={zone}")
        self.wait_for(lambda: self.stamp() == "three")
        self.assertIn("the image before stays in service", server.log)

    def test_many_changes(self):
        """Twenty files in a row are few reloads, and the last one is in service."""
        self.start("--watch-image")
        for number in range(20):
            image = control.stamped_image(self.folder, f"s{number}", serial=11 + number)
            os.rename(image, self.image)
        self.wait_for(lambda: self.stamp() == "s19")
        time.sleep(0.5)
        self.assertLess(control.request(self.path, command="status")["swaps"], 15)

    def test_folder_goes_and_comes_back(self):
        """When the folder itself is replaced, the watch goes on in the new one."""
        place = f"{self.folder}/images"
        os.mkdir(place)
        image = shutil.copy(self.image, f"{place}/i.ptri")
        self.start("--watch-image", image=image)
        shutil.rmtree(place)
        time.sleep(0.3)
        os.mkdir(place)
        shutil.copy(control.stamped_image(self.folder, "two", serial=11), f"{place}/new")
        os.rename(f"{place}/new", image)
        self.wait_for(lambda: self.stamp() == "two")


class DetachTest(unittest.TestCase):
    def test_detach(self):
        """detach refuses while ptrd runs, takes off what a killed one left, and says when there is nothing."""
        pair = self.enterContext(xdphost.new_pair())
        image = dnscases.compile_all(ptrd.temporary_folder())

        def detach():
            return ptrd.run(*pair.server.command_in_our_mounts(control.PTRCTL, "detach", pair.server.interface))

        server = xdphost.server(pair, image).start()
        busy = detach()
        self.assertEqual(busy.returncode, 1, busy)
        self.assertIn("another ptrd answers there", busy.stderr)
        self.assertIsNotNone(xdphost.asked(pair))
        xdphost.kill(server)
        self.assertIsNotNone(xdphost.program_of(pair))
        done = detach()
        self.assertEqual(done.returncode, 0, done)
        self.assertIsNone(xdphost.program_of(pair))
        self.assertFalse(os.path.exists(xdphost.pins(pair)))
        self.assertIn("nothing", detach().stdout)


if __name__ == "__main__":
    unittest.main()
