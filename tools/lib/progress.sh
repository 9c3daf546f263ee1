# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
# Says how far long commands are: one line that is overwritten on a terminal, elsewhere a plain line every few seconds.
# shellcheck shell=bash
# Sourced, never run; needs common.sh.

readonly progress_seconds=5 # between two plain lines
child=''                    # the process that is waited for
steps=0 steps_total=0       # headings so far, and in all; the script sets the second

step() {
  steps=$((steps + 1))
  say "== $steps of $steps_total: $*"
}

# Runs a command so that a signal to this script is seen at once, and ends it then (end_child, from the EXIT trap).
attend() {
  local status=0
  "$@" &
  child=$!
  wait "$child" || status=$?
  child=''
  return "$status"
}

# Waits for the process `child`, and says meanwhile what the command given prints.
follow() {
  local status=0 told=$SECONDS
  while running "$child"; do
    if [[ -t 1 ]]; then
      printf '\r\033[K%.*s' "$(($(tput cols 2>/dev/null || echo 80) - 1))" "$("$@")"
    elif ((SECONDS - told >= progress_seconds)); then
      told=$SECONDS
      say "$("$@")"
    fi
    sleep 0.3 || true
  done
  [[ ! -t 1 ]] || printf '\r\033[K'
  wait "$child" || status=$?
  child=''
  return "$status"
}

end_child() {
  [[ -n $child ]] || return 0
  kill -TERM "$child" 2>/dev/null || true
  wait "$child" 2>/dev/null || true
  child=''
}

# Builds targets of a folder, all of them without a name. What ninja says goes to the file $2, for whoever has to tell of a failure.
# Arguments: folder, log, targets.
ninja_in() {
  local -r folder=$1 log=$2 began=$SECONDS
  shift 2
  NINJA_STATUS='[%f/%t] ' ninja -C "$folder" "$@" >"$log" 2>&1 &
  child=$!
  follow ninja_says "$log" "$began"
}

# The last step that ninja has done, as a line.
ninja_says() {
  local -r last=$(grep -a '^\[' "$1" | tail -n 1)
  if [[ $last =~ ^\[([0-9]+)/([0-9]+)\]\ (.*) ]]; then
    say "   ${BASH_REMATCH[1]} of ${BASH_REMATCH[2]} steps, $((SECONDS - $2)) s: ${BASH_REMATCH[3]}"
  else
    say "   starting"
  fi
}
