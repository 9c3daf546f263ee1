#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""What an operator sees of signed zones: when their signatures expire, and what becomes of a zone whose signatures have."""

import json
import os
import re
import shutil
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import control
import metrics
import ptrd
from controlcase import ControlCase
from test_socket import free_port

SIGNED, OTHER, PLAIN = "3.10.in-addr.arpa", "4.10.in-addr.arpa", "5.10.in-addr.arpa"
ZONE = ("$ORIGIN {}.\n$TTL 3600\n@ SOA ns1.example. host.example. {} 7200 3600 1209600 300\n@ NS ns1.example.\n@ NS ns2.example.\n"
        "1.1 PTR {}.example.\n")
RULES = f"{ptrd.ROOT}/tools/dist/prometheus-rules.yml"
DAY = 86400


class SignedOperationTest(ControlCase):
    def setUp(self):
        super().setUp()
        self.metrics = free_port()
        self.now = int(time.time())
        self.keys = {apex: self.call("ldns-keygen", "-a", "ECDSAP256SHA256", apex) for apex in (SIGNED, OTHER)}

    def call(self, *command):
        result = ptrd.run(*command, cwd=self.folder)
        self.assertEqual(result.returncode, 0, result)
        return result.stdout.strip()

    def write(self, apex, serial, stamp):
        path = f"{self.folder}/{apex}.zone"
        with open(path, "w", encoding="ascii") as file:
            file.write(ZONE.format(apex, serial, stamp))
        return path

    def sign(self, apex, serial, stamp, end):
        """The zone's text, with signatures that were made a month ago and end in so many seconds."""
        when = [time.strftime("%Y%m%d%H%M%S", time.gmtime(self.now + seconds)) for seconds in (-30 * DAY, end)]
        text, out = self.write(apex, serial, stamp), f"{self.folder}/{apex}.signed"
        self.call("ldns-signzone", "-o", apex, "-i", when[0], "-e", when[1], "-f", out, text, self.keys[apex])
        return f"{apex}={out}"

    def compile(self, image, *arguments):
        return ptrd.ptrzone("compile", "-o", f"{self.folder}/{image}", *arguments)

    def text(self, seconds):
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.now + seconds))

    def expiry_metrics(self):
        found = re.findall(r'^ptrd_zone_signature_expiry_seconds{zone="(.*)\."} (\S+)$', metrics.scrape(self.metrics).text, re.M)
        return {zone: float(value) for zone, value in found}

    def test_expiry_is_shown(self):
        """info, ptrctl zones and the metric have the same time for each signed zone, and none for others."""
        paths = self.sign(SIGNED, 1, "a", 5 * DAY), self.sign(OTHER, 1, "a", 2 * DAY), self.write(PLAIN, 1, "a")
        self.assertEqual(self.compile("signed.ptri", *paths).returncode, 0)
        expected = {SIGNED: self.text(5 * DAY), OTHER: self.text(2 * DAY), PLAIN: None}
        server = self.start("--metrics", str(self.metrics), image=f"{self.folder}/signed.ptri")
        listed = json.loads(self.ptrctl("zones", "--json"))["zones"]
        self.assertEqual({zone["zone"].rstrip("."): zone.get("expires") for zone in listed}, expected)
        info = json.loads(ptrd.ptrzone("info", "--json", f"{self.folder}/signed.ptri").stdout)["zones"]
        self.assertEqual({zone["name"].rstrip("."): zone.get("expires") for zone in info}, expected)
        self.assertRegex(self.ptrctl("zones"), rf"(?m)^{re.escape(SIGNED)}\. .*Z  {expected[SIGNED]}$")
        self.assertRegex(self.ptrctl("zones"), rf"(?m)^{re.escape(PLAIN)}\. .*Z  -$")
        self.assertEqual(self.expiry_metrics(), {SIGNED: self.now + 5 * DAY, OTHER: self.now + 2 * DAY})
        self.assertNotIn("expired", server.log)

    def test_expired_zone_stays_as_it_was(self):
        """compile takes a zone whose new signatures have expired from the previous image, and the others from their text; so a reload
        keeps that zone in service."""
        self.assertEqual(self.compile("one.ptri", self.sign(SIGNED, 1, "old", 2 * DAY), self.sign(OTHER, 1, "old", DAY)).returncode, 0)
        self.start("--metrics", str(self.metrics), image=f"{self.folder}/one.ptri")
        shutil.copy(f"{self.folder}/one.ptri", f"{self.folder}/kept.ptri")
        paths = self.sign(SIGNED, 2, "new", -DAY), self.sign(OTHER, 2, "new", 9 * DAY)
        result = self.compile("one.ptri", "--keep-going", "--previous", f"{self.folder}/one.ptri", *paths)
        self.assertEqual(result.returncode, 3, result)
        image = f"{self.folder}/one.ptri"
        self.assertIn(f"{self.folder}/{SIGNED}.signed: error: zone {SIGNED}. has signatures that have expired, the first on "
                      f"{self.text(-DAY)}; those in {image} are valid until {self.text(2 * DAY)}\n", result.stderr)
        self.assertIn(f"ptrzone: zone {SIGNED}. is taken from {image}, serial 1: 1 error in ", result.stderr)
        self.assertNotIn("expired", self.ptrctl("reload"))
        zones = {zone["zone"].rstrip("."): (zone["serial"], zone["expires"]) for zone in json.loads(self.ptrctl("zones", "--json"))["zones"]}
        self.assertEqual(zones, {SIGNED: (1, self.text(2 * DAY)), OTHER: (2, self.text(9 * DAY))})
        self.assertIn("old.example.", ptrd.ptrzone("lookup", image, f"1.1.{SIGNED}").stdout)
        self.assertIn("new.example.", ptrd.ptrzone("lookup", image, f"1.1.{OTHER}").stdout)
        # The zone as it was has all that belongs to it.
        dumps = [ptrd.ptrzone("dump", path, SIGNED).stdout for path in (image, f"{self.folder}/kept.ptri")]
        self.assertEqual(*dumps)
        self.assertIn("RRSIG", dumps[0])

    def test_reload_warns(self):
        """An image with expired signatures is put in service, with one warning that names how many zones and the first; so at a start."""
        both = self.sign(SIGNED, 1, "a", -DAY), self.sign(OTHER, 1, "a", -2 * DAY)
        self.assertEqual(self.compile("expired.ptri", *both).returncode, 0)
        image = f"{self.folder}/expired.ptri"
        warning = f"signatures of 2 zones have expired, first of {OTHER}. on {self.text(-2 * DAY)}; "
        server = self.start()
        self.assertNotIn("expired", server.log)
        self.assertIn(warning, self.ptrctl("reload", "--force", image))
        self.assertEqual(server.log.count(f"{image}: {warning}"), 1, server.log)
        told = control.request(self.path, command="reload", image=image)
        self.assertEqual((told["ok"], told["expired"]["zones"]), (True, 2))
        server.stop()
        server = self.start(image=image)
        self.assertEqual(server.log.count(f"{image}: {warning}"), 1, server.log)


