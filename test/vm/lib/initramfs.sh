# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# The initramfs of one run: busybox, the early modules, the two stages and what they are to do.

# write_initramfs KERNEL_DIR TREE OUT; what TREE/harness already holds stays.
write_initramfs() {
  local kernel=$1 tree=$2 out=$3
  mkdir -p -- "$tree"/{bin,dev,proc,sys,early,harness}
  cp -- "$(command -v busybox)" "$tree/bin/busybox"
  cp -- "$kernel"/early/* "$tree/early/"
  # shellcheck disable=SC2154  # common.sh's
  cp -- "$vm_dir/lib/stage1" "$tree/init"
  cp -- "$vm_dir/lib/stage2" "$tree/harness/stage2"
  chmod 755 -- "$tree/init"
  printf '%s\n' "$kernel" >"$tree/harness/kernel.dir"
  (cd -- "$tree" && find . | busybox cpio -o -H newc -R 0:0 >"$out" 2>/dev/null)
}
