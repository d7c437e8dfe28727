// SPDX-License-Identifier: MIT
import { build, doctor, events, load, run, snapshot, status, unload, type EventStream } from '../../index';

/** The functions that commands call. Tests replace them. */
export interface Api {
  readonly build: (options: Parameters<typeof build>[0]) => ReturnType<typeof build>;
  readonly doctor: () => ReturnType<typeof doctor>;
  readonly events: (
    options: Parameters<typeof events>[0],
  ) => Promise<Pick<EventStream, 'close' | typeof Symbol.asyncIterator>>;
  readonly load: (options: Parameters<typeof load>[0]) => ReturnType<typeof load>;
  readonly run: (
    command: string,
    args: readonly string[],
    options: Parameters<typeof run>[2],
  ) => ReturnType<typeof run>;
  readonly snapshot: (options?: Parameters<typeof snapshot>[0]) => ReturnType<typeof snapshot>;
  readonly status: () => ReturnType<typeof status>;
  readonly unload: (options?: Parameters<typeof unload>[0]) => ReturnType<typeof unload>;
}

export const realApi: Api = {
  build: (options) => build(options),
  doctor: () => doctor(),
  events: (options) => events(options),
  load: (options) => load(options),
  run: (command, args, options) => run(command, args, options),
  snapshot: (options) => snapshot(options),
  status: () => status(),
  unload: (options) => unload(options),
};
