# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# From Debian packages to a directory that the host can build against and the guest can boot.

# Empty when apt does not know it, which apt-cache calls a failure.
version_of() {
  { apt-cache show --no-all-versions "$1" 2>/dev/null || true; } | sed -n 's/^Version: //p'
}

# The headers' own dependencies: -common and the kbuild tools, whose names differ between series.
headers_need() {
  apt-cache show "linux-headers-$1=$2" 2>/dev/null | sed -n 's/^Depends: //p' | tr ',' '\n' |
    sed -nE 's/^ *(linux-(headers-[^ ]*-common|kbuild-[^ ]+)).*/\1/p'
}

# An image may be several packages, each named by the release: image_needs RELEASE VERSION
image_needs() {
  apt-cache show "linux-image-$1=$2" 2>/dev/null | sed -n 's/^Depends: //p' | tr ',' '\n' |
    sed -nE 's/^ *(linux-[a-z]+-[0-9][^ ]*).*/\1/p' | grep -F -x -e "linux-binary-$1" -e "linux-modules-$1" || true
}

# download_kernel RELEASE DIR: DIR/debs/*.deb. All of one version, or modpost and the headers disagree.
download_kernel() {
  local release=$1 debs=$2/debs version attempt packages needed parts
  mkdir -p -- "$debs"
  for attempt in 1 2; do
    version=$(version_of "linux-image-$release")
    mapfile -t needed < <(headers_need "$release" "$version")
    if [[ -n $version ]] && ((${#needed[@]} == 2)); then
      mapfile -t parts < <(image_needs "$release" "$version")
      packages=("linux-image-$release" "${parts[@]}" "linux-headers-$release" "${needed[@]}")
      say "downloading into the cache: ${packages[*]} ($version)"
      if (
        cd -- "$debs"
        apt-get download -q "${packages[@]/%/=$version}" >apt.log 2>&1 || exit 1
        [[ $wanted != sid ]] || download_root "$release" "$version" "$debs" >>apt.log 2>&1
      ); then
        return 0
      fi
      sed 's/^/  apt: /' "$debs/apt.log" >&2
    fi
    # Stale lists name files that the mirror has dropped.
    ((attempt == 1)) && update_lists "apt cannot give linux-image-$release with its headers"
  done
  return 1
}

# unpack_kernel RELEASE DIR
unpack_kernel() {
  local release=$1 dir=$2 deb
  for deb in "$dir"/debs/*.deb; do
    dpkg -x "$deb" "$dir"
  done
  rm -rf -- "${dir:?}/debs" "${dir:?}/usr/share"
  # Newer packages have the image beside the modules, and installing it copies it.
  if [[ ! -e $dir/boot/vmlinuz-$release ]]; then
    mkdir -p -- "$dir/boot"
    ln -- "$dir/lib/modules/$release/vmlinuz" "$dir/boot/vmlinuz-$release"
  fi
  relocate_headers "$release" "$dir"
  depmod -b "$dir" "$release"
  collect_early_modules "$release" "$dir"
  extract_vmlinux "$dir/boot/vmlinuz-$release" "$dir/vmlinux"
}

# Debian's header packages hold absolute paths into /usr/src, and links into ../../lib that are right
# only below /usr: dpkg -x keeps those; the include and the build links have to be made relative.
relocate_headers() {
  local release=$1 dir=$2 headers=$2/usr/src/linux-headers-$1 common here
  common=$(sed -nE 's,^include /usr/src/([^/]+)/Makefile$,\1,p' "$headers/Makefile")
  [[ -n $common ]] || die "the Makefile of linux-headers-$release is not as Debian writes it"
  # lastword(MAKEFILE_LIST) is that Makefile itself, wherever the cache lies. Newer ones name the output before it.
  # shellcheck disable=SC2016  # make's variable
  here='$(realpath $(dir $(lastword $(MAKEFILE_LIST))))'
  {
    ! grep -q '^KBUILD_OUTPUT=' "$headers/Makefile" || printf 'KBUILD_OUTPUT := %s\n' "$here"
    printf 'include %s/../%s/Makefile\n' "$here" "$common"
  } >"$headers/.Makefile"
  mv -- "$headers/.Makefile" "$headers/Makefile"
  ln -sfnr -- "$headers" "$dir/lib/modules/$release/build"
  ln -sfnr -- "$dir/usr/src/$common" "$dir/lib/modules/$release/source"
}

# What has to be there before the root file system is, in the order of loading, uncompressed
# (busybox insmod takes no .xz). A driver that is built in is no line.
collect_early_modules() {
  local release=$1 dir=$2 early=$2/early verb path name
  mkdir -p -- "$early"
  modprobe -d "$dir" -S "$release" --show-depends -a \
    virtio_pci virtio_console virtio_rng 9pnet_virtio 9p overlay |
    while read -r verb path _; do
      [[ $verb == insmod ]] || continue
      name=${path##*/}
      name=${name%.ko*}.ko
      [[ -e $early/$name ]] && continue
      case $path in
        *.xz) xz -dc -- "$path" >"$early/$name" ;;
        *.zst) zstd -dcq -- "$path" >"$early/$name" ;;
        *) cp -- "$path" "$early/$name" ;;
      esac
      echo "$name" >>"$early/order"
    done
}

# The ELF image inside a bzImage (Documentation/arch/x86/boot.rst: payload_offset at 0x248, length
# at 0x24c, counted from the protected-mode code). QEMU boots it through its PVH note, which saves
# the decompression: seconds under TCG.
extract_vmlinux() {
  local image=$1 out=$2 sectors offset length magic
  field() { od -An -j "$1" -N "$2" -t "u$2" -- "$image" | tr -d ' '; }
  sectors=$(field $((0x1f1)) 1)
  offset=$(((sectors + 1) * 512 + $(field $((0x248)) 4)))
  length=$(field $((0x24c)) 4)
  magic=$(od -An -j "$offset" -N 4 -t x1 -- "$image" | tr -d ' ')
  # The payload ends with the uncompressed size, four bytes that are not the compressor's.
  payload() { head -c "$((offset + length - 4))" -- "$image" | tail -c "+$((offset + 1))"; }
  case $magic in
    fd377a58) payload | xz -dc >"$out" ;;
    28b52ffd) payload | zstd -dcq >"$out" ;;
    *) return 0 ;;  # vmlinuz will do
  esac
}
