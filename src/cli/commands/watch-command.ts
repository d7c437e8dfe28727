// SPDX-License-Identifier: MIT
import { duration, flag, numberOf, words } from '../command-line/arguments';
import type { Arguments, Command, Context } from '../command-line/command';
import { isPid, sayUnknown, select, PROCESSES } from '../command-line/select';
import { UsageError } from '../command-line/mistake';
import { live } from '../watch/live';
import { Pace } from '../watch/pace';
import type { Moment } from '../watch/rates';
import { nextReading } from '../watch/reading';
import { watchReport } from '../watch/watch-report';

/** The number of readings to print; null: no limit. */
function countOf(args: Arguments): number | null {
  const count = numberOf(args, 'count', 1);
  if (flag(args, 'once') !== true) return count ?? null;
  if (count !== undefined) throw new UsageError('--once and --count cannot be combined.');
  return 1;
}

async function watchThem(args: Arguments, context: Context): Promise<number> {
  const { api, say, style, terminal, printNext, takeSignals, readerLeft } = context;
  const who = words(args, 'process');
  const interval = duration(args, 'interval') ?? 1000;
  const count = countOf(args);
  const take = async (flows = false): Promise<Moment> => {
    const snapshot = await api.snapshot({ flows });
    return { snapshot, at: process.hrtime.bigint() };
  };

  const first = await take();
  const { unknown } = select(first.snapshot, who);
  sayUnknown(unknown, say);
  if (unknown.length > 0 && unknown.length === who.length) return 1;

  const pace = new Pace(interval);
  const end = (): void => {
    pace.end();
  };
  takeSignals(end);
  readerLeft.addEventListener('abort', end, { once: true });
  if (readerLeft.aborted) end();
  if (terminal && count === null) {
    await live(first, { open: terminal, take, pace, who, interval, style });
  } else {
    let before = first;
    for (let printed = 0; printed < (count ?? Infinity) && (await pace.due()); printed += 1) {
      const moment = await take();
      printNext(watchReport(nextReading(before, moment, who), who.some(isPid)));
      before = moment;
    }
  }
  return unknown.length > 0 ? 1 : 0;
}

export const watch: Command = {
  name: 'watch',
  positionals: PROCESSES,
  describe: 'Show live rates, totals and flows of the watched programs; in a pipe, print one JSON document per reading',
  examples: [
    ['$0 watch', 'everything that is watched; press ? to list the keys'],
    ['$0 watch nginx --interval 500ms', 'one program, twice a second'],
    ['$0 watch --once', 'one reading, with rates'],
    ['$0 watch | jq -c .rate', 'the total rate, one line per second'],
  ],
  options: {
    interval: {
      type: 'string',
      requiresArg: true,
      describe: 'time between two readings, for example 2 (seconds), 0.5 or 500ms (default: 1)',
    },
    count: { type: 'string', requiresArg: true, describe: 'print this many readings, then stop' },
    once: { type: 'boolean', describe: 'same as --count 1' },
  },
  pipedFormat: 'ndjson',
  run: watchThem,
};
