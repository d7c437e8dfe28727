// SPDX-License-Identifier: MIT
import type { TrafficEvent } from '../model/event';
import { TRANSPORTS } from '../model/traffic';
import type { Timestamp } from '../model/types';
import { parseWaitStatus } from '../read/counters-file';
import { timestamp } from '../util/time';

/**
 * A line that ftrace prints for an event: `COMM-TID [CPU] FLAGS SECONDS: NAME: KEY=VALUE …`. COMM may contain any
 * character, even a line feed, but no value contains a space. So the last match in a line is the right one. If a line feed
 * in COMM splits an event, the part before it does not match and is ignored.
 */
const EVENT = /^ *(.*)-(\d+) +\[(\d+)\] [^:]* (\d+)\.(\d{6}): (send|recv|exec|exit): (tgid=.*)$/s;
const LOST = /^CPU:(\d+) \[LOST (?:(\d+) )?EVENTS\]$/;

/** Decodes UTF-8 from a string that has one character for each byte. */
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

/** Parses `[::ffff:127.0.0.1]:80`. An address or port of zeros is unknown. */
function end(value: string): { address: string | null; port: number | null } {
  const [, address = '::', port = '0'] = /^\[(.*)\]:(\d+)$/.exec(value) ?? [];
  return {
    address: address === '::' ? null : address.replace(/^::ffff:(?=[\d.]+$)/, ''),
    port: port === '0' ? null : Number(port),
  };
}

/**
 * Parses the text of a trace, which arrives in pieces that may end anywhere.
 *
 * @param at converts a time of the trace's clock to a time since 1970, both in nanoseconds
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
