// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import { systemCode } from '../model/errors';

const PREFIX = 'Traffic module: ';
/** A read gives one record, and fails with EINVAL when the buffer is too small for it. */
const RECORD_BYTES = 16_384;
/** An end for a log that grows as fast as it is read. */
const RECORDS_MAX = 100_000;

export interface KernelLog {
  /** The module's own lines since the log was opened. Reading goes on where the last call ended. */
  readonly lines: () => string[];
  readonly close: () => void;
}

/** Follows the kernel log from now on. Best effort: without the right to read it there are no lines. */
export function openKernelLog(file: string): KernelLog {
  let fd: number;
  try {
    fd = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
  } catch {
    return { lines: () => [], close: () => undefined };
  }
  // There is no seek to the end in Node: read past what is old.
  readRecords(fd);
  return {
    lines: () =>
      readRecords(fd)
        .map(messageOfRecord)
        .filter((message) => message.startsWith(PREFIX)),
    close: () => {
      fs.closeSync(fd);
    },
  };
}

function readRecords(fd: number): string[] {
  const buffer = Buffer.alloc(RECORD_BYTES);
  const records: string[] = [];
  for (let i = 0; i < RECORDS_MAX; i += 1) {
    try {
      const length = fs.readSync(fd, buffer);
      if (length === 0) break;
      records.push(buffer.toString('utf8', 0, length));
    } catch (error) {
      // EPIPE: records were overwritten before they were read; the next read goes on with the oldest there is.
      if (systemCode(error) !== 'EPIPE') break;
    }
  }
  return records;
}

/** `6,1234,56789,-;message` and lines of properties, each after a space; unprintable bytes as `\x0a`. */
export function messageOfRecord(record: string): string {
  const message = record.slice(record.indexOf(';') + 1).split('\n', 1)[0] ?? '';
  return message.replace(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
