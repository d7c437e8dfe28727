// SPDX-License-Identifier: MIT
import fc from 'fast-check';
import { EventParser } from '../../../src/events/event-parser';
import type { TrafficEvent } from '../../../src/model/event';
import { fixture } from '../support/fixtures';

const START = 1_764_000_000_000_000_000n;

function parse(...pieces: (string | Buffer)[]): TrafficEvent[] {
  const parser = new EventParser((nanoseconds) => START + nanoseconds);
  return pieces.flatMap((piece) => parser.push(typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece));
}

const SEND =
  'send: tgid=7 program=worker bytes=35 transport=tcp family=inet6 local=[fe80::1]:40112 remote=[2001:db8::2]:443';
const line = (comm: string, event = SEND): string =>
  `${comm.padStart(16)}-8       [003] .....   101.000001: ${event}\n`;

test('parses a transfer with both ends', () => {
  expect(parse(line('node'))).toEqual([
    {
      ...{ event: 'send', time: '2025-11-24T16:01:41.000001000Z', cpu: 3, pid: 7, tid: 8, comm: 'node' },
      ...{ program: 'worker', bytes: 35n, transport: 'tcp', family: 'inet6' },
      ...{ localAddress: 'fe80::1', localPort: 40112, remoteAddress: '2001:db8::2', remotePort: 443 },
    },
  ]);
});

test('parses a whole trace: exec, transfers, lost events and exit', () => {
  const events = parse(fixture('../trace_pipe'));
  expect(events.map(({ event }) => event)).toEqual(['exec', 'send', 'recv', 'lost', 'exit']);
  expect(events).toMatchObject([
    { name: 'worker' },
    { localAddress: '127.0.0.1', remoteAddress: '127.0.0.1' },
    { remoteAddress: null, remotePort: null },
    { cpu: 0, count: 12n },
    { exitCode: 3, signal: null, receivedBytes: 100n, sentMessages: 1n },
  ]);
});

test('reads an unknown number of lost events as null, not as 0', () => {
  expect(parse('CPU:13 [LOST EVENTS]\n')).toEqual([{ event: 'lost', cpu: 13, count: null }]);
});

test('accepts pieces that are cut anywhere', () => {
  const text = fixture('../trace_pipe');
  const whole = parse(text);
  fc.assert(
    fc.property(fc.array(fc.nat(text.length), { maxLength: 20 }), (cuts) => {
      const places = [0, ...cuts.sort((a, b) => a - b), text.length];
      const pieces = places.slice(1).map((place, n) => text.slice(places[n], place));
      expect(parse(...pieces)).toEqual(whole);
    }),
  );
});

test('waits for the rest of an incomplete line', () => {
  expect(parse(line('node').slice(0, -1))).toEqual([]);
});

test('returns names unchanged, whatever they contain', () => {
  const [event] = parse(line('a', 'exec: tgid=7 program=\\055 name=a\\040b\\012\\303\\244\\134'));
  expect(event).toMatchObject({ program: '-', name: 'a b\nä\\' });
  expect(parse(line('a', 'exec: tgid=7 program=- name=a'))).toMatchObject([{ program: null }]);
  expect(parse(line('<...>'))).toMatchObject([{ comm: null }]);
  expect(parse(line('a-1 [000] b'))).toMatchObject([{ comm: 'a-1 [000] b', tid: 8 }]);
});

test('is not misled by a thread name that looks like an event', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...Array.from('\n\r\0 -[]:1.aCPULOST')), maxLength: 15 }), (comm) => {
      const events = parse(line(comm), line('next'));
      expect(events.map(({ event }) => event)).toEqual(['send', 'send']);
      expect(events[0]).toMatchObject({ pid: 7, tid: 8, cpu: 3, bytes: 35n });
    }),
    { numRuns: 2000 },
  );
});

test('ignores lines that are not events', () => {
  expect(parse('\n', '# tracer: nop\n', line('a', 'sched_switch: prev_comm=x'), line('node'))).toHaveLength(1);
});

test('keeps all digits of counts', () => {
  const [event] = parse(
    line('a', 'exit: tgid=7 program=a id=1 exit_code=9 rx_bytes=18446744073709551615 rx_msgs=1 tx_bytes=0 tx_msgs=0'),
  );
  expect(event).toMatchObject({ receivedBytes: 2n ** 64n - 1n, signal: 'SIGKILL', exitCode: null });
});
