// SPDX-License-Identifier: MIT
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { messageOf, TrafficError } from '../model/errors';

/** Where the command's input and output are: this process's own, nowhere, or a descriptor. */
export type RunStdio = 'inherit' | 'ignore' | number;

export interface ChildOptions {
  cwd?: string | undefined;
  env?: NodeJS.ProcessEnv | undefined;
  /** One for all, or stdin, stdout and stderr. Default 'inherit'. */
  stdio?: RunStdio | readonly RunStdio[] | undefined;
  /** Name of the user to run it as, with that user's groups and home. Needs root, and setpriv of util-linux. */
  user?: string | undefined;
}

export interface Ending {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  /** As `SIGKILL`; a realtime signal by its number: `SIG34`. */
  readonly signal: string | null;
}

/** A command that was started. */
export interface RunningCommand {
  readonly pid: number;
  /** Its PID may be somebody else's then. */
  readonly hasEnded: () => boolean;
  /** Does nothing once it has ended. */
  readonly kill: (signal: NodeJS.Signals) => void;
}

export interface Child extends RunningCommand {
  readonly ended: Promise<Ending>;
}

function commandError(command: string, error: unknown): TrafficError {
  return new TrafficError('ERR_COMMAND', `${command} cannot be executed: ${messageOf(error)}`, { cause: error });
}

/** A child process of Node's that was spawned and has not ended. */
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

/** What is executed: the command itself, or what runs it as another user. */
export interface Executable {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv | undefined;
}

/**
 * Starts a command. It has been forked when this returns: by this very thread, which the module's `children` speaks of.
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
