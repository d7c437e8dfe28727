// SPDX-License-Identifier: MIT
import { duration, flag, numberOf, words } from '../command-line/arguments';
import type { Arguments, Command, Context } from '../command-line/command';
import { isPid, sayUnknown, select, WHO } from '../command-line/select';
import { UsageError } from '../command-line/usage-error';
import { live } from '../watch/live';
import { Pace } from '../watch/pace';
import type { Moment } from '../watch/rates';
import { nextReading } from '../watch/reading';
import { watchReport } from '../watch/watch-report';

/** How many readings are printed; null: they are shown, or there is no end. */
function countOf(args: Arguments): number | null {
  const count = numberOf(args, 'count', 1);
  if (flag(args, 'once') !== true) return count ?? null;
  if (count !== undefined) throw new UsageError('--once is --count 1: give one of them.');
  return 1;
}

async function watchThem(args: Arguments, context: Context): Promise<number> {
  const { api, say, style, terminal, printNext, takeSignals, readerLeft } = context;
  const who = words(args, 'who');
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
  positionals: WHO,
  describe: 'Show live what the watched programs move: rates, totals, flows; piped, a JSON document a reading',
  examples: [
    ['$0 watch', 'all that is watched, on the screen; ? there tells the keys'],
    ['$0 watch nginx --interval 500ms', 'one program, twice a second'],
    ['$0 watch --once', 'one reading with its rates, and the end'],
    ['$0 watch | jq -c .rate', 'the rate of everything, a line a second'],
  ],
  options: {
    interval: {
      type: 'string',
      requiresArg: true,
      describe: 'seconds between two readings; 500ms is taken too (default: 1)',
    },
    count: { type: 'string', requiresArg: true, describe: 'print that many readings, then end' },
    once: { type: 'boolean', describe: 'the same as --count 1' },
  },
  pipedFormat: 'ndjson',
  run: watchThem,
};
