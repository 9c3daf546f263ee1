#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""ptrd under systemd: the unit file, its privileges, and notifications to the service manager."""

import os
import re
import resource
import shutil
import signal
import socket
import sys
import time
import unittest
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import control
import dnscases
import exceptionhost
import leftovers
import ptrd
import test_privileges
import xdphost

DIST = os.path.join(ptrd.ROOT, "tools", "dist")
UNIT = os.path.join(DIST, "ptrd.service")


def settings(path=UNIT):
    """The unit's settings: for each key all values in order."""
    found = {}
    with open(path) as file:
        for line in file:
            if "=" in line and not line.startswith(("#", "[")):
                key, value = line.rstrip("\n").split("=", 1)
                found.setdefault(key, []).append(value)
    return found


def memory_may_be_locked():
    """Gives this process the unit's LimitMEMLOCK=infinity; False if the machine does not allow that to root."""
    try:
        resource.setrlimit(resource.RLIMIT_MEMLOCK, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    except (ValueError, PermissionError):
        return False
    return True


def as_the_unit(without=None):
    """The start of a command line that runs what follows with the unit's capability sets, as a user other than root.

    If unlimited locked memory is not available, CAP_IPC_LOCK replaces it.
    """
    lists = []
    for key in ("AmbientCapabilities", "CapabilityBoundingSet"):
        names = [name.removeprefix("CAP_").lower() for name in " ".join(settings()[key]).split() if name != without]
        if not memory_may_be_locked():
            names.append("ipc_lock")
        lists.append("-all," + ",".join(f"+{name}" for name in names))
    return ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs", f"--inh-caps={lists[0]}",
            f"--ambient-caps={lists[0]}", f"--bounding-set={lists[1]}"]


def system_calls_allowed():
    """What SystemCallFilter= allows: its lines in order, @sets expanded as by systemd."""
    sets, name = {}, None
    for line in ptrd.run("systemd-analyze", "syscall-filter", "--no-pager").stdout.splitlines():
        if line.startswith("@"):
            name = line.strip()
            sets[name] = set()
        elif line.startswith("    ") and name and not line.strip().startswith("#"):
            sets[name].add(line.strip())

    def expand(word):
        return set().union(*map(expand, sets[word])) if word.startswith("@") else {word}

    allowed = expand("@default")
    for line in settings()["SystemCallFilter"]:
        words = set().union(*map(expand, line.removeprefix("~").split()))
        allowed = allowed - words if line.startswith("~") else allowed | words
    return allowed


class PinsOfNobody:
    """/sys/fs/bpf as tmpfiles.d/ptrd.conf makes it for the service's user, for the time of a test."""

    def __enter__(self):
        if not os.path.ismount("/sys/fs/bpf"):  # systemd mounts it at boot
            ptrd.run("mount", "-t", "bpf", "bpf", "/sys/fs/bpf")
        os.makedirs(xdphost.PINS, exist_ok=True)
        self._mode = os.stat("/sys/fs/bpf").st_mode & 0o7777
        os.chmod("/sys/fs/bpf", 0o711)
        os.chown(xdphost.PINS, 65534, 0)
        os.chmod(xdphost.PINS, 0o770)
        self._close = leftovers.register(self._restore)

    def __exit__(self, *_):
        self._close()

    def _restore(self):
        os.chown(xdphost.PINS, 0, 0)
        os.chmod(xdphost.PINS, 0o700)
        os.chmod("/sys/fs/bpf", self._mode)


