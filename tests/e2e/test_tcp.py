#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""ptrd over TCP on the loopback interface: the answers, and messages split in every way that a stream allows."""

import os
import re
import socket
import struct
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype

import dnscases
import ptrd
import tcp
import test_socket
import zonemodel

TXT = dns.rdatatype.TXT
GOOD = "10.2.0.192.in-addr.arpa"


class TcpTest(dnscases.DnsCases, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = ptrd.temporary_folder()
        port = test_socket.free_port()
        cls.server = ptrd.Ptrd(dnscases.compile_all(folder), "--socket", f"127.0.0.1:{port}", "--socket", f"[::1]:{port}",
                               "--tcp-idle", "60", prefix=ptrd.as_nobody(), program=test_socket.public_copy(folder)).start()
        cls.clients = {f"TCP over {ip}": tcp.Client(address, port) for ip, address in (("IPv4", "127.0.0.1"), ("IPv6", "::1"))}
        cls.udp = {f"TCP over {ip}": dnscases.Client(address, port) for ip, address in (("IPv4", "127.0.0.1"), ("IPv6", "::1"))}

    @classmethod
    def tearDownClass(cls):
        for client in (*cls.clients.values(), *cls.udp.values()):
            client.close()
        cls.server.stop()

    def ask(self, message, limit=65535):
        """As in DnsCases, but any size is allowed, and nothing is ever truncated."""
        response = super().ask(message, 65535)
        self.assertFalse(response.flags & dns.flags.TC)
        return response

    def test_sizes_without_edns(self):
        """Answers over 512 bytes are complete without EDNS too."""
        for qname in ("size450", "size1000", "size3000"):
            self.ask(dnscases.query(f"{qname}.e2e.example", TXT))

    def test_sizes_with_edns(self):
        """The client's EDNS size applies only to UDP (RFC 6891, 6.2.5)."""
        for payload in (0, 512, 1232, 65535):
            self.ask(dnscases.query("size3000.e2e.example", TXT, use_edns=0, payload=payload))

    def both(self, wire):
        """Pairs of transport, reply over UDP, reply over TCP."""
        return [(name, self.udp[name].probe(wire), client.probe(wire)) for name, client in self.clients.items()]

    def test_same_bytes_as_over_udp(self):
        """What fits into a datagram is byte for byte the same over TCP: good queries of every kind, and bad ones."""
        asked = [dnscases.query(qname, rdtype, use_edns=0, payload=1232).to_wire()
                 for qname, rdtype in dnscases.model().questions(step=23)]
        for qname in ("77.2.0.192.in-addr.arpa", "example.com", "9.200.18.198.in-addr.arpa", "10.in-addr.arpa", "no.e2e.example",
                      "1.113.0.203.in-addr.arpa", "1.f.f.f.f.8.b.d.0.1.0.0.2.ip6.arpa"):
            asked.append(dnscases.query(qname).to_wire())
        asked += [wire for _, wire in dnscases.malformed_messages()]
        compared = 0
        for wire in asked:
            for transport, over_udp, over_tcp in self.both(wire):
                if over_udp is not None and over_udp[2] & 2:
                    continue  # TC
                compared += 1
                with self.subTest(transport=transport, wire=wire.hex()):
                    self.assertEqual(over_udp, over_tcp)
        self.assertGreater(compared, 200)

    def test_truncated_over_udp_is_whole_over_tcp(self):
        """A reply over UDP that has TC is retried over TCP, and then matches the zone (RFC 7766, 5)."""
        message = dnscases.query("size3000.e2e.example", TXT)
        expected = dnscases.model().expected(message.question[0].name, TXT)
        for transport, over_udp, over_tcp in self.both(message.to_wire()):
            with self.subTest(transport=transport):
                self.assertTrue(dns.message.from_wire(over_udp).flags & dns.flags.TC)
                self.assertGreater(len(over_tcp), 2000)
                zonemodel.check(self, message, over_tcp, expected, 65535)


class StreamTest(unittest.TestCase):
    """Each test has its own server, and checks its counters at the end."""

    def setUp(self):
        folder = ptrd.temporary_folder()
        self.port = test_socket.free_port()
        self.server = ptrd.Ptrd(dnscases.compile_all(folder), "--socket", f"127.0.0.1:{self.port}").start()
        self.good = dnscases.query(GOOD).to_wire()

    def tearDown(self):
        if self.server._process.poll() is None:
            self.server.stop()

    def client(self):
        client = tcp.Client("127.0.0.1", self.port)
        self.addCleanup(client.close)
        return client

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.server.pid}/fd"))

    def wait_for_descriptors(self, count):
        """Waits until the server has closed the clients' connections."""
        end = time.monotonic() + 20
        while self.descriptors() != count:
            self.assertLess(time.monotonic(), end, f"{self.descriptors()} file descriptors instead of {count}")
            time.sleep(0.02)

    def stop(self, **expected):
        """Stops the server and checks its counters: the sums, and those given by name."""
        stats = self.server.stop()
        self.assertEqual(stats["rx"], sum(ptrd.total(stats[part]) for part in ("answered", "dropped", "punted")), stats)
        self.assertEqual(stats["tx"], ptrd.total(stats["answered"]), stats)
        told = stats["tcp"]
        self.assertEqual(told["open"], 0, stats)
        self.assertEqual(told["accepted"], ptrd.total(told["closed"]), stats)
        flat = told | told["closed"]
        for name, count in expected.items():
            self.assertEqual(flat[name], count, f"{name}: {stats}")
        return stats

    def test_pipelining(self):
        """A thousand queries in one write are all answered, over one connection and in order (RFC 7766, 6.2.1)."""
        names = [f"{i % 256}.2.0.192.in-addr.arpa" for i in range(999)] + ["size3000.e2e.example"]
        queries = [dnscases.query(qname, TXT if i == 999 else dnscases.PTR, id=i) for i, qname in enumerate(names)]
        client = self.client()
        client.send(*(query.to_wire() for query in queries))
        for query in queries:
            expected = dnscases.model().expected(query.question[0].name, query.question[0].rdtype)
            zonemodel.check(self, query, client.receive(), expected, 65535)
        client.finish()
        self.stop(messages=1000, accepted=1, client=1, incomplete=0)

    def test_one_octet_at_a_time(self):
        """A query that arrives octet by octet is answered like any other."""
        client = self.client()
        client.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(3):
            for octet in tcp.framed(self.good):
                client.socket.send(bytes([octet]))
                time.sleep(0.001)
            self.assertEqual(client.receive()[:2], self.good[:2])
        client.finish()
        self.stop(messages=3, client=1)

    def test_no_header(self):
        """Lengths from 0 to 11 have no room for a header: no reply, a counter, and the connection stays open."""
        client = self.client()
        client.send(*(self.good[:size] for size in range(12)), self.good)
        self.assertEqual(client.receive()[:2], self.good[:2])
        stats = self.stop(messages=13)
        self.assertEqual(stats["dropped"]["runt"], 12)

    def test_largest_message(self):
        """A query of 65,535 octets, padding for the most part (RFC 7830), is answered; so is one of as many stray octets."""
        client = self.client()
        plain = dnscases.query(GOOD, use_edns=0, payload=1232).to_wire()
        room = 65535 - len(plain) - 4
        padded = plain[:-2] + struct.pack("!HHH", 4 + room, 12, room) + bytes(room)
        self.assertEqual(len(padded), 65535)
        self.assertEqual(client.ask(padded), client.ask(plain))
        stray = client.ask(b"\x12\x34\0\0" + b"\xff" * 65531)
        self.assertEqual((stray[:2], stray[3] & 15), (b"\x12\x34", dns.rcode.FORMERR))
        self.assertEqual(client.ask(plain)[:2], plain[:2])
        self.stop(messages=4)

    def test_half_close(self):
        """A client that shuts its side after its queries gets all replies, then the end."""
        for count in (1, 300):
            client = self.client()
            client.send(*[self.good] * count)
            client.socket.shutdown(socket.SHUT_WR)
            for _ in range(count):
                self.assertEqual(client.receive()[:2], self.good[:2])
            self.assertIsNone(client.receive())
        self.stop(messages=301, client=2)

    def test_half_close_with_much_to_send(self):
        """The same where the replies, 1.2 MB of them, have to wait for the client."""
        big = dnscases.query("size3000.e2e.example", TXT).to_wire()
        client = self.client()
        client.send(*[big] * 500)
        client.socket.shutdown(socket.SHUT_WR)
        time.sleep(0.3)
        for _ in range(500):
            self.assertGreater(len(client.receive()), 2000)
        self.assertIsNone(client.receive())
        self.stop(messages=500, client=1)

    def test_end_in_the_middle(self):
        """A connection closed or reset inside a message, or inside its length, does no harm."""
        before = self.descriptors()
        for size in (1, 2, 3, 20):
            client = self.client()
            client.socket.send(tcp.framed(self.good)[:size])
            client.wait_until_read()
            client.close()
            client = self.client()
            client.socket.send(tcp.framed(self.good)[:size])
            client.wait_until_read()
            client.reset()
        self.assertEqual(self.client().ask(self.good)[:2], self.good[:2])
        self.wait_for_descriptors(before + 1)
        self.stop(messages=1, client=4, reset=4, incomplete=8)

    def test_reset_with_replies_pending(self):
        """Replies that a reset connection can no longer take are dropped by name."""
        before = self.descriptors()
        client = self.client()
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        big = dnscases.query("size3000.e2e.example", TXT).to_wire()
        client.socket.settimeout(0.3)
        try:
            client.send(*[big] * 3000)
        except TimeoutError:
            pass
        client.reset()
        self.wait_for_descriptors(before)
        stats = self.stop(reset=1)
        self.assertGreater(stats["dropped"]["tx_full"], 0)

    def test_many_connections_one_after_another(self):
        """A thousand short connections leave no file descriptor behind."""
        before = self.descriptors()
        for _ in range(1000):
            with tcp.Client("127.0.0.1", self.port) as client:
                self.assertEqual(client.ask(self.good)[:2], self.good[:2])
        self.wait_for_descriptors(before)
        self.stop(messages=1000, client=1000)

    def test_dig(self):
        """dig is served, also when it keeps the connection for several questions."""
        common = ("dig", "+tcp", "+tries=1", "+timeout=3", "+norec", "@127.0.0.1", "-p", str(self.port))
        self.assertIn("ns1.example.net.", ptrd.run(*common, "-x", "192.0.2.10").stdout)
        output = ptrd.run(*common, "+keepopen", "-x", "192.0.2.10", "-x", "192.0.2.77", "-x", "192.0.2.25").stdout
        self.assertEqual(re.findall(r"status: (\w+)", output), ["NOERROR", "NXDOMAIN", "NOERROR"])
        self.stop(accepted=2, messages=4)

    def test_keepalive(self):
        """dig learns over TCP how long an idle connection is kept, if it asks, and over UDP nothing (RFC 7828)."""
        common = ("dig", "+tries=1", "+timeout=3", "+norec", "@127.0.0.1", "-p", str(self.port), "-x", "192.0.2.10")
        told = r"^; TCP.KEEPALIVE: 10\.0 secs$"  # a blank or a dash, by dig's version
        self.assertRegex(ptrd.run(*common, "+tcp", "+ednsopt=11").stdout, re.compile(told, re.MULTILINE))
        for asked in (("+tcp",), ("+notcp", "+ednsopt=11")):
            output = ptrd.run(*common, *asked).stdout
            self.assertIn("status: NOERROR", output)
            self.assertNotIn("KEEPALIVE", output)
        self.stop(accepted=2, messages=2)

    def test_dig_over_udp_turns_to_tcp(self):
        """dig asks over UDP, sees TC, and has the whole answer over TCP."""
        result = ptrd.run("dig", "+tries=1", "+timeout=3", "+short", "@127.0.0.1", "-p", str(self.port), "size3000.e2e.example", "TXT")
        self.assertEqual(len(result.stdout.splitlines()), 12)
        self.stop(accepted=1, messages=1)

    def test_dnsperf(self):
        """dnsperf over TCP loses nothing."""
        folder = ptrd.temporary_folder()
        with open(f"{folder}/queries", "w") as file:
            file.writelines(f"{i}.2.0.192.in-addr.arpa PTR\n" for i in range(256))
        result = ptrd.run("dnsperf", "-m", "tcp", "-s", "127.0.0.1", "-p", str(self.port), "-d", f"{folder}/queries",
                          "-c", "10", "-l", "2", "-Q", "20000")
        self.assertIn("Queries lost:         0 (0.00%)", result.stdout)
        sent = int(re.search(r"Queries sent:\s+(\d+)", result.stdout)[1])
        self.assertGreater(sent, 1000)
        self.stop(messages=sent, accepted=10)


if __name__ == "__main__":
    unittest.main()
