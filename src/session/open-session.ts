// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import path from 'node:path';
import { systemCode } from '../model/errors';
import type { ModuleOptions } from '../model/api-options';
import { controlError, parseControl } from '../module/control-command';
import { insertModule, prepareModule } from '../module/insert';
import { moduleParameters } from '../module/parameters';
import { loadedInstance, MODULE, readError, trafficFile } from '../read/files';
import type { Control } from '../system/control';
import type { Host } from '../system/host';
import { noteLoaded } from './release-module';

const RETRY_MS = 50;
/** Attempts while a loaded module has no files: another process is about to load or unload it. */
const LIVE_TRIES = 20;
/** Attempts while the module is being loaded or unloaded. An unload waits for calls to leave the module. */
const PASSING_TRIES = 200;

export interface OpenSession {
  readonly control: Control;
  readonly owner: number;
}

/** `coming`, `live`, `going`, or null if the module is not loaded. */
function initState(host: Host): string | null {
  try {
    return fs.readFileSync(path.join(host.sys, 'module', MODULE, 'initstate'), 'utf8').trim();
  } catch {
    return null;
  }
}

/** Opens a session. If the module is not loaded, loads it first, without anything to watch. */
export async function openSession(host: Host, options: ModuleOptions, signal?: AbortSignal): Promise<OpenSession> {
  for (let tries = 1; ; tries += 1) {
    signal?.throwIfAborted();
    if (loadedInstance(host) === null) {
      const ko = await prepareModule(host, options.ko, signal);
      const { text } = moduleParameters({ ...options, programs: [], pids: [], follow: undefined });
      if (await insertModule(host, ko, text)) noteLoaded(host);
    }
    try {
      return begin(host);
    } catch (error) {
      const limit = initState(host) === 'live' ? LIVE_TRIES : PASSING_TRIES;
      // Another process may have unloaded the module since we checked, or may be about to.
      const passing = ['ENOENT', 'ENODEV', 'ESHUTDOWN'].includes(systemCode(error) ?? '');
      if (!passing || tries >= limit) throw beginError(error, host);
    }
    await host.delay(RETRY_MS);
  }
}

function begin(host: Host): OpenSession {
  const file = trafficFile(host, 'control');
  const control = host.openControl(file);
  try {
    control.write('session');
    return { control, owner: parseControl(control.read(), file) };
  } catch (error) {
    control.close();
    throw error;
  }
}

function beginError(error: unknown, host: Host): Error {
  return ['ENOSPC', 'ESHUTDOWN', 'EINVAL'].includes(systemCode(error) ?? '')
    ? controlError(error, 'open', 'another session')
    : readError(error, host, trafficFile(host, 'control'));
}
