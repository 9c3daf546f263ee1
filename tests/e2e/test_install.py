#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""The files of `meson install`, the manual, and shell completion."""

import glob
import os
import re
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import dnscases
import ptrd

DIST = os.path.join(ptrd.ROOT, "tools", "dist")
MAN = os.path.join(ptrd.ROOT, "tools", "man")
PROGRAMS = {"ptrd": "8", "ptrzone": "1", "ptrctl": "8", "ptrload": "1", "rdns": "1"}


def program(name):
    return os.path.join(ptrd.BUILD, "tools", name)


def built():
    return [name for name in PROGRAMS if os.path.exists(program(name))]


def help_of(name):
    """The output of --help, including that of all subcommands."""
    text = ptrd.run(program(name), "--help").stdout
    commands = text.partition("Subcommands:")[2]
    for command in re.findall(r"^  (\S+)", commands, re.MULTILINE):
        text += ptrd.run(program(name), command, "--help").stdout
    return text


def options_in(text):
    return set(re.findall(r"(?<![\w-])--[a-z][a-z0-9-]*", text))


def defined_options(name):
    """The options at the start of lines of --help."""
    lines = re.findall(r"^ +((?:-\w,)?--[a-z][a-z0-9-]*.*)$", help_of(name), re.MULTILINE)
    return {option for line in lines for option in re.findall(r"^(?:-\w,)?(--[a-z][a-z0-9-]*)", line)}


class InstallTest(unittest.TestCase):
    def install(self, destination):
        result = ptrd.run("meson", "install", "-C", ptrd.BUILD, "--no-rebuild", "--destdir", destination)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_places(self):
        """Programs, BPF object, unit, user, folders, manual, completion and configuration are all installed."""
        destination = ptrd.temporary_folder()
        self.install(destination)
        prefix = f"{destination}/usr/local"
        wanted = [f"{prefix}/bin/{name}" for name in built()]
        wanted += [f"{prefix}/share/man/man{section}/{name}.{section}" for name, section in PROGRAMS.items()]
        wanted += [f"{prefix}/share/bash-completion/completions/{name}" for name in PROGRAMS]
        wanted += [f"{prefix}/{path}" for path in (
            "share/man/man5/ptrd.yaml.5", "share/ptrd/dpdk.conf", "share/ptrd/lint.patterns", "lib/systemd/system/ptrd.service",
            "lib/sysusers.d/ptrd.conf", "lib/tmpfiles.d/ptrd.conf")]
        for bpf in ("dns_filter.bpf.o", "load.bpf.o"):
            # Meson's libdir: lib, lib64 or lib/x86_64-linux-gnu, by what the machine has.
            wanted += glob.glob(f"{prefix}/lib*/**/ptrd/bpf/{bpf}", recursive=True) or [f"{prefix}/lib/ptrd/bpf/{bpf}"]
        if os.path.exists(f"{DIST}/ptrd.yaml"):
            wanted.append(f"{destination}/etc/ptrd/ptrd.yaml")
        for path in wanted:
            self.assertTrue(os.path.isfile(path), path)
            self.assertTrue(os.stat(path).st_mode & 0o004, f"{path} is for all to read")
        here = {os.path.basename(path) for path in glob.glob(f"{destination}/**", recursive=True)}
        for path in glob.glob(f"{DIST}/*.*"):
            if os.path.isfile(path) and not path.endswith(".build"):
                self.assertIn(os.path.basename(path), here, "each file of tools/dist is for somebody")
        with open(f"{prefix}/lib/systemd/system/ptrd.service") as file:
            for start in re.findall(r"^Exec(?:Start|StartPre)=(\S+)", file.read(), re.MULTILINE):
                self.assertTrue(os.access(destination + start, os.X_OK), f"{start} is where the unit says")

    @unittest.skipUnless(os.path.exists(f"{DIST}/ptrd.yaml"), "there is no configuration file yet")
    def test_configuration_stays(self):
        """An install keeps the operator's configuration."""
        destination = ptrd.temporary_folder()
        os.makedirs(f"{destination}/etc/ptrd")
        with open(f"{destination}/etc/ptrd/ptrd.yaml", "w") as file:
            file.write("# mine\n")
        self.install(destination)
        with open(f"{destination}/etc/ptrd/ptrd.yaml") as file:
            self.assertEqual(file.read(), "# mine\n")


