// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import path from 'node:path';
import { TrafficError, messageOf } from '../model/errors';
import { MODULE } from '../read/files';
import { requireLinux, thisHost, type Host } from '../system/host';
import { checkFolder, makeWorkFolder, openCache, publish, sweep } from './cache';
import { headersFolder } from './headers';
import { make } from './make';
import { buildHash, copySource } from './source';

export interface BuildOptions {
  /** Release of the kernel to build for, as `uname -r` prints it. Default: the running kernel's. */
  kernel?: string | undefined;
  /** Ends the build; nothing of it stays behind. */
  signal?: AbortSignal | undefined;
}

export interface BuildResult {
  readonly kernel: string;
  /** Path of the built `net_traffic.ko`. */
  readonly ko: string;
  /** True: it was built before, from the same source for the same kernel. */
  readonly cached: boolean;
}

/**
 * Builds the module from the source in this package, once a kernel and source: root into `/var/cache/lkm-traffic`,
 * others into `$XDG_CACHE_HOME/lkm-traffic` (whence root does not load it).
 *
 * @throws {TrafficError} ERR_NOT_LINUX, ERR_NO_HEADERS, ERR_BUILD, ERR_PERMISSION, ERR_INVALID_ARGUMENT
 */
export async function build(options: BuildOptions = {}, host: Host = thisHost): Promise<BuildResult> {
  requireLinux(host);
  const { kernel = host.release, signal } = options;
  if (!/^[\w.+~-]+$/.test(kernel) || kernel.startsWith('.')) {
    throw new TrafficError('ERR_INVALID_ARGUMENT', `'${kernel}' is not the release of a kernel.`, {
      hint: 'Give what uname -r prints there, or a name from ls /lib/modules',
    });
  }
  signal?.throwIfAborted();
  const headers = headersFolder(host, kernel);
  const source = path.join(host.packageRoot, 'kmod');
  const cache = openCache(host);
  const target = path.join(cache, `${kernel}-${buildHash(source, headers)}`);
  const ko = path.join(target, `${MODULE}.ko`);
  const result = { kernel, ko };
  if (fs.existsSync(ko)) {
    checkFolder(host, ko);
    return { ...result, cached: true };
  }
  sweep(cache);
  const work = makeWorkFolder(cache);
  try {
    await compile(host, headers, source, work, signal);
    publish(path.join(work, 'out'), target);
  } catch (error) {
    if (error instanceof TrafficError || signal?.aborted === true) throw error;
    throw new TrafficError('ERR_BUILD', `The module was not built: ${messageOf(error)}`, { cause: error });
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
  return { ...result, cached: false };
}

async function compile(host: Host, headers: string, source: string, work: string, signal?: AbortSignal): Promise<void> {
  const copy = path.join(work, 'kmod');
  const out = path.join(work, 'out');
  fs.mkdirSync(copy);
  copySource(source, copy);
  await make(host, headers, copy, signal);
  fs.mkdirSync(out);
  fs.chmodSync(out, 0o755);
  const ko = path.join(out, `${MODULE}.ko`);
  fs.copyFileSync(path.join(copy, `${MODULE}.ko`), ko);
  fs.chmodSync(ko, 0o644);
  // A crash after the rename must not leave an empty file under a finished name.
  const fd = fs.openSync(ko, 'r');
  fs.fsyncSync(fd);
  fs.closeSync(fd);
}
