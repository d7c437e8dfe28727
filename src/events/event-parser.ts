// SPDX-License-Identifier: MIT
import type { TrafficEvent } from '../model/event';
import type { Timestamp, Transport } from '../model/types';
import { parseWaitStatus } from '../read/counters-file';
import { timestamp } from '../util/time';

/**
 * What ftrace prints of an event: `COMM-TID [CPU] FLAGS SECONDS: NAME: KEY=VALUE …`. COMM may hold anything, also a
 * line feed, but no value holds a space: so the last place that looks like this is the true one, and what a line feed
 * has cut off is passed over.
 */
const EVENT = /^ *(.*)-(\d+) +\[(\d+)\] [^:]* (\d+)\.(\d{6}): (send|recv|exec|exit): (tgid=.*)$/s;
const LOST = /^CPU:(\d+) \[LOST (?:(\d+) )?EVENTS\]$/;

const TRANSPORTS: readonly Transport[] = ['tcp', 'udp', 'other', 'unix', 'packet', 'vsock'];

/** Bytes, each a character, as the text that they are. */
function decode(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

function unescape(value: string): string {
  return decode(
    value.replace(/\\([0-3][0-7]{2})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))),
  );
}

function known(value: string): string | null {
  return value === '-' ? null : unescape(value);
}

/** `[::ffff:127.0.0.1]:80`; all zero is unknown. */
function end(value: string): { address: string | null; port: number | null } {
  const [, address = '::', port = '0'] = /^\[(.*)\]:(\d+)$/.exec(value) ?? [];
  return {
    address: address === '::' ? null : address.replace(/^::ffff:(?=[\d.]+$)/, ''),
    port: port === '0' ? null : Number(port),
  };
}

/**
 * The events in the text of a trace, which comes in pieces that may end anywhere. `at` gives the time of a moment of the
 * trace's clock, in nanoseconds.
 */
export class EventParser {
  readonly #at: (nanoseconds: bigint) => bigint;
  #rest = '';

  constructor(at: (nanoseconds: bigint) => bigint) {
    this.#at = at;
  }

  push(piece: Buffer): TrafficEvent[] {
    const lines = (this.#rest + piece.toString('latin1')).split('\n');
    this.#rest = lines.pop() ?? '';
    return lines.map((line) => this.#parse(line)).filter((event) => event !== null);
  }

  #parse(line: string): TrafficEvent | null {
    const lost = LOST.exec(line);
    if (lost) {
      const [, cpu, count] = lost;
      return { event: 'lost', cpu: Number(cpu), count: count === undefined ? null : BigInt(count) };
    }
    const [, comm = '', tid, cpu, seconds = '', microseconds = '', event, text] = EVENT.exec(line) ?? [];
    if (text === undefined) return null;
    const fields = new Map(text.split(' ').map((word) => [word.slice(0, word.indexOf('=')), word] as const));
    const value = (key: string): string => fields.get(key)?.slice(key.length + 1) ?? '';
    const count = (key: string): bigint => BigInt(value(key));
    const happened = {
      time: this.#time(BigInt(seconds) * 1_000_000n + BigInt(microseconds)),
      cpu: Number(cpu),
      pid: Number(value('tgid')),
      tid: Number(tid),
      comm: comm === '<...>' ? null : decode(comm),
      program: known(value('program')),
    };
    switch (event) {
      case 'send':
      case 'recv': {
        const transport = TRANSPORTS.find((name) => name === value('transport'));
        if (transport === undefined) return null;
        const [local, remote] = [end(value('local')), end(value('remote'))];
        return {
          ...{ event, ...happened, bytes: count('bytes'), transport, family: value('family') },
          ...{ localAddress: local.address, localPort: local.port },
          ...{ remoteAddress: remote.address, remotePort: remote.port },
        };
      }
      case 'exec':
        return { event, ...happened, name: unescape(value('name')) };
      default:
        return {
          ...{ event: 'exit', ...happened, id: count('id'), ...parseWaitStatus(Number(value('exit_code'))) },
          ...{ receivedBytes: count('rx_bytes'), receivedMessages: count('rx_msgs') },
          ...{ sentBytes: count('tx_bytes'), sentMessages: count('tx_msgs') },
        };
    }
  }

  #time(microseconds: bigint): Timestamp {
    return timestamp(this.#at(microseconds * 1000n));
  }
}