class ManualTest(unittest.TestCase):
    def page(self, name, section):
        """The page as a reader sees it, one paragraph a line."""
        path = os.path.join(ptrd.BUILD, "tools", "man", f"{name}.{section}")
        result = ptrd.run("groff", "-man", "-Tutf8", "-P-cbou", "-t", "-rLL=1000n", "-ww", path)
        self.assertEqual((result.returncode, result.stderr), (0, ""), "groff has nothing to complain about")
        return result.stdout

    def test_options(self):
        """Every option of --help has an entry in the manual, and every entry is an option."""
        for name in built():
            with self.subTest(name):
                page = self.page(name, PROGRAMS[name])
                entries = {option for line in re.findall(r"^ {5,}(--?\w.*)$", page, re.MULTILINE)
                           for option in options_in(line) if re.match(r" *(-\w, )?" + option + r"( [A-Za-z_:|]+)?$", line.strip())}
                wanted = defined_options(name)
                self.assertGreaterEqual(len(wanted), 3)
                self.assertEqual(entries, wanted)

    def test_commands(self):
        """Every subcommand has an entry."""
        for name in built():
            for command in re.findall(r"^  (\S+)", help_of(name).partition("Subcommands:")[2].split("\nUsage")[0], re.MULTILINE):
                self.assertTrue(re.search(rf"(?m)^ +{command}$", self.page(name, PROGRAMS[name])), command)

    def test_sections(self):
        """Every page has the important sections: exit statuses, files, examples; ptrd's also signals and how to remove the program."""
        for name, section in (*PROGRAMS.items(), ("ptrd.yaml", "5")):
            page = self.page(name, section)
            for heading in ("NAME", "DESCRIPTION", "EXAMPLES", "SEE ALSO", *(("EXIT STATUS", ) if section != "5" else ("KEYS", ))):
                self.assertTrue(re.search(rf"(?m)^{heading}$", page), (name, heading))
        page = self.page("ptrd", "8")
        for text in ("SIGHUP", "SIGTERM", "rm -r /sys/fs/bpf/ptrd/IFACE", "CAP_BPF", "WatchdogSec="):
            self.assertIn(text, page)

    def test_counters(self):
        """Every counter of --stats-json is explained, whichever port it comes from."""
        page = self.page("ptrd", "8")
        image = dnscases.compile_all(ptrd.temporary_folder())
        seen = set()
        for port in (["--socket", "127.0.0.55:5396"], ["--dpdk", "net_null0", "--exception", "ptrdman0"]):
            with ptrd.Ptrd(image, *port) as server:
                for section, counters in server.stop().items():
                    seen.add(section)
                    for counter, value in counters.items() if isinstance(counters, dict) else ():
                        seen |= {f"{counter}.{part}" for part in value} if isinstance(value, dict) else {counter}
        self.assertGreater(len(seen), 30)
        with open(os.path.join(ptrd.ROOT, "src", "port", "xdp", "kernel_counters.cpp")) as file:
            kernel = re.search(r"kCounterNames = \{([^}]*)\}", file.read())[1]
        seen |= set(re.findall(r'"([a-z_.]+)"', kernel)) | {"lost_no_buffer", "lost_ring_full"}
        for counter in sorted(seen):
            self.assertTrue(re.search(rf"(?<![\w.]){re.escape(counter)}(?!\w)", page), counter)


def completion(name):
    """The file with the completion of a program; the build makes ptrd's."""
    folder = os.path.join(ptrd.BUILD, "tools", "dist") if name == "ptrd" else DIST
    return os.path.join(folder, "completion", name)


