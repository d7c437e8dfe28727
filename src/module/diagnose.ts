// SPDX-License-Identifier: MIT
import { TrafficError, systemCall, systemCode } from '../model/errors';
import type { Host } from '../system/host';
import { noModulesError, permissionError } from '../system/privilege';

/** What a failure of finit_module(2) means, with what the module said in the kernel log. */
export function loadError(error: unknown, host: Host, ko: string, kernelLog: readonly string[]): TrafficError {
  const details = { cause: error, kernelLog };
  if (error instanceof TrafficError) return error;
  if (systemCall(error) === 'open') {
    return new TrafficError('ERR_INVALID_ARGUMENT', `Cannot open ${ko}: ${systemCode(error) ?? 'it failed'}.`, {
      ...details,
      hint: 'lkm-traffic build prints the path of a module for this kernel.',
    });
  }
  switch (systemCode(error)) {
    case 'EPERM':
      return withLog(permissionError(host, 'load', error), kernelLog);
    case 'ENOSYS':
      return noModulesError(error);
    case 'ENOEXEC':
    case 'ENOENT': // an unknown symbol
      return new TrafficError('ERR_KERNEL_MISMATCH', `${ko} was not built for this kernel (${host.release}).`, {
        ...details,
        hint: 'lkm-traffic build makes one for it; dmesg tells what differs.',
      });
    case 'EKEYREJECTED':
    case 'ENOKEY':
    case 'EBADMSG':
      return new TrafficError('ERR_SIGNATURE', 'The kernel loads only modules signed with a key that it trusts.', {
        ...details,
        hint: 'Sign net_traffic.ko with such a key (scripts/sign-file of the kernel headers; mokutil enrols a key), or boot without module.sig_enforce.',
      });
    case 'EBUSY':
    case 'EAGAIN':
      return new TrafficError(
        'ERR_CONFLICT',
        'The kernel does not let the module redirect a function: a livepatch or another tracer has it, or kernel.ftrace_enabled is 0.',
        {
          ...details,
          hint: 'The kernel log names it (dmesg | grep "Traffic module"); end that tracer, or load with the other engine.',
        },
      );
    case 'ESRCH':
      return new TrafficError('ERR_NO_PROCESS', 'A process to monitor does not exist.', {
        ...details,
        hint: 'PIDs are those of the initial PID namespace; the kernel log names the one.',
      });
    case 'EINVAL':
      // A module that refuses its parameters says why; without its word, the file or the kernel's own checks are at fault.
      return kernelLog.length > 0
        ? new TrafficError('ERR_INVALID_ARGUMENT', 'The module refused its parameters.', details)
        : new TrafficError('ERR_INVALID_ARGUMENT', `The kernel accepts neither ${ko} as a module nor its parameters.`, {
            ...details,
            hint: 'Its log says why: dmesg | tail. lkm-traffic build makes a module for this kernel.',
          });
    default:
      return new TrafficError('ERR_SYSTEM', `The kernel did not load ${ko}.`, details);
  }
}

/** What a failure of delete_module(2) means. */
export function unloadError(error: unknown, host: Host, kernelLog: readonly string[]): TrafficError {
  const details = { cause: error, kernelLog };
  if (error instanceof TrafficError) return error;
  switch (systemCode(error)) {
    case 'ENOENT':
      return new TrafficError('ERR_NOT_LOADED', 'The net_traffic module is not loaded.', details);
    case 'EPERM':
      return withLog(permissionError(host, 'unload', error), kernelLog);
    case 'ENOSYS':
      return noModulesError(error);
    case 'EAGAIN':
    case 'EBUSY':
      return new TrafficError('ERR_IN_USE', 'The module is in use: a session is open.', {
        ...details,
        hint: 'End the programs that monitor: lsof /proc/net_traffic/control names them.',
      });
    default:
      return new TrafficError('ERR_SYSTEM', 'The kernel did not unload the module.', details);
  }
}

function withLog(error: TrafficError, kernelLog: readonly string[]): TrafficError {
  return new TrafficError(error.code, error.message, { hint: error.hint, cause: error.cause, kernelLog });
}
