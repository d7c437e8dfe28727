// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import path from 'node:path';
import { readText } from '../util/read-text';
import type { Host } from './host';

/** The commands by which a distribution installs the requirements. */
interface Distribution {
  readonly headers: (release: string) => string;
  /** The distribution has headers for its newest kernel only. After an upgrade the running kernel has none until a reboot. */
  readonly rolling?: true;
  /** The standard kernel. */
  readonly kernel: string;
  readonly make: string;
  /** The compiler, by the name of the program that kbuild runs. */
  readonly compiler: (program: string) => string;
  /** Everything that is needed for compiling. */
  readonly tools: string;
}

const DEBIAN: Distribution = {
  headers: (release) => `apt-get install linux-headers-${release}`,
  kernel: 'apt-get install linux-image-amd64',
  make: 'apt-get install make',
  compiler: (program) => `apt-get install ${program}`,
  tools: 'apt-get install build-essential',
};
const UBUNTU: Distribution = { ...DEBIAN, kernel: 'apt-get install linux-generic' };
const FEDORA: Distribution = {
  headers: (release) => `dnf install kernel-devel-${release}`,
  kernel: 'dnf install kernel',
  make: 'dnf install make',
  compiler: () => 'dnf install gcc elfutils-libelf-devel',
  tools: 'dnf install make gcc elfutils-libelf-devel',
};
const SUSE: Distribution = {
  headers: (release) => `zypper install kernel-${flavour(release) ?? 'default'}-devel`,
  kernel: 'zypper install kernel-default',
  make: 'zypper install make',
  compiler: (program) => `zypper install ${packageOfVersion(program)}`,
  tools: 'zypper install make gcc',
};
const ALPINE: Distribution = {
  headers: (release) => `apk add linux-${flavour(release) ?? 'lts'}-dev`,
  rolling: true,
  kernel: 'apk add linux-lts',
  make: 'apk add make',
  compiler: () => 'apk add gcc',
  tools: 'apk add build-base',
};
const ARCH: Distribution = {
  headers: (release) => `pacman -S linux${/-(lts|zen|hardened)$/.exec(release)?.[0] ?? ''}-headers`,
  rolling: true,
  kernel: 'pacman -S linux',
  make: 'pacman -S make',
  compiler: () => 'pacman -S gcc',
  tools: 'pacman -S base-devel',
};

const DISTRIBUTIONS: Readonly<Record<string, Distribution>> = {
  debian: DEBIAN,
  ubuntu: UBUNTU,
  fedora: FEDORA,
  rhel: FEDORA,
  centos: FEDORA,
  suse: SUSE,
  opensuse: SUSE,
  arch: ARCH,
  alpine: ALPINE,
};

/** `6.4.0-150600.23-default`: `default`. */
function flavour(release: string): string | undefined {
  return /-(\w+)$/.exec(release)?.[1];
}

/** openSUSE names the package of a versioned compiler without the dash: `gcc-13` is in `gcc13`. */
function packageOfVersion(program: string): string {
  return program.replace(/^gcc-(\d+)$/, 'gcc$1');
}

/** The distribution of this machine, by the words of `ID` and `ID_LIKE` in os-release: `ubuntu debian`. */
function distribution(host: Host): Distribution | undefined {
  const text = readText(host.osRelease) ?? '';
  return [...text.matchAll(/^ID(?:_LIKE)?="?([^"\n]*)"?$/gm)]
    .flatMap((match) => (match[1] ?? '').split(/\s+/))
    .map((id) => DISTRIBUTIONS[id])
    .find((found) => found !== undefined);
}

/** The hint of an error: introduces a command. A remedy that is a sentence stays as it is. */
export function toInstall(what: string, remedy: string): string {
  return remedy.startsWith('Install ') ? remedy : `To install ${what}: ${remedy}`;
}

export function headersHint(host: Host, release: string): string {
  const found = distribution(host);
  if (found === undefined) return `Install the headers (development files) of kernel ${release}.`;
  const command = found.headers(release);
  const replaced =
    found.rolling === true && release === host.release && !fs.existsSync(path.join(host.modules, release));
  return replaced ? `${command}; then reboot if an upgrade has replaced the running kernel` : command;
}

/** How to install a standard kernel, if the running kernel was built without a requirement. */
export function kernelHint(host: Host): string {
  const boot = 'then boot it. A standard kernel from 6.1 on has everything that is needed.';
  const command = distribution(host)?.kernel;
  return command === undefined ? `Install the standard kernel of the distribution, ${boot}` : `${command}; ${boot}`;
}

export function makeHint(host: Host): string {
  return distribution(host)?.make ?? 'Install make.';
}

export function compilerHint(host: Host, program: string): string {
  return distribution(host)?.compiler(program) ?? `Install ${program}.`;
}

export function toolsHint(host: Host): string {
  return distribution(host)?.tools ?? 'Install make and gcc.';
}