class CompletionTest(unittest.TestCase):
    def complete(self, *words, folder="/"):
        """The completions for the last word."""
        script = 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _"${1##*/}"; printf "%s\\n" "${COMPREPLY[@]}"'
        result = ptrd.run("bash", "--norc", "-uc", script, "bash", completion(os.path.basename(words[0])), *words, cwd=folder)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        return sorted(result.stdout.split())

    def test_options(self):
        """Every option of --help is offered, of each subcommand too, and nothing else."""
        for name in built():
            if name in ("ptrd", "ptrload"):
                offered = set(self.complete(name, "--"))
                self.assertEqual(offered, defined_options(name))
            text = ptrd.run(program(name), "--help").stdout
            for command in re.findall(r"^  (\S+)", text.partition("Subcommands:")[2], re.MULTILINE):
                self.assertIn(command, self.complete(name, ""))
                help_text = ptrd.run(program(name), command, "--help").stdout
                wanted = set(re.findall(r"^ +(?:-\w,)?(--[a-z0-9-]+)", help_text, re.MULTILINE))
                self.assertEqual(set(self.complete(name, command, "--")), wanted, (name, command))

    def test_ptrd(self):
        """Interfaces, words and files of the right kind are offered."""
        self.assertIn("lo", self.complete("ptrd", "--xdp", ""))
        self.assertEqual(self.complete("ptrd", "--kernel-answers", "f"), ["fallback", "first"])
        self.assertEqual(self.complete("ptrd", "--log-level", "w"), ["warning"])
        self.assertEqual(self.complete("ptrd", "--exception", ""), ["off"])
        self.assertEqual(self.complete("ptrd", "--keep", "--log"), ["--log-level"])
        self.assertEqual(self.complete("ptrd", "--duration", ""), [])
        folder = ptrd.temporary_folder()
        for file in ("a.ptri", "a b.ptri", "ptrd.yaml", "x.zone"):
            open(f"{folder}/{file}", "w").close()
        self.assertEqual(self.complete("ptrd", "--image", "", folder=folder), ["a", "a.ptri", "b.ptri"], "a blank is kept")
        self.assertEqual(self.complete("ptrd", "-c", "", folder=folder), ["ptrd.yaml"])

    def test_ptrzone(self):
        """Commands, images, and the zones of an image."""
        self.assertEqual(self.complete("ptrzone", "c"), ["check", "compile"])
        self.assertEqual(self.complete("ptrzone", "compile", "--s"), ["--strict"])
        folder = ptrd.temporary_folder()
        image = dnscases.compile_all(folder)
        self.assertEqual(self.complete("ptrzone", "lookup", "", folder=folder), ["all.ptri"])
        self.assertIn("2.0.192.in-addr.arpa.", self.complete(ptrd.PTRZONE, "dump", image, "2.0"))
        self.assertEqual(self.complete("ptrzone", "lookup", image, "192.0.2.1", "PT"), ["PTR"])

    def test_ptrctl(self):
        """Commands behind the socket, and what each takes."""
        self.assertEqual(self.complete("ptrctl", "r"), ["reload", "rollback"])
        self.assertEqual(self.complete("ptrctl", "-s", "/run/x", "st"), ["stats", "status"])
        self.assertEqual(self.complete("ptrctl", "log", "d"), ["debug"])
        self.assertEqual(self.complete("ptrctl", "a"), ["apply"])
        self.assertEqual(self.complete("ptrctl", "apply", "--serial", "d"), ["dateserial"])
        self.assertEqual(self.complete("ptrctl", "change", "example", "re"), ["remove", "replace"])
        self.assertEqual(self.complete("ptrctl", "-s", "/run/x", "reload", "--f"), ["--force"])
        self.assertEqual(self.complete("ptrd", "--max-lost-z"), ["--max-lost-zones"])

    def test_rdns(self):
        """Commands, words of options, and files."""
        self.assertEqual(self.complete("rdns", "z"), ["zonefile", "zones"])
        self.assertEqual(self.complete("rdns", "zones", "--style", "r"), ["rfc4183"])
        self.assertEqual(self.complete("rdns", "zonefile", "--apex", ""), [])
        folder = ptrd.temporary_folder()
        open(f"{folder}/ripe.db.domain.gz", "w").close()
        self.assertEqual(self.complete("rdns", "policy", "--inetnums", "r", folder=folder), ["ripe.db.domain.gz"])
        self.assertEqual(self.complete("rdns", "objects", "r", folder=folder), ["ripe.db.domain.gz"])

    def test_sourced(self):
        """Each file ties its program to its function."""
        for name in PROGRAMS:
            result = ptrd.run("bash", "--norc", "-c", f'source {completion(name)} && complete -p {name}')
            self.assertEqual(result.stdout.strip(), f"complete -F _{name} {name}")


if __name__ == "__main__":
    unittest.main()
