# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
# Shows the progress of long commands: one line that is overwritten on a terminal, otherwise a plain line every few seconds.
# shellcheck shell=bash
# Sourced, never run; needs common.sh.

readonly progress_seconds=5 # between two plain lines
child=''                    # the process to wait for
steps=0 steps_total=0       # steps so far, and in total; the script sets the second

step() {
  steps=$((steps + 1))
  say "== $steps of $steps_total: $*"
}

# Runs a command so that this script handles a signal at once, and then stops the command (end_child, from the EXIT trap).
attend() {
  local status=0
  "$@" &
  child=$!
  wait "$child" || status=$?
  child=''
  return "$status"
}

# Waits for the process `child`; meanwhile shows what the given command prints.
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

# Builds targets of a folder, by default all. The output of ninja goes to the file $2, to be shown on failure.
# Arguments: folder, log, targets.
ninja_in() {
  local -r folder=$1 log=$2 began=$SECONDS
  shift 2
  NINJA_STATUS='[%f/%t] ' ninja -C "$folder" "$@" >"$log" 2>&1 &
  child=$!
  follow ninja_says "$log" "$began"
}

# The last step that ninja completed, as a line.
ninja_says() {
  local -r last=$(grep -a '^\[' "$1" | tail -n 1)
  if [[ $last =~ ^\[([0-9]+)/([0-9]+)\]\ (.*) ]]; then
    say "   ${BASH_REMATCH[1]} of ${BASH_REMATCH[2]} steps, $((SECONDS - $2)) s: ${BASH_REMATCH[3]}"
  else
    say "   starting"
  fi
}
