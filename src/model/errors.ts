// SPDX-License-Identifier: MIT

/**
 * The kind of a failure, as a code for your program to test.
 *
 * - `ERR_NOT_LINUX`: this system is not Linux. A Linux kernel module does the counting.
 * - `ERR_INVALID_ARGUMENT`: an option or argument is invalid.
 * - `ERR_NO_HEADERS`: the kernel headers, which are needed to build the module, are not installed.
 * - `ERR_BUILD`: the module did not compile, or make or the compiler is missing.
 * - `ERR_PERMISSION`: the caller lacks a capability, or a path is not safe to load a module from.
 * - `ERR_LOCKDOWN`: the kernel is locked down, or no longer accepts modules.
 * - `ERR_SIGNATURE`: the kernel requires signed modules.
 * - `ERR_KERNEL_MISMATCH`: the module was built for another kernel, or this kernel does not support modules.
 * - `ERR_ABI`: the loaded module has another version of `/proc/net_traffic`.
 * - `ERR_CONFLICT`: the module is loaded with other parameters, or another program occupies a hook.
 * - `ERR_NOT_LOADED`: the module is not loaded.
 * - `ERR_STOPPED`: the module was stopped. It can only be unloaded.
 * - `ERR_IN_USE`: a session is open, trace events of the module are on, or calls inside the module have not returned.
 * - `ERR_NO_PROCESS`: no process has this PID.
 * - `ERR_LIMIT`: the module has no room for another session or watch, a name is too long, or processes end faster than
 *   they can be read.
 * - `ERR_COMMAND`: the command could not be executed. `cause` has the errno.
 * - `ERR_SYSTEM`: another failure of the system. `cause` has the errno.
 */
export type TrafficErrorCode =
  | 'ERR_NOT_LINUX'
  | 'ERR_INVALID_ARGUMENT'
  | 'ERR_NO_HEADERS'
  | 'ERR_BUILD'
  | 'ERR_PERMISSION'
  | 'ERR_LOCKDOWN'
  | 'ERR_SIGNATURE'
  | 'ERR_KERNEL_MISMATCH'
  | 'ERR_ABI'
  | 'ERR_CONFLICT'
  | 'ERR_NOT_LOADED'
  | 'ERR_STOPPED'
  | 'ERR_IN_USE'
  | 'ERR_NO_PROCESS'
  | 'ERR_LIMIT'
  | 'ERR_COMMAND'
  | 'ERR_SYSTEM';

/** Optional parts of a {@link TrafficError}. */
export interface TrafficErrorDetails {
  /** How to fix the problem. */
  hint?: string | undefined;
  /** The error that caused this one, usually a system error with `code`, `errno` and `syscall`. */
  cause?: unknown;
  /** Lines that the module wrote to the kernel log during the failed call. */
  kernelLog?: readonly string[];
}

/** The class of all errors that this package throws on purpose. Other errors are bugs. */
export class TrafficError extends Error {
  override readonly name = 'TrafficError';
  readonly code: TrafficErrorCode;
  /** How to fix the problem, with the command if there is one; undefined if no fix is known. */
  readonly hint: string | undefined;
  /** Lines that the module wrote to the kernel log during the call; empty if there are none or the log is not readable. */
  readonly kernelLog: readonly string[];

  constructor(code: TrafficErrorCode, message: string, details: TrafficErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
    this.kernelLog = details.kernelLog ?? [];
  }
}

/** A property of a thrown value, if it is a string. `instanceof Error` would miss the errors of another realm. */
function textOf(error: unknown, property: string): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const value: unknown = Reflect.get(error, property);
  return typeof value === 'string' ? value : undefined;
}

/** The `code` of a system error, such as `ENOENT`; undefined for other values. */
export function systemCode(error: unknown): string | undefined {
  return textOf(error, 'code');
}

/** The name of the system call that failed, as set by Node and the addon; undefined for other values. */
export function systemCall(error: unknown): string | undefined {
  return textOf(error, 'syscall');
}

/** The message of a thrown value. */
export function messageOf(error: unknown): string {
  return textOf(error, 'message') ?? String(error);
}
