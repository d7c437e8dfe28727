// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import path from 'node:path';
import { TrafficError } from '../errors';
import type { Host } from '../host';

/** The words of `ID` and `ID_LIKE` in os-release: `ubuntu debian`. */
function distribution(host: Host): string[] {
  let text: string;
  try {
    text = fs.readFileSync(host.osRelease, 'utf8');
  } catch {
    return [];
  }
  return [...text.matchAll(/^ID(?:_LIKE)?="?([^"\n]*)"?$/gm)].flatMap((match) => (match[1] ?? '').split(/\s+/));
}

interface Packages {
  readonly headers: (release: string) => string;
  readonly tools: string;
}

const DEBIAN: Packages = {
  headers: (release) => `apt-get install linux-headers-${release}`,
  tools: 'apt-get install build-essential',
};
const FEDORA: Packages = {
  headers: (release) => `dnf install kernel-devel-${release}`,
  tools: 'dnf install make gcc elfutils-libelf-devel',
};
const SUSE: Packages = {
  headers: (release) => `zypper install kernel-${/-(\w+)$/.exec(release)?.[1] ?? 'default'}-devel`,
  tools: 'zypper install make gcc',
};
const ALPINE: Packages = {
  headers: (release) => `apk add linux-${/-(\w+)$/.exec(release)?.[1] ?? 'lts'}-dev`,
  tools: 'apk add build-base',
};
const ARCH: Packages = {
  headers: (release) => `pacman -S linux${/-(lts|zen|hardened)$/.exec(release)?.[0] ?? ''}-headers`,
  tools: 'pacman -S base-devel',
};

const PACKAGES: Readonly<Record<string, Packages>> = {
  debian: DEBIAN,
  ubuntu: DEBIAN,
  fedora: FEDORA,
  rhel: FEDORA,
  centos: FEDORA,
  suse: SUSE,
  opensuse: SUSE,
  arch: ARCH,
  alpine: ALPINE,
};

function packages(host: Host): Packages | undefined {
  return distribution(host)
    .map((id) => PACKAGES[id])
    .find((found) => found !== undefined);
}

export function toolsHint(host: Host): string {
  return packages(host)?.tools ?? 'Install make and gcc.';
}

/** Folder that the module is built against. @throws {TrafficError} ERR_NO_HEADERS */
export function headersFolder(host: Host, release: string): string {
  const folder = path.join(host.modules, release, 'build');
  if (fs.existsSync(path.join(folder, 'Makefile'))) return folder;
  throw new TrafficError('ERR_NO_HEADERS', `There are no headers of kernel ${release} in ${folder}.`, {
    hint: packages(host)?.headers(release) ?? `Install the headers (development files) of kernel ${release}.`,
  });
}
