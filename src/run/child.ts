// SPDX-License-Identifier: MIT
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { messageOf, TrafficError } from '../errors';

/** Where the command's input and output are: this process's own, nowhere, or a descriptor. */
export type RunStdio = 'inherit' | 'ignore' | number;

export interface ChildOptions {
  cwd?: string | undefined;
  env?: NodeJS.ProcessEnv | undefined;
  /** One for all, or stdin, stdout and stderr. Default 'inherit'. */
  stdio?: RunStdio | readonly RunStdio[] | undefined;
}

export interface Ending {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Child {
  readonly pid: number;
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly ended: Promise<Ending>;
}

function commandError(command: string, error: unknown): TrafficError {
  return new TrafficError('ERR_COMMAND', `${command} cannot be executed: ${messageOf(error)}`, { cause: error });
}

/**
 * Starts a command. It has been forked when this returns: by this very thread, which the module's `children` speaks of.
 *
 * @throws {TrafficError} ERR_COMMAND
 */
export function start(command: string, args: readonly string[], options: ChildOptions): () => Promise<Child> {
  const { cwd, env, stdio = 'inherit' } = options;
  let child: ChildProcess;
  try {
    child = spawn(command, args, {
      cwd,
      env,
      stdio: typeof stdio === 'object' ? [...stdio] : [stdio, stdio, stdio],
    });
  } catch (error) {
    throw commandError(command, error);
  }
  const spawned = once(child, 'spawn');
  const ended = new Promise<Ending>((resolve) => {
    child.once('exit', (exitCode, signal) => {
      resolve({ exitCode, signal });
    });
  });
  return async () => {
    try {
      await spawned;
    } catch (error) {
      throw commandError(command, error);
    }
    return { pid: child.pid ?? 0, kill: (signal) => void child.kill(signal), ended };
  };
}
