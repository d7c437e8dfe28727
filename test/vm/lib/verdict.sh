# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# What the guest wrote on its verdict port: a line `start`, then a line `exit N`, and nothing else.

# read_verdict FILE: sets verdict to booting, started, finished or malformed, and
# verdict_status when finished.
# A last line without its newline is one that is still being written.
read_verdict() {
  local lines line
  verdict=booting verdict_status=
  mapfile lines <"$1"
  for line in "${lines[@]}"; do
    [[ $line == *$'\n' ]] || return 0
    line=${line%$'\n'}
    case $verdict:$line in
      booting:start) verdict=started ;;
      started:exit\ *)
        verdict_status=${line#exit }
        if [[ $verdict_status =~ ^(0|[1-9][0-9]{0,2})$ ]] && ((verdict_status <= 255)); then
          verdict=finished
        else
          verdict=malformed
          return 0
        fi
        ;;
      *)
        verdict=malformed
        return 0
        ;;
    esac
  done
}
