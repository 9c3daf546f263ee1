# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""ptrzone diff --changes: what nsupdate makes of a zone with it is the other zone."""

import os
import subprocess
import unittest

import peers
import ptrd

ZONE = "2.0.192.in-addr.arpa"
ZONE6 = "8.b.d.0.1.0.0.2.ip6.arpa"
HEAD = "$TTL 3600\n@ SOA ns1.example.net. hostmaster.example.net. {serial} 4h 1h 2w 1h\n@ NS ns1.example.net.\n@ NS {ns}.example.net.\n"
BEFORE = {
    ZONE: HEAD.format(serial=1, ns="ns2") + r"""
1 PTR one.example.net.
2 PTR two.example.net.
2 PTR zwei.example.net.
3 60 PTR three.example.net.
4 TXT "a \"quoted\" text; no comment" "\001\255"
5 PTR stays.example.net.
64-127 NS ns.customer.example.
8 CNAME 8.0-63
8.0-63 PTR eight.example.net.
\; PTR odd.example.net.
""",
    ZONE6: HEAD.format(serial=7, ns="ns2") + "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0 PTR six.example.net.\n",
}
AFTER = {
    ZONE: HEAD.format(serial=2, ns="ns3") + r"""
1 PTR first.example.net.
2 PTR zwei.example.net.
3 120 PTR three.example.net.
4 TXT "another"
5 PTR stays.example.net.
64-127 NS ns.other.example.
64-127 DS 1 13 2 ( 00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF )
8 PTR eight.example.net.
9 TYPE65280 \# 3 010203
\# PTR odd.example.net.
""",
    ZONE6: HEAD.format(serial=7, ns="ns2") + "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0 PTR six.example.net.\n",
}


class ChangesTest(unittest.TestCase):
    def setUp(self):
        self.folder = ptrd.temporary_folder()

    def write(self, name, zones):
        """A folder of zone files; its path."""
        os.mkdir(f"{self.folder}/{name}")
        for zone, text in zones.items():
            with open(f"{self.folder}/{name}/{zone}.zone", "w", encoding="ascii") as file:
                file.write(text)
        return f"{self.folder}/{name}"

    def primary(self, zones):
        """BIND with these zones, which takes updates from anyone."""
        folder = self.write("primary", zones)
        return peers.bind("  recursion no;\n  notify no;\n", "".join(
            f'zone "{zone}" {{ type primary; file "{folder}/{zone}.zone"; allow-update {{ any; }}; allow-transfer {{ any; }}; }};\n'
            for zone in zones))

    def transfer(self, zone, port):
        """The zone's text as the server has it now."""
        return ptrd.run("dig", f"@{peers.BIND}", "-p", str(port), "+noall", "+answer", "+onesoa", zone, "AXFR").stdout

    def test_nsupdate(self):
        """A primary server that has A, and is given the changes from A to B, has B: records, TTLs, types that few servers know."""
        before, after = self.write("before", BEFORE), self.write("after", AFTER)
        result = ptrd.ptrzone("diff", "--changes", before, after)
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertEqual([line for line in result.stdout.splitlines() if line.startswith(("zone", "send"))], [f"zone {ZONE}.", "send"])
        self.assertNotIn("stays", result.stdout)
        with self.primary(BEFORE) as port:
            update = subprocess.run(["nsupdate"], input=f"server {peers.BIND} {port}\n{result.stdout}", capture_output=True, text=True,
                                    timeout=30, check=False)
            self.assertEqual((update.returncode, update.stderr), (0, ""))
            transferred = self.write("transferred", {zone: self.transfer(zone, port) for zone in BEFORE})
        compared = ptrd.ptrzone("diff", transferred, after)
        self.assertEqual((compared.returncode, compared.stdout),
                         (0, "0 records removed, 0 added, 0 changed; 0 zones removed, 0 added\n"))

    def test_without_changes(self):
        """Nothing is printed where nothing differs, status 0; other forms of output at once are wrong usage."""
        before = self.write("before", BEFORE)
        result = ptrd.ptrzone("diff", "--changes", before, before)
        self.assertEqual((result.returncode, result.stdout), (0, ""))
        for other in ("--json", "--quiet"):
            result = ptrd.ptrzone("diff", "--changes", other, before, before)
            self.assertEqual(result.returncode, 2)
            self.assertIn("--changes excludes --json and --quiet", result.stderr)

    def test_zone_of_one_side(self):
        """A zone that only one side has is all `add` or all `del`."""
        both, one = self.write("both", BEFORE), self.write("one", {ZONE: BEFORE[ZONE]})
        for sides, word in (((both, one), "del"), ((one, both), "add")):
            lines = ptrd.ptrzone("diff", "--changes", *sides).stdout.splitlines()
            self.assertEqual((lines[0], lines[-1], len(lines)), (f"zone {ZONE6}.", "send", 6))
            self.assertEqual({line.split()[0] for line in lines[1:-1]}, {word})


if __name__ == "__main__":
    unittest.main()
