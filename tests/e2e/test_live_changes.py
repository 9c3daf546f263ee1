#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Changes of the image in service: over the control socket, through the journal, on every path, and after kill -9."""

import itertools
import os
import random
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import dns.message

import changesets
import control
import dnscases
import ptrd
import test_socket
import xdphost

APEX = "10.in-addr.arpa"
KILLS = int(os.environ.get("PTRD_KILLS", "12"))  # 1000 in a long run


def zone_file(folder, serial=1, records=300):
    path = f"{folder}/{APEX}.zone"
    with open(path, "w", encoding="ascii") as file:
        file.write(f"$TTL 300\n@ SOA ns.example. host.example. {serial} 3600 600 86400 300\n@ NS ns.example.\n")
        for number in range(records):
            file.write(f"{owner(number).removesuffix('.' + APEX)} PTR {start_target(number)}\n")
    return path


def owner(number):
    return f"{number % 250}.{number // 250}.1.{APEX}"


def start_target(number):
    """The same for two addresses."""
    return f"c{(number // 2) ** 2}.start.example."


def target_of(response):
    """The only PTR record's target, or None."""
    answer = dns.message.from_wire(response).answer
    return str(answer[0][0].target) if answer else None


class LiveCase(unittest.TestCase):
    def setUp(self):
        self.folder = ptrd.temporary_folder()
        self.control = f"{self.folder}/ptrd.sock"
        self.journal = f"{self.folder}/journal"
        self.port = test_socket.free_port()
        self.image = ptrd.compile_image(f"{self.folder}/image.ptri", zone_file(self.folder))

    def arguments(self):
        return "--socket", f"127.0.0.1:{self.port}", "--control", self.control, "--journal", self.journal

    def start(self, *more):
        return self.enterContext(ptrd.Ptrd(self.image, *self.arguments(), *more))

    def ask(self, name, kind="PTR"):
        client = dnscases.Client("127.0.0.1", self.port)
        response = client.ask(dnscases.query(name, kind).to_wire())
        client.close()
        return response

    def target(self, name):
        return target_of(self.ask(name))

    def serial(self):
        return dns.message.from_wire(self.ask(APEX, "SOA")).answer[0][0].serial


