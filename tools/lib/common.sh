# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
# What the scripts in tools/ share; sourced, never run.
# shellcheck shell=bash

# One line that says what, where and how to mend; then the end.
die() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# Also false for a process that has ended and was not waited for yet.
running() { [[ -r /proc/$1/stat && $(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null) != Z* ]]; }

say() { printf '%s\n' "$*"; }

# Starts the script anew as root where it is not. Needs $self, the script's full path; arguments: those of the script.
become_root() {
  [[ $EUID -eq 0 ]] && return
  command -v sudo >/dev/null || die "needs root, and there is no sudo here: run it as root"
  # sudo empties the environment; these are the ones that the scripts heed.
  exec sudo -- env ${PTRD_BUILD:+PTRD_BUILD="$PTRD_BUILD"} ${CI:+CI="$CI"} "$self" "$@"
}
