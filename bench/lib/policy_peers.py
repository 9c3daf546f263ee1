# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""A policy in ptrd, and the same one in dnsdist in front of Knot, over UDP sockets on a veth pair."""

import os
import shutil
import statistics

import measure
import netns
import peer_loads
import peer_servers

# Policies of bench/policy that dnsdist can express.
POLICIES = ("none", "prefixes", "scans")
DNSDIST = "/usr/bin/dnsdist"
BACKEND = 5300  # Knot's port behind dnsdist


class PtrdPolicy(peer_servers.PtrdSocket):
    """`policy`: a name of POLICIES, whose file is in `files`."""

    def __init__(self, *arguments, policy, files):
        super().__init__(*arguments)
        self._more = [] if policy == "none" else ["--policy", f"{files}/{policy}.yaml"]

    def command(self):
        return super().command() + self._more


class Backend(peer_servers.Knot):
    """The knotd behind dnsdist."""

    label = "dnsdist-backend"

    def address(self):
        return f"127.0.0.1@{BACKEND}"


class Dnsdist(peer_servers.Server):
    """dnsdist and the knotd behind it, on one CPU as ptrd is."""

    label = "dnsdist"
    version_command = (DNSDIST, "--version")

    def __init__(self, *arguments, policy, files):
        super().__init__(*arguments)
        self._backend = Backend(*arguments)
        self._rules = {"none": "", "prefixes": _PREFIXES, "scans": _EXPRESSIONS}[policy].replace("FILES", files)

    def command(self):
        conf = self.write("dnsdist.conf", f"""
setLocal("{self.pair.server.v4}:{peer_servers.PORT}")
setACL("0.0.0.0/0")
setSecurityPollSuffix("")
newServer({{address="127.0.0.1:{BACKEND}", healthCheckMode="up"}})
{self._rules}""")
        return [DNSDIST, "--supervised", "--disable-syslog", "-C", conf]

    def launch(self):
        self._backend.launch()
        super().launch()

    def log(self):
        return f"{super().log()}\n{self._backend.label}: {self._backend.log()}"

    def pids(self):
        return super().pids() + self._backend.pids()

    def stop(self):
        super().stop()
        self._backend.stop()


# Who asks, and what about: the reverse name of each /24.
_PREFIXES = """
local clients, names = newNMG(), newSuffixMatchNode()
for line in io.lines("FILES/prefixes.txt") do
  clients:addMask(line)
  local a, b, c = line:match("^(%d+)%.(%d+)%.(%d+)%.")
  names:add(newDNSName(c .. "." .. b .. "." .. a .. ".in-addr.arpa."))
end
addAction(NetmaskGroupRule(clients), DropAction())
addAction(SuffixMatchNodeRule(names), DropAction())
"""
_EXPRESSIONS = """
for line in io.lines("FILES/expressions.txt") do
  addAction(RegexRule(line), DropAction())
end
"""


def missing():
    """Why dnsdist cannot be measured; None: it can."""
    if not os.access(DNSDIST, os.X_OK):
        return "no dnsdist; install Debian's package dnsdist (tools/setup does)"
    return None if shutil.which("knotd") else "no knotd; install Debian's package knot"


def compare(arguments, folder, names, image):
    """Prints and returns medians of answers per second of the servers' CPU time, all in turns."""
    questions = f"{folder}/questions"
    with open(questions, "w", encoding="ascii") as file:
        file.writelines(f"{name} PTR\n" for name in names)
    figures = {}
    for number in range(arguments.rounds):
        runs = [(policy, kind) for policy in POLICIES for kind in (PtrdPolicy, Dnsdist)]
        for policy, kind in runs if number % 2 == 0 else reversed(runs):
            figures.setdefault(kind.label, {}).setdefault(policy, []).append(
                _run(arguments, folder, questions, names, image, policy, kind))
    medians = {label: {policy: {name: statistics.median(run[name] for run in runs) for name in runs[0]} for policy, runs in policies.items()}
               for label, policies in figures.items()}
    ratios = {label: {policy: of[policy]["per_cpu_second"] / of["none"]["per_cpu_second"] for policy in POLICIES} for label, of in medians.items()}
    beside = {policy: medians["ptrd"][policy]["per_cpu_second"] / medians["dnsdist"][policy]["per_cpu_second"] for policy in POLICIES}
    print("\nanswers per second of CPU time, and ratio to no policy, over UDP sockets\n"
          f"{'policy':<10} {'ptrd':>18} {'dnsdist and Knot':>18} {'ptrd/dnsdist':>14}")
    for policy in POLICIES:
        row = "".join(f"{medians[label][policy]['per_cpu_second']:>12,.0f} {ratios[label][policy]:>6.3f}" for label in ("ptrd", "dnsdist"))
        print(f"{policy:<10}{row} {beside[policy]:>14.1f}")
    return {"runs": figures, "medians": medians, "ratios": ratios, "ratio_to_dnsdist": beside}


def _run(arguments, folder, questions, names, image, policy, kind):
    load_cpu = min(os.sched_getaffinity(0) - {arguments.cpu} or {arguments.cpu})
    with netns.Pair(f"pol{os.getpid()}") as pair:
        server = kind(pair, f"{folder}/zones", image, arguments.cpu, folder, policy=policy, files=folder)
        with peer_servers.running(server, names[:1], 120):
            before = measure.cpu_seconds(server.pids())
            load = peer_loads.load(pair, "dnsperf", questions, load_cpu, arguments.seconds)
            spent = measure.cpu_seconds(server.pids()) - before
    if load.answered == 0:
        raise measure.Failed(f"{kind.label} with the policy {policy} has answered nothing: {server.log()}")
    return {"answered": load.answered, "per_cpu_second": load.answered * arguments.seconds / max(spent, 0.01)}
