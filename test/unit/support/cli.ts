// SPDX-License-Identifier: MIT
import type { Api } from '../../../src/cli/command-line/api';
import type { SignalListener } from '../../../src/cli/command-line/command';
import { run } from '../../../src/cli/main';
import type { Io } from '../../../src/cli/terminal/io';
import { EventParser } from '../../../src/events/event-parser';
import { TrafficError } from '../../../src/model/errors';
import { sumByRemote, sumByScope } from '../../../src/model/flows';
import type { Snapshot } from '../../../src/model/types';
import { parseCounters } from '../../../src/read/counters-file';
import { parseFlows } from '../../../src/read/flows-file';
import { parsePrograms } from '../../../src/read/programs-file';
import { describe as describeSnapshot } from '../../../src/read/snapshot';
import { parseStatus } from '../../../src/read/status-file';
import { timestamp } from '../../../src/util/time';
import { fixture } from './fixtures';

export const aSnapshot: Snapshot = describeSnapshot(
  ['inet'],
  'tracepoint',
  parseCounters(fixture('counters')),
  parsePrograms(fixture('programs')),
);

export const someFlows = parseFlows(fixture('flows'));

const unexpected = (): never => {
  throw new Error('not expected to be called');
};
const noApi: Api = {
  build: unexpected,
  doctor: unexpected,
  events: unexpected,
  load: unexpected,
  run: unexpected,
  snapshot: unexpected,
  status: unexpected,
  unload: unexpected,
};

/** Events that have happened, and then none more. */
export function aStream(pieces: readonly string[] = [fixture('../trace_pipe')]): Awaited<ReturnType<Api['events']>> {
  const parser = new EventParser((nanoseconds) => nanoseconds + 1_764_000_000_000_000_000n);
  let closed = false;
  return {
    close: () => {
      closed = true;
      return Promise.resolve();
    },
    async *[Symbol.asyncIterator]() {
      for (const piece of pieces) {
        await Promise.resolve();
        for (const event of parser.push(Buffer.from(piece, 'latin1'))) {
          if (closed) return;
          yield event;
        }
      }
    },
  };
}

export const workingApi: Api = {
  build: ({ kernel = '6.12.1' } = {}) => Promise.resolve({ kernel, ko: '/var/cache/x/net_traffic.ko', cached: false }),
  doctor: () =>
    Promise.resolve({
      ...{ healthy: true, kernel: '6.12.1' },
      checks: [
        { name: 'linux', state: 'ok', message: 'This is Linux.', remedy: null },
        { name: 'compiler', state: 'warning', message: 'It is another.', remedy: 'apt-get install gcc-12' },
      ],
    }),
  events: () => Promise.resolve(aStream()),
  load: ({ programs = [], pids = [] }) =>
    Promise.resolve({
      ...{ loaded: true, ko: '/x.ko', engine: 'tracepoint', families: ['inet'], programs, pids },
      alreadyRunning: [{ program: 'server.out', pid: 501 }],
    }),
  run: (command, args, { flows = false } = {}) =>
    Promise.resolve({
      ...(flows && { flows: someFlows, byRemote: sumByRemote(someFlows), byScope: sumByScope(someFlows) }),
      ...{ command: [command, ...args], exitCode: 0, signal: null, running: [] },
      ...{ startedAt: timestamp(1_000_000_000n), endedAt: timestamp(3_250_000_000n) },
      ...{ families: ['inet'], engine: 'tracepoint', traffic: aSnapshot.total, exact: true, reasons: [] },
      ...{ evicted: 0n, processes: aSnapshot.processes },
    }),
  snapshot: ({ flows = false } = {}) => Promise.resolve(flows ? { ...aSnapshot, flows: someFlows } : aSnapshot),
  status: () =>
    Promise.resolve({
      ...{ healthy: true, loaded: true, problems: [], parameters: { engine: 'tracepoint' } },
      module: parseStatus(fixture('status')),
      programs: aSnapshot.programs,
    }),
  unload: () => Promise.resolve(aSnapshot),
};

export function failing(error = new TrafficError('ERR_NOT_LOADED', 'It is not loaded.', { hint: 'load it' })): Api {
  const fail = (): Promise<never> => Promise.reject(error);
  return { build: fail, doctor: fail, events: fail, load: fail, run: fail, snapshot: fail, status: fail, unload: fail };
}

export interface Outcome {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

export interface Surroundings extends Partial<Io> {
  readonly takeSignals?: (listener: SignalListener) => void;
}

/** Runs a command line; without an API, none of its functions may be called. */
export async function cli(
  argv: readonly string[],
  api: Partial<Api> = {},
  env: NodeJS.ProcessEnv = {},
  { takeSignals = () => undefined, ...given }: Surroundings = {},
): Promise<Outcome> {
  let out = '';
  let err = '';
  const io = {
    out: (text: string) => void (out += text),
    err: (text: string) => void (err += text),
    env,
    readerLeft: new AbortController().signal,
    terminal: null,
    outIsTerminal: false,
    outWidth: null,
    errIsTerminal: false,
    ...given,
  };
  const status = await run(argv, io, { ...noApi, ...api }, new AbortController().signal, takeSignals);
  return { status, out, err };
}
