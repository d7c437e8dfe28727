// SPDX-License-Identifier: MIT
/** An instance of ftrace with events of the module, read without any of the product's code. */
import { closeSync, constants, mkdirSync, openSync, readSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { atEnd } from './cleanup';
import { counts, type Row } from './proc';

export const tracefs = '/sys/kernel/tracing';
export const events = ['send', 'recv', 'exec', 'exit'] as const;
export type EventName = (typeof events)[number];

/** One event: what the line says by its keys, and `event`. */
export function parseEvent(line: string): Row | undefined {
  const [, event, text = ''] = /: (\w+): (tgid=.*)$/.exec(line) ?? [];
  if (event === undefined) return undefined;
  return {
    event,
    ...Object.fromEntries([...text.matchAll(/(\w+)=(\S*)/g)].map(([, key = '', value = '']) => [key, value])),
  };
}

export class Instance {
  readonly folder: string;
  private text = '';
  private readonly fd: number;
  private here = true;

  constructor(name: string) {
    this.folder = join(tracefs, 'instances', name);
    mkdirSync(this.folder);
    this.write('buffer_size_kb', '8192');
    this.fd = openSync(join(this.folder, 'trace_pipe'), constants.O_RDONLY | constants.O_NONBLOCK);
    atEnd(() => {
      this.remove();
    });
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.folder, file), text);
  }

  enable(...names: readonly EventName[]): void {
    for (const name of names) this.write(`events/net_traffic/${name}/enable`, '1');
  }

  disable(...names: readonly EventName[]): void {
    for (const name of names) this.write(`events/net_traffic/${name}/enable`, '0');
  }

  /** The events since the last call; fails if one was lost. */
  read(): Row[] {
    const buffer = Buffer.alloc(65536);
    for (;;) {
      try {
        const size = readSync(this.fd, buffer);
        if (size === 0) break;
        this.text += buffer.toString('latin1', 0, size);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EAGAIN') break;
        throw error;
      }
    }
    const text = this.text;
    this.text = '';
    if (text.includes('LOST')) throw new Error(`events were lost: ${/.*LOST.*/.exec(text)?.[0] ?? ''}`);
    return text
      .split('\n')
      .map(parseEvent)
      .filter((event) => event !== undefined);
  }

  remove(): void {
    if (!this.here) return;
    this.here = false;
    closeSync(this.fd);
    rmdirSync(this.folder);
  }
}

const ways: Record<string, string> = { send: 'tx', recv: 'rx' };

/** The twelve counts that the transfers among the events add up to. */
export function sumEvents(rows: readonly Row[]): Row {
  const sums: Record<string, bigint> = {};
  const add = (name: string, value: bigint): void => {
    sums[name] = (sums[name] ?? 0n) + value;
  };
  for (const { event = '', transport = '', bytes } of rows) {
    if (ways[event] === undefined) continue;
    add(`${transport}_${ways[event]}_bytes`, BigInt(bytes ?? ''));
    add(`${transport}_${ways[event]}_msgs`, 1n);
  }
  return counts(sums);
}
