// SPDX-License-Identifier: MIT
import { followSignals } from '../../../../src/cli/run/follow-signals';

/** What `run` does with the signals that it is sent while a command runs, and after it. */
function following(): { stop: AbortSignal; sent: string[]; send: (name: NodeJS.Signals) => void; end: () => void } {
  let send: (name: NodeJS.Signals) => void = () => undefined;
  let hasEnded = false;
  const sent: string[] = [];
  const { commandRuns, stop } = followSignals({ takeSignals: (listener) => (send = listener) });
  commandRuns({ pid: 1, hasEnded: () => hasEnded, kill: (name) => sent.push(name) });
  return {
    ...{ stop, sent },
    send: (name) => {
      send(name);
    },
    end: () => (hasEnded = true),
  };
}

test.each(['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const)('passes %s on to the command while it runs', (name) => {
  const { stop, sent, send } = following();
  send(name);
  expect([sent, stop.aborted]).toEqual([[name], false]);
});

test.each([
  ['SIGINT', true],
  ['SIGTERM', true],
  ['SIGHUP', true],
  ['SIGQUIT', true],
  ['SIGUSR1', false],
  ['SIGUSR2', false],
] as const)('after the command, %s ends the waiting: %s', (name, ends) => {
  const { stop, sent, send, end } = following();
  end();
  send(name);
  expect([sent, stop.aborted]).toEqual([[], ends]);
});
