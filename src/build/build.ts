// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import path from 'node:path';
import { TrafficError, messageOf } from '../model/errors';
import type { BuildOptions } from '../model/api-options';
import type { BuildResult } from '../model/api-results';
import { MODULE } from '../read/files';
import { requireLinux, type Host } from '../system/host';
import { checkFolder, makeWorkFolder, openCache, publish, sweep } from './cache';
import { headersFolder } from './headers';
import { make } from './make';
import { buildHash, copySource } from './source';

/** The internal form of `build()`. */
export async function buildOn(host: Host, options: BuildOptions): Promise<BuildResult> {
  requireLinux(host);
  const { kernel = host.release, signal } = options;
  if (!/^[\w.+~-]+$/.test(kernel) || kernel.startsWith('.')) {
    throw new TrafficError('ERR_INVALID_ARGUMENT', `'${kernel}' is not the release of a kernel.`, {
      hint: 'To list the releases that are installed: ls /lib/modules',
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
    throw new TrafficError('ERR_BUILD', `Cannot build the module: ${messageOf(error)}`, { cause: error });
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
  // Without this a crash after the rename could leave an empty file in a finished folder.
  const fd = fs.openSync(ko, 'r');
  fs.fsyncSync(fd);
  fs.closeSync(fd);
}
