#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Prometheus metrics and DPDK telemetry match what was sent, over every port."""

import concurrent.futures
import contextlib
import glob
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import dnscases
import frames
import metrics
import ptrd
import tcp
import test_pcap
import xdphost
from test_socket import free_port

GOOD, MISSING, FOREIGN = "10.2.0.192.in-addr.arpa", "77.2.0.192.in-addr.arpa", "example.com"
DASHBOARD = f"{ptrd.ROOT}/tools/dist/grafana-dashboard.json"


def asked(client, *names):
    for qname in names:
        if client.ask(dnscases.query(qname).to_wire()) is None:
            raise AssertionError(f"no answer about {qname}")


def dnsperf(server, port, names, seconds=2, prefix=()):
    """Runs dnsperf and gives how many queries it sent and how many were answered."""
    queries = f"{ptrd.temporary_folder()}/queries"
    with open(queries, "w") as file:
        file.writelines(f"{name} PTR\n" for name in names)
    shown = ptrd.run(*prefix, "dnsperf", "-s", server, "-p", str(port), "-d", queries, "-l", str(seconds)).stdout
    return tuple(int(re.search(rf"Queries {what}: +(\d+)", shown)[1]) for what in ("sent", "completed"))


def check_with_promtool(test, scrape):
    if shutil.which("promtool") is None:
        test.skipTest("no promtool (tools/setup installs Debian's package prometheus)")
    checked = ptrd.run("promtool", "check", "metrics", input=scrape.text)
    test.assertEqual((checked.returncode, checked.stdout, checked.stderr), (0, "", ""))


def dpdk(image, port, folder, frames_in, *arguments):
    """ptrd with these frames as input, and its telemetry socket in `folder`."""
    frames.write_pcap(f"{folder}/q.pcap", frames_in)
    return ptrd.Ptrd(image, "--dpdk", f"net_pcap0,rx_pcap={folder}/q.pcap,tx_pcap={folder}/a.pcap", "--metrics", str(port),
                     *arguments, prefix=["env", f"RUNTIME_DIRECTORY={folder}"])


def write_signed_zone(folder):
    """A zone with signatures that no key made."""
    path = f"{folder}/signed.example.zone"
    signature = "RRSIG {} 13 2 3600 20380101000000 20260101000000 4711 signed.example. YWJj\n"
    with open(path, "w", encoding="ascii") as file:
        file.write("$TTL 3600\n@ SOA ns1 host 1 7200 3600 1209600 300\n@ NS ns1.example.\n@ NS ns2.example.\n"
                   f"@ DNSKEY 256 3 13 {'A' * 86}==\n@ {signature.format('SOA')}@ NSEC @ NS SOA RRSIG NSEC DNSKEY\n")
    return path


def settled(port, holds):
    """The scrape once `holds(scrape)`, at the latest after twenty seconds."""
    end = time.monotonic() + 20
    while True:
        scrape = metrics.scrape(port)
        if holds(scrape) or time.monotonic() > end:
            return scrape
        time.sleep(0.05)


class SocketMetricsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.image = dnscases.compile_all(ptrd.temporary_folder())
        cls.dns, cls.port = free_port(), free_port()
        cls.server = ptrd.Ptrd(cls.image, "--socket", f"127.0.0.1:{cls.dns}", "--socket", f"[::1]:{cls.dns}",
                               "--metrics", str(cls.port)).start()
        cls.addClassCleanup(cls.server.stop)

    def difference(self, do):
        """What a metric has gained by `do`, as a function of its name and labels."""
        before = metrics.scrape(self.port)
        do()
        after = metrics.scrape(self.port)
        return lambda name, **labels: after.sum(name, **labels) - before.sum(name, **labels)

    def test_promtool(self):
        """promtool accepts names, types, help and format."""
        check_with_promtool(self, metrics.scrape(self.port))

    def test_udp(self):
        """Each UDP query is in the query counter of its IP version, and in that of its response or drop."""
        def ask():
            for address, names in (("127.0.0.1", [GOOD] * 3 + [MISSING] * 2), ("::1", [FOREIGN, GOOD])):
                client = dnscases.Client(address, self.dns)
                asked(client, *names)
                client.close()
            client = dnscases.Client("127.0.0.1", self.dns)
            self.assertIsNone(client.probe(b"\1\2\3"))  # and one good query
            client.close()

        gained = self.difference(ask)
        self.assertEqual(gained("ptrd_queries_total", transport="udp", family="ipv4"), 7)
        self.assertEqual(gained("ptrd_queries_total", transport="udp", family="ipv6"), 2)
        for rcode, count in (("NOERROR", 5), ("NXDOMAIN", 2), ("REFUSED", 1), ("FORMERR", 0)):
            self.assertEqual(gained("ptrd_responses_total", transport="udp", rcode=rcode), count, rcode)
        self.assertEqual(gained("ptrd_dropped_total", transport="udp", reason="runt"), 1)
        self.assertEqual(gained("ptrd_received_total", transport="udp"), 9)
        self.assertEqual(gained("ptrd_worker_frames_total", transport="udp"), 9)
        self.assertGreater(gained("ptrd_worker_busy_seconds_total", transport="udp"), 0)

    def test_tcp(self):
        """The same over TCP, with the connections."""
        def ask():
            for address in ("127.0.0.1", "::1"):
                with tcp.Client(address, self.dns) as client:
                    asked(client, GOOD, MISSING, GOOD)
            settled(self.port, lambda scrape: scrape.sum("ptrd_tcp_connections_open") == 0)

        gained = self.difference(ask)
        for family in ("ipv4", "ipv6"):
            self.assertEqual(gained("ptrd_queries_total", transport="tcp", family=family), 3)
        self.assertEqual(gained("ptrd_responses_total", transport="tcp", rcode="NOERROR"), 4)
        self.assertEqual(gained("ptrd_responses_total", transport="tcp", rcode="NXDOMAIN"), 2)
        self.assertEqual(gained("ptrd_tcp_connections_accepted_total"), 2)
        self.assertEqual(gained("ptrd_tcp_connections_closed_total", reason="client"), 2)
        self.assertEqual(gained("ptrd_tcp_connections_open"), 0)

    def test_zones(self):
        """Serials and records are the zones'."""
        scrape = metrics.scrape(self.port)
        self.assertEqual(scrape.sum("ptrd_zone_serial", zone="2.0.192.in-addr.arpa."), 2026010100)
        self.assertEqual(scrape.sum("ptrd_zone_records"), scrape.sum("ptrd_records"))
        self.assertEqual(scrape.sum("ptrd_image_bytes"), os.path.getsize(self.image))
        self.assertEqual(scrape.sum("ptrd_build_info", version=ptrd.run(ptrd.PTRD, "--version").stdout.strip()), 1)

    def test_load(self):
        """Scraped by 100 at once under load: all get an answer, no query is lost, and the sums are dnsperf's."""
        def load():
            with concurrent.futures.ThreadPoolExecutor(101) as pool:
                perf = pool.submit(dnsperf, "127.0.0.1", self.dns, [GOOD, MISSING])
                time.sleep(0.5)
                for scrape in [pool.submit(metrics.scrape, self.port) for _ in range(100)]:
                    # A reader in the middle of a burst may see it received and not yet answered, never more.
                    self.assertLessEqual(scrape.result().ends("udp"), metrics.scrape(self.port).sum(
                        "ptrd_received_total", transport="udp"))
                self.sent, self.completed = perf.result()

        gained = self.difference(load)
        self.assertEqual(self.sent, self.completed)
        self.assertEqual(gained("ptrd_received_total", transport="udp"), self.sent)
        self.assertEqual(gained("ptrd_responses_total", transport="udp"), self.sent)

    def test_this_machine_only(self):
        """A port alone listens on 127.0.0.1, and on no other address of this machine's."""
        for address in ("127.0.0.2", "::1"):
            with self.assertRaises(ConnectionRefusedError):
                metrics.scrape(self.port, address)

    def test_other_paths(self):
        """Only /metrics exists, and a client that disconnects does not affect others."""
        self.assertEqual(metrics.get(self.port, path="/")[0], 404)
        for _ in range(20):
            with socket.create_connection(("127.0.0.1", self.port)) as client:
                client.send(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
        metrics.scrape(self.port)

    def test_slow_clients(self):
        """Clients that connect and send nothing block others no longer than their timeout."""
        with contextlib.ExitStack() as stack:
            for _ in range(20):
                stack.enter_context(socket.create_connection(("127.0.0.1", self.port)))
            self.assertEqual(metrics.get(self.port, timeout=20)[0], 200)

    def test_port_taken(self):
        """An address that is in use, missing or malformed stops ptrd with a line that says so."""
        for where, status, text in ((f"127.0.0.1:{self.port}", 1, "another server is using that port"),
                                    ("192.0.2.1:9153", 1, "no interface of this machine has that address"), ("localhost:9153", 2, "localhost:9153"),
                                    ("127.0.0.1:70000", 2, "65535")):
            with self.subTest(where=where):
                result = ptrd.run(ptrd.PTRD, "--image", self.image, "--socket", f"127.0.0.1:{free_port()}", "--metrics", where,
                                  "--duration", "1")
                self.assertEqual(result.returncode, status, result)
                self.assertIn(text, result.stderr)
                self.assertIn("metrics", result.stderr.splitlines()[-1])


class SwapMetricsTest(unittest.TestCase):
    def test_swap(self):
        """A reload shows in the swaps, the age, the serial and the size; a refused one only in the reloads, by its reason."""
        folder, port = ptrd.temporary_folder(), free_port()
        zone = f"{folder}/2.0.192.in-addr.arpa.zone"

        def compile_with(serial, records):
            with open(zone, "w") as file:
                file.write(f"@ 3600 IN SOA ns.example. h.example. {serial} 1 1 1 1\n@ 3600 IN NS ns.example.\n")
                file.writelines(f"{i} 3600 IN PTR host{i}.example.\n" for i in range(records))
            return ptrd.compile_image(f"{folder}/image.ptri", zone)

        with ptrd.Ptrd(compile_with(1, 5), "--socket", f"127.0.0.1:{free_port()}", "--metrics", str(port)) as server:
            time.sleep(1.1)
            before = metrics.scrape(port)
            self.assertEqual(before.sum("ptrd_swaps_total"), 0)
            self.assertGreater(before.sum("ptrd_image_age_seconds"), 1)
            began = time.monotonic()
            for serial, records, swaps in ((2, 100, 1), (1, 5, 1)):  # the second goes back, and is refused
                compile_with(serial, records)
                os.kill(server.pid, signal.SIGHUP)
                after = settled(port, lambda scrape, serial=serial: scrape.sum(
                    "ptrd_reloads_total", result="done" if serial == 2 else "older") == 1)
                self.assertEqual(after.sum("ptrd_swaps_total"), swaps)
                self.assertEqual(after.sum("ptrd_zone_serial", zone="2.0.192.in-addr.arpa."), 2)
                self.assertEqual(after.sum("ptrd_zone_records"), 102)
                self.assertGreater(after.sum("ptrd_image_bytes"), before.sum("ptrd_image_bytes"))
            self.assertLess(after.sum("ptrd_image_age_seconds"), time.monotonic() - began, "the age was reset")
            with open(f"{folder}/image.ptri", "wb"):
                pass
            os.kill(server.pid, signal.SIGHUP)
            after = settled(port, lambda scrape: scrape.sum("ptrd_reloads_total", result="bad_image") == 1)
            for result, count in (("done", 1), ("older", 1), ("bad_image", 1), ("unreadable", 0), ("busy", 0), ("kernel", 0)):
                self.assertEqual(after.sum("ptrd_reloads_total", result=result), count, result)


class ManyZonesTest(unittest.TestCase):
    def test_the_first_thousand(self):
        """Of several thousand zones the first 1,000 have metrics; ptrd_zones counts all, and a scrape stays quick."""
        folder = ptrd.temporary_folder()
        os.mkdir(f"{folder}/z")
        for i in range(3000):
            with open(f"{folder}/z/{i % 250}.{i // 250}.10.in-addr.arpa.zone", "w") as file:
                file.write("@ 3600 IN SOA ns.example. h.example. 7 1 1 1 1\n@ 3600 IN NS ns.example.\n")
        image, port = ptrd.compile_image(f"{folder}/many.ptri", f"{folder}/z"), free_port()
        with ptrd.Ptrd(image, "--socket", f"127.0.0.1:{free_port()}", "--metrics", str(port)) as server:
            before = xdphost.cpu_seconds(server.pid)
            scrape = metrics.scrape(port)
            self.assertLess(xdphost.cpu_seconds(server.pid) - before, 0.5, "seconds of CPU")
            self.assertEqual(scrape.sum("ptrd_zones"), 3000)
            self.assertEqual(scrape.sum("ptrd_zone_serial"), 7 * 1000)


class XdpMetricsTest(unittest.TestCase):
    def test_sums(self):
        """Over AF_XDP the responses are dnsperf's, what the program redirected to the socket was received, and there are no other clients."""
        image, port = dnscases.compile_all(ptrd.temporary_folder()), 9153
        with xdphost.new_pair() as pair, xdphost.server(pair, image, "--metrics", str(port), "--kernel-answers", "off"):
            perf = pair.client.command()
            with concurrent.futures.ThreadPoolExecutor(1) as pool:
                load = pool.submit(dnsperf, pair.server.v4, 53, [GOOD, MISSING], prefix=perf)
                seen = [metrics.scrape_in(pair.server, port).sum("ptrd_received_total", transport="xdp")]
                while not load.done():
                    seen.append(metrics.scrape_in(pair.server, port).sum("ptrd_received_total", transport="xdp"))
                    time.sleep(0.1)
                self.assertEqual(seen, sorted(seen))
                self.assertGreater(len(set(seen)), 3)
                sent4, completed4 = load.result()
            sent6, completed6 = dnsperf(pair.server.v6, 53, [GOOD], seconds=1, prefix=perf)
            scrape = metrics.scrape_in(pair.server, port)
            with pair.client.inside(), self.assertRaises(ConnectionRefusedError):
                metrics.scrape(port, pair.server.v4)
        self.assertEqual((sent4, sent6), (completed4, completed6))
        self.assertEqual(scrape.sum("ptrd_queries_total", transport="xdp", family="ipv4"), sent4)
        self.assertEqual(scrape.sum("ptrd_queries_total", transport="xdp", family="ipv6"), sent6)
        self.assertEqual(scrape.sum("ptrd_responses_total", transport="xdp"), sent4 + sent6)
        self.assertEqual(scrape.ends("xdp"), scrape.sum("ptrd_received_total", transport="xdp"))
        self.assertEqual(scrape.sum("ptrd_kernel_redirected_total"), scrape.sum("ptrd_received_total", transport="xdp"))
        self.assertGreater(scrape.sum("ptrd_kernel_passed_total", reason="link"), 0)  # ARP
        self.assertEqual(scrape.sum("ptrd_worker_frames_total", transport="xdp"), sent4 + sent6)
        check_with_promtool(self, scrape)


class DpdkMetricsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder, port = ptrd.temporary_folder(), free_port()
        good = [frames.query_frame(path, dnscases.query(GOOD).to_wire())
                for path in (test_pcap.V4, test_pcap.V4, test_pcap.V6)] * 100
        cls.dropped, cls.foreign = test_pcap.bad_frames(), test_pcap.foreign_frames()
        odd = [frame for batch in (*cls.dropped.values(), *cls.foreign.values()) for frame in batch]
        cls.sent = len(good) + len(odd)
        server = dpdk(dnscases.compile_all(cls.folder), port, cls.folder, good + odd).start()
        # Answers are counted behind the frames that they are for, and then nothing comes any more.
        cls.scrape = settled(port, lambda scrape: scrape.ends("dpdk") >= cls.sent
                             and scrape.sum("ptrd_worker_empty_polls_total", transport="dpdk") > 1000)
        instance = glob.glob(f"{cls.folder}/dpdk/rte/dpdk_telemetry.v2")
        commands = "/ptrd/stats\n/ptrd/zones\n/ptrd/zones,2.0.192.in-addr.arpa\nquit\n"
        shown = subprocess.run(["dpdk-telemetry.py"], input=commands, capture_output=True, text=True, timeout=20, check=False,
                               env={**os.environ, "RUNTIME_DIRECTORY": cls.folder})
        cls.told = [json.loads(line) for line in shown.stdout.splitlines() if line.startswith("{")]
        cls.socket_there, cls.stats = bool(instance), server.stop()

    def test_sums(self):
        """Answers and drops by reason are the frames that were sent."""
        scrape = self.scrape
        self.assertEqual(scrape.sum("ptrd_received_total", transport="dpdk"), self.sent)
        self.assertEqual(scrape.ends("dpdk"), self.sent)
        self.assertEqual(scrape.sum("ptrd_responses_total", transport="dpdk", rcode="NOERROR"), 300)
        for reason, batch in self.dropped.items():
            self.assertEqual(scrape.sum("ptrd_dropped_total", transport="dpdk", reason=reason), len(batch), reason)
        self.assertEqual(scrape.sum("ptrd_dropped_total", transport="dpdk", reason="no_kernel_path"),
                         sum(map(len, self.foreign.values())))
        self.assertEqual(scrape.sum("ptrd_punted_total", transport="dpdk"), 0)
        # Runts and responses are looked at as messages before they are dropped; one response came over IPv6.
        odd4 = len(self.dropped["runt"]) + 1
        self.assertEqual(scrape.sum("ptrd_queries_total", transport="dpdk", family="ipv4"), 200 + odd4)
        self.assertEqual(scrape.sum("ptrd_queries_total", transport="dpdk", family="ipv6"), 101)

    def test_promtool(self):
        """promtool accepts the metrics that exist only in DPDK mode."""
        check_with_promtool(self, self.scrape)

    def test_workers(self):
        """The worker's bursts hold all frames, and it has been busy for less than the run."""
        self.assertEqual(self.scrape.sum("ptrd_worker_frames_total", transport="dpdk"), self.sent)
        bursts = self.scrape.sum("ptrd_worker_bursts_total", transport="dpdk")
        self.assertLessEqual(self.sent / 32, bursts)
        self.assertLess(bursts, self.sent)
        self.assertGreater(self.scrape.sum("ptrd_worker_empty_polls_total", transport="dpdk"), 1000)
        self.assertTrue(0 < self.scrape.sum("ptrd_worker_busy_seconds_total", transport="dpdk") < 2)

    def test_telemetry(self):
        """dpdk-telemetry.py gets the counters and the zones."""
        self.assertTrue(self.socket_there)
        stats, zones, zone = (list(told.values())[0] for told in self.told)
        self.assertEqual(stats["rx"], self.sent)
        for group in ("answered", "dropped"):
            self.assertEqual(stats[group], self.stats[group])
        self.assertEqual(sum(stats["punted"].values()), self.stats["punted"])
        self.assertIn("2.0.192.in-addr.arpa.", zones["names"])
        self.assertEqual(zones["zones"], self.scrape.sum("ptrd_zones"))
        self.assertEqual(zone["serial"], 2026010100)


class DashboardTest(unittest.TestCase):
    def test_every_metric_is_there(self):
        """Every metric of the Grafana dashboard exists over sockets, AF_XDP or DPDK."""
        with open(DASHBOARD) as file:
            dashboard = json.load(file)
        asked_for = {name for panel in dashboard["panels"] for target in panel.get("targets", [])
                     for name in re.findall(r"ptrd_\w+", target["expr"])}
        for variable in dashboard["templating"]["list"]:
            asked_for |= set(re.findall(r"ptrd_\w+", str(variable.get("query", ""))))
        self.assertGreater(len(asked_for), 10)
        folder = ptrd.temporary_folder()
        image, port = dnscases.compile_all(folder), 9153
        with xdphost.new_pair() as pair, \
                xdphost.server(pair, image, "--metrics", str(port), "--socket", f"{pair.server.v4}:5300"):
            there = metrics.scrape_in(pair.server, port).names
        with open(f"{folder}/policy.yaml", "w", encoding="ascii") as file:
            file.write("queries: [{prefix: 192.0.2.0/24, action: count}]\n")
        port = free_port()
        image = ptrd.compile_image(f"{folder}/signed.ptri", ptrd.ZONES, write_signed_zone(folder))
        with dpdk(image, port, folder, [frames.query_frame(test_pcap.V4, dnscases.query(GOOD).to_wire())], "--policy", f"{folder}/policy.yaml"):
            there |= metrics.scrape(port).names
        self.assertEqual(asked_for - there, set())


if __name__ == "__main__":
    unittest.main()
