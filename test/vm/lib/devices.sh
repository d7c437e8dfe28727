# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# The machine, a device a function: each adds its arguments for QEMU and for the kernel.
# shellcheck disable=SC2034  # both arrays are run's

qemu_args=()
kernel_args=()

# Nothing that was not asked for: no display, no network card, no floppy.
# /dev/kvm may exist and hang; TCG is there everywhere and behaves the same.
# One host thread for all processors: QEMU 7.2, with a thread each, may translate code that another
# processor is patching, and keep running the breakpoint that ftrace had there for a moment.
device_machine() {  # SMP MEMORY CPU THREADS
  qemu_args+=(-nodefaults -no-user-config -display none -no-reboot)
  # A socket each: the table that a guest with acpi=off reads has the first processor of a socket only.
  qemu_args+=(-machine pc -accel "tcg,thread=$4" -cpu "$3" -smp "$1,sockets=$1" -m "$2")
  # A panic resets at once, and -no-reboot makes the reset QEMU's end. An oops is a failure
  # whatever follows it: it ends the run too, while its text is on the console.
  kernel_args+=(panic=-1 oops=panic mitigations=off cryptomgr.notests)
  # A cache of its own for each kmem_cache: one that a module destroys with objects left is then seen.
  kernel_args+=(slab_nomerge)
}

# The guest's clock counts instructions: numbers that repeat. Needs one CPU.
device_icount() {
  qemu_args+=(-icount "shift=0,sleep=off")
}

# Only what is a warning or worse, and all of a panic: a byte to a UART is a trap under TCG.
# The whole log takes the klog port.
device_console() {  # FILE
  qemu_args+=(-chardev "file,id=console,path=$1" -serial chardev:console)
  kernel_args+=(console=ttyS0 loglevel=5 log_buf_len=4M printk.devkmsg=on)
}

device_root() {
  # remap: inode numbers stay unique when the host's root spans file systems.
  qemu_args+=(-fsdev "local,id=host,path=/,security_model=none,readonly=on,multidevs=remap")
  qemu_args+=(-device "virtio-9p-pci,fsdev=host,mount_tag=host")
}

device_share() {  # N DIR
  qemu_args+=(-fsdev "local,id=share$1,path=${2//,/,,},security_model=none,multidevs=remap")
  qemu_args+=(-device "virtio-9p-pci,fsdev=share$1,mount_tag=share$1")
}

# Ports carry bytes as they are, a tty would not. Files on the host's side: QEMU never waits for a
# reader, so that nothing is in flight when the guest resets.
device_ports() {  # DIR
  local name
  qemu_args+=(-device virtio-serial-pci)
  for name in verdict output klog; do
    qemu_args+=(-chardev "file,id=$name,path=$1/$name")
    qemu_args+=(-device "virtserialport,chardev=$name,name=lkm-traffic.$name")
  done
}

# Without it getrandom() waits for a second's jitter.
device_random() {
  qemu_args+=(-object "rng-random,id=rng,filename=/dev/urandom" -device "virtio-rng-pci,rng=rng")
  kernel_args+=(random.trust_cpu=on)
}
