// SPDX-License-Identifier: MIT
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { measure } from '../../../src/run/measure';
import { run, type RunOptions } from '../../../src/run/run';
import { FakeKernel } from '../support/fake-kernel';
import { refusal } from '../support/refusal';
import { aProcess, ended, tcp } from '../support/rows';

let kernel: FakeKernel;
const running = (command: string, args: readonly string[] = [], options: RunOptions = {}): ReturnType<typeof run> =>
  run(command, args, { stdio: 'ignore', interval: 5, ko: kernel.ko, ...options }, kernel.host);

beforeEach(() => {
  kernel = new FakeKernel();
});
afterEach(() => {
  kernel.dispose();
});

test('what is forked between on and off is counted: the command, and nothing that is started besides', async () => {
  const { exitCode } = await running('sh', ['-c', 'exit 7']);
  expect(exitCode).toBe(7);
  expect(kernel.commands.slice(0, 3)).toEqual(['0: session', '1: children on', '1: children off']);
  expect(kernel.unloads).toBe(1);
});

test('an end by a realtime signal, which Node tells as exit status 0, is as the module recorded it', async () => {
  const dies = (options: RunOptions = {}): ReturnType<typeof run> => {
    const onStart = ({ pid }: { readonly pid: number }): void => {
      const record = aProcess({ id: 2n, pid });
      kernel.processes = [aProcess({ id: 1n }), { ...ended(record, 1n), exitCode: null, signal: 'SIG34' }];
    };
    return running('bash', ['-c', 'kill -34 $$'], { onStart, ...options });
  };
  expect(await dies()).toMatchObject({ exitCode: null, signal: 'SIG34' });
  expect(await dies({ onStart: () => (kernel.processes = []) })).toMatchObject({ exitCode: 0, signal: null });
});

test('with pids these are counted, and the command is not', async () => {
  await running('true', [], { pids: [501, 502] });
  expect(kernel.commands).toEqual(['0: session', '1: attach 501', '1: attach 502']);
});

test('a process that there is not: nothing is started', async () => {
  kernel.refused.set('attach', 'ESRCH');
  const started = jest.fn();
  await expect(running('true', [], { pids: [501], onStart: started })).rejects.toEqual(refusal('ERR_NO_PROCESS'));
  expect(started).not.toHaveBeenCalled();
});

test('a user that there is not: nothing is loaded', async () => {
  await expect(running('true', [], { user: 'no-such-user' })).rejects.toEqual(refusal('ERR_INVALID_ARGUMENT'));
  expect(kernel.loads).toEqual([]);
});

test('wait lasts until nothing of it runs any more', async () => {
  const daemon = aProcess({ id: 2n, traffic: tcp(5n) });
  kernel.processes = [daemon];
  setTimeout(() => {
    kernel.processes = [ended(daemon, 1n, tcp(35n))];
  }, 100);
  const result = await running('true', [], { wait: true });
  expect([result.running, result.traffic.total.receivedBytes]).toEqual([[], 35n]);
});

test('the waiting can be ended: what runs then is named', async () => {
  kernel.processes = [aProcess({ id: 2n, traffic: tcp(5n) })];
  const stop = new AbortController();
  setTimeout(() => {
    stop.abort();
  }, 50);
  const result = await running('true', [], { wait: stop.signal, interval: 60_000 });
  expect(result.running.map(({ pid }) => pid)).toEqual([1002]);
});

test('samples come while it runs, the last one is the result, and what a callback throws is not lost', async () => {
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

test('with flows the sums by scope and remote are the total', async () => {
  kernel.processes = [aProcess({ id: 2n, traffic: tcp(5n) })];
  const { byScope, byRemote, flows } = await running('true', [], { flows: true });
  expect(byScope?.find(({ scope }) => scope === null)?.counters.receivedBytes).toBe(5n);
  expect([byRemote?.length, flows]).toEqual([1, []]);
  expect(await running('true')).not.toHaveProperty('flows');
});

test('measure counts a child that runs, until it ends', async () => {
  const child = spawn('cat', ['-'], { stdio: ['pipe', 'ignore', 'ignore'] });
  await once(child, 'spawn');
  // It ends after it was attached to.
  const onSample = (): void => void child.stdin.end();
  const { exitCode, command } = await measure(child, { ko: kernel.ko, onSample }, kernel.host);
  expect([exitCode, command]).toEqual([0, ['cat', '-']]);
  expect(kernel.commands).toEqual(['0: session', `1: attach ${child.pid}`]);
});

test('measure of a child that has ended, or was never started, is refused', async () => {
  const child = spawn('true', [], { stdio: 'ignore' });
  await once(child, 'exit');
  await expect(measure(child, { ko: kernel.ko }, kernel.host)).rejects.toEqual(refusal('ERR_NO_PROCESS'));
  const none = spawn('/nowhere/program');
  none.on('error', () => undefined);
  await expect(measure(none, { ko: kernel.ko }, kernel.host)).rejects.toEqual(refusal('ERR_INVALID_ARGUMENT'));
  expect([kernel.sessions.size, kernel.loaded]).toEqual([0, false]);
});

test('measure in a PID namespace is refused, since the PID would be another process there', async () => {
  kernel.enterPidNamespace();
  const child = spawn('sleep', ['100'], { stdio: 'ignore' });
  await expect(measure(child, { ko: kernel.ko }, kernel.host)).rejects.toMatchObject({
    code: 'ERR_INVALID_ARGUMENT',
    hint: expect.stringContaining('run()') as string,
  });
  child.kill();
  expect(kernel.commands).toEqual([]);
  expect((await running('true')).exitCode).toBe(0);
});

test('aborting ends the command, and rejects with the reason', async () => {
  const abort = new AbortController();
  const going = running('sleep', ['100'], {
    signal: abort.signal,
    onStart: () => {
      abort.abort(new Error('enough'));
    },
  });
  await expect(going).rejects.toThrow('enough');
});

test('aborted before it is begun, or while the module is built: nothing is loaded or started', async () => {
  const signal = AbortSignal.abort(new Error('too late'));
  await expect(running('true', [], { signal })).rejects.toThrow('too late');
  const child = spawn('sleep', ['100'], { stdio: 'ignore' });
  await expect(measure(child, { ko: kernel.ko, signal }, kernel.host)).rejects.toThrow('too late');
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

test('aborted while the module is loaded: it is unloaded, and nothing is started', async () => {
  const abort = new AbortController();
  const native = {
    ...kernel.host.native(),
    load: async (file: string, parameters: string) => {
      await kernel.host.native().load(file, parameters);
      abort.abort(new Error('enough'));
    },
  };
  const going = run('true', [], { ko: kernel.ko, signal: abort.signal }, { ...kernel.host, native: () => native });
  await expect(going).rejects.toThrow('enough');
  expect([kernel.commands, kernel.loaded]).toEqual([['0: session'], false]);
});
