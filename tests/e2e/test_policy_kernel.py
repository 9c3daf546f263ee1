#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""A policy in the kernel program: its rules and limits hold with answers in the kernel, also after kill -9, and it is swapped with
the image."""

import dataclasses
import os
import select
import signal
import socket
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import dns.edns
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype

import control
import dnscases
import frames
import ptrd
import test_af_xdp
import xdphost

NAME, OTHER, MISSING = (f"{number}.100.51.198.in-addr.arpa" for number in (1, 9, 77))
APEX6 = "8.b.d.0.1.0.0.2.ip6.arpa"
OWNER6 = "1" + ".0" * 23  # 2001:db8::1
NAME6 = f"{OWNER6}.{APEX6}"
HONEST, BAD, REFUSED = "198.18.5.1", "198.18.7.1", "198.18.8.1"
HONEST6, BAD6, BAD_LONG6 = "2001:db8:5::1", "2001:db8:7::1", "2001:db8:6::2"
SECRET = "e5e973e5a6b2a43f48e7dc849e37bfcf"


class PolicyKernelCase(unittest.TestCase):
    def setUp(self):
        self.pair = self.enterContext(xdphost.new_pair())
        self.folder = ptrd.temporary_folder()
        self.image = f"{self.folder}/image.ptri"
        self.write_image(1)
        xdphost.take_bounced_frames(self.pair)
        self.raw = self.enterContext(test_af_xdp.raw_socket(self.pair.client))
        self.raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 << 20)
        self.raw.settimeout(0.05)
        self.to_v4, self.to_v6 = test_af_xdp.wire_between(self.pair)
        self.asked = 0

    def write_image(self, version):
        head = f"@ 60 IN SOA ns.example. host.example. {version} 1 1 1 60\n@ 60 IN NS ns.example.\n"
        for apex, owners in (("100.51.198.in-addr.arpa", ("1", "9")), (APEX6, (OWNER6,))):
            with open(f"{self.folder}/{apex}.zone", "w", encoding="ascii") as file:
                file.write(head + "".join(f"{owner} 60 IN PTR version-{version}.example.\n" for owner in owners))
        ptrd.compile_image(self.image, self.folder)

    def write_policy(self, text):
        path = f"{self.folder}/policy.yaml"
        with open(f"{path}.new", "w", encoding="ascii") as file:
            file.write(text)
        os.rename(f"{path}.new", path)
        return path

    def start(self, text, *arguments):
        return xdphost.server(self.pair, self.image, "--policy", self.write_policy(text), "--kernel-answers", "first", *arguments).start()

    def frame(self, message, source):
        path = dataclasses.replace(self.to_v6 if ":" in source else self.to_v4, source=source)
        return frames.query_frame(path, message.to_wire())

    def ask(self, name=NAME, source=HONEST, rdtype="PTR", timeout=1.0, **options):
        """The response to that client, whoever made it, or None."""
        message = dnscases.query(name, dns.rdatatype.from_text(rdtype), **options)
        self.asked += 1
        message.id = self.asked
        self.raw.send(self.frame(message, source))
        reply = test_af_xdp.wait_for(self.raw, lambda frame: test_af_xdp.is_reply(frame, message.id), timeout)
        return reply and dns.message.from_wire(frames.decode(reply).payload)

    def assert_silence(self, what, *arguments, **options):
        self.assertIsNone(self.ask(*arguments, timeout=0.3, **options), what)

    def assert_answer(self, *arguments, **options):
        response = self.ask(*arguments, **options)
        self.assertIsNotNone(response)
        self.assertEqual(response.rcode(), dns.rcode.NOERROR)
        self.assertEqual(len(response.answer), 1)

    def kernel_counters(self):
        """Those of a program whose ptrd is dead: the next ptrd has them."""
        with xdphost.server(self.pair, self.image) as second:
            return second.stop()["kernel"]


class RulesTest(PolicyKernelCase):
    def test_client_rules(self):
        """Clients to be dropped get nothing, alive or dead; those to be refused never get an answer; others get theirs in the kernel."""
        running = self.start("clients:\n"
                             "  - {prefix: 198.18.7.0/24, action: drop}\n"
                             "  - {prefix: 198.18.7.128/25, action: answer}\n"
                             "  - {prefix: 198.18.8.0/24, action: refuse}\n"
                             "  - {prefix: '2001:db8:7::/48', action: drop}\n"
                             "  - {prefix: '2001:db8:6::2', action: drop}\n")
        for _ in range(2):
            self.assert_silence("dropped", source=BAD)
            self.assert_silence("dropped", source=BAD6)
            self.assert_silence("dropped, by a prefix of more than 64 bits", source=BAD_LONG6)
            self.assert_answer(source=HONEST)
            self.assert_answer(source="198.18.7.200")
            self.assert_answer(NAME6, source=HONEST6)
            if running.pid and os.path.exists(f"/proc/{running.pid}"):
                self.assertEqual(self.ask(source=REFUSED).rcode(), dns.rcode.REFUSED)
                self.assert_silence("dropped by ptrd", source=BAD, rdtype="TXT")
                xdphost.kill(running)
            else:
                self.assert_silence("nobody is there to refuse", source=REFUSED)
        kernel = self.kernel_counters()
        self.assertEqual(kernel["answered"], {"answer": 6, "nxdomain": 0, "truncated": 0}, kernel)
        self.assertEqual(kernel["dropped"], {"policy": 5, "rate_limited": 0}, kernel)
        self.assertEqual(kernel["redirected"], 2, kernel)
        self.assertEqual(kernel["passed_no_socket"], 2, kernel)

    def test_rules_on_what_is_asked(self):
        """Rules on addresses asked about are not got around: what the kernel does not do itself it leaves to ptrd."""
        running = self.start("queries:\n"
                             "  - {prefix: 198.51.100.1, action: refuse}\n"
                             "  - {prefix: 198.51.100.64/26, action: drop}\n"
                             "  - {prefix: 198.51.100.9, action: count}\n"
                             "  - {prefix: '2001:db8::1', action: nodata}\n", "--control", f"{self.folder}/control")
        self.assertEqual(self.ask().rcode(), dns.rcode.REFUSED)
        self.assert_silence("dropped", MISSING)
        self.assertEqual(len(self.ask(NAME6).answer), 0)
        self.assert_answer(OTHER)
        shown = ptrd.run(f"{ptrd.BUILD}/tools/ptrctl", "-s", f"{self.folder}/control", "policy").stdout
        self.assertEqual([line.split()[1] for line in shown.splitlines()[2:]], ["1", "1", "1", "1"], shown)
        xdphost.kill(running)
        for name in (NAME, MISSING, NAME6):
            self.assert_silence("nobody is there", name)
        self.assert_answer(OTHER)
        kernel = self.kernel_counters()
        self.assertEqual(kernel["answered"]["answer"], 2, kernel)
        self.assertEqual(kernel["dropped"]["policy"], 2, kernel)
        self.assertEqual(kernel["redirected"], 2, kernel)

    def test_names_of_all(self):
        """With an expression that applies to all names, ptrd gets all queries but those of dropped clients."""
        running = self.start("clients: [{prefix: 198.18.7.0/24, action: drop}]\n"
                             "names: [{match: '^9[.]', action: refuse, applies-to: all}]\n")
        self.assertEqual(self.ask(OTHER).rcode(), dns.rcode.REFUSED)
        self.assert_answer()
        self.assert_silence("dropped", source=BAD)
        stats = running.stop()
        self.assertEqual(stats["rx"], 2, stats)
        self.assertEqual(stats["kernel"]["dropped"]["policy"], 1, stats)

    def test_cookies(self):
        """The kernel answers a query with a cookie with a new one or the same, ptrd alive or dead; ptrd has what is malformed. The
        cookie of either is valid at the other, and both count."""
        with open(f"{self.folder}/secret", "w", encoding="ascii") as file:
            file.write(SECRET + "\n")
        running = self.start("cookies: {secret-file: secret}\n", "--control", f"{self.folder}/control")

        def asked(cookie, *arguments, **options):
            response = self.ask(*arguments, use_edns=0, payload=1232, options=[dns.edns.GenericOption(10, cookie)], **options)
            self.assertIsNotNone(response)
            return response.rcode(), b"".join(option.data if option.otype == 10 else option.to_wire() for option in response.options)

        def cookies():
            return control.request(f"{self.folder}/control", command="stats")["stats"]["policy"]["cookies"]

        for name, source in ((NAME, HONEST), (NAME6, HONEST6)):
            code, by_kernel = asked(bytes(8), name, source)
            self.assertEqual((code, len(by_kernel)), (dns.rcode.NOERROR, 24))
            self.assertEqual(asked(by_kernel, name, source)[1], by_kernel)
            self.assertEqual(asked(by_kernel, name, source, rdtype="TXT")[1], by_kernel)
            by_ptrd = asked(bytes(8), name, source, rdtype="TXT")[1]
            self.assertEqual(asked(by_ptrd, name, source)[1], by_ptrd)
        self.assertEqual(cookies(), {"valid": 6, "new": 4, "bad": 0})
        self.assertEqual(asked(bytes(7))[0], dns.rcode.FORMERR)
        self.assertEqual(asked(bytes(24))[0], dns.rcode.NOERROR)
        self.assertEqual(cookies(), {"valid": 6, "new": 4, "bad": 1})
        self.assert_answer()
        self.assert_answer(use_edns=0, payload=1232)
        xdphost.kill(running)
        self.assertEqual(asked(by_ptrd, NAME6, HONEST6)[1], by_ptrd)
        kernel = self.kernel_counters()
        self.assertEqual(kernel["answered"]["answer"], 10, kernel)
        self.assertEqual(kernel["redirected"], 5, kernel)

    def test_cookies_required(self):
        """BADCOOKIE is ptrd's; the kernel answers those whose cookie is valid, and those that send none."""
        with open(f"{self.folder}/secret", "w", encoding="ascii") as file:
            file.write(SECRET + "\n")
        running = self.start("cookies: {secret-file: secret, require: true}\n")
        response = self.ask(use_edns=0, payload=1232, options=[dns.edns.GenericOption(10, bytes(8))])
        self.assertEqual(response.rcode(), dns.rcode.BADCOOKIE)
        self.assert_answer(use_edns=0, payload=1232, options=[dns.edns.GenericOption(10, response.options[0].data)])
        self.assert_answer()
        stats = running.stop()
        self.assertEqual(stats["rx"], 1, stats)
        self.assertEqual(stats["kernel"]["answered"]["answer"], 2, stats)

    def test_off_and_fallback(self):
        """With `fallback`, ptrd applies the policy while it lives, then the kernel; with `off` the kernel does nothing."""
        policy = self.write_policy("clients: [{prefix: 198.18.7.0/24, action: drop}]\n")
        for mode, answers in (("fallback", 1), ("off", 0)):
            running = xdphost.server(self.pair, self.image, "--policy", policy, "--kernel-answers", mode).start()
            self.assert_answer()
            self.assert_silence("dropped", source=BAD)
            xdphost.kill(running)
            self.assertEqual(self.ask(timeout=0.5) is not None, bool(answers), mode)
            self.assert_silence("dropped", source=BAD)
            kernel = self.kernel_counters()
            self.assertEqual(kernel["answered"]["answer"], answers, mode)
            self.assertEqual(kernel["dropped"]["policy"], answers, mode)
            self.assertEqual(kernel["redirected"], 2, mode)


