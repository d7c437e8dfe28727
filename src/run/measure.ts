// SPDX-License-Identifier: MIT
import type { ChildProcess } from 'node:child_process';
import { TrafficError } from '../model/errors';
import type { MeasureOptions } from '../model/api-options';
import type { RunResult } from '../model/api-results';
import { attach } from '../module/load';
import type { Host } from '../system/host';
import { hasInitialPids } from '../system/pid-namespace';
import { childOf } from './child';
import { count } from './count';

/** The internal form of `measure()`. */
export async function measureOn(host: Host, child: ChildProcess, options: MeasureOptions): Promise<RunResult> {
  const { pid } = child;
  if (pid === undefined) {
    throw new TrafficError('ERR_INVALID_ARGUMENT', 'The child process was not started.', {
      hint: "The event 'error' of the child process says why.",
    });
  }
  if (!hasInitialPids(host)) {
    throw new TrafficError(
      'ERR_INVALID_ARGUMENT',
      `Cannot count process ${pid} by PID: this process is in a PID namespace of its own, and the module uses PIDs of the initial one.`,
      { hint: 'Start the command with run(), which needs no PID.' },
    );
  }
  return count(host, child.spawnargs, options, (control) => {
    // Node reaps a child that has ended. Its PID may then belong to another process.
    const running = childOf(child);
    if (running.hasEnded()) {
      throw new TrafficError('ERR_NO_PROCESS', `The child process ${pid} has ended.`);
    }
    attach(control, pid);
    return () => Promise.resolve(running);
  });
}
