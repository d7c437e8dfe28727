// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import { isatty } from 'node:tty';
import { systemCode, TrafficError } from '../../model/errors';
import { openTerminal, type OpenTerminal } from './terminal';

/** @throws {TrafficError} ERR_SYSTEM when it cannot be written; a reader that went away is no failure */
type Write = (text: string) => void;

/** Where a command writes: data to `out`, messages to `err`. */
export interface Io {
  readonly out: Write;
  readonly err: Write;
  readonly env: NodeJS.ProcessEnv;
  readonly outIsTerminal: boolean;
  readonly errIsTerminal: boolean;
  /** Takes over the terminal that `out` is; null where it is none that could be. */
  readonly terminal: OpenTerminal | null;
  /** Aborted when the reader of `out` is known to have left: nothing written to it arrives any more. */
  readonly readerLeft: AbortSignal;
}

/** For a terminal, pipe or socket. A reader that went away (`| head`) is no failure, and nothing is said about it. */
function streamWriter(stream: NodeJS.WriteStream, left: AbortController): Write {
  // A terminal that is gone is EIO.
  const gone = stream.isTTY ? ['EIO'] : ['EPIPE', 'ECONNRESET'];
  stream.on('error', (error) => {
    if (!gone.includes(systemCode(error) ?? '')) throw error;
    left.abort();
  });
  return (text) => {
    if (!left.signal.aborted) stream.write(text);
  };
}

/** For a file or device. Node's stream calls write(2) once, and a disk that becomes full then takes a part only. */
function fileWriter(fd: number, name: string): Write {
  return (text) => {
    try {
      fs.writeFileSync(fd, text);
    } catch (error) {
      throw new TrafficError('ERR_SYSTEM', `${name} cannot be written.`, { cause: error });
    }
  };
}

function hasReader(fd: number): boolean {
  const stat = fs.fstatSync(fd);
  return isatty(fd) || stat.isFIFO() || stat.isSocket();
}

/** The process's own. */
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
    errIsTerminal: isatty(2),
  };
}
