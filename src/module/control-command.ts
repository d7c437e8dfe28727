// SPDX-License-Identifier: MIT
import { TrafficError, systemCode } from '../model/errors';
import { RELOAD } from '../read/files';
import { malformed, parseTable } from '../read/proc-table';

/** Parses `/proc/net_traffic/control`: the owner that the descriptor acts for, 0 or the number of a session. */
export function parseControl(text: string, file = '/proc/net_traffic/control'): number {
  const row = parseTable(text, file)[0];
  if (!row) throw malformed(file, 'the row with the owner is missing');
  return row.integer('owner');
}

/** The error to report if the module refuses a command about `subject`, a name or a PID. */
export function controlError(error: unknown, action: string, subject: string | number): TrafficError {
  switch (systemCode(error)) {
    case 'ESRCH':
      return new TrafficError('ERR_NO_PROCESS', `Cannot ${action} ${subject}: no process has this PID.`, {
        hint: 'Use the PID of a process, not of a thread, in the initial PID namespace.',
        cause: error,
      });
    case 'ENOSPC':
      return new TrafficError('ERR_LIMIT', `Cannot ${action} ${subject}: the module has no room for more.`, {
        hint: 'Close other sessions, or watch fewer names. To see the limits: lkm-traffic status',
        cause: error,
      });
    case 'E2BIG':
      return new TrafficError('ERR_LIMIT', `Cannot ${action} ${subject}: the name is too long.`, { cause: error });
    case 'EINVAL':
      return new TrafficError(
        'ERR_INVALID_ARGUMENT',
        `Cannot ${action} ${JSON.stringify(subject)}: the module does not accept it.`,
        { cause: error },
      );
    case 'ESHUTDOWN':
      return stoppedError(error);
    default:
      return new TrafficError('ERR_SYSTEM', `Cannot ${action} ${subject}.`, { cause: error });
  }
}

function stoppedError(cause?: unknown): TrafficError {
  return new TrafficError('ERR_STOPPED', 'The module was stopped and no longer counts.', {
    hint: RELOAD,
    cause,
  });
}
