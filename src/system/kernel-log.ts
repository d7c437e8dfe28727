// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import { systemCode } from '../model/errors';

const PREFIX = 'Traffic module: ';
/** A read returns one record, and fails with EINVAL if the buffer is too small for it. */
const RECORD_BYTES = 16_384;
/** A limit, in case the log grows as fast as it is read. */
const RECORDS_MAX = 100_000;

export interface KernelLog {
  /** The module's lines since the log was opened or since the last call. */
  readonly lines: () => string[];
  readonly close: () => void;
}

/** Follows the kernel log from now on. Without the permission to read it there are no lines. */
export function openKernelLog(file: string): KernelLog {
  let fd: number;
  try {
    fd = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
  } catch {
    return { lines: () => [], close: () => undefined };
  }
  // Node cannot seek to the end of the log. Read the old records and drop them.
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
      // EPIPE: records were overwritten before they were read. The next read continues with the oldest one.
      if (systemCode(error) !== 'EPIPE') break;
    }
  }
  return records;
}

/**
 * The message of a record: `6,1234,56789,-;message`, followed by lines of properties that begin with a space. The kernel
 * writes unprintable bytes as `\x0a`.
 */
export function messageOfRecord(record: string): string {
  const message = record.slice(record.indexOf(';') + 1).split('\n', 1)[0] ?? '';
  return message.replace(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
