# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
# Keeps the services of newly installed packages from starting, now and at the next boot; those that were there before go on as
# they are. Works without systemd too.
# shellcheck shell=bash
# Sourced, never run. services_hold, then the installation, then services_release, whatever came of it.

readonly policy=/usr/sbin/policy-rc.d # what invoke-rc.d(8) and deb-systemd-invoke ask
readonly policy_mark='# Made by ptrd'"'"'s tools/setup for the time of an installation.'
services_before=() # packages that are installed already

installed_packages() { dpkg-query -W -f '${db:Status-Status} ${Package}\n' | sed -n 's/^installed //p' | sort -u; }

# Units and init scripts of a package: one name a line, without ".service".
services_of() {
  dpkg-query -L "$1" 2>/dev/null | sed -n -E \
    -e 's,^(/usr)?/lib/systemd/system/([^/]+\.(service|socket|timer|path))$,\2,p' -e 's,^/etc/init\.d/([^/]+)$,\1,p'
}

services_hold() {
  local known
  mapfile -t services_before < <(installed_packages)
  # Where the machine has a policy of its own, that one stays; what it lets start is stopped by services_release.
  if [[ -e $policy ]] && ! grep -qF "$policy_mark" "$policy"; then return; fi
  known=$(find /etc/init.d /lib/systemd/system /usr/lib/systemd/system /etc/systemd/system -maxdepth 1 -printf '%f\n' 2>/dev/null |
    sed 's/\.service$//' | sort -u | tr '\n' ' ')
  # 104: go on; 101: do nothing.
  cat >"$policy.new" <<END
#!/bin/sh
$policy_mark
# Services that were there before may be restarted.
case " $known " in
  *" \${1%.service} "*) exit 104 ;;
esac
exit 101
END
  chmod 755 "$policy.new"
  mv "$policy.new" "$policy"
}

# Prints the names of the packages whose services it has kept off.
services_release() {
  local package name of
  if [[ -e $policy ]] && grep -qF "$policy_mark" "$policy"; then rm -f "$policy"; fi
  while read -r package; do
    # The init system's own units are the machine's.
    of=$(dpkg-query -W -f '${source:Package}' "$package")
    [[ $of != systemd && $of != sysvinit && $of != init-system-helpers ]] || continue
    of=$(services_of "$package")
    [[ -n $of ]] || continue
    while read -r name; do
      if [[ -e /etc/init.d/$name ]]; then
        update-rc.d "$name" disable >/dev/null 2>&1 || true
      fi
      if [[ $name == *.* ]]; then
        # It also works where systemd does not run; without this it ends at once, as it is for packages' scripts.
        DPKG_MAINTSCRIPT_PACKAGE=$package deb-systemd-helper disable "$name" >/dev/null 2>&1 || true
        if [[ -d /run/systemd/system ]]; then systemctl stop "$name" >/dev/null 2>&1 || true; fi
      elif [[ ! -d /run/systemd/system ]]; then
        "/etc/init.d/$name" stop >/dev/null 2>&1 || true
      fi
    done <<<"$of"
    printf '%s\n' "$package"
  done < <(comm -13 <(printf '%s\n' "${services_before[@]}") <(installed_packages))
  if [[ -d /run/systemd/system ]]; then systemctl daemon-reload >/dev/null 2>&1 || true; fi
}
