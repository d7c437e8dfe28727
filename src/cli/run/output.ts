// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import { messageOf, TrafficError } from '../../model/errors';
import { text, wholeNumber } from '../command-line/arguments';
import type { Arguments, Context } from '../command-line/command';
import { UsageError } from '../command-line/usage-error';
import type { Report } from '../format/report';
import { visible } from '../format/style';

/** Where the reports of `run` go: stdout is the command's. */
export interface Output {
  /** Goes on where it cannot be written: the report is on stderr then, and so are all that follow. */
  readonly write: (report: Report) => void;
  /** @throws {TrafficError} ERR_SYSTEM when not all of it could be written */
  readonly finish: () => void;
}

const DESCRIPTOR_MAX = 1_048_575;

const FOLDER = '/proc/self/fd';

function isForReading(fd: number | string): boolean {
  const flags = /^flags:\s*([0-7]+)$/m.exec(fs.readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1] ?? '0';
  return (parseInt(flags, 8) & (fs.constants.O_WRONLY | fs.constants.O_RDWR)) === 0;
}

/** Whether it is a pipe of this process with itself: who was handed one end only has another at its other end. */
function isOwnPipe(target: string): boolean {
  if (!target.startsWith('pipe:')) return false;
  return fs.readdirSync(FOLDER).some((other) => {
    try {
      return fs.readlinkSync(`${FOLDER}/${other}`) === target && isForReading(other);
    } catch {
      return false; // the descriptor by which the folder itself was read
    }
  });
}

/** Whether a descriptor was handed to us, and can be written to. */
function canWrite(fd: number): boolean {
  try {
    if (isForReading(fd)) return false;
    // An event loop's own descriptors are no files of anybody's.
    const target = fs.readlinkSync(`${FOLDER}/${fd}`);
    return !target.startsWith('anon_inode:') && !isOwnPipe(target);
  } catch {
    return false;
  }
}

function descriptorOf(args: Arguments): number | null {
  const file = text(args, 'output');
  const number = text(args, 'output-fd');
  if (number !== undefined) {
    if (file !== undefined) throw new UsageError('--output and --output-fd are two places: give one of them.');
    const fd = wholeNumber(number, 'output-fd', 1, DESCRIPTOR_MAX);
    if (!canWrite(fd)) throw new UsageError(`--output-fd is ${fd}, which is not open for writing: … ${fd}>FILE`);
    return fd;
  }
  if (file === undefined) return null;
  try {
    return fs.openSync(file, 'w');
  } catch (error) {
    throw new UsageError(`--output: cannot write ${visible(file)}: ${visible(messageOf(error))}`);
  }
}

/**
 * Opens it before the command runs: a file that cannot be opened is known then.
 * @throws {UsageError}
 */
export function openOutput(args: Arguments, context: Context, many: boolean): Output {
  const fd = descriptorOf(args);
  const format = context.formatter({ forStderr: fd === null, many });
  let failure: { readonly error: unknown } | null = null;
  const writeAside = (text: string): void => {
    try {
      context.aside(text);
    } catch (error) {
      failure ??= { error };
    }
  };
  return {
    write(report) {
      const text = format(report);
      if (fd === null || failure !== null) {
        writeAside(text);
        return;
      }
      try {
        fs.writeFileSync(fd, text);
      } catch (error) {
        failure = {
          error: new TrafficError('ERR_SYSTEM', 'The report cannot be written; it stands above.', { cause: error }),
        };
        writeAside(text);
      }
    },
    finish() {
      if (failure !== null) throw failure.error;
    },
  };
}
