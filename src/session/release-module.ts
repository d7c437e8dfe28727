// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import path from 'node:path';
import { messageOf, systemCode } from '../model/errors';
import { loadedInstance, MODULE, readPrograms, readStatus } from '../read/files';
import type { Host } from '../system/host';
import { whoTraces } from '../system/tracefs';

const TRIES = 5;
const RETRY_MS = 20;

/** A file that identifies the load that a session of any process made. Like the load it does not survive a boot. */
const markOf = (host: Host): string => path.join(host.run, 'lkm-traffic', 'loaded-by-session');

/** Records that a session loaded the module, so that the last session to close unloads it, in whatever process. */
export function noteLoaded(host: Host): void {
  const instance = loadedInstance(host);
  if (instance === null) return;
  const mark = markOf(host);
  try {
    fs.mkdirSync(path.dirname(mark), { recursive: true, mode: 0o755 });
    // Written to a temporary file first, because other processes may read the file at any moment.
    fs.writeFileSync(`${mark}.${process.pid}`, `${instance}\n`);
    fs.renameSync(`${mark}.${process.pid}`, mark);
  } catch (error) {
    process.emitWarning(`The module net_traffic will stay loaded: ${messageOf(error)}`, 'TrafficWarning');
  }
}

function wasLoadedBySession(host: Host): boolean {
  const instance = loadedInstance(host);
  if (instance === null) return false;
  try {
    return fs.readFileSync(markOf(host), 'utf8').trim() === instance.toString();
  } catch {
    return false;
  }
}

/** Unloads the module if a session loaded it and nothing uses it. Never rejects, so that no totals get lost. */
export async function releaseModule(host: Host): Promise<void> {
  if (!wasLoadedBySession(host)) return;
  try {
    for (let tries = 0; tries < TRIES && !(await inUse(host)); tries += 1) {
      if (await tryUnload(host)) return;
      // Between fork and exec a child has a copy of our descriptor for a moment.
      await host.delay(RETRY_MS);
    }
  } catch (error) {
    if (loadedInstance(host) === null) return;
    process.emitWarning(`The module net_traffic stays loaded: ${messageOf(error)}`, 'TrafficWarning');
  }
}

/** Whether a session, a trace or `load()` uses the module. */
async function inUse(host: Host): Promise<boolean> {
  if (whoTraces(host).length > 0) return true;
  const { sessions } = await readStatus(host);
  return sessions > 0 || (await readPrograms(host)).some(({ owner }) => owner === 0);
}

async function tryUnload(host: Host): Promise<boolean> {
  try {
    await host.native().unload(MODULE);
    return true;
  } catch (error) {
    const code = systemCode(error) ?? '';
    if (code === 'ENOENT') return true;
    if (['EAGAIN', 'EWOULDBLOCK', 'EBUSY'].includes(code)) return false;
    throw error;
  }
}
