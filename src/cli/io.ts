// SPDX-License-Identifier: MIT
import { systemCode } from '../errors';
import { openTerminal, type OpenTerminal } from './terminal';

/** Where a command writes: data to `out`, messages to `err`. */
export interface Io {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly env: NodeJS.ProcessEnv;
  readonly outIsTerminal: boolean;
  readonly errIsTerminal: boolean;
  /** Takes over the terminal that `out` is; null where it is none that could be. */
  readonly terminal: OpenTerminal | null;
  /** Aborted when the reader of `out` is known to have left: nothing written to it arrives any more. */
  readonly readerLeft: AbortSignal;
}

/** The process's own. A reader that went away (`| head`) is no failure, and nothing is said about it. */
export function processIo(): Io {
  const writer = (stream: NodeJS.WriteStream, left = new AbortController()): ((text: string) => void) => {
    stream.on('error', (error) => {
      // A terminal that is gone is EIO.
      if (systemCode(error) !== (stream.isTTY ? 'EIO' : 'EPIPE')) throw error;
      left.abort();
    });
    return (text) => {
      if (!left.signal.aborted) stream.write(text);
    };
  };
  const outLeft = new AbortController();
  const { stdin: input, stdout: output } = process;
  const isScreen = output.isTTY && process.env['TERM'] !== 'dumb';
  return {
    terminal: isScreen ? (listener) => openTerminal({ input, output }, listener) : null,
    out: writer(process.stdout, outLeft),
    err: writer(process.stderr),
    readerLeft: outLeft.signal,
    env: process.env,
    outIsTerminal: process.stdout.isTTY,
    errIsTerminal: process.stderr.isTTY,
  };
}
