// SPDX-License-Identifier: MIT
import { EVENT_KINDS, type EventKind } from '../../model/event';
import { choice, choices, duration, numberOf, pids, words } from '../command-line/arguments';
import type { Arguments, Command, Context } from '../command-line/command';
import { UsageError } from '../command-line/mistake';
import { withCommand } from '../command-line/shell-words';
import { eventReport } from '../format/event-report';
import { FORMATS } from '../format/report';
import { countOf } from '../format/words';

function kindsOf(args: Arguments): readonly EventKind[] | undefined {
  const given = choices(args, 'event', EVENT_KINDS);
  return given.length === 0 ? undefined : EVENT_KINDS.filter((kind) => given.includes(kind));
}

async function follow(args: Arguments, { api, printNext, say, takeSignals, readerLeft }: Context): Promise<number> {
  if (choice(args, 'format', FORMATS) === 'prom') {
    throw new UsageError(
      withCommand('events has no Prometheus format. To print metrics:', ['show', '--format', 'prom']),
    );
  }
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
  say('Following events. Press Ctrl-C to stop.');
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
  describe: 'Print each send, receive, exec and exit of the watched programs as it happens',
  examples: [
    ['$0 events', 'all events'],
    ['$0 events --json --event send,recv --name nginx', 'sends and receives of nginx, as one JSON document per line'],
    ['$0 events --pid 1234 --min-bytes 100000 --duration 60', 'large sends and receives of one process, for a minute'],
  ],
  options: {
    event: {
      type: 'string',
      requiresArg: true,
      describe: 'kinds of events, separated by commas: send, recv, exec, exit (default: all)',
    },
    pid: { type: 'string', requiresArg: true, describe: 'print only events of this process; can be repeated' },
    name: {
      type: 'string',
      requiresArg: true,
      describe: 'print only events of this watched program and its children; can be repeated',
    },
    'min-bytes': {
      type: 'string',
      requiresArg: true,
      describe: 'print only sends and receives of at least this many bytes',
    },
    count: { type: 'string', requiresArg: true, describe: 'stop after this many events' },
    duration: {
      type: 'string',
      requiresArg: true,
      describe: 'stop after this time, for example 60 (seconds), 0.5 or 500ms',
    },
  },
  run: follow,
};
