// SPDX-License-Identifier: MIT
import type { EventsOptions } from '../../../../src/model/api-options';
import { aStream, cli, workingApi } from '../../support/cli';
import { schemaErrors } from '../../support/schema';

const optionsOf = async (...argv: string[]): Promise<EventsOptions | undefined> => {
  let given: EventsOptions | undefined;
  await cli(['events', ...argv], { events: (options) => ((given = options), Promise.resolve(aStream([]))) });
  return given;
};

test('prints one line per event, and how many events were lost', async () => {
  const { status, out, err } = await cli(['events'], workingApi);
  expect(status).toBe(0);
  expect(out).toBe(
    [
      '16:01:41.000001Z worker[301] exec worker',
      '16:01:41.002000Z worker[301] send 100 bytes udp 127.0.0.1:40112 -> 127.0.0.1:51000',
      '16:01:41.003000Z worker[301] recv 100 bytes udp 127.0.0.1:51000 <- *:*',
      'LOST 12 events of CPU 0',
      '16:01:41.004000Z worker[301] exit 3; received 100 bytes, sent 100 bytes\n',
    ].join('\n'),
  );
  expect(err).toMatch(/\n4 events, and 12 lost\.\n$/);
});

test.each([['--json'], ['--format=ndjson']])(
  '%s prints one document per line that matches the schema',
  async (format) => {
    const { out } = await cli(['events', format], workingApi);
    const lines = out.trimEnd().split('\n');
    expect(lines).toHaveLength(5);
    for (const line of lines) expect(schemaErrors(line)).toEqual([]);
  },
);

test('CSV has one header', async () => {
  const { out } = await cli(['events', '--format=csv'], workingApi);
  expect(out.match(/^time,event,/gm)).toHaveLength(1);
  expect(out.trimEnd().split('\n')).toHaveLength(6);
});

test('escapes control characters of a name', async () => {
  const exec = 'a-1 [000] ..... 1.000000: exec: tgid=1 program=- name=a\\033[2J\n';
  const { out } = await cli(['events'], { events: () => Promise.resolve(aStream([exec])) });
  expect(out).toContain('a\\x1b[2J');
});

test('stops after --count events, without counting lost ones', async () => {
  const { out } = await cli(['events', '--count=4'], workingApi);
  expect(out.split('\n')).toHaveLength(6);
  expect((await cli(['events', '--count=1'], workingApi)).err).toMatch(/\n1 event, none lost\.\n$/);
});

test('passes the options on to the API', async () => {
  expect(await optionsOf()).toEqual({ events: undefined, pids: [], programs: [], minBytes: undefined });
  expect(await optionsOf('--event=recv,send', '--pid=7,8', '--name=a,b', '--min-bytes=9')).toEqual({
    ...{ events: ['send', 'recv'], pids: [7, 8], programs: ['a,b'], minBytes: 9 },
  });
});

test.each([
  ['--event=sent', /send, recv, exec, exit/],
  ['--count=0', /--count/],
  ['--duration=soon', /500ms/],
  ['--min-bytes=-1', /--min-bytes/],
  ['--format=prom', /no Prometheus format[^]*lkm-traffic show --format prom\n$/],
])('%s is wrong usage', async (option, message) => {
  const { status, err } = await cli(['events', option]);
  expect(status).toBe(2);
  expect(err).toMatch(message);
});
