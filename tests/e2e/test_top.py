#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""ptrctl top: rates by service, worker, kind and reason, and the prefixes that are queried most."""

import os
import pty
import re
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import control
import dns.reversename
import dnscases
import ptrd
import tcp
from controlcase import ControlCase

# Shares of a load, in twentieths, by what an address begins with.
LOAD = {"192.0.2.": 12, "198.51.100.": 5, "2001:db8:53::": 2}


def names():
    """Names to query in turn, a twentieth of which are not addresses."""
    addresses = [f"{prefix}{number}" for number in range(1, 101) for prefix, share in LOAD.items() for _ in range(share)]
    return [dns.reversename.from_address(address).to_text() for address in addresses] + ["2.0.192.in-addr.arpa."] * 100


class TopTest(ControlCase):
    def load(self, seconds):
        """dnsperf in a thread, for that long."""
        queries = f"{self.folder}/queries"
        with open(queries, "w", encoding="ascii") as file:
            file.writelines(f"{name} PTR\n" for name in names())
        command = ["dnsperf", "-s", "127.0.0.1", "-p", str(self.port), "-d", queries, "-l", str(seconds), "-Q", "20000"]
        thread = threading.Thread(target=ptrd.run, args=command)
        thread.start()
        self.addCleanup(thread.join)

    def prefixes(self):
        return {one["prefix"]: one["share"] for one in control.request(self.path, command="prefixes")["prefixes"]}

    def test_busiest_prefixes(self):
        """The prefixes of a load of known shares come in their order, with their shares; names without an address are one."""
        self.start()
        self.assertEqual(self.prefixes(), {})  # not watched before
        self.load(4)
        # The estimates are of the last seconds: as soon as enough was asked they are the load's.
        self.wait_for(lambda: control.request(self.path, command="stats")["stats"]["rx"] > 40000)
        shares = self.prefixes()
        self.assertEqual(list(shares)[:3], ["192.0.2.0/24", "198.51.100.0/24", "2001:db8:53::/48"], shares)
        for prefix, share in (("192.0.2.0/24", 12), ("198.51.100.0/24", 5), ("2001:db8:53::/48", 2), ("other names", 1)):
            self.assertAlmostEqual(shares[prefix], share / 20, delta=0.08, msg=shares)

    def test_screen(self):
        """A frame has the load's rates by service and worker with its busy share, and the busiest prefix first."""
        self.start("--socket-threads", "1")
        self.load(3)
        self.wait_for(lambda: control.request(self.path, command="stats")["stats"]["rx"] > 1000)
        frame = self.ptrctl("top", "--once")
        rows = [line.split() for line in frame.splitlines()]
        received = int(next(row for row in rows if row and row[-1] == "all")[0])
        self.assertGreater(received, 100, frame)
        worker = next(row for row in rows if row[-2:] == ["udp", "0"])
        busy, burst, by_worker = int(worker[0]), float(worker[2]), int(worker[3])
        self.assertTrue(0 < busy <= 100 and 1 <= burst <= 32, frame)
        self.assertAlmostEqual(by_worker, received, delta=received / 100, msg=frame)
        self.assertAlmostEqual(by_worker, sum(map(int, worker[4:7])), delta=received / 50, msg=frame)
        self.assertTrue(any(row[-2:] == ["tcp", "0"] and row[0] == "0" for row in rows), frame)
        self.assertTrue(any(row[-1:] == ["answer"] and int(row[0].removesuffix("/s")) > 5 for row in rows), frame)
        first = frame.splitlines()[frame.splitlines().index("busiest prefixes, estimated") + 1]
        self.assertRegex(first, r"^ +\d+/s +\d+\.\d %  192\.0\.2\.0/24$")

    def test_tcp(self):
        """Queries over TCP are sampled too, and their thread has its own row."""
        self.start()
        self.prefixes()
        with tcp.Client("127.0.0.1", self.port) as client:
            query = dnscases.query("1.3.2.1.in-addr.arpa").to_wire()
            for _ in range(2000):
                client.ask(query)
        time.sleep(0.2)  # more frequent requests get the same response
        self.assertEqual(list(self.prefixes()), ["1.2.3.0/24"])
        # The kernel chooses the thread that a connection goes to.
        workers = control.request(self.path, command="stats")["services"][1]["workers"]
        worker = max(workers, key=lambda worker: worker["rx"])
        self.assertEqual((worker["rx"], worker["answered"]["refused"]), (2000, 2000))
        self.assertGreater(worker["busy_seconds"], 0)

    def test_drops(self):
        """A message that is dropped counts under its reason."""
        self.start()
        client = dnscases.Client("127.0.0.1", self.port)
        self.assertIsNone(client.probe(b"\1\2\3"))
        client.close()
        frame = self.ptrctl("top", "--once")
        drops = frame[frame.index("drops by reason"):frame.index("busiest prefixes")]
        self.assertTrue(re.search(r"/s +1  runt$", drops, re.MULTILINE), frame)

    def test_terminal(self):
        """On a terminal it redraws until q."""
        self.start()
        primary, secondary = pty.openpty()
        process = subprocess.Popen([control.PTRCTL, "-s", self.path, "top"], stdin=secondary, stdout=secondary)
        shown = b""
        while shown.count(b"received/s") < 2:
            shown += os.read(primary, 65536)
        os.write(primary, b"q")
        self.assertEqual(process.wait(20), 0)
        os.close(primary)
        os.close(secondary)
