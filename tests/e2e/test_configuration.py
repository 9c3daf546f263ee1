#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""The configuration file, SIGHUP, the watch on the image, and ptrctl detach."""

import os
import shutil
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import control
import dnscases
import leftovers
import ptrd
import test_socket
import xdphost
from controlcase import ControlCase


class ConfigTest(ControlCase):
    def base(self, more=""):
        return self.config(f"image: {self.image}\nlisten: 127.0.0.1:{self.port}\ncontrol: {{socket: {self.path}}}\n{more}")

    def run_ptrd(self, *arguments):
        return ptrd.run(ptrd.PTRD, *arguments)

    def test_check_config(self):
        """--check-config exits with 0 and no output for a valid file, with 1 and the position of the error for an invalid one."""
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

    def test_options_override_keys(self):
        """An option beside -c overrides the file's key; two that cannot be used together are wrong usage."""
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

    def test_values_of_options(self):
        """An option takes what its key takes, and says what it expects; a flag can be turned off, and arguments for EAL follow --."""
        base = ("--check-config", "--image", self.image, "--socket", f"127.0.0.1:{self.port}")
        for option, value, text in (("--udp-payload", "511", 'expected a whole number from 512 to 4096, found "511"'),
                                    ("--log-level", "loud", 'expected error, warning, info or debug, found "loud"'),
                                    ("--tcp-idle", "0", 'expected a number of seconds from 0.1 to 86400, found "0"'),
                                    ("--duration", "soon", 'expected a number of seconds, found "soon"')):
            with self.subTest(option):
                wrong = self.run_ptrd(*base, option, value)
                self.assertEqual((wrong.returncode, wrong.stderr), (2, f"ptrd: {option}: {text}; see ptrd --help\n"))
        for good in (("--tcp-threads", "0"), ("--tcp-idle", "86400"), ("--image-size", "0"), ("--log-level", "debug")):
            self.assertEqual(self.run_ptrd(*base, *good).returncode, 0, good)
        path = self.base("xdp: {keep: true}\n")
        self.assertEqual(self.run_ptrd("--check-config", "-c", path).returncode, 1)
        eal = ("--check-config", "--image", self.image, "--dpdk", "net_null0", "--", "--log-level=8", "--no-pci", "-x", "1")
        self.assertEqual(self.run_ptrd(*eal).returncode, 0)
        self.assertEqual(self.run_ptrd(*eal[:-1], "1", "--image").returncode, 0, "none of ptrd's options follow --")
        path = self.base("watch-image: true\n")
        server = self.enterContext(ptrd.Ptrd(self.image, "-c", path, "--watch-image=false"))
        os.rename(control.stamped_image(self.folder, "two", serial=11), self.image)
        time.sleep(0.5)
        self.assertEqual(self.stamp(), "one")
        self.assertNotIn("swapped", server.log)

    def test_sighup(self):
        """SIGHUP takes image and log level from the file, and names the keys that need a restart."""
        path = self.base()
        server = self.enterContext(ptrd.Ptrd(self.image, "-c", path))  # --image overrides the file's
        os.kill(server.pid, signal.SIGHUP)
        self.wait_for(lambda: "swapped in" in server.log)
        server.stop()
        def log():
            with open(f"{self.folder}/log") as file:
                return file.read()

        with open(f"{self.folder}/log", "w") as file:
            plain = subprocess.Popen([ptrd.PTRD, "-c", path], stderr=file, preexec_fn=leftovers.die_with_parent)
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
            self.wait_for(lambda: "unknown key nonsense" in log())
            self.assertEqual(self.stamp(), "two")
        finally:
            plain.terminate()
            plain.wait(20)
        self.assertEqual(plain.returncode, 0, log())
        self.assertRegex(log(), r"changed keys that need a restart: tcp.idle\n")


    def test_sighup_during_a_swap(self):
        """SIGHUP during a swap reads the file once, says once what needs a restart, and its reload follows the swap; it is not
        counted as turned away."""
        server = self.enterContext(ptrd.Ptrd(self.image, "-c", self.base()))
        reader = ptrd.children(server.pid)["ptrd-reader"]
        os.kill(reader, signal.SIGSTOP)
        with control.connect(self.path) as client:
            client.sendall(b'{"command": "reload"}\n')
            self.wait_for(lambda: control.request(self.path, command="status")["reloading"])
            self.base("tcp: {idle: 3}\n")
            os.kill(server.pid, signal.SIGHUP)
            self.wait_for(lambda: "need a restart" in server.log)
            self.base("nonsense: 1\n")
            time.sleep(0.3)
            self.assertTrue(control.request(self.path, command="status")["reloading"])
            os.kill(reader, signal.SIGCONT)
            self.assertTrue(control.response(client)["ok"])
        self.wait_for(lambda: control.request(self.path, command="status")["swaps"] == 2)
        told = control.request(self.path, command="status")
        self.assertEqual((told["reloading"], told["reloads"]["busy"]), (False, 0))
        self.assertEqual(server.log.count("need a restart: tcp.idle\n"), 1, server.log)
        self.assertNotIn("nonsense", server.log)

    def test_end_during_a_swap(self):
        """SIGTERM ends ptrd in order, though SIGHUP's reload still waits for another one."""
        server = self.enterContext(ptrd.Ptrd(self.image, "-c", self.base()))
        reader = ptrd.children(server.pid)["ptrd-reader"]
        os.kill(reader, signal.SIGSTOP)
        with control.connect(self.path) as client:
            client.sendall(b'{"command": "reload"}\n')
            self.wait_for(lambda: control.request(self.path, command="status")["reloading"])
            os.kill(server.pid, signal.SIGHUP)
            time.sleep(0.2)
            os.kill(server.pid, signal.SIGTERM)
            time.sleep(0.2)
            os.kill(reader, signal.SIGCONT)
            server.wait()
        self.assertEqual(server.log.count("swapped in"), 1, server.log)


