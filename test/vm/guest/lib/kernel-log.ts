// SPDX-License-Identifier: MIT
/** The kernel's log, read record by record from /dev/kmsg: dmesg costs half a second here. */
import { constants, openSync, readSync } from 'node:fs';

class KernelLog {
  private readonly lines: string[] = [];
  private readonly fd = openSync('/dev/kmsg', constants.O_RDONLY | constants.O_NONBLOCK);
  private readonly buffer = Buffer.alloc(16384);

  /** A place in the log: what comes after it is `since(mark)`. */
  mark(): number {
    this.drain();
    return this.lines.length;
  }

  /** The messages after a mark, as /dev/kmsg escapes them, a record a string. */
  since(mark: number): string[] {
    this.drain();
    return this.lines.slice(mark);
  }

  /** Those of the module, without their prefix. */
  module(mark: number): string[] {
    const prefix = 'Traffic module: ';
    return this.since(mark)
      .filter((line) => line.startsWith(prefix))
      .map((line) => line.slice(prefix.length));
  }

  private drain(): void {
    for (;;) {
      try {
        const size = readSync(this.fd, this.buffer);
        const [record = ''] = this.buffer.toString('utf8', 0, size).split('\n');
        this.lines.push(record.slice(record.indexOf(';') + 1));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return;
        // EPIPE: records were overwritten before they were read; the next read goes on after them.
        if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
      }
    }
  }
}

export const kernelLog = new KernelLog();