class RulesTest(unittest.TestCase):
    """The alerts for Prometheus."""

    def setUp(self):
        if shutil.which("promtool") is None:
            self.skipTest("no promtool (tools/setup installs Debian's package prometheus)")

    def test_check(self):
        """promtool finds nothing wrong with the rules."""
        checked = ptrd.run("promtool", "check", "rules", RULES)
        self.assertEqual(checked.returncode, 0, checked)
        self.assertIn("SUCCESS: 2 rules found", checked.stdout)

    def test_alerts(self):
        """A warning from three days before the end of a zone's first signature, and a critical alert after it; one at a time."""
        hour, end = 3600, 10 * DAY
        soon, expired = ("PtrdSignaturesExpireSoon", "warning"), ("PtrdSignaturesExpired", "critical")
        firing = {end - 3 * DAY: None, end - 3 * DAY + hour: soon, end: soon, end + hour: expired, end + 30 * DAY: expired}
        with open(RULES) as file:
            rules = file.read().split("- alert: ")[1:]
        annotations = {rule.split()[0]: dict(re.findall(r"(summary|description): (.*)", rule)) for rule in rules}
        labels = {"zone": "z.example.", "instance": "a"}
        tests = []
        for at, alert in firing.items():
            for name, severity in (soon, expired):
                shown = {key: text.replace("{{ $labels.zone }}", "z.example.").replace("{{ $labels.instance }}", "a")
                         for key, text in annotations[name].items()}
                alerts = [{"exp_labels": {"severity": severity, **labels}, "exp_annotations": shown}] if alert == (name, severity) else []
                tests.append({"eval_time": f"{at}s", "alertname": name, "exp_alerts": alerts})
        series = {"series": 'ptrd_zone_signature_expiry_seconds{zone="z.example.",instance="a"}', "values": f"{end}x{50 * 24}"}
        path = f"{ptrd.temporary_folder()}/test.yml"
        with open(path, "w", encoding="ascii") as file:
            json.dump({"rule_files": [RULES], "evaluation_interval": "1h",
                       "tests": [{"interval": "1h", "input_series": [series], "alert_rule_test": tests}]}, file)
        result = ptrd.run("promtool", "test", "rules", path)
        self.assertEqual(result.returncode, 0, result)

    def test_metrics_exist(self):
        """Every metric of the rules is one that the operator's table names."""
        with open(RULES) as rules, open(f"{ptrd.ROOT}/src/operate/README.md") as table:
            self.assertEqual(set(re.findall(r"ptrd_\w+", rules.read())) - set(re.findall(r"`(ptrd_\w+)`", table.read())), set())


if __name__ == "__main__":
    unittest.main()
