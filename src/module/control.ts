// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import { TrafficError, systemCode } from '../errors';
import { parseControl } from '../proc/control';

/** An open `/proc/net_traffic/control`. All calls are synchronous: `children` speaks of the calling thread. */
export interface Control {
  /** One command, one write(2). Rejections are the kernel's, as Node's system errors. */
  readonly write: (command: string) => void;
  /** The owner this descriptor acts for: 0, or the number of its session. */
  readonly owner: () => number;
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
    owner() {
      const buffer = Buffer.alloc(4096);
      return parseControl(buffer.toString('utf8', 0, fs.readSync(fd, buffer, 0, buffer.length, 0)), file);
    },
    close() {
      if (open) fs.closeSync(fd);
      open = false;
    },
  };
}

/** What a refused command means to the caller. `subject` is the name or PID it was about. */
export function controlError(error: unknown, action: string, subject: string | number): TrafficError {
  switch (systemCode(error)) {
    case 'ESRCH':
      return new TrafficError('ERR_NO_PROCESS', `Cannot ${action} ${subject}: no such process.`, {
        hint: 'PIDs are those of the initial PID namespace; a thread is named by its process.',
        cause: error,
      });
    case 'ENOSPC':
      return new TrafficError('ERR_LIMIT', `Cannot ${action} ${subject}: the module has no room for more.`, {
        hint: 'Close other sessions, or watch fewer names; lkm-traffic status shows the limits.',
        cause: error,
      });
    case 'E2BIG':
      return new TrafficError('ERR_LIMIT', `Cannot ${action} ${subject}: the name is too long.`, { cause: error });
    case 'EINVAL':
      return new TrafficError(
        'ERR_INVALID_ARGUMENT',
        `Cannot ${action} ${JSON.stringify(subject)}: the module does not accept it.`,
        {
          cause: error,
        },
      );
    case 'ESHUTDOWN':
      return stoppedError(error);
    default:
      return new TrafficError('ERR_SYSTEM', `Cannot ${action} ${subject}.`, { cause: error });
  }
}

export function stoppedError(cause?: unknown): TrafficError {
  return new TrafficError('ERR_STOPPED', 'The module was stopped and counts nothing any more.', {
    hint: 'lkm-traffic unload, then lkm-traffic load --fname=NAME',
    cause,
  });
}
