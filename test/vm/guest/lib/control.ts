// SPDX-License-Identifier: MIT
/** A descriptor of the control file, used raw: one command a write(2). */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { atEnd } from './cleanup';
import { parseTable } from './proc';

export class Control {
  private fd: number | undefined;

  constructor() {
    this.fd = openSync('/proc/net_traffic/control', 'r+');
    atEnd(() => {
      this.close();
    });
  }

  /** A descriptor that is a session. */
  static session(...commands: string[]): Control {
    const control = new Control();
    for (const command of ['session', ...commands]) {
      const result = control.command(command);
      if (result !== 'ok') throw new Error(`${command}: ${result}`);
    }
    return control;
  }

  /** `ok`, or the name of the errno. */
  command(text: string | Buffer): string {
    const bytes = Buffer.from(text);
    try {
      const written = writeSync(this.open(), bytes, 0, bytes.length, null);
      return written === bytes.length ? 'ok' : `${written} bytes of ${bytes.length}`;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code ?? String(error);
    }
  }

  /** The number that the descriptor acts for: 0 is the module. */
  owner(): string {
    const buffer = Buffer.alloc(4096);
    const size = readSync(this.open(), buffer, 0, buffer.length, 0);
    const [row] = parseTable(buffer.toString('latin1', 0, size));
    return row?.['owner'] ?? 'none';
  }

  close(): void {
    if (this.fd !== undefined) closeSync(this.fd);
    this.fd = undefined;
  }

  private open(): number {
    if (this.fd === undefined) throw new Error('the descriptor is closed');
    return this.fd;
  }
}
