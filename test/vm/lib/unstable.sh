# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# The newest kernel of Debian's unstable suite. The configuration of the machine's apt stays as it is: apt gets lists of
# its own here. A compiler of another release cannot use those headers, since kbuild's tools are linked
# with unstable's C library; so what they need is unpacked with the kernel, whose directory is then a root to build in.

# What kbuild calls and the headers' dependencies do not bring.
unstable_tools=(make bash dash coreutils findutils grep sed mawk diffutils base-files)

# Where the machine gets Debian from: its mirror has unstable too.
debian_mirror() {
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' | head -n 1
}

# use_unstable: from here on apt, in this process, is unstable's.
use_unstable() {
  local dir=$cache_dir/.unstable mirror
  mirror=$(debian_mirror)
  if [[ -z $mirror ]]; then
    update_lists "apt has no lists of Debian, so its mirror is not known"
    mirror=$(debian_mirror)
  fi
  [[ -n $mirror ]] || die "apt knows no mirror of Debian: unstable cannot be found"
  mkdir -p -- "$dir/state/lists/partial" "$dir/cache/archives/partial"
  printf 'Types: deb\nURIs: %s\nSuites: unstable\nComponents: main\nArchitectures: amd64\nSigned-By: %s\n' \
    "$mirror" /usr/share/keyrings/debian-archive-keyring.gpg >"$dir/debian.sources"
  # A mirror that is a snapshot is older than its lists say that they are good for.
  cat >"$dir/apt.conf" <<CONF
Dir::Etc::sourcelist "$dir/debian.sources";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::State "$dir/state";
Dir::State::status "/dev/null";
Dir::Cache "$dir/cache";
Acquire::Check-Valid-Until "false";
APT::Install-Recommends "false";
APT::Sandbox::User "$(id -un)";
CONF
  export APT_CONFIG=$dir/apt.conf
  lists_updated=$dir/updated
  apt_update() { apt-get update -q >&2; }
}

# download_root RELEASE VERSION DIR: the compiler and all else that builds with the headers, with its libraries.
download_root() {
  apt-get install --download-only -q -y -o "Dir::Cache::archives=$3" "linux-headers-$1=$2" "${unstable_tools[@]}"
}

# make_root DIR FINAL_DIR: what unpacking alone does not make of a kernel's directory.
make_root() {
  local dir=$1 final=$2
  # Paths of the host that lie in it hold within it.
  mkdir -p -- "$dir$(dirname -- "$final")" "$dir"/{dev,proc,tmp}
  ln -sfn -- / "$dir$final"
  # An alternative, which the package's script would set up.
  ln -sf mawk "$dir/usr/bin/awk"
}
