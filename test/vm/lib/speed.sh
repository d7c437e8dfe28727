# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# How fast this machine is. Limits are for an idle one; they are multiplied by this.

# Prints how many times slower than an idle machine of two cores this one is at the moment: a whole number, at least 1.
slowness() {
  local begun=${EPOCHREALTIME/[^0-9]/} n
  for ((n = 0; n < 100; n++)); do /bin/true; done
  # An idle machine takes 0.15 s, which no test depends on: only what is a multiple of that counts.
  echo $(((${EPOCHREALTIME/[^0-9]/} - begun) / 300000 + 1))
}
