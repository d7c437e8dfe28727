// SPDX-License-Identifier: MIT
import { TrafficError, messageOf, systemCall, systemCode } from '../model/errors';
import { notLoadedError } from '../read/files';
import type { Host } from '../system/host';
import { noModulesError, permissionError } from '../system/privilege';

const BUILD = 'To build the module for this kernel and print its path: lkm-traffic build';

/** The error to report if finit_module(2) failed, with the lines that the module wrote to the kernel log. */
export function loadError(error: unknown, host: Host, ko: string, kernelLog: readonly string[]): TrafficError {
  const details = { cause: error, kernelLog };
  if (error instanceof TrafficError) return error;
  if (systemCall(error) === 'open') {
    return new TrafficError('ERR_INVALID_ARGUMENT', `Cannot open ${ko}: ${systemCode(error) ?? messageOf(error)}.`, {
      ...details,
      hint: BUILD,
    });
  }
  switch (systemCode(error)) {
    case 'EPERM':
      return withLog(permissionError(host, 'load', error), kernelLog);
    case 'ENOSYS':
      return noModulesError(error);
    case 'ENOEXEC':
    case 'ENOENT': // The module needs a symbol that the kernel does not have.
      return new TrafficError('ERR_KERNEL_MISMATCH', `${ko} was not built for this kernel (${host.release}).`, {
        ...details,
        hint: `${BUILD}\nThe kernel log says what differs: dmesg | tail`,
      });
    case 'EKEYREJECTED':
    case 'ENOKEY':
    case 'EBADMSG':
      return new TrafficError('ERR_SIGNATURE', 'The kernel loads only modules signed with a key that it trusts.', {
        ...details,
        hint: 'Sign net_traffic.ko with such a key (scripts/sign-file in the kernel headers signs it, mokutil --import enrols the key), or boot without module.sig_enforce.',
      });
    case 'EBUSY':
    case 'EAGAIN':
      return new TrafficError(
        'ERR_CONFLICT',
        'The module cannot redirect a kernel function: a livepatch or another tracer occupies it, or kernel.ftrace_enabled is 0.',
        {
          ...details,
          hint: 'End that tracer, or load the module with the other engine. The kernel log names the function: dmesg | grep "Traffic module"',
        },
      );
    case 'ESRCH':
      return new TrafficError('ERR_NO_PROCESS', 'A process to count does not exist.', {
        ...details,
        hint: 'Use PIDs of the initial PID namespace. The kernel log names the missing one: dmesg | grep "Traffic module"',
      });
    case 'EINVAL':
      // The module writes a line if it refuses its parameters. Without one, the kernel refused the file.
      return kernelLog.length > 0
        ? new TrafficError('ERR_INVALID_ARGUMENT', 'The module refused its parameters.', details)
        : new TrafficError('ERR_INVALID_ARGUMENT', `The kernel does not accept ${ko} as a module.`, {
            ...details,
            hint: `${BUILD}\nThe kernel log says why: dmesg | tail`,
          });
    default:
      return new TrafficError('ERR_SYSTEM', `The kernel did not load ${ko}.`, details);
  }
}

/** The error to report if delete_module(2) failed. */
export function unloadError(error: unknown, host: Host, kernelLog: readonly string[]): TrafficError {
  const details = { cause: error, kernelLog };
  if (error instanceof TrafficError) return error;
  switch (systemCode(error)) {
    case 'ENOENT':
      return notLoadedError(details);
    case 'EPERM':
      return withLog(permissionError(host, 'unload', error), kernelLog);
    case 'ENOSYS':
      return noModulesError(error);
    case 'EAGAIN':
    case 'EBUSY':
      return new TrafficError('ERR_IN_USE', 'Cannot unload the module: a session is open.', {
        ...details,
        hint: 'End the programs that have a session. To find them: lsof /proc/net_traffic/control',
      });
    default:
      return new TrafficError('ERR_SYSTEM', 'The kernel did not unload the module.', details);
  }
}

function withLog(error: TrafficError, kernelLog: readonly string[]): TrafficError {
  return new TrafficError(error.code, error.message, { hint: error.hint, cause: error.cause, kernelLog });
}