class LiveChangesTest(LiveCase):
    def test_acknowledged_means_answered(self):
        """Each change is answered as soon as it is acknowledged, and still after a restart; the serial moves on."""
        server = self.start()
        client = changesets.Client(self.control)
        for number in range(50):
            done = client.apply(changesets.replace_ptr(APEX, owner(number), f"new{number}.example.", number + 1))
            self.assertEqual(done, {"ok": True, "zones": [{"zone": APEX + ".", "serial": number + 2}], "added": 1, "removed": 1})
            self.assertEqual(self.target(owner(number)), f"new{number}.example.")
        self.assertEqual(self.serial(), 51)
        refused = client.apply(changesets.replace_ptr(APEX, owner(0), "again.example.", 7))
        self.assertEqual(refused["error"], f"zone {APEX}.: its serial is 51, the changes are for 7")
        client.close()
        server.kill()
        self.start()
        self.assertEqual(self.serial(), 51)
        for number in range(50):
            self.assertEqual(self.target(owner(number)), f"new{number}.example.")
        self.assertEqual(self.target(owner(50)), start_target(50))

    def test_journal_of_another_image(self):
        """It is refused with one line, and so is a file that is no journal; nothing is changed."""
        self.start().stop()
        with open(self.journal, "rb") as file:
            before = file.read()
        other = ptrd.compile_image(f"{self.folder}/other.ptri", zone_file(self.folder, serial=9))
        result = ptrd.run(ptrd.PTRD, "--image", other, *self.arguments())
        self.assertEqual(result.returncode, 1, result)
        self.assertIn("it belongs to another image", result.stderr)
        with open(self.journal, "rb") as file:
            self.assertEqual(file.read(), before)

    def test_reload_and_compaction(self):
        """A reload of older zones is refused; a compacted image takes over with all changes, those made meanwhile too."""
        server = self.start("--watch-image")
        client = changesets.Client(self.control)
        for number in range(20):
            self.assertTrue(client.apply(changesets.replace_ptr(APEX, owner(number), f"new{number}.example."))["ok"])
        refused = client.ask(command="reload")
        self.assertEqual(refused["reason"], "older", refused)
        result = control.ptrctl(self.control, "compact")
        self.assertEqual(result.returncode, 0, result)
        self.assertLess(os.path.getsize(self.journal), 100)
        self.assertEqual(client.ask(command="status")["changes"]["journal_entries"], 0)
        self.assertTrue(client.apply(changesets.replace_ptr(APEX, owner(21), "new21.example."))["ok"])
        time.sleep(1)  # the watch sees the file, which is in service already
        self.assertEqual(client.ask(command="status")["reloads"]["older"], 1)
        self.assertTrue(client.apply(changesets.replace_ptr(APEX, owner(20), "new20.example."))["ok"])
        server.kill()
        self.start()
        for number in range(22):
            self.assertEqual(self.target(owner(number)), f"new{number}.example.")
        self.assertEqual(self.serial(), 23)

    def test_killed_at_any_moment(self):
        """After kill -9 nothing is missing that was acknowledged, and no change is there by half."""
        rng = random.Random(3)
        known = {}  # of pairs of addresses: the target that was acknowledged, and those that were sent since
        numbers = itertools.count(1)
        compactions = 0
        for _ in range(KILLS):
            server = self.start()
            stop = threading.Event()
            threads = [threading.Thread(target=self.change, args=(stop, known, part, numbers)) for part in range(3)]
            for thread in threads:
                thread.start()
            if rng.random() < 0.5:
                compactor = threading.Thread(target=control.ptrctl, args=(self.control, "compact"))
                compactor.start()
                compactions += 1
                threads.append(compactor)
            time.sleep(rng.uniform(0.01, 0.4))
            server.kill()
            stop.set()
            for thread in threads:
                thread.join()
            with ptrd.Ptrd(self.image, *self.arguments()) as again:
                for pair, (acknowledged, sent) in known.items():
                    first, second = self.target(owner(2 * pair)), self.target(owner(2 * pair + 1))
                    self.assertEqual(first, second, f"half of a change: {pair}, {again.log}")
                    self.assertIn(first, (acknowledged, *sent), f"{pair}: {again.log}")
                    known[pair] = (first, [])
        self.assertGreater(len(known), 10)

    def change(self, stop, known, part, numbers):
        """Changes pairs of addresses, two records in a changeset, until the server is gone."""
        try:
            client = changesets.Client(self.control)
            while not stop.is_set():
                pair = 3 * random.randrange(40) + part
                target = f"pair{next(numbers)}.example."
                known.setdefault(pair, (start_target(2 * pair), []))[1].append(target)
                batch = changesets.changeset(APEX, [record for address in (owner(2 * pair), owner(2 * pair + 1))
                                                    for record in (changesets.remove_ptrs(address), changesets.add_ptr(address, target))])
                if client.apply(batch).get("ok"):
                    known[pair] = (target, [])
        except (OSError, EOFError):
            pass


class LiveOverXdpTest(unittest.TestCase):
    def test_worker_and_kernel(self):
        """Over AF_XDP, and from the program in the kernel in front of it, each acknowledged change is answered."""
        for mode in ("off", "first"):
            with self.subTest(mode), xdphost.new_pair() as pair:
                self.check(pair, mode)

    def check(self, pair, mode):
        folder = ptrd.temporary_folder()
        image = ptrd.compile_image(f"{folder}/image.ptri", zone_file(folder))
        xdphost.take_bounced_frames(pair)
        arguments = ("--kernel-answers", mode, "--control", f"{folder}/s", "--journal", f"{folder}/journal")

        def target():
            resolver = xdphost.client(pair)
            response = resolver.ask(dnscases.query(owner(3)).to_wire())
            resolver.close()
            return target_of(response)

        with xdphost.server(pair, image, *arguments) as server:
            client = changesets.Client(f"{folder}/s")
            for number in range(40):
                self.assertTrue(client.apply(changesets.replace_ptr(APEX, owner(3), f"new{number}.example."))["ok"])
                self.assertEqual(target(), f"new{number}.example.")
            self.assertTrue(client.ask(command="reload", force=True)["ok"])
            self.assertEqual(target(), start_target(3))
            self.assertTrue(client.apply(changesets.replace_ptr(APEX, owner(3), "last.example."))["ok"])
            self.assertEqual(target(), "last.example.")
            client.close()
            stats = server.stop()
        answered = stats["kernel"]["answered"] if mode == "first" else stats["answered"]
        self.assertEqual(answered["answer"], 42, stats)


if __name__ == "__main__":
    unittest.main()
