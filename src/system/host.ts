// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import os from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { TrafficError } from '../model/errors';
import { packageRoot } from '../util/package-version';
import { openControl, type Control } from './control';
import { native, type Native } from './native';

/** Everything outside of the process that this package touches. Tests give another one. */
export interface Host {
  readonly platform: NodeJS.Platform;
  /** The processor, as Node names it: `x64`. */
  readonly arch: string;
  /** Release of the running kernel, as `uname -r`. */
  readonly release: string;
  readonly euid: number;
  readonly env: NodeJS.ProcessEnv;
  readonly proc: string;
  readonly sys: string;
  readonly kmsg: string;
  /** Where the kernels' modules and headers are. */
  readonly modules: string;
  /** Where distributions keep the kernels' configurations. */
  readonly boot: string;
  readonly osRelease: string;
  /** Where make and the compiler are looked for. */
  readonly toolPath: string;
  /** Where root keeps what it built. */
  readonly rootCache: string;
  /** The folder of this package: it holds `kmod/`. */
  readonly packageRoot: string;
  /** What is true until the next boot. */
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
    throw new TrafficError('ERR_SYSTEM', `The native addon does not load on ${process.platform}-${process.arch}.`, {
      hint: 'Prebuilt is linux-x64, for glibc and musl. From the source tree: npm run build:addon',
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
  // Folders that only root writes to: not even /usr/local, which a group may own.
  toolPath: '/usr/sbin:/usr/bin:/sbin:/bin',
  rootCache: '/var/cache/lkm-traffic',
  packageRoot: packageRoot(),
  run: '/run',
  native: loadAddon,
  openControl,
  lstat: (file) => fs.lstatSync(file),
  delay: (milliseconds) => delay(milliseconds),
};

/** @throws {TrafficError} ERR_NOT_LINUX */
export function requireLinux(host: Host): void {
  if (host.platform === 'linux') return;
  throw new TrafficError('ERR_NOT_LINUX', `The counting is done by a Linux kernel module; this is ${host.platform}.`, {
    hint: 'Run it on Linux, or in a Linux virtual machine with its own kernel.',
  });
}