class LimitsTest(PolicyKernelCase):
    RATE = 100

    def reflect(self, seconds, victim="198.18.66.{}", honest=HONEST):
        """A flood at ten times the rate in the name of one network, and an honest client that asks 20 times a second. Returns the
        replies: (answers and truncated ones to the victim, questions sent in its name, honest answers, honest questions, seconds)."""
        spoofed = [self.frame(dnscases.query(NAME), victim.format(number)) for number in range(1, 200)]
        got = {"answers": 0, "truncated": 0, "honest": 0}
        sent = asked = 0
        began = time.monotonic()

        def take():
            while select.select([self.raw], [], [], 0)[0]:
                frame, _, _, address = self.raw.recvmsg(65535)
                decoded = address[2] != socket.PACKET_OUTGOING and frames.decode(frame)
                if not decoded or decoded.payload[2] & 0x80 == 0:
                    continue
                if decoded.path.destination == honest:
                    got["honest"] += 1
                else:
                    got["truncated" if decoded.payload[2] & 2 else "answers"] += 1

        while (now := time.monotonic() - began) < seconds:
            while sent < now * self.RATE * 10:
                self.raw.send(spoofed[sent % len(spoofed)])
                sent += 1
            if asked < now * 20:
                asked += 1
                self.raw.send(self.frame(dnscases.query(NAME), honest))
            take()
        elapsed = time.monotonic() - began
        end = time.monotonic() + 0.5
        while time.monotonic() < end:
            take()
        return got, sent, asked, elapsed

    def check(self, what, *arguments, burst=True):
        got, sent, asked, elapsed = self.reflect(3, *arguments)
        print(f"reflection, {what}: {sent / elapsed:.0f} questions/s in the victim's name, to it {got['answers'] / elapsed:.0f} answers/s and "
              f"{got['truncated'] / elapsed:.0f} empty ones/s; honest client {got['honest']} of {asked}", flush=True)
        self.assertEqual(got["honest"], asked, what)
        self.assertLessEqual(got["answers"], self.RATE * (elapsed + burst) + 2, what)
        self.assertGreaterEqual(got["answers"], self.RATE * elapsed * 0.9 - 2, what)
        self.assertLessEqual(abs(got["truncated"] - (sent - got["answers"]) / 2), 2, what)

    def test_reflection(self):
        """In the kernel, the victim gets the limit and slips, honest clients lose nothing; the same after kill -9; all is counted."""
        running = self.start(f"rate-limit: {{responses-per-second: {self.RATE}, slip: 2}}\n")
        self.check("answers in the kernel, ptrd alive")
        self.check("IPv6", "2001:db8:66:1::{:x}", HONEST6)
        xdphost.kill(running)
        self.check("answers in the kernel, ptrd killed")
        kernel = self.kernel_counters()
        self.assertEqual(kernel["redirected"] + kernel["passed_no_socket"], 0, kernel)
        answered, dropped = kernel["answered"], kernel["dropped"]
        self.assertLessEqual(abs(answered["truncated"] - dropped["rate_limited"]), 2, kernel)

    def test_one_limit(self):
        """What the kernel and ptrd answer counts together; the allow-list and other networks have no part in it."""
        running = self.start("rate-limit: {responses-per-second: 1, slip: 0, window: 60, allow: [198.18.9.0/24]}\n")
        nsid = {"use_edns": 0, "payload": 1232, "options": [dns.edns.GenericOption(3, b"")]}
        began = time.monotonic()
        for number in range(20):
            self.assert_answer(source=f"198.18.10.{number + 1}")
        allowed = 20 + sum(self.ask(source="198.18.10.1", timeout=0.1, **(nsid if number % 2 else {})) is not None for number in range(100))
        self.assertGreaterEqual(allowed, 60)
        self.assertLessEqual(allowed, 60 + (time.monotonic() - began) + 1)
        self.assert_answer(source="198.18.9.1")
        self.assert_answer(source=HONEST, **nsid)
        stats = running.stop()
        for answered in (stats["answered"]["answer"], stats["kernel"]["answered"]["answer"]):
            self.assertGreaterEqual(answered, 15, stats)

    def test_log_only(self):
        """In log-only mode nothing is dropped, and what is over the limit is counted, once, in the kernel too."""
        running = self.start("rate-limit: {responses-per-second: 1, log-only: true}\n")
        for _ in range(20):
            self.assert_answer()
        stats = running.stop()
        self.assertEqual(stats["kernel"]["answered"]["answer"], 20)
        self.assertGreaterEqual(stats["policy"]["over_limit"]["sent"], 10)
        self.assertLess(stats["policy"]["over_limit"]["sent"], 20)

    def test_rate_of_rule(self):
        """A rule with a rate is applied in the kernel, by one bucket with ptrd."""
        running = self.start("queries: [{prefix: 198.51.100.0/24, action: rate, responses-per-second: 5}]\n")
        nsid = {"use_edns": 0, "payload": 1232, "options": [dns.edns.GenericOption(3, b"")]}
        began = time.monotonic()
        answered = sum(self.ask(timeout=0.05, **(nsid if number % 2 else {})) is not None for number in range(40))
        self.assertGreaterEqual(answered, 5)
        self.assertLessEqual(answered, 5 + 5 * (time.monotonic() - began) + 1)
        stats = running.stop()
        for dropped in (stats["dropped"], stats["kernel"]["dropped"]):
            self.assertGreater(dropped["rate_limited"], 0, stats)

    def test_denials(self):
        """Who walks through missing names is limited in the kernel too; existing ones it still gets."""
        running = self.start("enumeration: {denials-per-second: 1, burst: 10}\n")
        denied = sum(self.ask(f"{number}.100.51.198.in-addr.arpa", timeout=0.05) is not None for number in range(100, 150))
        self.assertGreaterEqual(denied, 10)
        self.assertLess(denied, 40)
        self.assert_answer()
        stats = running.stop()
        self.assertEqual(stats["rx"], 0, stats)
        self.assertGreater(stats["kernel"]["dropped"]["rate_limited"], 0, stats)