class WatchTest(ControlCase):
    def test_renamed_into_place(self):
        """With --watch-image a file renamed to the image's path is put in service automatically; a damaged one is rejected, the next valid one accepted."""
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
        self.assertIn("the previous image stays in service", server.log)

    def test_many_changes(self):
        """Twenty files in a row are few reloads, and the last one is in service."""
        self.start("--watch-image")
        images = [control.stamped_image(self.folder, f"s{number}", serial=11 + number) for number in range(20)]
        for image in images:
            os.rename(image, self.image)
        self.wait_for(lambda: self.stamp() == "s19")
        time.sleep(0.5)
        self.assertLess(control.request(self.path, command="status")["swaps"], 15)

    def test_folder_goes_and_comes_back(self):
        """When the folder itself is replaced, the watch continues in the new one."""
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


    def test_path_of_the_configuration(self):
        """When SIGHUP changes the image's path, the watch goes to the new one and leaves the old; a file that is refused there does
        not end it. A folder that cannot be watched is named, and watched once it is there and SIGHUP comes again."""
        def configure(image):
            return self.config(f"image: {image}\nlisten: 127.0.0.1:{self.port}\ncontrol: {{socket: {self.path}}}\nwatch-image: true\n")

        log = f"{self.folder}/log"
        with open(log, "w") as file:
            server = subprocess.Popen([ptrd.PTRD, "-c", configure(self.image)], stderr=file, preexec_fn=leftovers.die_with_parent)
        self.addCleanup(leftovers.register(lambda: (server.kill(), server.wait())))

        def logged(text):
            with open(log) as file:
                return text in file.read()

        self.wait_for(lambda: control.ptrctl(self.path, "status").returncode == 0)
        os.mkdir(f"{self.folder}/other")
        there = shutil.copy(control.stamped_image(self.folder, "two", serial=11), f"{self.folder}/other/i.ptri")
        configure(there)
        server.send_signal(signal.SIGHUP)
        self.wait_for(lambda: self.stamp() == "two")
        os.replace(control.stamped_image(self.folder, "old", serial=12), self.image)
        os.replace(control.stamped_image(self.folder, "older", serial=2), there)
        self.wait_for(lambda: logged("has serial 2 in the new image"))
        self.assertEqual(self.stamp(), "two")
        os.replace(control.stamped_image(self.folder, "three", serial=13), there)
        self.wait_for(lambda: self.stamp() == "three")
        nowhere = f"{self.folder}/later/i.ptri"
        configure(nowhere)
        server.send_signal(signal.SIGHUP)
        self.wait_for(lambda: logged(f"{self.folder}/later: cannot watch for new images"))
        os.mkdir(f"{self.folder}/later")
        server.send_signal(signal.SIGHUP)
        self.wait_for(lambda: control.request(self.path, command="status")["reloads"]["unreadable"] == 2)
        os.replace(control.stamped_image(self.folder, "four", serial=14), nowhere)
        self.wait_for(lambda: self.stamp() == "four")
        server.terminate()
        self.assertEqual(server.wait(20), 0)


class DetachTest(unittest.TestCase):
    def test_detach(self):
        """detach refuses while ptrd runs, removes what a killed one left, and reports if there is nothing."""
        pair = self.enterContext(xdphost.new_pair())
        image = dnscases.compile_all(ptrd.temporary_folder())

        def detach():
            return ptrd.run(*pair.server.command_in_our_mounts(control.PTRCTL, "detach", pair.server.interface))

        server = xdphost.server(pair, image).start()
        busy = detach()
        self.assertEqual(busy.returncode, 1, busy)
        self.assertIn("another ptrd is running there", busy.stderr)
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
