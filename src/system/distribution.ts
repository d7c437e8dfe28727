// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import path from 'node:path';
import { readText } from '../util/read-text';
import type { Host } from './host';

/** How a distribution installs what is needed: each gives one command. */
interface Distribution {
  readonly headers: (release: string) => string;
  /** Its headers are those of the newest kernel only: a kernel that was replaced and still runs has none. */
  readonly rolling?: true;
  /** The usual kernel. */
  readonly kernel: string;
  readonly make: string;
  /** A compiler by the name of its program, as kbuild calls it. */
  readonly compiler: (program: string) => string;
  /** All that compiling takes. */
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

/** openSUSE's packages of versioned compilers are named without the dash of the program. */
function packageOfVersion(program: string): string {
  return program.replace(/^gcc-(\d+)$/, 'gcc$1');
}

/** By the words of `ID` and `ID_LIKE` in os-release: `ubuntu debian`. */
function distribution(host: Host): Distribution | undefined {
  const text = readText(host.osRelease) ?? '';
  return [...text.matchAll(/^ID(?:_LIKE)?="?([^"\n]*)"?$/gm)]
    .flatMap((match) => (match[1] ?? '').split(/\s+/))
    .map((id) => DISTRIBUTIONS[id])
    .find((found) => found !== undefined);
}

export function headersHint(host: Host, release: string): string {
  const found = distribution(host);
  if (found === undefined) return `Install the headers (development files) of kernel ${release}.`;
  const command = found.headers(release);
  const replaced =
    found.rolling === true && release === host.release && !fs.existsSync(path.join(host.modules, release));
  return replaced ? `${command}; and reboot, if an upgrade has replaced the kernel that runs` : command;
}

/** Another kernel: where this one was built without what is needed. */
export function kernelHint(host: Host): string {
  const usual = 'then boot it: a usual kernel from 6.1 on has all that is needed.';
  const command = distribution(host)?.kernel;
  return command === undefined ? `Install the distribution's usual kernel, ${usual}` : `${command}; ${usual}`;
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
