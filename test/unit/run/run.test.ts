// SPDX-License-Identifier: MIT
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { RunOptions } from '../../../src/model/api-options';
import { measureOn } from '../../../src/run/measure';
import { runOn } from '../../../src/run/run';
import { FakeKernel } from '../support/fake-kernel';
import { refusal } from '../support/refusal';
import { aProcess, ended, tcp } from '../support/rows';

let kernel: FakeKernel;
const running = (command: string, args: readonly string[] = [], options: RunOptions = {}): ReturnType<typeof runOn> =>
  runOn(kernel.host, command, args, { stdio: 'ignore', interval: 5, ko: kernel.ko, ...options });

beforeEach(() => {
  kernel = new FakeKernel();
});
afterEach(() => {
  kernel.dispose();
});

test('counts the command, and nothing else that is started at the same time', async () => {
  const { exitCode } = await running('sh', ['-c', 'exit 7']);
  expect(exitCode).toBe(7);
  expect(kernel.commands.slice(0, 3)).toEqual(['0: session', '1: children on', '1: children off']);
  expect(kernel.unloads).toBe(1);
});

test('reports a real-time signal as the module recorded it, where Node reports exit status 0', async () => {
  const dies = (options: RunOptions = {}): ReturnType<typeof runOn> => {
    const onStart = ({ pid }: { readonly pid: number }): void => {
      const record = aProcess({ id: 2n, pid });
      kernel.processes = [aProcess({ id: 1n }), { ...ended(record, 1n), exitCode: null, signal: 'SIG34' }];
    };
    return running('bash', ['-c', 'kill -34 $$'], { onStart, ...options });
  };
  expect(await dies()).toMatchObject({ exitCode: null, signal: 'SIG34' });
  expect(await dies({ onStart: () => (kernel.processes = []) })).toMatchObject({ exitCode: 0, signal: null });
});

test('counts the given pids, and not the command', async () => {
  await running('true', [], { pids: [501, 502] });
  expect(kernel.commands).toEqual(['0: session', '1: attach 501', '1: attach 502']);
});

test('starts nothing if a PID does not exist', async () => {
  kernel.refused.set('attach', 'ESRCH');
  const started = jest.fn();
  await expect(running('true', [], { pids: [501], onStart: started })).rejects.toEqual(refusal('ERR_NO_PROCESS'));
  expect(started).not.toHaveBeenCalled();
});

test('loads nothing if the user does not exist', async () => {
  await expect(running('true', [], { user: 'no-such-user' })).rejects.toEqual(refusal('ERR_INVALID_ARGUMENT'));
  expect(kernel.loads).toEqual([]);
});

test('wait continues until each descendant has ended', async () => {
  const daemon = aProcess({ id: 2n, traffic: tcp(5n) });
  kernel.processes = [daemon];
  setTimeout(() => {
    kernel.processes = [ended(daemon, 1n, tcp(35n))];
  }, 100);
  const result = await running('true', [], { wait: true });
  expect([result.running, result.traffic.total.receivedBytes]).toEqual([[], 35n]);
});

test('wait can be ended by a signal, and the result lists what still runs', async () => {
  kernel.processes = [aProcess({ id: 2n, traffic: tcp(5n) })];
  const stop = new AbortController();
  setTimeout(() => {
    stop.abort();
  }, 50);
  const result = await running('true', [], { wait: stop.signal, interval: 60_000 });
  expect(result.running.map(({ pid }) => pid)).toEqual([1002]);
});

test('passes samples while the command runs, and rejects with an error that the callback throws', async () => {
  const samples: bigint[] = [];
  kernel.processes = [aProcess({ id: 2n, traffic: tcp(5n) })];
  let end = (): void => undefined;
  const result = await running('sleep', ['100'], {
    onStart: ({ kill }) => {
      end = () => {
        kill('SIGTERM');
      };
    },
    onSample: ({ total }) => {
      if (samples.push(total.total.receivedBytes) === 3) end();
    },
  });
  expect(samples.length).toBeGreaterThan(2);
  expect(samples.at(-1)).toBe(result.traffic.total.receivedBytes);
  const thrown = running('true', [], {
    onSample: () => {
      throw new Error('of the callback');
    },
  });
  await expect(thrown).rejects.toThrow('of the callback');
  expect(kernel.sessions.size).toBe(0);
});

