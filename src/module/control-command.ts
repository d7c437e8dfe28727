// SPDX-License-Identifier: MIT
import { TrafficError, systemCode } from '../model/errors';
import { parseTable } from '../read/proc-table';

/** The text of `/proc/net_traffic/control`: the owner that the reading descriptor acts for, 0 or a session's number. */
export function parseControl(text: string, file = '/proc/net_traffic/control'): number {
  const row = parseTable(text, file)[0];
  if (!row) throw new TrafficError('ERR_ABI', `${file} names no owner.`);
  return row.integer('owner');
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
