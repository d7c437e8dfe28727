// SPDX-License-Identifier: MIT
import { EVENT_KINDS, type EventKind } from '../../model/event';
import { choice, duration, list, numberOf, pids, words } from '../command-line/arguments';
import type { Arguments, Command, Context } from '../command-line/command';
import { UsageError } from '../command-line/usage-error';
import { eventReport } from '../format/event-report';
import { FORMATS } from '../format/report';
import { countOf } from '../format/words';

function kindsOf(args: Arguments): readonly EventKind[] | undefined {
  const given = list(args, 'event');
  const kinds = EVENT_KINDS.filter((kind) => given.includes(kind));
  const unknown = given.find((word) => !kinds.some((kind) => kind === word));
  if (unknown !== undefined) throw new UsageError(`--event is '${unknown}'; it is of ${EVENT_KINDS.join(', ')}.`);
  return given.length === 0 ? undefined : kinds;
}

async function follow(args: Arguments, { api, printNext, say, takeSignals, readerLeft }: Context): Promise<number> {
  if (choice(args, 'format', FORMATS) === 'prom') throw new UsageError('Events are no metrics: show --format prom.');
  const most = numberOf(args, 'count', 1) ?? Infinity;
  const milliseconds = duration(args, 'duration');
  const stream = await api.events({
    ...{ events: kindsOf(args), pids: pids(args), programs: words(args, 'name') },
    minBytes: numberOf(args, 'min-bytes', 0),
  });
  const stop = (): void => {
    void stream.close();
  };
  takeSignals(stop);
  readerLeft.addEventListener('abort', stop, { once: true });
  const timer = milliseconds === undefined ? undefined : setTimeout(stop, milliseconds);
  say('Following what is counted; Ctrl-C ends it.');
  let seen = 0;
  let lost = 0n;
  let lostUnknown = false;
  try {
    for await (const event of stream) {
      printNext(eventReport(event));
      if (event.event === 'lost') {
        lost += event.count ?? 0n;
        lostUnknown ||= event.count === null;
      } else if ((seen += 1) >= most) {
        break;
      }
    }
  } finally {
    clearTimeout(timer);
    readerLeft.removeEventListener('abort', stop);
  }
  const more = lostUnknown ? ' and more' : '';
  say(`${countOf(seen, 'event')}, ${lost > 0n || lostUnknown ? `and ${lost}${more} lost` : 'none lost'}.`);
  return 0;
}

export const events: Command = {
  name: 'events',
  describe: 'Follow what is counted, as it is counted: each send and receive, exec and exit',
  examples: [
    ['$0 events', 'all of it'],
    ['$0 events --json --event send,recv --name nginx', 'what nginx transfers, a JSON document a line'],
    ['$0 events --pid 1234 --min-bytes 100000 --duration 60', 'large transfers of one process, for a minute'],
  ],
  options: {
    event: { type: 'string', requiresArg: true, describe: 'send, recv, exec, exit, or several of them (default: all)' },
    pid: { type: 'string', requiresArg: true, describe: 'only of this process; may be given several times' },
    name: { type: 'string', requiresArg: true, describe: 'only of this watched program, with its children' },
    'min-bytes': { type: 'string', requiresArg: true, describe: 'only transfers of at least that many bytes' },
    count: { type: 'string', requiresArg: true, describe: 'end after that many events' },
    duration: { type: 'string', requiresArg: true, describe: 'end after that many seconds; 500ms is taken too' },
  },
  run: follow,
};
