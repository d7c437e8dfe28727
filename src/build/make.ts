// SPDX-License-Identifier: MIT
import { spawn } from 'node:child_process';
import os from 'node:os';
import { TrafficError, systemCode } from '../model/errors';
import { compilerHint, makeHint, toInstall, toolsHint } from '../system/distribution';
import type { Host } from '../system/host';
import { compilerFor } from './compiler';

const TAIL_LINES = 15;

/** Runs kbuild on a copy of the source. The compiler gets no variable of the caller's environment. */
export async function make(host: Host, headers: string, source: string, signal?: AbortSignal): Promise<void> {
  const output: Buffer[] = [];
  const compiler = compilerFor(host, headers).makeArguments;
  // A process group of its own, so that an abort ends the compilers too.
  const child = spawn(
    'make',
    [`-j${os.availableParallelism()}`, '-C', headers, `M=${source}`, ...compiler, 'modules'],
    {
      env: { PATH: host.toolPath, LANG: 'C', LC_ALL: 'C', HOME: source, TMPDIR: source },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    },
  );
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk));

  const stop = (): void => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // The group has ended.
    }
  };
  signal?.addEventListener('abort', stop);
  try {
    const status = await new Promise<number | NodeJS.Signals>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, by) => {
        resolve(code ?? by ?? 'SIGKILL');
      });
    });
    signal?.throwIfAborted();
    if (status !== 0) throw failure(host, status, Buffer.concat(output).toString('utf8'));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') throw missingTool(host, 'make', error);
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

function missingTool(host: Host, tool: string, cause?: unknown): TrafficError {
  const remedy = tool === 'make' ? makeHint(host) : tool.startsWith('gcc') ? compilerHint(host, tool) : toolsHint(host);
  return new TrafficError('ERR_BUILD', `${tool} is not installed. It is needed to build the module.`, {
    hint: toInstall(tool, remedy),
    cause,
  });
}

function failure(host: Host, status: number | NodeJS.Signals, output: string): TrafficError {
  const missing = /(?:^|[\s/])(gcc[\w.-]*|cc|ld|as|bash|perl): (?:command )?not found/m.exec(output)?.[1];
  if (missing !== undefined) return missingTool(host, missing);
  const tail = output.trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
  return new TrafficError(
    'ERR_BUILD',
    `The module does not compile: make ended with ${status}. The end of its output:\n${tail}`,
    { hint: 'The module supports x86-64 kernels from 6.1 on, with ftrace and with matching headers.' },
  );
}
