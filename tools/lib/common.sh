# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
# Shared by the scripts in tools/; sourced, never run.
# shellcheck shell=bash

# Prints one line that says what is wrong, where, and how to fix it; exits.
die() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# Also false for a zombie.
running() { [[ -r /proc/$1/stat && $(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null) != Z* ]]; }

say() { printf '%s\n' "$*"; }

# Restarts the script as root if it is not. Needs $self, the script's full path; arguments: those of the script.
become_root() {
  [[ $EUID -eq 0 ]] && return
  command -v sudo >/dev/null || die "needs root, and sudo is not installed; run it as root"
  # sudo clears the environment; the scripts use these variables.
  exec sudo -- env ${PTRD_BUILD:+PTRD_BUILD="$PTRD_BUILD"} ${CI:+CI="$CI"} "$self" "$@"
}
