#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Reloads of images that have lost zones or records: said, and refused beyond the limits unless forced."""

import os
import signal
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import control
import metrics
import ptrd
import test_socket
from controlcase import ControlCase

ZONES = 20


def apex(number):
    return f"{number}.10.in-addr.arpa"


class LossesTest(ControlCase):
    def zones(self, name, numbers, records=20):
        """An image of the zones with these numbers, each with so many PTR records."""
        folder = f"{self.folder}/{name}"
        os.mkdir(folder)
        for number in numbers:
            control.write_zone(f"{folder}/{apex(number)}.zone", "one", 1, records=records, several=1)
        return ptrd.compile_image(f"{self.folder}/{name}.ptri", folder)

    def start_with(self, *arguments, **options):
        return self.start(*arguments, image=self.zones("before", range(ZONES)), **options)

    def counts(self):
        told = control.request(self.path, command="status")
        return told["swaps"], told["reloads"]["lost"], told["image"]["zones"]

    def test_reload(self):
        """A loss within the limits is taken, and the reply and the log name it; one beyond is refused, and taken by force; a
        rollback is not refused for what it loses."""
        server = self.start_with()
        self.assertEqual(self.ptrctl("reload", self.zones("two", range(2, ZONES))).splitlines()[1],
                         f"2 of 20 zones and 44 of 440 records are lost: {apex(0)}, {apex(1)}")
        seven = self.zones("seven", range(2, 9))
        refused = self.ptrctl("reload", seven, status=1)
        self.assertIn(f"{seven}: 11 of 18 zones and 242 of 396 records are lost: {apex(10)}, ", refused)
        self.assertIn(" and 6 more; that is more than 10% of the zones (reload.max-lost-zones)", refused)
        self.assertIn("use ptrctl reload --force", refused)
        self.assertEqual(self.counts(), (1, 1, 18))
        self.assertIn("reloads refused since the start: 1 lost", self.ptrctl("status"))
        answer = control.request(self.path, command="reload", image=seven)
        self.assertEqual((answer["reason"], answer["lost"]["zones"], answer["lost"]["of_zones"]), ("lost", 11, 18))
        self.assertEqual(len(answer["lost"]["first"]), 5)
        self.assertIn("11 of 18 zones", self.ptrctl("reload", "--force", seven))
        self.assertEqual(self.counts(), (2, 2, 7))
        self.ptrctl("rollback")
        self.assertIn("11 of 18 zones", self.ptrctl("rollback"))
        self.assertEqual(self.counts(), (4, 2, 7))
        nothing = control.request(self.path, command="reload")
        self.assertEqual((nothing["lost"]["zones"], nothing["lost"]["records"], nothing["lost"]["text"]), (0, 0, ""))
        server.stop()
        self.assertIn(f"two.ptri: 2 of 20 zones and 44 of 440 records are lost: {apex(0)}, {apex(1)}\n", server.log)
        self.assertRegex(server.log, r"seven\.ptri: 11 of 18 zones .*; the previous image stays in service\n")

    def test_records(self):
        """The same for records of zones that are still there: a hundred may go, more only within the share."""
        self.start_with()
        self.assertIn("100 of 440 records are lost, the most in ", self.ptrctl("reload", self.zones("fewer", range(ZONES), records=15)))
        self.ptrctl("rollback")
        refused = self.ptrctl("reload", self.zones("few", range(ZONES), records=14), status=1)
        self.assertIn("120 of 440 records are lost, the most in ", refused)
        self.assertIn("that is more than 10% of the records (reload.max-lost-records); ", refused)

    def test_limits(self):
        """The limits are settable: on the command line, and by SIGHUP in the file; a value without % is wrong usage."""
        wrong = ptrd.run(ptrd.PTRD, "--image", self.image, "--socket", f"127.0.0.1:{self.port}", "--max-lost-zones", "10")
        self.assertEqual((wrong.returncode, wrong.stderr),
                         (2, 'ptrd: --max-lost-zones: expected a share from 0% to 100%, as 10%, found "10"; see ptrd --help\n'))
        config = self.config("reload: {max-lost-zones: 0%}\n")
        server = self.start_with("-c", config, "--max-lost-records", "100%")
        one = self.zones("one", range(1, ZONES))
        self.assertIn("more than 0% of the zones", self.ptrctl("reload", one, status=1))
        self.config("reload: {max-lost-zones: 5%, max-lost-records: 0%}\n")  # the option overrides the latter
        os.kill(server.pid, signal.SIGHUP)
        self.wait_for(lambda: "swapped in" in server.log)
        self.wait_for(lambda: not control.request(self.path, command="status")["reloading"])
        self.assertIn("1 of 20 zones", self.ptrctl("reload", one))

    def test_sighup_and_watch(self):
        """SIGHUP and the watch on the image go by the same limits; the metrics count what was refused."""
        port = test_socket.free_port()
        image = self.zones("before", range(ZONES))
        server = self.start("--watch-image", "--metrics", str(port), image=image)
        half = self.zones("half", range(10))
        os.rename(half, image)
        self.wait_for(lambda: self.counts() == (0, 1, ZONES))
        os.kill(server.pid, signal.SIGHUP)
        self.wait_for(lambda: self.counts() == (0, 2, ZONES))
        self.assertEqual(metrics.scrape(port).sum("ptrd_reloads_total", result="lost"), 2)
        self.assertEqual(server.log.count("10 of 20 zones and 220 of 440 records are lost"), 2, server.log)
        self.ptrctl("reload", "--force")
        self.assertEqual(self.counts(), (1, 2, 10))

    def test_serials_too(self):
        """Where a serial goes backwards as well, both are in the line, so that nothing is forced unseen."""
        self.start_with()
        folder = f"{self.folder}/both"
        os.mkdir(folder)
        control.write_zone(f"{folder}/{apex(3)}.zone", "one", 0, records=20, several=1)
        refused = control.request(self.path, command="reload", image=ptrd.compile_image(f"{folder}.ptri", folder))
        self.assertEqual(refused["reason"], "older")
        self.assertIn(f"zone {apex(3)}. has serial 0 in the new image and 1 in service; 19 of 20 zones", refused["error"])


class ManyZonesTest(ControlCase):
    def test_time(self):
        """The lists of 20,000 zones are compared in a small part of the time that it takes to read the images."""
        folder = f"{self.folder}/many"
        os.mkdir(folder)
        with open(f"{folder}/small", "w", encoding="ascii") as file:
            file.write("$TTL 60\n@ SOA ns.example. host.example. 1 3600 600 86400 60\n@ NS ns.example.\n1 PTR h.example.\n")
        zones = [f"{number & 255}.{number >> 8}.10.in-addr.arpa={folder}/small" for number in range(20_000)]
        images = [ptrd.compile_image(f"{folder}/{name}.ptri", *some) for name, some in (("all", zones), ("less", zones[:-1500]))]
        self.start(image=images[0])
        began = time.monotonic()
        told = control.request(self.path, command="reload", image=images[1])
        took = time.monotonic() - began
        self.assertEqual((told["lost"]["zones"], told["lost"]["of_zones"]), (1500, 20_000))
        rest = took - told["read_seconds"] - told["swap_seconds"]
        print(f"        read in {told['read_seconds'] * 1e3:.0f} ms, compared and answered in {rest * 1e3:.0f} ms", flush=True)
        self.assertLess(rest, max(0.2, told["read_seconds"]))


if __name__ == "__main__":
    unittest.main()
