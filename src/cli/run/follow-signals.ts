// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import type { RunningCommand } from '../../model/api-results';
import type { Context } from '../command-line/command';

/** Signals that ask a program to end. The others have a meaning only for the command. */
const ENDING: ReadonlySet<NodeJS.Signals> = new Set(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']);

/** Where the signals go that `run` receives. */
export interface Signals {
  /** From now on, signals go to this command. */
  readonly commandRuns: (command: RunningCommand) => void;
  /** Aborted by a signal that asks to end and comes while no command runs. The reason is the name of the signal. */
  readonly stop: AbortSignal;
}

/**
 * Whether this process belongs to the foreground job of a terminal. The terminal sends the signals of Ctrl-C and Ctrl-\
 * to each process of that job.
 */
function inForeground(): boolean {
  // The fields follow the name, which is in brackets and may have brackets: state ppid pgrp session tty_nr tpgid.
  const stat = fs.readFileSync('/proc/self/stat', 'utf8');
  const [, , group, , terminal, foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return terminal !== '0' && group === foreground;
}

/**
 * While the command runs, signals are passed on to it. At other times they end `run`. The terminal sends the signals of
 * Ctrl-C and Ctrl-\ to the command itself, so they are not passed on.
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
