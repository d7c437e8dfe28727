// SPDX-License-Identifier: MIT
import fs from 'node:fs';

/** An open `/proc/net_traffic/control`. All calls are synchronous, because `children` applies to the calling thread. */
export interface Control {
  /** Sends one command by one write(2). Throws Node's system error if the kernel refuses it. */
  readonly write: (command: string) => void;
  /** Reads the file, which contains the owner that this descriptor acts for. */
  readonly read: () => string;
  /** Closes the descriptor. The session ends when its last descriptor is closed. */
  readonly close: () => void;
}

/** Opens `control`. Children do not inherit the descriptor, because libuv opens files with O_CLOEXEC. */
export function openControl(file: string): Control {
  const fd = fs.openSync(file, 'r+');
  let open = true;
  return {
    write(command) {
      const bytes = Buffer.from(command);
      const written = fs.writeSync(fd, bytes);
      if (written !== bytes.length) throw new Error(`${file} accepted only ${written} of ${bytes.length} bytes`);
    },
    read() {
      const buffer = Buffer.alloc(4096);
      return buffer.toString('utf8', 0, fs.readSync(fd, buffer, 0, buffer.length, 0));
    },
    close() {
      if (open) fs.closeSync(fd);
      open = false;
    },
  };
}
