# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Work beside other work of a script, which is sourced. A job that a script puts into the background ignores Ctrl-C, and
# so does all that it starts: a lane is a process group of its own, and ends with the script, however that ends.
lanes=()

# lane COMMAND ARGUMENT…: begins it; `wait "${lanes[-1]}"` gives its status.
lane() {
  set -m
  "$@" &
  set +m
  lanes+=("$!")
}

end_lanes() {
  ((${#lanes[@]})) || return 0
  kill -TERM -- "${lanes[@]/#/-}" 2>/dev/null || true
  wait || true
}
trap end_lanes EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP
