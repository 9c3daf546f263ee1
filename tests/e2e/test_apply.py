#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""ptrctl apply and change: what they send for which text, and what they say of the response."""

import json
import os
import socket
import struct
import sys
import threading
import unittest

import dns.message
import dns.name
import dns.rdataclass
import dns.rdatatype

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import control
import ptrd
from controlcase import ControlCase
from test_changes import AFTER, BEFORE, ZONE


class Listener:
    """Takes requests in ptrd's place, and answers each with the next of `responses`."""

    def __init__(self, path, *responses):
        self.batches = []
        self._responses = list(responses)
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(path)
        self._socket.listen()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        client, _ = self._socket.accept()
        with client, client.makefile("rwb") as stream:
            while line := stream.readline():
                request = json.loads(line)
                self.batches.append(stream.read(request["bytes"]))
                stream.write(json.dumps(self._responses.pop(0)).encode() + b"\n")
                stream.flush()

    def close(self):
        self._socket.close()
        self._thread.join(10)


def decode(batch):
    """The changesets of a batch: (zone, serial or None, rule, [record as text]), read by dnspython as an UPDATE message."""
    found = []
    while batch:
        magic, size, records, serial, demanded, rule, zero = struct.unpack_from(">4sIIIBBH", batch)
        assert (magic, zero) == (b"PtC1", 0)
        zone, length = dns.name.from_wire(batch, 20)
        header = struct.pack(">6H", 0, 0x2800, 1, 0, records, 0)
        question = zone.to_wire() + struct.pack(">2H", dns.rdatatype.SOA, dns.rdataclass.IN)
        update = dns.message.from_wire(header + question + batch[20 + length:size], one_rr_per_rrset=True)
        texts = []
        for rrset in update.update:
            kind = dns.rdataclass.to_text(rrset.deleting) if rrset.deleting else "IN"
            texts.append(" ".join([rrset.name.to_text(), str(rrset.ttl), kind, dns.rdatatype.to_text(rrset.rdtype), *(rr.to_text() for rr in rrset)]))
        found.append((zone.to_text(), serial if demanded else None, rule, texts))
        batch = batch[size:]
    return found


DONE = {"ok": True, "zones": [{"zone": f"{ZONE}.", "serial": 2}], "added": 1, "removed": 1}
LINE = f"{ZONE}. serial 2: 1 record added, 1 removed\n"


