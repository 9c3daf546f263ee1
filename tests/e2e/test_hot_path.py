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

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(os.path.dirname(HERE)), "bench", "lib")]

import dns.edns

import dnscases
import exceptionhost
import frames
import leftovers
import ptrd
import replay_queries

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

PATH = frames.Path("198.18.0.2", "198.18.0.1")
SECRET = "e5e973e5a6b2a43f48e7dc849e37bfcf"
# All queries come from one address. Slips, so that TC is written, too; no rule decides for all of them.
POLICY = """
rate-limit: {responses-per-second: 20000, window: 1, slip: 2, wider: [{ipv4-prefix: 16, responses-per-second: 30000}]}
enumeration: {denials-per-second: 1000}
cookies: {secret-file: secret, require: true}
clients:
  - {prefix: 198.18.0.0/15, action: log, one-in: 2}
  - {prefix: 203.0.113.0/24, action: drop}
queries:
  - {prefix: 192.0.2.1, action: drop}
  - {prefix: 192.0.2.2, action: refuse}
  - {prefix: 192.0.2.3, action: truncate}
  - {prefix: 192.0.2.4, action: nxdomain}
  - {prefix: 192.0.2.5, action: nodata}
  - {prefix: 192.0.2.6, action: rate, responses-per-second: 100}
  - {prefix: 192.0.2.128/25, action: uniform}
  - {prefix: '2001:db8::/32', action: count}
names:
  - {match: '[0-9]7\\.2\\.', action: log, one-in: 1, applies-to: all}
  - {match: '^[a-z]{3,}\\.', action: count}
  - {suffix: d.hot.example, action: refuse}
"""


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
        stats = self.watch(lambda folder: [])
        self.assertGreater(stats["answered"]["yxdomain"], 0, stats)

    def test_no_allocation_under_a_policy(self):
        """The same with everything that a policy has: rules of each kind and action, a log that overflows, expressions
        on every name, limits that are reached, cookies good and bad."""
        def with_policy(folder):
            for name, content in {"policy.yaml": POLICY, "secret": SECRET + "\n"}.items():
                with open(f"{folder}/{name}", "w") as file:
                    file.write(content)
            return ["--policy", f"{folder}/policy.yaml"]

        cookies = [dnscases.query(f"{number}.2.0.192.in-addr.arpa", use_edns=0, payload=1232,
                                  options=[dns.edns.GenericOption(10, bytes([number]) * size)])
                   for number in range(1, 60) for size in (8, 24, 7)]
        plain = [frames.query_frame(PATH, dnscases.query(f"{number}.2.0.192.in-addr.arpa").to_wire()) for number in range(60)]
        stats = self.watch(with_policy, [*(frames.query_frame(PATH, message.to_wire()) for message in cookies),
                                         *replay_queries.with_cookies(plain, bytes.fromhex(SECRET))])
        self.assertGreater(stats["policy"]["over_limit"]["dropped"], 0, stats)
        self.assertGreater(stats["policy"]["over_limit"]["truncated"], 0, stats)
        for kind in ("valid", "new", "bad"):
            self.assertGreater(stats["policy"]["cookies"][kind], 0, stats)
        self.assertGreater(stats["dropped"]["policy"], 0, stats)
        self.assertGreater(stats["answered"]["refused"], 0, stats)

    def watch(self, arguments_in, more=()):
        """Traces a loaded worker; returns its statistics. `arguments_in(folder)`: of ptrd; `more`: frames besides."""
        folder = ptrd.temporary_folder()
        queries, log, calls = (os.path.join(folder, name) for name in ("queries.pcap", "allocations.txt", "calls.txt"))
        # Hits, missing names, other types, other names: all kinds of answers.
        asked = [dnscases.query(f"{number}.2.0.192.in-addr.arpa") for number in range(200)] + \
            [dnscases.query(name, rdtype) for name, rdtype in dnscases.model().questions(step=40)] + \
            [dnscases.query(name, rdtype) for name, rdtype in HOT]
        zone = os.path.join(folder, "hot.zone")
        with open(zone, "w") as file:
            file.write(ZONE)
        image = ptrd.compile_image(f"{folder}/hot.ptri", ptrd.ZONES, ptrd.TEST_ZONES, zone)
        frames.write_pcap(queries, [*(frames.query_frame(PATH, message.to_wire()) for message in asked), *more])
        watched = ("env", f"LD_PRELOAD={ptrd.BUILD}/tests/allocation_log.so", f"ALLOCATION_LOG={log}")
        server = ptrd.Ptrd(image, "--dpdk", f"net_pcap0,rx_pcap={queries},infinite_rx=1", *arguments_in(folder),
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
        self.assertGreater(stats["rx"], 1_000_000, stats)
        print(f"        {SECONDS:g} s watched, {ptrd.total(stats['answered'])} answers in all")
        return stats


if __name__ == "__main__":
    unittest.main()
