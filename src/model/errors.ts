// SPDX-License-Identifier: MIT

/**
 * What went wrong, for programs.
 *
 * - `ERR_NOT_LINUX`: the counting is done by a Linux kernel module.
 * - `ERR_INVALID_ARGUMENT`: an option or argument cannot be used.
 * - `ERR_NO_HEADERS`: the kernel's headers, needed to build the module, are not installed.
 * - `ERR_BUILD`: the module did not compile, or there is nothing to compile it with.
 * - `ERR_PERMISSION`: the caller lacks a capability, or a path is not safe to load a module from.
 * - `ERR_LOCKDOWN`: the kernel is locked down, or accepts no more modules.
 * - `ERR_SIGNATURE`: the kernel wants signed modules.
 * - `ERR_KERNEL_MISMATCH`: the module was built for another kernel, or this one has no modules at all.
 * - `ERR_ABI`: the loaded module speaks another version of `/proc/net_traffic`.
 * - `ERR_CONFLICT`: loaded already with other parameters, or a hook is owned by somebody else.
 * - `ERR_NOT_LOADED`: the module is not loaded.
 * - `ERR_STOPPED`: the module was stopped and only waits to be unloaded.
 * - `ERR_IN_USE`: a session is open, or calls are still inside the module.
 * - `ERR_NO_PROCESS`: there is no process with that PID.
 * - `ERR_LIMIT`: the module has no room for another session, watch or longer name.
 * - `ERR_COMMAND`: the command that was to be run could not be executed; `cause` has its errno.
 * - `ERR_SYSTEM`: any other failure of the system; `cause` has its errno.
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

export interface TrafficErrorDetails {
  /** What mends it, as a sentence or a command. */
  hint?: string | undefined;
  /** The failure underneath, usually a system error with `code`, `errno` and `syscall`. */
  cause?: unknown;
  /** The module's own lines in the kernel log since the failed call. */
  kernelLog?: readonly string[];
}

/** The one family of errors that this package throws or rejects with. */
export class TrafficError extends Error {
  override readonly name = 'TrafficError';
  readonly code: TrafficErrorCode;
  /** What mends it, as a sentence or a command; undefined when nothing is known to. */
  readonly hint: string | undefined;
  /** Lines that the module wrote to the kernel log since the call; empty when none, or when the log cannot be read. */
  readonly kernelLog: readonly string[];

  constructor(code: TrafficErrorCode, message: string, details: TrafficErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
    this.kernelLog = details.kernelLog ?? [];
  }
}

/** A property of whatever was thrown, if it is a string. Errors of another realm are no instances of this one's Error. */
function textOf(error: unknown, property: string): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const value: unknown = Reflect.get(error, property);
  return typeof value === 'string' ? value : undefined;
}

/** The `code` of a system error (`ENOENT`), or undefined for anything else. */
export function systemCode(error: unknown): string | undefined {
  return textOf(error, 'code');
}

/** The system call that failed, as Node and the addon name it, or undefined. */
export function systemCall(error: unknown): string | undefined {
  return textOf(error, 'syscall');
}

/** The text of whatever was thrown. */
export function messageOf(error: unknown): string {
  return textOf(error, 'message') ?? String(error);
}
