// SPDX-License-Identifier: MIT
import type { RunningCommand } from '../../model/api-results';
import type { Context } from '../command-line/command';
import { inForeground } from './foreground';

/** Those that ask a program to end; the others have a meaning for the command alone. */
const ENDING: ReadonlySet<NodeJS.Signals> = new Set(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']);

/** What becomes of the signals that `run` is sent. */
export interface Signals {
  /** They are for this command now. */
  readonly commandRuns: (command: RunningCommand) => void;
  /** Aborted by a signal to end that came when no command ran: its name is the reason. */
  readonly stop: AbortSignal;
}

/**
 * Signals are meant for the command while there is one, and then for whatever else `run` does. Those of the terminal's
 * keys have reached the command by themselves where there is a terminal.
 */
export function followSignals({ takeSignals }: Pick<Context, 'takeSignals'>): Signals {
  let command: RunningCommand | undefined;
  const stop = new AbortController();
  const onSignal = (signal: NodeJS.Signals): void => {
    const fromKeyboard = (signal === 'SIGINT' || signal === 'SIGQUIT') && inForeground();
    if (command !== undefined && !command.hasEnded()) {
      if (!fromKeyboard) command.kill(signal);
    } else if (ENDING.has(signal)) {
      stop.abort(signal);
    }
  };
  return {
    commandRuns(now) {
      if (command === undefined) takeSignals(onSignal);
      command = now;
    },
    stop: stop.signal,
  };
}
