#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""How much larger than its query an answer over UDP can be, by kind, without a policy and with the shipped one."""

import contextlib
import os
import socket
import struct
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import dns.flags
import dns.message
import dns.opcode

import ptrd
import test_socket

SHIPPED = f"{ptrd.ROOT}/tools/dist/policy.yaml"
PAYLOAD = 1232      # the default of udp-payload
LIMIT = 200         # replies a second of one kind, and as many at once: the shipped policy
FLOOD = 10 * LIMIT  # queries from one network at once
# A name of 255 octets, and half of a zone's data that is as large as can be.
LONGEST = ".".join(["m" * 63] * 3 + ["m" * 61]) + "."
ZONE = f"""$TTL 3600
@ SOA ns1.example.net. hostmaster.example.net. 2026010100 14400 3600 1209600 3600
@ NS ns1.example.net.
@ NS ns2.example.net.
1 PTR host-1.example.net.
2 TXT {' '.join(['x' * 255] * 4)} {'x' * 149}
""" + "".join(f"3 PTR host-{number}.example.net.\n" for number in range(53)) + "".join(
    f"4 NS ns{number}.4\nns{number}.4 A 192.0.2.{number}\nns{number}.4 AAAA 2001:db8::{number}\n" for number in range(1, 14))
LONG_ZONE = f"$TTL 3600\n@ SOA {LONGEST} {LONGEST.replace('m', 'r')} 1 14400 3600 1209600 3600\n@ NS ns1.example.net.\n"


def query(name, rdtype="PTR", edns=True, opcode=dns.opcode.QUERY, version=0):
    """The shortest query for that; with EDNS it allows the largest reply."""
    message = dns.message.make_query(name, rdtype, use_edns=version if edns else False, payload=65535)
    message.flags = 0
    message.set_opcode(opcode)
    return message.to_wire()


# Kind: query, and the most that its answer may be larger. The documents have these ratios (src/policy/README.md).
KINDS = {
    "PTR record": (query("1.10.in-addr.arpa", edns=False), 2),
    "NODATA, NXDOMAIN": (query("9.10.in-addr.arpa", edns=False), 2.8),
    "NXDOMAIN, the longest SOA record": (query("9.11.in-addr.arpa"), 12.8),
    "referral, 13 servers with glue": (query("4.10.in-addr.arpa"), 18.7),
    "53 PTR records": (query("3.10.in-addr.arpa"), 26.5),
    "TXT record of 1,174 bytes": (query("2.10.in-addr.arpa", "TXT"), 26.8),
    "ANY, the same": (query("2.10.in-addr.arpa", "ANY"), 26.8),
    "too large for 512 bytes: TC": (query("3.10.in-addr.arpa", edns=False), 1),
    "REFUSED": (query("9.12.in-addr.arpa"), 1.2),
    "NOTIMP": (query("1.10.in-addr.arpa", opcode=dns.opcode.STATUS), 1),
    "BADVERS": (query("1.10.in-addr.arpa", version=1), 1.7),
}


class AmplificationTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = ptrd.temporary_folder()
        for apex, text in (("10.in-addr.arpa", ZONE), ("11.in-addr.arpa", LONG_ZONE)):
            with open(f"{folder}/{apex}.zone", "w", encoding="ascii") as file:
                file.write(text)
        cls.image = ptrd.compile_image(f"{folder}/i.ptri", f"{folder}/10.in-addr.arpa.zone", f"{folder}/11.in-addr.arpa.zone")

    def bytes_back(self, port, wire, source, count):
        """Bytes of the replies to so many queries at once, and the seconds that it took to send these."""
        size, began = 0, time.monotonic()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
            client.bind((source, 0))
            client.connect(("127.0.0.1", port))
            for number in range(count):
                client.send(struct.pack("!H", number) + wire[2:])
                with contextlib.suppress(BlockingIOError):
                    size += len(client.recv(65535, socket.MSG_DONTWAIT))
            took = time.monotonic() - began
            client.settimeout(0.3)
            with contextlib.suppress(TimeoutError):
                while True:
                    size += len(client.recv(65535))
        return size, took

    def test_ratios(self):
        """No answer is larger than by its kind's ratio, or than udp-payload; of a flood the shipped policy lets pass the limit's answers,
        and every second of the others without records."""
        ports = [test_socket.free_port() for _ in range(2)]
        with ptrd.Ptrd(self.image, "--socket", f"127.0.0.1:{ports[0]}"), \
                ptrd.Ptrd(self.image, "--socket", f"127.0.0.1:{ports[1]}", "--policy", SHIPPED):
            for number, (kind, (wire, most)) in enumerate(KINDS.items()):
                with self.subTest(kind=kind):
                    plain, _ = self.bytes_back(ports[0], wire, "127.0.0.1", 1)
                    ratio = plain / len(wire)
                    back, took = self.bytes_back(ports[1], wire, f"127.0.{number + 1}.1", FLOOD)
                    limited = back / (FLOOD * len(wire))
                    print(f"        {kind:<34} {len(wire):>4} {plain:>6} bytes {ratio:>6.2f} {limited:>6.2f}", flush=True)
                    self.assertGreater(plain, 0)
                    self.assertLessEqual(plain, PAYLOAD)
                    self.assertLessEqual(ratio, most)
                    # Every second of the others is empty with TC.
                    self.assertLessEqual(limited, 1.1 * (ratio * LIMIT * (1 + took) / FLOOD + 0.5))


if __name__ == "__main__":
    unittest.main(verbosity=2)