class UnitTest(unittest.TestCase):
    """The unit file, and a ptrd with the privileges that it grants."""

    @classmethod
    def setUpClass(cls):
        cls.image = dnscases.compile_all(ptrd.temporary_folder())

    def test_sockets(self):
        """With the unit's rights a user other than root answers on port 53, and keeps none of them."""
        with ptrd.Ptrd(self.image, "--socket", "127.0.0.54:53", prefix=as_the_unit()) as server:
            self.assertEqual(os.stat(f"/proc/{server.pid}").st_uid, 65534)
            client = dnscases.Client("127.0.0.54")
            self.assertIsNotNone(client.ask(dnscases.query(xdphost.GOOD).to_wire(), 1.0))
            client.close()
            for thread in test_privileges.rights(server.pid):
                self.assertEqual([thread[name] for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")], [0, 0, 0, 0], thread)

    def test_xdp_and_sockets(self):
        """The same over AF_XDP with a socket on port 53 beside it; reload, adoption after a kill and a clean stop work."""
        with PinsOfNobody(), xdphost.new_pair() as pair:
            def server():
                return ptrd.Ptrd(self.image, "--xdp", pair.server.interface, "--socket", "127.0.0.1:53",
                                 prefix=pair.server.command_in_our_mounts(*as_the_unit()))

            first = server().start()
            self.assertEqual(os.stat(f"/proc/{first.pid}").st_uid, 65534)
            self.assertIsNotNone(xdphost.asked(pair))
            with pair.server.inside():
                local = dnscases.Client("127.0.0.1")
            self.assertIsNotNone(local.ask(dnscases.query(xdphost.GOOD).to_wire(), 1.0))
            local.close()
            for thread in test_privileges.rights(first.pid):
                self.assertEqual(thread["CapPrm"], test_privileges.mask("CAP_BPF"), thread)
            os.kill(first.pid, signal.SIGHUP)
            test_privileges.wait_for_log(self, first, "records in service")
            xdphost.kill(first)
            with server() as second:
                self.assertIn("adopted", second.log)
                self.assertIsNotNone(xdphost.asked(pair))
                self.assertGreaterEqual(second.stop()["rx"], 1)
            self.assertIsNone(xdphost.program_of(pair))
            self.assertFalse(os.path.exists(xdphost.pins(pair)))

    def test_sandbox(self):
        """All that ptrd does from start to end fits in the unit's sandbox: system calls, address families, memory that is never
        both written and run, and nothing written below /proc and /sys but its pins, and that its verifying child goes first when
        memory runs out."""
        trace = f"{ptrd.temporary_folder()}/trace"
        with PinsOfNobody(), xdphost.new_pair() as pair:
            strace = ["strace", "-f", "-qq", "-y", "-s", "64", "-o", trace]
            with ptrd.Ptrd(self.image, "--xdp", pair.server.interface, "--socket", "127.0.0.1:53",
                           prefix=pair.server.command_in_our_mounts(*strace, *as_the_unit())) as server:
                tracee = int(ptrd.run("pgrep", "-P", str(server.pid)).stdout)
                self.assertIsNotNone(xdphost.asked(pair))
                os.kill(tracee, signal.SIGHUP)
                test_privileges.wait_for_log(self, server, "records in service")
                os.kill(tracee, signal.SIGTERM)
                server.wait()
        with open(trace) as file:
            lines = [line.split(maxsplit=1)[1] for line in file]
        # Before that it is setpriv that runs.
        begin = next(i for i, line in enumerate(lines) if re.match(r'execve\("[^"]*/tools/ptrd"', line))
        calls = [line for line in lines[begin:] if re.match(r"\w+\(", line)]
        used = {line.split("(")[0] for line in calls}
        self.assertGreater(len(used), 30)
        self.assertIn("bpf", used)
        self.assertEqual(used - system_calls_allowed(), set())
        families = set(re.findall(r"^socket\((?:AF|PF)_(\w+)", "\n".join(calls), re.MULTILINE))
        self.assertIn("XDP", families)
        self.assertLessEqual({f"AF_{family}" for family in families}, set(settings()["RestrictAddressFamilies"][0].split()))
        proc = set(re.findall(r'^open(?:at)?\(.*"/proc/([^"/]*)', "\n".join(calls), re.MULTILINE))
        self.assertLessEqual(proc, {"self", "thread-self", str(tracee)}, "ProcSubset=pid")
        for line in calls:
            self.assertNotRegex(line, r"^mmap\(.*PROT_WRITE\|PROT_EXEC|^(pkey_)?mprotect\(.*PROT_EXEC")
            self.assertNotRegex(line, r'^(open|openat|creat)\(.*"/(proc|sys)/(?!fs/bpf/ptrd/|self/oom_score_adj").*O_(WRONLY|RDWR)')

    def traced(self, prefix, ways, use):
        """The system calls of a ptrd that answers by `ways`, from its start to its end, with `use(server, tracee)` between."""
        trace = f"{ptrd.temporary_folder()}/trace"
        strace = ["strace", "-f", "-qq", "-o", trace]
        with ptrd.Ptrd(self.image, *ways, prefix=[*prefix, *strace]) as server:
            tracee = int(ptrd.run("pgrep", "-P", str(server.pid)).stdout)
            use(server, tracee)
            os.kill(tracee, signal.SIGTERM)
            server.wait()
        with open(trace) as file:
            return {found[1] for found in (re.match(r"\d+ +(\w+)\(", line) for line in file) if found}

    def test_system_calls_of_sockets(self):
        """SystemCallFilter= has what kernel sockets, TCP, the control socket, metrics, a watched image and a policy's expressions take."""
        folder = ptrd.temporary_folder()
        control_path = f"{folder}/s"
        with open(f"{folder}/policy.yaml", "w", encoding="ascii") as file:
            file.write("names: [{match: '^scan[0-9]+', action: drop}]\n")

        def use(server, tracee):
            client = dnscases.Client("127.0.0.54", 5396)
            self.assertIsNotNone(client.ask(dnscases.query(xdphost.GOOD).to_wire(), 1.0))
            client.close()
            answer = ptrd.run("dig", "@127.0.0.54", "-p", "5396", "+tcp", "+short", "-x", "192.0.2.10").stdout
            self.assertEqual(answer.strip(), "ns1.example.net.")
            for command in ("status", "reload", "stats", "zones", "rollback"):
                self.assertEqual(control.ptrctl(control_path, command).returncode, 0, command)
            with urllib.request.urlopen("http://127.0.0.54:5395/metrics") as page:
                self.assertIn(b"ptrd_received_total", page.read())
            shutil.copy(self.image, f"{self.image}.new")
            os.rename(f"{self.image}.new", self.image)
            end = time.monotonic() + 10
            while server.log.count("records in service") < 3 and time.monotonic() < end:
                time.sleep(0.05)
            self.assertEqual(server.log.count("records in service"), 3, server.log)
            os.kill(tracee, signal.SIGHUP)

        used = self.traced([], ("--socket", "127.0.0.54:5396", "--control", control_path, "--watch-image",
                                "--metrics", "127.0.0.54:5395", "--policy", f"{folder}/policy.yaml"), use)
        self.assertLessEqual({"accept", "inotify_add_watch", "seccomp", "capset", "prlimit64"}, used)
        self.assertEqual(used - system_calls_allowed(), set())

    def test_system_calls_of_dpdk(self):
        """And what DPDK's net_af_xdp takes, with an exception interface."""
        with exceptionhost.TakenPair() as pair:
            def use(server, _tracee):
                self.assertIsNotNone(xdphost.asked(pair, timeout=5.0))
                self.assertEqual(exceptionhost.ping(pair.client, pair.server.v4), 3)

            used = self.traced(pair.server.command(), ("--dpdk", exceptionhost.AF_XDP, "--address", f"{pair.server.v4}/24"), use)
        self.assertIn("bpf", used)
        # DPDK asks for I/O ports, which legacy virtio cards need, and continues without them.
        self.assertEqual(used - system_calls_allowed(), {"iopl"})

    def test_mounts(self):
        """With /sys and /proc as the unit shows them (ProtectKernelTunables, ProcSubset, ProtectProc, ReadWritePaths) a ptrd
        starts, is killed, is followed by another and leaves nothing."""
        self.assertEqual(settings()["ReadWritePaths"], [f"-{xdphost.PINS}"])
        view = f"""mount --bind {xdphost.PINS} {xdphost.PINS} && mount -o remount,ro,bind /sys/fs/bpf && mount -o remount,ro,bind /sys &&
                   mount -t proc -o nosuid,subset=pid,hidepid=invisible proc /proc && exec "$@" """
        with PinsOfNobody(), xdphost.new_pair() as pair:
            prefix = pair.server.command_in_our_mounts("unshare", "--mount", "sh", "-c", view, "sh", *as_the_unit())
            first = ptrd.Ptrd(self.image, "--xdp", pair.server.interface, "--socket", "127.0.0.1:53", prefix=prefix).start()
            self.assertIsNotNone(xdphost.asked(pair))
            xdphost.kill(first)
            self.assertTrue(os.path.exists(f"{xdphost.pins(pair)}/link"), "seen from outside too")
            with ptrd.Ptrd(self.image, "--xdp", pair.server.interface, prefix=prefix) as second:
                self.assertIn("adopted", second.log)
                self.assertIsNotNone(xdphost.asked(pair))
                os.kill(second.pid, signal.SIGTERM)
                second._process.wait(10)
            self.assertIsNone(xdphost.program_of(pair))
            self.assertFalse(os.path.exists(xdphost.pins(pair)))

    def test_root_beside_the_service(self):
        """A ptrd that root starts by hand cleans up in the folder that is the service's, without power over others' folders."""
        with PinsOfNobody(), xdphost.new_pair() as pair:
            with xdphost.server(pair, self.image):
                self.assertIsNotNone(xdphost.asked(pair))
            self.assertFalse(os.path.exists(xdphost.pins(pair)))

    def test_each_capability_is_needed(self):
        """Without any one of the unit's capabilities ptrd does not start: all are needed."""
        for name in settings()["CapabilityBoundingSet"][0].split():
            with PinsOfNobody(), xdphost.new_pair() as pair, self.subTest(without=name):
                result = ptrd.run(*pair.server.command_in_our_mounts(
                    *as_the_unit(without=name), ptrd.PTRD, "--image", self.image, "--xdp", pair.server.interface, "--socket", "127.0.0.1:53",
                    "--duration", "0.1"))
                self.assertEqual(result.returncode, 1, result.stderr)
                self.assertIn("ptrd: ", result.stderr)
                self.assertNotIn("setpriv", result.stderr)

    def test_restarts(self):
        """A crash, a time-out and the watchdog bring ptrd back; an error of its own, which it would have again, does not, nor
        does a verification that runs out of memory take it down (tests/e2e/test_crash.py has the exit statuses)."""
        self.assertEqual(settings()["Restart"], ["on-abnormal"])
        self.assertEqual(settings()["OOMPolicy"], ["continue"])

    def test_verify(self):
        """systemd accepts the unit without warnings, and rates it OK."""
        folder = ptrd.temporary_folder()
        unit = f"{folder}/ptrd.service"
        with open(UNIT) as file, open(unit, "w") as copy:
            copy.write(file.read().replace("/usr/bin/ptrd", ptrd.PTRD))
        result = ptrd.run("systemd-analyze", "verify", "--man=no", unit)
        self.assertEqual((result.returncode, result.stdout + result.stderr), (0, ""))
        os.mkdir(f"{unit}.d")
        for drop_in, limit in ((None, 2.5), ("dpdk.conf", 3.0)):
            if drop_in:
                shutil.copy(f"{DIST}/{drop_in}", f"{unit}.d/")
                self.assertEqual(ptrd.run("systemd-analyze", "verify", "--man=no", unit).returncode, 0)
            result = ptrd.run("systemd-analyze", "security", "--offline=true", "--no-pager", unit)
            exposure = float(re.search(r"Overall exposure level for ptrd.service: ([0-9.]+)", result.stdout)[1])
            self.assertLessEqual(exposure, limit, result.stdout)

    def test_users_and_folders(self):
        """sysusers makes the unit's user, and tmpfiles the folders that the unit writes to; both in a separate root."""
        root = ptrd.temporary_folder()
        os.mkdir(f"{root}/etc")
        result = ptrd.run("systemd-sysusers", f"--root={root}", f"{DIST}/sysusers.d/ptrd.conf")
        self.assertEqual(result.returncode, 0, result.stderr)
        with open(f"{root}/etc/passwd") as file:
            self.assertIn(f"{settings()['User'][0]}:x:", file.read())
        os.makedirs(f"{root}/sys/fs/bpf")
        result = ptrd.run("systemd-tmpfiles", "--create", f"--root={root}", f"{DIST}/tmpfiles.d/ptrd.conf")
        self.assertEqual(result.returncode, 0, result.stderr)
        with open(f"{root}/etc/passwd") as file:
            uid = int(next(line for line in file if line.startswith("ptrd:")).split(":")[2])
        for path in ("var/lib/ptrd", "run/ptrd", settings()["ReadWritePaths"][0].removeprefix("-/")):
            self.assertEqual(os.stat(f"{root}/{path}").st_uid, uid, path)
        self.assertEqual(os.stat(f"{root}/sys/fs/bpf").st_mode & 0o777, 0o711)


class NotifyTest(unittest.TestCase):
    """Notifications to the service manager."""

    def setUp(self):
        folder = ptrd.temporary_folder()
        self.image = dnscases.compile_all(folder)
        self.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.manager.close)
        self.manager.bind(f"{folder}/notify")
        self.manager.settimeout(20)
        self.environment = ["env", f"NOTIFY_SOCKET={folder}/notify"]

    def hear(self, wanted):
        """The next message that has `wanted`, as a dictionary; what comes before it may only be the watchdog's."""
        while True:
            message = dict(line.split("=", 1) for line in self.manager.recv(4096).decode().splitlines())
            if wanted in message:
                return message
            self.assertEqual(list(message), ["WATCHDOG"])

    def test_life(self):
        """READY once queries are answered, RELOADING and READY around a reload, good or bad, STOPPING at the end."""
        with ptrd.Ptrd(self.image, "--socket", "127.0.0.54:5397", prefix=self.environment) as server:
            self.assertIn("zones", self.hear("READY")["STATUS"])
            client = dnscases.Client("127.0.0.54", 5397)
            self.assertIsNotNone(client.ask(dnscases.query(xdphost.GOOD).to_wire(), 1.0))
            client.close()
            for spoil in (False, True):
                if spoil:
                    os.rename(self.image, f"{self.image}.away")
                before = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
                os.kill(server.pid, signal.SIGHUP)
                reloading = self.hear("RELOADING")
                self.assertGreaterEqual(int(reloading["MONOTONIC_USEC"]), before)
                self.assertIn(" 1 swap", self.hear("READY")["STATUS"])
            server.stop()
            self.hear("STOPPING")

    def test_watchdog(self):
        """The watchdog is told more than twice in its time, whether or not queries come; a hung ptrd is silent."""
        environment = [*self.environment, "WATCHDOG_USEC=2000000"]
        with ptrd.Ptrd(self.image, "--socket", "127.0.0.54:5397", prefix=environment) as server:
            self.hear("READY")
            heard = [time.monotonic()]
            while len(heard) < 5:
                self.hear("WATCHDOG")
                heard.append(time.monotonic())
            self.assertLess(max(later - sooner for sooner, later in zip(heard, heard[1:])), 1.0)
            os.kill(server.pid, signal.SIGSTOP)
            time.sleep(0.1)
            self.manager.settimeout(1.5)
            with self.assertRaises(TimeoutError):
                while True:
                    self.hear("WATCHDOG")
            os.kill(server.pid, signal.SIGCONT)


if __name__ == "__main__":
    unittest.main()
