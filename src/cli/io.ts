// SPDX-License-Identifier: MIT
import { systemCode } from '../errors';

/** Where a command writes: data to `out`, messages to `err`. */
export interface Io {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly env: NodeJS.ProcessEnv;
  readonly outIsTerminal: boolean;
  readonly errIsTerminal: boolean;
}

/** The process's own. A reader that went away (`| head`) is no failure, and nothing is said about it. */
export function processIo(): Io {
  const writer = (stream: NodeJS.WriteStream): ((text: string) => void) => {
    let open = true;
    stream.on('error', (error) => {
      if (systemCode(error) !== 'EPIPE') throw error;
      open = false;
    });
    return (text) => {
      if (open) stream.write(text);
    };
  };
  return {
    out: writer(process.stdout),
    err: writer(process.stderr),
    env: process.env,
    outIsTerminal: process.stdout.isTTY,
    errIsTerminal: process.stderr.isTTY,
  };
}
