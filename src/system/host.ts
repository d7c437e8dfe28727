// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import os from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { TrafficError } from '../model/errors';
import { packageRoot } from '../util/package-version';
import { openControl, type Control } from './control';
import { native, type Native } from './native';

/** Everything outside of this process that the package reads or changes. Tests pass a replacement. */
export interface Host {
  readonly platform: NodeJS.Platform;
  /** The CPU architecture as Node names it: `x64`. */
  readonly arch: string;
  /** Release of the running kernel, as printed by `uname -r`. */
  readonly release: string;
  readonly euid: number;
  readonly env: NodeJS.ProcessEnv;
  readonly proc: string;
  readonly sys: string;
  readonly kmsg: string;
  /** Folder of the kernels' modules and headers. */
  readonly modules: string;
  /** Folder in which distributions keep the kernels' configurations. */
  readonly boot: string;
  readonly osRelease: string;
  /** The PATH in which make and the compiler are searched. */
  readonly toolPath: string;
  /** Folder of the modules that root built. */
  readonly rootCache: string;
  /** Folder of this package, which contains `kmod/`. */
  readonly packageRoot: string;
  /** Folder of files that are valid until the next boot. */
  readonly run: string;
  readonly native: () => Native;
  readonly openControl: (file: string) => Control;
  readonly lstat: (file: string) => Pick<fs.Stats, 'uid' | 'mode' | 'isDirectory' | 'isFile' | 'isSymbolicLink'>;
  readonly delay: (milliseconds: number) => Promise<void>;
}

function loadAddon(): Native {
  try {
    return native();
  } catch (error) {
    throw new TrafficError('ERR_SYSTEM', `Cannot load the native addon on ${process.platform}-${process.arch}.`, {
      hint: 'This package contains the addon for linux-x64 only. To build it in a source tree: npm run build:addon',
      cause: error,
    });
  }
}

/** This machine. */
export const thisHost: Host = {
  platform: process.platform,
  arch: process.arch,
  release: os.release(),
  euid: process.geteuid?.() ?? -1,
  env: process.env,
  proc: '/proc',
  sys: '/sys',
  kmsg: '/dev/kmsg',
  modules: '/lib/modules',
  boot: '/boot',
  osRelease: '/etc/os-release',
  // Only folders that root alone can write to. A group may own /usr/local.
  toolPath: '/usr/sbin:/usr/bin:/sbin:/bin',
  rootCache: '/var/cache/lkm-traffic',
  packageRoot: packageRoot(),
  run: '/run',
  native: loadAddon,
  openControl,
  lstat: (file) => fs.lstatSync(file),
  delay: (milliseconds) => delay(milliseconds),
};

const SYSTEMS: Partial<Record<NodeJS.Platform, string>> = { darwin: 'macOS', win32: 'Windows', freebsd: 'FreeBSD' };

/** @throws {TrafficError} ERR_NOT_LINUX */
export function requireLinux(host: Host): void {
  if (host.platform === 'linux') return;
  const system = SYSTEMS[host.platform] ?? host.platform;
  throw new TrafficError(
    'ERR_NOT_LINUX',
    `lkm-traffic counts with a Linux kernel module, but this machine runs ${system}.`,
    { hint: 'Run it on Linux, or in a Linux virtual machine with a kernel of its own.' },
  );
}
