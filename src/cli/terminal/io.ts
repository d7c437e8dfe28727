// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import { isatty } from 'node:tty';
import { systemCode, TrafficError } from '../../model/errors';
import { openTerminal, type OpenTerminal } from './terminal';

/** @throws {TrafficError} ERR_SYSTEM if the text cannot be written. A reader that went away is not a failure. */
type Write = (text: string) => void;

/** Where a command writes: data to `out`, messages to `err`. */
export interface Io {
  readonly out: Write;
  readonly err: Write;
  readonly env: NodeJS.ProcessEnv;
  readonly outIsTerminal: boolean;
  /** Columns of the terminal that `out` is; null if it is none, or does not know its width. */
  readonly outWidth: number | null;
  readonly errIsTerminal: boolean;
  /** Takes over the terminal that `out` is; null if `out` is not a terminal with a screen. */
  readonly terminal: OpenTerminal | null;
  /** Aborted when the reader of `out` has left, so that text written to `out` is lost. */
  readonly readerLeft: AbortSignal;
}

/** For a terminal, pipe or socket. A reader that went away (`| head`) is not a failure and is not reported. */
function streamWriter(stream: NodeJS.WriteStream, left: AbortController): Write {
  // Writing to a terminal that is gone fails with EIO.
  const gone = stream.isTTY ? ['EIO'] : ['EPIPE', 'ECONNRESET'];
  stream.on('error', (error) => {
    if (!gone.includes(systemCode(error) ?? '')) throw error;
    left.abort();
  });
  return (text) => {
    if (!left.signal.aborted) stream.write(text);
  };
}

/** For a file or device. Node's stream calls write(2) once: when the disk becomes full, part of the text is lost. */
function fileWriter(fd: number, name: string): Write {
  return (text) => {
    try {
      fs.writeFileSync(fd, text);
    } catch (error) {
      throw new TrafficError('ERR_SYSTEM', `Cannot write to ${name}.`, { cause: error });
    }
  };
}

function hasReader(fd: number): boolean {
  const stat = fs.fstatSync(fd);
  return isatty(fd) || stat.isFIFO() || stat.isSocket();
}

/** The streams of this process. */
export function processIo(): Io {
  const outLeft = new AbortController();
  const { stdin: input, stdout: output } = process;
  const isScreen = output.isTTY && process.env['TERM'] !== 'dumb';
  return {
    terminal: isScreen ? (listener) => openTerminal({ input, output }, listener) : null,
    out: hasReader(1) ? streamWriter(process.stdout, outLeft) : fileWriter(1, 'stdout'),
    err: hasReader(2) ? streamWriter(process.stderr, new AbortController()) : fileWriter(2, 'stderr'),
    readerLeft: outLeft.signal,
    env: process.env,
    outIsTerminal: isatty(1),
    outWidth: isatty(1) && output.columns > 0 ? output.columns : null,
    errIsTerminal: isatty(2),
  };
}