test('sums by scope and by remote address up to the total', async () => {
  kernel.processes = [aProcess({ id: 2n, traffic: tcp(5n) })];
  const { byScope, byRemote, flows } = await running('true', [], { flows: true });
  expect(byScope?.find(({ scope }) => scope === null)?.counters.receivedBytes).toBe(5n);
  expect([byRemote?.length, flows]).toEqual([1, []]);
  expect(await running('true')).not.toHaveProperty('flows');
});

test('measure counts a running child until it ends', async () => {
  const child = spawn('cat', ['-'], { stdio: ['pipe', 'ignore', 'ignore'] });
  await once(child, 'spawn');
  // The child ends after measure() has attached to it.
  const onSample = (): void => void child.stdin.end();
  const { exitCode, command } = await measureOn(kernel.host, child, { ko: kernel.ko, onSample });
  expect([exitCode, command]).toEqual([0, ['cat', '-']]);
  expect(kernel.commands).toEqual(['0: session', `1: attach ${child.pid}`]);
});

test('measure rejects a child that has ended or was never started', async () => {
  const child = spawn('true', [], { stdio: 'ignore' });
  await once(child, 'exit');
  await expect(measureOn(kernel.host, child, { ko: kernel.ko })).rejects.toEqual(refusal('ERR_NO_PROCESS'));
  const none = spawn('/nowhere/program');
  none.on('error', () => undefined);
  await expect(measureOn(kernel.host, none, { ko: kernel.ko })).rejects.toEqual(refusal('ERR_INVALID_ARGUMENT'));
  expect([kernel.sessions.size, kernel.loaded]).toEqual([0, false]);
});

test('measure rejects in a PID namespace of its own, where the PID belongs to another process', async () => {
  kernel.enterPidNamespace();
  const child = spawn('sleep', ['100'], { stdio: 'ignore' });
  await expect(measureOn(kernel.host, child, { ko: kernel.ko })).rejects.toMatchObject({
    code: 'ERR_INVALID_ARGUMENT',
    hint: expect.stringContaining('run()') as string,
  });
  child.kill();
  expect(kernel.commands).toEqual([]);
  expect((await running('true')).exitCode).toBe(0);
});

test('ends the command when it is aborted, and rejects with the reason', async () => {
  const abort = new AbortController();
  const going = running('sleep', ['100'], {
    signal: abort.signal,
    onStart: () => {
      abort.abort(new Error('enough'));
    },
  });
  await expect(going).rejects.toThrow('enough');
});

test('loads and starts nothing if it is aborted before the start, or while the module is built', async () => {
  const signal = AbortSignal.abort(new Error('too late'));
  await expect(running('true', [], { signal })).rejects.toThrow('too late');
  const child = spawn('sleep', ['100'], { stdio: 'ignore' });
  await expect(measureOn(kernel.host, child, { ko: kernel.ko, signal })).rejects.toThrow('too late');
  child.kill();

  kernel.write('package/kmod/main.c', '');
  kernel.write('modules/6.12.1-test/build/Makefile', 'modules:\n\tsleep 60\n');
  const abort = new AbortController();
  setTimeout(() => {
    abort.abort(new Error('enough'));
  }, 100);
  await expect(running('true', [], { ko: undefined, signal: abort.signal })).rejects.toThrow('enough');
  expect([kernel.loads, kernel.commands]).toEqual([[], []]);
});

test('unloads and starts nothing if it is aborted while the module is loaded', async () => {
  const abort = new AbortController();
  const native = {
    ...kernel.host.native(),
    load: async (file: string, parameters: string) => {
      await kernel.host.native().load(file, parameters);
      abort.abort(new Error('enough'));
    },
  };
  const going = runOn({ ...kernel.host, native: () => native }, 'true', [], { ko: kernel.ko, signal: abort.signal });
  await expect(going).rejects.toThrow('enough');
  expect([kernel.commands, kernel.loaded]).toEqual([['0: session'], false]);
});
