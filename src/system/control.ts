// SPDX-License-Identifier: MIT
import fs from 'node:fs';

/** An open `/proc/net_traffic/control`. All calls are synchronous: `children` speaks of the calling thread. */
export interface Control {
  /** One command, one write(2). Rejections are the kernel's, as Node's system errors. */
  readonly write: (command: string) => void;
  /** The text of the file, which says for which owner this descriptor acts. */
  readonly read: () => string;
  /** Closing the last descriptor of a session ends it. */
  readonly close: () => void;
}

/** Opens `control`; the descriptor is not inherited by children (libuv opens with O_CLOEXEC). */
export function openControl(file: string): Control {
  const fd = fs.openSync(file, 'r+');
  let open = true;
  return {
    write(command) {
      const bytes = Buffer.from(command);
      const written = fs.writeSync(fd, bytes);
      if (written !== bytes.length) throw new Error(`${file} took ${written} of ${bytes.length} bytes`);
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
