// SPDX-License-Identifier: MIT

/** `unknown`: it cannot be told here. `warning`: it holds, but not as it should. */
export type CheckState = 'ok' | 'failed' | 'warning' | 'unknown';

/** What of a requirement was found. */
export interface Finding {
  readonly state: CheckState;
  /** What is there, as a sentence. */
  readonly message: string;
  /** The command or the sentence that mends it; null when nothing is to mend, or nothing is known to. */
  readonly remedy: string | null;
}

export function ok(message: string): Finding {
  return { state: 'ok', message, remedy: null };
}

export function failed(message: string, remedy: string | null = null): Finding {
  return { state: 'failed', message, remedy };
}

export function warning(message: string, remedy: string | null = null): Finding {
  return { state: 'warning', message, remedy };
}

export function unknown(message: string): Finding {
  return { state: 'unknown', message, remedy: null };
}
