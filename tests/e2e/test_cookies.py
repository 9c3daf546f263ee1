#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""DNS Cookies of ptrd beside those of others: Knot with the same secret, BIND as a resolver, dig (RFC 7873, 9018)."""

import contextlib
import os
import re
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import dns.message
import dns.query
import dns.rcode

import control
import peers
import ptrd
import test_socket

SECRETS = ("e5e973e5a6b2a43f48e7dc849e37bfcf", "445536bcd2513298075a5d379663c962")
PTRDS = ("127.0.0.3", "127.0.0.4")


class CookiesTest(unittest.TestCase):
    def setUp(self):
        self.folder = ptrd.temporary_folder()
        self.zone = control.write_zone(f"{self.folder}/zone", "one", 1)
        self.image = ptrd.compile_image(f"{self.folder}/zone.ptri", f"{control.APEX}={self.zone}")
        self.port = test_socket.free_port()
        self.names = (f"{number}.{control.APEX}" for number in range(1, 250))  # a resolver caches each
        self.policy = f"{self.folder}/policy.yaml"
        with open(self.policy, "w", encoding="ascii") as file:
            file.write("cookies: {secret-file: secrets, require: true}\n")
        self.write_secrets(SECRETS[0])

    def write_secrets(self, *secrets):
        with open(f"{self.folder}/secrets", "w", encoding="ascii") as file:
            file.writelines(secret + "\n" for secret in secrets)

    def ptrd_at(self, address):
        return ptrd.Ptrd(self.image, "--socket", f"{address}:{self.port}", "--control", f"{self.folder}/{address}.sock", "--policy", self.policy)

    def knot(self):
        return peers.knot([(control.APEX, self.zone)], self.port, SECRETS[0])

    def dig(self, address, *arguments):
        return ptrd.run("dig", f"@{address}", "-b", peers.CLIENT, "-p", str(self.port), "+norec", "+tries=1", *arguments).stdout

    @contextlib.contextmanager
    def resolver(self, server):
        """named, which forwards everything to that address; gives a function that asks it and returns the response code."""
        options = f"  forward only;\n  forwarders {{ {server} port {self.port}; }};\n"
        with peers.bind(options) as port:
            def ask(name):
                query = dns.message.make_query(name, "PTR", use_edns=0)
                return dns.query.udp(query, peers.BIND, timeout=5, port=port).rcode()

            yield ask

    def test_one_secret(self):
        """dig finds the cookies of two ptrds and a Knot good, and each is valid at the others, which have BADCOOKIE for any other. ptrd
        also answers a query that has no question, but a cookie."""
        with self.knot(), contextlib.ExitStack() as servers:
            for address in PTRDS:
                servers.enter_context(self.ptrd_at(address))
            addresses = (*PTRDS, peers.ADDRESS)
            for giver in addresses:
                given = self.dig(giver, "+cookie", next(self.names), "PTR")
                cookie = re.search(r"COOKIE: ([0-9a-f]{48}) \(good\)", given)
                self.assertIsNotNone(cookie, given)
                for address in addresses:
                    with self.subTest(giver=giver, taker=address):
                        taken = self.dig(address, f"+cookie={cookie[1]}", "+nobadcookie", next(self.names), "PTR")
                        self.assertRegex(taken, r"status: NOERROR[\s\S]* ANSWER: [1-9]")
                if giver in PTRDS:  # Knot has FORMERR for it
                    bare = self.dig(giver, f"+cookie={cookie[1]}", "+header-only")
                    self.assertRegex(bare, rf"status: NOERROR[\s\S]* QUERY: 0, [\s\S]*COOKIE: {cookie[1]} \(good\)")
                wrong = self.dig(giver, f"+cookie={cookie[1][:-1]}{'1' if cookie[1][-1] == '0' else '0'}", "+nobadcookie", next(self.names), "PTR")
                self.assertIn("status: BADCOOKIE", wrong)

    def test_resolver(self):
        """The cookie that BIND has from one server is valid at the next one at the same address, as with anycast: ptrd, another ptrd,
        Knot, and ptrd again. BADCOOKIE comes once, for BIND's first query of all."""
        with self.resolver(peers.ADDRESS) as ask:
            for round_ in range(4):
                with self.knot() if round_ == 2 else self.ptrd_at(peers.ADDRESS) as server:
                    for _ in range(20):
                        self.assertEqual(ask(next(self.names)), dns.rcode.NOERROR)
                    if round_ == 2:
                        continue  # its badcookie-slip has BADCOOKIE for what is not valid
                    cookies = server.stop()
                first = 1 if round_ == 0 else 0
                with self.subTest(server=round_):
                    self.assertGreaterEqual(cookies["policy"]["cookies"]["valid"], 20)
                    self.assertEqual((cookies["policy"]["cookies"]["new"], cookies["policy"]["cookies"]["bad"]), (first, 0))
                    self.assertEqual(cookies["answered"]["badcookie"], first)

    def test_rollover(self):
        """While a secret is rolled over by reloads, in its steps, BIND goes on without one BADCOOKIE; if it is replaced at once, with
        one for each client."""
        with self.ptrd_at(peers.ADDRESS) as server, self.resolver(peers.ADDRESS) as ask:
            def go_on(*secrets):
                self.write_secrets(*secrets)
                result = control.ptrctl(f"{self.folder}/{peers.ADDRESS}.sock", "reload", "--only", "policy")
                self.assertEqual(result.returncode, 0, result)
                for _ in range(20):
                    self.assertEqual(ask(next(self.names)), dns.rcode.NOERROR)
                return control.request(f"{self.folder}/{peers.ADDRESS}.sock", command="stats")["stats"]["answered"]["badcookie"]

            self.assertEqual(go_on(SECRETS[0]), 1, "BIND's first query")
            for secrets in (SECRETS, SECRETS[::-1], SECRETS[1:]):
                self.assertEqual(go_on(*secrets), 1, secrets)
            self.assertEqual(go_on(SECRETS[0]), 2, "replaced at once")
            server.stop()


if __name__ == "__main__":
    unittest.main(verbosity=2)
