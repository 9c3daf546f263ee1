#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""A policy in a running ptrd: rules over UDP and TCP, limits, cookies, reloads with the image, and what ptrctl shows."""

import os
import socket
import struct
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import dns.edns
import dns.flags
import dns.message
import dns.rcode

import control
import controlcase
import dnscases
import metrics
import ptrd
import test_socket

NAME = f"1.{control.APEX}"
SECRETS = ("e5e973e5a6b2a43f48e7dc849e37bfcf", "445536bcd2513298075a5d379663c962")


class PolicyTest(controlcase.ControlCase):
    def policy(self, text, **files):
        for name, content in files.items():
            with open(f"{self.folder}/{name}", "w", encoding="ascii") as file:
                file.write(content)
        path = f"{self.folder}/policy.yaml"
        with open(f"{path}.new", "w", encoding="ascii") as file:
            file.write(text)
        os.rename(f"{path}.new", path)
        return path

    def start_with(self, text, *arguments, **files):
        return self.start("--policy", self.policy(text, **files), *arguments)

    def ask(self, name=NAME, source="127.0.0.1", timeout=3.0, message=None):
        """The response over UDP from that loopback address; None: none came."""
        message = message or dnscases.query(name)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.bind((source, 0))
            client.connect(("127.0.0.1", self.port))
            client.settimeout(timeout)
            client.send(message.to_wire())
            try:
                return dns.message.from_wire(client.recv(65535))
            except TimeoutError:
                return None

    def ask_tcp(self, name=NAME):
        wire = dnscases.query(name).to_wire()
        with socket.create_connection(("127.0.0.1", self.port), 5) as client:
            client.sendall(struct.pack("!H", len(wire)) + wire)
            head = client.recv(2)
            return dns.message.from_wire(client.recv(struct.unpack("!H", head)[0])) if head else None

    def flood(self, count, source="127.0.0.1"):
        """Sends so many queries; returns how many answers and how many empty ones with TC came."""
        wire = dnscases.query(NAME).to_wire()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.bind((source, 0))
            client.connect(("127.0.0.1", self.port))
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
            for _ in range(count):
                client.send(wire)
            client.settimeout(0.5)
            answers = truncated = 0
            while True:
                try:
                    flags = struct.unpack("!H", client.recv(65535)[2:4])[0]
                except TimeoutError:
                    return answers, truncated
                if flags & dns.flags.TC:
                    truncated += 1
                else:
                    answers += 1

    def test_rules_on_every_transport(self):
        """Clients by prefix and list, addresses and names, over UDP and TCP; each query in one counter."""
        server = self.start_with(
            "clients:\n"
            "  - {prefix: 127.0.1.0/24, action: drop}\n"
            "  - {list: bad.txt, action: refuse}\n"
            "queries:\n"
            "  - {prefix: 192.0.2.9, action: nodata}\n"
            "  - {prefix: 192.0.2.10, action: truncate}\n"
            "names:\n"
            "  - {id: probes, match: '^version', action: refuse}\n", **{"bad.txt": "# bad\n127.0.2.0/24\n"})
        self.assertIsNone(self.ask(source="127.0.1.5", timeout=0.5))
        self.assertEqual(self.ask(source="127.0.2.5").rcode(), dns.rcode.REFUSED)
        self.assertEqual(len(self.ask().answer), 1)
        self.assertEqual(len(self.ask(f"9.{control.APEX}").authority), 1)
        truncated = self.ask(f"10.{control.APEX}")
        self.assertTrue(truncated.flags & dns.flags.TC)
        self.assertEqual(len(self.ask_tcp(f"10.{control.APEX}").answer), 1)
        self.assertEqual(self.ask(f"version.{control.APEX}").rcode(), dns.rcode.REFUSED)
        rules = self.ptrctl("policy").splitlines()
        self.assertEqual([line.split()[1] for line in rules[2:]], ["1", "1", "1", "2", "1"])
        stats = server.stop()
        self.assertEqual(stats["dropped"]["policy"], 1)
        self.assertEqual(stats["rx"], sum(stats["answered"].values()) + sum(stats["dropped"].values()))

    def test_what_ptrctl_tells(self):
        """`ptrctl policy test` names the rule that decides, and why nothing matches; its first word is the action."""
        self.start_with("clients: [{prefix: 198.51.100.0/24, action: drop, id: noisy}]\n"
                        "queries: [{prefix: '2001:db8::/32', action: rate, responses-per-second: 1000}]\n"
                        "names: [{match: '^[a-z]{12}\\.', action: refuse}]\n")
        test = lambda *arguments: self.ptrctl("policy", "test", *arguments)
        self.assertEqual(test("192.0.2.1", "--client", "198.51.100.7").splitlines(),
                         ["drop  1.2.0.192.in-addr.arpa.", f"rule 1 on the client: noisy, drop ({self.folder}/policy.yaml:1)"])
        self.assertEqual(test("192.0.2.1").splitlines(), ["answer  1.2.0.192.in-addr.arpa.", "no rule matches"])
        self.assertEqual(test("2001:db8::1").split()[0], "rate")
        self.assertEqual(test("abcdefghijkl.example").split()[0], "refuse")
        self.assertIn("is not an address", self.ptrctl("policy", "test", "192.0.2.1", "--client", "x", status=1))
        self.assertIn("is not a record type", self.ptrctl("policy", "test", "192.0.2.1", "--type", "x", status=1))

    def test_log(self):
        """The action log writes one in so many hits with rule, client, name and type, and stays within bounds."""
        server = self.start_with("clients: [{prefix: 127.0.3.0/24, action: log, one-in: 2, id: watched}]\n"
                                 "names: [{match: '^noisy', action: log, one-in: 1}]\n", "--socket-threads", "1")
        for _ in range(4):
            self.assertEqual(len(self.ask(source="127.0.3.7").answer), 1)
        for _ in range(300):
            self.ask(f"noisy.{control.APEX}")
        server.stop()
        lines = [line for line in server.log.splitlines() if "policy: " in line]
        watched = [line for line in lines if "(watched)" in line]
        self.assertEqual(len(watched), 2, lines)
        self.assertRegex(watched[0], rf"rule 1 \(watched\): 127\.0\.3\.7 asks {NAME}\.? PTR, 20\d\d-\d\d-\d\dT[\d:]+Z$")
        noisy = [line for line in lines if "noisy" in line and " asks " in line]
        more = sum(int(line.split("policy: ")[1].split()[0]) for line in lines if "were not logged" in line)
        self.assertEqual(len(noisy) + more, 300, lines)

    def test_rate_limit(self):
        """A flood gets the burst and then slips; TCP and other networks get all. The counters tell both."""
        self.metrics = test_socket.free_port()
        server = self.start_with("rate-limit: {responses-per-second: 20, window: 1, slip: 2}\n"
                                 "queries: [{prefix: 192.0.2.0/24, action: count, id: ours}]\n", "--metrics", str(self.metrics))
        began = time.monotonic()
        answers, truncated = self.flood(400)
        most = 20 * (1 + time.monotonic() - began) + 1
        self.assertGreaterEqual(answers, 20)
        self.assertLessEqual(answers, most)
        self.assertAlmostEqual(truncated, (400 - answers) / 2, delta=1)
        self.assertEqual(len(self.ask_tcp().answer), 1)
        self.assertEqual(len(self.ask(source="127.0.5.1").answer), 1)
        self.check_shown(400 - answers - truncated, truncated)
        stats = server.stop()
        self.assertEqual(stats["dropped"]["rate_limited"], stats["policy"]["over_limit"]["dropped"])
        self.assertEqual(stats["policy"]["over_limit"]["truncated"], truncated)

    def check_shown(self, dropped, truncated):
        """The counts by limit and rule, of 402 queries, in the metrics, ptrctl stats and ptrctl top."""
        scrape = metrics.scrape(self.metrics)
        self.assertEqual(scrape.sum("ptrd_policy_over_limit_total", transport="udp", done="dropped"), dropped)
        self.assertEqual(scrape.sum("ptrd_policy_limited_total", transport="udp", limit="answer"), dropped + truncated)
        self.assertEqual(scrape.sum("ptrd_policy_rule_hits_total", rule="1", action="count"), 402)
        series = [(name, *sorted(labels.items())) for name, labels, _ in scrape.samples]
        self.assertEqual(len(series), len(set(series)), "no sample twice")
        shown = dict(line.rsplit(maxsplit=1) for line in self.ptrctl("stats").splitlines())
        self.assertEqual(shown["rules.1: ours"], "402")
        self.assertEqual(shown["policy.limits.answer"], str(dropped + truncated))
        top = self.ptrctl("top", "--once")
        self.assertRegex(top, rf"limits and cookies\n(  .*\n)* .* {dropped}  over_limit\.dropped\n")
        self.assertRegex(top, r"matches of rules\n .* 402  1: ours\n")

    def cookie(self, response):
        found = [option for option in response.options if option.otype == 10]
        return found[0].to_wire() if found else None

    def ask_with_cookie(self, cookie, **options):
        message = dnscases.query(NAME, use_edns=0, payload=1232, options=[dns.edns.GenericOption(10, cookie)])
        return self.ask(message=message, **options)

    def test_cookies(self):
        """A client's cookie is completed; with it there is no limit; another's, or a wrong one, is replaced."""
        server = self.start_with("rate-limit: {responses-per-second: 5}\ncookies: {secret-file: secrets}\n", secrets=SECRETS[0] + "\n")
        mine = bytes(range(8))
        whole = self.cookie(self.ask_with_cookie(mine))
        self.assertEqual((len(whole), whole[:8], whole[8]), (24, mine, 1))
        for _ in range(40):
            response = self.ask_with_cookie(whole)
            self.assertEqual(len(response.answer), 1)
            self.assertEqual(self.cookie(response), whole)
        self.assertEqual(self.ask_with_cookie(whole[:-1] + b"x", source="127.0.7.1").answer[0][0].target.to_text().split(".")[1], "one")
        self.assertEqual(self.ask_with_cookie(b"short", source="127.0.8.1").rcode(), dns.rcode.FORMERR)
        stats = server.stop()
        self.assertEqual(stats["policy"]["cookies"]["valid"], 40)
        self.assertEqual(stats["policy"]["cookies"]["bad"], 1)

    def test_dig_takes_the_cookie(self):
        """dig finds the cookie good, and a query without a question gets one (RFC 7873 5.4)."""
        self.start_with("cookies: {secret-file: secrets}\n", secrets=SECRETS[0] + "\n")
        dig = lambda *more: ptrd.run("dig", "+cookie", "+edns=0", f"-p{self.port}", "@127.0.0.1", *more).stdout
        self.assertRegex(dig("-x", "192.0.2.1"), r"COOKIE: [0-9a-f]{48} \(good\)")
        self.assertRegex(dig("+header-only"), r"status: NOERROR[\s\S]*COOKIE: [0-9a-f]{48} \(good\)")

    def test_required_cookies(self):
        """BADCOOKIE with a cookie, which then is taken; clients without cookies are answered."""
        self.start_with("cookies: {secret-file: secrets, require: true}\n", secrets=SECRETS[0] + "\n")
        first = self.ask_with_cookie(bytes(8))
        self.assertEqual(first.rcode(), 23)
        self.assertEqual(first.answer, [])
        self.assertEqual(len(self.ask_with_cookie(self.cookie(first)).answer), 1)
        self.assertEqual(len(self.ask().answer), 1)

    def test_rollover(self):
        """A secret is rolled in over two servers' steps: no cookie is refused on the way."""
        self.start_with("cookies: {secret-file: secrets, require: true}\n", secrets=SECRETS[0] + "\n")
        cookie = self.cookie(self.ask_with_cookie(bytes(8)))
        for secrets in (SECRETS, SECRETS[::-1], SECRETS[1:]):
            with open(f"{self.folder}/secrets", "w", encoding="ascii") as file:
                file.write("".join(secret + "\n" for secret in secrets))
            self.ptrctl("reload", "--only", "policy")
            response = self.ask_with_cookie(cookie)
            self.assertEqual(response.rcode(), dns.rcode.NOERROR, secrets)
            cookie = self.cookie(response)

    def test_reload_of_both(self):
        """Image and policy change together; a bad policy refuses both; either alone; rollback leaves the policy."""
        self.start_with("")
        other = control.stamped_image(self.folder, "two", serial=11)
        self.policy("queries: [{prefix: 192.0.2.1/24, action: drop}]")
        self.assertIn("has bits set after its length; write 192.0.2.0/24", self.ptrctl("reload", other, status=1))
        self.assertEqual(self.stamp(), "one")
        self.policy("queries: [{prefix: 192.0.2.2, action: refuse}]")
        self.ptrctl("reload", "--only", "image", other)
        self.assertEqual(self.stamp(), "two")
        self.assertEqual(len(self.ask(f"2.{control.APEX}").answer), 1)
        self.ptrctl("reload", "--only", "policy")
        self.assertEqual(self.ask(f"2.{control.APEX}").rcode(), dns.rcode.REFUSED)
        self.ptrctl("rollback")
        self.assertEqual(self.stamp(), "one")
        self.assertEqual(self.ask(f"2.{control.APEX}").rcode(), dns.rcode.REFUSED)
        self.policy("")
        self.ptrctl("reload", other)
        self.assertEqual(self.stamp(), "two")
        self.assertEqual(len(self.ask(f"2.{control.APEX}").answer), 1)

    def test_large_lists(self):
        """A list of a gigabyte is refused unread, one of half a gigabyte without line ends at its line: in one line that names the file,
        soon, and without the memory that the file would take. The policy before stays, and ptrd serves on."""
        server = self.start_with("clients: [{list: list.txt, action: refuse}]\n", **{"list.txt": "127.0.2.0/24\n"})
        path = f"{self.folder}/list.txt"

        def peak():
            with open(f"/proc/{server.pid}/status", encoding="ascii") as file:
                return next(int(line.split()[1]) for line in file if line.startswith("VmHWM:"))

        before, began = peak(), time.monotonic()
        for size, wrong in ((1 << 30, ": larger than 512 MiB; this is not a list"), (500 << 20, ":2: the line is longer than 4096 characters")):
            os.truncate(path, size)  # sparse
            told = self.ptrctl("reload", "--only", "policy", status=1)
            self.assertIn(f"{path}{wrong}", told)
            self.assertEqual(told.count("\n"), 1, told)
        self.assertLess(time.monotonic() - began, 30)
        self.assertLess(peak() - before, 64 << 10)
        self.assertEqual(self.ask(source="127.0.2.1").rcode(), dns.rcode.REFUSED)
        self.assertEqual(self.ask().rcode(), dns.rcode.NOERROR)
        self.assertEqual(control.request(self.path, command="status")["refused"], 2)

    def test_bad_policies(self):
        """ptrd does not start with a bad policy, and says where it is wrong; without one there is nothing to show."""
        for text, message in {
                "clients: [{prefix: 192.0.2.0/24}]": "clients: action: expected a text",
                "names: [{match: '(', action: drop}]": "expression '(' cannot be compiled: ",
                "clients: [{list: missing.txt, action: drop}]": "missing.txt: No such file or directory",
                "cookies: {secret-file: policy.yaml}": "expected a secret of 32 hexadecimal digits",
        }.items():
            with self.subTest(policy=text):
                result = ptrd.run(ptrd.PTRD, "--image", self.image, "--socket", f"127.0.0.1:{self.port}", "--control", "",
                                  "--policy", self.policy(text))
                self.assertEqual(result.returncode, 1, result)
                self.assertIn(message, result.stderr)
                self.assertEqual(result.stderr.strip().count("\n") - result.stderr.count(" records\n"), 0, result.stderr)
        self.start()
        self.assertIn("no policy", self.ptrctl("policy", status=1))
        self.assertIn("without a policy", self.ptrctl("reload", "--only", "policy", status=1))


if __name__ == "__main__":
    unittest.main(verbosity=2)
