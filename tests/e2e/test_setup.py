#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""tools/lib/services.sh, which tools/setup keeps services off with: small packages with a service each, installed by dpkg into a copy of
this machine's root (an overlay), the way that Debian's own are."""

import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import leftovers
import ptrd

# What debhelper writes for a package with a unit and an init script.
POSTINST = """#!/bin/sh
set -e
if deb-systemd-helper --quiet was-enabled NAME.service; then deb-systemd-helper enable NAME.service >/dev/null; fi
update-rc.d NAME defaults >/dev/null
if [ -n "$2" ]; then action=restart; else action=start; fi
invoke-rc.d --skip-systemd-native NAME $action || true
"""
INIT = """#!/bin/sh
### BEGIN INIT INFO
# Provides: NAME
# Required-Start:
# Required-Stop:
# Default-Start: 2 3 4 5
# Default-Stop: 0 1 6
### END INIT INFO
echo "NAME $1" >>/actions
"""
UNIT = "[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n"
# The mounts end with it.
ENTER = """
mount -t tmpfs tmpfs "$1" && mkdir "$1/upper" "$1/work" "$1/root" &&
mount -t overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" overlay "$1/root" && mount --bind /dev "$1/root/dev" &&
mount -t proc proc "$1/root/proc" && rm -f "$1/root/usr/sbin/policy-rc.d" && cp -r "$2" "$1/root/packages" || exit 77
exec chroot "$1/root" /bin/bash -euc "$3"
"""
INSIDE = """
. /packages/common.sh; . /packages/services.sh
steps() { dpkg --force-depends -i "$@" >/dev/null; }
before
services_hold
during
services_release | sed 's/^/kept off: /'
after
cat /actions | sed 's/^/did: /'
for name in ptrd-test-old ptrd-test-new; do
  for link in /etc/systemd/system/multi-user.target.wants/$name.service /etc/rc2.d/S[0-9][0-9]$name; do
    [[ ! -L $link ]] || echo "enabled: $link"
  done
done
[[ ! -e /usr/sbin/policy-rc.d ]] || cat /usr/sbin/policy-rc.d
"""


class ServicesTest(unittest.TestCase):
    def setUp(self):
        self.folder = ptrd.temporary_folder()
        self.packages = f"{self.folder}/packages"
        os.mkdir(self.packages)
        for script in ("common.sh", "services.sh"):
            subprocess.run(["cp", f"{ptrd.ROOT}/tools/lib/{script}", self.packages], check=True)
        for name, versions in (("ptrd-test-old", "12"), ("ptrd-test-new", "1")):
            for version in versions:
                self.build(name, version)

    def build(self, name, version):
        tree = f"{self.folder}/{name}-{version}"
        for path, text, mode in (
                ("DEBIAN/control", f"Package: {name}\nVersion: {version}\nArchitecture: all\nMaintainer: nobody <nobody@example.net>\n"
                                   "Description: a service\n", 0o644),
                ("DEBIAN/postinst", POSTINST, 0o755), (f"etc/init.d/{name}", INIT, 0o755),
                (f"lib/systemd/system/{name}.service", UNIT, 0o644)):
            os.makedirs(os.path.dirname(f"{tree}/{path}"), exist_ok=True)
            with open(f"{tree}/{path}", "w") as file:
                file.write(text.replace("NAME", name))
            os.chmod(f"{tree}/{path}", mode)
        subprocess.run(["dpkg-deb", "--build", "--root-owner-group", tree, f"{self.packages}/{name}-{version}.deb"], check=True,
                       capture_output=True)

    def run_with(self, before, during, after="true"):
        """Runs commands before, during and after the time that services are held; returns the lines of the result, by their first word."""
        place = f"{self.folder}/place"
        os.makedirs(place, exist_ok=True)
        script = f"before() {{ {before}; }}; during() {{ {during}; }}; after() {{ {after}; }}\n{INSIDE}"
        result = subprocess.run(["unshare", "--mount", "sh", "-c", ENTER, "sh", place, self.packages, script], capture_output=True,
                                text=True, check=False, timeout=60, preexec_fn=leftovers.die_with_parent)
        if result.returncode == 77:
            self.skipTest(f"no overlay of this machine's root: {result.stderr.strip()}")
        self.assertEqual(result.returncode, 0, result)
        told = {}
        for line in result.stdout.splitlines():
            word, _, rest = line.partition(": ")
            told.setdefault(word, []).append(rest)
        return told

    def test_new_is_kept_off(self):
        """A package's service that comes in between is neither started nor enabled; an existing one continues, also when it is upgraded."""
        told = self.run_with("steps /packages/ptrd-test-old-1.deb", "steps /packages/ptrd-test-new-1.deb /packages/ptrd-test-old-2.deb")
        self.assertEqual(told["kept off"], ["ptrd-test-new"])
        self.assertEqual(told["did"][-2:], ["ptrd-test-old restart", "ptrd-test-new stop"])
        self.assertNotIn("ptrd-test-new start", told["did"])
        self.assertEqual(len(told["enabled"]), 2, told)
        self.assertTrue(all("ptrd-test-old" in link for link in told["enabled"]), told)
        self.assertEqual(set(told), {"kept off", "did", "enabled"}, "no policy is left behind")

    def test_it_stays_off(self):
        """Installed again, outside setup, it is not enabled."""
        install = "steps /packages/ptrd-test-new-1.deb"
        self.assertNotIn("enabled", self.run_with("true", install, install))

    def test_own_policy_stays(self):
        """If the machine has its own policy, that one stays; services that it allowed to start are stopped and not enabled."""
        policy = "printf '#!/bin/sh\\n# mine: yes\\nexit 0\\n' >/usr/sbin/policy-rc.d; chmod 755 /usr/sbin/policy-rc.d"
        told = self.run_with(policy, "steps /packages/ptrd-test-new-1.deb")
        self.assertEqual(told["did"], ["ptrd-test-new start", "ptrd-test-new stop"])
        self.assertNotIn("enabled", told)
        self.assertEqual(told["# mine"], ["yes"])


if __name__ == "__main__":
    unittest.main()