class ApplyTest(unittest.TestCase):
    def setUp(self):
        self.folder = ptrd.temporary_folder()
        self.path = f"{self.folder}/s"

    def ask(self, *arguments, responses=(DONE,), **options):
        """ptrctl's result and the batches that it sent."""
        listener = Listener(self.path, *responses)
        result = control.ptrctl(self.path, *arguments, **options)
        listener.close()
        os.unlink(self.path)
        return result, listener.batches

    def write(self, text):
        with open(f"{self.folder}/changes", "w", encoding="ascii") as file:
            file.write(text)
        return f"{self.folder}/changes"

    def test_changes_of_diff(self):
        """What ptrzone diff --changes writes is sent record by record; the old SOA is the serial that the zone must have."""
        for name, zones in (("before", BEFORE), ("after", AFTER)):
            os.mkdir(f"{self.folder}/{name}")
            for zone, text in zones.items():
                with open(f"{self.folder}/{name}/{zone}.zone", "w", encoding="ascii") as file:
                    file.write(text)
        changes = ptrd.ptrzone("diff", "--changes", f"{self.folder}/before", f"{self.folder}/after").stdout
        result, batches = self.ask("apply", self.write(changes))
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, LINE, ""))
        (zone, serial, rule, records), = decode(batches[0])
        self.assertEqual((zone, serial, rule), (f"{ZONE}.", 1, 0))
        lines = [line for line in changes.splitlines() if line.startswith(("add", "del"))]
        self.assertEqual(len(records), len(lines) - 1)
        self.assertIn(f"1.{ZONE}. 0 NONE PTR one.example.net.", records)
        self.assertIn(f"1.{ZONE}. 3600 IN PTR first.example.net.", records)
        self.assertIn(f"9.{ZONE}. 3600 IN TYPE65280 \\# 3 010203", records)
        self.assertIn(f"64-127.{ZONE}. 3600 IN DS 1 13 2 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", records)

    def test_batches(self):
        """Each send is a request of its own, from standard input at once; the first one that is refused ends the run."""
        text = f"zone {ZONE}\nttl 60\n" + "".join(f"add {i}.{ZONE} PTR h{i}.example\nsend\n" for i in range(3))
        result, batches = self.ask("apply", "--serial", "dateserial", "-", responses=[DONE] * 3, input=text)
        self.assertEqual((result.returncode, result.stdout), (0, LINE * 3))
        self.assertEqual([decode(batch) for batch in batches],
                         [[(f"{ZONE}.", None, 2, [f"{i}.{ZONE}. 60 IN PTR h{i}.example."])] for i in range(3)])
        result, batches = self.ask("apply", "-", responses=[DONE, {"ok": False, "error": "no such zone"}], input=text)
        self.assertEqual((result.returncode, result.stdout, len(batches)), (1, LINE, 2))
        self.assertEqual(result.stderr, "ptrctl: standard input:6: no such zone\n")

    def test_errors(self):
        """Faults in the text have their place; nothing of their batch is sent. No file, no ptrd: exit status 1."""
        file = self.write(f"zone {ZONE}\ndel 1.{ZONE}\nadd 1.{ZONE} 60 PTR\nsend\n")
        result, batches = self.ask("apply", file)
        self.assertEqual((result.returncode, batches), (1, []))
        self.assertTrue(result.stderr.startswith(f"ptrctl: {file}:3: "), result.stderr)
        result, batches = self.ask("apply", self.write(f"zone {ZONE}\ndel 1.{ZONE}\n"))
        self.assertEqual((result.returncode, batches), (1, []))
        self.assertIn("no send follows", result.stderr)
        for arguments, status in ((("apply", f"{self.folder}/none"), 1), (("apply", self.folder), 1), (("apply", file), 1), (("apply",), 2),
                                  (("apply", "--serial", "date", file), 2)):
            with self.subTest(arguments):
                result = control.ptrctl(self.path, *arguments)
                self.assertEqual(result.returncode, status, result)
                self.assertNotEqual(result.stderr, "")

    def test_change(self):
        """One change in words; names are relative to the zone, or an address."""
        for arguments, records in (
                (("add", "17", "60", "PTR", "a.example.net"), [f"17.{ZONE}. 60 IN PTR a.example.net."]),
                (("add", "192.0.2.17", "PTR", "a.example.net."), [f"17.{ZONE}. 3600 IN PTR a.example.net."]),
                (("replace", f"17.{ZONE}", "PTR", "a.example.net."), [f"17.{ZONE}. 0 ANY PTR", f"17.{ZONE}. 3600 IN PTR a.example.net."]),
                (("remove", "17"), [f"17.{ZONE}. 0 ANY ANY"]),
                (("remove", "17", "PTR"), [f"17.{ZONE}. 0 ANY PTR"]),
                (("remove", "17", "PTR", "a.example."), [f"17.{ZONE}. 0 NONE PTR a.example."]),
                (("add", "@", "TXT", '"two words"', "x"), [f'{ZONE}. 3600 IN TXT "two words" "x"'])):
            with self.subTest(arguments):
                result, batches = self.ask("change", ZONE, *arguments)
                self.assertEqual((result.returncode, result.stdout, result.stderr), (0, LINE, ""))
                self.assertEqual(decode(batches[0]), [(f"{ZONE}.", None, 0, records)])
        for arguments in (("add", "17"), ("add", "17", "PTR"), ("replace", "17", "60"), ("rename", "17", "PTR", "a."), ("add", "17", "FOO", "a."),
                          ("remove", "192.0.3.1"), ("remove", "@", "SOA"), ("add", "17", "A", "1.2.3")):
            with self.subTest(arguments):
                result = control.ptrctl(self.path, "change", ZONE, *arguments)
                self.assertEqual(result.returncode, 2, result)


class RolesTest(ControlCase):
    def test_without_journal(self):
        """A ptrd without a journal takes no changes, says how it would, and goes on."""
        self.start()
        for _ in range(2):
            result = control.ptrctl(self.path, "change", ZONE, "remove", "1")
            self.assertEqual(result.returncode, 1)
            self.assertIn("ptrd has no journal; give it one (journal, --journal)", result.stderr)
        with control.connect(self.path) as client:
            client.sendall(b'{"command": "apply", "bytes": 100000000}\n' + bytes(100_000_000))
            self.assertFalse(control.response(client)["ok"])
            client.sendall(b'{"command": "status"}\n')
            self.assertTrue(control.response(client)["ok"])

    def test_watch_socket(self):
        """The second socket shows everything, and changes nothing."""
        watch = f"{self.folder}/watch"
        self.start("-c", self.config(f"control: {{socket: {self.path}, watch-socket: {watch}}}\n"))
        for words in (("status",), ("stats",), ("zones",), ("log",), ("top", "--once")):
            self.assertEqual(control.ptrctl(watch, *words).returncode, 0, words)
        for words in (("reload",), ("rollback",), ("log", "debug"), ("change", ZONE, "remove", "1")):
            result = control.ptrctl(watch, *words)
            self.assertEqual(result.returncode, 1, words)
            self.assertIn("this socket is for looking only; use control.socket", result.stderr)
        self.ptrctl("reload")


if __name__ == "__main__":
    unittest.main()