class GenerationTest(PolicyKernelCase):
    def reload(self, running, says="in service"):
        before = running.log.count(says)
        os.kill(running.pid, signal.SIGHUP)
        xdphost.wait_until(self, lambda: running.log.count(says) > before)

    def policy_of(self, version):
        """Of two clients, one is dropped in odd versions, the other in even ones."""
        return f"clients: [{{prefix: 198.18.{20 + version % 2}.0/24, action: drop}}]\n"

    def test_image_and_policy_together(self):
        """Twenty reloads of both under questions: no answer under another version's policy."""
        running = self.start(self.policy_of(1))
        ask = {parity: self.frame(dnscases.query(NAME), f"198.18.{21 - parity}.1") for parity in (0, 1)}
        seen = set()
        for version in range(1, 22):
            if version > 1:
                self.write_image(version)
                self.write_policy(self.policy_of(version))
                os.kill(running.pid, signal.SIGHUP)
            end = time.monotonic() + 20
            while version not in seen:
                self.assertLess(time.monotonic(), end)
                for parity in ask:
                    self.raw.send(ask[parity])
                while select.select([self.raw], [], [], 0.001)[0]:
                    frame, _, _, address = self.raw.recvmsg(65535)
                    decoded = address[2] != socket.PACKET_OUTGOING and frames.decode(frame)
                    if not decoded or b"version-" not in decoded.payload:
                        continue
                    found = int(decoded.payload.split(b"version-")[1].split(b"\x07example")[0])
                    self.assertEqual(decoded.path.destination, f"198.18.{21 - found % 2}.1", found)
                    seen.add(found)
        running.stop()

    def test_either_alone(self):
        """A policy that is refused changes nothing; a new one alone goes with the image in service, and holds after kill -9."""
        running = self.start(self.policy_of(1))
        self.assert_silence("dropped", source="198.18.21.1")
        self.write_policy("clients: [{prefix: 198.18.21.0/33, action: answer}]\n")
        self.reload(running, "stays in service")
        self.assert_silence("dropped", source="198.18.21.1")
        self.assert_answer(source="198.18.20.1")
        self.write_policy(self.policy_of(2))
        self.reload(running)
        self.assert_answer(source="198.18.21.1")
        self.assert_silence("dropped", source="198.18.20.1")
        xdphost.kill(running)
        self.assert_answer(source="198.18.21.1")
        self.assert_silence("dropped", source="198.18.20.1")


if __name__ == "__main__":
    unittest.main()
