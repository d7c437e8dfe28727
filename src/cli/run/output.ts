// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import { messageOf, TrafficError } from '../../model/errors';
import { text, wholeNumber } from '../command-line/arguments';
import type { Arguments, Context } from '../command-line/command';
import { UsageError } from '../command-line/mistake';
import type { Report } from '../format/report';
import { visible } from '../format/style';

/** Where the reports of `run` go. They never go to stdout, which belongs to the command. */
export interface Output {
  /** Writes a report. If that fails, this report and all later ones go to stderr. */
  readonly write: (report: Report) => void;
  /** @throws {TrafficError} ERR_SYSTEM if a report could not be written */
  readonly finish: () => void;
}

const DESCRIPTOR_MAX = 1_048_575;

const FOLDER = '/proc/self/fd';

function isForReading(fd: number | string): boolean {
  const flags = /^flags:\s*([0-7]+)$/m.exec(fs.readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1] ?? '0';
  return (parseInt(flags, 8) & (fs.constants.O_WRONLY | fs.constants.O_RDWR)) === 0;
}

/** Whether a pipe has both its ends in this process. Of a pipe that was passed to us, we have only one end. */
function isOwnPipe(target: string): boolean {
  if (!target.startsWith('pipe:')) return false;
  return fs.readdirSync(FOLDER).some((other) => {
    try {
      return fs.readlinkSync(`${FOLDER}/${other}`) === target && isForReading(other);
    } catch {
      return false; // readdir() listed its own descriptor, which is closed by now
    }
  });
}

/** Whether a descriptor was passed to us and is open for writing. */
function canWrite(fd: number): boolean {
  try {
    if (isForReading(fd)) return false;
    // Node's own descriptors, such as that of epoll, are not the user's files.
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
    if (file !== undefined) throw new UsageError('--output and --output-fd cannot be combined.');
    const fd = wholeNumber(number, 'output-fd', 1, DESCRIPTOR_MAX);
    if (!canWrite(fd)) {
      throw new UsageError(
        `Descriptor ${fd} is not open for writing. To open it:\n  lkm-traffic run --output-fd ${fd} -- CMD ${fd}>FILE`,
      );
    }
    return fd;
  }
  if (file === undefined) return null;
  try {
    return fs.openSync(file, 'w');
  } catch (error) {
    throw new UsageError(`Cannot open the file of --output: ${visible(messageOf(error))}`);
  }
}

/**
 * Opens the output before the command runs, so that a wrong name is reported at once.
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
          error: new TrafficError('ERR_SYSTEM', 'The report could not be written to its file; it is printed above.', {
            cause: error,
          }),
        };
        writeAside(text);
      }
    },
    finish() {
      if (failure !== null) throw failure.error;
    },
  };
}
