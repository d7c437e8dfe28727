# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# What every command of the harness shares: where things are, and how it speaks.

vm_dir=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
# shellcheck disable=SC2034  # read by the commands
repo_dir=$(cd -- "$vm_dir/../.." && pwd -P)
# shellcheck disable=SC2034
cache_dir=${LKM_TRAFFIC_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/lkm-traffic}/vm

# Messages go to stderr: stdout belongs to the guest's command.
say() { printf 'test/vm/%s: %s\n' "${0##*/}" "$*" >&2; }
die() { say "$@"; exit "${fault_harness:-1}"; }

as_root() {
  if ((EUID == 0)); then
    "$@"
  else
    command -v sudo >/dev/null || die "need root to run: $* (no sudo here: run it yourself as root)"
    sudo "$@"
  fi
}
