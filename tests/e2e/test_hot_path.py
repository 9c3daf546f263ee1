#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""The hot path: the compiled code, and the system calls of a worker under load.

PTRD_HOT_SECONDS: how long the worker is watched (default: 2).
"""

import os
import re
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import dnscases
import exceptionhost
import frames
import leftovers
import ptrd

SECONDS = float(os.environ.get("PTRD_HOT_SECONDS", "2"))
# Not in the other zones: names that a DNAME makes too long, chains of aliases, large sets.
ZONE = """$ORIGIN hot.example.
$TTL 3600
@ SOA ns1 hostmaster 1 3600 600 604800 300
@ NS ns1
@ NS ns2
ns1 A 192.0.2.1
ns2 A 192.0.2.2
d DNAME {long}.hot.example.
""".format(long=".".join(50 * "d")) + "".join(f"c{i} CNAME c{i + 1}\n" for i in range(20)) + \
    "".join(f"m MX {i} h{i}\nh{i} A 192.0.2.{i}\n" for i in range(100))
HOT = [(".".join(90 * "a") + ".d.hot.example", "A"), ("a.d.hot.example", "A"), ("c0.hot.example", "A"), ("m.hot.example", "MX")]


def instructions_of(function):
    """The disassembly of a function of ptrd, by a part of its mangled name."""
    program = os.path.join(ptrd.BUILD, "tools", "ptrd")
    text = subprocess.run(["objdump", "-d", "--no-show-raw-insn", program], capture_output=True, text=True, check=True).stdout
    return "".join(re.findall(rf"^[0-9a-f]+ <\w*{function}\w*>:\n(?:.+\n)*", text, re.MULTILINE))


class HotPath(unittest.TestCase):
    def test_walk_prefetches(self):
        """Each of the four steps of a lookup (v4 table, v4 leaf, v6 branch, v6 leaf) asks for the next one's line ahead:
        g++ has dropped such prefetches silently."""
        for part, least in (("6Engine4walk", 2), ("5Walk49last_step", 1), ("5Walk613further_steps", 2)):
            with self.subTest(part):
                code = instructions_of("6answer" + part)
                self.assertIn("ret", code)
                self.assertGreaterEqual(code.count("prefetch"), least)

    def test_no_allocation_and_no_system_call(self):
        """A DPDK worker that answers millions of queries neither allocates or frees memory nor makes a system call."""
        folder = ptrd.temporary_folder()
        queries, log, calls = (os.path.join(folder, name) for name in ("queries.pcap", "allocations.txt", "calls.txt"))
        path = frames.Path("198.18.0.2", "198.18.0.1")
        # Hits, missing names, other types, other names: all kinds of answers.
        asked = [dnscases.query(f"{number}.2.0.192.in-addr.arpa") for number in range(200)] + \
            [dnscases.query(name, rdtype) for name, rdtype in dnscases.model().questions(step=40)] + \
            [dnscases.query(name, rdtype) for name, rdtype in HOT]
        zone = os.path.join(folder, "hot.zone")
        with open(zone, "w") as file:
            file.write(ZONE)
        image = ptrd.compile_image(f"{folder}/hot.ptri", ptrd.ZONES, ptrd.TEST_ZONES, zone)
        frames.write_pcap(queries, [frames.query_frame(path, message.to_wire()) for message in asked])
        watched = ("env", f"LD_PRELOAD={ptrd.BUILD}/tests/allocation_log.so", f"ALLOCATION_LOG={log}")
        server = ptrd.Ptrd(image, "--dpdk", f"net_pcap0,rx_pcap={queries},infinite_rx=1",
                           prefix=watched).start()
        worker = str(exceptionhost.thread_of(server.pid, "rte-worker-1"))
        time.sleep(0.5)
        before = os.path.getsize(log)
        tracer = subprocess.Popen(["strace", "-qq", "-o", calls, "-p", worker], preexec_fn=leftovers.die_with_parent)
        time.sleep(SECONDS)
        tracer.send_signal(signal.SIGINT)
        tracer.wait(10)
        after = os.path.getsize(log)
        stats = server.stop()
        with open(log) as file:
            threads = file.read(after)
        self.assertIn(f"{server.pid}\n", threads[:before], "the start allocates, and that is seen")
        self.assertNotIn(f"{worker}\n", threads[before:].splitlines(keepends=True))
        with open(calls) as file:
            self.assertEqual(file.read(), "")
        self.assertGreater(ptrd.total(stats["answered"]), 1_000_000, stats)
        self.assertGreater(stats["answered"]["yxdomain"], 0, stats)
        print(f"        {SECONDS:g} s watched, {ptrd.total(stats['answered'])} answers in all")


if __name__ == "__main__":
    unittest.main()
