// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import path from 'node:path';
import { systemCode } from '../model/errors';
import { controlError, parseControl } from '../module/control-command';
import { insertModule, prepareModule } from '../module/insert';
import { moduleParameters, type ModuleOptions } from '../module/parameters';
import { loadedInstance, MODULE, readError, trafficFile } from '../read/files';
import type { Control } from '../system/control';
import type { Host } from '../system/host';
import { noteLoaded } from './release-module';

const RETRY_MS = 50;
/** Files that are missing though the module is there: it is being loaded, or unloaded, by somebody else. */
const LIVE_TRIES = 20;
/** An unload waits for calls to leave the module. */
const PASSING_TRIES = 200;

export interface OpenSession {
  readonly control: Control;
  readonly owner: number;
}

/** `coming`, `live`, `going`, or null when the module is absent. */
function initState(host: Host): string | null {
  try {
    return fs.readFileSync(path.join(host.sys, 'module', MODULE, 'initstate'), 'utf8').trim();
  } catch {
    return null;
  }
}

/** Loads the module where it is absent, with nothing watched, and opens a session of it. */
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
      // Between our look and our open another user may have unloaded it, or begun to.
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
