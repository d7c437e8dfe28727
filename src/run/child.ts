// SPDX-License-Identifier: MIT
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { messageOf, TrafficError } from '../model/errors';
import type { ChildOptions } from '../model/api-options';
import type { Ending, RunningCommand } from '../model/api-results';

/** A command that was started, and the promise of its end. */
export interface Child extends RunningCommand {
  readonly ended: Promise<Ending>;
}

function commandError(command: string, error: unknown): TrafficError {
  return new TrafficError('ERR_COMMAND', `Cannot execute ${command}: ${messageOf(error)}`, { cause: error });
}

/** Wraps a child process of Node that was spawned and has not ended. */
export function childOf(process: ChildProcess): Child {
  return {
    pid: process.pid ?? 0,
    hasEnded: () => process.exitCode !== null || process.signalCode !== null,
    kill: (signal) => void process.kill(signal),
    ended: new Promise((resolve) => {
      process.once('exit', (exitCode, signal) => {
        resolve({ exitCode, signal });
      });
    }),
  };
}

/** What to execute: the command itself, or a program that runs it as another user. */
export interface Executable {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv | undefined;
}

/**
 * Starts a command. When this returns, the calling thread has forked the child. The module's command `children` applies
 * to that thread.
 *
 * @throws {TrafficError} ERR_COMMAND
 */
export function start(
  { file, args, env }: Executable,
  options: Pick<ChildOptions, 'cwd' | 'stdio'>,
): () => Promise<Child> {
  const { cwd, stdio = 'inherit' } = options;
  let child: ChildProcess;
  try {
    child = spawn(file, args, {
      cwd,
      env,
      stdio: typeof stdio === 'object' ? [...stdio] : [stdio, stdio, stdio],
    });
  } catch (error) {
    throw commandError(file, error);
  }
  const spawned = once(child, 'spawn');
  const started = childOf(child);
  return async () => {
    try {
      await spawned;
    } catch (error) {
      throw commandError(file, error);
    }
    return { ...started, pid: child.pid ?? 0 };
  };
}
