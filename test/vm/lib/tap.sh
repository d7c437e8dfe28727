# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Test Anything Protocol, as much as a shell script needs.

tap_passed=0 tap_failed=0

# is GOT EXPECTED NAME [FILE]: the end of FILE explains a failure.
is() {
  if [[ $1 == "$2" ]]; then
    tap_pass "$3"
  else
    tap_fail "$3" "got:      $1" "expected: $2" "$(tail -n 40 -- "${4:-/dev/null}")"
  fi
}

# like GOT REGEX NAME
like() {
  if [[ $1 =~ $2 ]]; then
    tap_pass "$3"
  else
    tap_fail "$3" "got:      $1" "expected: $2"
  fi
}

tap_pass() {
  tap_passed=$((tap_passed + 1))
  printf 'ok %d - %s\n' "$((tap_passed + tap_failed))" "$1"
}

tap_fail() {
  tap_failed=$((tap_failed + 1))
  printf 'not ok %d - %s\n' "$((tap_passed + tap_failed))" "$1"
  shift
  printf '%s\n' "$@" | sed 's/^/#   /'
}

# The plan last: a script that died before has none, and that is a failure too.
tap_done() {
  printf '1..%d\n' "$((tap_passed + tap_failed))"
  printf '%d passed, %d failed\n' "$tap_passed" "$tap_failed"
  ((tap_failed == 0))
}
