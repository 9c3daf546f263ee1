# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
# Prevents the services of newly installed packages from starting, now and at the next boot; existing services are not
# affected. Also works without systemd.
# shellcheck shell=bash
# Sourced, never run. Call services_hold, then install, then services_release, even if the installation failed.

readonly policy=/usr/sbin/policy-rc.d # what invoke-rc.d(8) and deb-systemd-invoke ask
readonly policy_mark='# Created by ptrd'"'"'s tools/setup for the duration of an installation.'
services_before=() # packages that are already installed

installed_packages() { dpkg-query -W -f '${db:Status-Status} ${Package}\n' | sed -n 's/^installed //p' | sort -u; }

# Units and init scripts of a package: one name per line, without ".service".
services_of() {
  dpkg-query -L "$1" 2>/dev/null | sed -n -E \
    -e 's,^(/usr)?/lib/systemd/system/([^/]+\.(service|socket|timer|path))$,\2,p' -e 's,^/etc/init\.d/([^/]+)$,\1,p'
}

services_hold() {
  local known
  mapfile -t services_before < <(installed_packages)
  # A policy of the machine itself is kept; services that it allows to start are stopped by services_release.
  if [[ -e $policy ]] && ! grep -qF "$policy_mark" "$policy"; then return; fi
  known=$(find /etc/init.d /lib/systemd/system /usr/lib/systemd/system /etc/systemd/system -maxdepth 1 -printf '%f\n' 2>/dev/null |
    sed 's/\.service$//' | sort -u | tr '\n' ' ')
  # 104: allowed; 101: forbidden.
  cat >"$policy.new" <<END
#!/bin/sh
$policy_mark
# Existing services may be restarted.
case " $known " in
  *" \${1%.service} "*) exit 104 ;;
esac
exit 101
END
  chmod 755 "$policy.new"
  mv "$policy.new" "$policy"
}

# Prints the names of the packages whose services were prevented from starting.
services_release() {
  local package name of
  if [[ -e $policy ]] && grep -qF "$policy_mark" "$policy"; then rm -f "$policy"; fi
  while read -r package; do
    # Leave the units of the init system itself alone.
    of=$(dpkg-query -W -f '${source:Package}' "$package")
    [[ $of != systemd && $of != sysvinit && $of != init-system-helpers ]] || continue
    of=$(services_of "$package")
    [[ -n $of ]] || continue
    while read -r name; do
      if [[ -e /etc/init.d/$name ]]; then
        update-rc.d "$name" disable >/dev/null 2>&1 || true
      fi
      if [[ $name == *.* ]]; then
        # Also works without a running systemd; without this variable it exits at once, as it is meant for package scripts.
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
